//! Why a request got no answer.

use std::io::{self, ErrorKind};

use super::epoch::Epoch;
use crate::error::{Details, Error};

/// A request that got no answer.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether any of it may have reached the peer.
    pub(crate) sent: bool,
}

/// What came between a request and its answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// There is no connection; why is in words already.
    Unsent(Error),
    /// No request can be made of it.
    Unsendable(String),
    Io(io::Error),
    Protocol(ureq_proto::Error),
    HeadTooLarge,
    BodyTooLarge,
    Gzip(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Io(error)
    }
}

impl From<ureq_proto::Error> for Broken {
    fn from(error: ureq_proto::Error) -> Broken {
        Broken::Protocol(error)
    }
}

impl Epoch {
    /// Puts what came between into words.
    pub(super) fn explain(&self, broken: Broken, host: &str) -> Failure {
        if let Some(error) = self.ended() {
            return Failure { error, sent: true };
        }
        let sent = |error| Failure { error, sent: true };
        match broken {
            // Before anything was sent: any method may be tried again after it.
            Broken::Unsent(error) => Failure { error, sent: false },
            Broken::Unsendable(why) => Failure {
                error: Error::InvalidArgument(
                    Details::new(format!("the request cannot be sent: {why}"))
                        .with_hint("An argument is too long, or holds what no URL or header may."),
                ),
                sent: false,
            },
            Broken::Io(error) if error.kind() == ErrorKind::TimedOut => sent(Error::Timeout(
                Details::new(format!("{host} did not answer in time")),
            )),
            Broken::Io(error) => sent(Error::Network(Details::new(format!(
                "the connection to {host} broke: {error}"
            )))),
            Broken::Protocol(error) => sent(Error::Network(Details::new(format!(
                "the answer of {host} is not valid HTTP, or broke off: {error}"
            )))),
            Broken::HeadTooLarge => sent(Error::TooLarge(Details::new(format!(
                "the answer of {host} has headers of unreasonable size"
            )))),
            Broken::BodyTooLarge => {
                let limit = self.body_limit();
                sent(Error::TooLarge(
                    Details::new(format!("the answer of {host} is larger than {limit} bytes"))
                        .with_hint("Ask for smaller pages, or raise the body limit."),
                ))
            }
            Broken::Gzip(why) => sent(Error::BadResponse(
                Details::new(format!("the answer of {host} is not valid gzip: {why}"))
                    .with_retryable(true),
            )),
        }
    }
}
