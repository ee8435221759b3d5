//! 429 in Zoom's three kinds, which only the message and the headers tell apart.

use crate::answer::Answer;
use serde::{Deserialize, Serialize};

/// The three kinds of 429.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// Too many this second. Zoom does not say when to come back.
    PerSecond,
    /// Too many today.
    Daily {
        /// The `Retry-After` header as it is to be sent; Zoom's is an ISO-8601 date-time.
        retry_after: String,
    },
    /// Too many at the same time.
    Concurrent,
}

impl RateLimit {
    pub(crate) fn answer(&self) -> Answer {
        self.answer_of(20)
    }

    /// With the limit of calls per second that a plan has.
    pub(crate) fn answer_of(&self, per_second: u32) -> Answer {
        let message = match self {
            Self::PerSecond => {
                "You have reached the maximum per-second rate limit for this API. Try again later."
            }
            Self::Daily { .. } => {
                "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request."
            }
            Self::Concurrent => {
                "Too many concurrent requests. A request to list the users of this account has already been made."
            }
        };
        let answer = Answer::api_error(429, 429, message).header("x-ratelimit-category", "Medium");
        match self {
            Self::PerSecond => answer
                .header("x-ratelimit-type", "Per-second-limit")
                .header("x-ratelimit-limit", &per_second.to_string())
                .header("x-ratelimit-remaining", "0"),
            Self::Daily { retry_after } => answer
                .header("x-ratelimit-type", "Daily-limit")
                .header("x-ratelimit-limit", "2000")
                .header("x-ratelimit-remaining", "0")
                .header("retry-after", retry_after),
            Self::Concurrent => answer.header("x-ratelimit-type", "QPS"),
        }
    }

    /// What the journal calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::PerSecond => "per_second",
            Self::Daily { .. } => "daily",
            Self::Concurrent => "concurrent",
        }
    }
}
