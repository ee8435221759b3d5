//! What the machine knows about a token: everything but its value.

use std::time::Duration;

use super::Moment;

/// The fingerprint of a token's value. It tells tokens apart and orders nothing: a store can be
/// flushed, and clocks of several hosts differ.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TokenId(pub u64);

/// How long a token serves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease {
    pub id: TokenId,
    /// Read before the request was sent, so that the time it took counts against the token.
    pub obtained: Moment,
    pub life: Duration,
    /// 0.6 to 1.0, drawn by whoever fetched the token and kept with it: all who share the token
    /// see it turn stale at the same instant, so that one refreshes for all.
    pub jitter: f64,
    /// It was asked for before its predecessor was stale. Kept with it: the next forced refresh, by
    /// whomever, has to wait.
    pub forced: bool,
}

impl Lease {
    pub(crate) fn age(&self, now: Moment) -> Duration {
        now.elapsed_since(self.obtained)
    }

    pub(crate) fn left(&self, now: Moment) -> Duration {
        self.life.saturating_sub(self.age(now))
    }

    /// From this age on somebody should refresh while the others go on.
    pub(crate) fn stale_age(&self) -> Duration {
        self.life - margin(self.life).mul_f64(self.sane_jitter())
    }

    /// The jitter with which a token of this life turns stale at `stale_age`.
    pub(crate) fn jitter_of(life: Duration, stale_age: Duration) -> f64 {
        let early = life.saturating_sub(stale_age).as_secs_f64();
        early / margin(life).as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// From this age on everybody waits for the refresh: the token may die on its way.
    pub(crate) fn mandatory_age(&self) -> Duration {
        self.life - (self.life / 60).min(Duration::from_secs(60))
    }

    pub(crate) fn is_stale(&self, now: Moment) -> bool {
        self.age(now) >= self.stale_age()
    }

    pub(crate) fn is_mandatory(&self, now: Moment) -> bool {
        self.age(now) >= self.mandatory_age()
    }

    pub(crate) fn is_expired(&self, now: Moment) -> bool {
        self.age(now) >= self.life
    }

    /// The jitter as a number from 0 (stale as early as can be) to 1 (as late).
    pub(super) fn lateness(&self) -> f64 {
        (1.0 - self.sane_jitter()) / 0.4
    }

    /// The jitter comes from a store that others write to; out of range it would move the windows,
    /// and a negative or missing number would panic in the multiplication.
    fn sane_jitter(&self) -> f64 {
        if self.jitter.is_nan() {
            return 1.0;
        }
        self.jitter.clamp(0.6, 1.0)
    }
}

/// How long before its expiry a token turns stale at the earliest.
fn margin(life: Duration) -> Duration {
    (life / 6).min(Duration::from_secs(600))
}
