//! A refresh begins and ends.

use std::time::Duration;

use super::pause::{Kind, Trouble};
use super::state::Flight;
use super::{Lease, Moment, Outcome, State};

impl State {
    /// The caller that was told to refresh begins.
    ///
    /// The refresh is forced if age would not have brought it about: the held token was rejected,
    /// or somebody wants another one although it is not stale.
    /// Returns that.
    pub(crate) fn open(&mut self, now: Moment) -> bool {
        let forced = self
            .lease
            .is_some_and(|lease| self.rejected || !lease.is_stale(now));
        self.flight = Some(Flight { forced });
        forced
    }

    /// The refresh ended. `random` in 0…1 spreads the next try after a failure.
    pub(crate) fn settle(&mut self, now: Moment, outcome: Outcome, random: f64) {
        let forced = self.flight.take().is_some_and(|flight| flight.forced);
        match outcome {
            Outcome::Fetched(lease) if !lease.is_expired(now) => self.fetched(now, lease, forced),
            // Dead on arrival: held, it would be asked for again at once, and again.
            Outcome::Fetched(_) => self.failed(now, None, random, false),
            Outcome::Adopted(lease) => {
                if self.take_over(lease) {
                    self.shared.is_stuck = false;
                    self.counts.adopted += 1;
                }
            }
            Outcome::Busy => {
                self.counts.busy += 1;
                self.busy(now, random);
            }
            Outcome::Nothing => self.shared.looked_at = Some(now),
            Outcome::Failed { retry_after } => self.failed(now, retry_after, random, false),
            Outcome::TooSlow => self.failed(now, None, random, true),
            Outcome::Refused => self.refused(now, random),
            Outcome::Abandoned => self.counts.abandoned += 1,
        }
    }

    fn fetched(&mut self, now: Moment, lease: Lease, forced: bool) {
        self.hold(lease);
        self.trouble = None;
        self.failures_in_a_row = 0;
        self.refusals_in_a_row = 0;
        self.counts.fetched += 1;
        if forced {
            self.forced_at = Some(now);
            self.counts.forced += 1;
        }
    }

    fn failed(&mut self, now: Moment, retry_after: Option<Duration>, random: f64, hasty: bool) {
        self.counts.failed += 1;
        self.back_off(now, retry_after, random, hasty);
    }

    fn refused(&mut self, now: Moment, random: f64) {
        self.counts.refused += 1;
        self.refusals_in_a_row = self.refusals_in_a_row.saturating_add(1);
        if self.usable(now).is_some() {
            // Nobody needs to hear of it as long as the token lives.
            return self.back_off(now, None, random, false);
        }
        let nth = self.refusals_in_a_row;
        let kind = Kind::Refused { nth };
        self.trouble = Some(Trouble { at: now, kind });
    }

    fn back_off(&mut self, now: Moment, retry_after: Option<Duration>, random: f64, hasty: bool) {
        let live = self.usable(now).is_some();
        let was_live = matches!(
            self.trouble.map(|trouble| trouble.kind),
            Some(Kind::Failed { live: true, .. })
        );
        if was_live && !live {
            // Early failures hurt nobody; now that the token is dead, counting begins.
            self.failures_in_a_row = 0;
        }
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let kind = Kind::Failed {
            nth: self.failures_in_a_row,
            retry_after,
            random,
            live,
            hasty,
        };
        self.trouble = Some(Trouble { at: now, kind });
    }
}
