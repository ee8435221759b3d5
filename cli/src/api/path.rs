//! The PATH of a request, in the spellings that people paste.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::unusable;
use crate::failure::Failure;

/// Where Zoom's documents say that the API is, whichever API the settings name.
const DOCUMENTED: &str = "https://api.zoom.us/v2";
const GOVERNMENT: &str = "zoomgov.com";

/// A path below the API's base, with names in braces, and the decoded query that stood behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
}

/// `api_url`: the API's base, the only one that a token is ever sent to.
pub(super) fn parse(text: &str, api_url: &str) -> Result<Target, Failure> {
    if text.trim().is_empty() {
        return unusable("PATH is empty", "Give one, such as /users/me.");
    }
    if text.contains('#') {
        return unusable(
            "PATH has a # in it, behind which nothing is sent",
            "Leave it out. As part of a value it is given with -f KEY=VALUE, or written %23.",
        );
    }
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    let path = below(place, api_url)?;
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = match path.strip_prefix("v2") {
        Some("") => "",
        Some(rest) => rest.strip_prefix('/').unwrap_or(path),
        None => path,
    };
    Ok(Target {
        path: format!("/{path}"),
        query: pairs(query)?,
    })
}

/// What stands behind the API's base, if `place` is a URL; else all of it.
fn below<'p>(place: &'p str, api_url: &str) -> Result<&'p str, Failure> {
    let own = api_url.trim_end_matches('/');
    // Clouds never mix: what is asked of one of them is not sent to the other.
    let documented = (!own.contains(GOVERNMENT)).then_some(DOCUMENTED);
    for base in std::iter::once(own).chain(documented) {
        let bare = base.split_once("://").map_or(base, |(_, bare)| bare);
        for base in [base, bare] {
            if let Some((start, rest)) = place.split_at_checked(base.len())
                && start.eq_ignore_ascii_case(base)
                && (rest.is_empty() || rest.starts_with('/'))
            {
                return Ok(rest);
            }
        }
    }
    let Some((_, elsewhere)) = place.split_once("://") else {
        return Ok(place);
    };
    let host = elsewhere.split('/').next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    unusable(
        format!("PATH leads to {host}, and the token is sent to {own} alone"),
        "Give the path alone, such as /users/me. ZOOM_S2S_CLOUD and ZOOM_S2S_API_URL say where the API is.",
    )
}

fn pairs(query: &str) -> Result<Vec<(String, String)>, Failure> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, Failure> {
    let text = text.replace('+', " ");
    match percent_decode_str(&text).decode_utf8() {
        Ok(text) => Ok(Cow::into_owned(text)),
        Err(_) => unusable(
            "the query in PATH is not UTF-8 once it is decoded",
            "Give its parameters with -f KEY=VALUE, unencoded.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZOOM: &str = "https://api.zoom.us/v2";
    const SANDBOX: &str = "http://127.0.0.1:8080/v2";
    const GOV: &str = "https://api.zoomgov.com/v2";

    #[test]
    fn spellings_of_one_path() {
        for (text, api_url) in [
            ("/users/{userId}", ZOOM),
            ("users/{userId}", ZOOM),
            ("/v2/users/{userId}", ZOOM),
            ("v2/users/{userId}", ZOOM),
            ("https://api.zoom.us/v2/users/{userId}", ZOOM),
            ("HTTPS://API.Zoom.us/v2/users/{userId}", ZOOM),
            ("api.zoom.us/v2/users/{userId}", ZOOM),
            ("https://api.zoom.us/v2/users/{userId}", SANDBOX),
            ("http://127.0.0.1:8080/v2/users/{userId}", SANDBOX),
            ("https://api.zoomgov.com/v2/users/{userId}", GOV),
        ] {
            let target = parse(text, api_url).expect(text);
            assert_eq!(target.path, "/users/{userId}", "{text}");
            assert_eq!(target.query, [], "{text}");
        }
        // What only begins like it stays, and the SDK has its say.
        for (text, path) in [
            ("/v2x/users", "/v2x/users"),
            ("//evil.example/users", "//evil.example/users"),
            ("/users/", "/users/"),
        ] {
            assert_eq!(parse(text, ZOOM).expect(text).path, path);
        }
    }

    #[test]
    fn other_hosts_are_refused() {
        for (text, api_url) in [
            ("https://evil.example/v2/users", ZOOM),
            ("https://api.zoom.us.evil.example/v2/users", ZOOM),
            ("https://api.zoom.us/v2.evil/users", ZOOM),
            ("https://api.zoom.us@evil.example/v2/users", ZOOM),
            ("http://api.zoom.us/v2/users", ZOOM),
            ("https://api.zoom.us/scim2/Users", ZOOM),
            ("https://api.zoomgov.com/v2/users", ZOOM),
            ("https://api.zoom.us/v2/users", GOV),
        ] {
            let failure = parse(text, api_url).expect_err(text).text();
            assert!(failure.contains("the token is sent to"), "{failure}");
        }
        let told = parse("https://u:secret@host/x?access_token=secret", ZOOM).expect_err("refused");
        assert!(!told.text().contains("secret"), "{}", told.text());
    }

    #[test]
    fn queries_are_decoded() {
        let target = parse("/users?status=inactive&&a%20b=c%26d+e&flag&x==", ZOOM).expect("a path");
        let query: Vec<(&str, &str)> = target
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            query,
            [
                ("status", "inactive"),
                ("a b", "c&d e"),
                ("flag", ""),
                ("x", "=")
            ]
        );
        for text in ["", " ", "/users?a=%ff", "/users#top", "/users?a=b#c"] {
            assert!(parse(text, ZOOM).is_err(), "{text}");
        }
    }
}
