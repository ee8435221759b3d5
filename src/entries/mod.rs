//! Pages of any list of Zoom's, entry by entry as received.

mod read;

use std::fmt;
use std::mem;
use std::sync::{Arc, Weak};

use crate::json::{Span, Unreadable, member};
use crate::users::Pool;

/// A page of entries of any list that Zoom pages by `next_page_token`.
///
/// Cheap to clone; clones and the [`Entry`]s of a page share one copy of it. May be used from any
/// thread, and outlives the client.
#[derive(Clone)]
pub struct EntryPage(Arc<Inner>);

struct Inner {
    json: String,
    entries: Vec<Span>,
    next_page_token: String,
    total_records: Option<i64>,
    pool: Weak<Pool>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            let body = mem::take(&mut self.json).into_bytes();
            pool.give_body(body);
        }
    }
}

impl EntryPage {
    /// Reads a body whose entries are in its array `key`.
    pub(crate) fn read(
        body: Vec<u8>,
        pool: &Arc<Pool>,
        key: &str,
    ) -> Result<EntryPage, Unreadable> {
        let (json, read) = read::read(body, key)?;
        Ok(EntryPage(Arc::new(Inner {
            json,
            entries: read.entries,
            next_page_token: read.next_page_token,
            total_records: read.total_records,
            pool: Arc::downgrade(pool),
        })))
    }

    /// The JSON of each entry.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let Inner { json, entries, .. } = &*self.0;
        entries
            .iter()
            .map(|entry| entry.of(json).unwrap_or_default())
    }

    /// Leaves out the entries that `keep` does not want, which is asked for each in their order. For a
    /// page that nobody else holds yet.
    pub(crate) fn retain(mut self, mut keep: impl FnMut() -> bool) -> EntryPage {
        if let Some(page) = Arc::get_mut(&mut self.0) {
            page.entries.retain(|_| keep());
        }
        self
    }

    /// How many entries are on this page: those that the listing had not delivered before.
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether no entry is on this page.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at that place, counted from 0.
    pub fn entry(&self, index: usize) -> Option<Entry> {
        (index < self.len()).then(|| Entry {
            page: self.clone(),
            index,
        })
    }

    /// The entries of this page, in Zoom's order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<> {
        let page = self.clone();
        (0..page.len()).filter_map(move |index| page.entry(index))
    }

    /// The token that asks for the next page; empty on the last one.
    pub fn next_page_token(&self) -> &str {
        &self.0.next_page_token
    }

    /// How many entries the whole list has, where Zoom said so.
    pub fn total_records(&self) -> Option<i64> {
        self.0.total_records
    }

    /// The page exactly as received, after decompression.
    pub fn json(&self) -> &str {
        &self.0.json
    }
}

/// One entry of an [`EntryPage`]. Cheap to clone; keeping it keeps its page in memory.
#[derive(Clone)]
pub struct Entry {
    page: EntryPage,
    index: usize,
}

impl Entry {
    /// The entry's JSON, exactly as received.
    pub fn json(&self) -> &str {
        let page = &*self.page.0;
        page.entries
            .get(self.index)
            .and_then(|span| span.of(&page.json))
            .unwrap_or_default()
    }

    /// The JSON of one member of the entry, as received; `None` if there is none of this name.
    pub fn member_json(&self, name: &str) -> Option<&str> {
        member(self.json(), name)
    }
}

// Without contents: they are nobody's business in a log.
impl fmt::Debug for EntryPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryPage")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}
