//! Blocking client for Zoom's Server-to-Server OAuth.
#![deny(unsafe_code)]

pub mod error;
mod token;
// Until the client reads its pages here.
#[allow(dead_code)]
mod users;

pub use error::{Error, ErrorStatus};
pub use users::{
    CustomAttribute, FieldKind, LicenseInfo, PageUsers, User, UserField, UserStatus, UserType,
    UsersPage,
};
