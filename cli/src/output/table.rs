//! Users as a table for people.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;
use zoom_s2s::{User, UserField, UsersPage};

use super::Printer;
use crate::columns;
use crate::printable::printable;

/// A column gets no wider than this because of a single long value.
const MAX_WIDTH: usize = 40;
const ABSENT: &str = "-";

/// Columns as wide as the first page needs them, to the end. A longer value is printed whole and
/// moves the rest of its line.
pub(super) struct Table {
    columns: Vec<Column>,
}

struct Column {
    field: UserField,
    width: usize,
}

impl Table {
    pub(super) fn new(fields: Vec<UserField>) -> Table {
        let column = |field: UserField| Column {
            field,
            width: field.name().width(),
        };
        Table {
            columns: fields.into_iter().map(column).collect(),
        }
    }

    fn line<'c>(
        &self,
        out: &mut dyn Write,
        cell: impl Fn(UserField) -> Cow<'c, str>,
    ) -> io::Result<()> {
        let mut line = String::new();
        for column in &self.columns {
            let text = cell(column.field);
            let missing = column.width.saturating_sub(text.width());
            line.push_str(&text);
            line.extend(std::iter::repeat_n(' ', missing + 2));
        }
        line.truncate(line.trim_end_matches(' ').len());
        line.push('\n');
        out.write_all(line.as_bytes())
    }
}

fn cell(user: &User, field: UserField) -> Cow<'_, str> {
    match columns::text(user, field) {
        None => Cow::Borrowed(ABSENT),
        Some(Cow::Borrowed(text)) => printable(text),
        Some(Cow::Owned(text)) => Cow::Owned(printable(&text).into_owned()),
    }
}

impl Printer for Table {
    fn begin(&mut self, first: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        for column in &mut self.columns {
            let widths = first.users().map(|user| cell(&user, column.field).width());
            let widest = widths.filter(|width| *width <= MAX_WIDTH).max();
            column.width = column.width.max(widest.unwrap_or(0));
        }
        self.line(out, |field| field.name().to_uppercase().into())
    }

    fn page(&mut self, page: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        for user in page.users() {
            self.line(out, |field| cell(&user, field))?;
        }
        Ok(())
    }

    fn end(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
