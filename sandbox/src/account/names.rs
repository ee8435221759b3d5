//! Addresses that somebody asked for, where all others are made.

use crate::lock;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

pub(super) struct Names {
    /// Below it nobody has such an address: rendering a page need not look.
    first: AtomicU32,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    by_index: HashMap<u32, String>,
    /// In lower case; who came last, if an address was given away again.
    by_email: HashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            first: AtomicU32::new(u32::MAX),
            book: Mutex::default(),
        }
    }
}

impl Names {
    pub(super) fn give(&self, index: u32, email: &str) {
        let mut book = lock(&self.book);
        book.by_index.insert(index, email.to_owned());
        book.by_email.insert(email.to_ascii_lowercase(), index);
        self.first.fetch_min(index, Ordering::SeqCst);
    }

    pub(super) fn of(&self, index: u32) -> Option<String> {
        if index < self.first.load(Ordering::SeqCst) {
            return None;
        }
        lock(&self.book).by_index.get(&index).cloned()
    }

    pub(super) fn find(&self, email: &str) -> Option<u32> {
        if self.first.load(Ordering::SeqCst) == u32::MAX {
            return None;
        }
        lock(&self.book)
            .by_email
            .get(&email.to_ascii_lowercase())
            .copied()
    }
}
