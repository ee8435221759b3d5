//! One request to the API: token, retries, and refused tokens.

use ureq_proto::http::header::AUTHORIZATION;
use ureq_proto::http::{HeaderMap, HeaderValue, Method};

use super::answer;
use super::core::{Core, Now};
use super::facts::Facts;
use crate::call::Call;
use crate::error::{Details, Error, Result};
use crate::random;
use crate::stats::Counter;
use crate::token::{Token, Want};
use crate::transport::{self, Answer, Outgoing, Trouble};

/// How many refused tokens a call puts up with: fresh ones from the endpoint may be killed by
/// another process, self-signed ones are all alike.
const REJECTIONS: u32 = 3;
const SIGNED_REJECTIONS: u32 = 2;

/// A request to the API, before it has a token and a host.
pub(crate) struct ApiRequest {
    pub(crate) method: Method,
    /// Path below the API's base, beginning with a slash, and query; both encoded.
    pub(crate) path: String,
    /// What it is for, in errors: "list users", "POST /users/{userId}/meetings".
    pub(crate) purpose: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

/// What has become of a request over its attempts.
#[derive(Default)]
struct Course {
    /// Something may have been changed.
    touched: bool,
    /// The last thing that Zoom said.
    answered: Option<Error>,
}

impl ApiRequest {
    /// A request that only reads.
    pub(crate) fn get(path: String, purpose: &str) -> ApiRequest {
        ApiRequest {
            method: Method::GET,
            path,
            purpose: purpose.to_owned(),
            headers: HeaderMap::new(),
            body: None,
        }
    }

    fn writes(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD)
    }

    fn repeatable(&self) -> bool {
        matches!(
            self.method,
            Method::GET | Method::HEAD | Method::PUT | Method::DELETE
        )
    }
}

impl Core {
    /// Sends `request` until it succeeds, fails for good, or is out of time. The answer's body is in
    /// `body`; the token is the one that was good for it. After an error `body` means nothing.
    pub(crate) fn send(
        &self,
        call: Call<'_>,
        now: &Now,
        request: &ApiRequest,
        body: &mut Vec<u8>,
    ) -> Result<(Answer, Token)> {
        let mut course = Course::default();
        let result = self.send_until_settled(call, now, request, body, &mut course);
        result.map_err(|error| {
            let error = match (error, course.answered) {
                // The last attempt ran into the deadline; what Zoom said to the one before is the
                // better answer.
                (Error::Timeout(_), Some(answered)) => answered,
                (error, _) => error,
            };
            error.map_details(|details| details.with_in_doubt(course.touched))
        })
    }

    fn send_until_settled(
        &self,
        call: Call<'_>,
        now: &Now,
        request: &ApiRequest,
        body: &mut Vec<u8>,
        course: &mut Course,
    ) -> Result<(Answer, Token)> {
        let limit = if self.source.issuer.signs_locally() {
            SIGNED_REJECTIONS
        } else {
            REJECTIONS
        };
        let mut rejections = 0;
        let mut refusal: Option<(Error, Option<i64>)> = None;
        let mut attempt = 1;
        loop {
            call.check()?;
            let token = self.token(call, now, Want::Any).map_err(|error| {
                match (error, refusal.take()) {
                    // That fresh tokens are refused is known; what Zoom said of it is the better answer.
                    (Error::Unauthorized(_), Some((refusal, ahead))) => answer::unauthorized(
                        refusal,
                        rejections,
                        self.source.issuer.signs_locally(),
                        ahead,
                    ),
                    (error, _) => error,
                }
            })?;
            let (error, trouble) = match self.send_once(call, request, &token, body) {
                Ok(answer) => {
                    let facts = Facts::read(&answer, body);
                    if facts.is_success() {
                        return Ok((answer, token));
                    }
                    let error = answer::explain(&answer, &facts, body, request, &token);
                    if facts.rejects_token() {
                        call.epoch.stats().add(Counter::TokensRejected);
                        let was_held = now.cell.reject(token.id());
                        log::info!(target: crate::LOG, "the API refused a token{}", if was_held { "" } else { " that has been replaced already" });
                        rejections += 1;
                        if facts.is_foreign() && rejections > 1 {
                            return Err(error);
                        }
                        if rejections >= limit {
                            return Err(answer::unauthorized(
                                error,
                                rejections,
                                self.source.issuer.signs_locally(),
                                answer.clock_ahead(),
                            ));
                        }
                        refusal = Some((error, answer.clock_ahead()));
                        continue;
                    }
                    // A gateway's 5xx says nothing of what happened behind it, nor does a page of HTML
                    // under 200.
                    let silent = answer.status >= 500 || answer.status < 300 && facts.is_foreign();
                    course.touched |= request.writes() && silent;
                    course.answered = Some(error.clone());
                    (error, trouble(&answer, &facts))
                }
                Err(failure) => {
                    course.touched |= request.writes() && failure.sent;
                    let error = failure.error;
                    let passing = matches!(error, Error::Network(_)) && error.is_retryable();
                    let broken = Trouble::Broken { sent: failure.sent };
                    (error, if passing { broken } else { Trouble::Final })
                }
            };
            if matches!(error, Error::RateLimited(_)) {
                call.epoch.stats().add(Counter::RateLimited);
            }
            let pause = transport::pause(
                trouble,
                request.repeatable(),
                attempt,
                call.left(),
                random::unit(),
            );
            let Some(pause) = pause else {
                return Err(error);
            };
            log::info!(target: crate::LOG, "request failed, next attempt in {pause:?}: {}", error.message());
            call.pause(pause)?;
            call.epoch.stats().add(Counter::Retries);
            attempt += 1;
        }
    }

    fn send_once(
        &self,
        call: Call<'_>,
        request: &ApiRequest,
        token: &Token,
        body: &mut Vec<u8>,
    ) -> Result<Answer, transport::Failure> {
        let mut bearer = HeaderValue::from_str(token.bearer()).map_err(|_| transport::Failure {
            error: Error::Internal(Details::new("the token does not fit into a header")),
            sent: false,
        })?;
        bearer.set_sensitive(true);
        let mut headers = request.headers.clone();
        headers.insert(AUTHORIZATION, bearer);
        let url = self.api_base(token).join(&request.path);
        call.epoch.stats().add(Counter::ApiRequests);
        let outgoing = Outgoing {
            method: &request.method,
            url: &url,
            headers,
            body: request.body.as_deref(),
        };
        let answer = call.epoch.exchange(outgoing, call.deadline, body)?;
        log::debug!(
            target: crate::LOG,
            "HTTP {}, {} bytes, tracking ID {}",
            answer.status, body.len(), answer.tracking_id().as_deref().unwrap_or("absent"),
        );
        Ok(answer)
    }
}

fn trouble(answer: &Answer, facts: &Facts) -> Trouble {
    let wait = answer.retry_after();
    match answer.status {
        429 if facts.is_daily_limit(answer) => Trouble::Final,
        429 => Trouble::Busy { retry_after: wait },
        500..600 => Trouble::Server { retry_after: wait },
        _ => Trouble::Final,
    }
}
