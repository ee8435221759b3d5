//! A page of users.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;
use std::sync::{Arc, Weak};

use once_cell::race::OnceBox;

use super::pool::{Buffers, Pool};
use super::read::{Shape, as_received, read};
use super::rows::{Row, Rows};
use super::{PageUsers, TextWithNul, User, UserField};
use crate::json::{Span, Unreadable};

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
    /// All texts, see [`Rows`].
    pub(super) text: String,
    pub(super) rows: Rows,
    /// The body as it was received; made when first asked for.
    // Not a `OnceLock`: a forked child would wait for ever for a thread of its parent.
    json: OnceBox<String>,
    pool: Weak<Pool>,
}

impl Inner {
    pub(super) fn text(&self, span: Span) -> &str {
        span.of(&self.text).unwrap_or_default()
    }

    pub(super) fn text_with_nul(&self, span: Span) -> TextWithNul<'_> {
        // What was not sent stands in no buffer.
        let ended = (span.len() > 0).then(|| span.and_next().of(&self.text));
        TextWithNul {
            ended: ended.flatten().unwrap_or("\0"),
            // JSON itself holds none.
            may_hold_nul: self.rows.holds_nul && span.offset() >= self.rows.body,
        }
    }

    fn identity(&self, row: &Row) -> Identity<'_> {
        let text = |field| self.rows.span(row, field).map(|span| self.text(span));
        match text(UserField::Id).filter(|id| !id.is_empty()) {
            Some(id) => Identity::Id(id),
            None => Identity::Email(text(UserField::Email).unwrap_or_default().to_lowercase()),
        }
    }
}

/// Who a user is, wherever he is met.
pub(crate) enum Identity<'p> {
    Id(&'p str),
    /// Pending users have no ID. In small letters: addresses are the same in any case.
    Email(String),
}

impl Hash for Identity<'_> {
    // In one piece, where a derived hash is of three: this is a part of what a listing costs.
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Identity::Id(id) => state.write(id.as_bytes()),
            Identity::Email(email) => {
                // No ID begins like this.
                state.write_u8(0xff);
                state.write(email.as_bytes());
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.give(Buffers {
                text: mem::take(&mut self.text),
                rows: mem::take(&mut self.rows),
                used: true,
            });
        }
    }
}

impl UsersPage {
    /// Reads a body into buffers of `pool`, which get back there when the page is dropped.
    pub(crate) fn read(body: Vec<u8>, pool: &Arc<Pool>) -> Result<UsersPage, Unreadable> {
        UsersPage::of_shape(body, pool, Shape::Page)
    }

    /// Reads a body that is one user as a page with one row.
    pub(super) fn read_one(body: Vec<u8>, pool: &Arc<Pool>) -> Result<UsersPage, Unreadable> {
        UsersPage::of_shape(body, pool, Shape::User)
    }

    fn of_shape(body: Vec<u8>, pool: &Arc<Pool>, shape: Shape) -> Result<UsersPage, Unreadable> {
        #[cfg(feature = "test-panic")]
        crate::test_panic::point("page");
        let Buffers { text, rows, .. } = read(body, pool, shape)?;
        Ok(UsersPage(Arc::new(Inner {
            text,
            rows,
            json: OnceBox::new(),
            pool: Arc::downgrade(pool),
        })))
    }

    /// Who is on this page.
    pub(crate) fn identities(&self) -> impl Iterator<Item = Identity<'_>> {
        self.0.rows.rows.iter().map(|row| self.0.identity(row))
    }

    /// Leaves out the users that `keep` does not want, which is asked for each in their order. For a
    /// page that nobody else holds yet.
    pub(crate) fn retain(mut self, mut keep: impl FnMut() -> bool) -> UsersPage {
        if let Some(page) = Arc::get_mut(&mut self.0) {
            page.rows.rows.retain(|_| keep());
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
        self.0.text(self.0.rows.head.next_page_token)
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
    ///
    /// The first call on a page, or for one of its users, makes a copy of it, which the page keeps.
    pub fn json(&self) -> &str {
        let page = &*self.0;
        page.json.get_or_init(|| {
            Box::new(as_received(
                page.text.get(..page.rows.body).unwrap_or_default(),
            ))
        })
    }

    /// The JSON of one user, exactly as received.
    pub fn user_json(&self, row: usize) -> Option<&str> {
        self.0.rows.rows.get(row)?.user.of(self.json())
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
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
