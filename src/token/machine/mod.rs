//! Decides who asks for a token and when, without asking for one.
//!
//! [`State::decide`] looks at what is held and at both clocks; [`State::settle`] takes in how a
//! refresh ended. There is no lock, clock or network in here: whoever drives the machine holds it
//! under a lock for the length of one call and does everything slow outside. That makes the rules
//! testable as data: `tests/token_scenarios.json` states them, for this and any other
//! implementation.
//!
//! The driver's side of the bargain:
//! - the caller that is told [`Decision::Refresh`] calls [`State::open`] under the same lock, and
//!   [`State::settle`] once, whatever happens to it;
//! - after waiting, a caller decides again; it never concludes from the waiting alone;
//! - after its own refresh a leader decides again too: a token that was dead on arrival is settled
//!   as a failure.

mod decide;
#[cfg(test)]
mod fleet;
mod lease;
mod moment;
mod pause;
#[cfg(test)]
mod scenarios;
mod settle;
mod shared;
mod state;
#[cfg(test)]
mod unit;

use std::time::Duration;

pub(crate) use lease::{Lease, TokenId};
pub(crate) use moment::{Moment, Reading};
pub(crate) use state::{Counts, State};

/// Which token a caller will take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// Whatever may be handed out.
    Any,
    /// Not this one: the caller forces a refresh (new scopes appear only on new tokens). Unlike a
    /// rejection this takes the token from nobody else.
    OtherThan(TokenId),
}

/// What a caller should do now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Decision {
    /// Hand out the held lease.
    Use,
    /// Nobody refreshes and somebody should: open the flight and settle it.
    Refresh {
        /// A live token is held: serve that if the refresh fails or takes too long.
        fallback: bool,
    },
    /// No token may be asked for now, but the store may hold a better one by now: open the flight,
    /// look there, and settle it.
    Look,
    /// A flight is open and nothing may be handed out meanwhile: wait until it closes.
    Wait,
    /// Nobody may ask yet: wait that long if the deadline allows, else raise the last error.
    Gated { wait: Duration, cause: Gate },
    /// The endpoint said no a moment ago and will again: raise the last error at once.
    Refused { wait: Duration },
}

/// Why nobody may ask for a token yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gate {
    /// The last attempt failed.
    Backoff,
    /// A refresh was forced a moment ago and its token is unwanted already. Probably another
    /// process asks for tokens with the same credentials and each kills the other's.
    TugOfWar,
    /// Another process is renewing the token that all share.
    Busy,
}

/// How a refresh ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Fetched(Lease),
    /// The store held a token that somebody else had fetched.
    Adopted(Lease),
    /// Another process is fetching one.
    Busy,
    /// Nothing was asked for, and the store had nothing better.
    Nothing,
    /// 429, 5xx, no connection, an answer that makes no sense.
    Failed {
        retry_after: Option<Duration>,
    },
    /// The small budget of an early renewal ran out: says little about the endpoint.
    TooSlow,
    /// The endpoint says no: `invalid_client` and its kin.
    Refused,
    /// The leader ran out of its own time, was cancelled or panicked. That is its own affair: the
    /// flight closes empty and whoever decides next becomes leader.
    Abandoned,
}
