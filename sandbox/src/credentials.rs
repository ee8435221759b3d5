//! The credentials of the sandbox's one app, in both of its lives.

use crate::mix::Numbers;
use std::fmt;

/// What a client needs to get in: Server-to-Server OAuth credentials and the key pair of a JWT app.
///
/// The defaults follow from the seed, look random, and begin with a word that makes them easy to
/// search for in output where they must not appear.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Zoom's own names; there is nothing to add.
pub struct Credentials {
    pub account_id: String,
    pub client_id: String,
    pub client_secret: String,
    pub api_key: String,
    pub api_secret: String,
}

impl Credentials {
    pub(crate) fn from_seed(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed, u64::MAX);
        let mut text = |prefix: &str, len: usize| format!("{prefix}{}", numbers.text(len));
        Self {
            account_id: text("Acct", 18),
            client_id: text("Clnt", 18),
            client_secret: text("OauthSecret", 21),
            api_key: text("Key", 19),
            api_secret: text("JwtSecret", 27),
        }
    }
}

/// Without the secrets: the sandbox's are worth nothing, but the habit is.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("account_id", &self.account_id)
            .field("client_id", &self.client_id)
            .field("api_key", &self.api_key)
            .finish_non_exhaustive()
    }
}
