//! Why a body is no page of users.

use std::fmt;

/// What is wrong with a body. The words never quote it: it may hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageProblem {
    /// The byte at this offset, from 0, is not part of UTF-8 text.
    NotUtf8 { offset: usize },
    /// Not JSON, or cut short. Line and column count from 1; column 0 is a line's start.
    NotJson { line: usize, column: usize },
    /// Larger than the 32-bit offsets of the rows can reach.
    TooLarge,
    /// JSON, but not an object.
    NotAnObject,
    /// An object without users: `users` is missing or null on a page, and neither `id` nor
    /// `email` is there where one user was asked for. Zoom's error bodies look like this, and
    /// are seen under HTTP 200 as well.
    NoUsers,
    /// The array asked for is missing or null.
    NoEntries,
    /// It is there and is not an array.
    EntriesNotAList,
    /// `users` is there and is not an array.
    UsersNotAList,
    /// An entry of `users`, counted from 0, is not an object.
    UserNotAnObject { row: usize },
    /// `next_page_token` is neither a text nor absent. Taking it for the end of the listing would
    /// lose users silently.
    TokenNotText,
}

impl fmt::Display for PageProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageProblem::NotUtf8 { offset } => write!(f, "not valid UTF-8 at byte {offset}"),
            PageProblem::NotJson { line, column } => {
                write!(f, "not valid JSON at line {line} column {column}")
            }
            PageProblem::TooLarge => f.write_str("larger than 4 GiB"),
            PageProblem::NotAnObject => f.write_str("not a JSON object"),
            PageProblem::NoUsers => f.write_str("`users` is missing"),
            PageProblem::NoEntries => f.write_str("the list asked for is missing"),
            PageProblem::EntriesNotAList => f.write_str("the list asked for is not an array"),
            PageProblem::UsersNotAList => f.write_str("`users` is not an array"),
            PageProblem::UserNotAnObject { row } => {
                write!(f, "entry {row} of `users` is not an object")
            }
            PageProblem::TokenNotText => f.write_str("`next_page_token` is not a text"),
        }
    }
}

/// Line and column of a byte of a document, as serde_json counts them.
pub(crate) fn place(document: &[u8], at: usize) -> (usize, usize) {
    let before = document.get(..at).unwrap_or(document);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n');
    let column = (at + 1).min(document.len()) - start.map_or(0, |newline| newline + 1);
    (line, column)
}

/// A body that could not be read, with the reason.
pub(crate) struct Unreadable {
    pub(crate) problem: PageProblem,
    /// The body as received.
    pub(crate) body: Vec<u8>,
}

// Without the body, which may hold users.
impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable")
            .field("problem", &self.problem)
            .field("bytes", &self.body.len())
            .finish()
    }
}
