//! Base URLs, hosts and paths: what may be talked to at all.

use std::net::IpAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq_proto::http::Uri;

use crate::error::{Details, Error, Result};

/// Everything but RFC 3986's unreserved characters is encoded, in path segments and in queries.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The fixed beginning of URLs: scheme, host, optional port and path, no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    host: String,
    https: bool,
}

impl BaseUrl {
    /// Reads `text`, the value of the setting called `name` in errors.
    pub(crate) fn parse(text: &str, name: &str) -> Result<BaseUrl> {
        let refuse = |why: String| {
            let message = format!("{name} {why}");
            Error::Config(Details::new(message).with_hint(format!(
                "Give {name} as scheme, host and path, such as https://api.zoom.us/v2."
            )))
        };
        let text = text.trim().trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| refuse("is not a URL".into()))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refuse("must begin with https://".into())),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| refuse("names no host".into()))?;
        if authority.as_str().contains('@') {
            return Err(refuse("must not contain a user name or password".into()));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(refuse("must not contain a query or fragment".into()));
        }
        let host = bare_host(authority.host()).to_ascii_lowercase();
        if host.is_empty() {
            return Err(refuse("names no host".into()));
        }
        if let (false, Ok(address)) = (https, host.parse::<IpAddr>())
            && !is_loopback(address)
        {
            return Err(not_loopback(&host));
        }
        Ok(BaseUrl {
            text: text.to_owned(),
            host,
            https,
        })
    }

    /// Joins a path that begins with a slash.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Lower-case host without brackets and port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn is_https(&self) -> bool {
        self.https
    }
}

/// The error for `http://` beyond this machine.
pub(crate) fn not_loopback(host: &str) -> Error {
    Error::Config(
        Details::new(format!("plain http:// is refused for {host}: tokens would travel unprotected"))
            .with_hint("Use https://. Plain http:// is accepted only for 127.0.0.0/8, ::1 and names that resolve to nothing else."),
    )
}

/// Whether `address` is this machine, also when it is written as an IPv4-mapped IPv6 address.
pub(crate) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Strips the brackets of an IPv6 literal.
pub(crate) fn bare_host(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// Whether `host` is `domain` or lies below it.
pub(crate) fn is_within(host: &str, domain: &str) -> bool {
    host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// One path segment, percent-encoded. `.` and `..` would leave the API and are refused, as is the
/// empty segment, which would name the list instead of one of its entries.
pub(crate) fn path_segment(segment: &str, argument: &str) -> Result<String> {
    match segment {
        "" => Err(Error::InvalidArgument(
            Details::new(format!("{argument} is empty"))
                .with_hint(format!("Give {argument} as Zoom shows it.")),
        )),
        "." | ".." => Err(Error::InvalidArgument(
            Details::new(format!("{argument} must not be {segment:?}"))
                .with_hint(format!("Give {argument} as Zoom shows it.")),
        )),
        segment => Ok(encode(segment)),
    }
}

/// Percent-encodes `text` for a query or a path segment.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        for (text, host, https) in [
            ("https://zoom.us", "zoom.us", true),
            (" https://API.zoom.us/v2/ ", "api.zoom.us", true),
            ("http://127.0.0.1:8080/v2", "127.0.0.1", false),
            ("http://127.9.9.9", "127.9.9.9", false),
            ("http://[::1]:8080", "::1", false),
            ("http://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", false),
            ("http://localhost:1", "localhost", false),
        ] {
            let url = BaseUrl::parse(text, "URL").unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((url.host(), url.is_https()), (host, https), "{text}");
            assert!(!url.as_str().ends_with('/'), "{text}");
        }
        for text in [
            "",
            "zoom.us",
            "ftp://zoom.us",
            "https://",
            "https://u:p@zoom.us",
            "https://zoom.us?x=1",
            "https://zoom.us#x",
            "http://10.0.0.1",
            "http://8.8.8.8/v2",
            "http://[2001:db8::1]",
        ] {
            let error = BaseUrl::parse(text, "ZOOM_S2S_API_URL").expect_err(text);
            assert!(matches!(error, Error::Config(_)), "{text}: {error}");
        }
    }

    #[test]
    fn domains() {
        assert!(is_within("zoom.us", "zoom.us"));
        assert!(is_within("api-eu.zoom.us", "zoom.us"));
        assert!(!is_within("evilzoom.us", "zoom.us"));
        assert!(!is_within(".zoom.us", "zoom.us"));
        assert!(!is_within("zoom.us.evil.example", "zoom.us"));
    }

    #[test]
    fn segments() {
        assert_eq!(
            path_segment("a/b?c#d%é", "user").unwrap(),
            "a%2Fb%3Fc%23d%25%C3%A9"
        );
        assert_eq!(
            path_segment("jane+x@example.com", "user").unwrap(),
            "jane%2Bx%40example.com"
        );
        for segment in ["", ".", ".."] {
            assert!(matches!(
                path_segment(segment, "user"),
                Err(Error::InvalidArgument(_))
            ));
        }
    }
}
