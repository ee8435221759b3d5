//! From an index to a user's ID, address and role, and back, without a table.

use super::UserStatus;
use super::names::Names;
use super::tables::{ASCII_NAMES, DOMAINS};
use crate::mix::{Numbers, scramble, unscramble};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// The names of an account's users.
#[derive(Clone)]
pub(crate) struct Directory {
    pub(super) seed: u64,
    key: u64,
    pub(super) names: Arc<Names>,
}

/// What a user may do; decides `role_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Owner,
    Admin,
    Member,
    Custom,
}

impl Role {
    pub(crate) const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Member, Self::Custom];

    pub(crate) const fn of(index: u32) -> Self {
        match (index, index % 20) {
            (0, _) => Self::Owner,
            (_, 7) => Self::Admin,
            (_, 13) => Self::Custom,
            _ => Self::Member,
        }
    }

    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Owner => "0",
            Self::Admin => "1",
            Self::Member => "2",
            Self::Custom => "Rj2MkpXt9QWyZ0a1bVvLqTg",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == text)
    }
}

impl Directory {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            key: Numbers::new(seed, u64::MAX - 1).next(),
            names: Arc::default(),
        }
    }

    /// 22 characters, as Zoom's are: the scrambled index and a check of it.
    pub(crate) fn id(&self, index: u32) -> String {
        let mut out = Vec::new();
        self.write_id(&mut out, index);
        String::from_utf8(out).unwrap_or_default()
    }

    pub(super) fn write_id(&self, out: &mut Vec<u8>, index: u32) {
        let mut text = [0; 22];
        // The buffer has the exact size, so this cannot fail.
        if URL_SAFE_NO_PAD
            .encode_slice(self.id_bytes(index), &mut text)
            .is_ok()
        {
            out.extend_from_slice(&text);
        }
    }

    fn id_bytes(&self, index: u32) -> [u8; 16] {
        let high = scramble(u64::from(index) ^ self.key);
        let low = scramble(high ^ self.key);
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    }

    pub(crate) fn email(&self, index: u32) -> String {
        let mut out = Vec::new();
        self.write_email(&mut out, index);
        String::from_utf8(out).unwrap_or_default()
    }

    /// `first.last.index@domain`, or with a `+`, which a client must not take for a blank.
    pub(super) fn write_email(&self, out: &mut Vec<u8>, index: u32) {
        if let Some(given) = self.names.of(index) {
            out.extend_from_slice(given.as_bytes());
            return;
        }
        let bits = Numbers::new(self.seed, u64::from(index)).next();
        let name = |shift: u32| ASCII_NAMES[(bits >> shift) as usize % ASCII_NAMES.len()];
        out.extend_from_slice(name(0).as_bytes());
        if bits >> 60 == 0 {
            out.extend_from_slice(b"+zoom.");
        } else {
            out.push(b'.');
            out.extend_from_slice(name(16).as_bytes());
            out.push(b'.');
        }
        super::render::number(out, u64::from(index));
        out.push(b'@');
        out.extend_from_slice(DOMAINS[(bits >> 40) as usize % DOMAINS.len()].as_bytes());
    }

    /// The index an ID or address belongs to, if it has the form of one.
    pub(crate) fn find(&self, email_or_id: &str) -> Option<u32> {
        if let Some((local, _)) = email_or_id.split_once('@') {
            if let Some(index) = self.names.find(email_or_id) {
                return Some(index);
            }
            let digits = local.rfind(|c: char| !c.is_ascii_digit())? + 1;
            return local[digits..].parse().ok();
        }
        let bytes = URL_SAFE_NO_PAD.decode(email_or_id).ok()?;
        let high = u64::from_be_bytes(bytes.get(..8)?.try_into().ok()?);
        u32::try_from(unscramble(high) ^ self.key).ok()
    }

    /// Whether the user really has this ID or address; pending users have no ID.
    pub(crate) fn answers_to(&self, index: u32, status: UserStatus, email_or_id: &str) -> bool {
        self.email(index).eq_ignore_ascii_case(email_or_id)
            || (status != UserStatus::Pending && self.id(index) == email_or_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_addresses_lead_back() {
        let directory = Directory::new(7);
        for index in (0..1_000_000).step_by(997) {
            for name in [directory.id(index), directory.email(index)] {
                assert_eq!(directory.find(&name), Some(index), "{name}");
                assert!(directory.answers_to(index, UserStatus::Active, &name));
                assert!(!directory.answers_to(index + 1, UserStatus::Active, &name));
            }
        }
        assert!(!directory.answers_to(5, UserStatus::Pending, &directory.id(5)));
        assert!(!directory.answers_to(5, UserStatus::Active, &Directory::new(8).id(5)));
    }
}
