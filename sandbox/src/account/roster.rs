//! Who is in the account: arithmetic over three ranges, plus lists of those added and deleted.
//!
//! Each status is a sequence of positions: first the users the account began with, which are a
//! range of indices and stored nowhere, then those added. Deleting marks a position.

use super::{Role, UserStatus};
use std::collections::{HashMap, HashSet};

/// One state of the account's membership. Cloned when it changes under a listing by snapshot.
#[derive(Clone)]
pub(crate) struct Roster {
    version: u64,
    base: u32,
    lists: [StatusList; 3],
    /// Where each added user stands; the first one has the index `base`.
    added: Vec<(UserStatus, u32)>,
    /// Where those of the beginning stand who have moved to another status.
    moved: HashMap<u32, (UserStatus, u32)>,
}

/// The users of one status.
#[derive(Clone)]
pub(crate) struct StatusList {
    /// Changes with this list and no other: rendered pages are cached under it.
    version: u64,
    first: u32,
    base: u32,
    added: Vec<u32>,
    /// The roster's version with which each of them came.
    joined: Vec<u64>,
    /// Positions, sorted.
    deleted: Vec<u32>,
    /// The same in the order of time, with the roster's version with which each of them left.
    left: Vec<(u64, u32)>,
}

impl Roster {
    /// 90 % active, 7 % inactive, 3 % pending, as far as `users` can be divided so.
    pub(crate) fn new(users: u32) -> Self {
        let pending = users * 3 / 100;
        let inactive = users * 7 / 100;
        let active = users - inactive - pending;
        let list = |first, base| StatusList {
            version: 0,
            first,
            base,
            added: Vec::new(),
            joined: Vec::new(),
            deleted: Vec::new(),
            left: Vec::new(),
        };
        Self {
            version: 0,
            base: users,
            lists: [
                list(0, active),
                list(active, inactive),
                list(active + inactive, pending),
            ],
            added: Vec::new(),
            moved: HashMap::new(),
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn list(&self, status: UserStatus) -> &StatusList {
        &self.lists[status as usize]
    }

    /// Status and position of a user who is or once was in the account.
    pub(crate) fn home(&self, index: u32) -> Option<(UserStatus, u32)> {
        if index >= self.base {
            return self.added.get((index - self.base) as usize).copied();
        }
        if let Some(home) = self.moved.get(&index) {
            return Some(*home);
        }
        UserStatus::ALL.into_iter().find_map(|status| {
            let list = self.list(status);
            let position = index.checked_sub(list.first)?;
            (position < list.base).then_some((status, position))
        })
    }

    pub(crate) fn add(&mut self, status: UserStatus) -> u32 {
        let index = self.base + self.added.len() as u32;
        let position = self.touch(status).append(index);
        self.added.push((status, position));
        index
    }

    /// Puts a user at the end of the list of another status.
    pub(crate) fn relocate(&mut self, index: u32, status: UserStatus) -> bool {
        match self.home(index) {
            Some((from, position)) if from != status && self.delete(from, position) => {
                let home = (status, self.touch(status).append(index));
                match index.checked_sub(self.base) {
                    Some(nth) => self.added[nth as usize] = home,
                    None => drop(self.moved.insert(index, home)),
                }
                true
            }
            _ => false,
        }
    }

    pub(crate) fn delete(&mut self, status: UserStatus, position: u32) -> bool {
        match self.list(status).deleted.binary_search(&position) {
            Ok(_) => false,
            Err(at) => {
                let list = self.touch(status);
                list.deleted.insert(at, position);
                list.left.push((list.version, position));
                true
            }
        }
    }

    fn touch(&mut self, status: UserStatus) -> &mut StatusList {
        self.version += 1;
        let list = &mut self.lists[status as usize];
        list.version = self.version;
        list
    }
}

impl StatusList {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn len(&self) -> u32 {
        self.end() - self.deleted.len() as u32
    }

    pub(crate) fn contains(&self, position: u32) -> bool {
        position < self.end() && self.deleted.binary_search(&position).is_err()
    }

    /// The roster's version with which the user of a position came; 0 for the first ones.
    pub(super) fn joined(&self, position: u32) -> u64 {
        let nth = position.checked_sub(self.base);
        nth.and_then(|nth| self.joined.get(nth as usize).copied())
            .unwrap_or(0)
    }

    /// The positions that were empty at a version of the roster.
    pub(super) fn left_by(&self, version: u64) -> HashSet<u32> {
        let count = self.left.partition_point(|&(left, _)| left <= version);
        self.left[..count].iter().map(|&(_, at)| at).collect()
    }

    fn append(&mut self, index: u32) -> u32 {
        self.added.push(index);
        self.joined.push(self.version);
        self.end() - 1
    }

    /// The position of the nth of those who are in the list now.
    pub(crate) fn nth(&self, rank: u32) -> Option<u32> {
        self.next_from(self.position(rank))
            .map(|(_, next)| next - 1)
    }

    /// The first user at or after a position, with the position after theirs.
    pub(crate) fn next_from(&self, mut position: u32) -> Option<(u32, u32)> {
        let mut gaps = self.deleted[self.deleted.partition_point(|&gone| gone < position)..].iter();
        while gaps.next() == Some(&position) {
            position += 1;
        }
        (position < self.end()).then(|| (self.index(position), position + 1))
    }

    /// The indices of up to `count` users from a rank on, and how many users there are to rank.
    pub(crate) fn slice(&self, role: Option<Role>, start: u32, count: u32) -> (Vec<u32>, u32) {
        let Some(role) = role else {
            let mut cursor = self.position(start);
            let page = std::iter::from_fn(|| {
                let (index, next) = self.next_from(cursor)?;
                cursor = next;
                Some(index)
            });
            return (page.take(count as usize).collect(), self.len());
        };
        // A walk over everybody, as roles follow no order: a few milliseconds for a million users.
        let mut gaps = self.deleted.iter().peekable();
        let (mut page, mut rank) = (Vec::new(), 0);
        for position in 0..self.end() {
            if gaps.next_if(|&&gone| gone == position).is_some() {
                continue;
            }
            let index = self.index(position);
            if Role::of(index) == role {
                if rank >= start && rank - start < count {
                    page.push(index);
                }
                rank += 1;
            }
        }
        (page, rank)
    }

    pub(super) fn end(&self) -> u32 {
        self.base + self.added.len() as u32
    }

    pub(super) fn index(&self, position: u32) -> u32 {
        match position.checked_sub(self.base) {
            None => self.first + position,
            Some(nth) => self.added[nth as usize],
        }
    }

    /// The position of the user of a rank: the rank, moved up by the deleted ones before it.
    fn position(&self, rank: u32) -> u32 {
        // deleted[j] - j users stand before the j-th deleted position; the difference never falls.
        let (mut low, mut high) = (0, self.deleted.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.deleted[middle] - middle as u32 <= rank {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        rank.saturating_add(low as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::Numbers;

    /// Against a plain vector, through a thousand random changes.
    #[test]
    fn agrees_with_a_simple_model() {
        let mut roster = Roster::new(200);
        let status = UserStatus::Inactive;
        let mut model: Vec<u32> = (180..194).collect();
        let mut numbers = Numbers::new(1, 1);
        for step in 0..1_000 {
            if numbers.next().is_multiple_of(2) || model.is_empty() {
                model.push(roster.add(status));
            } else {
                let gone = model.remove(numbers.next() as usize % model.len());
                let (found, position) = roster.home(gone).unwrap();
                assert_eq!(found, status);
                assert!(roster.delete(status, position));
                assert!(!roster.delete(status, position), "twice");
            }
            let list = roster.list(status);
            assert_eq!(list.len() as usize, model.len(), "step {step}");
            let start = numbers.next() as usize % (model.len() + 1);
            let (page, total) = list.slice(None, start as u32, 5);
            let expected: Vec<u32> = model.iter().skip(start).take(5).copied().collect();
            assert_eq!((page, total as usize), (expected, model.len()));
            let admins: Vec<u32> = model
                .iter()
                .copied()
                .filter(|&index| Role::of(index) == Role::Admin)
                .collect();
            let (page, total) = list.slice(Some(Role::Admin), 1, 2);
            let expected: Vec<u32> = admins.iter().skip(1).take(2).copied().collect();
            assert_eq!((page, total as usize), (expected, admins.len()));
        }
        assert_eq!(
            roster.list(UserStatus::Active).version(),
            0,
            "other lists keep their pages"
        );
    }
}
