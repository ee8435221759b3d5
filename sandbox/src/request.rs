//! A request after it was HTTP: what the endpoints look at.

use crate::caller::Caller;
use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT};

pub(crate) struct Request {
    pub(crate) method: String,
    /// As it came, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) user_agent: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) accept_encoding: Option<String>,
    pub(crate) caller: Caller,
    pub(crate) body: Bytes,
}

impl Request {
    /// From the head alone; the body is put in when it has arrived.
    pub(crate) fn new(parts: &hyper::http::request::Parts, caller: Caller) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: pairs(query.as_bytes()),
            user_agent: text(&parts.headers, USER_AGENT),
            content_type: text(&parts.headers, CONTENT_TYPE),
            accept_encoding: text(&parts.headers, ACCEPT_ENCODING),
            caller,
            body: Bytes::new(),
        }
    }

    /// The first value in the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter of an OAuth call: from the form in the body, else from the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let form = match &self.content_type {
            Some(kind) if kind.starts_with("application/x-www-form-urlencoded") => &self.body[..],
            _ => &[],
        };
        let in_form = pairs(form).into_iter().find(|(key, _)| key == name);
        in_form
            .map(|(_, value)| value)
            .or_else(|| self.query(name).map(str::to_owned))
    }

    pub(crate) fn accepts_gzip(&self) -> bool {
        let accepted = self.accept_encoding.as_deref().unwrap_or_default();
        accepted.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
                && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    }
}

fn text(headers: &HeaderMap, name: hyper::header::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}
