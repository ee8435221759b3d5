//! Where a better token comes from: the store, or else the endpoint.

use super::issuer::Issuer;
use super::machine::Moment;
use super::sharing::{Begun, Finished, LONGEST_FETCH, Sharing, Wanted};
use super::value::Token;
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::stats::Counter;
use crate::store::StoreError;

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
    Answered,
    Failed {
        error: StoreError,
        is_readable: bool,
    },
}

impl Source {
    pub(super) fn renew(&self, call: Call<'_>, plan: &Plan) -> (Came, Option<Health>) {
        let Some(sharing) = &self.sharing else {
            return (fetched(self.issuer.fetch(call)), None);
        };
        if let Some(error) = &plan.resting {
            return (self.without(sharing, call, plan, error), None);
        }
        let presented = match self.issuer.presented() {
            Ok(presented) => presented,
            Err(error) => return (Came::Failed(error), None),
        };
        let visit = sharing.visit(call, self.issuer.oauth_url(), &presented);
        let begun = if plan.mode == Mode::Look {
            visit
                .look(&plan.wanted)
                .map(|found| found.map(Begun::Found))
        } else {
            visit.begin(&plan.wanted).map(Some)
        };
        let answered = Some(Health::Answered);
        match begun {
            Ok(Some(Begun::Found(token))) => {
                call.epoch.stats().add(Counter::TokensAdopted);
                (Came::Adopted(token), answered)
            }
            Ok(Some(Begun::Busy)) => (Came::Busy, answered),
            Ok(None) => (Came::Nothing, answered),
            Ok(Some(Begun::Locked(renewal))) => {
                let limited = call.within(LONGEST_FETCH);
                let token = match fetched(self.issuer.fetch(limited)) {
                    Came::Fetched(token) => token,
                    // The lease is over and the call is not: this process may have been stopped, and
                    // another one may have taken over.
                    Came::Failed(error) if limited.check().is_err() && call.check().is_ok() => {
                        let Ok(Some(other)) = renewal.look(&plan.wanted) else {
                            return (Came::Failed(error), answered);
                        };
                        call.epoch.stats().add(Counter::TokensAdopted);
                        return (Came::Adopted(other), answered);
                    }
                    came => return (came, answered),
                };
                match renewal.finish(&token, plan.forced) {
                    Finished::Saved => (Came::Fetched(token), answered),
                    Finished::Superseded(other) => {
                        call.epoch.stats().add(Counter::TokensAdopted);
                        (Came::Adopted(other), answered)
                    }
                    Finished::Unsaved(error) => {
                        call.epoch.stats().add(Counter::FetchedAlone);
                        let is_readable = true;
                        (
                            Came::Fetched(token),
                            Some(Health::Failed { error, is_readable }),
                        )
                    }
                }
            }
            // The call is over: that says nothing about the store.
            Err(_) if call.check().is_err() => (Came::Nothing, None),
            Err(failed) => {
                call.epoch.stats().add(Counter::StoreFailures);
                let came = self.without(sharing, call, plan, &failed.error);
                let health = Health::Failed {
                    error: failed.error,
                    is_readable: failed.is_readable,
                };
                (came, Some(health))
            }
        }
    }

    /// Goes on without the store, as far as need and settings go.
    fn without(&self, sharing: &Sharing, call: Call<'_>, plan: &Plan, error: &StoreError) -> Came {
        match plan.mode {
            Mode::Look | Mode::Early => Came::Nothing,
            Mode::Must if sharing.is_strict() => Came::Barred(sharing.refusal(error)),
            Mode::Must => {
                let came = fetched(self.issuer.fetch(call));
                if matches!(came, Came::Fetched(_)) {
                    call.epoch.stats().add(Counter::FetchedAlone);
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
