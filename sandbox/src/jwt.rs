//! The tokens of a retired JWT app: made by the client, checked here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What a JWT with the app's API key turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jwt {
    Good,
    Expired,
    /// Another algorithm, a wrong signature, no expiry.
    Bad,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    exp: Option<i64>,
}

/// Checks a bearer token as a JWT; `None` if it is none or does not name this API key.
pub(crate) fn check(token: &str, api_key: &str, api_secret: &str, now: i64) -> Option<Jwt> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let payload: Payload = part(payload)?;
    if payload.iss != api_key {
        return None;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, api_secret.as_bytes());
    let genuine = part(header).is_some_and(|header: Header| header.alg == "HS256")
        && URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| hmac::verify(&key, signed.as_bytes(), &signature).is_ok());
    Some(match payload.exp {
        Some(exp) if genuine && exp > now => Jwt::Good,
        Some(_) if genuine => Jwt::Expired,
        _ => Jwt::Bad,
    })
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
