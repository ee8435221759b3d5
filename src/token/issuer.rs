//! Where new tokens come from: the endpoint, or this machine's own signature.

use super::endpoint::{Endpoint, Names, Presented};
use super::jwt;
use super::machine::Moment;
use super::value::Token;
use crate::call::Call;
use crate::credentials::{CredentialSource, Credentials, Kind};
use crate::error::{Details, Error, Result};
use crate::stats::Counter;
use crate::transport::BaseUrl;

/// Gets tokens with one client's credentials.
pub(crate) struct Issuer {
    credentials: Credentials,
    endpoint: Endpoint,
}

impl Issuer {
    pub(crate) fn new(credentials: Credentials, base: BaseUrl) -> Issuer {
        let name = |role: &str| {
            let sources = credentials.sources();
            sources
                .iter()
                .find(|(name, _)| *name == role)
                .map(|(_, source)| source.name())
                .unwrap_or_default()
        };
        let names = Names {
            account_id: name("account_id"),
            client_id: name("client_id"),
            client_secret: name("client_secret"),
        };
        Issuer {
            endpoint: Endpoint { base, names },
            credentials,
        }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    pub(crate) fn oauth_url(&self) -> &str {
        self.endpoint.base.as_str()
    }

    pub(crate) fn oauth_base(&self) -> &BaseUrl {
        &self.endpoint.base
    }

    /// The credentials as they are now; files are read anew.
    pub(super) fn presented(&self) -> Result<Presented> {
        match &self.credentials.kind {
            Kind::ServerToServer {
                account_id,
                client_id,
                client_secret,
            } => read([account_id, client_id, client_secret]),
            Kind::Jwt { .. } => Err(Error::Internal(Details::new("a JWT is in no store"))),
        }
    }

    /// Whether tokens are signed here, so that asking for another one proves nothing new.
    pub(crate) fn signs_locally(&self) -> bool {
        self.credentials.is_jwt()
    }

    /// A new token. A secret kept in a file is read anew, and once more if it is refused: it may have
    /// been replaced a moment ago.
    pub(crate) fn fetch(&self, call: Call<'_>) -> Result<Token> {
        let token = match &self.credentials.kind {
            Kind::Jwt {
                api_key,
                api_secret,
                life,
            } => {
                let now = Moment::now();
                jwt::sign(
                    api_key.read()?.expose(),
                    api_secret.read()?.expose(),
                    now,
                    *life,
                )
            }
            Kind::ServerToServer {
                account_id,
                client_id,
                client_secret,
            } => {
                let sources = [account_id, client_id, client_secret];
                let presented = read(sources)?;
                match self.endpoint.request(call, &presented) {
                    Err(refused @ Error::Credentials(_))
                        if sources.iter().any(|source| source.is_file()) =>
                    {
                        let again = read(sources)?;
                        if again == presented {
                            return Err(refused);
                        }
                        self.endpoint.request(call, &again)?
                    }
                    result => result?,
                }
            }
        };
        call.epoch.stats().add(Counter::TokensObtained);
        Ok(token)
    }

    /// Tells Zoom to forget `token`.
    pub(crate) fn revoke(&self, call: Call<'_>, token: &Token) -> Result<()> {
        match &self.credentials.kind {
            Kind::ServerToServer {
                account_id,
                client_id,
                client_secret,
            } => {
                let presented = read([account_id, client_id, client_secret])?;
                self.endpoint.revoke(call, &presented, token)
            }
            Kind::Jwt { .. } => Err(Error::InvalidArgument(
                Details::new("a JWT cannot be revoked")
                    .with_hint("Only its expiry ends it; deactivate the app to refuse them all."),
            )),
        }
    }
}

fn read([account_id, client_id, client_secret]: [&CredentialSource; 3]) -> Result<Presented> {
    Ok(Presented {
        account_id: account_id.read()?,
        client_id: client_id.read()?,
        client_secret: client_secret.read()?,
    })
}
