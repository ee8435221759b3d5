//! Users as rows over one text buffer.
//!
//! Invariants:
//! - Every text is followed by a NUL byte, which is not counted in its length. Texts may hold U+0000
//!   themselves, but only those behind the body.
//! - A text cell is a [`Span`] of the body and what was written behind it; a number cell is the bits of
//!   an `i64`; a list cell is a [`Span`] of `lists`, counted in entries.
//! - An entry of a list is as many consecutive items of `lists` as its field has entry keys, or
//!   one for lists of texts. Every item is a text cell or [`Span::ABSENT`]: numbers inside lists are
//!   kept as text and read when asked for.

use super::UserField;
use crate::json::{NotJson, Span, unescape};

/// One user.
#[derive(Clone)]
pub(crate) struct Row {
    /// Which of the user's cells is the field's, `ABSENT` if it has no value.
    places: [u8; UserField::COUNT],
    /// The first of the user's cells among all.
    first: u32,
    /// Where the user is in the body.
    pub(crate) user: Span,
}

const ABSENT: u8 = u8::MAX;

impl Row {
    /// A row whose cells begin after all there are.
    pub(crate) fn new(rows: &Rows) -> Row {
        Row {
            places: [ABSENT; UserField::COUNT],
            first: rows.cells.len() as u32,
            user: Span::EMPTY,
        }
    }

    /// The place of a field's cell among all cells.
    #[inline(always)]
    fn cell(&self, field: UserField) -> Option<usize> {
        let place = self.places.get(field.index()).copied();
        let place = place.filter(|place| *place != ABSENT)?;
        Some(self.first as usize + usize::from(place))
    }

    pub(crate) fn has(&self, field: UserField) -> bool {
        self.cell(field).is_some()
    }
}

/// What a page says about itself.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) next_page_token: Span,
    pub(crate) total_records: Option<i64>,
    pub(crate) page_size: Option<i64>,
    pub(crate) page_count: Option<i64>,
    pub(crate) page_number: Option<i64>,
}

impl Head {
    const EMPTY: Head = Head {
        next_page_token: Span::EMPTY,
        total_records: None,
        page_size: None,
        page_count: None,
        page_number: None,
    };
}

/// The rows of a page, and all that their cells point to.
pub(crate) struct Rows {
    /// How long the body is.
    pub(crate) body: usize,
    /// Texts that the body does not have as they are. At the end of reading they move behind it.
    pub(crate) behind: Vec<u8>,
    pub(crate) rows: Vec<Row>,
    pub(crate) cells: Vec<u64>,
    pub(crate) lists: Vec<Span>,
    pub(crate) head: Head,
    /// Whether some text holds U+0000.
    pub(crate) holds_nul: bool,
}

impl Default for Rows {
    fn default() -> Rows {
        Rows {
            body: 0,
            behind: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            lists: Vec::new(),
            head: Head::EMPTY,
            holds_nul: false,
        }
    }
}

impl Rows {
    /// Empties the rows and keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.body = 0;
        self.behind.clear();
        self.rows.clear();
        self.cells.clear();
        self.lists.clear();
        self.head = Head::EMPTY;
        self.holds_nul = false;
    }

    /// Sets or clears a cell of the newest row: of duplicate members the last one counts, also if it is
    /// null.
    #[inline(always)]
    pub(crate) fn set(&mut self, row: &mut Row, field: UserField, value: Option<u64>) {
        let Some(value) = value else {
            return self.clear_cell(row, field);
        };
        let first = row.first as usize;
        let Some(place) = row.places.get_mut(field.index()) else {
            return;
        };
        if *place == ABSENT {
            // At most one for each field.
            *place = (self.cells.len() - first) as u8;
            self.cells.push(value);
        } else if let Some(cell) = self.cells.get_mut(first + usize::from(*place)) {
            *cell = value;
        }
    }

    #[cold]
    fn clear_cell(&mut self, row: &mut Row, field: UserField) {
        // Its cell, if it had one, would never be found again: the last one takes its place.
        let Some(cell) = row.cell(field) else { return };
        let last = self.cells.len() - 1;
        self.cells.swap_remove(cell);
        for place in &mut row.places {
            if row.first as usize + usize::from(*place) == last {
                *place = (cell - row.first as usize) as u8;
            }
        }
        if let Some(place) = row.places.get_mut(field.index()) {
            *place = ABSENT;
        }
    }

    fn get(&self, row: &Row, field: UserField) -> Option<u64> {
        self.cells.get(row.cell(field)?).copied()
    }

    pub(crate) fn number(&self, row: &Row, field: UserField) -> Option<i64> {
        self.get(row, field).map(u64::cast_signed)
    }

    pub(crate) fn span(&self, row: &Row, field: UserField) -> Option<Span> {
        self.get(row, field).map(Span::from_bits)
    }

    /// Copies a text that holds no U+0000.
    pub(crate) fn write(&mut self, text: &[u8]) -> Span {
        let start = self.behind.len();
        self.behind.extend_from_slice(text);
        self.end(start)
    }

    /// Copies a string of the JSON as the text that it stands for. See [`unescape`].
    pub(crate) fn unescape(&mut self, body: &[u8], start: usize) -> Result<(usize, Span), NotJson> {
        let text = self.behind.len();
        let (end, has_nul) = unescape(body, start, &mut self.behind)?;
        self.holds_nul |= has_nul;
        Ok((end, self.end(text)))
    }

    fn end(&mut self, start: usize) -> Span {
        let length = self.behind.len() - start;
        self.behind.push(0);
        Span::new(self.body + start, length)
    }

    /// Gives back the memory that is not used.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.behind.shrink_to_fit();
        self.rows.shrink_to_fit();
        self.cells.shrink_to_fit();
        self.lists.shrink_to_fit();
    }

    /// Bytes of memory held, used or not.
    pub(crate) fn capacity(&self) -> usize {
        self.behind.capacity()
            + self.rows.capacity() * size_of::<Row>()
            + self.cells.capacity() * size_of::<u64>()
            + self.lists.capacity() * size_of::<Span>()
    }
}
