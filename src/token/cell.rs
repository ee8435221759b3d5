//! The shared token: runs the machine under a short lock, and everything slow outside of it.

use std::sync::{Condvar, MutexGuard};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::issuer::Issuer;
use super::machine::{Counts, Decision, Gate, Moment, Need, Outcome, State, TokenId};
use super::value::{Fields, Token};
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::lock::{Lock, wait_until};
use crate::random;
use crate::stats::Counter;

/// Longest a caller that holds a live token spends on renewing it for everybody.
const ADVISORY_BUDGET: Duration = Duration::from_secs(5);

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

#[derive(Default)]
struct Held {
    machine: State,
    token: Option<Token>,
    /// Number of flights opened so far.
    flights: u64,
    /// The last flight that failed, and why.
    failed: Option<(u64, Error)>,
    /// The held token came from the process this one was forked from.
    inherited: bool,
}

impl Cell {
    pub(crate) fn new() -> Cell {
        Cell {
            state: Lock::new(Held::default()),
            changed: Condvar::new(),
            heirloom: ArcSwapOption::const_empty(),
        }
    }

    /// Takes over the token of the process this one was forked from, without touching its lock.
    pub(crate) fn inherit(&self, parent: &Cell) {
        if let Some(token) = parent.heirloom.load_full().map(Token::of_shared) {
            let mut held = self.state.lock();
            if held.token.is_none() {
                held.machine.adopt(*token.lease());
                self.heirloom.store(Some(token.shared()));
                held.token = Some(token);
                held.inherited = true;
            }
        }
    }

    /// A token that fits, fetched if need be. At most one caller fetches at a time; the others use
    /// the held token or wait, each until its own deadline.
    pub(crate) fn obtain(&self, call: Call<'_>, issuer: &Issuer, want: Want) -> Result<Token> {
        let mut awaited = None;
        let mut tugged = false;
        let mut held = self.state.lock();
        loop {
            let need = match want {
                Want::Any => Need::Any,
                Want::OtherThan(id) => Need::OtherThan(id),
            };
            match held.machine.decide(Moment::now(), need) {
                Decision::Use => {
                    if let Some(token) = &held.token {
                        return Ok(token.clone());
                    }
                    return Err(Error::Internal(Details::new(
                        "the token cell lost its token",
                    )));
                }
                Decision::Refresh { fallback: true } if held.leaves_it_to_parent() => {
                    if let Some(token) = &held.token {
                        return Ok(token.clone());
                    }
                }
                Decision::Refresh { fallback } => {
                    // Whoever waited for a flight that failed shares its outcome.
                    if let (Some(error), false) = (held.outcome_of(awaited), fallback) {
                        return Err(error);
                    }
                    match self.lead(held, call, issuer, fallback) {
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
                        result => return result,
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
                } if issuer.signs_locally() => return self.lead(held, call, issuer, false),
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
                    held = self.sleep(held, call, Some(wait))?;
                }
                Decision::Refused { wait } => return Err(held.gated(wait, Gate::Backoff)),
            }
        }
    }

