//! The Redis store against real servers, and against what is none.

mod protocol;
mod strangers;
mod troubles;
mod urls;
#[cfg(unix)]
mod working;

#[cfg(unix)]
#[path = "../../../../tests/support/redis.rs"]
mod redis;
#[path = "../../../../tests/support/tools.rs"]
mod tools;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;
use crate::store::{Choice, Lease, Slot, StoreError, TokenStore, choose};
use crate::transport::{Lasting, NetworkConfig, Trust};

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const PATIENCE: Duration = Duration::from_secs(10);

/// What a client would hand to its store; it trusts the CA of `ca_file` alone.
fn lasting(ca_file: Option<&Path>) -> Arc<Lasting> {
    let extra = ca_file.map(|path| Trust::read_file(path, "CA").expect("a CA"));
    Lasting::new(NetworkConfig {
        connect_timeout: PATIENCE,
        proxy: None,
        trust: Trust {
            extra: extra.unwrap_or_default(),
            only_extra: ca_file.is_some(),
        },
        user_agent: String::new(),
        resolver: None,
        body_limit: 1 << 20,
    })
}

fn choose_store(url: &str, lasting: &Arc<Lasting>) -> Result<Arc<dyn TokenStore>> {
    match choose(url, "token_store", lasting)? {
        Choice::Shared { store, .. } => Ok(store),
        Choice::Memory => panic!("{url} names no store"),
    }
}

fn store(url: &str) -> Arc<dyn TokenStore> {
    choose_store(url, &lasting(None)).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn slot() -> Slot<'static> {
    Slot::new(KEY, PATIENCE)
}

fn lease() -> Lease {
    Lease::new(Duration::from_secs(60)).expect("random numbers")
}

/// The whole text of an error.
fn text(error: &StoreError) -> String {
    format!("{error}\n{}\n{error:?}", error.hint())
}

/// Asserts that `error` says `words` and advises `cure`.
#[track_caller]
fn assert_says(error: &StoreError, words: &str, cure: &str) {
    assert!(error.message().contains(words), "{}", text(error));
    assert!(error.hint().contains(cure), "{}", text(error));
}

/// Whether the tools for a server of one's own are there; says so if not.
#[cfg(unix)]
fn has_redis(test: &str) -> bool {
    let missing = redis::TOOLS.into_iter().find(|tool| !tools::has_tool(tool));
    if let Some(tool) = missing {
        tools::skip(test, tool);
    }
    missing.is_none()
}
