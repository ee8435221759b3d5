//! Lists: what is asked for, page after page, complete or an error.

mod entries;
mod pager;
mod pass;
mod query;
mod seen;
mod users;

pub use entries::EntryPages;
pub use query::{IncludeFields, License, Status, Users};
pub use users::{UserIter, UserPages};
