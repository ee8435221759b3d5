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
    /// Hands the next page to `deliver`, if there is one. One that is lost on the way ends the list.
    pub(super) fn next(&mut self, deliver: impl FnOnce(T)) -> Result<(), Fault> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        if self.is_fetching {
            return Err(Fault::Panicked);
        }
        self.has_begun = true;
        self.is_fetching = true;
        let outcome = match self.pages.next() {
            Some(Ok(page)) => {
                deliver(page);
                Ok(())
            }
            Some(Err(error)) => {
                self.failed = Some(error.clone());
                Err(error.into())
            }
            None => Ok(()),
        };
        self.is_fetching = false;
        outcome
    }
}
