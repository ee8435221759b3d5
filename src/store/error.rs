//! Why a store could not be used.

use std::borrow::Cow;
use std::fmt;

/// Why a store could not be used just now. It ends no call unless the store is
/// [strict](crate::ClientBuilder::token_store): it is logged, counted and shown in the status
/// snapshot, so it must hold neither passwords nor what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    message: Cow<'static, str>,
    hint: Cow<'static, str>,
}

impl StoreError {
    /// What went wrong, in one line, without the store's name: `no connection: timed out`.
    pub fn new(message: impl Into<Cow<'static, str>>) -> StoreError {
        StoreError {
            message: message.into(),
            hint: Cow::Borrowed(""),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> StoreError {
        self.hint = hint.into();
        self
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it; empty where there is nothing to add.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}
