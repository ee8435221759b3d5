//! Asking Zoom's token endpoint for a token, and handing one back.
//!
//! See <https://developers.zoom.us/docs/internal-apps/s2s-oauth/>; errors follow RFC 6749, 5.2.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use ureq_proto::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ureq_proto::http::{HeaderMap, HeaderValue, Method};
use zeroize::Zeroizing;

use super::machine::Moment;
use super::refusal;
use super::value::Token;
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::random;
use crate::secret::Secret;
use crate::stats::Counter;
use crate::transport::{self, Answer, BaseUrl, Outgoing, Trouble, encode};

/// Life of a token whose answer does not tell.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);
/// Longest life that is believed; Zoom's tokens live an hour.
pub(super) const LONGEST_LIFE: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The credentials as read for one request.
#[derive(PartialEq, Eq)]
pub(crate) struct Presented {
    pub(crate) account_id: Secret,
    pub(crate) client_id: Secret,
    pub(crate) client_secret: Secret,
}

impl Presented {
    /// The base64 text of the Basic header. A `:` in the client ID would shift the boundary; Zoom's
    /// have none.
    pub(super) fn pair(&self) -> Secret {
        let pair = Zeroizing::new(format!(
            "{}:{}",
            self.client_id.expose(),
            self.client_secret.expose()
        ));
        Secret::new(STANDARD.encode(pair.as_bytes()))
    }

    fn basic(&self) -> Result<HeaderValue> {
        let value = Zeroizing::new(format!("Basic {}", self.pair().expose()));
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| Error::Internal(Details::new("the Basic header could not be made")))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Names of the credentials, for errors: the variables or files they came from.
pub(crate) struct Names {
    pub(crate) account_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// Where tokens are asked for.
pub(crate) struct Endpoint {
    pub(crate) base: BaseUrl,
    pub(crate) names: Names,
}

impl Endpoint {
    /// Asks for a token, again where a retry may help and the call's deadline allows.
    pub(crate) fn request(&self, call: Call<'_>, presented: &Presented) -> Result<Token> {
        let form = Zeroizing::new(format!(
            "grant_type=account_credentials&account_id={}",
            encode(presented.account_id.expose())
        ));
        let mut attempt = 1;
        loop {
            call.check()?;
            // The token's life counts from before the request, whatever the answer's way took.
            let sent_at = Moment::now();
            call.epoch.stats().add(Counter::TokenRequests);
            let (error, trouble) = match self.post(call, "/oauth/token", presented, &form) {
                Ok((answer, body)) => match self.read_token(&answer, &body, presented, sent_at) {
                    Ok(token) => return Ok(token),
                    Err(error) => {
                        let trouble = trouble(&answer, &error);
                        (error, trouble)
                    }
                },
                Err(failure) if matches!(failure.error, Error::Network(_)) => {
                    let retry = failure.error.is_retryable();
                    let broken = Trouble::Broken { sent: failure.sent };
                    (failure.error, if retry { broken } else { Trouble::Final })
                }
                Err(failure) => (failure.error, Trouble::Final),
            };
            if matches!(trouble, Trouble::Busy { .. }) {
                call.epoch.stats().add(Counter::RateLimited);
            }
            // Asking twice for a token does no harm: the later one counts.
            match transport::pause(trouble, true, attempt, call.left(), random::unit()) {
                Some(pause) => {
                    log::info!(target: crate::LOG, "token request failed, next attempt in {pause:?}: {}", error.message());
                    call.pause(pause)?;
                }
                None => {
                    let cut_short =
                        transport::pause(trouble, true, attempt, Duration::MAX, 0.0).is_some();
                    return Err(error.map_details(|details| details.with_cut_short(cut_short)));
                }
            }
            call.epoch.stats().add(Counter::Retries);
            attempt += 1;
        }
    }

    /// Tells Zoom to forget a token (RFC 7009).
    pub(crate) fn revoke(
        &self,
        call: Call<'_>,
        presented: &Presented,
        token: &Token,
    ) -> Result<()> {
        let form = Zeroizing::new(format!("token={}", encode(token.value())));
        let (answer, body) = self
            .post(call, "/oauth/revoke", presented, &form)
            .map_err(|failure| failure.error)?;
        match answer.status {
            200..300 => Ok(()),
            _ => Err(refusal::explain(
                &self.base,
                &self.names,
                &answer,
                &body,
                presented,
            )),
        }
    }

    fn post(
        &self,
        call: Call<'_>,
        path: &str,
        presented: &Presented,
        form: &str,
    ) -> Result<(Answer, Zeroizing<Vec<u8>>), transport::Failure> {
        let mut headers = HeaderMap::new();
        let basic = presented
            .basic()
            .map_err(|error| transport::Failure { error, sent: false })?;
        headers.insert(AUTHORIZATION, basic);
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let url = self.base.join(path);
        // Large enough for any token seen, so that no unwiped copy is left behind by growing.
        let mut body = Zeroizing::new(Vec::with_capacity(32 * 1024));
        let outgoing = Outgoing {
            method: &Method::POST,
            url: &url,
            headers,
            body: Some(form.as_bytes()),
        };
        let answer = call.epoch.exchange(outgoing, call.deadline, &mut body)?;
        log::debug!(target: crate::LOG, "POST {url}: HTTP {}", answer.status);
        Ok((answer, body))
    }

    fn read_token(
        &self,
        answer: &Answer,
        body: &[u8],
        presented: &Presented,
        sent_at: Moment,
    ) -> Result<Token> {
        let refuse = |why: &str| {
            let message = format!("the token endpoint {} {why}", self.base.as_str());
            Err(Error::BadResponse(
                Details::new(message)
                    .with_http_status(answer.status)
                    .with_tracking_id(answer.tracking_id())
                    .with_retryable(true)
                    .with_hint("Try again; if it stays, ask Zoom's support with the tracking ID."),
            ))
        };
        if answer.status != 200 {
            return Err(refusal::explain(
                &self.base,
                &self.names,
                answer,
                body,
                presented,
            ));
        }
        let Ok(issued) = serde_json::from_slice::<Issued>(body) else {
            return Err(refusal::explain(
                &self.base,
                &self.names,
                answer,
                body,
                presented,
            ));
        };
        let value = Secret::new(issued.access_token);
        let usable = !value.expose().is_empty()
            && value.expose().bytes().all(|byte| byte.is_ascii_graphic());
        if !usable {
            return refuse("sent an empty or unusable token");
        }
        let life = match issued.expires_in {
            None | Some(Value::Null) => DEFAULT_LIFE,
            Some(seconds) => match whole_seconds(&seconds) {
                Some(seconds) if seconds > 0 => Duration::from_secs(seconds),
                _ => return refuse("sent a token that is expired already"),
            },
        };
        Ok(Token::new(
            value.expose(),
            issued.scope.unwrap_or_default(),
            issued.api_url,
            sent_at,
            life,
        ))
    }
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    expires_in: Option<Value>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    api_url: Option<String>,
}

/// `expires_in` as a number or as a number's text; bounded, so that adding it to a clock is safe.
fn whole_seconds(value: &Value) -> Option<u64> {
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
        .or_else(|| value.as_str()?.trim().parse().ok())?;
    u64::try_from(seconds)
        .ok()
        .map(|seconds| seconds.min(LONGEST_LIFE.as_secs()))
}

fn trouble(answer: &Answer, error: &Error) -> Trouble {
    let wait = answer.retry_after();
    match (answer.status, error) {
        (429, _) => Trouble::Busy { retry_after: wait },
        (500..600, _) => Trouble::Server { retry_after: wait },
        _ => Trouble::Final,
    }
}
