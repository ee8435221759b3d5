//! The one app of the account, as its owner configures it.

use crate::credentials::Credentials;
use std::sync::Arc;

/// Enough for everything the sandbox offers.
const DEFAULT_SCOPES: [&str; 2] = ["user:read:list_users:admin", "user:read:user:admin"];

pub(crate) struct App {
    pub(crate) credentials: Credentials,
    /// Secrets that were valid once; the journal must not show those either.
    pub(crate) former_secrets: Vec<String>,
    /// What tokens issued from now on may do; `None`: not limited, and not told.
    pub(crate) scopes: Option<Arc<[String]>>,
    pub(crate) disabled: bool,
    pub(crate) server_to_server: bool,
    pub(crate) api_url_in_token: Option<String>,
}

impl App {
    pub(crate) fn new(credentials: Credentials, url: &str) -> Self {
        Self {
            credentials,
            former_secrets: Vec::new(),
            scopes: Some(DEFAULT_SCOPES.map(str::to_owned).into()),
            disabled: false,
            server_to_server: true,
            api_url_in_token: Some(url.to_owned()),
        }
    }

    pub(crate) fn rotate(&mut self, secret: &str) {
        let former = std::mem::replace(&mut self.credentials.client_secret, secret.to_owned());
        self.former_secrets.push(former);
    }

    /// An empty list stands for an app whose scopes Zoom does not tell yet: nothing is refused.
    pub(crate) fn set_scopes(&mut self, scopes: Vec<String>) {
        self.scopes = (!scopes.is_empty()).then(|| scopes.into());
    }

    /// Replaces every secret in a text that is to be shown.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let current = [
            &self.credentials.client_secret,
            &self.credentials.api_secret,
        ];
        for secret in current.into_iter().chain(&self.former_secrets) {
            if !secret.is_empty() && text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "[redacted]");
            }
        }
        text
    }
}
