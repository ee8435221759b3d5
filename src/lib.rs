//! Blocking client for Zoom's [Server-to-Server OAuth]: one shared token, renewed and recovered by
//! itself, and the users of the account.
//!
//! Start with [`Client`]: [`Client::from_env`] in earnest, [`Client::builder`] for settings of your
//! own. [`Credentials`] shows the change from the retired JWT apps. Programs that make their HTTP
//! requests themselves need [`Client::token`] and [`Client::reject_token`].
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = zoom_s2s_sandbox::Sandbox::builder().users(40).start()?;
//! # let keys = sandbox.credentials();
//! # let credentials = zoom_s2s::Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret);
//! # let zoom = zoom_s2s::Client::builder(credentials).oauth_url(sandbox.url()).api_url(sandbox.api_url()).build()?;
//! # /*
//! let zoom = zoom_s2s::Client::from_env()?;
//! # */
//! for user in zoom.users() {
//!     let user = user?;
//!     println!("{}\t{}", user.email(), user.id().unwrap_or("(pending)"));
//! }
//!
//! let token = zoom.token()?;
//! assert!(token.bearer().starts_with("Bearer "));
//! assert!(token.has_scope("user:read:list_users:admin"));
//! # Ok(())
//! # }
//! ```
//!
//! Every call blocks until it is done, fails, or its one deadline passes; [`Client::cancel`] ends it
//! earlier, from any thread. Errors are one type, [`Error`], whose text says what to do next.
//! Events are logged through the `log` facade under the target `zoom_s2s`, without secrets.
//!
//! [Server-to-Server OAuth]: https://developers.zoom.us/docs/internal-apps/s2s-oauth/
#![deny(unsafe_code)]

mod call;
mod client;
mod cloud;
mod credentials;
mod entries;
pub mod error;
#[cfg(feature = "capi")]
mod ffi;
mod fork;
mod json;
mod listing;
mod lock;
mod logger;
mod random;
mod secret;
mod settings_file;
mod stats;
pub mod store;
#[cfg(feature = "test-panic")]
mod test_panic;
mod token;
mod transport;
mod users;

pub use client::{Client, ClientBuilder, Method, Request, Response};
pub use cloud::Cloud;
pub use credentials::{CredentialSource, Credentials};
pub use entries::{Entry, EntryPage};
pub use error::{Error, ErrorStatus, Result};
pub use listing::{EntryPages, IncludeFields, License, Status, UserIter, UserPages, Users};
pub use logger::log_from_env;
pub use stats::Counter;
pub use token::Token;
pub use users::{
    CustomAttribute, FieldKind, LicenseInfo, PageUsers, TextWithNul, User, UserField, UserStatus,
    UserType, UsersPage,
};

/// The target of every log line of this crate.
pub(crate) const LOG: &str = "zoom_s2s";
