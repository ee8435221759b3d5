//! The one app of the account, as its owner configures it.

use crate::answer::Answer;
use crate::credentials::Credentials;
use crate::permission::{Permission, Right, permission_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Enough for everything the sandbox offers.
const DEFAULT_SCOPES: [&str; 2] = ["user:read:list_users:admin", "user:read:user:admin"];

/// How a call is refused whose scope the token lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeRefusal {
    /// 400; 401 and 403 are seen too.
    pub status: u16,
    /// 4711, which documents also print as 4700.
    pub code: u32,
    /// Whether the message ends with a dot; yes.
    pub final_dot: bool,
    /// Whether the message names the classic scope before the granular one; no.
    pub both_names: bool,
}

impl Default for ScopeRefusal {
    fn default() -> Self {
        Self {
            status: 400,
            code: 4711,
            final_dot: true,
            both_names: false,
        }
    }
}

impl ScopeRefusal {
    pub(crate) fn answer(self, right: &Right) -> Answer {
        let scopes = match self.both_names {
            true => format!("{},{}", right.classic, right.granular),
            false => right.granular.to_owned(),
        };
        let dot = if self.final_dot { "." } else { "" };
        let message = format!("Invalid access token, does not contain scopes:[{scopes}]{dot}");
        Answer::api_error(self.status, self.code, &message)
    }
}

/// How a call is refused whose token carries the scope, but whose role no longer permits it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleRefusal {
    /// As if the token did not carry the scope.
    #[default]
    MissingScope,
    /// Code 200, `No permission.`
    NoPermission,
}

/// Why an app cannot be given a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScopeRefused {
    /// The scope.
    pub scope: String,
    /// What the role of the app's maker would have to grant; `None` if there is no such scope.
    pub permission: Option<Permission>,
}

impl fmt::Display for ScopeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, permission } = self;
        match permission {
            Some(permission) => write!(f, "the role lacks {permission}, which {scope} needs"),
            None => write!(f, "there is no scope {scope}"),
        }
    }
}

impl std::error::Error for ScopeRefused {}

pub(crate) struct App {
    pub(crate) credentials: Credentials,
    /// Secrets that were valid once; the journal must not show those either.
    pub(crate) former_secrets: Vec<String>,
    /// What tokens issued from now on may do; `None`: not limited, and not told.
    pub(crate) scopes: Option<Arc<[String]>>,
    /// What the role of the one who made the app permits.
    pub(crate) role: BTreeSet<Permission>,
    pub(crate) scope_refusal: ScopeRefusal,
    pub(crate) role_refusal: RoleRefusal,
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
            role: Permission::ALL.into(),
            scope_refusal: ScopeRefusal::default(),
            role_refusal: RoleRefusal::default(),
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

    /// An app without limits has every scope already.
    pub(crate) fn add_scope(&mut self, scope: &str) -> Result<(), ScopeRefused> {
        let permission = permission_of(scope);
        if !permission.is_some_and(|permission| self.role.contains(&permission)) {
            return Err(ScopeRefused {
                scope: scope.to_owned(),
                permission,
            });
        }
        if let Some(scopes) = &self.scopes
            && !scopes.iter().any(|owned| owned == scope)
        {
            let more = scopes.iter().cloned().chain([scope.to_owned()]);
            self.scopes = Some(more.collect());
        }
        Ok(())
    }

    /// Takes from the app what the role no longer allows. Scopes that no role knows of stay.
    pub(crate) fn set_role(&mut self, role: BTreeSet<Permission>) {
        self.role = role;
        if let Some(scopes) = &self.scopes {
            let allowed = |scope: &&String| {
                permission_of(scope).is_none_or(|permission| self.role.contains(&permission))
            };
            self.scopes = Some(scopes.iter().filter(allowed).cloned().collect());
        }
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
