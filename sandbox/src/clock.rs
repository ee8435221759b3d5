//! The sandbox's clock: it runs with the real one and can be moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The clock by which tokens, JWTs and page tokens expire, and which the `Date` header shows.
///
/// It follows a monotonic clock, so a change of the machine's time does not disturb a test. Latency
/// and dripping are real time; moving this clock does not shorten them.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    started_unix_ms: i64,
    offset_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            started: Instant::now(),
            started_unix_ms: millis(unix),
            offset_ms: AtomicI64::new(0),
        }
    }

    /// Moves the clock forward, on top of any earlier move.
    pub fn advance(&self, by: Duration) {
        let add = |offset: i64| Some(offset.saturating_add(millis(by)));
        let _ = self
            .offset_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// Sets how many seconds the clock is ahead of (or, below zero, behind) the real time.
    pub fn set_offset(&self, seconds: i64) {
        self.offset_ms
            .store(seconds.saturating_mul(1000), Ordering::SeqCst);
    }

    /// The sandbox's time in seconds since 1970-01-01.
    pub fn unix_seconds(&self) -> i64 {
        self.unix_ms().div_euclid(1000)
    }

    pub(crate) fn unix_ms(&self) -> i64 {
        self.started_unix_ms
            .saturating_add(millis(self.started.elapsed()))
            .saturating_add(self.offset_ms.load(Ordering::SeqCst))
    }

    /// Real time since the sandbox started, for the journal.
    pub(crate) fn since_start(&self) -> Duration {
        self.started.elapsed()
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
