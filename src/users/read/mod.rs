//! From a body to rows, in one pass.
//!
//! A copy of the whole body is the text buffer of its rows, where the closing quote of each text that is
//! kept has given way to the NUL that C wants. Only texts with escapes, and numbers in place of texts, are
//! copied one by one, and stand behind it. JSON holds no NUL, so each one in the body stands for a quote,
//! and what was received can be told again.

mod order;
mod page;
mod user;
mod value;

use simdutf8::basic::from_utf8;

use self::order::Order;
use super::pool::{Buffers, Pool};
use super::rows::Rows;
use crate::json::{NotJson, PageProblem, Unreadable, byte, place, skip, white};

/// What a document is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A page: an object with `users`.
    Page,
    /// One user.
    User,
}

/// Texts behind the body take no more room than they took in it, and 32 bits must reach their end.
const LARGEST: usize = u32::MAX as usize / 2;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// The body with its closing quotes back in place of the NULs.
pub(super) fn as_received(body: &str) -> String {
    let quote = |byte| if byte == 0 { b'"' } else { byte };
    // Checked anew rather than put together piece by piece: that takes three times as long.
    String::from_utf8(body.bytes().map(quote).collect()).unwrap_or_default()
}

/// Fills buffers from the body.
pub(crate) fn read(
    mut body: Vec<u8>,
    pool: &Pool,
    shape: Shape,
) -> std::result::Result<Buffers, Unreadable> {
    let mut buffers = pool.take();
    match fill(&mut body, &mut buffers, shape) {
        Ok(()) => {
            pool.give_body(body);
            Ok(buffers)
        }
        // The body leaves with the error, the rest is of use again.
        Err(problem) => {
            pool.give(buffers);
            Err(Unreadable { problem, body })
        }
    }
}

fn fill(
    body: &mut [u8],
    buffers: &mut Buffers,
    shape: Shape,
) -> std::result::Result<(), PageProblem> {
    let rows = &mut buffers.rows;
    if body.len() > LARGEST {
        return Err(PageProblem::TooLarge);
    }
    rows.body = body.len();
    let start = if body.starts_with(BOM) { BOM.len() } else { 0 };
    let mut reader = Reader { body, rows };
    let wrong = match reader.document(start, shape) {
        Ok(()) => {
            // Texts behind the body are made of it, so they are UTF-8 if it is.
            if let (Ok(text), Ok(behind)) = (from_utf8(body), from_utf8(&rows.behind)) {
                keep(&mut buffers.text, text, behind, !buffers.used);
                rows.behind.clear();
                if !buffers.used {
                    rows.shrink_to_fit();
                }
                return Ok(());
            }
            Wrong::Json(NotJson(body.len()))
        }
        Err(wrong) => wrong,
    };
    give_back_quotes(body, wrong.at());
    Err(match (std::str::from_utf8(body), wrong) {
        (Err(error), _) => PageProblem::NotUtf8 {
            offset: error.valid_up_to(),
        },
        (_, Wrong::Meaning(_, problem)) => problem,
        (_, Wrong::Json(NotJson(at))) => {
            let (line, column) = place(body.get(start..).unwrap_or_default(), at - start);
            PageProblem::NotJson { line, column }
        }
    })
}

/// Copies the body and what was written behind it.
///
/// Making the body itself a `String` would need std's check of it, which costs three times as much as this
/// copy and a check that takes a whole register at a time.
fn keep(into: &mut String, text: &str, behind: &str, exactly: bool) {
    let length = text.len() + behind.len();
    // Buffers that come for the first time belong, as far as one can tell, to somebody who keeps the pages.
    // Others grow to what pages need, which differ a little.
    let fits = exactly || length <= into.capacity();
    into.reserve_exact(length + if fits { 0 } else { length / 16 });
    into.push_str(text);
    into.push_str(behind);
}

/// Undoes what was done to the body before this place. There it was JSON, which has no NUL.
fn give_back_quotes(body: &mut [u8], before: usize) {
    for byte in body.iter_mut().take(before).filter(|byte| **byte == 0) {
        *byte = b'"';
    }
}

/// What makes a body unreadable.
enum Wrong {
    /// It is no JSON.
    Json(NotJson),
    /// It is JSON up to this place, and not what was asked for.
    Meaning(usize, PageProblem),
}

type Result<T> = std::result::Result<T, Wrong>;

impl Wrong {
    fn at(&self) -> usize {
        match self {
            Wrong::Json(NotJson(at)) | Wrong::Meaning(at, _) => *at,
        }
    }
}

impl From<NotJson> for Wrong {
    fn from(broken: NotJson) -> Wrong {
        Wrong::Json(broken)
    }
}

/// There is another kind of value here than the document must have.
#[cold]
fn not_this(body: &[u8], at: usize, problem: PageProblem) -> Wrong {
    match byte(body, at) {
        b'{' | b'[' => Wrong::Meaning(at, problem),
        _ => skip(body, at).map_or_else(Wrong::Json, |end| Wrong::Meaning(end, problem)),
    }
}

/// Reads a document into rows.
struct Reader<'r> {
    body: &'r mut [u8],
    rows: &'r mut Rows,
}

impl Reader<'_> {
    fn document(&mut self, at: usize, shape: Shape) -> Result<()> {
        let at = white(self.body, at);
        let (found, end) = match shape {
            Shape::Page => self.page(at)?,
            Shape::User => {
                let end = self.user(at, PageProblem::NotAnObject, &mut Order::new())?;
                (user::is_somebody(self.rows), end)
            }
        };
        let end = white(self.body, end);
        match (end == self.body.len(), found) {
            (false, _) => Err(Wrong::Json(NotJson(end))),
            (true, false) => Err(Wrong::Meaning(end, PageProblem::NoUsers)),
            (true, true) => Ok(()),
        }
    }
}
