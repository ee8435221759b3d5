//! Page buffers that are used again.

use std::mem;
use std::sync::{Mutex, PoisonError};

use super::rows::Rows;
use crate::fork;

/// Memory for one page: the body as it arrives, and its rows.
#[derive(Default)]
pub(crate) struct Buffers {
    pub(crate) body: Vec<u8>,
    pub(crate) rows: Rows,
    /// Whether the pool has had them before.
    pub(crate) used: bool,
}

impl Buffers {
    /// Where the transport puts the body, after decompression. Empty in fresh buffers.
    pub(crate) fn body_mut(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// The body alone, for readers that have no rows.
    pub(crate) fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Buffers that only a body comes back from.
    pub(crate) fn of_body(body: Vec<u8>) -> Buffers {
        Buffers {
            body,
            ..Buffers::default()
        }
    }

    fn capacity(&self) -> usize {
        self.body.capacity() + self.rows.capacity()
    }
}

/// Buffers waiting for their next page.
///
/// A listing takes and returns one set per page, so that its memory stays flat and its pages are
/// read into memory that is mapped already.
pub(crate) struct Pool {
    idle: Mutex<Vec<Buffers>>,
    generation: u64,
}

impl Default for Pool {
    fn default() -> Pool {
        Pool {
            idle: Mutex::default(),
            generation: fork::generation(),
        }
    }
}

impl Pool {
    /// How much idle memory the pool holds at most. About six sets for pages of 300 users; a page
    /// so large that it would not fit is freed instead.
    pub(crate) const KEPT_BYTES: usize = 4 << 20;

    /// Empty buffers, used ones if there are any.
    pub(crate) fn take(&self) -> Buffers {
        self.locked(Vec::pop).unwrap_or_default()
    }

    /// Takes buffers back for the next page, or frees them if enough are waiting.
    pub(crate) fn give(&self, mut buffers: Buffers) {
        buffers.body.clear();
        buffers.rows.clear();
        buffers.used = true;
        let size = buffers.capacity();
        // In a forked child a page of the parent's comes back to the parent's pool, whose lock may be
        // held by a thread that does not exist here.
        if size == 0 || self.generation != fork::generation() {
            return;
        }
        let refused = self.locked(|idle| {
            let held: usize = idle.iter().map(Buffers::capacity).sum();
            if held + size <= Pool::KEPT_BYTES {
                idle.push(mem::take(&mut buffers));
            }
            buffers
        });
        // Outside the lock: freeing a large block is a system call.
        drop(refused);
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Vec<Buffers>) -> T) -> T {
        // Nothing can panic half way through a change here, so a poisoned pool is a sound one.
        act(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[cfg(test)]
    pub(crate) fn idle(&self) -> usize {
        self.locked(|idle| idle.len())
    }
}
