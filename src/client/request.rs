//! A request to any endpoint of Zoom's API.

use std::fmt;
use std::time::Duration;

use ureq_proto::http::header::{HeaderName, HeaderValue};
use ureq_proto::http::{self, HeaderMap};

use super::api::ApiRequest;
use crate::error::{Details, Error, Result};
use crate::transport::{encode, path_segment};

/// Headers that the client sets itself; another value would break the call or leak the token.
const OWN_HEADERS: [&str; 9] = [
    "authorization",
    "proxy-authorization",
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "content-type",
    "expect",
];

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Read; repeated where a retry may help.
    Get,
    /// Read the headers only; repeated like [`Get`](Method::Get).
    Head,
    /// Create or carry out; never repeated if it may have been carried out.
    Post,
    /// Replace; repeated, because doing it twice comes to the same.
    Put,
    /// Change; never repeated if it may have been carried out.
    Patch,
    /// Remove; repeated, because doing it twice comes to the same.
    Delete,
}

impl Method {
    /// Every method.
    pub const ALL: &'static [Method] = &[
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
    ];

    /// The method as it stands in a request.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// The method of this name, in capitals as it stands in a request; `None` if there is none here.
    pub fn from_name(name: &str) -> Option<Method> {
        Method::ALL
            .iter()
            .copied()
            .find(|method| method.name() == name)
    }

    fn to_http(self) -> http::Method {
        match self {
            Method::Get => http::Method::GET,
            Method::Head => http::Method::HEAD,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Patch => http::Method::PATCH,
            Method::Delete => http::Method::DELETE,
        }
    }
}

/// A request to any endpoint of Zoom's API, sent by [`Client::send`](crate::Client::send) with the
/// same token handling, retries and limits as every call.
///
/// The path is written as in Zoom's documents, with names in braces that
/// [`segment`](Request::segment) fills in, encoded:
///
/// ```
/// use zoom_s2s::{Method, Request};
///
/// let request = Request::new(Method::Get, "/users/{userId}/meetings")
///     .segment("userId", "jane@example.com")
///     .query("type", "upcoming");
/// ```
///
/// Mistakes are reported when the request is sent.
#[derive(Clone)]
#[must_use]
pub struct Request {
    method: Method,
    path: String,
    segments: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<(Vec<u8>, String)>,
    timeout: Option<Duration>,
}

impl Request {
    /// A request to `path` below the API's base, such as `/users/{userId}`.
    pub fn new(method: Method, path: impl Into<String>) -> Request {
        Request {
            method,
            path: path.into(),
            segments: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            timeout: None,
        }
    }

    /// Fills in `{name}` in the path. The value is percent-encoded and stays one segment, whatever it
    /// holds; empty, `.` and `..` are refused. A second value for the same name replaces the first.
    ///
    /// Zoom wants meeting UUIDs that begin with `/` or hold `//` encoded twice: give such a value
    /// encoded once.
    pub fn segment(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        let name = name.into();
        self.segments.retain(|(known, _)| *known != name);
        self.segments.push((name, value.into()));
        self
    }

    /// Adds a query parameter; both are encoded. May be called again with the same name.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header. Those that the client sets itself (`Authorization`, `Host`, …) are refused.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The body and its media type. JSON is `application/json`.
    pub fn body(mut self, body: impl Into<Vec<u8>>, content_type: impl Into<String>) -> Request {
        self.body = Some((body.into(), content_type.into()));
        self
    }

    /// The deadline of this request, instead of the client's; of each page's, where it is paged.
    pub fn timeout(mut self, timeout: Duration) -> Request {
        self.timeout = Some(timeout);
        self
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.timeout
    }

