//! What every store must do, checked: for the tests of your own store.
//!
//! ```
//! use zoom_s2s::store::conformance;
//! # use zoom_s2s::store::{Lease, Reading, Slot, StoreError, TokenStore};
//! # struct Broken;
//! # impl TokenStore for Broken {
//! #     fn name(&self) -> &str { "broken" }
//! #     fn load(&self, _: &Slot<'_>) -> Result<Reading, StoreError> { Err(StoreError::new("no")) }
//! #     fn try_lock(&self, _: &Slot<'_>, _: &mut Lease) -> Result<bool, StoreError> { Ok(false) }
//! #     fn save(&self, _: &Slot<'_>, _: &Lease, _: &str, _: std::time::Duration) -> Result<bool, StoreError> { Ok(true) }
//! #     fn unlock(&self, _: &Slot<'_>, _: &mut Lease) -> Result<(), StoreError> { Ok(()) }
//! # }
//! # let store = Broken;
//! if let Err(breach) = conformance::check(&store) {
//!     eprintln!("{breach}");
//! }
//! ```

mod app;
mod promises;
#[cfg(test)]
mod tests;

use std::fmt;

use self::promises::PROMISES;
use super::TokenStore;

/// A promise that a store does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    promise: &'static str,
    seen: String,
}

impl Breach {
    /// What the store should do.
    pub fn promise(&self) -> &str {
        self.promise
    }

    /// What it did.
    pub fn seen(&self) -> &str {
        &self.seen
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken promise: {}: {}", self.promise, self.seen)
    }
}

impl std::error::Error for Breach {}

/// Checks that `store` keeps the promises of [its trait](super), within some seconds.
///
/// Not checked is that the store works in a forked child: a library cannot fork its caller.
///
/// Keys are drawn by chance, so a store in use may be checked; the few values left behind are JSON
/// objects whose `expires_at_ms` is a minute ahead, saved for a life of a minute. Blocks; uses a few
/// threads of its own.
///
/// # Errors
/// The first promise that was broken. An operation that fails breaks the promise being checked.
pub fn check(store: &dyn TokenStore) -> Result<(), Breach> {
    for (promise, holds) in PROMISES {
        holds(store).map_err(|seen| Breach { promise, seen })?;
    }
    Ok(())
}
