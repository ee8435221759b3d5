//! How many calls may be in the making at the same time.

use crate::answer::Answer;
use crate::rate_limit::RateLimit;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Concurrency {
    limit: AtomicUsize,
    now: AtomicUsize,
}

impl Default for Concurrency {
    fn default() -> Self {
        Self {
            limit: AtomicUsize::new(usize::MAX),
            now: AtomicUsize::new(0),
        }
    }
}

/// One call, until it is dropped.
pub(crate) struct InTheMaking<'a> {
    concurrency: &'a Concurrency,
    /// How many there were with this one.
    count: usize,
}

impl Concurrency {
    pub(crate) fn limit(&self, limit: Option<usize>) {
        self.limit
            .store(limit.unwrap_or(usize::MAX), Ordering::SeqCst);
    }

    pub(crate) fn enter(&self) -> InTheMaking<'_> {
        InTheMaking {
            concurrency: self,
            count: self.now.fetch_add(1, Ordering::SeqCst) + 1,
        }
    }
}

impl InTheMaking<'_> {
    pub(crate) fn admit(&self) -> Result<(), Answer> {
        if self.count > self.concurrency.limit.load(Ordering::SeqCst) {
            return Err(RateLimit::Concurrent.answer());
        }
        Ok(())
    }
}

impl Drop for InTheMaking<'_> {
    fn drop(&mut self) {
        self.concurrency.now.fetch_sub(1, Ordering::SeqCst);
    }
}