    /// Opens the flight, fetches outside the lock, settles, wakes everybody.
    fn lead(
        &self,
        mut held: MutexGuard<'_, Held>,
        call: Call<'_>,
        issuer: &Issuer,
        fallback: bool,
    ) -> Result<Token> {
        let budget = match held.live().filter(|_| fallback) {
            // Not longer than the token can spare either: the call must still be made with it.
            Some(live) => ADVISORY_BUDGET
                .min(call.left() / 4)
                .min(live.lease().left(Moment::now()) / 4),
            None => call.left(),
        };
        held.machine.open(Moment::now());
        held.flights += 1;
        drop(held);
        let mut flight = Flight {
            cell: self,
            settled: false,
        };

        #[cfg(feature = "test-panic")]
        crate::test_panic::point("flight");
        let fetched = issuer.fetch(call.within(budget)).and_then(alive);

        let outcome = match &fetched {
            Ok(token) => Outcome::Fetched(*token.lease()),
            Err(Error::Credentials(_) | Error::Config(_)) => Outcome::Refused,
            Err(_) if call.check().is_err() => Outcome::Abandoned,
            Err(Error::Timeout(_)) if fallback => Outcome::TooSlow,
            Err(error) => Outcome::Failed {
                retry_after: error.retry_after(),
            },
        };
        let mut held = self.state.lock();
        held.machine.settle(Moment::now(), outcome, random::unit());
        flight.settled = true;
        match (&fetched, outcome) {
            (Ok(token), _) => {
                held.failed = None;
                held.inherited = false;
                held.token = Some(token.clone());
                self.heirloom.store(Some(token.shared()));
            }
            (Err(_), Outcome::Abandoned) => {}
            // Flight 0 is nobody's: who has more time waits for the gate and tries itself.
            (Err(error), _) if error.details().cut_short() => {
                held.failed = Some((0, error.clone()))
            }
            (Err(error), _) => held.failed = Some((held.flights, error.clone())),
        }
        drop(held);
        self.changed.notify_all();
        if let Ok(token) = &fetched {
            log::info!(target: crate::LOG, "new token, good for {} s", token.lease().life.as_secs());
        }
        fetched
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
}

/// Refuses a token that expired on its way here.
fn alive(token: Token) -> Result<Token> {
    if token.lease().is_expired(Moment::now()) {
        return Err(Error::Timeout(
            Details::new("the token had expired before it arrived").with_hint(
                "The way to the token endpoint is very slow: check the network and the proxy.",
            ),
        ));
    }
    Ok(token)
}

impl Held {
    /// The held token if the API would take it.
    fn live(&self) -> Option<Token> {
        let usable =
            |token: &Token| !token.lease().is_expired(Moment::now()) && !self.machine.is_rejected();
        self.token.clone().filter(usable)
    }

    /// A forked child leaves the early renewal to its parent: most children are gone before the token
    /// expires, and each that renewed it would kill the parent's where only one may live.
    fn leaves_it_to_parent(&self) -> bool {
        let now = Moment::now();
        self.inherited
            && self
                .live()
                .is_some_and(|token| !token.lease().is_mandatory(now))
    }

    /// The error of the flight this caller waited for, if it failed.
    fn outcome_of(&self, awaited: Option<u64>) -> Option<Error> {
        match &self.failed {
            Some((flight, error)) if Some(*flight) == awaited => Some(error.clone()),
            _ => None,
        }
    }

    /// The remembered error, with the time until the next attempt.
    fn gated(&self, wait: Duration, cause: Gate) -> Error {
        match (&self.failed, cause) {
            (Some((_, error)), Gate::Backoff) => {
                error.map_details(|details| details.with_retry_after(Some(wait)))
            }
            (_, Gate::TugOfWar) if !self.machine.is_rejected() => Error::RateLimited(
                Details::new("a new token was asked for a moment ago already")
                    .with_hint(
                        "Use the one there is: new scopes are on it if the app had them then.",
                    )
                    .with_retry_after(Some(wait)),
            ),
            _ => Error::Unauthorized(
                Details::new("fresh tokens are refused in quick succession")
                    .with_hint(TUG_OF_WAR)
                    .with_retryable(true)
                    .with_retry_after(Some(wait)),
            ),
        }
    }
}

pub(crate) const TUG_OF_WAR: &str = "Another process probably asks for tokens with the same credentials and does not share them: \
     give all of them one token store, or each an app of its own.";

/// Closes the flight even if fetching panics: the next caller then leads.
struct Flight<'a> {
    cell: &'a Cell,
    settled: bool,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if !self.settled {
            let now = Moment::now();
            self.cell
                .state
                .lock()
                .machine
                .settle(now, Outcome::Abandoned, 0.5);
            self.cell.changed.notify_all();
        }
    }
}
