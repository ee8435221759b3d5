//! The token store, and who else pulls at the token.

use std::path::Path;

use zoom_s2s::Counter;

use super::finding::{Check, Finding, blocked, fine, note, skipped, wrong};
use super::patient::{Patient, Stage};
use crate::exit::Exit;
use crate::tell::counted;

const SHARE: &str = "Another program probably asks for tokens with the same credentials and does not share them: give all of them one ZOOM_S2S_TOKEN_STORE, or each an app of its own.";

pub(super) fn examine(patient: &Patient<'_>) -> Vec<Finding> {
    if patient.args.legacy_jwt {
        return vec![skipped("none for JWTs: everybody signs for himself")];
    }
    let store = patient.status("store");
    let store = store.as_str().unwrap_or_default();
    let is_strict = patient.status("store_strict").as_bool() == Some(true);
    let mut found = Vec::new();
    if let (Some(Stage::Store), Some(error)) = (patient.stage(), patient.error()) {
        let hint = match error.hint() {
            "" => "Check the store's URL, and whether it can be reached.",
            hint => hint,
        };
        return vec![wrong(Exit::of(error), error.message(), hint)];
    }
    if let Some(message) = patient.status("store_error").as_str() {
        found.push(unusable(patient, store, message));
    } else if store == "memory:" {
        found.push(fine(
            "none: each process asks for a token of its own (memory:)",
        ));
    } else if !patient.token().is_some_and(Result::is_ok) {
        return vec![blocked(Check::Token)];
    } else if let Some(finding) = unwritable(store) {
        found.push(finding);
    } else {
        let how = if patient.count(Counter::TokensObtained) > 0 {
            "keeps the new token"
        } else {
            "gave its token"
        };
        let strict = if is_strict { ", strict" } else { "" };
        found.push(fine(format!("{store} {how}{strict}")));
    }
    found.extend(busy(patient, store));
    found.extend(pulled(patient));
    found
}

/// The store failed, and was done without.
fn unusable(patient: &Patient<'_>, store: &str, message: &str) -> Finding {
    let hint = patient.status("store_error_hint");
    let hint = match hint.as_str().unwrap_or_default() {
        "" => "Check the store's URL, and whether it can be reached.",
        hint => hint,
    };
    let rest = "Until then each program asks for a token of its own, which in many accounts ends the one before.";
    wrong(
        Exit::TryLater,
        format!("{store} cannot be used: {message}"),
        format!("{hint}\n{rest}"),
    )
}

/// A token that was there already says nothing of whether the next one can be saved.
fn unwritable(store: &str) -> Option<Finding> {
    let path = Path::new(store.strip_prefix("file:")?);
    let error = tempfile::tempfile_in(path.parent()?).err()?;
    Some(wrong(
        Exit::TryLater,
        format!("{store} can be read, but not written: {error}"),
        "Let this user write to its directory: tokens are replaced there every hour.",
    ))
}

fn busy(patient: &Patient<'_>, store: &str) -> Option<Finding> {
    let times = patient.status("refreshes")["busy"].as_u64().unwrap_or(0);
    (times > 0).then(|| {
        note(
            format!("another process held the lock of {store}"),
            "That is so for a moment each hour. If it stays, look for a stopped process.",
        )
    })
}

/// Tokens that died under our hands.
fn pulled(patient: &Patient<'_>) -> Option<Finding> {
    let refused = patient.count(Counter::TokensRejected);
    let pulled = patient.count(Counter::TugOfWar);
    if refused == 0 && pulled == 0 {
        return None;
    }
    let works = patient.call().is_some_and(Result::is_ok);
    if works && patient.count(Counter::TokensObtained) <= 1 && pulled == 0 {
        return Some(note(
            "the token was refused before its time, and another one was good",
            SHARE,
        ));
    }
    let seen = match refused {
        0 => "a new one had to be waited for".to_owned(),
        1 => "1 token was refused".to_owned(),
        // The second was made after the first had been refused.
        more => format!("{} were refused, new ones too", counted(more, "token")),
    };
    let what = format!("somebody else may pull at the token: {seen}");
    // Where the call failed, that is the fault; this is what may be behind it.
    Some(if works {
        wrong(Exit::NotPermitted, what, SHARE)
    } else {
        note(what, SHARE)
    })
}
