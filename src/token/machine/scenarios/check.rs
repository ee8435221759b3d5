//! Compares what a step brought about with what it expects.

use std::fmt::Debug;
use std::time::Duration;

use super::super::{Decision, Gate, Lease};
use super::format::Expect;
use super::stage::Stage;

pub(super) type Check = Result<(), String>;

impl Stage {
    pub(super) fn check_decision(&self, expect: &Expect, decision: Option<Decision>) -> Check {
        let Some(decision) = decision else {
            return match expect.decision {
                Some(_) => Err("only a call has a decision".into()),
                None => Ok(()),
            };
        };
        let wanted = expect.decision.as_deref().ok_or("no decision expected")?;
        let (mut token, mut fallback, mut wait, mut cause) = (None, None, None, None);
        let word = match decision {
            Decision::Use => {
                token = Some(self.held().to_owned());
                "use"
            }
            Decision::Refresh { fallback: live } => {
                fallback = Some(live);
                "refresh"
            }
            Decision::Look => "look",
            Decision::Wait => "wait",
            Decision::Gated {
                wait: left,
                cause: why,
            } => {
                wait = Some(left);
                cause = Some(match why {
                    Gate::Backoff => "backoff".to_owned(),
                    Gate::TugOfWar => "tug_of_war".to_owned(),
                    Gate::Busy => "busy".to_owned(),
                });
                "gated"
            }
            Decision::Refused { wait: left } => {
                wait = Some(left);
                "refused"
            }
        };
        if wanted != word {
            return Err(format!("decided {decision:?}, not {wanted}"));
        }
        // A decision is expected with all its parameters and no others.
        exactly("token", &expect.token, &token)?;
        exactly("fallback", &expect.fallback, &fallback)?;
        exactly("cause", &expect.cause, &cause)?;
        exactly("wait_ms", &expect.wait_ms.map(Duration::from_millis), &wait)
    }

    pub(super) fn check_state(&self, expect: &Expect) -> Check {
        let state = &self.state;
        let lease = state.lease();
        let window = lease.map(|lease| self.window(lease));
        let left = lease.map(|lease| lease.left(self.now()));
        equal("held", expect.held.as_deref(), Some(self.held()))?;
        equal("window", expect.window.as_deref(), window)?;
        equal(
            "left_ms",
            expect.left_ms.map(Duration::from_millis).as_ref(),
            left.as_ref(),
        )?;
        equal(
            "rejected",
            expect.rejected.as_ref(),
            Some(&state.is_rejected()),
        )?;
        equal("open", expect.open.as_ref(), Some(&state.is_open()))?;
        equal(
            "failures",
            expect.failures.as_ref(),
            Some(&state.failures_in_a_row()),
        )?;
        equal(
            "refusals",
            expect.refusals.as_ref(),
            Some(&state.refusals_in_a_row()),
        )?;
        equal(
            "forced",
            expect.forced.as_ref(),
            Some(&state.counts().forced),
        )
    }

    fn window(&self, lease: &Lease) -> &'static str {
        let now = self.now();
        match () {
            () if lease.is_expired(now) => "expired",
            () if lease.is_mandatory(now) => "mandatory",
            () if lease.is_stale(now) => "stale",
            () => "fresh",
        }
    }
}

/// Compares where something is expected.
pub(super) fn equal<T: PartialEq + Debug + ?Sized>(
    key: &str,
    expected: Option<&T>,
    got: Option<&T>,
) -> Check {
    if expected.is_some() && expected != got {
        return Err(format!("{key} is {got:?}, not {expected:?}"));
    }
    Ok(())
}

fn exactly<T: PartialEq + Debug>(key: &str, expected: &Option<T>, got: &Option<T>) -> Check {
    if expected != got {
        return Err(format!("{key} is {got:?}, not {expected:?}"));
    }
    Ok(())
}
