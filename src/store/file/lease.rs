//! Who may renew: the lease file of one key.
//!
//! Its content decides: empty is free, else it names the owner and the end. A lock of the system on
//! the same file, held as long as the lease, only tells that the owner is alive, so that the death
//! of an owner frees the lease at once. Where that lock cannot be had, the lease ends by the clock.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::short_lock::acquired;

/// A claim that ends later than any owner could have asked for dates from before the clock was set
/// back.
const SLACK_MS: u64 = 60_000;

/// Windows' locks keep others from reading the content, so it goes by the clock alone.
const HAS_LIVENESS: bool = cfg!(unix);

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) owner: String,
    pub(super) until_ms: u64,
    /// The owner holds the system's lock while it lives.
    pub(super) kernel: bool,
}

impl Claim {
    /// The claim in a lease file. What cannot be read was cut off by a death, so is none.
    pub(super) fn read(mut file: &File) -> io::Result<Option<Claim>> {
        let mut content = Vec::with_capacity(512);
        file.rewind()?;
        file.take(512).read_to_end(&mut content)?;
        Ok(serde_json::from_slice(&content).ok())
    }

    /// Puts the claim into a lease file. An owner who dies half-way leaves it free.
    pub(super) fn write(&self, mut file: &File) -> io::Result<()> {
        let content = serde_json::to_vec(self).map_err(io::Error::other)?;
        clear(file)?;
        file.rewind()?;
        file.write_all(&content)
    }

    pub(super) fn is_of(&self, owner: &str, now_ms: u64) -> bool {
        self.owner == owner && now_ms < self.until_ms
    }

    /// Whether its owner still has the lease, as far as can be told from `file`, which is open for
    /// this question only.
    pub(super) fn is_live(&self, file: &File, now_ms: u64, length: Duration) -> io::Result<bool> {
        let longest = now_ms
            .saturating_add(2 * millis(length))
            .saturating_add(SLACK_MS);
        if self.until_ms <= now_ms || self.until_ms > longest {
            return Ok(false);
        }
        if !self.kernel || !HAS_LIVENESS {
            return Ok(true);
        }
        // Shared, so that those who ask do not take each other for the owner.
        let is_dead = acquired(file.try_lock_shared())?;
        if is_dead {
            file.unlock()?;
        }
        Ok(!is_dead)
    }
}

pub(super) fn clear(file: &File) -> io::Result<()> {
    file.set_len(0)
}

/// Takes the lock that tells that the owner lives. Not to be had where a child forked by a dead owner
/// has it still, or a stopped owner whose time is over; those who ask whether it is held have it for
/// an instant.
pub(super) fn take_liveness(file: &File) -> io::Result<bool> {
    if HAS_LIVENESS {
        for _ in 0..5 {
            if acquired(file.try_lock())? {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(false)
}

pub(super) fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX / 4)
}
