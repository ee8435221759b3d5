//! Where a better token comes from: the store, or else the endpoint.

use std::time::Duration;

use super::issuer::Issuer;
use super::machine::Moment;
use super::sharing::{Begun, Failed, Finished, LONGEST_FETCH, Renewal, Sharing, Wanted};
use super::value::Token;
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::stats::Counter;
use crate::store::StoreError;

/// A store that was given less time than this tells nothing about itself by not answering.
const RUSH: Duration = Duration::from_millis(250);

/// One client's ways to a token.
pub(crate) struct Source {
    pub(crate) issuer: Issuer,
    /// None for `memory:`, and for JWTs, which everybody signs for himself.
    pub(crate) sharing: Option<Sharing>,
}

/// What a renewal may do.
pub(super) struct Plan {
    pub(super) wanted: Wanted,
    pub(super) mode: Mode,
    /// The token is asked for because the API refused the one before it, or its user did.
    pub(super) forced: bool,
    /// The store failed a moment ago, like this, and is not to be asked.
    pub(super) resting: Option<StoreError>,
    /// Others have held the store's lock for longer than they could.
    pub(super) stuck: bool,
    /// The store could be read and not be locked.
    pub(super) doubtful: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Look into the store, and no more.
    Look,
    /// The held token is good for a while yet: fetch if the store can be locked.
    Early,
    /// There is no token, or it is about to expire: fetch, without the store if need be.
    Must,
}

/// What came of it.
pub(super) enum Came {
    Fetched(Token),
    /// From the store.
    Adopted(Token),
    /// Another process is at it.
    Busy,
    /// Nothing was asked for.
    Nothing,
    /// The endpoint failed.
    Failed(Error),
    /// The store failed, and the settings forbid going on without it.
    Barred(Error),
}

/// How the store did, where it was asked.
pub(super) enum Health {
    Answered {
        /// It could also be locked.
        locked: bool,
    },
    Failed {
        error: StoreError,
        is_readable: bool,
    },
}

impl Source {
    /// One attempt, in the time that `budget` has: all of the call's, or a part.
    pub(super) fn renew(
        &self,
        call: Call<'_>,
        budget: Call<'_>,
        plan: Plan,
    ) -> (Came, Option<Health>) {
        let Some(sharing) = &self.sharing else {
            return (fetched(self.issuer.fetch(budget)), None);
        };
        if let Some(error) = &plan.resting {
            return (self.without(sharing, budget, plan.mode, error), None);
        }
        let presented = match self.issuer.presented() {
            Ok(presented) => presented,
            Err(error) => return (Came::Failed(error), None),
        };
        let is_rushed = budget.left() < call.left() && budget.left() < RUSH;
        let visit = sharing.visit(call, budget, self.issuer.oauth_url(), &presented);
        let begun = if plan.mode == Mode::Look {
            let found = visit.look(&plan.wanted);
            found.map(|found| found.map_or(Begun::Nothing, |token| Begun::found(token, false)))
        } else {
            visit.begin(&plan.wanted, plan.doubtful)
        };
        let read = Some(Health::Answered { locked: false });
        match begun {
            Ok(Begun::Found { token, locked }) => {
                call.epoch.stats().add(Counter::TokensAdopted);
                (Came::Adopted(token), Some(Health::Answered { locked }))
            }
            Ok(Begun::Busy) if plan.stuck => {
                let error = StoreError::new("others have kept its lock for longer than they may")
                    .with_hint("End the process that holds it: a stopped one, perhaps.");
                self.gone(sharing, budget, plan.mode, error, true)
            }
            Ok(Begun::Busy) => (Came::Busy, read),
            Ok(Begun::Nothing) => (Came::Nothing, read),
            Ok(Begun::Locked(renewal)) => self.fetch_locked(call, budget, plan, renewal),
            // The call is over: that says nothing about the store.
            Err(_) if call.check().is_err() => (Came::Nothing, None),
            // It had no fair chance: the token is about to expire, and with it goes what limits us.
            Err(_) if is_rushed => (Came::Busy, None),
            Err(Failed { error, is_readable }) => {
                self.gone(sharing, budget, plan.mode, error, is_readable)
            }
        }
    }

    /// Fetches while the store's lock is ours.
    fn fetch_locked(
        &self,
        call: Call<'_>,
        budget: Call<'_>,
        plan: Plan,
        renewal: Renewal<'_>,
    ) -> (Came, Option<Health>) {
        let adopted = |token| {
            call.epoch.stats().add(Counter::TokensAdopted);
            Came::Adopted(token)
        };
        let answered = Some(Health::Answered { locked: true });
        let limited = budget.within(LONGEST_FETCH);
        let token = match fetched(self.issuer.fetch(limited)) {
            Came::Fetched(token) => token,
            // The lease is over and the call is not: this process may have been stopped, and another
            // one may have taken over. Else the call goes on, with another lease.
            Came::Failed(error) if limited.check().is_err() && budget.check().is_ok() => {
                let other = renewal.look(&plan.wanted);
                let late = || Came::Failed(error.map_details(|late| late.with_cut_short(true)));
                return (other.map_or_else(late, adopted), answered);
            }
            came => return (came, answered),
        };
        match renewal.finish(&token, plan.forced, plan.wanted) {
            Finished::Saved => (Came::Fetched(token), answered),
            Finished::Superseded(other) => (adopted(other), answered),
            Finished::Unsaved(error) => {
                call.epoch.stats().add(Counter::FetchedAlone);
                let is_readable = true;
                let health = Health::Failed { error, is_readable };
                (Came::Fetched(token), Some(health))
            }
        }
    }

    /// The store failed just now.
    fn gone(
        &self,
        sharing: &Sharing,
        budget: Call<'_>,
        mode: Mode,
        error: StoreError,
        is_readable: bool,
    ) -> (Came, Option<Health>) {
        budget.epoch.stats().add(Counter::StoreFailures);
        let came = self.without(sharing, budget, mode, &error);
        (came, Some(Health::Failed { error, is_readable }))
    }

    /// Goes on without the store, as far as need and settings go.
    fn without(&self, sharing: &Sharing, budget: Call<'_>, mode: Mode, error: &StoreError) -> Came {
        match mode {
            Mode::Look | Mode::Early => Came::Nothing,
            Mode::Must if sharing.is_strict() => Came::Barred(sharing.refusal(error)),
            Mode::Must => {
                let came = fetched(self.issuer.fetch(budget));
                if matches!(came, Came::Fetched(_)) {
                    budget.epoch.stats().add(Counter::FetchedAlone);
                }
                came
            }
        }
    }
}

fn fetched(result: Result<Token>) -> Came {
    match result.and_then(alive) {
        Ok(token) => Came::Fetched(token),
        Err(error) => Came::Failed(error),
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
