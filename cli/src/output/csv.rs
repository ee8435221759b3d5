//! Users as CSV, with a header (RFC 4180, lines ended by a newline alone).

use std::borrow::Cow;
use std::io::{self, Write};

use zoom_s2s::{User, UserField, UsersPage};

use super::Printer;
use crate::columns;
use crate::printable::printable;

pub(super) struct Csv {
    columns: Vec<UserField>,
    on_terminal: bool,
    escape_formulas: bool,
}

impl Csv {
    pub(super) fn new(columns: Vec<UserField>, on_terminal: bool, escape_formulas: bool) -> Csv {
        Csv {
            columns,
            on_terminal,
            escape_formulas,
        }
    }

    fn cell<'u>(&self, user: &'u User, field: UserField) -> Cow<'u, str> {
        let text = columns::text(user, field).unwrap_or_default();
        let text = if self.escape_formulas {
            no_formula(text)
        } else {
            text
        };
        if self.on_terminal {
            Cow::Owned(printable(&text).into_owned())
        } else {
            text
        }
    }
}

impl Printer for Csv {
    fn begin(&mut self, _: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        let names = self.columns.iter().map(|field| field.name());
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(names).map_err(cause)?;
        writer.flush()
    }

    fn page(&mut self, page: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        for user in page.users() {
            for field in &self.columns {
                let cell = self.cell(&user, *field);
                writer.write_field(cell.as_bytes()).map_err(cause)?;
            }
            writer.write_record(None::<&[u8]>).map_err(cause)?;
        }
        writer.flush()
    }

    fn end(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// The text with an apostrophe before it if a spreadsheet would take it for a formula, which could
/// read other cells and send them away. Users choose their names themselves.
fn no_formula(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// The error of the output itself, which says whether its reader has gone.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
