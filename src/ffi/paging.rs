//! What both pagers have in common.

use super::error::Fault;
use crate::{Error, Result};

/// An iterator over pages that keeps the error it ended with: a caller who overlooks it must not take
/// a listing that broke off for one that ended.
pub(super) struct Paging<P> {
    /// Absent while it is at work. One that panicked then is lost, and so is the list.
    pages: Option<P>,
    has_begun: bool,
    failed: Option<Error>,
}

impl<P> Paging<P> {
    pub(super) fn new(pages: P) -> Paging<P> {
        Paging {
            pages: Some(pages),
            has_begun: false,
            failed: None,
        }
    }

    pub(super) fn pages(&self) -> Result<&P, Fault> {
        self.pages.as_ref().ok_or(Fault::Panicked)
    }

    /// Changes a setting called `name`, which is too late after the first page.
    pub(super) fn set(&mut self, name: &str, change: impl FnOnce(P) -> P) -> Result<(), Fault> {
        if self.has_begun {
            return Err(Fault::argument(
                "pager has fetched a page already",
                format!("Set {name} before the first page."),
            ));
        }
        let pages = self.pages.take().ok_or(Fault::Panicked)?;
        self.pages = Some(change(pages));
        Ok(())
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
        let mut pages = self.pages.take().ok_or(Fault::Panicked)?;
        self.has_begun = true;
        let outcome = match pages.next() {
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
        self.pages = Some(pages);
        outcome
    }
}
