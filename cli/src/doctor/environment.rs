//! The variables: what is missing, what is wrong with the values, what nobody knows.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::finding::{Finding, fine, note, wrong};
use super::spelling::{is_known, is_similar, unknown};
use super::values;
use crate::credentials::{self, Credential, JWT, SERVER_TO_SERVER, not_set};
use crate::exit::Exit;

/// The environment of this process, or of a test.
pub(super) struct Variables(BTreeMap<String, OsString>);

impl Variables {
    pub(super) fn of_process() -> Variables {
        let name = |name: OsString| name.to_string_lossy().into_owned();
        Variables(
            std::env::vars_os()
                .map(|(key, value)| (name(key), value))
                .collect(),
        )
    }

    /// The value of a variable that is set to something.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = self.0.get(name)?.to_string_lossy().into_owned();
        (!value.trim().is_empty()).then_some(value)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.text(name).is_some()
    }
}

pub(super) fn examine(variables: &Variables, legacy_jwt: bool, now: i64) -> Vec<Finding> {
    let wanted = credentials::wanted(legacy_jwt);
    let mut found = Vec::new();
    found.extend(missing(variables, wanted, legacy_jwt));
    found.extend(unusable(variables, wanted, now));
    found.extend(repeated(variables, wanted));
    found.extend(beside_files(variables, wanted));
    found.extend(unknown(variables));
    if legacy_jwt {
        found.push(note(
            "the credentials of a JWT app are used (--legacy-jwt)",
            "Zoom's API takes them no longer (since 2023-09-08): make a Server-to-Server OAuth app.",
        ));
    }
    if runs_with_others_rights() {
        found.push(note(
            "this program runs with another user's rights (set-user-ID)",
            "Its environment, and so its credentials, are what the caller says: take the bit away, chmod u-s.",
        ));
    }
    if !found.iter().any(Finding::is_wrong) {
        let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
        found.insert(0, fine(format!("{} are set", names.join(", "))));
    }
    found
}

fn missing(variables: &Variables, wanted: &[Credential], legacy_jwt: bool) -> Option<Finding> {
    let missing = credentials::missing(wanted, |name| variables.is_set(name));
    if missing.is_empty() {
        return None;
    }
    let list = missing.join(", ");
    let mut what = not_set(&missing);
    let mut cure = format!(
        "Set {list} to what the credentials page of the Server-to-Server OAuth app shows, or NAME_FILE to a file that holds it."
    );
    if legacy_jwt {
        cure = cure.replace("Server-to-Server OAuth", "JWT");
    } else if JWT.iter().any(|(name, _)| variables.is_set(name)) {
        what.push_str("; what is set belongs to a JWT app");
        cure.push_str("\nJWT apps are no more (since 2023-09-08): make a Server-to-Server OAuth app in the Zoom App Marketplace, and use its three values instead.");
    }
    for name in &missing {
        let similar = variables
            .0
            .keys()
            .find(|known| is_similar(known, name) && !is_known(known) && variables.is_set(known));
        if let Some(similar) = similar {
            cure.push_str(&format!("\n{similar} is set: was {name} meant?"));
        } else if variables.0.contains_key(*name) {
            cure.push_str(&format!("\n{name} is there, but empty."));
        }
    }
    if missing.len() == wanted.len() {
        cure.push_str(
            "\ncron, systemd, services and sudo do not have the variables of your shell.",
        );
    }
    Some(wrong(Exit::Config, what, cure))
}

/// Values that cannot be right, or have something around them.
fn unusable(variables: &Variables, wanted: &[Credential], now: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut around: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, role) in wanted {
        let Some(raw) = variables.0.get(*name) else {
            continue;
        };
        let Some(text) = raw.to_str() else {
            let cure = format!("Set {name} anew: copy the value from the app's credentials page.");
            found.push(wrong(Exit::Config, format!("{name} is not UTF-8"), cure));
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        found.extend(values::examine(name, role, text, now));
        if let Some(what) = values::surroundings(text) {
            around.entry(what).or_default().push(name);
        }
    }
    let around = around.iter();
    found.extend(around.map(|(what, names)| values::surrounded(names, what)));
    found
}

/// The same value in two places: one of them is wrong for sure.
fn repeated(variables: &Variables, wanted: &[Credential]) -> Vec<Finding> {
    let value = |name: &str| variables.text(name).map(|text| text.trim().to_owned());
    let mut found = Vec::new();
    // A value of the JWT app among the others is no better.
    let all = SERVER_TO_SERVER.iter().chain(&JWT);
    let all: Vec<&str> = all.map(|(name, _)| *name).collect();
    for (at, one) in all.iter().enumerate() {
        for other in all.iter().skip(at + 1) {
            let counts = |name: &str| wanted.iter().any(|(wanted, _)| *wanted == name);
            if (counts(one) || counts(other)) && value(one).is_some() && value(one) == value(other)
            {
                found.push(wrong(
                    Exit::Config,
                    format!("{one} and {other} hold the same value"),
                    "Copy both anew from the credentials page of the Server-to-Server OAuth app: no two values there are alike.",
                ));
            }
        }
    }
    found
}

