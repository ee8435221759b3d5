//! One call of the user: its deadline, and the epoch it belongs to.

use std::time::{Duration, Instant};

use crate::error::{Details, Error, Result};
use crate::lock::Woken;
use crate::transport::Epoch;

/// A call under way. Everything it waits for is bounded by its one deadline and ended by cancel.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) epoch: &'a Epoch,
    pub(crate) deadline: Instant,
    allowed: Duration,
}

impl<'a> Call<'a> {
    pub(crate) fn new(epoch: &'a Epoch, allowed: Duration) -> Call<'a> {
        Call {
            epoch,
            deadline: Instant::now() + allowed,
            allowed,
        }
    }

    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The same call with at most `budget` left for a part of its work.
    pub(crate) fn within(&self, budget: Duration) -> Call<'a> {
        Call {
            deadline: self.deadline.min(Instant::now() + budget),
            ..*self
        }
    }

    /// Fails when the call has been cancelled or is out of time.
    pub(crate) fn check(&self) -> Result<()> {
        match self.epoch.ended() {
            Some(error) => Err(error),
            None if self.left().is_zero() => Err(self.out_of_time()),
            None => Ok(()),
        }
    }

    /// Sleeps for `length`, ended early by cancel or the deadline.
    pub(crate) fn pause(&self, length: Duration) -> Result<()> {
        match self.epoch.pause(length, self.deadline) {
            Woken::Ready => Ok(()),
            Woken::Cancelled => self.check(),
            Woken::TimedOut => Err(self.out_of_time()),
        }
    }

    pub(crate) fn out_of_time(&self) -> Error {
        Error::Timeout(
            Details::new(format!(
                "the call did not finish within its deadline of {} ms",
                self.allowed.as_millis()
            ))
            .with_hint(
                "Try again, or allow more time: the deadline covers the token, retries and waits.",
            ),
        )
    }
}
