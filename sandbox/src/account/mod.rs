//! The account: N users made from a seed, and what tests have added to them and deleted from them.

mod history;
mod names;
mod person;
mod render;
mod roster;
mod tables;

pub use history::Mark;
pub(crate) use person::{Directory, Role};
pub(crate) use render::{Fields, render};
pub(crate) use roster::Roster;

use crate::lock;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// The three statuses of a Zoom user; a listing covers one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// Deactivated.
    Inactive,
    /// Invited, not yet accepted: such a user has no ID.
    Pending,
}

impl UserStatus {
    /// All three, in the order of this type's variants.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Pending];

    /// Zoom's name for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Pending => "pending",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A user who really is in the account, for comparison with what a client listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TruthUser {
    /// The user's ID; `None` for a pending user.
    pub id: Option<String>,
    /// The user's email address, unique in the account.
    pub email: String,
}

pub(crate) struct Account {
    pub(crate) directory: Directory,
    books: Mutex<Books>,
    /// What was changed about users, by index.
    changes: Mutex<HashMap<u32, Map<String, Value>>>,
}

struct Books {
    current: Arc<Roster>,
    /// Rosters that a listing by snapshot still reads, with the time (sandbox milliseconds) after
    /// which no page token leads to them.
    snapshots: BTreeMap<u64, (Arc<Roster>, i64)>,
}

impl Account {
    pub(crate) fn new(seed: u64, users: u32) -> Self {
        Self {
            directory: Directory::new(seed),
            books: Mutex::new(Books {
                current: Arc::new(Roster::new(users)),
                snapshots: BTreeMap::new(),
            }),
            changes: Mutex::default(),
        }
    }

    /// The account as it is now.
    pub(crate) fn now(&self) -> Arc<Roster> {
        lock(&self.books).current.clone()
    }

    /// Keeps a roster for a listing by snapshot until `until`, and forgets those whose time is over.
    pub(crate) fn keep(&self, roster: &Arc<Roster>, now: i64, until: i64) {
        let books = &mut *lock(&self.books);
        books.snapshots.retain(|_, (_, until)| *until > now);
        let kept = books
            .snapshots
            .entry(roster.version())
            .or_insert_with(|| (roster.clone(), until));
        kept.1 = kept.1.max(until);
    }

    /// The roster that a page token of a listing by snapshot refers to.
    pub(crate) fn snapshot(&self, version: u64) -> Option<Arc<Roster>> {
        let books = lock(&self.books);
        books
            .snapshots
            .get(&version)
            .map(|(roster, _)| roster.clone())
    }

    /// Adds a user at the end of the list of `status` and returns the email address.
    pub(crate) fn add(&self, status: UserStatus) -> String {
        let books = &mut *lock(&self.books);
        // Copies only while a listing holds the old one: a copy is as big as all changes so far.
        let index = Arc::make_mut(&mut books.current).add(status);
        self.directory.email(index)
    }

    /// Adds a user with this address; `None` if somebody has it.
    pub(crate) fn create(&self, status: UserStatus, email: &str) -> Option<u32> {
        let books = &mut *lock(&self.books);
        if self.find_in(&books.current, email).is_some() {
            return None;
        }
        let index = Arc::make_mut(&mut books.current).add(status);
        self.directory.names.give(index, email);
        Some(index)
    }

    /// Puts a user at the end of the list of another status.
    pub(crate) fn relocate(&self, index: u32, status: UserStatus) {
        let books = &mut *lock(&self.books);
        Arc::make_mut(&mut books.current).relocate(index, status);
    }

    pub(crate) fn change(&self, index: u32, changes: Map<String, Value>) {
        lock(&self.changes)
            .entry(index)
            .or_default()
            .extend(changes);
    }

    pub(crate) fn changes(&self, index: u32) -> Option<Map<String, Value>> {
        lock(&self.changes).get(&index).cloned()
    }

    /// Deletes a user; false if there is none of this ID or address.
    pub(crate) fn delete(&self, email_or_id: &str) -> bool {
        let books = &mut *lock(&self.books);
        let home = self
            .find_in(&books.current, email_or_id)
            .and_then(|(index, _)| books.current.home(index));
        home.is_some_and(|(status, position)| {
            Arc::make_mut(&mut books.current).delete(status, position)
        })
    }

    /// Deletes some user of a status, chosen by a number; none if there is none.
    pub(crate) fn delete_any(&self, status: UserStatus, number: u64) {
        let books = &mut *lock(&self.books);
        let list = books.current.list(status);
        let rank = number.checked_rem(u64::from(list.len())).unwrap_or(0);
        if let Some(position) = list.nth(rank as u32) {
            Arc::make_mut(&mut books.current).delete(status, position);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.now().version())
    }

    /// The index and status of a user who is in the account now.
    pub(crate) fn find(&self, email_or_id: &str) -> Option<(u32, UserStatus)> {
        self.find_in(&self.now(), email_or_id)
    }

    fn find_in(&self, roster: &Roster, email_or_id: &str) -> Option<(u32, UserStatus)> {
        let index = self.directory.find(email_or_id)?;
        let (status, position) = roster.home(index)?;
        (roster.list(status).contains(position)
            && self.directory.answers_to(index, status, email_or_id))
        .then_some((index, status))
    }

    /// Everybody of one status, one at a time.
    pub(crate) fn truth(&self, status: UserStatus) -> impl Iterator<Item = TruthUser> + use<> {
        let always = Mark(u64::MAX);
        self.named(status, history::throughout(self.now(), status, always))
    }

    pub(crate) fn truth_throughout(
        &self,
        status: UserStatus,
        since: Mark,
    ) -> impl Iterator<Item = TruthUser> + use<> {
        self.named(status, history::throughout(self.now(), status, since))
    }

    pub(crate) fn ever(
        &self,
        status: UserStatus,
        since: Mark,
    ) -> impl Iterator<Item = TruthUser> + use<> {
        self.named(status, history::ever(self.now(), status, since))
    }

    fn named<I: Iterator<Item = u32>>(
        &self,
        status: UserStatus,
        indices: I,
    ) -> impl Iterator<Item = TruthUser> + use<I> {
        let directory = self.directory.clone();
        indices.map(move |index| TruthUser {
            id: (status != UserStatus::Pending).then(|| directory.id(index)),
            email: directory.email(index),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_live_as_long_as_a_page_token_leads_to_them() {
        let account = Account::new(1, 100);
        let first = account.now();
        account.keep(&first, 0, 100);
        account.add(UserStatus::Active);
        account.keep(&account.now(), 50, 150);
        account.keep(&first, 60, 160);
        account.add(UserStatus::Active);
        account.keep(&account.now(), 155, 255);
        let lens = [0, 1, 2].map(|version| {
            let roster = account.snapshot(version)?;
            Some(roster.list(UserStatus::Active).len())
        });
        assert_eq!(lens, [Some(90), None, Some(92)]);
    }
}
