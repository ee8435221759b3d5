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
    /// Which fields have a value: a bit for each.
    fields: u32,
    /// The first of the user's cells among all. They are in the order of the fields.
    first: u32,
    /// Where the user is in the body.
    pub(crate) user: Span,
}

const _: () = assert!(UserField::COUNT <= u32::BITS as usize);

impl Row {
    pub(crate) fn has(&self, field: UserField) -> bool {
        self.fields & bit(field) != 0
    }

    /// The place of a field's cell among all cells.
    #[inline(always)]
    fn cell(&self, field: UserField) -> Option<usize> {
        let before = self.fields & (bit(field) - 1);
        self.has(field)
            .then(|| self.first as usize + before.count_ones() as usize)
    }
}

fn bit(field: UserField) -> u32 {
    1 << field.index()
}

/// The cells of a user that is being read.
pub(crate) struct Draft {
    fields: u32,
    cells: [u64; UserField::COUNT],
}

impl Draft {
    pub(crate) fn new() -> Draft {
        Draft {
            fields: 0,
            cells: [0; UserField::COUNT],
        }
    }

    /// Sets or clears a cell: of duplicate members the last one counts, also if it is null.
    #[inline(always)]
    pub(crate) fn set(&mut self, field: UserField, value: Option<u64>) {
        let Some(value) = value else {
            self.fields &= !bit(field);
            return;
        };
        self.fields |= bit(field);
        if let Some(cell) = self.cells.get_mut(field.index()) {
            *cell = value;
        }
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

    /// Appends a user, who is here in the body.
    pub(crate) fn push(&mut self, draft: &Draft, user: Span) {
        self.rows.push(Row {
            fields: draft.fields,
            first: self.cells.len() as u32,
            user,
        });
        let mut rest = draft.fields;
        self.cells.extend(std::iter::from_fn(|| {
            let next = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            draft.cells.get(next)
        }));
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
