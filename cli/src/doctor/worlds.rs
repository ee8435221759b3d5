//! Whether a new token ends the one before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use zoom_s2s::store::{Lease, Reading, Slot, StoreError, TokenStore};
use zoom_s2s::{Counter, Error, Method, Request, Token};

use super::finding::{Check, Finding, blocked, fine, note, skipped, wrong};
use super::patient::{Patient, limited};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn examine(patient: &Patient<'_>, wanted: bool) -> Vec<Finding> {
    if patient.args.legacy_jwt {
        return vec![skipped("JWTs do not end each other")];
    }
    if !wanted {
        return vec![skipped(
            "whether a new token ends the one before it is found out with --probe-tokens only",
        )];
    }
    let Some(Ok(before)) = patient.token() else {
        return vec![blocked(Check::Token)];
    };
    console::block(
        "zoom-s2s: a second token will be asked for (--probe-tokens)\n  \
         In some accounts this ends the token that other programs of this app now use.",
    );
    match probe(patient, before) {
        Ok(Some(true)) => vec![single(patient)],
        Ok(Some(false)) => vec![fine(
            "tokens live side by side: a new one leaves the one before it alone",
        )],
        Ok(None) => vec![note(
            "the second token was the first one again",
            "Somebody else renewed it meanwhile: try again.",
        )],
        Err(Failure::Zoom(error)) => vec![unknown(&error)],
        Err(_) => vec![skipped("there was no second client")],
    }
}

fn single(patient: &Patient<'_>) -> Finding {
    let what = "a new token ends the one before it";
    if patient.status("store").as_str() == Some("memory:") {
        return note(
            format!("{what}, and each process asks for one of its own"),
            "Let all programs of this app share one token: give them the same ZOOM_S2S_TOKEN_STORE, or each an app of its own.",
        );
    }
    fine(format!(
        "{what}; the token store keeps programs from ending each other's"
    ))
}

fn unknown(error: &Error) -> Finding {
    let hint = match error.hint() {
        "" => "Try again later.",
        hint => hint,
    };
    wrong(
        Exit::of(error),
        format!("it could not be found out: {}", error.message()),
        hint,
    )
}

/// Whether the token before a new one is dead; `None` if there was no new one.
fn probe(patient: &Patient<'_>, before: &Token) -> Result<Option<bool>, Failure> {
    let Ok(connection) = &patient.connection else {
        return Ok(None);
    };
    let after = connection.client.refresh_token()?;
    if after.value() == before.value() {
        return Ok(None);
    }
    // The client takes what this store has, and asks it for another one when that is refused.
    let pair = Arc::new(Pair::new(before, &after));
    let client = connection.another(patient.args, |builder| {
        limited(builder, patient.limits()).custom_token_store(pair.clone())
    })?;
    let request = Request::new(Method::Get, "/users").query("page_size", "1");
    let answer = client.send(&request);
    let is_dead = client.counter(Counter::TokensRejected) > 0;
    client.shutdown();
    match answer {
        Err(error) if !is_dead => Err(error.into()),
        _ => Ok(Some(is_dead)),
    }
}

/// A store of two tokens: the older one first, and the newer one to whoever comes back. It keeps
/// nothing, and lets nobody ask the token endpoint.
struct Pair {
    name: String,
    older: String,
    newer: String,
    is_refused: AtomicBool,
}

impl Pair {
    fn new(older: &Token, newer: &Token) -> Pair {
        Pair {
            // Clients share a token only if their stores have one name.
            name: format!("probe:{}", std::process::id()),
            older: record(older),
            newer: record(newer),
            is_refused: AtomicBool::new(false),
        }
    }
}

/// A token as stores keep it.
fn record(token: &Token) -> String {
    let now = now_ms();
    let left = u64::try_from(token.expires_in().as_millis()).unwrap_or(0);
    json!({
        "access_token": token.value(),
        "obtained_at_ms": now,
        "stale_at_ms": now + left,
        "expires_at_ms": now + left,
        "scope": token.scope(),
    })
    .to_string()
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}

impl TokenStore for Pair {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_private(&self) -> bool {
        true
    }

    fn load(&self, _: &Slot<'_>) -> Result<Reading, StoreError> {
        let is_second = self.is_refused.swap(true, Ordering::Relaxed);
        let value = if is_second { &self.newer } else { &self.older };
        Ok(Reading {
            value: Some(value.clone()),
            now_ms: now_ms(),
        })
    }

    fn try_lock(&self, _: &Slot<'_>, _: &mut Lease) -> Result<bool, StoreError> {
        Ok(false)
    }

    fn save(&self, _: &Slot<'_>, _: &Lease, _: &str, _: Duration) -> Result<bool, StoreError> {
        Ok(false)
    }

    fn unlock(&self, _: &Slot<'_>, _: &mut Lease) -> Result<(), StoreError> {
        Ok(())
    }
}
