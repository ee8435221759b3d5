//! Any bytes, read as a page of users, against what serde_json makes of them.

#![no_main]
// The reader is private to the SDK: it is compiled here from its source.
#![allow(dead_code, unreachable_pub, unused_imports)]

#[path = "../../src/fork.rs"]
mod fork;
#[path = "../../src/json/mod.rs"]
mod json;
#[path = "../../src/users/tests/reference.rs"]
mod reference;
#[path = "../../src/users/mod.rs"]
mod users;

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
pub use users::*;

static POOL: LazyLock<Arc<Pool>> = LazyLock::new(Arc::default);

fuzz_target!(|body: &[u8]| {
    // As a page comes: into the memory of the one before.
    let mut received = POOL.take_body();
    received.clear();
    received.extend_from_slice(body);
    let found = UsersPage::read(received, &POOL).map_err(|unreadable| {
        assert_eq!(unreadable.body, body, "the body comes back as it was");
        unreadable.problem
    });
    reference::check(body, &found);
});
