//! Meetings: so many of each user from the beginning, and those that were made since.
//!
//! As with users, a meeting's ID and UUID lead back to it without a table.

use crate::lock;
use crate::mix::{Numbers, scramble, unscramble};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Mutex;

/// A user's meetings of the beginning are numbered below this.
const PER_USER: u64 = 1_000;
const FIRST_ID: u64 = 80_000_000_000;
/// Serial numbers of meetings that were made later; no user's reach so far.
const FIRST_MADE: u64 = 10_000_000_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meeting {
    serial: u64,
    /// The index of the user who holds it.
    pub(crate) host: u32,
    pub(crate) topic: String,
}

pub(crate) struct Meetings {
    key: u64,
    per_user: u32,
    made: Mutex<Vec<Meeting>>,
}

impl Meetings {
    pub(crate) fn new(seed: u64, per_user: u32) -> Self {
        Self {
            key: Numbers::new(seed, u64::MAX - 2).next(),
            per_user: per_user.min(PER_USER as u32),
            made: Mutex::default(),
        }
    }

    pub(crate) fn make(&self, host: u32, topic: &str) -> Meeting {
        let made = &mut *lock(&self.made);
        let meeting = Meeting {
            serial: FIRST_MADE + made.len() as u64,
            host,
            topic: topic.to_owned(),
        };
        made.push(meeting.clone());
        meeting
    }

    /// Everything of one host, in the order in which it was made.
    pub(crate) fn of(&self, host: u32) -> Vec<Meeting> {
        let first = (0..self.per_user).map(|nth| first(host, u64::from(nth)));
        let made = lock(&self.made);
        let made = made.iter().filter(|meeting| meeting.host == host).cloned();
        first.chain(made).collect()
    }

    /// By ID or UUID.
    pub(crate) fn find(&self, id_or_uuid: &str) -> Option<Meeting> {
        let serial = match id_or_uuid.parse::<u64>() {
            Ok(id) => id.checked_sub(FIRST_ID)?,
            Err(_) => self.serial(id_or_uuid)?,
        };
        if let Some(nth) = serial.checked_sub(FIRST_MADE) {
            return lock(&self.made).get(nth as usize).cloned();
        }
        let host = u32::try_from(serial / PER_USER).ok()?;
        (serial % PER_USER < u64::from(self.per_user)).then(|| first(host, serial % PER_USER))
    }

    /// 24 characters of base64 with `/`, `+` and `=`. Every third begins with `//` and every third
    /// with a single `/`, as some of Zoom's do, which must then be percent-encoded twice.
    pub(crate) fn uuid(&self, meeting: &Meeting) -> String {
        let start = match meeting.serial % 3 {
            0 => [0xff, 0xff],
            1 => [0xfc, 0x00],
            _ => [0x00, 0x10],
        };
        let high = scramble(meeting.serial ^ self.key);
        let check = scramble(high ^ self.key).to_be_bytes();
        let mut bytes = start.to_vec();
        bytes.extend_from_slice(&high.to_be_bytes());
        bytes.extend_from_slice(&check[..6]);
        STANDARD.encode(bytes)
    }

    fn serial(&self, uuid: &str) -> Option<u64> {
        let bytes = STANDARD.decode(uuid).ok()?;
        let high = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
        let meeting = Meeting {
            serial: unscramble(high) ^ self.key,
            host: 0,
            topic: String::new(),
        };
        (self.uuid(&meeting) == uuid).then_some(meeting.serial)
    }
}

impl Meeting {
    pub(crate) fn id(&self) -> u64 {
        FIRST_ID + self.serial
    }
}

fn first(host: u32, nth: u64) -> Meeting {
    Meeting {
        serial: u64::from(host) * PER_USER + nth,
        host,
        topic: ["Weekly", "Jour fixe – Büro", "全体会議", "1:1"][nth as usize % 4].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_uuids_lead_back() {
        let meetings = Meetings::new(3, 70);
        meetings.make(900_000, "made");
        let mut slashes = [0; 3];
        for host in [0, 1, 900_000] {
            for meeting in meetings.of(host) {
                let (id, uuid) = (meeting.id().to_string(), meetings.uuid(&meeting));
                assert_eq!(meetings.find(&id).as_ref(), Some(&meeting));
                assert_eq!(meetings.find(&uuid).as_ref(), Some(&meeting));
                slashes[uuid.bytes().take(2).take_while(|&b| b == b'/').count()] += 1;
            }
        }
        assert!(slashes.iter().all(|&count| count > 60), "{slashes:?}");
        for nobody in ["", "0", "80000000070", "90000000001", "AAAA", "x"] {
            assert_eq!(meetings.find(nobody), None, "{nobody}");
        }
        let other = Meetings::new(4, 70);
        let meeting = &meetings.of(0)[0];
        assert_eq!(other.find(&meetings.uuid(meeting)), None);
    }
}
