//! What happens to a request that is struck.

use super::amendment::Amendment;
use crate::answer::Answer;
use crate::wire::Cut;
use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// The ordinary answer.
    Nothing,
    /// Another answer; the request is not carried out unless that is asked for.
    Instead {
        name: String,
        answer: Answer,
    },
    /// The request is carried out and its answer changed.
    Amend(Amendment),
    Cut(Cut),
    Drip {
        head: bool,
        bytes: usize,
        every: Duration,
    },
    /// `Content-Length` is too large by so much, or too small.
    ContentLength(i64),
}

impl Action {
    pub(super) fn instead(name: impl Into<String>, answer: Answer) -> Self {
        Self::Instead {
            name: name.into(),
            answer,
        }
    }

    /// What the journal calls it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Nothing => "latency".to_owned(),
            Self::Instead { name, .. } => name.clone(),
            Self::Amend(amendment) => amendment.name(),
            Self::Cut(cut) => format!("cut {}", cut.as_str()),
            Self::Drip { head: true, .. } => "drip head".to_owned(),
            Self::Drip { head: false, .. } => "drip body".to_owned(),
            Self::ContentLength(by) => format!("content_length_off_by {by}"),
        }
    }
}
