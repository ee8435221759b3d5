//! Reproducible numbers: a generator, and a mixing step that can be undone.

const MULTIPLIERS: [u64; 2] = [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB];
/// Their inverses modulo 2^64.
const INVERSES: [u64; 2] = [0x96DE_1B17_3F11_9089, 0x3196_42B2_D24D_8EC3];
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Maps 64 bits to 64 bits, one to one, so that neighbours look unrelated.
pub(crate) const fn scramble(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(MULTIPLIERS[0]);
    x = (x ^ (x >> 27)).wrapping_mul(MULTIPLIERS[1]);
    x ^ (x >> 31)
}

/// Undoes [`scramble`]: this is how a user ID leads back to a user without a table of a million IDs.
pub(crate) const fn unscramble(mut x: u64) -> u64 {
    x = (x ^ (x >> 31) ^ (x >> 62)).wrapping_mul(INVERSES[1]);
    x = (x ^ (x >> 27) ^ (x >> 54)).wrapping_mul(INVERSES[0]);
    x ^ (x >> 30) ^ (x >> 60)
}

/// SplitMix64: every user gets a generator of their own, so that any page can be made on its own.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new(seed: u64, stream: u64) -> Self {
        Self(scramble(seed.wrapping_mul(STEP) ^ scramble(stream)))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        scramble(self.0)
    }

    /// A string of letters and digits, for credentials that nobody mistakes for something else.
    pub(crate) fn text(&mut self, len: usize) -> String {
        const ALPHABET: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..len)
            .map(|_| char::from(ALPHABET[(self.next() % 62) as usize]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrambling_can_be_undone() {
        let mut numbers = Numbers::new(3, 4);
        for _ in 0..10_000 {
            let x = numbers.next();
            assert_eq!(unscramble(scramble(x)), x);
        }
    }
}
