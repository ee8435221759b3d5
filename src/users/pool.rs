//! Page buffers that are used again.

use std::mem;
use std::sync::{Mutex, PoisonError};

use super::rows::Rows;
use crate::fork;

/// Memory for what is read from one page.
#[derive(Default)]
pub(crate) struct Buffers {
    pub(super) text: String,
    pub(super) rows: Rows,
    /// Whether the pool has had them before.
    pub(super) used: bool,
}

impl Buffers {
    fn capacity(&self) -> usize {
        self.text.capacity() + self.rows.capacity()
    }
}

/// Buffers waiting for their next page.
///
/// A listing takes and returns one set per page, so that its memory stays flat and its pages are
/// read into memory that is mapped already.
pub(crate) struct Pool {
    idle: Mutex<Idle>,
    generation: u64,
}

#[derive(Default)]
struct Idle {
    /// What bodies arrive in, after decompression. Free again as soon as they are read.
    bodies: Vec<Vec<u8>>,
    /// Free again when their page is.
    pages: Vec<Buffers>,
    /// The capacity of all.
    bytes: usize,
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
        self.take_from(|idle| &mut idle.pages, Buffers::capacity)
    }

    /// A buffer for a body, which will be written over what it holds of another one.
    pub(crate) fn take_body(&self) -> Vec<u8> {
        self.take_from(|idle| &mut idle.bodies, Vec::capacity)
    }

    /// Takes buffers back for the next page, or frees them if enough are waiting.
    pub(crate) fn give(&self, mut buffers: Buffers) {
        buffers.text.clear();
        buffers.rows.clear();
        buffers.used = true;
        let size = buffers.capacity();
        self.give_to(|idle| &mut idle.pages, buffers, size);
    }

    /// As [`give`](Pool::give), for the buffer of a body.
    pub(crate) fn give_body(&self, body: Vec<u8>) {
        let size = body.capacity();
        self.give_to(|idle| &mut idle.bodies, body, size);
    }

    fn take_from<T: Default>(
        &self,
        kind: impl FnOnce(&mut Idle) -> &mut Vec<T>,
        size: impl FnOnce(&T) -> usize,
    ) -> T {
        self.locked(|idle| {
            let taken = kind(idle).pop()?;
            idle.bytes -= size(&taken);
            Some(taken)
        })
        .unwrap_or_default()
    }

    fn give_to<T: Default>(
        &self,
        kind: impl FnOnce(&mut Idle) -> &mut Vec<T>,
        mut given: T,
        size: usize,
    ) {
        // In a forked child a page of the parent's comes back to the parent's pool, whose lock may be
        // held by a thread that does not exist here.
        if size == 0 || self.generation != fork::generation() {
            return;
        }
        let refused = self.locked(|idle| {
            if idle.bytes + size <= Pool::KEPT_BYTES {
                idle.bytes += size;
                kind(idle).push(mem::take(&mut given));
            }
            given
        });
        // Outside the lock: freeing a large block is a system call.
        drop(refused);
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Idle) -> T) -> T {
        // Nothing can panic half way through a change here, so a poisoned pool is a sound one.
        act(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many bodies and how many pages are waiting.
    #[cfg(test)]
    pub(crate) fn idle(&self) -> (usize, usize) {
        self.locked(|idle| (idle.bodies.len(), idle.pages.len()))
    }
}
