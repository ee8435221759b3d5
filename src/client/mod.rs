//! The client: one object per app, shared by all threads.

mod answer;
mod api;
mod builder;
mod core;
mod environment;
mod facts;
mod request;
mod response;
mod snapshot;

pub use builder::ClientBuilder;
pub use request::{Method, Request};
pub use response::Response;

pub(crate) use answer::without_token;
pub(crate) use api::ApiRequest;
pub(crate) use core::Core;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::stats::Counter;
use crate::token::{Moment, Token, Want, fingerprint};

/// A blocking client for one app of one Zoom account.
///
/// Cheap to clone; clones share everything. May be used from any number of threads at once: they
/// share one token, asked for by one of them, and a pool of connections. Two clients of the same app
/// in one process share the token too. After a `fork` the child goes on with the parent's token and
/// connections of its own.
///
/// Each call has one deadline ([`ClientBuilder::timeout`], 30 seconds unless set), which covers
/// everything the call does: waiting for a token, retries, the whole answer.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = zoom_s2s_sandbox::Sandbox::builder().users(20).start()?;
/// # let keys = sandbox.credentials();
/// # let (account_id, client_id, client_secret) = (&*keys.account_id, &*keys.client_id, &*keys.client_secret);
/// use zoom_s2s::{Client, Credentials, Status};
///
/// // In earnest: `let zoom = Client::from_env()?;`
/// let zoom = Client::builder(Credentials::server_to_server(account_id, client_id, client_secret))
/// #   .oauth_url(sandbox.url()).api_url(sandbox.api_url())
///     .build()?;
/// let mut emails = Vec::new();
/// for user in zoom.users().status(Status::All) {
///     emails.push(user?.email().to_owned());
/// }
/// assert_eq!(emails.len(), 20);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) core: Arc<Core>,
}

impl Client {
    /// A client with these credentials, Zoom's commercial cloud, and defaults for everything else.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) if a credential is empty or its file unreadable, or a
    /// proxy variable of the environment is not usable. Nothing is sent yet.
    pub fn new(credentials: Credentials) -> Result<Client> {
        Client::builder(credentials).build()
    }

    /// A client from environment variables alone; see [`Credentials::from_env`] and
    /// [`ClientBuilder::settings_from_env`].
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Client> {
        Client::builder(Credentials::from_env()?)
            .settings_from_env()?
            .build()
    }

    /// Starts a client with settings of its own.
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(credentials)
    }

    /// A token for programs that make their HTTP requests themselves: the held one, or a new one
    /// when there is none or it is about to expire.
    ///
    /// # Errors
    /// Those of the token endpoint, [`Error::Timeout`](crate::Error::Timeout),
    /// [`Error::Cancelled`](crate::Error::Cancelled), [`Error::Shutdown`](crate::Error::Shutdown).
    pub fn token(&self) -> Result<Token> {
        match self.core.token_at_hand() {
            Some(token) => Ok(token),
            None => self
                .core
                .call(None, |call, now| self.core.token(call, now, Want::Any)),
        }
    }

    /// Asks for a new token although the held one is good: scopes added to an app appear only on
    /// tokens issued afterwards.
    ///
    /// Callers that do this at the same time share one request; there is at most one in 5 seconds,
    /// and later callers wait for their turn within their deadline.
    ///
    /// # Errors
    /// As [`token`](Client::token).
    pub fn refresh_token(&self) -> Result<Token> {
        // Processes that ask within a second of each other ask at the same time.
        let since = Moment::now().earlier_by(Duration::from_secs(1));
        self.core.call(None, |call, now| {
            let not = now.cell.peek().map(|held| held.id());
            self.core.token(call, now, Want::New { not, since })
        })
    }

    /// Tells the client that Zoom refused the token with this value (HTTP 401 or code 124) in a
    /// request that the program made itself. The next [`token`](Client::token) gives a better one.
    ///
    /// `value` is any of the token's forms: [`Token::value`], [`Token::bearer`], [`Token::header`].
    /// Rejecting a token that has been replaced meanwhile does nothing, except that it is not taken
    /// from a token store that still offers it. Returns whether the held token was meant.
    pub fn reject_token(&self, value: &str) -> bool {
        let value = without_prefix(without_prefix(value, "Authorization:"), "Bearer ");
        let rejected = self.core.now().cell.reject(fingerprint(value));
        if rejected {
            self.core.lasting.stats.add(Counter::TokensRejected);
        }
        rejected
    }

    /// Tells Zoom to forget the held token, and forgets it here. Does nothing if none is held.
    ///
    /// Everybody who shares the token loses it; the next call asks for another one.
    ///
    /// # Errors
    /// Those of the token endpoint; [`Error::InvalidArgument`](crate::Error::InvalidArgument) with
    /// JWT credentials, which cannot be revoked.
    pub fn revoke_token(&self) -> Result<()> {
        self.core.call(None, |call, now| {
            let Some(token) = now.cell.peek() else {
                return Ok(());
            };
            self.core.source.issuer.revoke(call, &token)?;
            now.cell.reject(token.id());
            Ok(())
        })
    }

    /// Ends every call now pending on this client, in whatever it waits: they return
    /// [`Error::Cancelled`](crate::Error::Cancelled). Calls made afterwards work as ever; the token
    /// is kept. May be called from any thread.
    pub fn cancel(&self) {
        self.core.cancel();
    }

    /// Ends every pending call and refuses all later ones with
    /// [`Error::Shutdown`](crate::Error::Shutdown). May be called from any thread, also again.
    pub fn shutdown(&self) {
        self.core.shut_down();
    }

    /// How often something has happened since the client was made.
    pub fn counter(&self, counter: Counter) -> u64 {
        self.core.lasting.stats.get(counter)
    }

    /// The client's state as one JSON object: version, addresses and the proxies on the way to them,
    /// store, token age and expiry, counters, last warning, and `clock_offset_ms`: how far Zoom's
    /// clock is ahead of this machine's, to about a second, `null` before the first answer. Members
    /// are only ever added. It holds no secret and no token.
    pub fn status_json(&self) -> String {
        snapshot::status_json(&self.core)
    }
}

/// Header names and schemes are written in any case (RFC 9110, 5.1 and 11.1).
fn without_prefix<'a>(text: &'a str, prefix: &str) -> &'a str {
    let text = text.trim();
    match text.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => rest.trim_start(),
        _ => text,
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api_url", &self.core.settings.api_url.as_str())
            .field("credentials", self.core.source.issuer.credentials())
            .finish_non_exhaustive()
    }
}
