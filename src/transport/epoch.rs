//! One epoch of a client's connections: what cancel and fork throw away as a whole.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;
use rustls::RootCertStore;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

use super::connector::{Dialer, NoLookup};
use super::date::{http_date, retry_after};
use super::failure::Failure;
use super::names::ResolveFn;
use super::proxy::Proxy;
use super::tls::Trust;
use crate::error::{Details, Error, Result};
use crate::fork;
use crate::lock::Woken;
use crate::stats::Stats;

/// The settings of a client's connections, the same for token and API calls.
pub(crate) struct NetworkConfig {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) trust: Trust,
    pub(crate) user_agent: String,
    pub(crate) resolver: Option<Arc<ResolveFn>>,
    /// Bytes of one response body after decompression.
    pub(crate) body_limit: u64,
}

/// What outlives an epoch.
pub(crate) struct Lasting {
    pub(crate) config: NetworkConfig,
    pub(crate) stats: Arc<Stats>,
    pub(crate) shut_down: AtomicBool,
    // Readable right after a fork, whatever another thread was doing at that moment.
    pub(super) roots: ArcSwapOption<RootCertStore>,
    last_warning: ArcSwapOption<String>,
    /// How far the peers' clock was ahead of this machine's at the last answer, in milliseconds.
    clock_offset: AtomicI64,
}

/// No answer has told the time yet.
const UNTOLD: i64 = i64::MIN;

impl Lasting {
    pub(crate) fn new(config: NetworkConfig) -> Arc<Lasting> {
        Arc::new(Lasting {
            config,
            stats: Arc::new(Stats::new()),
            shut_down: AtomicBool::new(false),
            roots: ArcSwapOption::const_empty(),
            last_warning: ArcSwapOption::const_empty(),
            clock_offset: AtomicI64::new(UNTOLD),
        })
    }

    /// Logs a warning and keeps it for the status snapshot.
    pub(crate) fn warn(&self, text: String) {
        log::warn!(target: crate::LOG, "{text}");
        self.last_warning.store(Some(Arc::new(text)));
    }

    pub(crate) fn last_warning(&self) -> Option<Arc<String>> {
        self.last_warning.load_full()
    }

    /// How far Zoom's clock is ahead of this machine's, in milliseconds, by the last answer that had
    /// a `Date`; `None` if none had. `Date` tells whole seconds, so this is off by up to one.
    pub(crate) fn clock_offset_ms(&self) -> Option<i64> {
        Some(self.clock_offset.load(Ordering::Relaxed)).filter(|offset| *offset != UNTOLD)
    }

    fn note_clock(&self, answer: &Answer, headed: SystemTime) {
        if let Some(offset) = answer.clock_offset_ms(headed) {
            self.clock_offset.store(offset, Ordering::Relaxed);
        }
    }
}

/// Connections, sleepers and name cache from one cancel (or fork) to the next.
pub(crate) struct Epoch {
    pub(crate) generation: u64,
    dialer: Dialer,
    agent: Agent,
    lasting: Arc<Lasting>,
}

/// One HTTP request, complete but for the connection.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<&'a [u8]>,
}

/// The head of an answer; its body is in the caller's buffer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Those that are printable ASCII.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter();
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// How long the answer asks to wait, if it does.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after(self.header("retry-after")?, SystemTime::now())
    }

    /// How many seconds the peer's clock is ahead of this machine's, by its `Date` header.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(http_date(self.header("date")?)? - i64::try_from(now.as_secs()).ok()?)
    }

    /// The same in milliseconds; the `Date` is taken for the middle of its second.
    fn clock_offset_ms(&self, now: SystemTime) -> Option<i64> {
        let now = now.duration_since(UNIX_EPOCH).ok()?;
        let now = i64::try_from(now.as_millis()).ok()?;
        Some(http_date(self.header("date")?)? * 1000 + 500 - now)
    }

    /// Zoom's own number for this request, printable and of bounded length.
    pub(crate) fn tracking_id(&self) -> Option<String> {
        self.header("x-zm-trackingid")
            .map(|id| id.chars().take(200).collect())
    }
}

impl Epoch {
    pub(crate) fn new(lasting: &Arc<Lasting>) -> Epoch {
        let config = &lasting.config;
        let dialer = Dialer::new(lasting);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry the token to wherever it points.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_connect(Some(config.connect_timeout))
            .user_agent(config.user_agent.as_str())
            .accept("application/json")
            .max_idle_connections(256)
            .max_idle_connections_per_host(128)
            .build();
        let agent = Agent::with_parts(agent, dialer.clone(), NoLookup);
        Epoch {
            generation: fork::generation(),
            dialer,
            agent,
            lasting: lasting.clone(),
        }
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.lasting.stats
    }

