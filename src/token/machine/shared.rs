//! What a store that others share adds to the rules.
//!
//! Whoever loses the race for the store's lock looks again soon and backs off from nothing: the
//! winner is about to put a token there. And where this process may ask for no token, it may still
//! look, because another one may ask.

use std::time::Duration;

use super::{Moment, State, TokenId};

/// How soon a caller that goes on with a live token looks again for the next one.
const LOOK_WITH_TOKEN: Duration = Duration::from_millis(200);
/// Without one callers wait, so they look sooner; the longer it lasts the less often, up to this.
const LOOK_WITHOUT_TOKEN: Duration = Duration::from_millis(100);
const FIRST_LOOK_WITHOUT_TOKEN: Duration = Duration::from_millis(20);
/// How often those look who may not ask for a token themselves.
const LOOK_WHILE_GATED: Duration = Duration::from_secs(1);
const LOOK_WHILE_GATED_WITH_TOKEN: Duration = Duration::from_secs(5);
/// No holder of the lock is left alone for so long: the lock itself must be broken.
const STUCK: Duration = Duration::from_secs(20);
/// Nor so long if it was found broken before and nobody has put a token there since.
const STILL_STUCK: Duration = Duration::from_secs(1);
/// How long a store that failed is left alone.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(10);
/// The same if it can be read and only not be written: somebody else may write to it.
const LONGEST_REST_READABLE: Duration = Duration::from_secs(5);

/// What is remembered of the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// There is a store at all.
    pub(super) is_shared: bool,
    /// When another process was last found to hold its lock.
    pub(super) busy: Option<Busy>,
    /// The lock was found broken.
    pub(super) is_stuck: bool,
    /// When it was last looked into without any use.
    pub(super) looked_at: Option<Moment>,
    pub(super) outage: Option<Outage>,
    /// The last tokens that the API refused: a store may go on offering them.
    pub(super) refused: [Option<TokenId>; 4],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Busy {
    at: Moment,
    /// When it was first found so.
    since: Moment,
    /// Times in a row, this one included.
    nth: u32,
    random: f64,
}

/// The store failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outage {
    at: Moment,
    nth: u32,
    random: f64,
    is_readable: bool,
}

impl State {
    /// The state of a token that lies in a store too.
    pub(crate) fn shared() -> State {
        let mut state = State::default();
        state.shared.is_shared = true;
        state
    }

    /// The store could not be used. `is_readable`: only not be written.
    pub(crate) fn store_failed(&mut self, now: Moment, is_readable: bool, random: f64) {
        let nth = self.shared.outage.map_or(0, |outage| outage.nth);
        self.shared.outage = Some(Outage {
            at: now,
            nth: nth.saturating_add(1),
            random,
            is_readable,
        });
    }

    /// The store did what it was asked; `locked`: it could be locked, not only read. Whether that ends
    /// an outage.
    pub(crate) fn store_answered(&mut self, locked: bool) -> bool {
        self.shared.is_stuck &= !locked;
        let ends = |outage: &mut Outage| locked || !outage.is_readable;
        self.shared.outage.take_if(ends).is_some()
    }

    /// Whether others have held the store's lock for so long that nothing is to be hoped for.
    pub(crate) fn store_is_stuck(&mut self, now: Moment) -> bool {
        let patience = if self.shared.is_stuck {
            STILL_STUCK
        } else {
            STUCK
        };
        let busy = self.shared.busy;
        let stuck = busy.is_some_and(|busy| now.elapsed_since(busy.since) >= patience);
        self.shared.is_stuck |= stuck;
        stuck
    }

    /// Whether to fetch without the store now, which is away: at some time in the minute before the
    /// mandatory window. All who share the token would do so in the same instant else.
    pub(crate) fn goes_alone(&self, now: Moment) -> bool {
        let (Some(outage), Some(lease)) = (self.shared.outage, self.lease) else {
            return false;
        };
        let mandatory = lease.mandatory_age();
        let early = (lease.life - mandatory).mul_f64(sane(outage.random));
        lease.age(now) >= mandatory.saturating_sub(early)
    }

