//! The users of an account, as Zoom's [List users] sends them.
//!
//! A page is kept as received and beside it as compact rows: one fixed-size row per user whose
//! cells point into one shared text buffer. Reading a page allocates nothing per user, and its
//! buffers go back to a pool when the last [`User`] of the page is gone.
//!
//! [List users]: https://developers.zoom.us/docs/api/users/

mod cells;
mod field;
mod iter;
mod page;
mod pool;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod user;
mod values;

pub use field::{FieldKind, UserField};
pub use iter::PageUsers;
pub use page::UsersPage;
pub use user::User;
pub use values::{CustomAttribute, LicenseInfo, TextWithNul, UserStatus, UserType};

pub(crate) use pool::Pool;
