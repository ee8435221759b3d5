//! Rendered pages, kept under a byte budget.
//!
//! A page's users depend on the list's version, not on the listing, so clients that read the same
//! account share them.

use crate::account::{Directory, Fields, Role, Roster, UserStatus, render};
use crate::answer::Pieces;
use crate::gzip::{self, Segment};
use crate::lock;
use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

/// When there is no room, one page in so many replaces the oldest. If each did, a walk over a list
/// that is larger than the cache would find nothing of the walk before it.
const REPLACE_ONE_IN: u64 = 8;

/// What a user takes with some room, as a guess at a page's size; too small a guess costs a copy.
const USER_BYTES: usize = 640;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PageKey {
    pub(crate) status: UserStatus,
    pub(crate) role: Option<Role>,
    pub(crate) fields: Fields,
    pub(crate) start: u32,
    pub(crate) count: u32,
    pub(crate) gzip: bool,
}

/// The users of a page (without the brackets around them), and how long the whole list is.
#[derive(Clone)]
pub(crate) struct Page {
    users: Arc<Users>,
    pub(crate) total: u32,
    pub(crate) end: u32,
}

enum Users {
    Plain(Bytes),
    Gzip(Segment),
}

pub(crate) struct Pages {
    budget: usize,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    pages: HashMap<(u64, PageKey), Page>,
    /// Oldest first.
    order: VecDeque<(u64, PageKey)>,
    bytes: usize,
    without_room: u64,
}

impl Pages {
    pub(crate) fn new(budget: usize) -> Self {
        Self {
            budget,
            cache: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, directory: &Directory, roster: &Roster, key: PageKey) -> Page {
        let full_key = (roster.list(key.status).version(), key);
        if let Some(page) = lock(&self.cache).pages.get(&full_key) {
            return page.clone();
        }
        // Outside the lock; two threads may both render a page, which harms nobody.
        let page = Page::render(directory, roster, key);
        lock(&self.cache).insert(full_key, page.clone(), self.budget);
        page
    }
}

impl Cache {
    fn insert(&mut self, key: (u64, PageKey), page: Page, budget: usize) {
        let size = page.size();
        if size > budget || self.pages.contains_key(&key) {
            return;
        }
        if self.bytes + size > budget {
            let outdated =
                |(version, page): &(u64, PageKey)| page.status == key.1.status && *version < key.0;
            self.without_room += 1;
            if !self.order.front().is_some_and(outdated)
                && !self.without_room.is_multiple_of(REPLACE_ONE_IN)
            {
                return;
            }
        }
        while self.bytes + size > budget {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some(page) = self.pages.remove(&oldest) {
                self.bytes -= page.size();
            }
        }
        self.bytes += size;
        self.order.push_back(key);
        self.pages.insert(key, page);
    }
}

impl Page {
    fn render(directory: &Directory, roster: &Roster, key: PageKey) -> Self {
        let list = roster.list(key.status);
        let (indices, total) = list.slice(key.role, key.start, key.count);
        let mut plain = Vec::with_capacity(indices.len() * USER_BYTES);
        for &index in &indices {
            render(&mut plain, directory, index, key.status, key.fields);
            plain.push(b',');
        }
        plain.pop();
        let users = if key.gzip {
            Users::Gzip(Segment::new(&plain))
        } else {
            Users::Plain(plain.into())
        };
        Self {
            users: Arc::new(users),
            total,
            end: key.start.saturating_add(indices.len() as u32),
        }
    }

    /// The page's bytes between a head and a tail.
    pub(crate) fn body(&self, head: String, tail: &'static str) -> Pieces {
        match &*self.users {
            Users::Plain(users) => {
                let tail = Bytes::from_static(tail.as_bytes());
                Pieces::new([head.into(), users.clone(), tail])
            }
            Users::Gzip(segment) => {
                Pieces::new(gzip::member(head.as_bytes(), segment, tail.as_bytes()))
            }
        }
    }

    pub(crate) fn is_gzip(&self) -> bool {
        matches!(*self.users, Users::Gzip(_))
    }

    fn size(&self) -> usize {
        const BOOKKEEPING: usize = 256;
        BOOKKEEPING
            + match &*self.users {
                Users::Plain(users) => users.len(),
                Users::Gzip(segment) => segment.deflated.len(),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(nth: u32) -> PageKey {
        PageKey {
            status: UserStatus::Active,
            role: None,
            fields: Fields::default(),
            start: nth * 300,
            count: 300,
            gzip: nth.is_multiple_of(2),
        }
    }

    #[test]
    fn the_cache_stays_within_its_budget_and_is_of_use() {
        let pages = Pages::new(1 << 20);
        let roster = Roster::new(100_000);
        let directory = Directory::new(1);
        let walk = || -> Vec<Page> {
            let get = |nth| {
                let page = pages.get(&directory, &roster, key(nth));
                let cache = lock(&pages.cache);
                let held: usize = cache.pages.values().map(Page::size).sum();
                assert_eq!((cache.bytes, cache.order.len()), (held, cache.pages.len()));
                assert!(held <= 1 << 20);
                page
            };
            (0..40).map(get).collect()
        };
        let (first, second) = (walk(), walk());
        let mut pairs = first.iter().zip(&second);
        let hits = pairs
            .by_ref()
            .filter(|(a, b)| Arc::ptr_eq(&a.users, &b.users));
        assert!(
            hits.count() >= 3,
            "the second walk finds pages of the first"
        );
    }

    #[test]
    fn outdated_pages_make_room_at_once() {
        let pages = Pages::new(1 << 20);
        let mut roster = Roster::new(100_000);
        let directory = Directory::new(1);
        for nth in 0..40 {
            pages.get(&directory, &roster, key(nth));
        }
        roster.add(UserStatus::Active);
        pages.get(&directory, &roster, key(0));
        assert!(lock(&pages.cache).pages.contains_key(&(1, key(0))));
    }
}
