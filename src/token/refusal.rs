//! What the token endpoint's refusals mean, and what to do about each.

use serde::Deserialize;

use super::endpoint::{Names, Presented};
use crate::error::{Details, Error, ErrorStatus};
use crate::secret::quote;
use crate::transport::{Answer, BaseUrl};

/// The endpoint's own form of error; the API's is another one.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    error: String,
}

/// Puts an answer that is no token into an error that names the cure.
pub(super) fn explain(
    base: &BaseUrl,
    names: &Names,
    answer: &Answer,
    body: &[u8],
    presented: &Presented,
) -> Error {
    let url = base.join("/oauth/token");
    let http = answer.status;
    let wait = answer.retry_after();
    let refusal = serde_json::from_slice::<Refusal>(body)
        .ok()
        .filter(|refusal| !refusal.error.is_empty() || !refusal.reason.is_empty());
    let oauth_error = refusal.as_ref().map(|refusal| refusal.error.clone());
    let (status, message, hint) = match (http, &refusal) {
        (429, _) => (
            ErrorStatus::RateLimited,
            format!("{url} is asked too often (HTTP 429)"),
            "Share one token between the processes that use this app, instead of one token each.".to_owned(),
        ),
        (500..600, _) => (
            ErrorStatus::Server,
            format!("{url} failed (HTTP {http})"),
            "Try again later; Zoom's state is shown at https://www.zoomstatus.com.".to_owned(),
        ),
        (300..400, _) => (
            ErrorStatus::BadResponse,
            format!("{url} redirects elsewhere (HTTP {http}); credentials are not sent along"),
            "Check ZOOM_S2S_OAUTH_URL, and whether a proxy or captive portal answers in Zoom's place.".to_owned(),
        ),
        (_, None) => (
            ErrorStatus::BadResponse,
            format!("{url} answered with something other than JSON of Zoom's (HTTP {http})"),
            "A proxy, captive portal or wrong host may answer in Zoom's place: check ZOOM_S2S_OAUTH_URL and the proxy settings.".to_owned(),
        ),
        (_, Some(refusal)) => {
            let (message, hint) = judge(&url, http, refusal, names, presented);
            (ErrorStatus::Credentials, message, hint)
        }
    };
    let details = Details::new(message)
        .with_hint(hint)
        .with_http_status(http)
        .with_oauth_error(oauth_error.map(|code| clean(&code, presented)))
        .with_retry_after(wait)
        .with_tracking_id(answer.tracking_id());
    Error::new(status, details)
}

fn judge(
    url: &str,
    http: u16,
    refusal: &Refusal,
    names: &Names,
    presented: &Presented,
) -> (String, String) {
    let reason = refusal.reason.to_ascii_lowercase();
    let code = clean(&refusal.error, presented);
    let facts = format!("(HTTP {http}, {code})");
    match refusal.error.as_str() {
        "invalid_client" if reason.contains("disabled") => (
            format!("the app is disabled or was never activated, says {url} {facts}"),
            "Activate the app in the Zoom App Marketplace: Manage, Build App, the app's Activation page.".to_owned(),
        ),
        "invalid_client" if reason.contains("client credentials") => (
            format!("the client ID and secret did not reach {url} {facts}"),
            "A proxy may strip the Authorization header: check what stands between this machine and Zoom.".to_owned(),
        ),
        "invalid_client" => (
            format!("the client secret was refused by {url} {facts}"),
            format!(
                "Compare {} with the app's credentials page; a regenerated secret replaces the old one at once.\nIf the secret is right, {} is not this app's, or the account is one of Zoom for Government (ZOOM_S2S_CLOUD=government).",
                names.client_secret, names.client_id
            ),
        ),
        "unsupported_grant_type" => (
            format!("the app is not a Server-to-Server OAuth app, says {url} {facts}"),
            "Build a Server-to-Server OAuth app in the Zoom App Marketplace and use its credentials.".to_owned(),
        ),
        "invalid_request" => (
            format!("the account ID was refused by {url} {facts}"),
            format!(
                "Compare {} with the account ID on the app's credentials page; it is neither the account number nor the client ID.",
                names.account_id
            ),
        ),
        _ => (
            format!("{url} refused the credentials: {} {facts}", clean(&refusal.reason, presented)),
            "Look up the app's credentials page in the Zoom App Marketplace.".to_owned(),
        ),
    }
}

/// The peer's words without what was sent to it.
fn clean(text: &str, presented: &Presented) -> String {
    quote(
        text,
        &[presented.pair().expose(), presented.client_secret.expose()],
    )
}
