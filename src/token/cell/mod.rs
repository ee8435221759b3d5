//! The shared token: runs the machine under a short lock, and everything slow outside of it.

mod flight;
mod held;

use std::sync::{Condvar, MutexGuard};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use self::flight::Landed;
use self::held::{Held, TUG_OF_WAR};
use super::machine::{Counts, Decision, Gate, Moment, Need, TokenId};
use super::renew::Source;
use super::value::{Fields, Token};
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::lock::{Lock, wait_until};
use crate::stats::Counter;
use crate::store::StoreError;

/// Which token a caller wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Whatever is good.
    Any,
    /// Another one than this: scopes were added, say.
    OtherThan(TokenId),
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
            }
        }
    }

    /// A token that fits, fetched if need be. At most one caller fetches at a time; the others use
    /// the held token or wait, each until its own deadline.
    pub(crate) fn obtain(&self, call: Call<'_>, source: &Source, want: Want) -> Result<Token> {
        let need = match want {
            Want::Any => Need::Any,
            Want::OtherThan(id) => Need::OtherThan(id),
        };
        let mut awaited = None;
        let mut tugged = false;
        let mut held = self.state.lock();
        loop {
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
                    match self.lead(held, call, source, need, false, fallback) {
                        Ok(Landed::Token(token)) => return Ok(token),
                        Ok(Landed::Changed) => held = self.state.lock(),
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
                        Err(error) => return Err(error),
                    }
                }
                Decision::Look => {
                    self.lead(held, call, source, need, true, false)?;
                    held = self.state.lock();
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
                    match self.lead(held, call, source, need, false, false)? {
                        Landed::Token(token) => return Ok(token),
                        Landed::Changed => held = self.state.lock(),
                    }
                }
                Decision::Gated {
                    wait,
                    cause: Gate::Busy,
                } => {
                    if wait >= call.left() {
                        // Whoever renews it is slow, and this call is over before that.
                        let live = held.live().filter(|_| need == Need::Any);
                        return live.ok_or_else(|| held.gated(wait, Gate::Busy));
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
        self.state.lock().machine.reject(id)
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
