//! Changes of clock, app and role in their JSON form, as the control endpoint and scenarios take them.

use crate::app::{RoleRefusal, ScopeRefusal};
use crate::lock;
use crate::permission::Permission;
use crate::zoom::Zoom;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClockOrder {
    AdvanceSeconds(f64),
    OffsetSeconds(i64),
}

/// No clock is farther off: 10,000 years.
const FARTHEST: Duration = Duration::from_secs(10_000 * 366 * 86_400);

const NO_TIME: &str = "not a time, or more than 10,000 years";

impl ClockOrder {
    pub(crate) fn carry_out(&self, zoom: &Zoom) -> Result<(), String> {
        match *self {
            Self::AdvanceSeconds(seconds) => {
                let by = Duration::try_from_secs_f64(seconds).ok();
                let by = by.filter(|by| *by <= FARTHEST);
                zoom.clock.advance(by.ok_or(NO_TIME)?);
            }
            Self::OffsetSeconds(seconds) if seconds.unsigned_abs() <= FARTHEST.as_secs() => {
                zoom.clock.set_offset(seconds);
            }
            Self::OffsetSeconds(_) => return Err(NO_TIME.to_owned()),
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppOrder {
    client_secret: Option<String>,
    disabled: Option<bool>,
    scopes: Option<Vec<String>>,
    server_to_server: Option<bool>,
    add_scope: Option<String>,
    scope_refusal: Option<ScopeRefusal>,
}

impl AppOrder {
    /// Fails if the role does not permit the scope; what stands before it is done then.
    pub(crate) fn carry_out(&self, zoom: &Zoom) -> Result<(), String> {
        if let Some(secret) = &self.client_secret {
            lock(&zoom.app).rotate(secret);
        }
        if let Some(disabled) = self.disabled {
            zoom.disable_app(disabled);
        }
        if let Some(scopes) = &self.scopes {
            lock(&zoom.app).set_scopes(scopes.clone());
        }
        if let Some(scope) = &self.add_scope {
            let added = lock(&zoom.app).add_scope(scope);
            added.map_err(|why| why.to_string())?;
        }
        if let Some(refusal) = self.scope_refusal {
            lock(&zoom.app).scope_refusal = refusal;
        }
        if let Some(server_to_server) = self.server_to_server {
            lock(&zoom.app).server_to_server = server_to_server;
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleOrder {
    permissions: BTreeSet<Permission>,
    refusal: Option<RoleRefusal>,
}

impl RoleOrder {
    pub(crate) fn carry_out(&self, zoom: &Zoom) {
        let app = &mut *lock(&zoom.app);
        app.role_refusal = self.refusal.unwrap_or(app.role_refusal);
        app.set_role(self.permissions.clone());
    }
}
