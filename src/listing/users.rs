//! The pager's child that lists users, page by page or one by one.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::pager::{Page, Pager, Plan};
use super::query::{Status, Users};
use crate::client::{ApiRequest, Client};
use crate::error::Result;
use crate::json::Unreadable;
use crate::users::{PageUsers, Pool, User, UsersPage};

impl Plan for Users {
    type Page = UsersPage;

    fn client(&self) -> &Client {
        &self.client
    }

    fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    fn max_passes(&self) -> u32 {
        self.max_passes
    }

    fn is_stable(&self) -> bool {
        true
    }

    fn lists(&self) -> usize {
        self.status.lists().len()
    }

    fn name(&self, list: usize) -> String {
        format!("{} users", self.status_of(list).name())
    }

    fn request(&self, list: usize, next_page_token: &str) -> Result<ApiRequest> {
        self.page_request(self.status_of(list).name(), next_page_token)
    }

    fn read(&self, body: Vec<u8>, pool: &Arc<Pool>) -> Result<UsersPage, Unreadable> {
        UsersPage::read(body, pool)
    }
}

impl Users {
    fn status_of(&self, list: usize) -> Status {
        self.status
            .lists()
            .get(list)
            .copied()
            .unwrap_or_else(|| self.status.lists().last().copied().unwrap_or_default())
    }
}

impl Page for UsersPage {
    fn len(&self) -> usize {
        UsersPage::len(self)
    }

    fn next_page_token(&self) -> &str {
        UsersPage::next_page_token(self)
    }

    fn total_records(&self) -> Option<i64> {
        UsersPage::total_records(self)
    }

    fn hashes(&self, key: &RandomState) -> Vec<u64> {
        self.identities().map(|user| key.hash_one(user)).collect()
    }

    fn retain(self, keep: impl FnMut() -> bool) -> UsersPage {
        UsersPage::retain(self, keep)
    }
}

/// Iterator over the pages of a listing, each with the users that were not delivered before. The first
/// page of a status is there even if it is empty; later ones only if they bring somebody. After an
/// error it ends: what came before was delivered.
#[derive(Debug)]
#[must_use]
pub struct UserPages(Pager<Users>);

impl UserPages {
    pub(super) fn new(query: Users) -> UserPages {
        UserPages(Pager::new(query))
    }

    /// The status that the next page is of; after the last one, the last.
    pub fn status(&self) -> Status {
        self.0.plan().status_of(self.0.list())
    }

    /// How many users Zoom said there are under the status of the last page; known after
    /// the first page, absent if Zoom does not tell.
    pub fn total_records(&self) -> Option<i64> {
        self.0.total_records()
    }

    /// Whether something showed that the account changed while it was listed.
    pub fn changed(&self) -> bool {
        self.0.changed()
    }

    /// Whether the listing has come to its end and Zoom stated totals to check every status against.
    pub fn checked(&self) -> bool {
        self.0.checked()
    }
}

impl Iterator for UserPages {
    type Item = Result<UsersPage>;

    fn next(&mut self) -> Option<Result<UsersPage>> {
        self.0.next()
    }
}

/// Iterator over the users of a listing, fetching pages as it goes. After an error it ends.
#[derive(Debug)]
#[must_use]
pub struct UserIter {
    pages: UserPages,
    page: Option<PageUsers>,
}

impl UserIter {
    pub(super) fn new(pages: UserPages) -> UserIter {
        UserIter { pages, page: None }
    }

    /// See [`UserPages::changed`].
    pub fn changed(&self) -> bool {
        self.pages.changed()
    }

    /// See [`UserPages::checked`].
    pub fn checked(&self) -> bool {
        self.pages.checked()
    }
}

impl Iterator for UserIter {
    type Item = Result<User>;

    fn next(&mut self) -> Option<Result<User>> {
        loop {
            if let Some(user) = self.page.as_mut().and_then(Iterator::next) {
                return Some(Ok(user));
            }
            // Dropped before the next page is fetched, so that its buffers serve that one.
            self.page = None;
            match self.pages.next()? {
                Ok(page) => self.page = Some(page.users()),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
