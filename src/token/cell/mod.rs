//! The shared token: runs the machine under a short lock, and everything slow outside of it.

mod flight;
mod held;
#[cfg(test)]
mod tests;

use std::sync::{Condvar, MutexGuard};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use self::flight::Landed;
use self::held::{Held, TUG_OF_WAR};
use super::machine::{Counts, Decision, Gate, Moment, Need, Reading, TokenId};
use super::renew::Source;
use super::value::{Fields, Token};
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::lock::{Lock, wait_until};
use crate::stats::Counter;
use crate::store::StoreError;

/// Longest that a caller with a live token waits for another process to renew it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Which token a caller wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Whatever is good.
    Any,
    /// A new one: scopes were added, say.
    New {
        /// The one held before.
        not: Option<TokenId>,
        /// Nor one that somebody else asked for earlier than this.
        since: Moment,
    },
}

/// One app's token in this process. Shared by every client of the app.
pub(crate) struct Cell {
    state: Lock<Held>,
    changed: Condvar,
    // The held token once more, for a forked child: there the lock may be held by a thread that does
    // not exist, and a child that could not read the token would ask for one of its own.
    heirloom: ArcSwapOption<Fields>,
}

impl Cell {
    /// `is_shared`: there is a store besides.
    pub(crate) fn new(is_shared: bool) -> Cell {
        let held = if is_shared {
            Held::shared()
        } else {
            Held::default()
        };
        Cell {
            state: Lock::new(held),
            changed: Condvar::new(),
            heirloom: ArcSwapOption::const_empty(),
        }
    }

    /// Takes over the token of the process this one was forked from, without touching its lock.
    pub(crate) fn inherit(&self, parent: &Cell) {
        if let Some(token) = parent.heirloom.load_full().map(Token::of_shared) {
            let mut held = self.state.lock();
            if held.token.is_none() {
                held.machine.inherit(*token.lease());
                self.heirloom.store(Some(token.shared()));
                held.token = Some(token);
                held.inherited = true;
                held.note_freshness();
            }
        }
    }

    /// The held token if it is to be handed out as it is, which is what nearly every call finds;
    /// `None` if [`obtain`](Cell::obtain) has to think about it.
    pub(crate) fn at_hand(&self) -> Option<Token> {
        // Read outside the lock, which all threads want.
        let now = Reading::now();
        let held = self.state.lock();
        match &held.fresh_until {
            Some(end) if now.is_before(end) => held.token.clone(),
            _ => None,
        }
    }

