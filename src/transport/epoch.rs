//! One epoch of a client's connections: what cancel and fork throw away as a whole.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;
use rustls::RootCertStore;
use ureq_proto::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, USER_AGENT,
};
use ureq_proto::http::{HeaderMap, HeaderValue, Method, Request, Uri};

use super::connector::Dialer;
use super::date::{http_date, retry_after};
use super::exchange;
use super::failure::{Broken, Failure};
use super::gunzip::gunzip;
use super::idle::{Connections, Scratch};
use super::names::ResolveFn;
use super::proxy::Proxy;
use super::tls::Trust;
use super::wire::Wire;
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
    connections: Connections,
    user_agent: HeaderValue,
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
        let user_agent = HeaderValue::from_str(&config.user_agent);
        Epoch {
            generation: fork::generation(),
            dialer: Dialer::new(lasting),
            connections: Connections::new(),
            user_agent: user_agent.unwrap_or_else(|_| HeaderValue::from_static("zoom-s2s")),
            lasting: lasting.clone(),
        }
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.lasting.stats
    }

    pub(super) fn body_limit(&self) -> u64 {
        self.lasting.config.body_limit
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
        self.connections.close();
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

    /// Sends one request and reads the whole answer into `body`, over what that held. After a failure
    /// it holds nothing.
    pub(crate) fn exchange(
        &self,
        outgoing: Outgoing<'_>,
        deadline: Instant,
        body: &mut Vec<u8>,
    ) -> Result<Answer, Failure> {
        let (method, url) = (outgoing.method, outgoing.url);
        log::debug!(target: crate::LOG, "{method} {}", without_query(url));
        let mut scratch = self.connections.scratch();
        let result = self.attempt(outgoing, deadline, &mut scratch, body);
        self.connections.give(scratch);
        result.map_err(|broken| {
            body.clear();
            let host = url.split('/').nth(2).unwrap_or_default();
            self.explain(broken, host)
        })
    }

    fn attempt(
        &self,
        outgoing: Outgoing<'_>,
        deadline: Instant,
        scratch: &mut Scratch,
        body: &mut Vec<u8>,
    ) -> Result<Answer, Broken> {
        let origin = origin(outgoing.url);
        let content = outgoing.body.unwrap_or_default();
        let request = self.request(outgoing)?;
        let uri = request.uri().clone();
        let ready = exchange::prepare(request, content, &mut scratch.output)?;
        let mut wire = match self.connections.take(origin, scratch) {
            Some(wire) => wire,
            None => self.open(&uri, origin, deadline)?,
        };
        wire.stream.socket().set_deadline(deadline);
        let head = ready.ask(&mut wire.stream, scratch)?;
        // Told when the head was written: a body that took long would make the peer look slow.
        let headed = SystemTime::now();
        let limit = self.body_limit();
        let is_packed = head.is_gzip();
        let (input, packed) = (&mut scratch.input, &mut scratch.packed);
        let raw = if is_packed { &mut *packed } else { &mut *body };
        let (status, mut headers, is_good) = head.read_body(&mut wire.stream, input, raw, limit)?;
        if is_good {
            self.connections.put(wire, scratch);
        } else if self.dialer.bell.is_cancelled() {
            // Cancel closes connections, and some bodies end with theirs.
            return Err(Broken::Io(ErrorKind::ConnectionAborted.into()));
        }
        if is_packed {
            body.clear();
            gunzip(&scratch.packed, body, limit)?;
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        let answer = Answer {
            status: status.as_u16(),
            headers,
        };
        self.lasting.note_clock(&answer, headed);
        Ok(answer)
    }

    fn request(&self, outgoing: Outgoing<'_>) -> Result<Request<()>, Broken> {
        let unsendable = |why: &dyn std::fmt::Display| Broken::Unsendable(why.to_string());
        let uri = Uri::try_from(outgoing.url).map_err(|error| unsendable(&error))?;
        let mut request = Request::new(());
        *request.method_mut() = outgoing.method.clone();
        *request.uri_mut() = uri;
        let mut headers = outgoing.headers;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let json = HeaderValue::from_static("application/json");
        headers.entry(ACCEPT).or_insert(json);
        let agent = headers.entry(USER_AGENT);
        agent.or_insert_with(|| self.user_agent.clone());
        let has_content = matches!(*outgoing.method, Method::POST | Method::PUT | Method::PATCH);
        if has_content || outgoing.body.is_some() {
            let length = outgoing.body.map_or(0, <[u8]>::len);
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn open(&self, uri: &Uri, origin: &str, deadline: Instant) -> Result<Wire, Broken> {
        let until = Instant::now().checked_add(self.lasting.config.connect_timeout);
        let deadline = until.map_or(deadline, |until| deadline.min(until));
        let stream = self
            .dialer
            .open(uri, deadline, &self.connections)
            .map_err(Broken::Unsent)?;
        Ok(Wire {
            stream,
            origin: origin.into(),
            used: Instant::now(),
        })
    }
}

/// Scheme and authority of a URL.
fn origin(url: &str) -> &str {
    let slash = url.match_indices('/').nth(2).map(|(index, _)| index);
    url.get(..slash.unwrap_or(url.len())).unwrap_or_default()
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
