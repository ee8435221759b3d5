//! What the checks share: the client, and what came of the one token and the one call.

use std::cell::OnceCell;
use std::time::Duration;

use serde_json::Value;
use zoom_s2s::{Client, Counter, Error, Token};

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
    /// How long a connection may take.
    pub(super) connecting: Duration,
    token: OnceCell<Result<Token, Error>>,
    call: OnceCell<Result<Listed, Error>>,
}

/// How many users there are, if List users said so.
pub(super) type Listed = Option<u64>;

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
        // Half of it, so that what it was waiting for is known in the end.
        let connecting = patience / 2;
        let set = milliseconds(&variables, CONNECT);
        let connecting = set.map_or(connecting, |set| connecting.min(set));
        let limits = (patience, connecting);
        let connection =
            Connection::open_with(args, sandbox_users, |builder| limited(builder, limits));
        Patient {
            args,
            variables,
            connection,
            patience,
            connecting,
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
            // Read as a listing is: not all that comes with HTTP 200 is a page of users.
            let page = client.users().page_size(1).pages().next().transpose()?;
            let total = page.and_then(|page| page.total_records());
            Ok(total.and_then(|total| u64::try_from(total).ok()))
        }))
    }

    pub(super) fn limits(&self) -> (Duration, Duration) {
        (self.patience, self.connecting)
    }

    /// What to say below the advice where the time was over that the environment gives.
    pub(super) fn hurry(&self, error: &Error) -> String {
        match error {
            Error::Timeout(_) => self.haste(),
            _ => String::new(),
        }
    }

    /// The variables that give less time than the doctor would, each on a line of its own.
    pub(super) fn haste(&self) -> String {
        let mut told = String::new();
        if self.is_sandbox() {
            return told;
        }
        let own = [
            (CONNECT, self.patience / 2, "for a connection"),
            (TIMEOUT, PATIENCE, "for all of a call"),
        ];
        for (name, own, what) in own {
            let is_unused = name == TIMEOUT && self.args.timeout.is_some();
            let set = milliseconds(&self.variables, name).filter(|set| *set < own && !is_unused);
            if let Some(set) = set {
                told.push_str(&format!(
                    "\n{name} allows {} ms {what}: set it higher, or unset it.",
                    set.as_millis()
                ));
            }
        }
        told
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

/// The same client, but with the doctor's patience, for a call and for a connection.
pub(super) fn limited(
    builder: zoom_s2s::ClientBuilder,
    (patience, connecting): (Duration, Duration),
) -> zoom_s2s::ClientBuilder {
    builder.timeout(patience).connect_timeout(connecting)
}

const CONNECT: &str = "ZOOM_S2S_CONNECT_TIMEOUT_MS";
const TIMEOUT: &str = "ZOOM_S2S_TIMEOUT_MS";

/// The time that a variable gives; the SDK refuses what is no number.
fn milliseconds(variables: &Variables, name: &str) -> Option<Duration> {
    let set = variables.text(name)?.trim().parse().ok();
    set.filter(|set| *set > 0).map(Duration::from_millis)
}

/// `--timeout`, or that of the environment if it is shorter than ours.
fn patience(variables: &Variables, args: &ConnectArgs) -> Duration {
    if let Some(seconds) = args.timeout {
        return Duration::from_secs(seconds.get().into());
    }
    let set = milliseconds(variables, TIMEOUT);
    set.map_or(PATIENCE, |set| PATIENCE.min(set))
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
        if message.contains("the option password_file ") {
            return Check::Files;
        }
        Check::Store
    } else if begins(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) {
        Check::Proxy
    } else if begins(&["ZOOM_S2S_CA", "--ca-file", "ca_only"]) || first.ends_with("_FILE") {
        Check::Files
    } else {
        Check::Environment
    }
}