    /// The request for a page of a list; an empty token asks for the first one.
    pub(crate) fn resolve_page(&self, next_page_token: &str) -> Result<ApiRequest> {
        if self.method != Method::Get
            || self.query.iter().any(|(name, _)| name == "next_page_token")
        {
            return Err(Error::InvalidArgument(
                Details::new(
                    "request cannot be paged: it is no GET, or has a next_page_token of its own",
                )
                .with_hint(
                    "Give a GET request without next_page_token; the pages follow by themselves.",
                ),
            ));
        }
        self.resolve(next_page_token)
    }

    /// Checks everything and puts it together; a page token other than the empty one goes last.
    pub(crate) fn resolve(&self, next_page_token: &str) -> Result<ApiRequest> {
        let mut path = self.resolve_path()?;
        let token = [("next_page_token".to_owned(), next_page_token.to_owned())];
        let token = token.iter().filter(|_| !next_page_token.is_empty());
        for (index, (name, value)) in self.query.iter().chain(token).enumerate() {
            path.push(if index == 0 { '?' } else { '&' });
            path.push_str(&encode(name));
            path.push('=');
            path.push_str(&encode(value));
        }
        Ok(ApiRequest {
            method: self.method.to_http(),
            purpose: format!("{} {}", self.method.name(), self.path),
            path,
            headers: self.resolve_headers()?,
            body: self.body.as_ref().map(|(body, _)| body.clone()),
        })
    }

    fn resolve_path(&self) -> Result<String> {
        let refuse = |why: &str| {
            Err(Error::InvalidArgument(
                // Without what follows: programs used to put their token there.
                Details::new(format!("path {:?} {why}", before_query(&self.path))).with_hint(
                    "Write it as in Zoom's documents, such as /users/{userId}; the values for names in braces and the query parameters are given apart from it.",
                ),
            ))
        };
        let Some(path) = self.path.strip_prefix('/') else {
            return refuse("does not begin with a slash");
        };
        let mut resolved = String::new();
        let mut used = 0;
        for part in path.split('/') {
            resolved.push('/');
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            if let Some(name) = name {
                let Some((_, value)) = self.segments.iter().find(|(known, _)| known == name) else {
                    return refuse(&format!("has {{{name}}}, which no segment fills in"));
                };
                used += 1;
                resolved.push_str(&path_segment(value, name)?);
            } else if !is_plain_segment(part) {
                return refuse(
                    "has a part that is empty, leaves the API, or is not percent-encoded",
                );
            } else {
                resolved.push_str(part);
            }
        }
        if used < self.segments.len() {
            return refuse("lacks a name that a segment was to fill in");
        }
        Ok(resolved)
    }

    fn resolve_headers(&self) -> Result<HeaderMap> {
        let refuse = |name: &str, why: &str| {
            Error::InvalidArgument(
                Details::new(format!("header {name:?} {why}"))
                    .with_hint("Leave it out, or correct it."),
            )
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let parsed: HeaderName = name
                .parse()
                // Not quoted whole: a program may have put a line with its token here.
                .map_err(|_| refuse(beginning(name), "is not a header name"))?;
            if OWN_HEADERS.contains(&parsed.as_str()) {
                return Err(refuse(name, "is set by the client itself"));
            }
            let value = HeaderValue::from_str(value)
                .map_err(|_| refuse(name, "holds characters that no header may"))?;
            headers.append(parsed, value);
        }
        if let Some((_, content_type)) = &self.body {
            let value = HeaderValue::from_str(content_type)
                .map_err(|_| refuse("Content-Type", "holds characters that no header may"))?;
            headers.insert(http::header::CONTENT_TYPE, value);
        }
        Ok(headers)
    }
}

/// What a header's name can begin with.
fn beginning(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    name.get(..end.unwrap_or(name.len())).unwrap_or_default()
}

fn before_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

/// A segment that may stand as it is: encoded already, and not leaving the API in any spelling.
fn is_plain_segment(segment: &str) -> bool {
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let fine = match byte {
            b'%' => {
                let hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
                hex(rest.next()) && hex(rest.next())
            }
            b'?' | b'#' | b'{' | b'}' | b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'|' => false,
            byte => byte.is_ascii_graphic(),
        };
        if !fine {
            return false;
        }
    }
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    !matches!(dots.as_str(), "" | "." | "..")
}

