//! The one error type of this crate.
//!
//! Every failure is a variant of [`Error`]; the variant says what the caller can do about it, and
//! the [`Details`] inside carry the words and the numbers.

mod details;
mod status;

pub use details::Details;
pub use status::ErrorStatus;

use std::fmt;
use std::time::Duration;

/// Result of this crate's calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, sorted by what the caller can do about it.
///
/// `Display` gives the whole text over several lines: what happened, what to do next, and Zoom's
/// tracking ID when the answer came from Zoom. No secret and no token is ever part of it, nor of
/// `Debug`. Cloning is cheap: threads that waited for the same token request share one error.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value handed to a call cannot be used: an empty user ID, a path that leaves the API.
    /// The message names the argument and what it accepts. Nothing was sent.
    #[error("{0}")]
    InvalidArgument(Details),
    /// The settings do not make a client: a missing variable, an unreadable file, a URL that is not
    /// https. Raised when the client is made, or when a credentials file cannot be read later.
    #[error("{0}")]
    Config(Details),
    /// No connection, or it broke: name not found, refused, reset, cut in mid-body, proxy refusal.
    /// [`in_doubt`](Error::in_doubt) tells whether the request may have been carried out.
    #[error("{0}")]
    Network(Details),
    /// The TLS handshake failed: unknown issuer, wrong name, expired certificate, or no trusted
    /// certificates at all on this machine.
    #[error("{0}")]
    Tls(Details),
    /// The call's deadline passed before Zoom answered. Try again, or allow more time.
    #[error("{0}")]
    Timeout(Details),
    /// [`Client::cancel`](crate::Client::cancel) ended this call. The client still works.
    #[error("{0}")]
    Cancelled(Details),
    /// [`Client::shutdown`](crate::Client::shutdown) was called. Make a new client.
    #[error("{0}")]
    Shutdown(Details),
    /// The token endpoint refused the credentials. Trying again does not help until a person has
    /// changed the credentials or the app.
    #[error("{0}")]
    Credentials(Details),
    /// The API kept refusing freshly issued tokens (HTTP 401 or code 124).
    #[error("{0}")]
    Unauthorized(Details),
    /// The token lacks a scope that the call needs; [`missing_scopes`](Error::missing_scopes) names
    /// it. Add it to the app, then ask for a new token: only tokens issued afterwards carry it.
    #[error("{0}")]
    MissingScope(Details),
    /// The role or the plan of the account does not permit the call.
    #[error("{0}")]
    Forbidden(Details),
    /// The user or other thing asked for does not exist in this account (HTTP 404).
    #[error("{0}")]
    NotFound(Details),
    /// A rate limit was met (HTTP 429); [`retry_after`](Error::retry_after) says for how long where
    /// Zoom told. Per-second limits have been retried already, daily limits have not.
    #[error("{0}")]
    RateLimited(Details),
    /// Zoom answered with HTTP 5xx, also after retries. Try again later.
    #[error("{0}")]
    Server(Details),
    /// Zoom understood the request and refused it; the message is Zoom's own.
    #[error("{0}")]
    Rejected(Details),
    /// The answer is not what Zoom's API sends: HTML, broken JSON, a redirect. Usually a proxy or a
    /// wrong URL stands between.
    #[error("{0}")]
    BadResponse(Details),
    /// The answer is larger than the limit for one response body, also after decompression.
    #[error("{0}")]
    TooLarge(Details),
    /// The shared token store cannot be used and the settings forbid going on without it.
    #[error("{0}")]
    Store(Details),
    /// A listing ended with fewer entries than Zoom said there are. What arrived was delivered.
    #[error("{0}")]
    Incomplete(Details),
    /// A defect of this library. Please report it with the message.
    #[error("{0}")]
    Internal(Details),
}

impl Error {
    /// Builds the variant that belongs to `status`.
    pub(crate) fn new(status: ErrorStatus, details: Details) -> Error {
        match status {
            ErrorStatus::InvalidArgument => Error::InvalidArgument(details),
            ErrorStatus::Config => Error::Config(details),
            ErrorStatus::Network => Error::Network(details),
            ErrorStatus::Tls => Error::Tls(details),
            ErrorStatus::Timeout => Error::Timeout(details),
            ErrorStatus::Cancelled => Error::Cancelled(details),
            ErrorStatus::Shutdown => Error::Shutdown(details),
            ErrorStatus::Credentials => Error::Credentials(details),
            ErrorStatus::Unauthorized => Error::Unauthorized(details),
            ErrorStatus::MissingScope => Error::MissingScope(details),
            ErrorStatus::Forbidden => Error::Forbidden(details),
            ErrorStatus::NotFound => Error::NotFound(details),
            ErrorStatus::RateLimited => Error::RateLimited(details),
            ErrorStatus::Server => Error::Server(details),
            ErrorStatus::Rejected => Error::Rejected(details),
            ErrorStatus::BadResponse => Error::BadResponse(details),
            ErrorStatus::TooLarge => Error::TooLarge(details),
            ErrorStatus::Store => Error::Store(details),
            ErrorStatus::Incomplete => Error::Incomplete(details),
            ErrorStatus::Internal => Error::Internal(details),
        }
    }

