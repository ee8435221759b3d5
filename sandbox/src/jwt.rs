//! The tokens of a retired JWT app: made by the client, checked here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a JWT with the app's API key turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jwt {
    Good,
    Expired,
    /// Another algorithm, a wrong signature, no expiry.
    Bad,
}

/// What a JWT says of itself, true or not. Whoever has this cannot make the token of it: the
/// signature is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Claims {
    /// The algorithm its header names; empty if it names none.
    pub alg: String,
    /// The issuer, which in a JWT app's token is the API key.
    pub iss: Option<String>,
    /// When it expires, in seconds since 1970.
    pub exp: Option<i64>,
}

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    alg: String,
}

#[derive(Deserialize)]
struct Payload {
    iss: Option<String>,
    exp: Option<serde_json::Number>,
}

impl Payload {
    /// Python's `time.time() + 60` has a fraction, which JWTs may have.
    fn exp(&self) -> Option<i64> {
        let exp = self.exp.as_ref()?;
        exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64))
    }
}

/// Reads a token as a JWT; `None` if it is none.
pub(crate) fn claims(token: &str) -> Option<Claims> {
    let (signed, _) = token.trim().rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let (header, payload): (Header, Payload) = (part(header)?, part(payload)?);
    Some(Claims {
        alg: header.alg,
        exp: payload.exp(),
        iss: payload.iss,
    })
}

/// Checks a bearer token as a JWT; `None` if it is none or does not name this API key.
pub(crate) fn check(token: &str, api_key: &str, api_secret: &str, now: i64) -> Option<Jwt> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let payload: Payload = part(payload)?;
    if payload.iss.as_deref() != Some(api_key) {
        return None;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, api_secret.as_bytes());
    let genuine = part(header).is_some_and(|header: Header| header.alg == "HS256")
        && URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| hmac::verify(&key, signed.as_bytes(), &signature).is_ok());
    Some(match payload.exp() {
        Some(exp) if genuine && exp > now => Jwt::Good,
        Some(_) if genuine => Jwt::Expired,
        _ => Jwt::Bad,
    })
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
