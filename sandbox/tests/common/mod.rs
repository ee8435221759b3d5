//! A client that sees the bytes: one HTTP/1.1 request at a time over plain or TLS streams.

#![allow(dead_code, unreachable_pub)] // Each test file uses its part.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls;
use zoom_s2s_sandbox::{Sandbox, UserStatus};

pub const FORM: &str = "application/x-www-form-urlencoded";

trait Duplex: Read + Write {}
impl<T: Read + Write> Duplex for T {}

/// A connection that is kept alive.
pub struct Client {
    stream: Box<dyn Duplex>,
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Status and whole body, for comparison with what is expected.
    pub fn told(&self) -> (u16, Value) {
        (self.status, self.json())
    }
}

impl Client {
    pub fn new(sandbox: &Sandbox) -> Self {
        let (_, address) = sandbox.url().split_once("://").unwrap();
        let tcp = TcpStream::connect(address).unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let Some(pem) = sandbox.ca_pem() else {
            return Self {
                stream: Box::new(tcp),
            };
        };
        let session = tls(pem, "127.0.0.1");
        Self {
            stream: Box::new(rustls::StreamOwned::new(session, tcp)),
        }
    }

    /// Sends a request without waiting for the answer.
    pub fn send(&mut self, head: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<()> {
        let mut request = format!("{head} HTTP/1.1\r\nHost: sandbox\r\n");
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n", body.len());
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.stream.write_all(&bytes)?;
        self.stream.flush()
    }

    /// What comes until the connection ends, and how it ends.
    pub fn read_to_end(&mut self) -> (Vec<u8>, io::Result<()>) {
        let mut bytes = Vec::new();
        let end = self.stream.read_to_end(&mut bytes).map(drop);
        (bytes, end)
    }

    pub fn read_some(&mut self, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        let got = self.stream.read(&mut bytes)?;
        bytes.truncate(got);
        Ok(bytes)
    }

    pub fn read(&mut self) -> io::Result<Response> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 64 << 10];
        loop {
            let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(end) = head {
                let response = parse_head(&bytes[..end]);
                let length = response.header("content-length").unwrap_or("0");
                let length: usize = length.parse().unwrap();
                if bytes.len() >= end + 4 + length {
                    assert_eq!(bytes.len(), end + 4 + length, "more than was announced");
                    let body = bytes.split_off(end + 4);
                    return Ok(Response { body, ..response });
                }
            }
            match self.stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                got => bytes.extend_from_slice(&chunk[..got]),
            }
        }
    }

    pub fn ask(&mut self, head: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.send(head, headers, body).unwrap();
        let response = self.read().unwrap();
        // Zoom's mark is on everything.
        let id = response
            .header("x-zm-trackingid")
            .expect("a tracking ID")
            .strip_prefix("v=2.0;clid=us04;rid=WEB_")
            .expect("Zoom's form of it");
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(response.header("date").unwrap().ends_with(" GMT"));
        response
    }

    /// A request, and whatever comes for it until `enough` says so or the connection ends.
    pub fn raw(&mut self, head: &str, token: &str, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let bearer = format!("Bearer {token}");
        self.send(head, &[("Authorization", &bearer)], b"").unwrap();
        let mut bytes = Vec::new();
        while !enough(&bytes) {
            match self.read_some(1 << 16) {
                Ok(some) if !some.is_empty() => bytes.extend(some),
                _ => break,
            }
        }
        bytes
    }

    /// A request with a JSON body, or none.
    pub fn call(&mut self, head: &str, token: &str, body: Value) -> Response {
        let auth = format!("Bearer {token}");
        let headers = [
            ("Authorization", &*auth),
            ("Content-Type", "application/json"),
        ];
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.ask(head, &headers, body.as_bytes())
    }

    /// Everything in an array of a listing, page by page.
    pub fn collect(&mut self, path: &str, array: &str, token: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = String::new();
        loop {
            let sign = if path.contains('?') { '&' } else { '?' };
            let answer = self.get(&format!("{path}{sign}next_page_token={next}"), token);
            assert_eq!(answer.status, 200, "{:?}", answer.json());
            let mut body = answer.json();
            all.append(body[array].as_array_mut().unwrap());
            body["next_page_token"]
                .as_str()
                .unwrap()
                .clone_into(&mut next);
            if next.is_empty() {
                assert_eq!(body["total_records"], all.len());
                return all;
            }
        }
    }

    pub fn get(&mut self, path: &str, token: &str) -> Response {
        let bearer = format!("Bearer {token}");
        self.ask(&format!("GET {path}"), &[("Authorization", &bearer)], b"")
    }

    /// A token, asked for as a well-behaved client does.
    pub fn token(&mut self, sandbox: &Sandbox) -> String {
        let response = self.token_response(sandbox);
        assert_eq!(response.status, 200, "{:?}", response.json());
        response.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn token_response(&mut self, sandbox: &Sandbox) -> Response {
        let form = format!(
            "grant_type=account_credentials&account_id={}",
            sandbox.credentials().account_id
        );
        let headers = [
            ("Authorization", &*basic_of(sandbox)),
            ("Content-Type", FORM),
        ];
        self.ask("POST /oauth/token", &headers, form.as_bytes())
    }

    /// All users of a status, page by page, calling `between` after each page.
    pub fn list(
        &mut self,
        token: &str,
        status: UserStatus,
        page_size: u32,
        mut between: impl FnMut(usize),
    ) -> Vec<Value> {
        let mut users = Vec::new();
        let mut next = String::new();
        for page in 0.. {
            let path = format!(
                "/v2/users?status={}&page_size={page_size}&next_page_token={next}",
                status.as_str()
            );
            let response = self.get(&path, token);
            assert_eq!(response.status, 200, "{:?}", response.json());
            let mut body = response.json();
            users.append(body["users"].as_array_mut().unwrap());
            body["next_page_token"]
                .as_str()
                .unwrap()
                .clone_into(&mut next);
            if next.is_empty() {
                break;
            }
            between(page);
        }
        users
    }
}

fn parse_head(head: &[u8]) -> Response {
    let head = std::str::from_utf8(head).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    Response {
        status: status.parse().unwrap(),
        headers: lines
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_ascii_lowercase(), value.to_owned())
            })
            .collect(),
        body: Vec::new(),
    }
}

pub fn tls(ca_pem: &str, name: &str) -> rustls::ClientConnection {
    use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    rustls::ClientConnection::new(Arc::new(config), name).unwrap()
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub fn basic_of(sandbox: &Sandbox) -> String {
    let credentials = sandbox.credentials();
    basic(&credentials.client_id, &credentials.client_secret)
}

/// An HS256 JWT out of any header and payload.
pub fn jwt(header: &str, payload: &str, secret: &str) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = ring::hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

pub fn good_jwt(sandbox: &Sandbox, lifetime: i64) -> String {
    let credentials = sandbox.credentials();
    let exp = sandbox.clock().unix_seconds() + lifetime;
    jwt(
        r#"{"alg":"HS256","typ":"JWT"}"#,
        &format!(r#"{{"iss":"{}","exp":{exp}}}"#, credentials.api_key),
        &credentials.api_secret,
    )
}
