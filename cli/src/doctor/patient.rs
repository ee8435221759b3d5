//! What the checks share: the client, and what came of the one token and the one call.

use std::cell::OnceCell;
use std::time::Duration;

use serde_json::Value;
use zoom_s2s::{Client, Counter, Error, Method, Request, Token};

use super::environment::Variables;
use super::finding::Check;
use crate::args::ConnectArgs;
use crate::connect::Connection;
use crate::failure::Failure;

/// How long a step may take, unless told otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Patient<'a> {
    pub(super) args: &'a ConnectArgs,
    pub(super) variables: Variables,
    pub(super) connection: Result<Connection, Failure>,
    /// How long each step may take.
    pub(super) patience: Duration,
    token: OnceCell<Result<Token, Error>>,
    call: OnceCell<Result<Listed, Error>>,
}

/// What List users said.
pub(super) struct Listed {
    pub(super) status: u16,
    pub(super) total: Option<u64>,
}

/// Where an error belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Proxy,
    Tls,
    /// To the token, or to the call.
    Own,
    /// A strict store, which is asked before anything else.
    Store,
}

impl<'a> Patient<'a> {
    pub(super) fn new(args: &'a ConnectArgs, sandbox_users: u32) -> Patient<'a> {
        let variables = Variables::of_process();
        let patience = patience(&variables, args);
        let connection =
            Connection::open_with(args, sandbox_users, |builder| limited(builder, patience));
        Patient {
            args,
            variables,
            connection,
            patience,
            token: OnceCell::new(),
            call: OnceCell::new(),
        }
    }

    pub(super) fn client(&self) -> Option<&Client> {
        self.connection.as_ref().ok().map(|it| &it.client)
    }

    pub(super) fn is_sandbox(&self) -> bool {
        self.connection.as_ref().is_ok_and(Connection::is_sandbox)
    }

    /// A member of the client's snapshot.
    pub(super) fn status(&self, name: &str) -> Value {
        let text = self.client().map(Client::status_json).unwrap_or_default();
        let mut status: Value = serde_json::from_str(&text).unwrap_or_default();
        status[name].take()
    }

    pub(super) fn count(&self, counter: Counter) -> u64 {
        self.client().map_or(0, |client| client.counter(counter))
    }

    /// The token, asked for by the first who wants it; `None` without a client.
    pub(super) fn token(&self) -> Option<&Result<Token, Error>> {
        let client = self.client()?;
        Some(self.token.get_or_init(|| client.token()))
    }

    /// What came of listing one user; `None` if there was no token to do it with.
    pub(super) fn call(&self) -> Option<&Result<Listed, Error>> {
        self.token()?.as_ref().ok()?;
        let client = self.client()?;
        Some(self.call.get_or_init(|| {
            let request = Request::new(Method::Get, "/users").query("page_size", "1");
            let answer = client.send(&request)?;
            let page: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            Ok(Listed {
                status: answer.status(),
                total: page["total_records"].as_u64(),
            })
        }))
    }

    /// The first error of the two.
    pub(super) fn error(&self) -> Option<&Error> {
        match self.token()? {
            Err(error) => Some(error),
            Ok(_) => self.call()?.as_ref().err(),
        }
    }

    /// Where that belongs.
    pub(super) fn stage(&self) -> Option<Stage> {
        self.error().map(stage)
    }
}

/// The same client, but with the doctor's patience: a connection gets half of it, so that what it was
/// waiting for is known in the end.
pub(super) fn limited(
    builder: zoom_s2s::ClientBuilder,
    patience: Duration,
) -> zoom_s2s::ClientBuilder {
    builder.timeout(patience).connect_timeout(patience / 2)
}

/// `--timeout`, or that of the environment if it is shorter than ours.
fn patience(variables: &Variables, args: &ConnectArgs) -> Duration {
    if let Some(seconds) = args.timeout {
        return Duration::from_secs(seconds.get().into());
    }
    let set = variables.text("ZOOM_S2S_TIMEOUT_MS");
    let set = set.and_then(|text| text.trim().parse().ok());
    let set = set.filter(|milliseconds| *milliseconds > 0);
    set.map_or(PATIENCE, |set| PATIENCE.min(Duration::from_millis(set)))
}

pub(super) fn stage(error: &Error) -> Stage {
    let message = error.message();
    match error {
        Error::Tls(_) => Stage::Tls,
        Error::Store(_) => Stage::Store,
        Error::Network(_) | Error::Timeout(_) if message.starts_with("the proxy ") => Stage::Proxy,
        Error::Network(_) | Error::Timeout(_) if message.contains("TLS handshake") => Stage::Tls,
        _ => Stage::Own,
    }
}

/// The check that a refused setting belongs to: by the variable or option that its message begins
/// with.
pub(super) fn check_of_setting(failure: &Failure) -> Check {
    let message = match failure {
        Failure::Zoom(error) => error.message(),
        Failure::Config { message, .. } => message,
        _ => "",
    };
    let begins = |names: &[&str]| names.iter().any(|name| message.starts_with(name));
    let first = message.split_whitespace().next().unwrap_or_default();
    if begins(&["ZOOM_S2S_TOKEN_STORE", "--token-store"]) {
        Check::Store
    } else if begins(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) {
        Check::Proxy
    } else if begins(&["ZOOM_S2S_CA", "--ca-file", "ca_only"]) || first.ends_with("_FILE") {
        Check::Files
    } else {
        Check::Environment
    }
}
