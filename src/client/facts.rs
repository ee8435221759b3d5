//! What an answer of the API says of itself, before it is judged.

use serde::Deserialize;

use crate::transport::Answer;

/// Bodies longer than this are no error objects and are not searched for one.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// The API's form of error: `code` with `message`, or in some places `error_message`.
#[derive(Default, Deserialize)]
struct Body {
    code: Option<i64>,
    message: Option<String>,
    error_message: Option<String>,
    // Read by itself: whatever it holds, the code must not be lost over it.
    #[serde(default)]
    errors: serde_json::Value,
}

#[derive(Deserialize)]
struct FieldProblem {
    #[serde(default)]
    field: String,
    #[serde(default)]
    message: String,
}

/// What an answer says of itself.
pub(super) struct Facts {
    pub(super) status: u16,
    pub(super) code: Option<i64>,
    pub(super) message: String,
    is_zooms: bool,
    is_empty: bool,
}

impl Facts {
    pub(super) fn read(answer: &Answer, body: &[u8]) -> Facts {
        let status = answer.status;
        // Successful pages are long and are read by their own reader; errors are short.
        let looked = if body.len() <= ERROR_BODY_LIMIT && (status != 200 || body.len() < 4096) {
            serde_json::from_slice::<Body>(body).ok()
        } else {
            None
        };
        let found = looked.unwrap_or_default();
        let is_zooms =
            found.code.is_some() || found.message.is_some() || found.error_message.is_some();
        let mut message = found.message.or(found.error_message).unwrap_or_default();
        let problems: Vec<FieldProblem> = serde_json::from_value(found.errors).unwrap_or_default();
        for problem in problems {
            message.push_str(&format!(" [{}: {}]", problem.field, problem.message));
        }
        Facts {
            status,
            code: found.code,
            message,
            is_zooms,
            is_empty: body.is_empty(),
        }
    }

    /// An error body is an error also under HTTP 200: it has a code and a message.
    pub(super) fn is_success(&self) -> bool {
        let disguised =
            self.code.is_some_and(|code| code != 0 && code != 200) && !self.message.is_empty();
        (200..300).contains(&self.status) && !disguised
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
            && (self.message.contains("daily")
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
