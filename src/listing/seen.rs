//! Whom a listing has met, in little more than eight bytes each.

use std::hash::RandomState;
use std::hint::black_box;

/// Bits of an entry that say in which pass it was met last; the rest is the fingerprint.
const PASS_BITS: u32 = 5;
const PASS_MASK: u64 = (1 << PASS_BITS) - 1;

/// The topmost bits of a fingerprint choose one of so many shards. They grow one by one, so that there
/// is never a second copy of everything; and few, so that with many entries each has pages of its own from
/// the system, which grow where they are.
const SHARD_BITS: u32 = 3;
const SHARDS: u64 = 1 << SHARD_BITS;

/// Places behind the last home of a shard. More are made when they are needed.
const ROOM: usize = 64;

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
/// two differing entries look alike is one in a million.
pub(super) struct Seen {
    key: RandomState,
    shards: Vec<Shard>,
    /// Entries that a shard is to hold.
    share: usize,
}

/// A table in the order of the fingerprints, with gaps.
///
/// Invariant: an entry stands at its home, which its fingerprint tells, or behind it, with no gap
/// between. So it is found in a few steps from there, in memory that lies together, and a new one moves
/// those up to the next gap. All but a twentieth may be in use: then that is some two hundred.
#[derive(Clone, Default)]
struct Shard {
    /// 0 is a gap. Behind the last home there is room for those that were moved.
    slots: Vec<u64>,
    homes: usize,
    used: usize,
}

impl Seen {
    /// Passes that can be told apart.
    pub(super) const PASSES: u32 = 1 << PASS_BITS;

    /// Room for about `expected` entries; more only makes it slower.
    pub(super) fn new(expected: u64) -> Seen {
        // A peer's word for a large number is not taken for more than this.
        let share = expected.min(1 << 22).div_ceil(SHARDS);
        Seen {
            key: RandomState::new(),
            shards: vec![Shard::default(); SHARDS as usize],
            // Shards differ a little.
            share: (share + share / 64) as usize,
        }
    }

    /// What identities are hashed with before they are met.
    pub(super) fn key(&self) -> RandomState {
        self.key.clone()
    }

    /// Has the processor fetch what [`meet`](Seen::meet) will look at for these hashes: all at once, where
    /// `meet` would wait for one after the other.
    pub(super) fn look_ahead(&self, hashes: &[u64]) {
        let ahead = hashes.iter().filter_map(|hash| {
            let (index, fingerprint) = Seen::place(*hash);
            let shard = self.shards.get(index)?;
            shard.slots.get(shard.home(fingerprint))
        });
        black_box(ahead.fold(0, |all, entry| all ^ entry));
    }

    /// The shard and the fingerprint of a hash.
    fn place(hash: u64) -> (usize, u64) {
        // No fingerprint is 0.
        let fingerprint = (hash & !PASS_MASK).max(1 << PASS_BITS);
        ((fingerprint >> (64 - SHARD_BITS)) as usize, fingerprint)
    }

    /// Notes that something with this hash was met in `pass`, and says when it had been met before.
    pub(super) fn meet(&mut self, hash: u64, pass: u32) -> Met {
        let pass = u64::from(pass) & PASS_MASK;
        let (index, fingerprint) = Seen::place(hash);
        let Some(shard) = self.shards.get_mut(index) else {
            return Met::Never;
        };
        if shard.is_full() {
            shard.grow(self.share);
        }
        match shard.find(fingerprint) {
            Ok(entry) => {
                let before = *entry & PASS_MASK;
                *entry = fingerprint | pass;
                Met::InPass(before as u32)
            }
            Err(place) => {
                shard.insert(place, fingerprint | pass);
                Met::Never
            }
        }
    }
}

impl Shard {
    fn is_full(&self) -> bool {
        self.used * 20 >= self.homes * 19
    }

    fn home(&self, fingerprint: u64) -> usize {
        home(self.homes, fingerprint)
    }

    /// The entry with that fingerprint, or else the place where it belongs.
    fn find(&mut self, fingerprint: u64) -> Result<&mut u64, usize> {
        let mut place = self.home(fingerprint);
        let is_before = |entry: &u64| *entry != 0 && *entry & !PASS_MASK < fingerprint;
        while self.slots.get(place).is_some_and(is_before) {
            place += 1;
        }
        match self.slots.get_mut(place) {
            Some(entry) if *entry & !PASS_MASK == fingerprint => Ok(entry),
            _ => Err(place),
        }
    }

