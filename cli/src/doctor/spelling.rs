//! Variables that look like ours and are not.

use super::environment::Variables;
use super::finding::{Finding, note};
use crate::credentials::{JWT, SERVER_TO_SERVER};

/// What else the SDK and this command read.
const SETTINGS: [&str; 12] = [
    "ZOOM_S2S_API_URL",
    "ZOOM_S2S_CA_FILE",
    "ZOOM_S2S_CA_ONLY",
    "ZOOM_S2S_CLOUD",
    "ZOOM_S2S_CONNECT_TIMEOUT_MS",
    "ZOOM_S2S_LIBRARY",
    "ZOOM_S2S_LOG",
    "ZOOM_S2S_OAUTH_URL",
    "ZOOM_S2S_REGIONAL",
    "ZOOM_S2S_REQUIRE_ALL",
    "ZOOM_S2S_TIMEOUT_MS",
    "ZOOM_S2S_TOKEN_STORE",
];

/// Variables that look like ours and are not.
pub(super) fn unknown(variables: &Variables) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in variables.names() {
        if is_known(name) || name.starts_with("ZOOM_S2S_TEST_") {
            continue;
        }
        let meant = known().find(|known| is_similar(name, known));
        match meant {
            Some(meant) => found.push(note(
                format!("{name} is set, which nobody reads"),
                format!("Was {meant} meant? Names count in capitals, letter by letter."),
            )),
            None if name.starts_with("ZOOM_S2S_") => found.push(note(
                format!("{name} is set, which nobody reads"),
                format!("Unset {name}; zoom-s2s --help lists the names that are known."),
            )),
            None => {}
        }
    }
    found
}

fn known() -> impl Iterator<Item = String> {
    let credentials = SERVER_TO_SERVER.into_iter().chain(JWT);
    credentials
        .map(|(name, _)| name)
        .flat_map(|name| [name.to_owned(), format!("{name}_FILE")])
        .chain(SETTINGS.into_iter().map(str::to_owned))
}

pub(super) fn is_known(name: &str) -> bool {
    known().any(|known| known == name)
}

/// Whether one may be a slip of the other: letters of another case, missing or stray underscores, or
/// one letter too many, too few, or another.
pub(super) fn is_similar(name: &str, known: &str) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_uppercase();
    let (name, known) = (plain(name), plain(known));
    if !name.starts_with("ZOO") {
        return false;
    }
    let (name, known) = (name.as_bytes(), known.as_bytes());
    let same = name.iter().zip(known).take_while(|(a, b)| a == b).count();
    let (name, known) = (
        name.get(same..).unwrap_or_default(),
        known.get(same..).unwrap_or_default(),
    );
    match (name, known) {
        ([], []) | ([_], []) | ([], [_]) => true,
        ([a, x, left @ ..], [b, y, right @ ..]) if left == right && a == y && x == b => true,
        ([_, left @ ..], [_, right @ ..]) if left == right => true,
        ([_, left @ ..], right) if left == right => true,
        (left, [_, right @ ..]) if left == right => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings themselves are read there; the rest belongs to logs, other languages and tests.
    #[test]
    fn all_settings_are_known_and_no_others() {
        let source = include_str!("../../../src/client/environment.rs");
        let words = source.split('"').skip(1).step_by(2);
        let mut read: Vec<&str> = words.filter(|word| word.starts_with("ZOOM_S2S_")).collect();
        read.extend(["ZOOM_S2S_LIBRARY", "ZOOM_S2S_LOG", "ZOOM_S2S_REQUIRE_ALL"]);
        read.sort_unstable();
        read.dedup();
        assert_eq!(read, SETTINGS);
    }

    #[test]
    fn slips_are_told_from_other_names() {
        for (name, known, expected) in [
            ("ZOOM_ACOUNT_ID", "ZOOM_ACCOUNT_ID", true),
            ("ZOOM_ACCUONT_ID", "ZOOM_ACCOUNT_ID", true),
            ("Zoom_Account_Id", "ZOOM_ACCOUNT_ID", true),
            ("ZOOM_ACCOUNTS_ID", "ZOOM_ACCOUNT_ID", true),
            ("ZOOM_CLIENT_IT", "ZOOM_CLIENT_ID", true),
            ("ZOOMS2S_TOKEN_STORE", "ZOOM_S2S_TOKEN_STORE", true),
            ("ZOOM_CLIENT", "ZOOM_CLIENT_ID", false),
            ("ZOOM_MEETING_ID", "ZOOM_CLIENT_ID", false),
            ("BOOM_CLIENT_ID", "ZOOM_CLIENT_ID", false),
        ] {
            assert_eq!(is_similar(name, known), expected, "{name}");
        }
    }
}
