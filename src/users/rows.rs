//! Users as fixed-size rows over one text buffer.
//!
//! Invariants:
//! - Every text in `text` is followed by a NUL byte, which is not counted in its length. Texts may
//!   hold U+0000 themselves.
//! - A text cell is a [`Span`] of `text`; a number cell is the bits of an `i64`; a list cell is a
//!   [`Span`] of `lists`, counted in entries. A cell whose bit in `present` is clear means nothing.
//! - An entry of a list is as many consecutive items of `lists` as its field has entry keys, or
//!   one for lists of texts. Every item is a text cell or [`Span::ABSENT`]: numbers inside lists are
//!   kept as text and read when asked for.
//! - No text is longer than the JSON it came from, so that 32-bit offsets reach everything as long
//!   as the body is below 4 GiB.

use super::UserField;
use crate::json::Span;

/// One user.
#[derive(Clone)]
pub(crate) struct Row {
    /// Bit n is set if cell n has a value.
    present: u64,
    cells: [u64; UserField::COUNT],
}

impl Row {
    pub(crate) const EMPTY: Row = Row {
        present: 0,
        cells: [0; UserField::COUNT],
    };

    /// Sets or clears a cell: of duplicate members the last one counts, also if it is null.
    fn set(&mut self, field: UserField, cell: Option<u64>) {
        let bit = 1 << field.index();
        match cell {
            Some(cell) => {
                self.present |= bit;
                self.cells[field.index()] = cell;
            }
            None => self.present &= !bit,
        }
    }

    pub(crate) fn set_span(&mut self, field: UserField, span: Option<Span>) {
        self.set(field, span.map(Span::bits));
    }

    pub(crate) fn set_number(&mut self, field: UserField, number: Option<i64>) {
        self.set(field, number.map(i64::cast_unsigned));
    }

    fn get(&self, field: UserField) -> Option<u64> {
        (self.present >> field.index() & 1 == 1).then(|| self.cells[field.index()])
    }

    pub(crate) fn number(&self, field: UserField) -> Option<i64> {
        self.get(field).map(u64::cast_signed)
    }

    pub(crate) fn span(&self, field: UserField) -> Option<Span> {
        self.get(field).map(Span::from_bits)
    }

    pub(crate) fn has(&self, field: UserField) -> bool {
        self.get(field).is_some()
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
    pub(crate) text: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) lists: Vec<Span>,
    pub(crate) head: Head,
    /// Whether some text holds U+0000.
    pub(crate) holds_nul: bool,
}

impl Default for Rows {
    fn default() -> Rows {
        Rows {
            text: String::new(),
            rows: Vec::new(),
            lists: Vec::new(),
            head: Head::EMPTY,
            holds_nul: false,
        }
    }
}

impl Rows {
    /// Empties the rows and keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.rows.clear();
        self.lists.clear();
        self.head = Head::EMPTY;
        self.holds_nul = false;
    }

    /// Copies a text that holds no U+0000.
    // The C library is compiled for size, which this is too often called for.
    #[inline(always)]
    pub(crate) fn push_text(&mut self, text: &str) -> Span {
        let span = Span::new(self.text.len(), text.len());
        self.text.reserve(text.len() + 1);
        self.text.push_str(text);
        self.text.push('\0');
        span
    }

    /// Copies a text that may hold U+0000.
    pub(crate) fn push_unescaped(&mut self, text: &str) -> Span {
        self.holds_nul |= text.as_bytes().contains(&0);
        self.push_text(text)
    }

    /// Bytes of memory held, used or not.
    pub(crate) fn capacity(&self) -> usize {
        self.text.capacity()
            + self.rows.capacity() * size_of::<Row>()
            + self.lists.capacity() * size_of::<Span>()
    }
}
