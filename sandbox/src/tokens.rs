//! Access tokens: issued, living side by side or one at a time, expired, killed.

use crate::lock;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Whether a new access token ends the life of the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum World {
    /// It does, at once: Zoom from 2022-06 to 2023-06.
    SingleToken,
    /// It does not: Zoom since 2023-06-20.
    #[default]
    MultiToken,
}

/// What a token was asked for with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    AccountCredentials,
    /// Zoom gives such a token and then does not take it.
    ClientCredentials,
}

pub(crate) struct Token {
    pub(crate) grant: Grant,
    /// The scopes the app had when the token was issued; `None` if they were not limited.
    pub(crate) scopes: Option<Arc<[String]>>,
    expires_unix_ms: i64,
    killed: bool,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    Expired,
    Killed,
}

/// Every token ever issued; only digests are kept. Serial numbers start at 1.
pub(crate) struct Tokens {
    world: World,
    issued: Vec<Token>,
    serials: HashMap<[u8; 32], u64>,
}

impl Tokens {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            issued: Vec::new(),
            serials: HashMap::new(),
        }
    }

    pub(crate) fn issue(
        &mut self,
        grant: Grant,
        scopes: Option<Arc<[String]>>,
        expires_unix_ms: i64,
    ) -> String {
        if self.world == World::SingleToken {
            self.kill_all();
        }
        let text = random_token();
        self.issued.push(Token {
            grant,
            scopes,
            expires_unix_ms,
            killed: false,
        });
        self.serials.insert(key(&text), self.issued());
        text
    }

    /// The serial number of a token that this sandbox issued, dead or alive.
    pub(crate) fn serial(&self, text: &str) -> Option<u64> {
        self.serials.get(&key(text)).copied()
    }

    pub(crate) fn check(&self, serial: u64, now: i64) -> Result<&Token, Dead> {
        match self.issued.get(serial as usize - 1) {
            Some(token) if token.killed => Err(Dead::Killed),
            Some(token) if token.expires_unix_ms <= now => Err(Dead::Expired),
            Some(token) => Ok(token),
            None => Err(Dead::Killed),
        }
    }

    /// Whether the token lived until now, as far as killing is concerned.
    pub(crate) fn kill(&mut self, serial: u64) -> bool {
        let nth = (serial as usize).checked_sub(1);
        match nth.and_then(|nth| self.issued.get_mut(nth)) {
            Some(token) => !std::mem::replace(&mut token.killed, true),
            None => false,
        }
    }

    pub(crate) fn kill_all(&mut self) {
        // From the newest: in a single-token world all but that one are dead already, and in the
        // other world this is rare.
        for token in self.issued.iter_mut().rev() {
            if std::mem::replace(&mut token.killed, true) && self.world == World::SingleToken {
                break;
            }
        }
    }

    pub(crate) fn live(&self, now: i64) -> Vec<u64> {
        (1..=self.issued())
            .filter(|&serial| self.check(serial, now).is_ok())
            .collect()
    }

    pub(crate) fn issued(&self) -> u64 {
        self.issued.len() as u64
    }
}

/// Kills the tokens each time so many requests have come to the API.
#[derive(Default)]
pub(crate) struct Killing(Mutex<(u64, u64)>);

impl Killing {
    /// Starts to count anew; 0 for never.
    pub(crate) fn every(&self, requests: u64) {
        *lock(&self.0) = (requests, 0);
    }

    pub(crate) fn is_due(&self) -> bool {
        let (every, count) = &mut *lock(&self.0);
        *count += 1;
        *every > 0 && count.is_multiple_of(*every)
    }
}

fn key(text: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    key
}

/// About 700 characters in the shape of a JWT, as Zoom's are; nothing in it can be guessed.
fn random_token() -> String {
    let random = |len: usize| {
        let mut bytes = vec![0; len];
        // Without the system's random numbers there are no tokens worth the name.
        SystemRandom::new()
            .fill(&mut bytes)
            .expect("the system has random numbers");
        URL_SAFE_NO_PAD.encode(bytes)
    };
    let header = format!(
        r#"{{"sv":"000001","alg":"HS512","v":"2.0","kid":"{}"}}"#,
        random(24)
    );
    let payload = format!(
        r#"{{"ver":10,"auid":"{}","code":"{}","type":3,"jti":"{}","x":"{}"}}"#,
        random(24),
        random(48),
        random(24),
        random(150),
    );
    format!(
        "{}.{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload),
        random(64)
    )
}
