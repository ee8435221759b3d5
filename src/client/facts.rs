//! What an answer of the API says of itself, before it is judged.

use serde_json::Value;

use crate::json::integer;
use crate::transport::Answer;

/// Bodies longer than this are no error objects and are not searched for one.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// The API's form of error is `code` with `message`; other spellings have been seen.
const CODES: [&str; 2] = ["code", "errorCode"];
const MESSAGES: [&str; 4] = ["message", "error_message", "errorMessage", "reason"];

/// What an answer says of itself.
pub(super) struct Facts {
    pub(super) status: u16,
    pub(super) code: Option<i64>,
    pub(super) message: String,
    is_zooms: bool,
    is_empty: bool,
    is_html: bool,
}

impl Facts {
    pub(super) fn read(answer: &Answer, body: &[u8]) -> Facts {
        let status = answer.status;
        // Successful pages are long and are read by their own reader; errors are short.
        let looked = if body.len() <= ERROR_BODY_LIMIT && (status != 200 || body.len() < 4096) {
            serde_json::from_slice::<Value>(body).unwrap_or_default()
        } else {
            Value::Null
        };
        // Member by member: whatever else the body holds, the code must not be lost over it.
        let code = CODES.iter().find_map(|name| whole_number(&looked[*name]));
        let said = MESSAGES.iter().find_map(|name| looked[*name].as_str());
        let mut message = said.unwrap_or_default().to_owned();
        for problem in looked["errors"].as_array().into_iter().flatten() {
            let text = |name: &str| problem[name].as_str().unwrap_or_default();
            if !text("message").is_empty() {
                message.push_str(&format!(" [{}: {}]", text("field"), text("message")));
            }
        }
        let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
        Facts {
            status,
            code,
            is_zooms: code.is_some() || said.is_some(),
            is_empty: body.is_empty(),
            is_html: start == Some(&b'<'),
            message,
        }
    }

    /// An error body is an error also under HTTP 200: it has a code and a message.
    pub(super) fn is_success(&self) -> bool {
        let disguised =
            self.code.is_some_and(|code| code != 0 && code != 200) && !self.message.is_empty();
        (200..300).contains(&self.status) && !disguised && !self.is_html
    }

    pub(super) fn rejects_token(&self) -> bool {
        (self.status == 401 || self.code == Some(124)) && !self.lacks_scope()
    }

    /// Whether somebody else than Zoom seems to have answered. Zoom's bodies may be empty, but they are
    /// not HTML.
    pub(super) fn is_foreign(&self) -> bool {
        !self.is_zooms && !self.is_empty
    }

    pub(super) fn lacks_scope(&self) -> bool {
        self.message.contains("does not contain scopes")
            || matches!(self.code, Some(4711 | 4700)) && self.message.contains("scope")
    }

    /// Whether the message holds these words, in any case of letters.
    pub(super) fn names(&self, words: &str) -> bool {
        self.message.to_ascii_lowercase().contains(words)
    }

    /// Daily limits last until midnight; the others pass within seconds.
    pub(super) fn is_daily_limit(&self, answer: &Answer) -> bool {
        self.status == 429
            && (self.names("daily")
                || answer
                    .header("x-ratelimit-type")
                    .is_some_and(|kind| kind.to_ascii_lowercase().contains("daily")))
    }

    /// The scopes between the brackets of a missing-scope message.
    pub(super) fn missing_scopes(&self) -> Vec<String> {
        let Some((_, rest)) = self.message.split_once("scopes:") else {
            return Vec::new();
        };
        let list = rest
            .trim_start_matches('[')
            .split(']')
            .next()
            .unwrap_or_default();
        list.split(',')
            .map(|scope| scope.trim().trim_end_matches('.').to_owned())
            .filter(|scope| !scope.is_empty())
            .collect()
    }
}

/// A code as a number, or as a number's text.
fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => integer(&number.to_string()),
        Value::String(text) => integer(text),
        _ => None,
    }
}
