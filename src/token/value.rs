//! The access token as the user sees it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest;

use super::machine::{Lease, Moment, TokenId};
use super::scope;
use crate::random;
use crate::secret::Secret;

const HEADER: &str = "Authorization: ";
const SCHEME: &str = "Bearer ";

/// An access token, for programs that make their HTTP requests themselves.
///
/// Cheap to clone and to share between threads; wiped from memory when the last clone is dropped.
/// `Debug` shows only when it expires.
#[derive(Clone)]
pub struct Token(Arc<Fields>);

/// What the clones of a token share.
pub(crate) struct Fields {
    // The whole header line, so that each of its forms is a part of one text.
    line: Secret,
    scope: String,
    api_url: Option<String>,
    lease: Lease,
}

/// Everything that makes a token, wherever it comes from.
pub(crate) struct Restored<'a> {
    pub(crate) value: &'a str,
    pub(crate) scope: String,
    pub(crate) api_url: Option<String>,
    pub(crate) obtained: Moment,
    pub(crate) life: Duration,
    pub(crate) jitter: f64,
    pub(crate) forced: bool,
}

impl Token {
    /// `life` counts from `obtained`, which was read before the token was asked for.
    pub(crate) fn new(
        value: &str,
        scope: String,
        api_url: Option<String>,
        obtained: Moment,
        life: Duration,
    ) -> Token {
        Token::restored(Restored {
            value,
            scope,
            api_url,
            obtained,
            life,
            // Stored with the token, so that all who share it turn stale at the same instant.
            jitter: 0.6 + 0.4 * random::unit(),
            forced: false,
        })
    }

    pub(crate) fn restored(parts: Restored<'_>) -> Token {
        let lease = Lease {
            id: fingerprint(parts.value),
            obtained: parts.obtained,
            life: parts.life,
            jitter: parts.jitter,
            forced: parts.forced,
        };
        let line = Secret::new([HEADER, SCHEME, parts.value].concat());
        Token(Arc::new(Fields {
            line,
            scope: parts.scope,
            api_url: parts.api_url,
            lease,
        }))
    }

    /// The token itself.
    pub fn value(&self) -> &str {
        self.header()
            .get(HEADER.len() + SCHEME.len()..)
            .unwrap_or_default()
    }

    /// The value of the `Authorization` header: `Bearer …`.
    pub fn bearer(&self) -> &str {
        self.header().get(HEADER.len()..).unwrap_or_default()
    }

    /// The whole header line, without a line end: `Authorization: Bearer …`.
    pub fn header(&self) -> &str {
        self.0.line.expose()
    }

    /// When the token expires by this machine's clock. It is replaced minutes before that.
    pub fn expires_at(&self) -> SystemTime {
        let lease = self.lease();
        UNIX_EPOCH + lease.obtained.wall + lease.life
    }

    /// How long the token is still good; zero once it has expired.
    pub fn expires_in(&self) -> Duration {
        self.lease().left(Moment::now())
    }

    /// The scopes as the token endpoint listed them, separated by blanks; empty if it listed none
    /// (as it may just after an app was made), and for JWTs, which have none.
    pub fn scope(&self) -> &str {
        &self.0.scope
    }

    /// Whether the token endpoint listed `scope`, or a classic scope that includes it.
    ///
    /// Zoom has two vocabularies: the classic `user:read:admin` includes the granular
    /// `user:read:list_users:admin`, but not the other way round.
    /// See <https://developers.zoom.us/docs/integrations/oauth-scopes-granular/>.
    pub fn has_scope(&self, scope: &str) -> bool {
        scope::grants(self.0.scope.split_ascii_whitespace(), scope)
    }

    pub(crate) fn shared(&self) -> Arc<Fields> {
        self.0.clone()
    }

    pub(crate) fn of_shared(fields: Arc<Fields>) -> Token {
        Token(fields)
    }

    pub(crate) fn api_url(&self) -> Option<&str> {
        self.0.api_url.as_deref()
    }

    pub(crate) fn lease(&self) -> &Lease {
        &self.0.lease
    }

    pub(crate) fn id(&self) -> TokenId {
        self.0.lease.id
    }
}

/// What tells a token from another one without keeping it.
pub(crate) fn fingerprint(value: &str) -> TokenId {
    let digest = digest::digest(&digest::SHA256, value.as_bytes());
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    TokenId(u64::from_be_bytes(first))
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_token() {
        let obtained = Moment {
            mono: Duration::ZERO,
            wall: Duration::from_secs(1_000),
        };
        let token = Token::new(
            "abc",
            "user:read:admin".into(),
            None,
            obtained,
            Duration::from_secs(60),
        );
        assert_eq!(token.value(), "abc");
        assert_eq!(token.bearer(), "Bearer abc");
        assert_eq!(token.header(), "Authorization: Bearer abc");
        assert_eq!(token.expires_at(), UNIX_EPOCH + Duration::from_secs(1_060));
        assert!(token.has_scope("user:read:list_users:admin"));
        assert!(!token.has_scope("user:write:admin"));
        assert!(!format!("{token:?}").contains("abc"));
        assert!((0.6..=1.0).contains(&token.lease().jitter));
    }
}
