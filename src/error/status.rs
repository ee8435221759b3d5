//! The pinned numbers behind the error variants.

/// What an [`Error`](crate::Error) is, as a number that never changes its meaning.
///
/// The numbers are those of the C interface (0 there means success). They are grouped with gaps;
/// new ones may be added, so match with a wildcard arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorStatus {
    /// See [`Error::InvalidArgument`](crate::Error::InvalidArgument).
    InvalidArgument = 1,
    /// See [`Error::Config`](crate::Error::Config).
    Config = 2,
    /// See [`Error::Network`](crate::Error::Network).
    Network = 10,
    /// See [`Error::Tls`](crate::Error::Tls).
    Tls = 11,
    /// See [`Error::Timeout`](crate::Error::Timeout).
    Timeout = 12,
    /// See [`Error::Cancelled`](crate::Error::Cancelled).
    Cancelled = 13,
    /// See [`Error::Shutdown`](crate::Error::Shutdown).
    Shutdown = 14,
    /// See [`Error::Credentials`](crate::Error::Credentials).
    Credentials = 20,
    /// See [`Error::Unauthorized`](crate::Error::Unauthorized).
    Unauthorized = 21,
    /// See [`Error::MissingScope`](crate::Error::MissingScope).
    MissingScope = 22,
    /// See [`Error::Forbidden`](crate::Error::Forbidden).
    Forbidden = 23,
    /// See [`Error::NotFound`](crate::Error::NotFound).
    NotFound = 30,
    /// See [`Error::RateLimited`](crate::Error::RateLimited).
    RateLimited = 31,
    /// See [`Error::Server`](crate::Error::Server).
    Server = 32,
    /// See [`Error::Rejected`](crate::Error::Rejected).
    Rejected = 33,
    /// See [`Error::BadResponse`](crate::Error::BadResponse).
    BadResponse = 40,
    /// See [`Error::TooLarge`](crate::Error::TooLarge).
    TooLarge = 41,
    /// See [`Error::Incomplete`](crate::Error::Incomplete).
    Incomplete = 42,
    /// See [`Error::Store`](crate::Error::Store).
    Store = 50,
    /// See [`Error::Internal`](crate::Error::Internal).
    Internal = 90,
}

impl ErrorStatus {
    /// Every status, in the order of the numbers.
    pub const ALL: &'static [ErrorStatus] = &[
        ErrorStatus::InvalidArgument,
        ErrorStatus::Config,
        ErrorStatus::Network,
        ErrorStatus::Tls,
        ErrorStatus::Timeout,
        ErrorStatus::Cancelled,
        ErrorStatus::Shutdown,
        ErrorStatus::Credentials,
        ErrorStatus::Unauthorized,
        ErrorStatus::MissingScope,
        ErrorStatus::Forbidden,
        ErrorStatus::NotFound,
        ErrorStatus::RateLimited,
        ErrorStatus::Server,
        ErrorStatus::Rejected,
        ErrorStatus::BadResponse,
        ErrorStatus::TooLarge,
        ErrorStatus::Incomplete,
        ErrorStatus::Store,
        ErrorStatus::Internal,
    ];

    /// The pinned number.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// Whether failures of this kind usually pass by themselves.
    pub(crate) fn is_retryable(self) -> bool {
        matches!(
            self,
            ErrorStatus::Network
                | ErrorStatus::Timeout
                | ErrorStatus::RateLimited
                | ErrorStatus::Server
                | ErrorStatus::Store
                | ErrorStatus::Incomplete
        )
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorStatus;

    #[test]
    fn numbers_are_pinned() {
        let pinned = [
            (ErrorStatus::InvalidArgument, 1),
            (ErrorStatus::Config, 2),
            (ErrorStatus::Network, 10),
            (ErrorStatus::Tls, 11),
            (ErrorStatus::Timeout, 12),
            (ErrorStatus::Cancelled, 13),
            (ErrorStatus::Shutdown, 14),
            (ErrorStatus::Credentials, 20),
            (ErrorStatus::Unauthorized, 21),
            (ErrorStatus::MissingScope, 22),
            (ErrorStatus::Forbidden, 23),
            (ErrorStatus::NotFound, 30),
            (ErrorStatus::RateLimited, 31),
            (ErrorStatus::Server, 32),
            (ErrorStatus::Rejected, 33),
            (ErrorStatus::BadResponse, 40),
            (ErrorStatus::TooLarge, 41),
            (ErrorStatus::Incomplete, 42),
            (ErrorStatus::Store, 50),
            (ErrorStatus::Internal, 90),
        ];
        assert_eq!(pinned.map(|(status, _)| status), ErrorStatus::ALL);
        for (status, number) in pinned {
            assert_eq!(status.code(), number, "{status:?} changed its number");
        }
    }
}
