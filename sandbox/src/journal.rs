//! The journal: every request that reached "Zoom", without what must stay secret.

use crate::app::App;
use crate::caller::Auth;
use crate::jwt::Claims;
use crate::lock;
use crate::observer::Observer;
use crate::request::Request;
use crate::zoom::{is_api, is_token_request, random_key};
use ring::hmac;
use serde::{Serialize, Serializer};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// The oldest entries go when there are more than this; a whole account of a million users in
/// pages of 30 still fits.
const CAPACITY: usize = 100_000;

/// Parameters whose values are shown to nobody.
const SECRET_PARAMETERS: [&str; 5] = [
    "client_secret",
    "api_secret",
    "token",
    "access_token",
    "jwt",
];

/// One request. Neither a secret nor a token is ever in it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Counts requests from 1; clearing the journal does not start it again.
    pub number: u64,
    /// Real time since the sandbox started, at which the request's head had arrived.
    #[serde(serialize_with = "seconds", rename = "at_seconds")]
    pub at: Duration,
    /// The sandbox's time at that moment, in seconds since 1970.
    pub unix_seconds: i64,
    /// The connection, counted from 1.
    pub connection: u64,
    /// The method.
    pub method: String,
    /// The path as it came, percent-encoded.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The fields of the body, decoded, if it called itself a form.
    pub form: Vec<(String, String)>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Accept-Encoding` header.
    pub accept_encoding: Option<String>,
    /// The serial number of the access token it came with, if this sandbox issued it.
    pub token: Option<u64>,
    /// The kind of credentials it came with.
    pub auth: Auth,
    /// What the JWT says that it came with, in the header or in the query; `None` for tokens issued
    /// here.
    pub jwt: Option<Claims>,
    /// The status of the response; 0 while there is none and if it was cut.
    pub status: u16,
    /// Whether the operation took effect: it was let in, tried and successful, whatever the client
    /// learned of it.
    pub carried_out: bool,
    /// How many bytes the request's body had.
    pub body_len: u64,
    /// Tells bodies of this sandbox apart without showing them; empty for an empty body.
    pub body_hash: String,
    /// The fault that struck it.
    pub fault: Option<String>,
    /// `x-zm-trackingid` of the response.
    pub tracking_id: String,
}

pub(crate) struct Journal {
    records: Mutex<Records>,
    /// Keyed, or a short body could be guessed from its hash.
    body_key: hmac::Key,
    observer: Option<Observer>,
}

/// When and where a request came in.
pub(crate) struct Arrival {
    pub(crate) at: Duration,
    pub(crate) unix_seconds: i64,
    pub(crate) connection: u64,
}

#[derive(Default)]
struct Records {
    entries: VecDeque<Entry>,
    total: u64,
    counts: Counts,
}

/// Since the start; clearing the journal does not set them back.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) token_requests: usize,
    pub(crate) api_requests: usize,
}

impl Journal {
    pub(crate) fn new(observer: Option<Observer>) -> Self {
        Self {
            records: Mutex::default(),
            body_key: random_key(),
            observer,
        }
    }

    /// Writes a request down as it arrives, whole but for the status, and returns its number and
    /// tracking ID.
    pub(crate) fn arrived(
        &self,
        request: &Request,
        fault: Option<String>,
        app: &Mutex<App>,
        arrival: &Arrival,
        tracking_id: impl FnOnce(u64) -> String,
    ) -> (u64, String) {
        let app = lock(app);
        let shown = |text: &str| app.redact(&without_jwts(text));
        let mut entry = Entry {
            number: 0,
            at: arrival.at,
            unix_seconds: arrival.unix_seconds,
            connection: arrival.connection,
            method: request.method.clone(),
            path: shown_path(&request.path, shown),
            query: shown_pairs(&request.query, shown),
            form: Vec::new(),
            user_agent: request.user_agent.as_deref().map(shown),
            content_type: request.content_type.as_deref().map(shown),
            accept_encoding: request.accept_encoding.as_deref().map(shown),
            token: request.caller.token(),
            auth: request.caller.auth(),
            jwt: request.jwt.as_ref().map(|claims| Claims {
                alg: shown(&claims.alg),
                iss: claims.iss.as_deref().map(shown),
                exp: claims.exp,
            }),
            status: 0,
            carried_out: false,
            body_len: 0,
            body_hash: String::new(),
            fault,
            tracking_id: String::new(),
        };
        drop(app);

        let records = &mut *lock(&self.records);
        records.total += 1;
        // Under the same lock: who sees the count finds the entry, and the other way round.
        if is_token_request(&request.method, &request.path) {
            records.counts.token_requests += 1;
        } else if is_api(&request.path) {
            records.counts.api_requests += 1;
        }
        entry.number = records.total;
        entry.tracking_id = tracking_id(entry.number);
        let result = (entry.number, entry.tracking_id.clone());
        records.entries.push_back(entry);
        if records.entries.len() > CAPACITY {
            records.entries.pop_front();
        }
        result
    }

    /// Notes the body when it has arrived.
    pub(crate) fn body(&self, number: u64, request: &Request, app: &Mutex<App>) {
        let body = &request.body;
        if body.is_empty() {
            return;
        }
        let tag = hmac::sign(&self.body_key, body);
        let hash = tag.as_ref()[..8].iter().map(|byte| format!("{byte:02x}"));
        let hash = hash.collect();
        let form = {
            let app = lock(app);
            shown_pairs(&request.form(), |text| app.redact(&without_jwts(text)))
        };
        self.change(number, |entry| {
            entry.form = form;
            entry.body_len = body.len() as u64;
            entry.body_hash = hash;
        });
    }

    /// Completes an entry.
    pub(crate) fn answered(&self, number: u64, status: u16, carried_out: bool) {
        let complete = self.change(number, |entry| {
            entry.status = status;
            entry.carried_out = carried_out;
            self.observer.as_ref().map(|_| entry.clone())
        });
        self.tell(complete.flatten());
    }

    /// There will be no answer: the client has gone.
    pub(crate) fn abandoned(&self, number: u64) {
        if self.observer.is_some() {
            self.tell(self.change(number, |entry| entry.clone()));
        }
    }

    fn tell(&self, entry: Option<Entry>) {
        if let (Some(observer), Some(entry)) = (&self.observer, entry) {
            observer.tell(&entry);
        }
    }

    /// Changes an entry, if it was not cleared meanwhile.
    fn change<T>(&self, number: u64, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let records = &mut *lock(&self.records);
        let first = records.entries.front()?.number;
        let nth = number.checked_sub(first)? as usize;
        records.entries.get_mut(nth).map(change)
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        lock(&self.records).entries.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        lock(&self.records).counts
    }

    pub(crate) fn clear(&self) {
        lock(&self.records).entries.clear();
    }
}

/// Names and values of a query or a form.
fn shown_pairs(
    pairs: &[(String, String)],
    shown: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let value = |key: &str, value: &str| {
        if SECRET_PARAMETERS.contains(&key) {
            "[redacted]".to_owned()
        } else {
            shown(value)
        }
    };
    let pair = |(key, text): &(String, String)| (shown(key), value(key, text));
    pairs.iter().map(pair).collect()
}

/// A secret may hide in percent-encoding; then the path is shown decoded.
fn shown_path(path: &str, shown: impl Fn(&str) -> String) -> String {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let clean = shown(&decoded);
    if clean == decoded {
        path.to_owned()
    } else {
        clean
    }
}

/// Takes out whatever looks like a JWT, which access tokens do too.
fn without_jwts(text: &str) -> String {
    const SHORTEST: usize = 40;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        let (before, from) = rest.split_at(at);
        let end = from
            .find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c))
            .unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(if end < SHORTEST { word } else { "[redacted]" });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}
