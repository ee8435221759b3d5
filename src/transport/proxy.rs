//! Which proxy to use, and the CONNECT handshake with it.

use std::io::{self, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use ureq_proto::http::Uri;

use super::url::{bare_host, is_loopback, is_within};
use crate::error::{Details, Error, Result};
use crate::secret::{Secret, quote};

/// A proxy's answer to CONNECT is a few lines; more than this is not one.
const ANSWER_LIMIT: usize = 16 * 1024;

/// An HTTP proxy for https connections, and the hosts that go without it.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    // The whole Proxy-Authorization value; Basic only.
    authorization: Option<Secret>,
    no_proxy: NoProxy,
}

impl Proxy {
    /// Reads the proxy URL `text`, the value of the setting called `name`.
    pub(crate) fn parse(text: &str, name: &str, no_proxy: NoProxy) -> Result<Proxy> {
        let refuse = |why: &str| {
            Error::Config(
                Details::new(format!("{name} {why}"))
                    .with_hint(format!("Give {name} as http://[user:password@]host[:port]; the connection to Zoom inside it is TLS all the same.")),
            )
        };
        let text = text.trim();
        let text = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let uri: Uri = text.parse().map_err(|_| refuse("is not a URL"))?;
        if uri.scheme_str() != Some("http") {
            return Err(refuse(
                "names a kind of proxy that is not supported (only http:// is)",
            ));
        }
        let authority = uri.authority().ok_or_else(|| refuse("names no host"))?;
        let authorization = authority.as_str().rsplit_once('@').map(|(user_info, _)| {
            let plain = Secret::new(
                percent_decode_str(user_info)
                    .decode_utf8_lossy()
                    .into_owned(),
            );
            Secret::new(format!("Basic {}", STANDARD.encode(plain.expose())))
        });
        let host = bare_host(authority.host()).to_ascii_lowercase();
        if host.is_empty() {
            return Err(refuse("names no host"));
        }
        Ok(Proxy {
            host,
            port: authority.port_u16().unwrap_or(80),
            authorization,
            no_proxy,
        })
    }

    /// Whether connections to `host` go through this proxy. Plain http stays on this machine, so it
    /// never meets one; nor does a literal loopback.
    pub(crate) fn serves(&self, is_https: bool, host: &str) -> bool {
        is_https
            && !self.no_proxy.covers(host)
            && !host.parse().is_ok_and(is_loopback)
            && host != "localhost"
    }

    /// Asks the proxy for a tunnel to `host:port`. Nothing has been sent to Zoom yet.
    pub(crate) fn connect(
        &self,
        stream: &mut (impl Read + Write),
        host: &str,
        port: u16,
    ) -> Result<()> {
        let target = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str("Proxy-Authorization: ");
            request.push_str(authorization.expose());
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let request = Secret::new(request);
        let broken = |error: io::Error| self.broken(&error);
        stream
            .write_all(request.expose().as_bytes())
            .map_err(broken)?;
        let head = self.read_head(stream)?;
        self.judge(&head)
    }

    // Byte by byte: what follows the blank line already belongs to the tunnel.
    fn read_head(&self, stream: &mut impl Read) -> Result<String> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read(&mut byte) {
                Ok(0) => return Err(self.broken(&io::ErrorKind::UnexpectedEof.into())),
                Ok(_) => head.extend_from_slice(&byte),
                Err(error) => return Err(self.broken(&error)),
            }
            if head.len() > ANSWER_LIMIT {
                return Err(self.broken(&io::Error::other("the answer is too long")));
            }
        }
        Ok(String::from_utf8_lossy(&head).into_owned())
    }

    fn judge(&self, head: &str) -> Result<()> {
        let mut lines = head.split("\r\n");
        let code = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .unwrap_or_default();
        if code.len() == 3 && code.starts_with('2') {
            return Ok(());
        }
        let wanted: Vec<&str> = lines
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authenticate"))
            .filter_map(|(_, value)| value.split_whitespace().next())
            .collect();
        let code = &*quote(code, &[]);
        let place = self.place();
        let details = if code != "407" {
            Details::new(format!(
                "the proxy {place} refused the connection (HTTP {code})"
            ))
            .with_hint(
                "Ask for Zoom's hosts to be allowed through the proxy, or exempt them in NO_PROXY.",
            )
        } else if wanted
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case("basic"))
        {
            let (what, verb) = match self.authorization {
                Some(_) => ("refused the user name or password", "Correct them in"),
                None => ("wants a user name and password", "Put them into"),
            };
            Details::new(format!("the proxy {place} {what} (HTTP 407)")).with_hint(format!(
                "{verb} the proxy's URL, percent-encoded: HTTPS_PROXY=http://user:password@host:port"
            ))
        } else {
            let schemes = if wanted.is_empty() {
                "an unknown method".into()
            } else {
                quote(&wanted.join(", "), &[])
            };
            Details::new(format!("the proxy {place} wants {schemes}; only Basic is supported (HTTP 407)"))
                .with_hint("NTLM and Kerberos need a helper such as cntlm or px on this machine: point HTTPS_PROXY to it. Or exempt Zoom's hosts in NO_PROXY.")
        };
        let http_status = code.parse().unwrap_or_default();
        Err(Error::Network(
            details.with_http_status(http_status).with_retryable(false),
        ))
    }

    fn broken(&self, error: &io::Error) -> Error {
        let message = format!("the proxy {} did not open a tunnel: {error}", self.place());
        if error.kind() == io::ErrorKind::TimedOut {
            return Error::Timeout(Details::new(message));
        }
        Error::Network(Details::new(message).with_hint("Check HTTPS_PROXY and the proxy itself."))
    }

    /// Host and port, for errors: never the user name or password.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// The hosts of NO_PROXY. Names cover themselves and everything below, `*` covers all.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoProxy(Vec<String>);

