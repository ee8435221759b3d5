//! Scopes.

pub(crate) fn grants<'a>(mut held: impl Iterator<Item = &'a str>, wanted: &str) -> bool {
    held.any(|scope| scope == wanted)
}
