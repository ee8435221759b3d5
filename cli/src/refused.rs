//! A token that Zoom refused, as it comes on standard input: on the command line `ps` would show it.

use std::io::{self, IsTerminal, Read};

use serde_json::Value;

use crate::failure::Failure;

/// Longer than any token.
const LONGEST: u64 = 64 * 1024;

/// Reads the token from standard input, in any form that `zoom-s2s token` prints.
pub(crate) fn read() -> Result<String, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(usage(
            "--reject reads the refused token from standard input, which is a terminal",
        ));
    }
    let mut bytes = Vec::new();
    let mut limited = stdin.lock().take(LONGEST + 1);
    limited.read_to_end(&mut bytes).map_err(Failure::Input)?;
    if bytes.len() as u64 > LONGEST {
        return Err(usage(
            "--reject: standard input holds more than 64 KiB, which is no token",
        ));
    }
    let text = std::str::from_utf8(&bytes).map(str::trim);
    if text == Ok("") {
        return Err(usage("--reject: standard input is empty"));
    }
    text.ok()
        .and_then(token)
        .ok_or_else(|| usage("--reject: standard input holds something that is no token"))
}

/// The token of a line or an object; `None` if there is none in it.
fn token(text: &str) -> Option<String> {
    if text.starts_with('{') {
        let object: Value = serde_json::from_str(text).ok()?;
        return bare(object.get("access_token")?.as_str()?);
    }
    bare(text)
}

/// The token without what stands before it in a header.
fn bare(text: &str) -> Option<String> {
    let value = after(text, "authorization:").unwrap_or(text).trim();
    let value = match after(value, "bearer") {
        Some(token) if token.is_empty() || token.starts_with([' ', '\t']) => token.trim(),
        _ => value,
    };
    let is_token = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic());
    is_token.then(|| value.to_owned())
}

/// What follows `prefix`, whose letters may be of either case, as in HTTP.
fn after<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn usage(message: &'static str) -> Failure {
    Failure::Usage {
        message,
        hint: "Pipe in what `zoom-s2s token` printed, in whichever form: \
               printf '%s' \"$token\" | zoom-s2s token --reject",
    }
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn every_form_is_understood() {
        for text in [
            "eyJ.a-b_c",
            "Bearer eyJ.a-b_c",
            "bearer \t eyJ.a-b_c",
            "Authorization: Bearer eyJ.a-b_c",
            "authorization:bearer eyJ.a-b_c",
            r#"{"access_token": "eyJ.a-b_c", "expires_in": 3599}"#,
            "{\n  \"access_token\": \"Bearer eyJ.a-b_c\"\n}",
        ] {
            assert_eq!(token(text).as_deref(), Some("eyJ.a-b_c"), "{text}");
        }
        assert_eq!(token("bearerless").as_deref(), Some("bearerless"));
    }

    #[test]
    fn what_is_no_token_is_not_taken_for_one() {
        for text in [
            "two words",
            "two\nlines",
            "a\u{7}b",
            "a\0b",
            "tökén",
            "Bearer",
            "Authorization:",
            "Authorization: Basic dXNlcg==",
            "Authorization: Bearer a\r\nAccept: b",
            "{",
            "{}",
            r#"{"access_token": 7}"#,
            r#"{"access_token": "a b"}"#,
            r#"{"access_token": ""}"#,
        ] {
            assert_eq!(token(text), None, "{text:?}");
        }
    }
}
