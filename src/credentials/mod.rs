//! What a client proves itself with.

mod source;

pub use source::CredentialSource;

use std::fmt;
use std::time::Duration;

use crate::error::{Details, Error, Result};

/// Life of a self-made JWT: short, since nobody can revoke one; long enough for a clock that is off.
const JWT_LIFE: Duration = Duration::from_secs(15 * 60);

/// How a client gets its tokens: Server-to-Server OAuth, or the retired JWT way.
///
/// Both make the same client with the same calls, so that the two halves of a migration can be run
/// side by side:
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = zoom_s2s_sandbox::Sandbox::builder().users(20).start()?;
/// # let keys = sandbox.credentials();
/// # let (account_id, client_id, client_secret) = (&*keys.account_id, &*keys.client_id, &*keys.client_secret);
/// # let (api_key, api_secret) = (&*keys.api_key, &*keys.api_secret);
/// use zoom_s2s::{Client, Credentials};
///
/// // Before: an API key and an API secret sign a JWT on this machine.
/// let before = Credentials::jwt(api_key, api_secret);
/// // After: the token endpoint gives a token for the account.
/// let after = Credentials::server_to_server(account_id, client_id, client_secret);
///
/// let mut lists = Vec::new();
/// for credentials in [before, after] {
///     let zoom = Client::builder(credentials)
/// #       .oauth_url(sandbox.url()).api_url(sandbox.api_url())
///         .build()?;
///     let emails: Result<Vec<String>, zoom_s2s::Error> =
///         zoom.users().into_iter().map(|user| Ok(user?.email().to_owned())).collect();
///     lists.push(emails?);
/// }
/// assert_eq!(lists[0], lists[1]);
/// # Ok(())
/// # }
/// ```
///
/// Blanks around a value are dropped. Values are wiped from memory when the credentials are dropped;
/// `Debug` shows none of them.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) kind: Kind,
}

#[derive(Clone)]
pub(crate) enum Kind {
    ServerToServer {
        account_id: CredentialSource,
        client_id: CredentialSource,
        client_secret: CredentialSource,
    },
    Jwt {
        api_key: CredentialSource,
        api_secret: CredentialSource,
        life: Duration,
    },
}

impl Credentials {
    /// The credentials of a Server-to-Server OAuth app, as its credentials page shows them.
    ///
    /// See <https://developers.zoom.us/docs/internal-apps/s2s-oauth/>.
    pub fn server_to_server(
        account_id: impl Into<CredentialSource>,
        client_id: impl Into<CredentialSource>,
        client_secret: impl Into<CredentialSource>,
    ) -> Credentials {
        Credentials {
            kind: Kind::ServerToServer {
                account_id: account_id.into().named("account_id"),
                client_id: client_id.into().named("client_id"),
                client_secret: client_secret.into().named("client_secret"),
            },
        }
    }

    /// The API key and API secret of a JWT app: an HS256 JWT is signed on this machine and renewed
    /// before it expires, 15 minutes after it was made.
    ///
    /// Zoom's API stopped accepting these on 2023-09-08; they are here so that a migration can be
    /// compared with what it replaces, against the sandbox.
    pub fn jwt(
        api_key: impl Into<CredentialSource>,
        api_secret: impl Into<CredentialSource>,
    ) -> Credentials {
        Credentials {
            kind: Kind::Jwt {
                api_key: api_key.into().named("api_key"),
                api_secret: api_secret.into().named("api_secret"),
                life: JWT_LIFE,
            },
        }
    }

    pub(crate) fn is_jwt(&self) -> bool {
        matches!(self.kind, Kind::Jwt { .. })
    }

    /// `ZOOM_ACCOUNT_ID`, `ZOOM_CLIENT_ID` and `ZOOM_CLIENT_SECRET`, each of them alternatively as
    /// `…_FILE` naming a file that holds the value.
    ///
    /// # Errors
    /// [`Error::Config`] naming the variables that are missing.
    pub fn from_env() -> Result<Credentials> {
        let names = ["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"];
        let [account_id, client_id, client_secret] = read_env(names)?;
        Ok(Credentials {
            kind: Kind::ServerToServer {
                account_id,
                client_id,
                client_secret,
            },
        })
    }

    /// `ZOOM_API_KEY` and `ZOOM_API_SECRET` of a JWT app, or `…_FILE`; see [`Credentials::jwt`].
    ///
    /// # Errors
    /// [`Error::Config`] naming the variables that are missing.
    pub fn jwt_from_env() -> Result<Credentials> {
        let [api_key, api_secret] = read_env(["ZOOM_API_KEY", "ZOOM_API_SECRET"])?;
        Ok(Credentials {
            kind: Kind::Jwt {
                api_key,
                api_secret,
                life: JWT_LIFE,
            },
        })
    }

    /// The credentials in a fixed order, each under its role.
    pub(crate) fn sources(&self) -> Vec<(&'static str, &CredentialSource)> {
        match &self.kind {
            Kind::ServerToServer {
                account_id,
                client_id,
                client_secret,
            } => vec![
                ("account_id", account_id),
                ("client_id", client_id),
                ("client_secret", client_secret),
            ],
            Kind::Jwt {
                api_key,
                api_secret,
                ..
            } => {
                vec![("api_key", api_key), ("api_secret", api_secret)]
            }
        }
    }
}

/// The sources under these variables; an error that names all that are missing, not just the first.
fn read_env<const N: usize>(names: [&'static str; N]) -> Result<[CredentialSource; N]> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for name in names {
        match CredentialSource::from_env(name)? {
            Some(source) => found.push(source),
            None => missing.push(name),
        }
    }
    let list = missing.join(", ");
    <[CredentialSource; N]>::try_from(found).map_err(|_| {
        Error::Config(Details::new(format!("not set in the environment: {list}")).with_hint(
            "Set each to the value on the app's credentials page, or the same name with _FILE to a file that holds it.",
        ))
    })
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::ServerToServer { .. } => "Credentials(Server-to-Server)",
            Kind::Jwt { .. } => "Credentials(JWT)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let credentials = Credentials::server_to_server("acct", "cid", "hunter22");
        assert_eq!(format!("{credentials:?}"), "Credentials(Server-to-Server)");
    }
}
