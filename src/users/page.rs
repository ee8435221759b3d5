//! A page of users.

use std::fmt;
use std::iter::FusedIterator;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, OnceLock, Weak};

use super::integer::integer;
use super::pool::{Buffers, Pool};
use super::problem::Unreadable;
use super::raw::{span_within, user_spans, without_bom};
use super::read::{Shape, read};
use super::rows::{Row, Rows, Span};
use super::{FieldKind, User, UserField};

/// A page of users as [List users] sends it.
///
/// Cheap to clone: clones and the [`User`]s of a page share one copy of it. When the last of them is
/// dropped, its memory serves the client's next page. May be used from any thread, and outlives
/// the client.
///
/// Cells are read by row and [`UserField`]; [`User`] has a method per field. A field that is
/// absent, null, or of a type that cannot be converted without loss has no value here: `None`,
/// or `false` from [`has`](UsersPage::has). A row beyond the page has no values. What Zoom really
/// sent is in [`json`](UsersPage::json) and [`user_json`](UsersPage::user_json).
///
/// [List users]: https://developers.zoom.us/docs/api/users/
#[derive(Clone)]
pub struct UsersPage(Arc<Inner>);

struct Inner {
    json: String,
    rows: Rows,
    shape: Shape,
    /// Where each user is in `json`; found when first asked for.
    users: OnceLock<Vec<Span>>,
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
        let (json, rows) = read(buffers, pool, shape)?;
        Ok(UsersPage(Arc::new(Inner {
            json,
            rows,
            shape,
            users: OnceLock::new(),
            pool: Arc::downgrade(pool),
        })))
    }

    /// How many users are on this page.
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

    /// Whether the field has a value: it was sent, is not null, and could be read as its kind.
    pub fn has(&self, row: usize, field: UserField) -> bool {
        self.row(row).is_some_and(|row| row.has(field))
    }

    /// The value of a text field. `None` for numbers and lists.
    ///
    /// A number or boolean that Zoom sent in place of a text is given as in the JSON. Half a
    /// surrogate pair, which no text can hold, becomes U+FFFD.
    pub fn text(&self, row: usize, field: UserField) -> Option<&str> {
        let span = match field.kind() {
            FieldKind::Text => self.row(row)?.span(field)?,
            FieldKind::Number | FieldKind::List => return None,
        };
        Some(self.text_at(span))
    }

    /// The value of a number field, or of a text field whose text is a whole number.
    ///
    /// Always exact: `None` for what is not whole or beyond the limits of `i64`. A boolean that
    /// Zoom sent in place of a number counts as 0 or 1.
    pub fn number(&self, row: usize, field: UserField) -> Option<i64> {
        match field.kind() {
            FieldKind::Number => self.row(row)?.number(field),
            FieldKind::Text => self.text(row, field).and_then(integer),
            FieldKind::List => None,
        }
    }

    /// How many entries a list field has; 0 if it has no value, or is not a list.
    pub fn list_len(&self, row: usize, field: UserField) -> usize {
        match (self.row(row), field.kind()) {
            (Some(row), FieldKind::List) => row.span(field).map_or(0, Span::len),
            _ => 0,
        }
    }

    /// A text in the list: of entry `index`, counted from 0, the member `key`.
    ///
    /// For lists of texts `key` is the empty string; for the others one of the field's
    /// [`entry_keys`](UserField::entry_keys). Numbers are given as in the JSON.
    pub fn list_text(&self, row: usize, field: UserField, index: usize, key: &str) -> Option<&str> {
        if index >= self.list_len(row, field) {
            return None;
        }
        let list = self.row(row)?.span(field)?;
        let keys = field.entry_keys();
        let (width, place) = match key {
            "" if keys.is_empty() => (1, 0),
            _ => (keys.len(), keys.iter().position(|known| *known == key)?),
        };
        let span = *self
            .0
            .rows
            .lists
            .get(list.offset() + index * width + place)?;
        (span != Span::ABSENT).then(|| self.text_at(span))
    }

    /// Like [`list_text`](UsersPage::list_text), for a member that is a whole number, exactly.
    pub fn list_number(
        &self,
        row: usize,
        field: UserField,
        index: usize,
        key: &str,
    ) -> Option<i64> {
        self.list_text(row, field, index, key).and_then(integer)
    }

    /// The page exactly as received, after decompression.
    pub fn json(&self) -> &str {
        &self.0.json
    }

    /// The JSON of one user, exactly as received.
    ///
    /// The first call on a page looks for the users in its JSON.
    pub fn user_json(&self, row: usize) -> Option<&str> {
        self.user_spans().get(row)?.of(&self.0.json)
    }

    /// Whether a text of this page holds U+0000, which ends texts for C too early.
    pub fn holds_nul(&self) -> bool {
        self.0.rows.holds_nul
    }

    /// A text together with the NUL byte that follows it in memory, ready for C.
    ///
    /// For whatever [`text`](UsersPage::text), [`list_text`](UsersPage::list_text) and
    /// [`next_page_token`](UsersPage::next_page_token) returned of this same page; `None` for
    /// other texts. The text itself may hold U+0000 if [`holds_nul`](UsersPage::holds_nul) says so.
    pub fn with_nul<'a>(&'a self, text: &'a str) -> Option<&'a str> {
        if text.is_empty() {
            return Some("\0");
        }
        let all = &self.0.rows.text;
        let span = span_within(all, text)?;
        let end = span.offset() + span.len();
        all.get(span.offset()..end + 1)
            .filter(|text| text.ends_with('\0'))
    }

    fn user_spans(&self) -> &[Span] {
        let page = &*self.0;
        page.users.get_or_init(|| match page.shape {
            Shape::Page => user_spans(&page.json),
            Shape::User => span_within(&page.json, without_bom(&page.json).trim())
                .into_iter()
                .collect(),
        })
    }

    fn row(&self, row: usize) -> Option<&Row> {
        self.0.rows.rows.get(row)
    }

    fn text_at(&self, span: Span) -> &str {
        span.of(&self.0.rows.text).unwrap_or_default()
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

/// Iterator over the users of a page, from [`UsersPage::users`].
#[derive(Clone, Debug)]
pub struct PageUsers {
    page: UsersPage,
    rows: Range<usize>,
}

impl Iterator for PageUsers {
    type Item = User;

    fn next(&mut self) -> Option<User> {
        let row = self.rows.next()?;
        Some(User::new(self.page.clone(), row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<User> {
        let row = self.rows.nth(n)?;
        Some(User::new(self.page.clone(), row))
    }
}

impl DoubleEndedIterator for PageUsers {
    fn next_back(&mut self) -> Option<User> {
        let row = self.rows.next_back()?;
        Some(User::new(self.page.clone(), row))
    }
}

impl ExactSizeIterator for PageUsers {}

impl FusedIterator for PageUsers {}

impl IntoIterator for UsersPage {
    type Item = User;
    type IntoIter = PageUsers;

    fn into_iter(self) -> PageUsers {
        PageUsers {
            rows: 0..self.len(),
            page: self,
        }
    }
}

impl IntoIterator for &UsersPage {
    type Item = User;
    type IntoIter = PageUsers;

    fn into_iter(self) -> PageUsers {
        self.users()
    }
}
