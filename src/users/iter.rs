//! Iterating over the users of a page.

use std::iter::FusedIterator;
use std::ops::Range;

use super::{User, UsersPage};

/// Iterator over the users of a page, from [`UsersPage::users`].
#[derive(Clone, Debug)]
pub struct PageUsers {
    pub(super) page: UsersPage,
    pub(super) rows: Range<usize>,
}

impl Iterator for PageUsers {
    type Item = User;

    fn next(&mut self) -> Option<User> {
        let row = self.rows.next()?;
        Some(User::new(self.page.clone(), row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<User> {
        let row = self.rows.nth(n)?;
        Some(User::new(self.page.clone(), row))
    }
}

impl DoubleEndedIterator for PageUsers {
    fn next_back(&mut self) -> Option<User> {
        let row = self.rows.next_back()?;
        Some(User::new(self.page.clone(), row))
    }
}

impl ExactSizeIterator for PageUsers {}

impl FusedIterator for PageUsers {}

impl IntoIterator for UsersPage {
    type Item = User;
    type IntoIter = PageUsers;

    fn into_iter(self) -> PageUsers {
        PageUsers {
            rows: 0..self.len(),
            page: self,
        }
    }
}

impl IntoIterator for &UsersPage {
    type Item = User;
    type IntoIter = PageUsers;

    fn into_iter(self) -> PageUsers {
        self.users()
    }
}