fn beside_files(variables: &Variables, wanted: &[Credential]) -> Vec<Finding> {
    let both = wanted
        .iter()
        .filter(|(name, _)| variables.is_set(name) && variables.is_set(&format!("{name}_FILE")));
    both.map(|(name, _)| {
        note(
            format!("{name} and {name}_FILE are both set: {name} is used"),
            format!("Unset one of them; the file is used where {name} is not set."),
        )
    })
    .collect()
}

fn runs_with_others_rights() -> bool {
    users().is_some_and(|(real, effective)| real != effective)
}

/// Whether this user may read every file.
pub(super) fn is_root() -> bool {
    users().is_some_and(|(_, effective)| effective == "0")
}

/// Who has started this program, and whose rights it has. Linux tells without a system call of its
/// own; elsewhere nobody asks.
fn users() -> Option<(String, String)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let mut users = users.split_whitespace().map(str::to_owned);
    Some((users.next()?, users.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 3] = [
        ("ZOOM_ACCOUNT_ID", "AbCdEfGhIjKlMnOpQrStUv"),
        ("ZOOM_CLIENT_ID", "BcDeFgHiJkLmNoPqRsTuVw"),
        ("ZOOM_CLIENT_SECRET", "s3cr3tCdEfGhIjKlMnOpQrStUvWxYz12"),
    ];

    fn found(changes: &[(&str, &str)]) -> Vec<Finding> {
        let all = GOOD.iter().chain(changes);
        let mut all: BTreeMap<String, OsString> = all
            .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
            .collect();
        all.retain(|_, value| value != "-");
        examine(&Variables(all), false, 1_700_000_000)
    }

    #[test]
    fn each_fault_is_told_once_and_without_the_value() {
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);
        let cases: [Case<'_>; 11] = [
            (
                &[("ZOOM_CLIENT_ID", "-")],
                "ZOOM_CLIENT_ID is not set",
                "credentials page",
            ),
            (
                &[("ZOOM_CLIENT_ID", " ")],
                "ZOOM_CLIENT_ID is not set",
                "empty",
            ),
            (
                &[("ZOOM_CLIENT_ID", "-"), ("zoom_client_id", "x")],
                "ZOOM_CLIENT_ID is not set",
                "zoom_client_id is set",
            ),
            (
                &[("ZOOM_CLIENT_ID", "-"), ("ZOOM_API_KEY", "x")],
                "belongs to a JWT app",
                "Server-to-Server",
            ),
            (
                &[("ZOOM_CLIENT_ID", "AbCdEfGhIjKlMnOpQrStUv")],
                "ZOOM_ACCOUNT_ID and ZOOM_CLIENT_ID hold the same value",
                "anew",
            ),
            (
                &[("ZOOM_API_KEY", "BcDeFgHiJkLmNoPqRsTuVw")],
                "ZOOM_CLIENT_ID and ZOOM_API_KEY hold the same value",
                "anew",
            ),
            (
                &[("ZOOM_ACCOUNT_ID", "'abcdefghi'")],
                "quotation marks",
                "quotation marks",
            ),
            (
                &[("ZOOM_ACCOUNT_ID", "abcdefghi\r\n")],
                "carriage return",
                "ZOOM_ACCOUNT_ID",
            ),
            (&[("ZOOM_CLIENT_SECRET_FILE", "/x")], "both set", "Unset"),
            (
                &[("ZOOM_S2S_TOKENSTORE", "memory:")],
                "ZOOM_S2S_TOKENSTORE",
                "ZOOM_S2S_TOKEN_STORE",
            ),
            (
                &[("ZOOM_S2S_COLOUR", "red")],
                "ZOOM_S2S_COLOUR",
                "zoom-s2s --help",
            ),
        ];
        for (changes, what, cure) in cases {
            let found = found(changes);
            let told: Vec<&Finding> = found.iter().filter(|it| !it.cure.is_empty()).collect();
            let first = told.first().map(|it| (&*it.what, &*it.cure));
            let (said, advised) = first.unwrap_or_default();
            assert!(
                said.contains(what) && advised.contains(cure),
                "{changes:?}: {found:?}"
            );
            assert!(!format!("{found:?}").contains("CdEfGhIjKl"), "{found:?}");
            let wrong = found.iter().filter(|it| it.is_wrong()).count();
            assert!(wrong <= 1, "{found:?}");
        }
        assert_eq!(found(&[]).len(), 1);
    }
}