    /// A token that fits, fetched if need be. At most one caller fetches at a time; the others use
    /// the held token or wait, each until its own deadline.
    pub(crate) fn obtain(&self, call: Call<'_>, source: &Source, want: Want) -> Result<Token> {
        let mut awaited = None;
        // How long to wait for another process while there is a live token.
        let mut patience = None;
        let mut tugged = false;
        let mut held = self.state.lock();
        loop {
            let need = held.need(want);
            match held.machine.decide(Moment::now(), need) {
                Decision::Use => {
                    if let Some(token) = &held.token {
                        return Ok(token.clone());
                    }
                    return Err(Error::Internal(Details::new(
                        "the token cell lost its token",
                    )));
                }
                Decision::Refresh { fallback: true }
                    if source.sharing.is_none() && held.leaves_it_to_parent() =>
                {
                    if let Some(token) = &held.token {
                        return Ok(token.clone());
                    }
                }
                Decision::Refresh { fallback } => {
                    // Whoever waited for a flight that failed shares its outcome.
                    if let (Some(error), false) = (held.outcome_of(awaited), fallback) {
                        return Err(error);
                    }
                    match self.lead(held, call, source, want, false, fallback) {
                        Ok(Landed::Token(token)) => return Ok(token),
                        Ok(Landed::Changed) => held = self.state.lock(),
                        Ok(Landed::Nothing) => {
                            held = self.state.lock();
                            if let Some(token) = held.live().filter(|_| fallback) {
                                return Ok(token);
                            }
                        }
                        Err(error) if fallback => {
                            // A live token is at hand, so the failure is not this caller's business,
                            // unless the call itself is over.
                            call.check()?;
                            call.epoch.stats().add(Counter::RefreshesFailed);
                            call.epoch.warn(format!(
                                "token refresh failed, going on with the live token: {}",
                                error.message()
                            ));
                            held = self.state.lock();
                            if let Some(token) = held.live() {
                                return Ok(token);
                            }
                        }
                        // The store's lock was held as long as it may be, and the call has more time.
                        Err(error) if error.details().cut_short() && source.sharing.is_some() => {
                            call.check().map_err(|_| error)?;
                            held = self.state.lock();
                        }
                        Err(error) => return Err(error),
                    }
                }
                Decision::Look => {
                    let live = need == Need::Any && held.live().is_some();
                    let looked = self.lead(held, call, source, want, true, live);
                    held = self.state.lock();
                    match (looked, held.live().filter(|_| live)) {
                        (Err(_), Some(token)) if call.check().is_ok() => return Ok(token),
                        (Err(error), _) => return Err(error),
                        _ => {}
                    }
                }
                Decision::Wait => {
                    if let Some(error) = held.outcome_of(awaited) {
                        return Err(error);
                    }
                    awaited = Some(held.flights);
                    held = self.sleep(held, call, None)?;
                }
                // A signature takes no token from anybody, so nobody need wait for one.
                Decision::Gated {
                    cause: Gate::TugOfWar,
                    ..
                } if source.issuer.signs_locally() => {
                    match self.lead(held, call, source, want, false, false)? {
                        Landed::Token(token) => return Ok(token),
                        Landed::Changed | Landed::Nothing => held = self.state.lock(),
                    }
                }
                Decision::Gated {
                    wait,
                    cause: Gate::Busy,
                } => {
                    let end = *patience
                        .get_or_insert_with(|| Instant::now() + LONGEST_WAIT.min(call.left() / 4));
                    // Whoever renews it is slow; the call itself must still be made, too.
                    if need == Need::Any
                        && Instant::now() + wait >= end
                        && let Some(token) = held.live()
                    {
                        return Ok(token);
                    }
                    if wait >= call.left() {
                        return Err(held.gated(wait, Gate::Busy));
                    }
                    held = self.sleep(held, call, Some(wait))?;
                }
                Decision::Gated { wait, cause } => {
                    if let Some(error) = held.outcome_of(awaited) {
                        return Err(error);
                    }
                    // Nobody pulls where only this caller wants another token than the good one.
                    let pulled = cause == Gate::TugOfWar && held.machine.is_rejected();
                    if pulled && !tugged {
                        tugged = true;
                        // A logger is user code, which may come back here.
                        drop(held);
                        call.epoch.stats().add(Counter::TugOfWar);
                        call.epoch.warn(TUG_OF_WAR.to_owned());
                        held = self.state.lock();
                        continue;
                    }
                    if wait >= call.left() {
                        return Err(held.gated(wait, cause));
                    }
                    // Another process may get a token earlier.
                    let look = held.machine.look_left(Moment::now(), held.live().is_some());
                    let pause = wait.min(look.max(Duration::from_millis(1)));
                    held = self.sleep(held, call, Some(pause))?;
                }
                Decision::Refused { wait } => return Err(held.gated(wait, Gate::Backoff)),
            }
        }
    }

    /// Sleeps until something changes, `wait` is over, or the call ends.
    fn sleep<'a>(
        &'a self,
        held: MutexGuard<'a, Held>,
        call: Call<'_>,
        wait: Option<Duration>,
    ) -> Result<MutexGuard<'a, Held>> {
        let end = wait
            .map(|wait| Instant::now() + wait)
            .unwrap_or(call.deadline);
        // Cancel wakes through this condvar too, after the epoch was marked: looked at under the
        // lock, so that the wake-up cannot fall between look and sleep.
        call.check()?;
        let held = wait_until(&self.changed, held, end.min(call.deadline));
        call.check()?;
        Ok(held)
    }

    /// Wakes those who wait here, so that the cancelled ones among them notice.
    pub(crate) fn wake(&self) {
        drop(self.state.lock());
        self.changed.notify_all();
    }

    /// The API or the user refused the token with this fingerprint. Whether it was the held one.
    pub(crate) fn reject(&self, id: TokenId) -> bool {
        let mut held = self.state.lock();
        let was_held = held.machine.reject(id);
        held.note_freshness();
        if was_held {
            // A child would take it for a good one.
            self.heirloom.store(None);
        }
        was_held
    }

    /// How the refreshes of this token went, by all clients that share it.
    pub(crate) fn counts(&self) -> Counts {
        self.state.lock().machine.counts()
    }

    /// The held token, whatever its state.
    pub(crate) fn peek(&self) -> Option<Token> {
        self.state.lock().token.clone()
    }

    /// Why the store could not be used when it was last asked; `None` while it works.
    pub(crate) fn store_error(&self) -> Option<StoreError> {
        self.state.lock().store_error.clone()
    }
}