    /// Puts an entry where it belongs.
    fn insert(&mut self, place: usize, entry: u64) {
        let behind = self.slots.get(place..).unwrap_or_default();
        let gap = behind.iter().position(|entry| *entry == 0);
        let gap = gap.map_or_else(|| self.more_room(self.slots.len()), |gap| place + gap);
        self.slots.copy_within(place..gap, place + 1);
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = entry;
        }
        self.used += 1;
    }

    /// Sees to it that there is this place behind the last home, and hands it back.
    #[cold]
    fn more_room(&mut self, place: usize) -> usize {
        self.slots.reserve_exact(ROOM);
        self.slots.resize(place + ROOM, 0);
        place
    }

    /// Makes room for a share, or for a sixteenth more than there is, without a second table.
    fn grow(&mut self, share: usize) {
        let before = self.slots.len();
        self.homes = (share + share / 16)
            .max(self.homes + self.homes / 16)
            .max(16);
        let homes = self.homes;
        // In their order, each will be at its home or right behind the one before.
        let after = |end: usize, entry: u64| home(homes, entry & !PASS_MASK).max(end) + 1;
        let entries = self.slots.iter().filter(|entry| **entry != 0);
        let end = entries.fold(0, |end, entry| after(end, *entry));
        let length = end.max(self.homes + ROOM).max(before);
        self.slots.reserve_exact(length - before);
        self.slots.resize(length, 0);

        // All to the far end, and from there to where they belong, which is never farther.
        let mut first = length;
        for place in (0..before).rev() {
            if self.slots.get(place).is_some_and(|entry| *entry != 0) {
                first -= 1;
                self.slots.swap(place, first);
            }
        }
        let mut end = 0;
        for place in first..length {
            let entry = self.slots.get(place).copied().unwrap_or_default();
            end = after(end, entry);
            self.slots.swap(place, end - 1);
        }
    }
}

/// Where a fingerprint belongs in a shard of so many homes.
fn home(homes: usize, fingerprint: u64) -> usize {
    let within = u128::from(fingerprint << SHARD_BITS);
    ((within * homes as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
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

    /// Hashes that no good hash gives: all in one shard, all at its ends, all in a row.
    #[test]
    fn uneven_hashes_are_told_apart_too() {
        let step = 1 << PASS_BITS;
        let rows: [fn(u64) -> u64; 4] = [
            |number| number << PASS_BITS,
            |number| u64::MAX - (number << PASS_BITS),
            |number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            |number| (number % 7) << 61 | number << 20,
        ];
        for hash in rows {
            let mut seen = Seen::new(100);
            let mut known = HashMap::new();
            for number in 0..3_000_u64 {
                let hash = hash(number * 7 % 2_500);
                let before = known.insert((hash & !PASS_MASK).max(step), number % 32);
                let expected = before.map_or(Met::Never, |pass| Met::InPass(pass as u32));
                assert_eq!(seen.meet(hash, (number % 32) as u32), expected, "{hash}");
            }
        }
    }

    #[test]
    fn a_short_first_list_is_no_limit() {
        for expected in [0, 1, 10, 90_000] {
            let mut seen = Seen::new(expected);
            for number in 0..300_000_u32 {
                let hash = seen.key().hash_one(number);
                assert_eq!(seen.meet(hash, 0), Met::Never);
            }
            let held: usize = seen.shards.iter().map(|shard| shard.slots.capacity()).sum();
            assert!(held < 340_000, "{held} slots");
            let used: usize = seen.shards.iter().map(|shard| shard.used).sum();
            assert_eq!(used, 300_000);
        }
    }

    #[test]
    fn takes_little_more_than_eight_bytes_each() {
        let mut seen = Seen::new(200_000);
        for number in 0..200_000_u32 {
            seen.meet(seen.key().hash_one(number), 0);
        }
        let held: usize = seen
            .shards
            .iter()
            .map(|shard| shard.slots.capacity() * 8)
            .sum();
        let per_entry = held as f64 / 200_000.0;
        assert!((8.0..8.9).contains(&per_entry), "{per_entry} bytes");
    }
}
