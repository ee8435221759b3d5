//! A page of users.

use std::fmt;
use std::mem;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;

use super::pool::{Buffers, Pool};
use super::read::{Shape, read};
use super::rows::Rows;
use super::{PageUsers, User};
use crate::json::Unreadable;
use crate::json::{Span, entry_spans, span_within, without_bom};

/// A page of users as [List users] sends it.
///
/// Cheap to clone: clones and the [`User`]s of a page share one copy of it. When the last of them is
/// dropped, its memory serves the client's next page. May be used from any thread, and outlives
/// the client.
///
/// Cells are read by row and [`UserField`](crate::UserField); [`User`] has a method per field.
/// A field that is absent, null, or of a type that cannot be converted without loss has no value
/// here: `None`, or `false` from [`has`](UsersPage::has). A row beyond the page has no values. What
/// Zoom really sent is in [`json`](UsersPage::json) and [`user_json`](UsersPage::user_json).
///
/// [List users]: https://developers.zoom.us/docs/api/users/
#[derive(Clone)]
pub struct UsersPage(Arc<Inner>);

pub(super) struct Inner {
    json: String,
    pub(super) rows: Rows,
    shape: Shape,
    /// The place in `json` of each row's user, if rows have been left out.
    places: Option<Vec<u32>>,
    /// Where each user is in `json`; found when first asked for.
    // Not a `OnceLock`: a forked child would wait for ever for a thread of its parent.
    users: ArcSwapOption<Vec<Span>>,
    pool: Weak<Pool>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.give(Buffers {
                body: mem::take(&mut self.json).into_bytes(),
                rows: mem::take(&mut self.rows),
            });
        }
    }
}

impl UsersPage {
    /// Reads the body in `buffers`, which go back to `pool` when the page is dropped.
    pub(crate) fn read(buffers: Buffers, pool: &Arc<Pool>) -> Result<UsersPage, Unreadable> {
        UsersPage::of_shape(buffers, pool, Shape::Page)
    }

    /// Reads a body that is one user as a page with one row.
    pub(super) fn read_one(buffers: Buffers, pool: &Arc<Pool>) -> Result<UsersPage, Unreadable> {
        UsersPage::of_shape(buffers, pool, Shape::User)
    }

    fn of_shape(buffers: Buffers, pool: &Arc<Pool>, shape: Shape) -> Result<UsersPage, Unreadable> {
        #[cfg(feature = "test-panic")]
        crate::test_panic::point("page");
        let (json, rows) = read(buffers, pool, shape)?;
        Ok(UsersPage(Arc::new(Inner {
            json,
            rows,
            shape,
            places: None,
            users: ArcSwapOption::const_empty(),
            pool: Arc::downgrade(pool),
        })))
    }

    /// Leaves out the rows that `keep` does not want. For a page that nobody else holds yet.
    pub(crate) fn retain(mut self, mut keep: impl FnMut(&UsersPage, usize) -> bool) -> UsersPage {
        let kept: Vec<bool> = (0..self.len()).map(|row| keep(&self, row)).collect();
        if let (Some(page), true) = (Arc::get_mut(&mut self.0), kept.contains(&false)) {
            let mut wanted = kept.iter();
            page.rows.rows.retain(|_| *wanted.next().unwrap_or(&true));
            let places = (0..).zip(&kept);
            page.places = Some(
                places
                    .filter_map(|(place, kept)| kept.then_some(place))
                    .collect(),
            );
        }
        self
    }

    /// How many users are on this page: those that the listing had not delivered before.
    pub fn len(&self) -> usize {
        self.0.rows.rows.len()
    }

    /// Whether no user is on this page. More pages may follow all the same.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The user in that row, counted from 0.
    pub fn user(&self, row: usize) -> Option<User> {
        (row < self.len()).then(|| User::new(self.clone(), row))
    }

    /// The users of this page, in Zoom's order.
    pub fn users(&self) -> PageUsers {
        PageUsers {
            rows: 0..self.len(),
            page: self.clone(),
        }
    }

    /// The token that asks for the next page; empty on the last one. Zoom keeps it for 15 minutes.
    pub fn next_page_token(&self) -> &str {
        self.text_at(self.0.rows.head.next_page_token)
    }

    /// How many users the whole listing has, where Zoom said so.
    pub fn total_records(&self) -> Option<i64> {
        self.0.rows.head.total_records
    }

    /// How many users Zoom puts on a page, where it said so. May be less than was asked for.
    pub fn page_size(&self) -> Option<i64> {
        self.0.rows.head.page_size
    }

    /// How many pages the listing has, where Zoom said so.
    pub fn page_count(&self) -> Option<i64> {
        self.0.rows.head.page_count
    }

    /// The number of this page, where Zoom said so. Deprecated by Zoom: go by the token.
    pub fn page_number(&self) -> Option<i64> {
        self.0.rows.head.page_number
    }

    /// The page exactly as received, after decompression.
    pub fn json(&self) -> &str {
        &self.0.json
    }

    /// The JSON of one user, exactly as received.
    ///
    /// The first call on a page looks for the users in its JSON.
    pub fn user_json(&self, row: usize) -> Option<&str> {
        let place = match &self.0.places {
            Some(places) => *places.get(row)? as usize,
            None => row,
        };
        self.user_spans().get(place)?.of(&self.0.json)
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    fn user_spans(&self) -> Arc<Vec<Span>> {
        let page = &*self.0;
        if let Some(found) = page.users.load_full() {
            return found;
        }
        let found: Arc<Vec<Span>> = Arc::new(match page.shape {
            Shape::Page => entry_spans(&page.json, "users"),
            Shape::User => span_within(&page.json, without_bom(&page.json).trim())
                .into_iter()
                .collect(),
        });
        page.users.store(Some(found.clone()));
        found
    }
}

// Rows only: users are nobody's business in a log.
impl fmt::Debug for UsersPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsersPage")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
