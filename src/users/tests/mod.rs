mod differential;
mod edges;
mod generate;
mod memory;
mod problems;
mod reference;
mod tree;

use std::sync::Arc;

use super::{Pool, User, UsersPage};
use crate::json::PageProblem;
use crate::json::Unreadable;

fn read_in(pool: &Arc<Pool>, body: &[u8]) -> Result<UsersPage, Unreadable> {
    let mut received = pool.take_body();
    received.clear();
    received.extend_from_slice(body);
    UsersPage::read(received, pool)
}

fn page(body: &str) -> UsersPage {
    read_in(&Arc::default(), body.as_bytes()).expect("a page")
}

/// A page whose only user is this object.
fn page_of(user: &str) -> UsersPage {
    page(&format!(r#"{{"users":[{user}]}}"#))
}

fn problem(body: impl AsRef<[u8]>) -> PageProblem {
    let unreadable = read_in(&Arc::default(), body.as_ref()).expect_err("no page");
    assert_eq!(unreadable.body, body.as_ref(), "the body comes back");
    unreadable.problem
}

fn one(body: &str) -> Result<User, PageProblem> {
    let pool: Arc<Pool> = Arc::default();
    User::read_one(body.into(), &pool).map_err(|unreadable| unreadable.problem)
}
