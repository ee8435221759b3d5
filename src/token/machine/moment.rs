//! Time, read from two clocks because neither can be trusted alone.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The monotonic reading at the first use in this process.
///
/// It lies this far from zero so that a token from a store, fetched before this process started,
/// still has a moment of birth on its clock.
const HEAD_START: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A reading of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Since an arbitrary origin, the same for all readings in one process.
    pub mono: Duration,
    /// Since the Unix epoch.
    pub wall: Duration,
}

/// Both clocks as they are read, for the one question that every call asks: whether it is time to do
/// something yet. That takes no arithmetic, which would cost as much as the reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    mono: Instant,
    /// Since the Unix epoch.
    wall: Duration,
}

impl Reading {
    pub(crate) fn now() -> Reading {
        Reading {
            mono: Instant::now(),
            wall: ticks(),
        }
    }

    /// Whether neither clock has come as far as `end`.
    pub(crate) fn is_before(&self, end: &Reading) -> bool {
        self.mono < end.mono && self.wall < end.wall
    }
}

/// The wall clock by its last tick, which is some milliseconds old and read without asking the
/// processor for the time: a fifth of the cost. It has to tell only that the clock was set or the
/// machine slept; how time passes is told by the other one.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn ticks() -> Duration {
    use nix::time::{ClockId, clock_gettime};
    // A clock before 1970 becomes one far ahead, and the question is asked anew by `Moment::now`.
    clock_gettime(ClockId::CLOCK_REALTIME_COARSE).map_or_else(|_| wall(), Duration::from)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn ticks() -> Duration {
    wall()
}

fn wall() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

impl Moment {
    pub(crate) fn now() -> Moment {
        Moment {
            mono: HEAD_START + ORIGIN.elapsed(),
            wall: wall(),
        }
    }

    /// What the clocks show at this moment; `None` if they cannot show it.
    pub(crate) fn reading(self) -> Option<Reading> {
        let mono = match self.mono.checked_sub(HEAD_START) {
            Some(later) => ORIGIN.checked_add(later),
            None => ORIGIN.checked_sub(HEAD_START - self.mono),
        };
        Some(Reading {
            mono: mono?,
            wall: self.wall,
        })
    }

    /// The moment that comes `time` later on both clocks.
    pub(crate) fn later_by(self, time: Duration) -> Moment {
        Moment {
            mono: self.mono.saturating_add(time),
            wall: self.wall.saturating_add(time),
        }
    }

    /// How much time passed since `earlier`, by whichever clock says more.
    ///
    /// A suspended machine stops the monotonic clock, an administrator sets back the wall clock;
    /// at worst this makes a token look older than it is, which costs one request.
    pub(crate) fn elapsed_since(self, earlier: Moment) -> Duration {
        let mono = self.mono.saturating_sub(earlier.mono);
        let wall = self.wall.saturating_sub(earlier.wall);
        mono.max(wall)
    }

    /// The moment that lies `age` back on both clocks.
    pub(crate) fn earlier_by(self, age: Duration) -> Moment {
        Moment {
            mono: self.mono.saturating_sub(age),
            wall: self.wall.saturating_sub(age),
        }
    }
}
