//! Randomness that a fork does not copy.

use ring::rand::{SecureRandom, SystemRandom};

/// A number in 0..1 for jitter, from the system at each call: a generator kept in memory would give
/// a forked child its parent's numbers.
pub(crate) fn unit() -> f64 {
    let mut bytes = [0; 4];
    // Without the system's randomness jitter is lost, nothing else.
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}
