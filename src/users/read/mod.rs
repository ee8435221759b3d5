//! From a body to rows.
//!
//! Two passes share one set of visitors. The *plain* pass takes every scalar as serde_json hands it
//! over, which is all that real pages need. What it cannot take without loss makes it fail: a
//! fraction or an exponent (serde_json has made a double of it), and half a surrogate pair in a
//! text. Then the *exact* pass reads the document again and looks at each scalar as received.

mod list;
mod page;
mod scalar;
mod user;

use serde::de::DeserializeSeed;

use super::pool::{Buffers, Pool};
use super::rows::Rows;
use crate::json::without_bom;
use crate::json::{PageProblem, Unreadable};

/// What a document is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A page: an object with `users`.
    Page,
    /// One user.
    User,
}

/// Fills the rows from the body; gives them back with the body as text.
pub(crate) fn read(
    buffers: Buffers,
    pool: &Pool,
    shape: Shape,
) -> Result<(String, Rows), Unreadable> {
    let Buffers { body, mut rows } = buffers;
    let read = match String::from_utf8(body) {
        Ok(json) => match fill(&mut rows, &json, shape) {
            Ok(()) => return Ok((json, rows)),
            Err(problem) => Err((problem, json.into_bytes())),
        },
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            Err((PageProblem::NotUtf8 { offset }, error.into_bytes()))
        }
    };
    // The body leaves with the error, the rest is of use again.
    pool.give(Buffers {
        body: Vec::new(),
        rows,
    });
    read.map_err(|(problem, body)| Unreadable { problem, body })
}

fn fill(rows: &mut Rows, body: &str, shape: Shape) -> Result<(), PageProblem> {
    if u32::try_from(body.len()).is_err() {
        return Err(PageProblem::TooLarge);
    }
    let json = without_bom(body);
    if run(rows, json, shape, false).is_err() {
        run(rows, json, shape, true)?;
    }
    Ok(())
}

/// Where the visitors put what they read.
struct Reader<'r> {
    rows: &'r mut Rows,
    exact: bool,
    /// What is wrong if the next value turns out to be of the wrong type.
    suspect: PageProblem,
}

fn run(rows: &mut Rows, json: &str, shape: Shape, exact: bool) -> Result<(), PageProblem> {
    rows.clear();
    let mut reader = Reader {
        rows,
        exact,
        suspect: PageProblem::NotAnObject,
    };
    let mut document = serde_json::Deserializer::from_str(json);
    let found = match shape {
        Shape::Page => page::PageSeed(&mut reader).deserialize(&mut document),
        Shape::User => user::UserSeed(&mut reader)
            .deserialize(&mut document)
            .map(|()| user::is_somebody(reader.rows)),
    };
    match found.and_then(|found| document.end().map(|()| found)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(PageProblem::NoUsers),
        Err(error) if error.is_data() => Err(reader.suspect),
        Err(error) => Err(PageProblem::NotJson {
            line: error.line(),
            column: error.column(),
        }),
    }
}
