//! What `-v` and `--sandbox` tell on stderr: what is asked, and with which token, never its value.

use std::time::Duration;

use serde_json::Value;
use zoom_s2s::{Client, Counter, Token};

use crate::connect::Connection;
use crate::console;

#[cfg(feature = "sandbox")]
pub(crate) fn sandbox(connection: &Connection, users: u32) {
    if let Some(sandbox) = &connection.sandbox {
        console::line(&format!(
            "sandbox: a made-up Zoom account of {} at {}",
            counted(users.into(), "user"),
            sandbox.url()
        ));
    }
}

#[cfg(not(feature = "sandbox"))]
pub(crate) fn sandbox(_: &Connection, _: u32) {}

/// What the token is, where it came from, and what it is good for.
pub(crate) fn token(client: &Client, token: &Token, legacy_jwt: bool) {
    let origin = if legacy_jwt {
        "a JWT, signed on this machine,".to_owned()
    } else {
        origin(client)
    };
    let scopes = match token.scope().trim() {
        "" => String::new(),
        scope => format!("; scopes: {scope}"),
    };
    let left = span(token.expires_in());
    console::line(&format!("token: {origin} good for {left}{scopes}"));
}

/// Whether the token store has the token, and had it before.
fn origin(client: &Client) -> String {
    let status: Value = serde_json::from_str(&client.status_json()).unwrap_or_default();
    let store = status["store"].as_str().unwrap_or("memory:");
    if store == "memory:" {
        "a token of the app,".to_owned()
    } else if client.counter(Counter::FetchedAlone) > 0 {
        format!("a new token, not shared because {store} cannot be used,")
    } else if client.counter(Counter::TokensObtained) > 0 {
        format!("a new token, shared in {store},")
    } else {
        format!("the token in {store},")
    }
}

/// After a list that came to its end.
pub(crate) fn unchecked() {
    console::line(
        "warning: Zoom stated no total, so that the list could not be checked for completeness",
    );
}

/// `59 minutes`, `40 seconds`.
pub(crate) fn span(time: Duration) -> String {
    let seconds = (time.as_millis() + 500) / 1000;
    match u64::try_from(seconds).unwrap_or(u64::MAX) {
        seconds @ 0..120 => counted(seconds, "second"),
        seconds @ 120..7200 => counted((seconds + 30) / 60, "minute"),
        seconds => counted((seconds + 1800) / 3600, "hour"),
    }
}

pub(crate) fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
