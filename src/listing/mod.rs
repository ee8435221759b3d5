//! Lists: what is asked for, page after page.

mod pages;
mod query;

pub use pages::{UserIter, UserPages};
pub use query::{IncludeFields, License, Status, Users};
