//! What a client proves itself with.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Details, Error, Result};
use crate::secret::Secret;

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

/// Where one credential comes from: a value in memory, or a file.
///
/// A file is read again at every token request, and once more after the endpoint refused the
/// secret, so that a rotated secret needs no restart.
#[derive(Clone)]
pub struct CredentialSource {
    place: Place,
    // What errors call it: the variable or the argument, never the value.
    name: Cow<'static, str>,
}

#[derive(Clone)]
enum Place {
    Value(Secret),
    File(PathBuf),
}

impl CredentialSource {
    /// A credential kept in the file at `path`, such as a mounted Kubernetes or Docker secret.
    pub fn file(path: impl AsRef<Path>) -> CredentialSource {
        CredentialSource {
            place: Place::File(path.as_ref().to_owned()),
            name: Cow::Borrowed(""),
        }
    }

    /// The value under the variable `name`, else the file named by the variable `name` + `_FILE`.
    fn from_env(name: &'static str) -> Result<CredentialSource> {
        let file_name = format!("{name}_FILE");
        let read = |name: &str| match std::env::var(name) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::Config(
                Details::new(format!("{name} is not UTF-8")).with_hint("Set it anew."),
            )),
        };
        if let Some(value) = read(name)? {
            return Ok(CredentialSource {
                place: Place::Value(Secret::new(value)),
                name: Cow::Borrowed(name),
            });
        }
        if let Some(path) = read(&file_name)? {
            let place = Place::File(PathBuf::from(path.trim()));
            return Ok(CredentialSource {
                place,
                name: Cow::Owned(file_name),
            });
        }
        Err(Error::Config(Details::new(format!("neither {name} nor {file_name} is set")).with_hint(
            format!("Set {name} to the value on the app's credentials page, or {file_name} to a file that holds it."),
        )))
    }

    fn named(mut self, name: &'static str) -> CredentialSource {
        if self.name.is_empty() {
            self.name = Cow::Borrowed(name);
        }
        self
    }

    /// What a person looks at to correct it: a variable, a file, or an argument.
    pub(crate) fn name(&self) -> String {
        match &self.place {
            Place::Value(_) => self.name.to_string(),
            Place::File(path) => format!("{} ({})", self.name, path.display()),
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// What tells this source from another one: its value, or the file's path.
    pub(crate) fn identity(&self) -> (&'static str, Cow<'_, str>) {
        match &self.place {
            Place::Value(value) => ("value", Cow::Borrowed(value.expose().trim())),
            Place::File(path) => ("file", path.to_string_lossy()),
        }
    }

    /// The value without blanks around it.
    pub(crate) fn read(&self) -> Result<Secret> {
        let text = match &self.place {
            Place::Value(value) => value.clone(),
            Place::File(path) => Secret::new(
                std::fs::read_to_string(path).map_err(|error| self.unusable(&error.to_string()))?,
            ),
        };
        let value = text.expose().trim();
        if value.is_empty() {
            return Err(self.unusable("it is empty"));
        }
        if value.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(self.unusable("it holds blanks or control characters inside"));
        }
        Ok(Secret::new(value.to_owned()))
    }

    fn unusable(&self, why: &str) -> Error {
        Error::Config(
            Details::new(format!("{} cannot be used: {why}", self.name()))
                .with_hint("Copy the value anew from the app's credentials page."),
        )
    }
}

impl From<String> for CredentialSource {
    fn from(value: String) -> CredentialSource {
        CredentialSource {
            place: Place::Value(Secret::new(value)),
            name: Cow::Borrowed(""),
        }
    }
}

impl From<&str> for CredentialSource {
    fn from(value: &str) -> CredentialSource {
        CredentialSource::from(value.to_owned())
    }
}

impl From<&String> for CredentialSource {
    fn from(value: &String) -> CredentialSource {
        CredentialSource::from(value.clone())
    }
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

    /// `ZOOM_ACCOUNT_ID`, `ZOOM_CLIENT_ID` and `ZOOM_CLIENT_SECRET`, each of them alternatively as
    /// `…_FILE` naming a file that holds the value.
    ///
    /// # Errors
    /// [`Error::Config`] naming the first variable that is missing.
    pub fn from_env() -> Result<Credentials> {
        Ok(Credentials {
            kind: Kind::ServerToServer {
                account_id: CredentialSource::from_env("ZOOM_ACCOUNT_ID")?,
                client_id: CredentialSource::from_env("ZOOM_CLIENT_ID")?,
                client_secret: CredentialSource::from_env("ZOOM_CLIENT_SECRET")?,
            },
        })
    }

    /// `ZOOM_API_KEY` and `ZOOM_API_SECRET` of a JWT app, or `…_FILE`; see [`Credentials::jwt`].
    ///
    /// # Errors
    /// [`Error::Config`] naming the first variable that is missing.
    pub fn jwt_from_env() -> Result<Credentials> {
        Ok(Credentials {
            kind: Kind::Jwt {
                api_key: CredentialSource::from_env("ZOOM_API_KEY")?,
                api_secret: CredentialSource::from_env("ZOOM_API_SECRET")?,
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

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::ServerToServer { .. } => "Credentials(Server-to-Server)",
            Kind::Jwt { .. } => "Credentials(JWT)",
        })
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CredentialSource({})",
            if self.is_file() { "file" } else { "value" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_trimmed_and_refused_inside() {
        let read = |text: &str| CredentialSource::from(text).named("client_secret").read();
        assert_eq!(read(" abc\n").unwrap().expose(), "abc");
        for text in ["", "  ", "a b", "a\tb", "a\u{0}b"] {
            let error = read(text).expect_err(text);
            assert!(matches!(error, Error::Config(_)));
            assert!(error.message().contains("client_secret"), "{error}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = CredentialSource::file("/nonexistent/secret")
            .named("client_secret")
            .read()
            .unwrap_err();
        assert!(
            error
                .message()
                .contains("client_secret (/nonexistent/secret)"),
            "{error}"
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let credentials = Credentials::server_to_server("acct", "cid", "hunter22");
        assert_eq!(format!("{credentials:?}"), "Credentials(Server-to-Server)");
        assert_eq!(
            format!("{:?}", CredentialSource::from("hunter22")),
            "CredentialSource(value)"
        );
    }
}
