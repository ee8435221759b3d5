//! One user: an object whose known members become the cells of a row.

use super::super::rows::{Draft, Rows};
use super::super::{FieldKind, UserField};
use super::order::Order;
use super::value::{number_of, text};
use super::{Reader, Result, not_this};
use crate::json::{PageProblem, Span, byte, enter, more, skip};

/// Whether the one row read has something that tells who it is.
pub(super) fn is_somebody(rows: &Rows) -> bool {
    rows.rows
        .first()
        .is_some_and(|row| row.has(UserField::Id) || row.has(UserField::Email))
}

impl Reader<'_> {
    /// Appends one row.
    pub(super) fn user(&mut self, at: usize, or: PageProblem, order: &mut Order) -> Result<usize> {
        if byte(self.body, at) != b'{' {
            return Err(not_this(self.body, at, or));
        }
        let start = at;
        let mut at = at;
        let mut draft = Draft::new();
        let mut last = Order::START;
        // At the bracket, and then at each comma.
        loop {
            let (field, kind) = match self.member(start, at, last, order)? {
                Next::Field(field, kind, value) => {
                    at = value;
                    (field, kind)
                }
                Next::Other(value) => {
                    at = skip(self.body, value)?;
                    continue;
                }
                Next::End(end) => {
                    self.rows.push(&draft, Span::new(start, end - start));
                    return Ok(end);
                }
            };
            last = field.index();
            let cell = match kind {
                FieldKind::Text => {
                    let span;
                    (span, at) = text(self.body, self.rows, at)?;
                    span.map(Span::bits)
                }
                FieldKind::Number => {
                    let number;
                    (number, at) = number_of(self.body, at)?;
                    number.map(i64::cast_unsigned)
                }
                FieldKind::List => {
                    let span;
                    (span, at) = self.list(at, field)?;
                    span.map(Span::bits)
                }
            };
            draft.set(field, cell);
        }
    }

    /// What stands behind the comma or the bracket here.
    #[inline(always)]
    fn member(&self, start: usize, at: usize, last: usize, order: &mut Order) -> Result<Next> {
        if (at == start || byte(self.body, at) == b',')
            && let Some(name) = order.expected(last, self.body, at)
        {
            // Its value may still follow after white space.
            return Ok(Next::Field(name.field, name.kind, at + name.length));
        }
        self.unexpected(start, at, last, order)
    }

    #[inline(never)]
    fn unexpected(&self, start: usize, at: usize, last: usize, order: &mut Order) -> Result<Next> {
        let (goes_on, at) = match at == start {
            true => enter(self.body, at + 1, b'}'),
            false => more(self.body, at, b'}')?,
        };
        if !goes_on {
            return Ok(Next::End(at));
        }
        let (field, value) = self.named(at, UserField::from_bytes)?;
        let Some(field) = field else {
            return Ok(Next::Other(value));
        };
        order.learn(last, field);
        Ok(Next::Field(field, field.kind(), value))
    }
}

/// What comes next in a user, and where its value is or the user ends.
enum Next {
    Field(UserField, FieldKind, usize),
    Other(usize),
    End(usize),
}
