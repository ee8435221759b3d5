//! What a caller should do now: a question that changes nothing.

use std::time::Duration;

use super::pause::Kind;
use super::{Decision, Gate, Lease, Moment, Need, State};

/// How long after a forced refresh the next one may come.
const FORCED_GAP: Duration = Duration::from_secs(5);
/// And up to this much longer, the same for all who share the token. Another process that asks every
/// second on the second would else meet each of ours at the same age: if that is a few milliseconds,
/// no call would ever get through.
const FORCED_GAP_SPREAD: Duration = Duration::from_secs(1);

impl State {
    /// What a caller with this need should do now.
    pub(crate) fn decide(&self, now: Moment, need: Need) -> Decision {
        match self.usable(now) {
            Some(lease) if need != Need::OtherThan(lease.id) => self.decide_with(lease, now),
            held => self.decide_without(now, held.is_some()),
        }
    }

    /// A live token is held and will do.
    fn decide_with(&self, lease: &Lease, now: Moment) -> Decision {
        if !lease.is_stale(now) {
            return Decision::Use;
        }
        if self.is_open() {
            return if lease.is_mandatory(now) {
                Decision::Wait
            } else {
                Decision::Use
            };
        }
        let mandatory = lease.is_mandatory(now);
        match self.busy_left(now, !mandatory) {
            Some(_) if !mandatory => return Decision::Use,
            Some(wait) => {
                let cause = Gate::Busy;
                return Decision::Gated { wait, cause };
            }
            None => {}
        }
        if self.pause_left(now, true).is_some() {
            return if self.should_look(now, true) {
                Decision::Look
            } else {
                Decision::Use
            };
        }
        // Without the store the token is used up to the end, since a new one that the others do not
        // learn of may kill theirs.
        if !mandatory && self.store_rests_early(now) && !self.goes_alone(now) {
            return Decision::Use;
        }
        Decision::Refresh { fallback: true }
    }

    /// No token is held that would do. `live`: it would do for others.
    fn decide_without(&self, now: Moment, live: bool) -> Decision {
        if self.is_open() {
            return Decision::Wait;
        }
        if let Some(wait) = self.busy_left(now, false) {
            let cause = Gate::Busy;
            return Decision::Gated { wait, cause };
        }
        if let Some(wait) = self.pause_left(now, live) {
            return if self.should_look(now, live) {
                Decision::Look
            } else if self.is_refused() {
                Decision::Refused { wait }
            } else {
                let cause = Gate::Backoff;
                Decision::Gated { wait, cause }
            };
        }
        // An expired token is refreshed because it expired, whatever its caller wanted.
        if (live || self.rejected)
            && let Some(wait) = self.forced_gap_left(now)
        {
            if self.should_look(now, live) {
                return Decision::Look;
            }
            let cause = Gate::TugOfWar;
            return Decision::Gated { wait, cause };
        }
        Decision::Refresh { fallback: false }
    }

    fn pause_left(&self, now: Moment, live: bool) -> Option<Duration> {
        self.trouble?.left(now, live)
    }

    fn is_refused(&self) -> bool {
        let kind = self.trouble.map(|trouble| trouble.kind);
        matches!(kind, Some(Kind::Refused { .. }))
    }

    fn forced_gap_left(&self, now: Moment) -> Option<Duration> {
        let more = self.lease.map_or(Duration::ZERO, |lease| {
            FORCED_GAP_SPREAD.mul_f64(lease.lateness())
        });
        let left = (FORCED_GAP + more).saturating_sub(now.elapsed_since(self.forced_at?));
        (!left.is_zero()).then_some(left)
    }
}
