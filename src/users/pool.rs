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

/// Buffers waiting for their next page.
///
/// A listing takes and returns one of each kind per page, so that its memory stays flat and its pages are
/// read into memory that is mapped already.
#[derive(Default)]
pub(crate) struct Pool {
    /// What bodies arrive in, after decompression. Free again as soon as they are read.
    bodies: Waiting<Vec<u8>>,
    /// Free again when their page is.
    pages: Waiting<Buffers>,
}

impl Pool {
    /// How much memory of each kind waits at most: ten bodies or eight pages of 300 users. What is so large
    /// that it would not fit is freed instead.
    pub(crate) const KEPT_BYTES: usize = 2 << 20;

    /// Empty buffers, used ones if there are any.
    pub(crate) fn take(&self) -> Buffers {
        self.pages.take()
    }

    /// A buffer for a body, which will be written over what it holds of another one.
    pub(crate) fn take_body(&self) -> Vec<u8> {
        self.bodies.take()
    }

    /// Takes buffers back for the next page, or frees them if enough are waiting.
    pub(crate) fn give(&self, mut buffers: Buffers) {
        buffers.text.clear();
        buffers.rows.clear();
        buffers.used = true;
        self.pages.give(buffers);
    }

    /// As [`give`](Pool::give), for the buffer of a body.
    pub(crate) fn give_body(&self, body: Vec<u8>) {
        self.bodies.give(body);
    }

    /// How many bodies and how many pages are waiting.
    #[cfg(test)]
    pub(crate) fn idle(&self) -> (usize, usize) {
        let bodies = self.bodies.locked(|bodies| bodies.len());
        (bodies, self.pages.locked(|pages| pages.len()))
    }
}

/// Memory, used or not.
trait Capacity {
    fn bytes(&self) -> usize;
}

impl Capacity for Vec<u8> {
    fn bytes(&self) -> usize {
        self.capacity()
    }
}

impl Capacity for Buffers {
    fn bytes(&self) -> usize {
        self.text.capacity() + self.rows.capacity()
    }
}

/// Those of one kind.
struct Waiting<T> {
    idle: Mutex<Vec<T>>,
    generation: u64,
}

impl<T> Default for Waiting<T> {
    fn default() -> Waiting<T> {
        Waiting {
            idle: Mutex::default(),
            generation: fork::generation(),
        }
    }
}

impl<T: Capacity + Default> Waiting<T> {
    fn take(&self) -> T {
        match self.is_foreign() {
            true => T::default(),
            false => self.locked(Vec::pop).unwrap_or_default(),
        }
    }

    fn give(&self, mut given: T) {
        let size = given.bytes();
        if size == 0 || self.is_foreign() {
            return;
        }
        let refused = self.locked(|idle| {
            let held: usize = idle.iter().map(T::bytes).sum();
            if held + size <= Pool::KEPT_BYTES {
                idle.push(mem::take(&mut given));
            }
            given
        });
        // Outside the lock: freeing a large block is a system call.
        drop(refused);
    }

    /// In a forked child a page of the parent's comes back to the parent's pool, whose locks may be held by
    /// threads that do not exist here.
    fn is_foreign(&self) -> bool {
        self.generation != fork::generation()
    }

    fn locked<R>(&self, act: impl FnOnce(&mut Vec<T>) -> R) -> R {
        // Nothing can panic half way through a change here, so a poisoned pool is a sound one.
        act(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
