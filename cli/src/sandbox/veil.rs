//! What of a request may be shown: the old program may send real secrets, also in the wrong place.
//!
//! Values are shown only where the name says what they are, and nothing is shown that is as long and
//! as random as a secret. Zoom's secrets have 32 characters and more, its IDs 22.

use zoom_s2s_sandbox::Credentials;

/// What has so many characters without a break, digits and letters among them, may be a secret.
const SUSPICIOUS: usize = 26;
/// No parameter of those below has a longer value.
const LONGEST: usize = 48;

/// What the value of a parameter is made of, if it is what its name says.
type Kind = fn(char) -> bool;
const NUMBER: Kind = |c| c.is_ascii_digit();
const DATE: Kind = |c| c.is_ascii_digit() || "-:.+TZ ".contains(c);
const WORDS: Kind = |c| c.is_ascii_lowercase() || "_,".contains(c);
const ID: Kind = |c| c.is_ascii_alphanumeric() || "_-".contains(c);

/// Parameters whose values are no secrets and worth seeing.
const PLAIN: &[(&str, Kind)] = &[
    ("action", WORDS),
    ("from", DATE),
    ("grant_type", WORDS),
    ("include_fields", WORDS),
    ("index", NUMBER),
    ("license", WORDS),
    ("page_number", NUMBER),
    ("page_size", NUMBER),
    ("role_id", ID),
    ("status", WORDS),
    ("to", DATE),
    ("token_index", NUMBER),
    ("type", |c| WORDS(c) || NUMBER(c)),
];

/// `text` without the words that may be secrets.
pub(super) fn text(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-+=~%".contains(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest.find(is_word).unwrap_or(rest.len());
        shown.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if is_suspicious(word) {
            shown.push_str(&hidden(word));
        } else {
            shown.push_str(word);
        }
        rest = after;
    }
    shown
}

fn is_suspicious(word: &str) -> bool {
    word.len() >= SUSPICIOUS
        && word.contains(|c: char| c.is_ascii_digit())
        && word.contains(|c: char| c.is_ascii_alphabetic())
}

fn hidden(text: &str) -> String {
    format!("<{} characters>", text.chars().count())
}

/// A parameter of a query or a form, as `name=value`.
pub(super) fn parameter(name: &str, value: &str, keys: Option<&Credentials>) -> String {
    let own = |name: &str| match name {
        "account_id" => keys.map(|keys| &*keys.account_id),
        "client_id" => keys.map(|keys| &*keys.client_id),
        "api_key" => keys.map(|keys| &*keys.api_key),
        _ => None,
    };
    let value = if value.is_empty() {
        String::new()
    } else if own(name) == Some(value) {
        "<the sandbox's>".to_owned()
    } else if own(name).is_some_and(|own| own == value.trim()) {
        "<the sandbox's, with blanks around it>".to_owned()
    } else if value == "[redacted]" {
        "<not shown>".to_owned()
    } else if is_plain(name, value) {
        text(value)
    } else {
        hidden(value)
    };
    let name: String = name.chars().take(LONGEST).collect();
    format!("{}={value}", text(&name))
}

fn is_plain(name: &str, value: &str) -> bool {
    let mut known = PLAIN.iter().filter(|(known, _)| *known == name);
    value.len() <= LONGEST && known.any(|(_, kind)| value.trim().chars().all(kind))
}

/// The issuer of a JWT: an API key, unless somebody has mistaken the secret for it.
pub(super) fn issuer(issuer: &str, keys: Option<&Credentials>) -> String {
    if keys.is_some_and(|keys| keys.api_key == issuer) {
        return "the sandbox's API key".to_owned();
    }
    let start: String = issuer.chars().take(4).collect();
    format!("{start}… ({} characters)", issuer.chars().count())
}

#[cfg(test)]
mod tests {
    use super::{parameter, text};

    #[test]
    fn nothing_as_long_and_random_as_a_secret_is_shown() {
        let secret = "q3Xk0vTz81LmPq7YwRb2NcVd9HfGsJ4e";
        for (given, shown) in [
            ("python-requests/2.31.0", "python-requests/2.31.0"),
            (
                "Our-Company-Integration-With-Zoom/1.2",
                "Our-Company-Integration-With-Zoom/1.2",
            ),
            (
                "/v2/users/z8yCxTTTTSiw02QgCAp8uQ",
                "/v2/users/z8yCxTTTTSiw02QgCAp8uQ",
            ),
            ("/v2/users/zoë@example.com", "/v2/users/zoë@example.com"),
            (&format!("/v2/{secret}/x"), "/v2/<32 characters>/x"),
            (
                &format!("curl {secret}, {secret}"),
                "curl <32 characters>, <32 characters>",
            ),
            ("/q3Xk0vTz%381LmPq7YwRb2%4EcVd9HfGsJ4e", "/<36 characters>"),
        ] {
            assert_eq!(text(given), shown);
        }
        for (name, value, shown) in [
            ("page_size", "300", "page_size=300"),
            ("page_size", "hunter2", "page_size=<7 characters>"),
            ("from", "2024-01-31T00:00:00Z", "from=2024-01-31T00:00:00Z"),
            ("from", "hunter2", "from=<7 characters>"),
            ("status", "hunter2", "status=<7 characters>"),
            ("type", "8", "type=8"),
            ("page_size", secret, "page_size=<32 characters>"),
            ("account_id", secret, "account_id=<32 characters>"),
            ("zak", "short", "zak=<5 characters>"),
            ("client_secret", "[redacted]", "client_secret=<not shown>"),
            (secret, "1", "<32 characters>=<1 characters>"),
            ("next_page_token", "", "next_page_token="),
        ] {
            assert_eq!(parameter(name, value, None), shown);
        }
    }
}