// Without query, headers and body: they may hold names and secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method.name(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let get = |path: &str| Request::new(Method::Get, path);
        for (request, expected) in [
            (get("/users"), "/users"),
            (
                get("/users/{userId}").segment("userId", "a/b c"),
                "/users/a%2Fb%20c",
            ),
            (
                get("/users/jane%40example.com/meetings"),
                "/users/jane%40example.com/meetings",
            ),
            (
                get("/users").query("a b", "c&d").query("a b", ""),
                "/users?a%20b=c%26d&a%20b=",
            ),
            (
                get("/users/{userId}")
                    .segment("userId", "a")
                    .segment("userId", "b"),
                "/users/b",
            ),
            (get("/users/me:x@y"), "/users/me:x@y"),
            (
                get("/past_meetings/{meetingId}/participants").segment("meetingId", "%2Fab%3D%3D"),
                "/past_meetings/%252Fab%253D%253D/participants",
            ),
        ] {
            assert_eq!(request.resolve("").unwrap().path, expected);
        }
        let paged = get("/users")
            .query("status", "active")
            .resolve("x=y")
            .unwrap();
        assert_eq!(paged.path, "/users?status=active&next_page_token=x%3Dy");
        assert_eq!(
            get("/users").resolve("x").unwrap().path,
            "/users?next_page_token=x"
        );
    }

    #[test]
    fn mistakes_are_named() {
        let get = |path: &str| Request::new(Method::Get, path);
        for (request, words) in [
            (get("users"), "slash"),
            (get(""), "slash"),
            (get("/"), "leaves the API"),
            (get("//evil.example"), "leaves the API"),
            (get("/users/../../x"), "leaves the API"),
            (get("/users/%2E%2e"), "leaves the API"),
            (get("/users/."), "leaves the API"),
            (get("/users?status=active"), "leaves the API"),
            (get("/users#x"), "leaves the API"),
            (get("/users/a b"), "leaves the API"),
            (get("/users/é"), "leaves the API"),
            (get("/users/%zz"), "leaves the API"),
            (get("/users/%4"), "leaves the API"),
            (get("/users\\x"), "leaves the API"),
            (get("/users/x\r\nHost: evil"), "leaves the API"),
            (get("/users/{userId}"), "{userId}"),
            (get("/users/{userId"), "leaves the API"),
            (get("/users").segment("userId", "x"), "lacks a name"),
            (get("/users/{userId}").segment("userId", ".."), "userId"),
            (get("/users/{userId}").segment("userId", ""), "userId"),
            (
                get("/users").header("Authorization", "Bearer x"),
                "Authorization",
            ),
            (
                get("/users").header("Proxy-Authorization", "Basic x"),
                "Proxy-Authorization",
            ),
            (get("/users").header("HOST", "x"), "HOST"),
            (get("/users").header("X-A", "a\nb"), "X-A"),
            (get("/users").header("X A", "b"), "\"X\""),
            (get("/users").body("x", "a\nb"), "Content-Type"),
        ] {
            let error = request.resolve("").map(|_| ()).expect_err(words);
            assert!(matches!(error, Error::InvalidArgument(_)), "{error}");
            assert!(error.message().contains(words), "{words:?} in {error}");
        }
        // The token of a program that mistook the one for the other.
        for request in [
            get("/users?access_token=eyJhbGciOi"),
            get("/users#eyJhbGciOi"),
            get("/users").header("Authorization: Bearer eyJhbGciOi", ""),
        ] {
            let error = request.resolve("").map(|_| ()).expect_err("refused");
            assert!(!error.to_string().contains("eyJ"), "{error}");
        }
    }
}