impl NoProxy {
    pub(crate) fn parse(text: &str) -> NoProxy {
        let entries = text
            .split([',', ' '])
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        NoProxy(
            entries
                .map(|entry| entry.trim_start_matches('.').to_ascii_lowercase())
                .collect(),
        )
    }

    fn covers(&self, host: &str) -> bool {
        self.0.iter().any(|entry| {
            let name = entry.trim_start_matches("*.");
            // A port behind the name is ignored, as curl does.
            let name = name
                .rsplit_once(':')
                .filter(|(name, _)| !name.contains(':'))
                .map_or(name, |(name, _)| name);
            name == "*" || is_within(host, bare_host(name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_covers() {
        for (list, host, covered) in [
            ("", "api.zoom.us", false),
            ("*", "api.zoom.us", true),
            ("zoom.us", "api.zoom.us", true),
            (".zoom.us", "api.zoom.us", true),
            ("*.zoom.us", "api.zoom.us", true),
            ("example.com, ZOOM.US:443", "api.zoom.us", true),
            ("oom.us", "zoom.us", false),
            ("[::1]", "::1", true),
            ("10.0.0.1", "10.0.0.1", true),
        ] {
            assert_eq!(
                NoProxy::parse(list).covers(host),
                covered,
                "{list:?} and {host}"
            );
        }
    }

    #[test]
    fn proxies() {
        let proxy = Proxy::parse(
            "http://jo:p%40ss@Proxy.example:3128",
            "HTTPS_PROXY",
            NoProxy::default(),
        )
        .unwrap();
        assert_eq!(proxy.place(), "proxy.example:3128");
        assert_eq!(
            proxy.authorization.as_ref().unwrap().expose(),
            "Basic am86cEBzcw=="
        );
        assert!(
            !format!("{proxy:?}").contains("am86"),
            "Debug shows the password"
        );
        assert_eq!(
            Proxy::parse("proxy:8080", "P", NoProxy::default())
                .unwrap()
                .port,
            8080
        );
        for text in ["socks5://x", "https://x", "http://", "::"] {
            assert!(
                Proxy::parse(text, "HTTPS_PROXY", NoProxy::default()).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn answers() {
        let ask = |url: &str, answer: &str| {
            let proxy = Proxy::parse(url, "P", NoProxy::default()).unwrap();
            let mut stream = Both(io::Cursor::new(answer.as_bytes().to_vec()), Vec::new());
            let result = proxy.connect(&mut stream, "api.zoom.us", 443);
            assert!(
                stream
                    .1
                    .starts_with(b"CONNECT api.zoom.us:443 HTTP/1.1\r\n")
            );
            result.map_err(|error| error.to_string())
        };
        assert_eq!(
            ask("proxy", "HTTP/1.1 200 Connection established\r\n\r\n"),
            Ok(())
        );
        for (url, answer, words) in [
            (
                "proxy",
                "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nproxy-authenticate: Negotiate\r\n\r\n",
                "wants NTLM, Negotiate",
            ),
            (
                "jo:hunter22@proxy",
                "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
                "refused the user name or password",
            ),
            (
                "proxy",
                "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
                "wants a user name and password",
            ),
            ("proxy", "HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP 403"),
            ("proxy", "HTTP/1.1 200", "did not open a tunnel"),
        ] {
            let error = ask(url, answer).expect_err(answer);
            assert!(!error.contains("hunter22"), "{error}");
            assert!(error.contains(words), "{error}");
        }
    }

    struct Both(io::Cursor<Vec<u8>>, Vec<u8>);

    impl Read for Both {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Both {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.1.write(buffer)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
