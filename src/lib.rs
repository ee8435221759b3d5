//! Blocking client for Zoom's Server-to-Server OAuth.
#![deny(unsafe_code)]

pub mod error;
mod token;

pub use error::{Error, ErrorStatus};
