//! Why a request got no answer.

use std::io::{self, ErrorKind};

use super::connector::Unsent;
use super::epoch::Epoch;
use crate::error::{Details, Error};

/// A request that got no answer.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether any of it may have reached the peer.
    pub(crate) sent: bool,
}

impl Epoch {
    /// Puts what ureq met into words.
    pub(super) fn explain(&self, error: ureq::Error, host: &str) -> Failure {
        if let Some(error) = self.ended() {
            return Failure { error, sent: true };
        }
        let sent = |error| Failure { error, sent: true };
        match error {
            ureq::Error::Other(inner) => match inner.downcast::<Unsent>() {
                Ok(unsent) => Failure {
                    error: unsent.0,
                    sent: false,
                },
                Err(other) => sent(Error::Internal(Details::new(other.to_string()))),
            },
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => Failure {
                error: Error::Timeout(Details::new(format!("no connection to {host} in time"))),
                sent: false,
            },
            ureq::Error::Timeout(_) => sent(Error::Timeout(Details::new(format!(
                "{host} did not answer in time"
            )))),
            ureq::Error::BodyExceedsLimit(limit) => sent(Error::TooLarge(
                Details::new(format!("the answer of {host} is larger than {limit} bytes"))
                    .with_hint("Ask for smaller pages, or raise the body limit."),
            )),
            ureq::Error::LargeResponseHeader(..) => sent(Error::TooLarge(Details::new(format!(
                "the answer of {host} has headers of unreasonable size"
            )))),
            // The decoder wraps what happened to the connection under it.
            ureq::Error::Decompress(_, error) => match error.downcast::<ureq::Error>() {
                Ok(inner) => self.explain(inner, host),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => sent(broke(host, &error)),
                Err(error) => sent(Error::BadResponse(
                    Details::new(format!("the answer of {host} is not valid gzip: {error}"))
                        .with_retryable(true),
                )),
            },
            ureq::Error::Protocol(error) => sent(Error::Network(Details::new(format!(
                "the answer of {host} is not valid HTTP, or broke off: {error}"
            )))),
            ureq::Error::Io(error) => sent(broke(host, &error)),
            ureq::Error::Http(error) => Failure {
                error: Error::InvalidArgument(
                    Details::new(format!("the request cannot be sent: {error}"))
                        .with_hint("An argument is too long, or holds what no URL or header may."),
                ),
                sent: false,
            },
            other => sent(Error::Internal(Details::new(format!(
                "HTTP client: {other}"
            )))),
        }
    }
}

fn broke(host: &str, error: &io::Error) -> Error {
    Error::Network(Details::new(format!(
        "the connection to {host} broke: {error}"
    )))
}
