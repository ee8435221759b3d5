//! What both pagers have in common.

use super::error::Fault;
use crate::{Error, Result};

/// An iterator over pages that keeps the error it ended with: a caller who overlooks it must not take
/// a listing that broke off for one that ended.
pub(super) struct Paging<P> {
    pub(super) pages: P,
    pub(super) has_begun: bool,
    /// Whether a page is being fetched. One that panicked on the way is lost, and so is the list.
    is_fetching: bool,
    failed: Option<Error>,
}

impl<P> Paging<P> {
    pub(super) fn new(pages: P) -> Paging<P> {
        Paging {
            pages,
            has_begun: false,
            is_fetching: false,
            failed: None,
        }
    }
}

impl<P, T> Paging<P>
where
    P: Iterator<Item = Result<T>>,
{
    /// The next page, `None` after the last one.
    pub(super) fn next(&mut self) -> Result<Option<T>, Fault> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        if self.is_fetching {
            return Err(Fault::Panicked);
        }
        self.has_begun = true;
        self.is_fetching = true;
        let next = self.pages.next();
        self.is_fetching = false;
        next.transpose().map_err(|error| {
            self.failed = Some(error.clone());
            error.into()
        })
    }
}
