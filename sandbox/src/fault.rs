//! Faults on order: which requests they strike, how often, and what they do.

use crate::answer::{Answer, HTML};
use crate::api;
use crate::lock;
use crate::rate_limit::RateLimit;
use crate::wire::Cut;
use crate::zoom::{is_api, is_token_request};
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// Something that goes wrong with the requests it matches.
///
/// A new fault strikes the next matching request, once; [`after`](Self::after),
/// [`times`](Self::times) and [`always`](Self::always) change that. Faults are tried in the order
/// in which they were put in; one request is struck by one fault. A latency can be had together
/// with one of the other actions; of those the last one asked for counts.
///
/// ```
/// use std::time::Duration;
/// use zoom_s2s_sandbox::{Fault, RateLimit, Sandbox};
///
/// let sandbox = Sandbox::builder().start()?;
/// sandbox.fault(Fault::on_api().after(2).times(3).rate_limited(RateLimit::PerSecond));
/// sandbox.fault(Fault::on_token().latency(Duration::from_millis(50)).server_error(503));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    target: Target,
    after: u64,
    /// `None`: always.
    times: Option<u64>,
    pub(crate) latency: Option<Duration>,
    pub(crate) action: Action,
}

#[derive(Clone, Debug)]
enum Target {
    Token,
    Api,
    Path { method: String, prefix: String },
}

/// What happens to a request that is struck.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// The ordinary answer.
    Nothing,
    Unauthorized,
    RateLimited(RateLimit),
    Answer {
        status: u16,
        content_type: String,
        headers: Vec<(String, String)>,
        body: Bytes,
    },
    ServerError(u16),
    Cut(Cut),
    Drip {
        head: bool,
        bytes: usize,
        every: Duration,
    },
}

impl Fault {
    /// Strikes `POST /oauth/token`.
    pub fn on_token() -> Self {
        Self::new(Target::Token)
    }

    /// Strikes everything under `/v2/`.
    pub fn on_api() -> Self {
        Self::new(Target::Api)
    }

    /// Strikes requests of a method (`*` for any) whose path begins with a prefix.
    pub fn on(method: &str, path_prefix: &str) -> Self {
        Self::new(Target::Path {
            method: method.to_owned(),
            prefix: path_prefix.to_owned(),
        })
    }

    fn new(target: Target) -> Self {
        Self {
            target,
            after: 0,
            times: Some(1),
            latency: None,
            action: Action::Nothing,
        }
    }

    /// Lets the first `n` matching requests pass.
    #[must_use]
    pub fn after(mut self, n: u64) -> Self {
        self.after = n;
        self
    }

    /// Strikes `n` requests.
    #[must_use]
    pub fn times(mut self, n: u64) -> Self {
        self.times = Some(n);
        self
    }

    /// Strikes until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Waits before it answers (or does what else was asked for).
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    /// 401 with code 124, as if the token were dead; it is not touched.
    #[must_use]
    pub fn unauthorized(self) -> Self {
        self.action(Action::Unauthorized)
    }

    /// 429.
    #[must_use]
    pub fn rate_limited(self, limit: RateLimit) -> Self {
        self.action(Action::RateLimited(limit))
    }

    /// This status with this body.
    #[must_use]
    pub fn status(self, status: u16, body: impl Into<Vec<u8>>, content_type: &str) -> Self {
        self.action(Action::Answer {
            status,
            content_type: content_type.to_owned(),
            headers: Vec::new(),
            body: Bytes::from(body.into()),
        })
    }

    /// One more header for [`status`](Self::status); without that it does nothing.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Action::Answer { headers, .. } = &mut self.action {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// A 5xx: 500 with Zoom's JSON, the others with a gateway's HTML.
    #[must_use]
    pub fn server_error(self, status: u16) -> Self {
        self.action(Action::ServerError(status))
    }

    /// Carries the request out and then breaks the connection at this point of the response.
    #[must_use]
    pub fn cut(self, cut: Cut) -> Self {
        self.action(Action::Cut(cut))
    }

    /// Sends the head (or else the body) of the ordinary answer `bytes` at a time, one lot per
    /// `every`.
    #[must_use]
    pub fn drip(self, head: bool, bytes: usize, every: Duration) -> Self {
        self.action(Action::Drip {
            head,
            bytes: bytes.max(1),
            every,
        })
    }

    fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        match &self.target {
            Target::Token => is_token_request(method, path),
            Target::Api => is_api(path),
            Target::Path {
                method: wanted,
                prefix,
            } => (wanted == "*" || wanted.eq_ignore_ascii_case(method)) && path.starts_with(prefix),
        }
    }

    /// The answer this fault gives instead of the ordinary one, if it does.
    pub(crate) fn answer(&self) -> Option<Answer> {
        Some(match &self.action {
            Action::Nothing | Action::Cut(_) | Action::Drip { .. } => return None,
            Action::Unauthorized => api::invalid_token(),
            Action::RateLimited(limit) => limit.answer(),
            Action::Answer {
                status,
                content_type,
                headers,
                body,
            } => {
                let mut answer = Answer::new(*status, content_type, body.clone());
                answer.headers.clone_from(headers);
                answer
            }
            Action::ServerError(500) => Answer::api_error(500, 500, "Internal Server Error"),
            Action::ServerError(status) => Answer::new(
                *status,
                HTML,
                format!("<html><head><title>{status}</title></head><body>{status}</body></html>"),
            ),
        })
    }

    /// What the journal calls it.
    pub(crate) fn name(&self) -> String {
        match &self.action {
            Action::Nothing => "latency".to_owned(),
            Action::Unauthorized => "unauthorized".to_owned(),
            Action::RateLimited(limit) => format!("rate_limited {}", limit.name()),
            Action::Answer { status, .. } => format!("status {status}"),
            Action::ServerError(status) => format!("server_error {status}"),
            Action::Cut(cut) => format!("cut {}", cut.as_str()),
            Action::Drip { head: true, .. } => "drip head".to_owned(),
            Action::Drip { head: false, .. } => "drip body".to_owned(),
        }
    }
}

/// The faults that are still to come.
#[derive(Default)]
pub(crate) struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push_back(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    pub(crate) fn pending(&self) -> usize {
        lock(&self.0).len()
    }

    /// The fault that strikes this request. Each fault counts the matching requests that no fault
    /// before it has taken.
    pub(crate) fn strike(&self, method: &str, path: &str) -> Option<Fault> {
        let mut faults = lock(&self.0);
        let nth = faults.iter_mut().position(|fault| {
            if !fault.matches(method, path) {
                return false;
            }
            let waits = fault.after > 0;
            fault.after = fault.after.saturating_sub(1);
            !waits && fault.times != Some(0)
        })?;
        let fault = faults.get_mut(nth)?;
        let struck = fault.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                faults.remove(nth);
            }
        }
        Some(struck)
    }
}
