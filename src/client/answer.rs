//! What the API's answers mean.

use serde::Deserialize;

use super::api::ApiRequest;
use crate::error::{Details, Error, ErrorStatus};
use crate::secret::{quote, scrub_bytes};
use crate::token::Token;
use crate::transport::Answer;

/// Bodies longer than this are no error objects and are not searched for one.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// Bytes of an unsuccessful answer that its error keeps.
const ERROR_BODY_KEPT: usize = 1 << 20;

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
    status: u16,
    code: Option<i64>,
    message: String,
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

    fn lacks_scope(&self) -> bool {
        self.message.contains("does not contain scopes")
            || matches!(self.code, Some(4711 | 4700)) && self.message.contains("scope")
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
    fn missing_scopes(&self) -> Vec<String> {
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

/// Puts an unsuccessful answer into an error that says what to do next.
pub(super) fn explain(
    answer: &Answer,
    facts: &Facts,
    body: &[u8],
    request: &ApiRequest,
    token: &Token,
) -> Error {
    let said = quote(&facts.message, &[token.value()]);
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    };
    let code = facts
        .code
        .map(|code| format!(", code {code}"))
        .unwrap_or_default();
    let seen = format!("(HTTP {}{code})", facts.status);
    let purpose = &*request.purpose;
    let wait = answer.retry_after();
    let missing = if facts.lacks_scope() {
        let clean = |scope: String| quote(&scope, &[token.value()]);
        facts
            .missing_scopes()
            .into_iter()
            .map(clean)
            .take(50)
            .collect()
    } else {
        Vec::new()
    };

    let (status, message, hint) = if facts.lacks_scope() {
        (
            ErrorStatus::MissingScope,
            format!("the token lacks the scope {} to {purpose} {seen}", missing.join(", ")),
            "Add the scope to the app in the Zoom App Marketplace, then ask for a new token: only new ones carry it.\nIf the scope is not offered there, the role of the app's owner does not permit it.".to_owned(),
        )
    } else {
        sort_by_status(answer, facts, purpose, &said, &seen)
    };
    let details = Details::new(message)
        .with_hint(hint)
        .with_http_status(facts.status)
        .with_zoom_code(facts.code)
        .with_retry_after(wait)
        .with_retryable(status == ErrorStatus::RateLimited || status.is_retryable())
        .with_tracking_id(answer.tracking_id())
        .with_missing_scopes(missing)
        .with_body(without_token(
            body.get(..ERROR_BODY_KEPT).unwrap_or(body),
            token,
        ));
    Error::new(status, details)
}

fn sort_by_status(
    answer: &Answer,
    facts: &Facts,
    purpose: &str,
    said: &str,
    seen: &str,
) -> (ErrorStatus, String, String) {
    let refused = || format!("Zoom refused to {purpose}{said} {seen}");
    match (facts.status, facts.code) {
        (429, _) if facts.is_daily_limit(answer) => (
            ErrorStatus::RateLimited,
            format!("the account's daily limit for this call is used up{said} {seen}"),
            "It is renewed at midnight UTC; the limit is shared by all apps of the account.".into(),
        ),
        (429, _) => (
            ErrorStatus::RateLimited,
            format!("too many requests at once{said} {seen}"),
            "Send fewer at a time; the limit is shared by all apps of the account.".into(),
        ),
        (500..600, _) => (
            ErrorStatus::Server,
            format!("Zoom failed to {purpose}{said} {seen}"),
            "Try again later; Zoom's state is shown at https://www.zoomstatus.com.".into(),
        ),
        (401 | 403, _) if facts.is_foreign() => not_zooms(seen),
        (404, Some(2300)) => (
            ErrorStatus::NotFound,
            refused(),
            "Zoom knows no such endpoint: check ZOOM_S2S_API_URL, which ends in /v2.".into(),
        ),
        (401, _) | (_, Some(124)) => {
            (ErrorStatus::Unauthorized, format!("the API refused the token{said} {seen}"), String::new())
        }
        (403, _) | (_, Some(200)) => (
            ErrorStatus::Forbidden,
            refused(),
            "The role of the app's owner or the account's plan does not permit it: an administrator can change both.".into(),
        ),
        (300..=399, _) => (
            ErrorStatus::BadResponse,
            format!("the API redirects elsewhere, and the token is not sent along {seen}"),
            "Check ZOOM_S2S_API_URL, and whether a proxy answers in Zoom's place.".into(),
        ),
        _ if facts.is_foreign() => not_zooms(seen),
        (404, _) | (_, Some(1001)) => (ErrorStatus::NotFound, refused(), String::new()),
        _ => (ErrorStatus::Rejected, refused(), String::new()),
    }
}

fn not_zooms(seen: &str) -> (ErrorStatus, String, String) {
    (
        ErrorStatus::BadResponse,
        format!("the answer is not JSON of Zoom's {seen}"),
        "A proxy, captive portal or wrong host may answer in Zoom's place: check ZOOM_S2S_API_URL and the proxy settings.".into(),
    )
}

/// The error after the last token that a call was allowed was refused too.
pub(super) fn unauthorized(error: Error, rejections: u32, signed: bool) -> Error {
    let hint = if signed {
        "Zoom's API no longer accepts JWTs (since 2023-09-08): use Server-to-Server OAuth credentials. Elsewhere, check the API key, the API secret and this machine's clock."
    } else {
        "The app may have been deactivated, or the token endpoint and the API belong to different clouds; this machine's clock plays no part.\nOr another process asks for tokens with the same credentials without sharing them, and each kills the other's: give all one token store, or each an app of its own."
    };
    let details = error.details().clone();
    let message = format!(
        "the API refused {rejections} tokens in a row, the last: {}",
        details.message()
    );
    Error::Unauthorized(details.with_message(message).with_hint(hint))
}

/// A body as received, but for the token that was sent to its sender.
pub(crate) fn without_token(body: &[u8], token: &Token) -> Vec<u8> {
    scrub_bytes(body, token.value())
}
