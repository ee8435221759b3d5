//! Seals a token for a store that others may read or write.
//!
//! The key is derived from the client secret, so the store's readers gain nothing that they do not
//! have; the app is bound in, so one app's value is none for another; and the times inside are sealed
//! too, so an old value put back is as old as it is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// The version of the form below, which is also its beginning.
const VERSION: &str = "zoom-s2s.1.";

/// Seals and opens the values of one app.
pub(super) struct Seal<'a> {
    key: LessSafeKey,
    app: &'a str,
}

impl<'a> Seal<'a> {
    /// `app` is the key under which the store keeps the value.
    pub(super) fn new(client_secret: &str, app: &'a str) -> Option<Seal<'a>> {
        let salt = Salt::new(HKDF_SHA256, b"zoom-s2s token store");
        let secret = salt.extract(client_secret.as_bytes());
        let info = [VERSION.as_bytes()];
        let output = secret.expand(&info, &AES_256_GCM).ok()?;
        let key = LessSafeKey::new(UnboundKey::from(output));
        Some(Seal { key, app })
    }

    fn bound(&self) -> Aad<Vec<u8>> {
        Aad::from([VERSION, self.app].concat().into_bytes())
    }

    /// `None` if the system has no random numbers.
    pub(super) fn seal(&self, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = text.as_bytes().to_vec();
        let tag = self.key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            self.bound(),
            &mut sealed,
        );
        let tag = tag.ok()?;
        let whole = [&nonce[..], &sealed, tag.as_ref()].concat();
        Some([VERSION, &URL_SAFE_NO_PAD.encode(whole)].concat())
    }

    /// `None` for whatever was not sealed by this app with this secret.
    pub(super) fn open(&self, value: &str) -> Option<Zeroizing<String>> {
        let encoded = value.strip_prefix(VERSION)?;
        let whole = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).ok()?);
        let (nonce, sealed) = whole.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let text = self
            .key
            .open_in_place(nonce, self.bound(), &mut sealed)
            .ok()?;
        let text = std::str::from_utf8(text).ok()?;
        Some(Zeroizing::new(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_app_with_the_same_secret_opens_it() {
        let seal = Seal::new("hunter22", "app").expect("a key");
        let value = seal.seal("the token").expect("sealed");
        assert_eq!(seal.open(&value).expect("opened").as_str(), "the token");
        assert!(!value.contains("token\"") && value.len() < 100, "{value}");
        assert_ne!(
            value,
            seal.seal("the token").expect("sealed"),
            "a fresh nonce each time"
        );

        for (secret, app) in [("hunter23", "app"), ("hunter22", "apq"), ("", "app")] {
            assert!(
                Seal::new(secret, app)
                    .expect("a key")
                    .open(&value)
                    .is_none()
            );
        }
    }

    #[test]
    fn no_changed_value_is_opened() {
        let seal = Seal::new("hunter22", "app").expect("a key");
        let value = seal.seal("{\"access_token\":\"abc\"}").expect("sealed");
        let mut changed = 0;
        for index in 0..value.len() {
            for byte in [b'A', b'_', b'.'] {
                let mut other = value.clone().into_bytes();
                if let Some(place) = other.get_mut(index) {
                    *place = byte;
                }
                let other = String::from_utf8(other).expect("ASCII");
                if other != value {
                    changed += 1;
                    assert!(seal.open(&other).is_none(), "{other}");
                }
            }
            assert!(seal.open(&value[..index]).is_none());
        }
        assert!(changed > value.len(), "{changed}");
        for junk in ["", VERSION, "zoom-s2s.1.AAAA", "zoom-s2s.2.AAAA", "\u{e4}"] {
            assert!(seal.open(junk).is_none(), "{junk}");
        }
    }
}
