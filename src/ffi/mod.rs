//! The C interface: `include/zoom_s2s.h`, whose text these files are.
//!
//! One file per C object. Everything here translates between C and the public Rust interface of this
//! crate, and uses nothing that a Rust program could not use; what the C interface can do beyond
//! translating (checking handles and texts, keeping texts terminated) is in `handle`, `input`, `guard`
//! and `terminated`.
//!
//! Every function keeps the calling contract at the top of the header, `contract.h`. It is the safety
//! section of each of them: a caller who keeps it gives pointers that are NULL or valid.
//!
//! cbindgen reads these files as text, so functions are written out, not made by macros.
#![allow(unsafe_code)]
// C's names; a Rust program never sees this module; the contract is every function's safety section.
#![allow(
    non_camel_case_types,
    unreachable_pub,
    clippy::missing_safety_doc,
    clippy::too_many_arguments
)]
// No panic crosses the border: guard catches them, and none begins here.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::todo
)]

mod client;
mod config;
mod credentials;
mod entries_page;
mod entries_pager;
mod error;
mod guard;
mod handle;
mod input;
mod lazy;
mod library;
mod log;
mod numbers;
mod paging;
mod request;
mod response;
mod sheet;
mod terminated;
mod text;
mod token;
mod users_page;
mod users_pager;
mod users_query;

#[cfg(test)]
mod tests;
