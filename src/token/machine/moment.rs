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

impl Moment {
    pub(crate) fn now() -> Moment {
        Moment {
            mono: HEAD_START + ORIGIN.elapsed(),
            wall: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
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
