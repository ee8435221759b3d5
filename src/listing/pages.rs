//! Fetching a listing, page after page.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::query::Users;
use crate::client::{ApiRequest, Client, without_token};
use crate::error::{Details, Error, Result};
use crate::users::{Buffers, PageUsers, Pool, Unreadable, User, UsersPage};

/// Iterator over the pages of a listing. After an error it ends: what came before was delivered.
#[derive(Debug)]
#[must_use]
pub struct UserPages {
    query: Users,
    /// Statuses still to be listed, the present one first.
    passes: &'static [&'static str],
    next_page_token: String,
    /// Page tokens met in this pass: one that comes back would make the listing run in circles.
    seen: HashSet<String>,
    total_records: Option<i64>,
}

impl UserPages {
    pub(super) fn new(query: Users) -> UserPages {
        UserPages {
            passes: query.status.passes(),
            query,
            next_page_token: String::new(),
            seen: HashSet::new(),
            total_records: None,
        }
    }

    /// How many users Zoom said there are under the status now being listed; known after the first
    /// page, absent if Zoom does not tell.
    pub fn total_records(&self) -> Option<i64> {
        self.total_records
    }

    fn fetch(&mut self, status: &str) -> Result<UsersPage> {
        let request = self.query.request(status, &self.next_page_token)?;
        let page = fetch(
            &self.query.client,
            self.query.timeout,
            &request,
            UsersPage::read,
        )?;
        self.total_records = page.total_records();
        self.next_page_token = page.next_page_token().to_owned();
        if self.next_page_token.is_empty() {
            self.passes = self.passes.get(1..).unwrap_or_default();
            self.seen.clear();
        } else if !self.seen.insert(self.next_page_token.clone()) {
            return Err(Error::BadResponse(
                Details::new(format!(
                    "Zoom sent the same next_page_token twice while listing {status} users"
                ))
                .with_hint("The listing would run in circles. Start it again."),
            ));
        }
        Ok(page)
    }
}

impl Iterator for UserPages {
    type Item = Result<UsersPage>;

    fn next(&mut self) -> Option<Result<UsersPage>> {
        let status = self.passes.first()?;
        let page = self.fetch(status);
        if page.is_err() {
            self.passes = &[];
        }
        Some(page)
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

/// Sends `request` and reads the answer's body with `read`.
pub(super) fn fetch<T>(
    client: &Client,
    timeout: Option<Duration>,
    request: &ApiRequest,
    read: impl FnOnce(Buffers, &Arc<Pool>) -> Result<T, Unreadable>,
) -> Result<T> {
    client.core.call(timeout, |call, now| {
        let mut buffers = now.pool.take();
        let (answer, token) = client.core.send(call, now, request, buffers.body_mut())?;
        read(buffers, &now.pool).map_err(|unreadable| {
            Error::BadResponse(
                Details::new(format!("the answer cannot be read: {}", unreadable.problem))
                    .with_hint("A proxy may have cut or replaced it: try again, and check ZOOM_S2S_API_URL.")
                    .with_http_status(answer.status)
                    .with_tracking_id(answer.tracking_id())
                    .with_body(without_token(&unreadable.body, &token))
                    .with_retryable(true),
            )
        })
    })
}
