//! A flight: one caller gets a token for everybody, outside the lock.

use std::sync::MutexGuard;
use std::time::Duration;

use super::held::Held;
use super::{Cell, Want};
use crate::call::Call;
use crate::error::{Error, Result};
use crate::random;
use crate::token::machine::{Moment, Outcome};
use crate::token::renew::{Came, Health, Mode, Plan, Source};
use crate::token::value::Token;

/// Longest a caller that holds a live token spends on renewing it for everybody.
const ADVISORY_BUDGET: Duration = Duration::from_secs(5);

/// What the leader of a flight brought home.
pub(super) enum Landed {
    Token(Token),
    /// Nothing that answers the question by itself: decide again.
    Changed,
    /// Nothing at all.
    Nothing,
}

impl Cell {
    /// Opens the flight, gets a token outside the lock, settles, wakes everybody.
    pub(super) fn lead(
        &self,
        mut held: MutexGuard<'_, Held>,
        call: Call<'_>,
        source: &Source,
        want: Want,
        only_look: bool,
        fallback: bool,
    ) -> Result<Landed> {
        let now = Moment::now();
        let live = held.live();
        let budget = match live.as_ref().filter(|_| fallback) {
            // Not longer than the token can spare either: the call must still be made with it.
            Some(live) => ADVISORY_BUDGET
                .min(call.left() / 4)
                .min(live.lease().left(now) / 4),
            None => call.left(),
        };
        let early = fallback
            && live.is_some_and(|live| !live.lease().is_mandatory(now))
            && !held.machine.goes_alone(now);
        let plan = Plan {
            wanted: held.wanted(want),
            mode: match (only_look, early) {
                (true, _) => Mode::Look,
                (false, true) => Mode::Early,
                (false, false) => Mode::Must,
            },
            forced: held.machine.open(now),
            resting: held
                .store_error
                .clone()
                .filter(|_| held.machine.store_rests(now)),
            stuck: held.machine.store_is_stuck(now),
            doubtful: held.machine.store_is_doubtful(),
        };
        held.flights += 1;
        drop(held);
        let mut flight = Flight {
            cell: self,
            settled: false,
        };

        #[cfg(feature = "test-panic")]
        crate::test_panic::point("flight");
        let (came, health) = source.renew(call, call.within(budget), plan);

        let outcome = match &came {
            Came::Fetched(token) => Outcome::Fetched(*token.lease()),
            Came::Adopted(token) => Outcome::Adopted(*token.lease()),
            Came::Busy => Outcome::Busy,
            Came::Nothing | Came::Barred(_) => Outcome::Nothing,
            Came::Failed(_) if only_look => Outcome::Nothing,
            Came::Failed(Error::Credentials(_) | Error::Config(_)) => Outcome::Refused,
            Came::Failed(_) if call.check().is_err() => Outcome::Abandoned,
            Came::Failed(Error::Timeout(_)) if fallback => Outcome::TooSlow,
            Came::Failed(error) => Outcome::Failed {
                retry_after: error.retry_after(),
            },
        };
        let mut held = self.state.lock();
        let now = Moment::now();
        held.machine.settle(now, outcome, random::unit());
        flight.settled = true;
        let news = held.note_store(now, health);
        let mut landed = Landed::Changed;
        match (&came, outcome) {
            (Came::Fetched(token) | Came::Adopted(token), _) => {
                // If this process was stopped, it may have died meanwhile.
                if held
                    .machine
                    .lease()
                    .is_some_and(|lease| lease.id == token.id())
                {
                    held.inherited = false;
                    held.token = Some(token.clone());
                    held.note_freshness();
                    self.heirloom.store(Some(token.shared()));
                    // Of a token from elsewhere the failures of the endpoint are no less true.
                    if matches!(came, Came::Fetched(_)) {
                        held.failed = None;
                        landed = Landed::Token(token.clone());
                    }
                }
            }
            (Came::Failed(_), Outcome::Abandoned) => {}
            // Flight 0 is nobody's: who has more time waits for the gate and tries itself.
            (Came::Failed(error), _) if error.details().cut_short() => {
                held.failed = Some((0, error.clone()))
            }
            (Came::Failed(error) | Came::Barred(error), _) => {
                held.failed = Some((held.flights, error.clone()))
            }
            (Came::Busy | Came::Nothing, _) => {}
        }
        drop(held);
        self.changed.notify_all();
        if let Some(news) = news {
            news.tell(call, source);
        }
        match came {
            Came::Fetched(token) => {
                log::info!(target: crate::LOG, "new token, good for {} s", token.lease().life.as_secs());
                Ok(landed)
            }
            Came::Adopted(token) => {
                let left = token.expires_in().as_secs();
                log::info!(target: crate::LOG, "token of another process, good for {left} s more");
                Ok(Landed::Changed)
            }
            Came::Busy => call.check().map(|()| Landed::Changed),
            Came::Nothing => call.check().map(|()| Landed::Nothing),
            Came::Failed(error) | Came::Barred(error) => Err(error),
        }
    }
}

/// The store began to fail, or works again.
enum News {
    Down(crate::store::StoreError),
    Up,
}

impl News {
    /// Outside the lock: a logger is user code, which may come back here.
    fn tell(self, call: Call<'_>, source: &Source) {
        let Some(sharing) = &source.sharing else {
            return;
        };
        let name = sharing.name();
        match self {
            News::Down(error) => {
                let hint = error.hint();
                call.epoch.warn(format!(
                    "the token store {name} cannot be used, others do not see our token nor we theirs: {error}. {hint}"
                ));
            }
            News::Up => log::info!(target: crate::LOG, "the token store {name} works again"),
        }
    }
}

impl Held {
    fn note_store(&mut self, now: Moment, health: Option<Health>) -> Option<News> {
        match health? {
            Health::Answered { locked } => {
                let is_over = self.machine.store_answered(locked);
                if is_over {
                    self.store_error = None;
                }
                is_over.then_some(News::Up)
            }
            Health::Failed { error, is_readable } => {
                let is_first = self.store_error.replace(error.clone()).is_none();
                self.machine.store_failed(now, is_readable, random::unit());
                is_first.then_some(News::Down(error))
            }
        }
    }
}

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
