//! Blocking client for Zoom's Server-to-Server OAuth.
#![deny(unsafe_code)]

mod call;
mod client;
mod cloud;
mod credentials;
pub mod error;
mod fork;
mod listing;
mod lock;
mod random;
mod secret;
mod stats;
mod token;
mod transport;
mod users;

pub use client::{Client, ClientBuilder};
pub use cloud::Cloud;
pub use credentials::{CredentialSource, Credentials};
pub use error::{Error, ErrorStatus, Result};
pub use listing::{IncludeFields, License, Status, UserIter, UserPages, Users};
pub use stats::Counter;
pub use token::Token;
pub use users::{
    CustomAttribute, FieldKind, LicenseInfo, PageUsers, User, UserField, UserStatus, UserType,
    UsersPage,
};

/// The target of every log line of this crate.
pub(crate) const LOG: &str = "zoom_s2s";
