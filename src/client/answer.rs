//! What the API's refusals mean, and what to do about each.

use super::api::ApiRequest;
use super::facts::Facts;
use crate::error::{Details, Error, ErrorStatus};
use crate::secret::{quote, scrub_bytes};
use crate::token::Token;
use crate::transport::Answer;

/// Seconds that clocks may differ without doing harm.
const CLOCK_TOLERANCE: i64 = 60;

/// How the message of a refused token begins.
const TOKEN_REFUSED: &str = "the API refused the token";

/// Bytes of an unsuccessful answer that its error keeps.
const ERROR_BODY_KEPT: usize = 1 << 20;

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
            match missing.as_slice() {
                [] => format!("the token lacks a scope to {purpose}{said} {seen}"),
                missing => format!("the token lacks the scope {} to {purpose} {seen}", missing.join(", ")),
            },
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
            format!("the daily limit for this call is used up{said} {seen}"),
            "It is renewed at midnight UTC. Unless Zoom's words say otherwise, it is shared by all apps of the account.".into(),
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
            (ErrorStatus::Unauthorized, format!("{TOKEN_REFUSED}{said} {seen}"), String::new())
        }
        (_, Some(200)) if facts.names("api key or secret") => (
            ErrorStatus::Credentials,
            format!("the API does not take tokens of this kind{said} {seen}"),
            "Tokens must be asked for with grant_type=account_credentials, as this library does: check that the token endpoint is Zoom's.".into(),
        ),
        (403, _) | (_, Some(200)) if facts.names("paid") || facts.names("plan") => (
            ErrorStatus::Forbidden,
            refused(),
            "The account's plan does not include it: an owner of the account can change the plan.".into(),
        ),
        (403, _) | (_, Some(200)) => (
            ErrorStatus::Forbidden,
            refused(),
            "The role of the app's owner does not permit it: an administrator can give that role the permission, after which a new token is needed.".into(),
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

/// The error after the last token that a call was allowed was refused too. `ahead`: how many seconds
/// Zoom's clock is ahead of this machine's, where that is known.
pub(super) fn unauthorized(
    error: Error,
    rejections: u32,
    signed: bool,
    ahead: Option<i64>,
) -> Error {
    let hint = match (signed, ahead) {
        // A JWT's expiry is stated by this machine's clock; other tokens' by Zoom's.
        (true, Some(ahead)) if ahead.abs() > CLOCK_TOLERANCE => format!(
            "This machine's clock is {} s {} Zoom's: set it, since JWTs expire by it.",
            ahead.abs(),
            if ahead > 0 { "behind" } else { "ahead of" },
        ),
        (true, _) => "Zoom's API no longer accepts JWTs (since 2023-09-08): use Server-to-Server OAuth credentials. Elsewhere, check the API key and the API secret.".to_owned(),
        (false, _) => "The app may have been deactivated, or the token endpoint and the API belong to different clouds (ZOOM_S2S_CLOUD); this machine's clock plays no part.\nOr another process asks for tokens with the same credentials without sharing them, and each kills the other's: give all one token store, or each an app of its own.".to_owned(),
    };
    let details = error.details().clone();
    let said = details.message();
    let rest = match said.strip_prefix(TOKEN_REFUSED) {
        Some(rest) => rest.to_owned(),
        None => format!(": {said}"),
    };
    let message = match rejections {
        2.. if !signed => format!("the API refused {rejections} tokens in a row, the last{rest}"),
        // Those that were signed here are all alike.
        _ => format!("{TOKEN_REFUSED}{rest}"),
    };
    Error::Unauthorized(details.with_message(message).with_hint(hint))
}

/// A body as received, but for the token that was sent to its sender.
pub(crate) fn without_token(body: &[u8], token: &Token) -> Vec<u8> {
    scrub_bytes(body, token.value())
}
