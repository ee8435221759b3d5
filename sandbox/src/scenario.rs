//! How a sandbox is from its start, as a file tells it: what the control endpoint takes, in one object.

use crate::churn::Churn;
use crate::fault::{Fault, FaultForm};
use crate::orders::{AppOrder, ClockOrder, RoleOrder};
use crate::plan::Plan;
use crate::zoom::Zoom;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// What goes wrong, and under which limits, for [`Sandbox::play`](crate::Sandbox::play).
///
/// Its members are the names of the [control endpoint](crate::control), each with the body that is
/// taken there: `plan`, `churn`, `concurrency_limit`, `kill_tokens_every`, `clock`, `role`, `app`,
/// and `faults`, an array of them. All may be left out.
///
/// ```
/// use zoom_s2s_sandbox::{Sandbox, Scenario};
///
/// let scenario: Scenario = r#"{
///     "plan": "free",
///     "clock": {"offset_seconds": -120},
///     "faults": [{"on": "api", "after": 3, "action": "unauthorized"}]
/// }"#
/// .parse()?;
/// Sandbox::builder().start()?.play(scenario)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    plan: Option<Plan>,
    churn: Option<Churn>,
    concurrency_limit: Option<usize>,
    kill_tokens_every: Option<u64>,
    clock: Option<ClockOrder>,
    role: Option<RoleOrder>,
    app: Option<AppOrder>,
    #[serde(default)]
    faults: Vec<FaultForm>,
}

/// Why a scenario cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScenarioError {
    /// Where in the text, line and column from 1, if it could not be read; otherwise which member.
    pub place: Result<(usize, usize), &'static str>,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Ok((line, column)) => write!(f, "line {line}, column {column}: {}", self.message),
            Err(member) => write!(f, "{member}: {}", self.message),
        }
    }
}

impl std::error::Error for ScenarioError {}

impl FromStr for Scenario {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let message = error.to_string();
            let place = format!(" at line {line} column {column}");
            ScenarioError {
                place: Ok((line, column)),
                message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
            }
        })
    }
}

impl Scenario {
    /// The role before the app, which can have only the scopes that the role permits.
    pub(crate) fn play(self, zoom: &Zoom) -> Result<(), ScenarioError> {
        let refused = |member| {
            move |message| ScenarioError {
                place: Err(member),
                message,
            }
        };
        if self.plan.is_some() {
            zoom.meter.set(self.plan);
        }
        if self.churn.is_some() {
            zoom.churning.set(self.churn);
        }
        if self.concurrency_limit.is_some() {
            zoom.concurrency.limit(self.concurrency_limit);
        }
        if let Some(requests) = self.kill_tokens_every {
            zoom.killing.every(requests);
        }
        if let Some(clock) = self.clock {
            clock.carry_out(zoom).map_err(refused("clock"))?;
        }
        if let Some(role) = self.role {
            role.carry_out(zoom);
        }
        if let Some(app) = self.app {
            app.carry_out(zoom).map_err(refused("app"))?;
        }
        for form in self.faults {
            zoom.faults.add(Fault::from(form));
        }
        Ok(())
    }
}
