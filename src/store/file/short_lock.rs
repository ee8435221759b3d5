//! The lock that makes each step on the token file and its leases one step. Held for microseconds.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use super::access::Access;
use super::open;
use super::permissions::{self, Crowd};
use super::place::{LOCKING, Place, explain};
use crate::random;
use crate::store::{StoreError, shown};

const PAUSE: Duration = Duration::from_millis(2);

pub(super) struct ShortLock(File);

impl ShortLock {
    /// `None` if another process has it all of `patience`: one that was stopped in the middle, or a
    /// machine that is very busy.
    pub(super) fn take(
        place: &Place,
        access: &Access,
        crowd: &Crowd,
        patience: Duration,
    ) -> Result<Option<ShortLock>, StoreError> {
        let path = place.short_lock();
        let end = Instant::now() + patience;
        loop {
            let file = open::lock_file(&path, access, crowd)?;
            while !acquired(file.try_lock()).map_err(|error| explain(LOCKING, &path, &error))? {
                if Instant::now() >= end {
                    return Ok(None);
                }
                thread::sleep(PAUSE.mul_f64(0.5 + random::unit()));
            }
            let lock = ShortLock(file);
            if lock.is_in_place(&path) {
                return Ok(Some(lock));
            }
            if Instant::now() >= end {
                return Err(
                    StoreError::new(format!("the lock {} comes and goes", shown(&path)))
                        .with_hint("Something removes the lock files: exempt them from clean-up."),
                );
            }
        }
    }

    /// A file that was removed while we waited for its lock keeps nobody out.
    fn is_in_place(&self, path: &std::path::Path) -> bool {
        match (self.0.metadata(), path.symlink_metadata()) {
            (Ok(held), Ok(there)) => permissions::is_same(&held, &there),
            _ => false,
        }
    }
}

impl Drop for ShortLock {
    fn drop(&mut self) {
        // Closing is not enough: a child forked meanwhile has the file open too.
        let _ = self.0.unlock();
    }
}

/// Whether an attempt at a lock of the system succeeded.
pub(super) fn acquired(attempt: Result<(), TryLockError>) -> std::io::Result<bool> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
