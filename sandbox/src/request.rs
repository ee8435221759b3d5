//! A request after it was HTTP: what the endpoints look at.

use crate::caller::Caller;
use crate::jwt::{self, Claims};
use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};

pub(crate) struct Request {
    pub(crate) method: String,
    /// As it came, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) user_agent: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) accept_encoding: Option<String>,
    pub(crate) caller: Caller,
    pub(crate) jwt: Option<Claims>,
    pub(crate) body: Bytes,
}

impl Request {
    /// From the head alone; the body is put in when it has arrived.
    pub(crate) fn new(parts: &hyper::http::request::Parts, caller: Caller) -> Self {
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let jwt = match &caller {
            Caller::Token(_) => None,
            _ => jwt_in(&parts.headers, &query),
        };
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query,
            user_agent: text(&parts.headers, USER_AGENT),
            content_type: text(&parts.headers, CONTENT_TYPE),
            accept_encoding: text(&parts.headers, ACCEPT_ENCODING),
            caller,
            jwt,
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
        let in_form = self.form().into_iter().find(|(key, _)| key == name);
        in_form
            .map(|(_, value)| value)
            .or_else(|| self.query(name).map(str::to_owned))
    }

    /// The fields of the body, if it calls itself a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        match &self.content_type {
            Some(kind) if kind.starts_with("application/x-www-form-urlencoded") => {
                pairs(&self.body)
            }
            _ => Vec::new(),
        }
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

/// Old programs put their JWT into the query, too.
fn jwt_in(headers: &HeaderMap, query: &[(String, String)]) -> Option<Claims> {
    let header = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let bearer = header.and_then(|text| text.split_once(' '));
    let mut named = query.iter().filter(|(name, _)| name == "access_token");
    bearer
        .and_then(|(_, token)| jwt::claims(token))
        .or_else(|| named.find_map(|(_, token)| jwt::claims(token)))
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}
