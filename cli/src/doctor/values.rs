//! What a credential looks like, and what it should not look like.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::date;
use super::finding::{Finding, note, wrong};
use crate::exit::Exit;

const PAGE: &str = "Copy the value anew from the app's credentials page.";

/// Looks at the `value` of `name`, which is a variable of the credential `role` ("client secret"), or
/// one that names its file. Nothing of the value goes into the findings.
pub(super) fn examine(name: &str, role: &str, value: &str, now: i64) -> Vec<Finding> {
    let fault = |what: String, cure: String| vec![wrong(Exit::Config, what, cure)];
    let bare = value.trim_start_matches('\u{feff}').trim();
    if bare.is_empty() {
        return fault(format!("{name} is empty"), PAGE.to_owned());
    }
    if let Some(what) = token(bare, now) {
        let cure = format!(
            "Put the {role} of a Server-to-Server OAuth app there, as its credentials page shows it: tokens are asked for with it."
        );
        return fault(format!("{name} holds {what}"), cure);
    }
    if bare.len() > 1 && bare.starts_with(is_quote) || bare.ends_with(is_quote) {
        let cure = "Take the quotation marks away: env files of Docker and Kubernetes keep them as part of the value.";
        return fault(
            format!("{name} has quotation marks around its value"),
            cure.into(),
        );
    }
    if is_placeholder(bare) {
        return fault(format!("{name} holds a placeholder"), PAGE.to_owned());
    }
    if bare.starts_with("ZOOM_") || bare.starts_with("export ") {
        let cure = format!("Only what stands behind the = belongs there.\n{PAGE}");
        return fault(format!("{name} holds a whole assignment"), cure);
    }
    if bare.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let what = format!("{name} holds blanks or control characters inside");
        return fault(what, PAGE.to_owned());
    }
    Vec::new()
}

/// What stands around the value and should not; the SDK leaves it out.
pub(super) fn surroundings(value: &str) -> Option<&'static str> {
    let end = value.strip_prefix(value.trim_end()).unwrap_or_default();
    if value.starts_with('\u{feff}') {
        Some("a byte order mark")
    } else if end.contains('\r') {
        Some("a carriage return, as lines of Windows end with it, or other blanks")
    } else if end.contains('\n') {
        Some("a newline or other blanks")
    } else {
        (value.trim() != value).then_some("blanks")
    }
}

/// The finding for variables whose values have something around them.
pub(super) fn surrounded(names: &[&str], what: &str) -> Finding {
    let verb = if names.len() == 1 { "has" } else { "have" };
    let names = names.join(", ");
    note(
        format!("{names} {verb} {what} around the value"),
        format!(
            "It is left out here; other programs may send it along. Set {names} anew without it."
        ),
    )
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’')
}

/// What manuals and templates write where a value belongs.
fn is_placeholder(value: &str) -> bool {
    let plain: String = value
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let names = [
        "accountid",
        "clientid",
        "clientsecret",
        "apikey",
        "apisecret",
        "secret",
    ];
    let is_framed = [('<', '>'), ('{', '}'), ('[', ']')]
        .iter()
        .any(|(open, close)| value.starts_with(*open) && value.ends_with(*close))
        || value.starts_with('$');
    let meant = plain
        .strip_prefix("your")
        .or_else(|| plain.strip_prefix("my"))
        .unwrap_or(&plain);
    let meant = meant.strip_prefix("zoom").unwrap_or(meant);
    is_framed
        || value.contains('…')
        || plain.is_empty()
        || plain.chars().all(|c| c == 'x')
        || plain.starts_with("your") && plain.len() < 32
        || names.contains(&meant)
        || ["changeme", "todo", "replaceme", "placeholder", "redacted"].contains(&&*plain)
}

/// Says what kind of token this is, if it is one.
fn token(value: &str, now: i64) -> Option<String> {
    let value = value
        .strip_prefix("Bearer ")
        .map_or(value, |token| token.trim());
    let mut parts = value.split('.');
    let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() {
        return None;
    }
    let read = |part: &str| -> Option<Value> {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        value.is_object().then_some(value)
    };
    let (head, claims) = (read(head)?, read(claims)?);
    let expiry = match claims["exp"].as_i64() {
        Some(at) if at < now => format!("exp = {}, expired", date::of_unix(at)),
        Some(at) => format!("exp = {}", date::of_unix(at)),
        None => "without exp".to_owned(),
    };
    Some(if head["alg"] == "HS256" && claims["iss"].is_string() {
        format!("a JWT of a JWT app ({expiry})")
    } else {
        format!("a token ({expiry})")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn jwt(head: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2lnbmF0dXJl", encode(head), encode(claims))
    }

    #[test]
    fn what_is_no_credential_is_told_from_what_may_be_one() {
        let old = jwt(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            r#"{"iss":"key","exp":1672531200}"#,
        );
        let newer = jwt(r#"{"alg":"HS512"}"#, r#"{"aud":"x","exp":1800000000}"#);
        for (value, words) in [
            (
                &*old,
                "a JWT of a JWT app (exp = 2023-01-01 00:00:00 UTC, expired)",
            ),
            (&*format!("Bearer {newer}"), "a token (exp = 2027-01-15"),
            ("\"abcdefghijkl\"", "quotation marks"),
            ("'", "quotation marks"),
            ("your_client_id", "placeholder"),
            ("YOUR_ZOOM_CLIENT_SECRET", "placeholder"),
            ("<account-id>", "placeholder"),
            ("${ZOOM_CLIENT_ID}", "placeholder"),
            ("xxxxxxxx", "placeholder"),
            ("…", "placeholder"),
            ("ZOOM_CLIENT_ID=abcdef", "assignment"),
            ("abc def", "blanks"),
            (" \n", "empty"),
        ] {
            let found = examine("ZOOM_X", "client secret", value, NOW);
            let what = found.first().map(|finding| finding.what.clone());
            let what = what.unwrap_or_default();
            assert!(what.contains(words), "{value:?}: {what:?}");
            assert!(what.starts_with("ZOOM_X "), "{what}");
        }
        for value in [
            "AbCdEfGhIjKlMnOpQrStUv",
            " s3cr3t-_Yourself.x\r\n",
            "a.b.c",
            "yourXk3jd93kdlsD93kdlfpeEKD93kdkwQp",
        ] {
            let found = examine("ZOOM_X", "client secret", value, NOW);
            assert!(found.is_empty(), "{value:?}: {found:?}");
        }
    }

    #[test]
    fn what_stands_around_a_value_is_seen() {
        for (value, expected) in [
            ("abc", None),
            (" abc", Some("blanks")),
            ("abc\n", Some("newline")),
            ("abc\r\n", Some("carriage return")),
            ("\u{feff}abc", Some("byte order mark")),
        ] {
            let found = surroundings(value);
            assert_eq!(found.is_some(), expected.is_some(), "{value:?}");
            assert!(
                found
                    .unwrap_or_default()
                    .contains(expected.unwrap_or_default())
            );
        }
    }
}
