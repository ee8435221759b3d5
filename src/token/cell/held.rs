//! What a cell holds under its lock.

use std::time::Duration;

use super::Want;
use crate::error::{Details, Error};
use crate::store::StoreError;
use crate::token::machine::{Gate, Moment, Need, Reading, State};
use crate::token::sharing::Wanted;
use crate::token::value::Token;

#[derive(Default)]
pub(super) struct Held {
    pub(super) machine: State,
    pub(super) token: Option<Token>,
    /// Until when the token is handed out as it is: `State::fresh_until` as the clocks will show it.
    pub(super) fresh_until: Option<Reading>,
    /// Number of flights opened so far.
    pub(super) flights: u64,
    /// The last flight that failed, and why.
    pub(super) failed: Option<(u64, Error)>,
    /// Why the store could not be used when it was last asked.
    pub(super) store_error: Option<StoreError>,
    /// The held token came from the process this one was forked from.
    pub(super) inherited: bool,
}

impl Held {
    pub(super) fn shared() -> Held {
        Held {
            machine: State::shared(),
            ..Held::default()
        }
    }

    /// To be called when the token or what is thought of it has changed.
    pub(super) fn note_freshness(&mut self) {
        self.fresh_until = self.machine.fresh_until().and_then(Moment::reading);
    }

    /// The held token if the API would take it.
    pub(super) fn live(&self) -> Option<Token> {
        let usable =
            |token: &Token| !token.lease().is_expired(Moment::now()) && !self.machine.is_rejected();
        self.token.clone().filter(usable)
    }

    /// A forked child leaves the early renewal to its parent: most children are gone before the token
    /// expires, and each that renewed it would kill the parent's where only one may live.
    pub(super) fn leaves_it_to_parent(&self) -> bool {
        let now = Moment::now();
        self.inherited
            && self
                .live()
                .is_some_and(|token| !token.lease().is_mandatory(now))
    }

    /// The error of the flight this caller waited for, if it failed.
    pub(super) fn outcome_of(&self, awaited: Option<u64>) -> Option<Error> {
        match &self.failed {
            Some((flight, error)) if Some(*flight) == awaited => Some(error.clone()),
            _ => None,
        }
    }

    /// Which token from a store would be better than what is held.
    pub(super) fn wanted(&self, want: Want) -> Wanted {
        let mut not = Vec::new();
        // Of a process that holds nothing even a refused one is taken over, as refused: so it learns
        // when the last one was asked for by force.
        if let Some(lease) = self.machine.lease() {
            not.push(lease.id);
            not.extend(self.machine.refused_tokens());
        }
        Wanted {
            not,
            fresh: self.live().is_some(),
            since: match want {
                Want::Any => None,
                Want::New { since, .. } => Some(since),
            },
        }
    }

    /// What this means for the held token.
    pub(super) fn need(&self, want: Want) -> Need {
        let (Want::New { not, since }, Some(token)) = (want, &self.token) else {
            return Need::Any;
        };
        let lease = token.lease();
        if not == Some(lease.id) || lease.obtained.mono < since.mono {
            return Need::OtherThan(lease.id);
        }
        Need::Any
    }

    /// The remembered error, with the time until the next attempt.
    pub(super) fn gated(&self, wait: Duration, cause: Gate) -> Error {
        match (&self.failed, cause) {
            (_, Gate::Busy) => Error::Timeout(
                Details::new("another process is asking for the token and did not get it in time")
                    .with_hint("Try again, or allow more time.")
                    .with_retry_after(Some(wait)),
            ),
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
