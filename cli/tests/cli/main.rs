//! The real command against a sandbox: what it prints, what it leaves behind, how it ends.

mod ends;
mod exits;
mod files;
mod formats;
mod hostile;
mod sandbox;
mod secrets;
mod stores;
mod support;
mod token;
