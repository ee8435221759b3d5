//! Whom a listing has met, in eight bytes each.

use std::hash::RandomState;

/// Bits of an entry that say in which pass it was met last; the rest is the fingerprint.
const PASS_BITS: u32 = 5;
const PASS_MASK: u64 = (1 << PASS_BITS) - 1;
/// Entries per shard to aim at: a sorted insertion moves half of one, a kilobyte.
const SHARD: u64 = 256;
/// Not fewer, however few are expected: the first list may be the shortest of several.
const SMALLEST_FAN_OUT: u64 = 1 << 8;
const LARGEST_FAN_OUT: u64 = 1 << 14;

/// When something was met before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    Never,
    /// In this pass, counted from 0.
    InPass(u32),
}

/// Fingerprints of what was met, each with the last pass it was met in.
///
/// A fingerprint has 59 bits under a key drawn at random: in a listing of a million, the chance that
/// two differing entries look alike is one in a million. Sorted shards that start at their share and grow by a sixteenth keep
/// memory close to eight bytes an entry; a hash table would take up to twice that, and three times
/// while it grows.
pub(super) struct Seen {
    key: RandomState,
    shards: Vec<Vec<u64>>,
    /// Room that a shard gets at first: its share, and what shares differ by.
    share: usize,
}

impl Seen {
    /// Passes that can be told apart.
    pub(super) const PASSES: u32 = 1 << PASS_BITS;

    /// Room for about `expected` entries; more only makes it slower.
    pub(super) fn new(expected: u64) -> Seen {
        let fan_out = (expected / SHARD)
            .clamp(SMALLEST_FAN_OUT, LARGEST_FAN_OUT)
            .next_power_of_two();
        let share = expected.min(fan_out * SHARD * 2) / fan_out;
        Seen {
            key: RandomState::new(),
            shards: vec![Vec::new(); fan_out as usize],
            share: (share + share / 32) as usize,
        }
    }

    /// What identities are hashed with before they are met.
    pub(super) fn key(&self) -> RandomState {
        self.key.clone()
    }

    /// Notes that something with this hash was met in `pass`, and says when it had been met before.
    pub(super) fn meet(&mut self, hash: u64, pass: u32) -> Met {
        let (fingerprint, pass) = (hash & !PASS_MASK, u64::from(pass) & PASS_MASK);
        // The topmost bits choose the shard; the count is a power of two, and at least two.
        let fan_out_bits = self.shards.len().trailing_zeros();
        let index = hash.checked_shr(64 - fan_out_bits).unwrap_or(0);
        let Some(shard) = self.shards.get_mut(index as usize) else {
            return Met::Never;
        };
        match search(shard, fingerprint, hash << fan_out_bits) {
            Ok(entry) => {
                let before = *entry & PASS_MASK;
                *entry = fingerprint | pass;
                Met::InPass(before as u32)
            }
            Err(place) => {
                if shard.len() == shard.capacity() {
                    let more = if shard.is_empty() {
                        self.share
                    } else {
                        shard.len() / 16
                    };
                    shard.reserve_exact(more.max(8));
                }
                shard.insert(place, fingerprint | pass);
                Met::Never
            }
        }
    }
}

/// The entry with that fingerprint, or else the place where it belongs.
///
/// Hashes are spread evenly, so the bits below those that chose the shard tell how far inside it the
/// place must be: a few steps from there, where halving would miss the cache and the processor's guess
/// each time.
fn search(shard: &mut [u64], fingerprint: u64, within: u64) -> Result<&mut u64, usize> {
    let is_before = |shard: &[u64], place: usize| {
        let entry = shard.get(place);
        entry.is_some_and(|entry| entry & !PASS_MASK < fingerprint)
    };
    let guess = u128::from(within) * shard.len() as u128;
    let mut place = (guess >> 64) as usize;
    while is_before(shard, place) {
        place += 1;
    }
    while place > 0 && !is_before(shard, place - 1) {
        place -= 1;
    }
    match shard.get_mut(place) {
        Some(entry) if *entry & !PASS_MASK == fingerprint => Ok(entry),
        _ => Err(place),
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn remembers_the_last_pass() {
        for expected in [0, 1, 1_000, 1 << 40] {
            let mut seen = Seen::new(expected);
            for round in 0..3 {
                for number in 0..5_000 {
                    let number = seen.key().hash_one(number);
                    let met = seen.meet(number, round);
                    let before = if round == 0 {
                        Met::Never
                    } else {
                        Met::InPass(round - 1)
                    };
                    assert_eq!(met, before, "{number} in round {round}");
                    assert_eq!(seen.meet(number, round), Met::InPass(round));
                }
            }
            let somebody = seen.key().hash_one("somebody");
            assert_eq!(seen.meet(somebody, 31), Met::Never);
            assert_eq!(seen.meet(somebody, 31), Met::InPass(31));
        }
    }

    #[test]
    fn a_short_first_list_does_not_make_one_long_shard() {
        for expected in [0, 1, 10] {
            let mut seen = Seen::new(expected);
            for number in 0..100_000_u32 {
                seen.meet(seen.key().hash_one(number), 0);
            }
            let longest = seen.shards.iter().map(Vec::len).max();
            assert!(
                longest.is_some_and(|longest| longest < 1_000),
                "{longest:?}"
            );
        }
    }

    #[test]
    fn takes_little_more_than_eight_bytes_each() {
        let mut seen = Seen::new(200_000);
        for number in 0..200_000_u32 {
            seen.meet(seen.key().hash_one(number), 0);
        }
        let held: usize = seen.shards.iter().map(|shard| shard.capacity() * 8).sum();
        let per_entry = held as f64 / 200_000.0;
        assert!((8.0..9.0).contains(&per_entry), "{per_entry} bytes");
    }
}
