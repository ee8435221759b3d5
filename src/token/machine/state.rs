//! What is remembered between two decisions.

use super::pause::Trouble;
use super::shared::Shared;
use super::{Lease, Moment, TokenId};

/// What is known about the token of one account and app.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(super) lease: Option<Lease>,
    /// The API refused the held token.
    pub(super) rejected: bool,
    pub(super) flight: Option<Flight>,
    /// The last attempt, unless it succeeded.
    pub(super) trouble: Option<Trouble>,
    pub(super) failures_in_a_row: u32,
    pub(super) refusals_in_a_row: u32,
    /// When a forced refresh last succeeded.
    pub(super) forced_at: Option<Moment>,
    pub(super) shared: Shared,
    pub(super) counts: Counts,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) forced: bool,
}

/// What happened since the state was made. Only shown, never decided upon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub fetched: u64,
    pub failed: u64,
    pub refused: u64,
    pub abandoned: u64,
    /// Taken over from a parent process.
    pub inherited: u64,
    /// Taken over from the store.
    pub adopted: u64,
    /// Times that another process was found renewing the token.
    pub busy: u64,
    /// Rejections of the token that was held; a straggler's of an older one is not counted.
    pub rejected: u64,
    /// Forced refreshes that succeeded: together with `rejected` the sign of a tug of war.
    pub forced: u64,
}

impl State {
    /// The API refused this token. False if another one is held by now, which is to be used then.
    pub(crate) fn reject(&mut self, id: TokenId) -> bool {
        self.remember_refused(id);
        let held = self.lease.is_some_and(|lease| lease.id == id);
        if held && !self.rejected {
            self.rejected = true;
            self.counts.rejected += 1;
            // Perhaps it was replaced, and the store has the new one.
            self.shared.looked_at = None;
            self.shared.busy = None;
        }
        held
    }

    /// Takes over the token of the process this one was forked from.
    pub(crate) fn inherit(&mut self, lease: Lease) {
        if self.take_over(lease) {
            self.counts.inherited += 1;
        }
    }

    /// Takes over a token fetched elsewhere; whether it did.
    ///
    /// It says nothing about whether the endpoint answers *us*, so what is known of failures
    /// stays. The token that is held already is not taken again: its lease here was watched on
    /// both clocks, a reading from a store may have been made after a clock was set back.
    pub(super) fn take_over(&mut self, lease: Lease) -> bool {
        let held = self.lease.is_some_and(|held| held.id == lease.id);
        if held || lease.life.is_zero() {
            return false;
        }
        let before = |at: Moment| at.elapsed_since(lease.obtained).is_zero();
        if lease.forced && self.forced_at.is_none_or(before) {
            self.forced_at = Some(lease.obtained);
        }
        self.hold(lease);
        true
    }

    /// A token that was rejected stays so, even when the endpoint or a store hands it out again.
    pub(super) fn hold(&mut self, lease: Lease) {
        self.rejected = self.has_refused(lease.id);
        self.lease = Some(lease);
        self.shared.busy = None;
        self.shared.looked_at = None;
    }

    /// The held lease if it may be handed out.
    pub(super) fn usable(&self, now: Moment) -> Option<&Lease> {
        self.lease
            .as_ref()
            .filter(|lease| !self.rejected && !lease.is_expired(now))
    }

    /// Until when a caller who takes any token is told to use the held one, and nothing else is looked
    /// at; `None` if there is none to use.
    pub(crate) fn fresh_until(&self) -> Option<Moment> {
        let good = self.lease.filter(|_| !self.rejected)?;
        Some(good.obtained.later_by(good.stale_age()))
    }

    /// The held lease, usable or not.
    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    /// Whether the API refused the held token.
    pub(crate) fn is_rejected(&self) -> bool {
        self.rejected
    }

    /// Whether somebody refreshes right now.
    pub(crate) fn is_open(&self) -> bool {
        self.flight.is_some()
    }

    #[cfg(test)]
    pub(crate) fn failures_in_a_row(&self) -> u32 {
        self.failures_in_a_row
    }

    #[cfg(test)]
    pub(crate) fn refusals_in_a_row(&self) -> u32 {
        self.refusals_in_a_row
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }
}
