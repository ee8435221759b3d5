//! Stores that let many processes and hosts use one token.
//!
//! A client asks its store only when the token it holds is about to expire or was refused, so a
//! store is asked a few times per process and hour. How often, who may renew, what is kept and how
//! it is protected is decided by the client, in the same way for every store; a store only keeps a
//! text and gives out a lease. `file:` and `redis://` are made of exactly this trait; a third one
//! takes an afternoon: implement [`TokenStore`], run `conformance::check` on it (feature
//! `conformance`), hand it to [`ClientBuilder::custom_token_store`](crate::ClientBuilder::custom_token_store).
//!
//! # What a store must do
//! - Keep one text per key, and give it back unchanged or not at all.
//! - Tell the time by one clock that everybody who shares the store agrees on: the server's own,
//!   where there is a server. Hosts' clocks differ.
//! - Give out at most one lease per key at a time, and free it when it is given back or when its
//!   length is over, whatever has become of its owner.
//! - Save only for the owner of the lease, in one step: a process that was stopped and woke up after
//!   its lease had gone to another one must not overwrite what that one saved.
//! - Return at once. No operation waits for a lease, and all end by [`Slot::left`].
//! - Keep working in a forked child: a lock or a connection that a thread of the parent was using at
//!   the fork must not be waited for, nor closed.
//!
//! # An example
//! ```
//! use std::collections::HashMap;
//! use std::sync::{Arc, Mutex};
//! use std::time::{Duration, SystemTime, UNIX_EPOCH};
//! use zoom_s2s::store::{Lease, Reading, Slot, StoreError, TokenStore};
//!
//! /// A table of some database: key, value, owner of the lease and when it ends.
//! #[derive(Default)]
//! struct Table(Mutex<HashMap<String, (Option<String>, String, u64)>>);
//!
//! fn now_ms() -> u64 {
//!     SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
//! }
//!
//! impl TokenStore for Table {
//!     fn name(&self) -> &str {
//!         "table"
//!     }
//!
//!     // SELECT value, now() …
//!     fn load(&self, slot: &Slot<'_>) -> Result<Reading, StoreError> {
//!         let rows = self.0.lock().map_err(|_| StoreError::new("the table is broken"))?;
//!         let value = rows.get(slot.key()).and_then(|(value, ..)| value.clone());
//!         Ok(Reading { value, now_ms: now_ms() })
//!     }
//!
//!     // UPDATE … SET owner = …, until = now() + … WHERE until <= now()
//!     fn try_lock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<bool, StoreError> {
//!         let mut rows = self.0.lock().map_err(|_| StoreError::new("the table is broken"))?;
//!         let (_, owner, until) = rows.entry(slot.key().to_owned()).or_default();
//!         let free = *until <= now_ms();
//!         if free {
//!             *owner = lease.owner().to_owned();
//!             *until = now_ms() + lease.length().as_millis() as u64;
//!         }
//!         Ok(free)
//!     }
//!
//!     // UPDATE … SET value = … WHERE owner = … AND until > now()
//!     fn save(&self, slot: &Slot<'_>, lease: &Lease, value: &str, _: Duration) -> Result<bool, StoreError> {
//!         let mut rows = self.0.lock().map_err(|_| StoreError::new("the table is broken"))?;
//!         let (kept, owner, until) = rows.entry(slot.key().to_owned()).or_default();
//!         let mine = owner == lease.owner() && *until > now_ms();
//!         if mine {
//!             *kept = Some(value.to_owned());
//!         }
//!         Ok(mine)
//!     }
//!
//!     // UPDATE … SET until = 0 WHERE owner = …
//!     fn unlock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<(), StoreError> {
//!         let mut rows = self.0.lock().map_err(|_| StoreError::new("the table is broken"))?;
//!         let (_, owner, until) = rows.entry(slot.key().to_owned()).or_default();
//!         if owner == lease.owner() {
//!             *until = 0;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = zoom_s2s_sandbox::Sandbox::builder().users(20).start()?;
//! # let keys = sandbox.credentials();
//! # let credentials = zoom_s2s::Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret);
//! let zoom = zoom_s2s::Client::builder(credentials)
//! #   .oauth_url(sandbox.url()).api_url(sandbox.api_url())
//!     .custom_token_store(Arc::new(Table::default()))
//!     .build()?;
//! let token = zoom.token()?;
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod file;
#[cfg(feature = "redis")]
mod redis;
mod slot;
mod url;

pub use error::StoreError;
pub use slot::{Lease, Reading, Slot};
pub(crate) use url::{Choice, choose};

use std::path::Path;
use std::time::Duration;

/// A path as names, logs and errors show it, in one line.
fn shown(path: &Path) -> String {
    path.display().to_string().replace(char::is_control, "?")
}

/// A place that keeps a token for everybody who may use it. See the [module](self) for what it must
/// do, and for an example.
///
/// The methods are called by at most one thread per app and process at a time, but by several
/// processes at once.
pub trait TokenStore: Send + Sync {
    /// What logs, errors and the status snapshot call the store: `file:/run/app/zoom-token`. Without
    /// passwords.
    fn name(&self) -> &str;

    /// Whether only those can read the store who are entitled to the token. Then values are readable
    /// JSON; otherwise, and by default, they are sealed under a key derived from the client secret,
    /// so that reading the store gains nothing and what others write into it is not taken.
    fn is_private(&self) -> bool {
        false
    }

    /// The value last saved under the slot's key, if it is still there, and the store's clock.
    ///
    /// # Errors
    /// That the store cannot be read now. A damaged value is no error: it is given back as it is, or
    /// as `None`.
    fn load(&self, slot: &Slot<'_>) -> Result<Reading, StoreError>;

    /// Takes the lease of the slot's key for [`Lease::owner`] and [`Lease::length`] if nobody holds
    /// it. Returns at once, `false` if somebody does.
    ///
    /// # Errors
    /// That the store cannot be written now: better found out here than after a token was fetched.
    fn try_lock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<bool, StoreError>;

    /// Keeps `value`, which is of use for `life` and may be dropped then. Returns `false`, changing
    /// nothing, if the lease has gone to another owner.
    ///
    /// # Errors
    /// That the value could not be kept; the old one is then unharmed.
    fn save(
        &self,
        slot: &Slot<'_>,
        lease: &Lease,
        value: &str,
        life: Duration,
    ) -> Result<bool, StoreError>;

    /// Gives the lease back. Does nothing if it has gone to another owner.
    ///
    /// # Errors
    /// That the store did not hear it; the lease then ends by itself.
    fn unlock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<(), StoreError>;
}
