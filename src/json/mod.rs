//! JSON as received: places in it, members of it, whole numbers in it, and what is wrong with it.

mod integer;
mod problem;
mod raw;
mod span;

pub(crate) use integer::integer;
pub(crate) use problem::{PageProblem, Unreadable};
pub(crate) use raw::{entry_spans, member, span_within, without_bom};
pub(crate) use span::Span;
