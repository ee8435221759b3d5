//! Who was in the account over a stretch of time: the measure of a listing under which it changed.

use super::{Roster, UserStatus};
use std::collections::HashSet;
use std::sync::Arc;

/// A moment in the account's life; see [`Sandbox::mark`](crate::Sandbox::mark).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(pub(super) u64);

/// The indices of those who are in the list and have not left it since the mark.
pub(super) fn throughout(
    roster: Arc<Roster>,
    status: UserStatus,
    since: Mark,
) -> impl Iterator<Item = u32> {
    let mut cursor = 0;
    std::iter::from_fn(move || {
        loop {
            let list = roster.list(status);
            let (index, next) = list.next_from(cursor)?;
            cursor = next;
            // Who leaves and comes back stands at a new position.
            if list.joined(next - 1) <= since.0 {
                return Some(index);
            }
        }
    })
}

/// The indices of those who have been in the list at any time since the mark, once each.
pub(super) fn ever(
    roster: Arc<Roster>,
    status: UserStatus,
    since: Mark,
) -> impl Iterator<Item = u32> {
    let left_before = roster.list(status).left_by(since.0);
    let mut position = 0;
    let mut seen = HashSet::new();
    std::iter::from_fn(move || {
        let list = roster.list(status);
        while position < list.end() {
            let here = position;
            position += 1;
            if !left_before.contains(&here) && seen.insert(list.index(here)) {
                return Some(list.index(here));
            }
        }
        None
    })
}
