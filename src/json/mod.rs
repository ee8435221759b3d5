//! JSON as received: reading it, places in it, members of it, whole numbers in it, and what is wrong
//! with it.

mod integer;
mod problem;
mod raw;
mod scan;
mod span;
mod unescape;

pub(crate) use integer::integer;
pub(crate) use problem::{PageProblem, Unreadable, place};
pub(crate) use raw::{member, span_within, without_bom};
pub(crate) use scan::{
    NotJson, Number, block, byte, enter, literal, more, name, number, plain, skip, white,
};
pub(crate) use span::Span;
pub(crate) use unescape::unescape;
