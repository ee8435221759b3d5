//! `zoom-s2s doctor`: what is fine, what is wrong, and what to do about it.

mod account;
mod args;
mod date;
mod environment;
mod files;
mod finding;
mod network;
mod patient;
mod reach;
mod report;
#[path = "../../../src/settings_file.rs"]
mod settings_file;
mod spelling;
mod store;
mod target;
mod values;
mod worlds;

pub(crate) use args::{CHECKS, DoctorArgs, EXAMPLES};

use std::time::{SystemTime, UNIX_EPOCH};

use finding::{Check, Finding, blocked, fine, wrong};
use patient::Patient;
use report::Report;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Sink;
use crate::tell;

/// How many users the account of `--sandbox` has.
const SANDBOX_USERS: u32 = 50;

/// A check, those it cannot do without, and how it is done.
type Row = (
    Check,
    &'static [Check],
    fn(&Patient<'_>, &DoctorArgs) -> Vec<Finding>,
);

/// All of them, in their order. What a failed or blocked check is needed for is blocked too.
const TABLE: &[Row] = &[
    (Check::Environment, &[], |it, _| environment(it)),
    (Check::Files, &[], |it, _| files(it)),
    (Check::Names, LOCAL, |it, _| network::names(it)),
    (Check::Tcp, &[Check::Names], |it, _| network::tcp(it)),
    // The first that asks the SDK for a token, and with it for one user.
    (Check::Proxy, &[Check::Tcp], |it, _| network::proxy(it)),
    (Check::Tls, &[Check::Proxy], |it, _| network::tls(it)),
    (Check::Token, &[Check::Tls], |it, _| account::token(it)),
    (Check::Expiry, &[Check::Token], |it, _| account::expiry(it)),
    (Check::Clock, &[Check::Tls], |it, _| account::clock(it)),
    (Check::Scopes, &[Check::Token], |it, _| account::scopes(it)),
    (Check::Call, &[Check::Scopes], |it, _| account::call(it)),
    (Check::World, &[Check::Call], |it, args| {
        worlds::examine(it, args.probe_tokens)
    }),
    (Check::Store, LOCAL, |it, _| store::examine(it)),
];

/// What is looked at on this machine alone.
const LOCAL: &[Check] = &[Check::Environment, Check::Files];

pub(crate) fn run(args: &DoctorArgs, interrupt: &Interrupt) -> Result<(), Failure> {
    let mut sink = Sink::open(None, interrupt)?;
    let mut report = Report::new(args.json, &sink);
    let told = examine(args, interrupt, &mut report, &mut sink);
    interrupt.reason(told)?;
    report.end(&mut sink).map_err(|error| sink.failed(error))?;
    sink.finish()?;
    match report.exit() {
        Exit::Done => Ok(()),
        exit => Err(Failure::Unhealthy(exit)),
    }
}

fn examine(
    args: &DoctorArgs,
    interrupt: &Interrupt,
    report: &mut Report,
    sink: &mut Sink,
) -> Result<(), Failure> {
    let patient = Patient::new(&args.connect, SANDBOX_USERS);
    if let Ok(connection) = &patient.connection {
        interrupt.ends(&connection.client);
        tell::sandbox(connection, SANDBOX_USERS);
    }
    let refused = patient.connection.as_ref().err();
    let refused = refused.map(|failure| (patient::check_of_setting(failure), failure));
    // Each with the one that was wrong in the first place.
    let mut failed: Vec<(Check, Check)> = Vec::new();
    for (check, needs, look) in TABLE {
        interrupt.check()?;
        let culprit = failed.iter().find(|(needed, _)| needs.contains(needed));
        let culprit = culprit.map(|(_, culprit)| *culprit);
        let findings = match (refused, culprit) {
            (Some((place, failure)), _) if place == *check => {
                refusal(&patient, args, *look, failure)
            }
            (_, Some(culprit)) => vec![blocked(culprit)],
            // Without a client there is nothing to ask.
            (Some((place, _)), None) if !LOCAL.contains(check) => vec![blocked(place)],
            (_, None) => look(&patient, args),
        };
        if findings.iter().any(Finding::is_wrong) {
            failed.push((*check, *check));
        } else if let Some(culprit) = findings.iter().find_map(Finding::blocked_by) {
            failed.push((*check, culprit));
        }
        report
            .add(*check, findings, sink)
            .map_err(|error| sink.failed(error))?;
    }
    Ok(())
}

/// What a check says to whom the SDK refuses a setting: its own findings where they name the fault,
/// else the SDK's words.
fn refusal(
    patient: &Patient<'_>,
    args: &DoctorArgs,
    look: fn(&Patient<'_>, &DoctorArgs) -> Vec<Finding>,
    failure: &Failure,
) -> Vec<Finding> {
    let is_looked_at = matches!(
        patient::check_of_setting(failure),
        Check::Environment | Check::Files
    );
    let mut findings = if is_looked_at {
        look(patient, args)
    } else {
        Vec::new()
    };
    if !findings.iter().any(Finding::is_wrong) {
        findings.retain(|finding| finding.verdict != finding::Verdict::Fine);
        let (message, hint) = match failure {
            Failure::Zoom(error) => (error.message().to_owned(), error.hint().to_owned()),
            Failure::Config { message, hint } => (message.clone(), hint.clone()),
            other => (other.text(), String::new()),
        };
        let hint = match hint.as_str() {
            "" => "Correct or unset it.",
            hint => hint,
        };
        findings.push(wrong(failure.exit(), message, hint));
    }
    findings
}

fn environment(patient: &Patient<'_>) -> Vec<Finding> {
    if patient.is_sandbox() {
        return vec![fine("not looked at: the sandbox has its own")];
    }
    environment::examine(&patient.variables, patient.args.legacy_jwt, now())
}

fn files(patient: &Patient<'_>) -> Vec<Finding> {
    if patient.is_sandbox() {
        return vec![fine("not looked at: the sandbox needs none")];
    }
    files::examine(&patient.variables, patient.args, now())
}

/// Seconds since 1970 by this machine's clock.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_check_needs_comes_before_it() {
        let mut seen = Vec::new();
        for (check, needs, _) in TABLE {
            assert!(
                needs.iter().all(|needed| seen.contains(needed)),
                "{check:?}"
            );
            assert!(!seen.contains(check), "{check:?} stands there twice");
            seen.push(*check);
        }
        assert_eq!(seen.len(), 13);
    }
}
