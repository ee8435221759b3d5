//! The `zoom-s2s` command.
fn main() {}
