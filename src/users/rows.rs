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

/// Where something is: an offset and a length, packed into one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(u64);

impl Span {
    /// No text at all. No text can be here: its end would lie beyond 32 bits.
    pub(crate) const ABSENT: Span = Span(u64::MAX);
    /// A text in no buffer, for what is empty without having been sent.
    pub(crate) const EMPTY: Span = Span(0);

    pub(crate) fn new(offset: usize, len: usize) -> Span {
        debug_assert!(u32::try_from(offset + len).is_ok());
        Span((offset as u64) << 32 | len as u64)
    }

    pub(crate) fn offset(self) -> usize {
        (self.0 >> 32) as usize
    }

    pub(crate) fn len(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }

    pub(crate) fn of(self, buffer: &str) -> Option<&str> {
        buffer.get(self.offset()..self.offset() + self.len())
    }
}

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
        self.set(field, span.map(|span| span.0));
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
        self.get(field).map(Span)
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
    pub(crate) fn push_text(&mut self, text: &str) -> Span {
        let span = Span::new(self.text.len(), text.len());
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