    /// The variant as a number that never changes, the same one the C interface returns.
    pub fn status(&self) -> ErrorStatus {
        self.parts().0
    }

    /// What happened, in one line.
    pub fn message(&self) -> &str {
        self.details().message()
    }

    /// What to do next, in one or more lines; empty where there is nothing to add.
    pub fn hint(&self) -> &str {
        self.details().hint()
    }

    /// HTTP status of the answer behind this error, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        self.details().http_status()
    }

    /// Zoom's own error code from the answer's body, such as 124, 300 or 1001.
    pub fn zoom_code(&self) -> Option<i64> {
        self.details().zoom_code()
    }

    /// The OAuth error code of the token endpoint, such as `invalid_client` (RFC 6749, 5.2).
    pub fn oauth_error(&self) -> Option<&str> {
        self.details().oauth_error()
    }

    /// How long to wait before trying again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.details().retry_after()
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_retryable(&self) -> bool {
        self.details()
            .retryable()
            .unwrap_or_else(|| self.status().is_retryable())
    }

    /// Whether Zoom may have carried the request out although it failed here.
    ///
    /// True when the connection broke after the request was sent and before the answer was whole.
    pub fn in_doubt(&self) -> bool {
        self.details().in_doubt()
    }

    /// Value of Zoom's `x-zm-trackingid` response header; Zoom's support asks for it.
    pub fn tracking_id(&self) -> Option<&str> {
        self.details().tracking_id()
    }

    /// The scopes named by a missing-scope answer, in Zoom's spelling; otherwise empty.
    pub fn missing_scopes(&self) -> &[String] {
        self.details().missing_scopes()
    }

    /// The answer's body as received (after decompression), for answers of the API.
    pub fn body(&self) -> Option<&[u8]> {
        self.details().body()
    }

    pub(crate) fn details(&self) -> &Details {
        self.parts().1
    }

    /// The same failure, with its words and numbers adjusted by `change`.
    pub(crate) fn map_details(&self, change: impl FnOnce(Details) -> Details) -> Error {
        let (status, details) = self.parts();
        Error::new(status, change(details.clone()))
    }

    fn parts(&self) -> (ErrorStatus, &Details) {
        match self {
            Error::InvalidArgument(details) => (ErrorStatus::InvalidArgument, details),
            Error::Config(details) => (ErrorStatus::Config, details),
            Error::Network(details) => (ErrorStatus::Network, details),
            Error::Tls(details) => (ErrorStatus::Tls, details),
            Error::Timeout(details) => (ErrorStatus::Timeout, details),
            Error::Cancelled(details) => (ErrorStatus::Cancelled, details),
            Error::Shutdown(details) => (ErrorStatus::Shutdown, details),
            Error::Credentials(details) => (ErrorStatus::Credentials, details),
            Error::Unauthorized(details) => (ErrorStatus::Unauthorized, details),
            Error::MissingScope(details) => (ErrorStatus::MissingScope, details),
            Error::Forbidden(details) => (ErrorStatus::Forbidden, details),
            Error::NotFound(details) => (ErrorStatus::NotFound, details),
            Error::RateLimited(details) => (ErrorStatus::RateLimited, details),
            Error::Server(details) => (ErrorStatus::Server, details),
            Error::Rejected(details) => (ErrorStatus::Rejected, details),
            Error::BadResponse(details) => (ErrorStatus::BadResponse, details),
            Error::TooLarge(details) => (ErrorStatus::TooLarge, details),
            Error::Store(details) => (ErrorStatus::Store, details),
            Error::Incomplete(details) => (ErrorStatus::Incomplete, details),
            Error::Internal(details) => (ErrorStatus::Internal, details),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, details) = self.parts();
        f.debug_tuple("Error")
            .field(&status)
            .field(details)
            .finish()
    }
}