    /// Opens connections that end with this epoch.
    #[cfg(feature = "redis")]
    pub(crate) fn dialer(&self) -> &Dialer {
        &self.dialer
    }

    pub(crate) fn warn(&self, text: String) {
        self.lasting.warn(text);
    }

    /// Ends every call of this epoch, wherever it is waiting, and closes its connections.
    pub(crate) fn cancel(&self) {
        self.dialer.bell.toll();
        self.agent.clone().shutdown();
    }

    /// The error that ends a cancelled call; `None` while the epoch lives.
    pub(crate) fn ended(&self) -> Option<Error> {
        if !self.dialer.bell.is_cancelled() {
            return None;
        }
        Some(if self.lasting.shut_down.load(Ordering::Acquire) {
            Error::Shutdown(
                Details::new("the client was shut down").with_hint("Make a new client."),
            )
        } else {
            Error::Cancelled(Details::new("the call was cancelled"))
        })
    }

    /// Sleeps for `length` unless cancelled or out of time before.
    pub(crate) fn pause(&self, length: Duration, deadline: Instant) -> Woken {
        self.dialer.bell.pause(length, deadline)
    }

    /// Sends one request and reads the whole answer into `body` (cleared first).
    pub(crate) fn exchange(
        &self,
        outgoing: Outgoing<'_>,
        deadline: Instant,
        body: &mut Vec<u8>,
    ) -> Result<Answer, Failure> {
        body.clear();
        let host = outgoing
            .url
            .split('/')
            .nth(2)
            .unwrap_or_default()
            .to_owned();
        let method = outgoing.method;
        log::debug!(target: crate::LOG, "{method} {}", without_query(outgoing.url));
        let result = self.attempt(outgoing, deadline, body);
        result.map_err(|error| self.explain(error, &host))
    }

    fn attempt(
        &self,
        outgoing: Outgoing<'_>,
        deadline: Instant,
        body: &mut Vec<u8>,
    ) -> Result<Answer, ureq::Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut request = Request::builder().method(outgoing.method).uri(outgoing.url);
        if let Some(headers) = request.headers_mut() {
            *headers = outgoing.headers;
        }
        let response = match outgoing.body {
            Some(bytes) => {
                let request = self.agent.configure_request(request.body(bytes)?);
                self.agent.run(request.timeout_global(Some(left)).build())?
            }
            None => {
                let request = self.agent.configure_request(request.body(())?);
                self.agent.run(request.timeout_global(Some(left)).build())?
            }
        };
        let headed = SystemTime::now();
        let (head, incoming) = response.into_parts();
        let limit = self.lasting.config.body_limit;
        if let Some(length) = incoming.content_length() {
            // The peer's word is taken for at most what is usual for a page.
            body.reserve(length.min(limit).min(1 << 20) as usize + 1);
        }
        incoming
            .into_with_config()
            .limit(limit)
            .reader()
            .read_to_end(body)?;
        let answer = Answer {
            status: head.status.as_u16(),
            headers: head.headers,
        };
        // Told when the head was written: a body that took long would make the peer look slow.
        self.lasting.note_clock(&answer, headed);
        Ok(answer)
    }
}

/// URLs are logged without their query, which may hold names and mail addresses.
fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_last_answer_with_a_date_counts() {
        let lasting = Lasting::new(NetworkConfig {
            connect_timeout: Duration::from_secs(1),
            proxy: None,
            trust: Trust::default(),
            user_agent: String::new(),
            resolver: None,
            body_limit: 1,
        });
        let told = |date: &str, now_ms: u64| {
            let mut headers = HeaderMap::new();
            headers.insert("date", date.parse().expect("a header"));
            let answer = Answer {
                status: 200,
                headers,
            };
            lasting.note_clock(&answer, UNIX_EPOCH + Duration::from_millis(now_ms));
            lasting.clock_offset_ms()
        };
        assert_eq!(lasting.clock_offset_ms(), None);
        assert_eq!(told("soon", 0), None, "no date, no offset");
        let date = "Thu, 01 Jan 1970 00:10:00 GMT";
        assert_eq!(told(date, 600_500), Some(0));
        assert_eq!(told(date, 0), Some(600_500), "this machine is behind");
        assert_eq!(
            told(date, 1_200_000),
            Some(-599_500),
            "this machine is ahead"
        );
        assert_eq!(told("", 0), Some(-599_500), "what was told stays");
    }
}