    /// Whether the store failed a moment ago and is not worth asking for anything yet.
    pub(crate) fn store_rests(&self, now: Moment) -> bool {
        let outage = self.shared.outage.filter(|outage| !outage.is_readable);
        outage.is_some_and(|outage| !outage.left(now).is_zero())
    }

    /// The same for being asked early, while the held token is good.
    pub(super) fn store_rests_early(&self, now: Moment) -> bool {
        let outage = self.shared.outage;
        outage.is_some_and(|outage| !outage.left(now).is_zero())
    }

    /// Whether the store could be read and not be locked when it was last tried.
    pub(crate) fn store_is_doubtful(&self) -> bool {
        self.shared.outage.is_some_and(|outage| outage.is_readable)
    }

    /// Whether the API refused this token a while ago.
    pub(crate) fn has_refused(&self, id: TokenId) -> bool {
        self.shared.refused.contains(&Some(id))
    }

    /// The last tokens that the API refused.
    pub(crate) fn refused_tokens(&self) -> impl Iterator<Item = TokenId> {
        self.shared.refused.iter().flatten().copied()
    }

    pub(super) fn remember_refused(&mut self, id: TokenId) {
        if !self.has_refused(id) {
            self.shared.refused.rotate_right(1);
            if let Some(first) = self.shared.refused.first_mut() {
                *first = Some(id);
            }
        }
    }

    pub(super) fn busy(&mut self, now: Moment, random: f64) {
        let before = self.shared.busy;
        self.shared.busy = Some(Busy {
            at: now,
            since: before.map_or(now, |busy| busy.since),
            nth: before.map_or(0, |busy| busy.nth).saturating_add(1),
            random,
        });
    }

    /// How long until the store is worth another look after its lock was found taken.
    pub(super) fn busy_left(&self, now: Moment, live: bool) -> Option<Duration> {
        let busy = self.shared.busy?;
        let step = if live {
            LOOK_WITH_TOKEN
        } else {
            let doubled = FIRST_LOOK_WITHOUT_TOKEN.saturating_mul(1 << (busy.nth - 1).min(8));
            doubled.min(LOOK_WITHOUT_TOKEN)
        };
        let left = spread(step, busy.random).saturating_sub(now.elapsed_since(busy.at));
        (!left.is_zero()).then_some(left)
    }

    /// Whether those who may not ask for a token should see if somebody else has.
    pub(super) fn should_look(&self, now: Moment, live: bool) -> bool {
        self.shared.is_shared && self.look_left(now, live).is_zero()
    }

    /// Gated callers sleep no longer than this before they decide again.
    pub(crate) fn look_left(&self, now: Moment, live: bool) -> Duration {
        if !self.shared.is_shared {
            return Duration::MAX;
        }
        let gap = if live {
            LOOK_WHILE_GATED_WITH_TOKEN
        } else {
            LOOK_WHILE_GATED
        };
        let since = self.shared.looked_at.map(|at| now.elapsed_since(at));
        let outage = self.shared.outage.filter(|outage| !outage.is_readable);
        let rest = outage.map_or(Duration::ZERO, |outage| outage.left(now));
        gap.saturating_sub(since.unwrap_or(gap)).max(rest)
    }
}

impl Outage {
    fn left(&self, now: Moment) -> Duration {
        let longest = if self.is_readable {
            LONGEST_REST_READABLE
        } else {
            LONGEST_REST
        };
        let doubled = FIRST_REST.saturating_mul(1 << (self.nth - 1).min(8));
        spread(doubled.min(longest), self.random).saturating_sub(now.elapsed_since(self.at))
    }
}

/// Between half of `step` and all of it, so that a fleet does not come back together.
fn spread(step: Duration, random: f64) -> Duration {
    step / 2 + (step / 2).mul_f64(sane(random))
}

fn sane(random: f64) -> f64 {
    let random = if random.is_nan() { 1.0 } else { random };
    random.clamp(0.0, 1.0)
}
