//! The forms in which users are printed, and where to.

mod compact;
mod csv;
mod items;
mod json;
mod sink;
mod table;

pub(crate) use compact::compact;
pub(crate) use items::Items;
pub(crate) use sink::Sink;

use std::io::{self, Write};
use std::path::Path;

use zoom_s2s::{UserField, UsersPage};

use crate::args::Format;
use crate::columns;
use crate::failure::Failure;

/// Writes something whole to standard output.
pub(crate) fn print(text: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
        Err(error) => Err(Failure::output(Path::new("standard output"), error)),
    }
}

/// Prints users page by page, and holds none of them.
pub(crate) trait Printer {
    /// What stands before the first user. Called once, with the first page.
    fn begin(&mut self, first: &UsersPage, out: &mut dyn Write) -> io::Result<()>;
    fn page(&mut self, page: &UsersPage, out: &mut dyn Write) -> io::Result<()>;
    /// What stands after the last user. Not called if the listing failed: what was printed then
    /// looks as unfinished as it is.
    fn end(&mut self, out: &mut dyn Write) -> io::Result<()>;
}

/// The printer for `format`. With `on_terminal`, nothing that is printed moves a cursor.
pub(crate) fn printer(
    format: Format,
    fields: Option<Vec<UserField>>,
    extra: &[UserField],
    on_terminal: bool,
    escape_formulas: bool,
) -> Box<dyn Printer> {
    let columns = |fields: Option<Vec<UserField>>| {
        fields.unwrap_or_else(|| [columns::DEFAULT, extra].concat())
    };
    match format {
        Format::Table => Box::new(table::Table::new(columns(fields))),
        Format::Csv => Box::new(csv::Csv::new(columns(fields), on_terminal, escape_formulas)),
        Format::Json => Box::new(json::Json::array(fields, on_terminal)),
        Format::Jsonl => Box::new(json::Json::lines(fields, on_terminal)),
    }
}
