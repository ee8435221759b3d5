//! Who sends a request: what its `Authorization` header says.

use crate::jwt::{self, Jwt};
use crate::lock;
use crate::zoom::Zoom;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use serde::Serialize;

/// The kind of credentials a request came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// No `Authorization` header.
    None,
    /// HTTP Basic: a client ID and a client secret, right or wrong.
    Basic,
    /// A bearer token that is not a JWT of the app: one issued here, or garbage.
    Bearer,
    /// A JWT that names the app's API key, good or bad.
    Jwt,
    /// Something else.
    Unknown,
}

pub(crate) enum Caller {
    Anonymous,
    Client {
        id: String,
        secret: String,
    },
    /// A token issued here, dead or alive.
    Token(u64),
    UnknownToken,
    Jwt(Jwt),
    Unknown,
}

impl Caller {
    pub(crate) fn of(headers: &HeaderMap, zoom: &Zoom) -> Self {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Self::Anonymous;
        };
        let Some((scheme, rest)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
            return Self::Unknown;
        };
        if scheme.eq_ignore_ascii_case("basic") {
            Self::basic(rest).unwrap_or(Self::Unknown)
        } else if scheme.eq_ignore_ascii_case("bearer") {
            Self::bearer(rest, zoom)
        } else {
            Self::Unknown
        }
    }

    fn basic(encoded: &str) -> Option<Self> {
        let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (id, secret) = pair.split_once(':')?;
        Some(Self::Client {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    fn bearer(token: &str, zoom: &Zoom) -> Self {
        if let Some(serial) = lock(&zoom.tokens).serial(token) {
            return Self::Token(serial);
        }
        let app = lock(&zoom.app);
        let (key, secret) = (&app.credentials.api_key, &app.credentials.api_secret);
        match jwt::check(token, key, secret, zoom.clock.unix_seconds()) {
            Some(jwt) => Self::Jwt(jwt),
            None => Self::UnknownToken,
        }
    }

    pub(crate) fn auth(&self) -> Auth {
        match self {
            Self::Anonymous => Auth::None,
            Self::Client { .. } => Auth::Basic,
            Self::Token(_) | Self::UnknownToken => Auth::Bearer,
            Self::Jwt(_) => Auth::Jwt,
            Self::Unknown => Auth::Unknown,
        }
    }

    pub(crate) fn token(&self) -> Option<u64> {
        match self {
            Self::Token(serial) => Some(*serial),
            _ => None,
        }
    }
}
