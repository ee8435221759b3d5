//! `next_page_token`: opaque to clients, and all that the sandbox remembers of a listing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

const SEAL: usize = 8;

/// What a page token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageToken {
    /// Of every other parameter of the call; they may not change between pages.
    pub(crate) fingerprint: u64,
    /// Where the next page starts: a rank in the list.
    pub(crate) start: u32,
    /// The roster a listing by snapshot reads.
    pub(crate) version: u64,
    pub(crate) issued_unix_ms: i64,
}

impl PageToken {
    pub(crate) fn seal(&self, key: &hmac::Key) -> String {
        let mut bytes = Vec::with_capacity(28 + SEAL);
        bytes.extend_from_slice(&self.fingerprint.to_be_bytes());
        bytes.extend_from_slice(&self.start.to_be_bytes());
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes.extend_from_slice(&self.issued_unix_ms.to_be_bytes());
        let seal = hmac::sign(key, &bytes);
        bytes.extend_from_slice(&seal.as_ref()[..SEAL]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token that this sandbox sealed; `None` for anything else.
    pub(crate) fn open(key: &hmac::Key, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (rest, seal) = bytes.split_at_checked(28)?;
        if hmac::sign(key, rest).as_ref()[..SEAL] != *seal {
            return None;
        }
        let (fingerprint, rest) = rest.split_first_chunk()?;
        let (start, rest) = rest.split_first_chunk()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (issued, _) = rest.split_first_chunk()?;
        Some(Self {
            fingerprint: u64::from_be_bytes(*fingerprint),
            start: u32::from_be_bytes(*start),
            version: u64::from_be_bytes(*version),
            issued_unix_ms: i64::from_be_bytes(*issued),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_token_does_not_open() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let token = PageToken {
            fingerprint: 1 << 60,
            start: 300,
            version: 9,
            issued_unix_ms: 1_700_000_000_000,
        };
        let text = token.seal(&key);
        assert_eq!(PageToken::open(&key, &text), Some(token));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(PageToken::open(&key, &changed), None, "{changed}");
        }
        for other in ["", "A", "not a token", &text[1..]] {
            assert_eq!(PageToken::open(&key, other), None);
        }
    }
}
