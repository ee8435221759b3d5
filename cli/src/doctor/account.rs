//! What Zoom says: token, expiry, clock, scopes, and the call itself.

use std::time::{Duration, SystemTime};

use zoom_s2s::{Counter, Error};

use super::date;
use super::finding::{Check, Finding, blocked, fine, note, skipped, wrong};
use super::patient::{Patient, Stage, stage};
use crate::exit::Exit;
use crate::tell::{counted, span};

/// What List users takes, in the newer and in the older vocabulary.
const SCOPE: &str = "user:read:list_users:admin";
const CLASSIC: &str = "user:read:admin";
const ROLE: &str = "the role of the app's owner needs the permission to view users (Admin, User Management, Roles: Users, View)";

/// Clocks that differ by more are a note, and by more than that a fault.
const NOTABLE: Duration = Duration::from_secs(30);
const HARMFUL: Duration = Duration::from_secs(5 * 60);

/// Zoom's tokens live an hour.
const SHORT_LIFE: Duration = Duration::from_secs(10 * 60);

pub(super) fn token(patient: &Patient<'_>) -> Vec<Finding> {
    let url = patient.status("oauth_url");
    let url = url.as_str().unwrap_or_default();
    match patient.token() {
        None => vec![blocked(Check::Environment)],
        Some(Ok(_)) if patient.args.legacy_jwt => vec![fine("a JWT was signed on this machine")],
        Some(Ok(_)) if patient.count(Counter::TokensObtained) == 0 => {
            let store = patient.status("store");
            vec![fine(format!(
                "the token store has one: {}",
                store.as_str().unwrap_or_default()
            ))]
        }
        Some(Ok(_)) => vec![fine(format!("{url}/oauth/token gave one"))],
        Some(Err(error)) => match stage(error) {
            Stage::Proxy => vec![blocked(Check::Proxy)],
            Stage::Tls => vec![blocked(Check::Tls)],
            Stage::Store => vec![blocked(Check::Store)],
            Stage::Own => {
                let what = match error {
                    Error::Timeout(_) => {
                        format!("{url}/oauth/token gave no answer: {}", error.message())
                    }
                    _ => error.message().to_owned(),
                };
                vec![wrong(Exit::of(error), what, refused(patient, error))]
            }
        },
    }
}

/// What to do about a token request that failed.
fn refused(patient: &Patient<'_>, error: &Error) -> String {
    let otherwise = "Try again later; check what stands between this machine and Zoom.";
    let mut told = hint(error, otherwise) + &patient.hurry(error);
    // Zoom looks at the client ID and secret first: any other refusal means that it knows these two.
    let may_be_swapped = matches!(error, Error::Credentials(_))
        && error.oauth_error() == Some("invalid_client")
        && error.message().contains("client secret");
    if may_be_swapped {
        // Both are 22 letters and digits, and nobody can tell them apart but Zoom.
        told.push_str("\nZOOM_ACCOUNT_ID and ZOOM_CLIENT_ID look alike: these two may be swapped.");
    }
    let length = |name: &str| patient.variables.text(name).map(|text| text.trim().len());
    if may_be_swapped
        && length("ZOOM_CLIENT_ID") > length("ZOOM_CLIENT_SECRET").or(Some(usize::MAX))
    {
        told.push_str("\nA client secret is longer than a client ID: ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET may be swapped.");
    }
    told + &footing(error)
}

/// The hint of an error.
fn hint(error: &Error, otherwise: &str) -> String {
    match error.hint() {
        "" => otherwise.to_owned(),
        hint => hint.to_owned(),
    }
}

/// What stands below all advice: when Zoom wants to be asked again, and under which number it knows
/// the request.
fn footing(error: &Error) -> String {
    let mut told = String::new();
    let wait = error.retry_after().filter(|wait| wait.as_secs() > 0);
    if let Some(at) = wait.and_then(|wait| SystemTime::now().checked_add(wait)) {
        told.push_str(&format!("\nNot before {}.", date::utc(at)));
    }
    if let Some(id) = error.tracking_id() {
        told.push_str(&format!("\nZoom tracking ID: {id}"));
    }
    told
}

pub(super) fn expiry(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(Ok(token)) = patient.token() else {
        return vec![blocked(Check::Token)];
    };
    let left = token.expires_in();
    let age = patient.status("token")["age_ms"].as_u64().unwrap_or(0);
    let life = left + Duration::from_millis(age);
    let what = format!("the token is good for {}", span(left));
    if life < SHORT_LIFE {
        return vec![note(
            format!("{what}; it was made for {} only", span(life)),
            "Zoom's tokens live an hour. Each program asks for a new one this often, and without a token store for its own.",
        )];
    }
    vec![fine(what)]
}

