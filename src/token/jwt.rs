//! The retired way: a JWT signed on this machine (RFC 7519, HS256).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::machine::Moment;
use super::value::Token;
use crate::secret::Secret;

/// Signs a token for `api_key` that is good for `life` from `now` on.
pub(crate) fn sign(api_key: &str, api_secret: &str, now: Moment, life: Duration) -> Token {
    let expires = (now.wall + life).as_secs();
    let claims = serde_json::json!({ "iss": api_key, "exp": expires }).to_string();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed = [
        encode(br#"{"alg":"HS256","typ":"JWT"}"#),
        encode(claims.as_bytes()),
    ]
    .join(".");
    let key = hmac::Key::new(hmac::HMAC_SHA256, api_secret.as_bytes());
    let signature = encode(hmac::sign(&key, signed.as_bytes()).as_ref());
    let value = Secret::new([signed, signature].join("."));
    Token::new(value.expose(), String::new(), None, now, life)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_agrees_with_another_implementation() {
        // Made with Python: hmac.new(b"secret", header + b"." + payload, "sha256").
        let now = Moment {
            mono: Duration::ZERO,
            wall: Duration::from_secs(1_700_000_000),
        };
        let token = sign("key", "secret", now, Duration::from_secs(900));
        assert_eq!(
            token.value(),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3MDAwMDA5MDAsImlzcyI6ImtleSJ9.454fllwQ9GaXQ4LqTyZ1EshuVN0JxXw26F8EIj_actg"
        );
    }
}