pub(super) fn clock(patient: &Patient<'_>) -> Vec<Finding> {
    match patient.status("clock_offset_ms").as_i64() {
        Some(offset) => vec![judge_clock(offset)],
        None => vec![skipped("no answer told the time")],
    }
}

/// `ahead_ms`: how far Zoom's clock is ahead of this machine's.
fn judge_clock(ahead_ms: i64) -> Finding {
    let off = Duration::from_millis(ahead_ms.unsigned_abs());
    let side = if ahead_ms > 0 { "behind" } else { "ahead of" };
    let what = format!("this machine's clock is {} {side} Zoom's", span(off));
    let cure = "Set it, and keep it right with NTP: timedatectl set-ntp true, or w32tm /resync on Windows. Certificates, JWTs and logs go by it.";
    if off > HARMFUL {
        wrong(Exit::Config, what, cure)
    } else if off > NOTABLE {
        note(what, cure)
    } else {
        fine("this machine's clock agrees with Zoom's")
    }
}

pub(super) fn scopes(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(Ok(token)) = patient.token() else {
        return vec![blocked(Check::Token)];
    };
    if patient.args.legacy_jwt {
        return vec![skipped(
            "JWTs have none: they may do all that the account may",
        )];
    }
    if token.has_scope(SCOPE) {
        return vec![fine(format!("the token may list users ({SCOPE})"))];
    }
    let works = patient.call().is_some_and(|call| call.is_ok());
    if token.scope().trim().is_empty() {
        return vec![note(
            "the token does not say which scopes it has",
            "This is so just after an app was made. Whether they are enough, the call tells.",
        )];
    }
    let what =
        format!("the token lacks the scope to list users: {SCOPE}, or the classic {CLASSIC}");
    vec![if works {
        note(
            what,
            "The call succeeds all the same; nothing needs to be done.",
        )
    } else {
        let mut cure = add_scope();
        if patient.count(Counter::TokensObtained) == 0 {
            cure.push_str("\nThe token is from the token store, and may be older than a scope that was added since: zoom-s2s token | zoom-s2s token --reject > ");
            // What answers is the next token, alive.
            cure.push_str(if cfg!(windows) { "NUL" } else { "/dev/null" });
        }
        wrong(Exit::NotPermitted, what, cure)
    }]
}

fn add_scope() -> String {
    format!(
        "Add the scope to the app in the Zoom App Marketplace: {SCOPE}, or {CLASSIC} where the app has classic scopes. Only tokens that are asked for afterwards carry it.\nIf it is not offered there, {ROLE}."
    )
}

pub(super) fn call(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(result) = patient.call() else {
        return vec![blocked(Check::Token)];
    };
    let error = match result {
        Ok(listed) => {
            let users = match listed {
                Some(total) => format!(": {}", counted(*total, "active user")),
                None => String::new(),
            };
            return vec![fine(format!("GET /users succeeds{users}"))];
        }
        Err(error) => error,
    };
    match stage(error) {
        Stage::Proxy => return vec![blocked(Check::Proxy)],
        Stage::Tls => return vec![blocked(Check::Tls)],
        Stage::Store => return vec![blocked(Check::Store)],
        Stage::Own => {}
    }
    let otherwise = "Check ZOOM_S2S_API_URL, which ends in /v2, and try again.";
    let mut told = hint(error, otherwise) + &patient.hurry(error);
    match error {
        Error::MissingScope(_) => told = add_scope(),
        Error::BadResponse(_) | Error::NotFound(_) => {
            let url = patient.status("api_url");
            let url = url.as_str().unwrap_or_default();
            if !url.ends_with("/v2") {
                told.push_str(&format!(
                    "\nZOOM_S2S_API_URL is {url}: the API's address ends in /v2."
                ));
            }
        }
        Error::Forbidden(_) => told.push_str(&format!("\nTo list users, {ROLE}.")),
        _ => {}
    }
    told.push_str(&footing(error));
    vec![wrong(Exit::of(error), error.message(), told)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    #[test]
    fn clocks_are_judged_by_how_far_they_are_off() {
        for (ahead_ms, verdict, words) in [
            (0, Verdict::Fine, "agrees"),
            (-30_000, Verdict::Fine, "agrees"),
            (31_000, Verdict::Note, "31 seconds behind Zoom's"),
            (-299_000, Verdict::Note, "5 minutes ahead of Zoom's"),
            (301_000, Verdict::Wrong(Exit::Config), "behind"),
            (-3_600_000, Verdict::Wrong(Exit::Config), "60 minutes ahead"),
            (i64::MIN, Verdict::Wrong(Exit::Config), "hours ahead"),
        ] {
            let finding = judge_clock(ahead_ms);
            assert_eq!(finding.verdict, verdict, "{ahead_ms}");
            assert!(finding.what.contains(words), "{}", finding.what);
        }
    }
}
