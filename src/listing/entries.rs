//! The pager's child for every other list.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::pager::{DEFAULT_PASSES, Page, Pager, Plan};
use crate::client::{ApiRequest, Client, Request};
use crate::entries::EntryPage;
use crate::error::{Details, Error, Result};
use crate::json::Unreadable;
use crate::users::Pool;

/// A list of any endpoint that pages by `next_page_token`.
pub(super) struct Entries {
    client: Client,
    request: Request,
    key: String,
    max_passes: u32,
}

impl Plan for Entries {
    type Page = EntryPage;

    fn client(&self) -> &Client {
        &self.client
    }

    fn timeout(&self) -> Option<Duration> {
        self.request.deadline()
    }

    fn max_passes(&self) -> u32 {
        self.max_passes
    }

    fn is_stable(&self) -> bool {
        false
    }

    fn lists(&self) -> usize {
        1
    }

    fn name(&self, _: usize) -> String {
        self.key.clone()
    }

    fn request(&self, _: usize, next_page_token: &str) -> Result<ApiRequest> {
        if self.key.is_empty() {
            return Err(Error::InvalidArgument(
                Details::new("key is empty")
                    .with_hint("Name the array that holds the entries, such as meetings."),
            ));
        }
        self.request.resolve_page(next_page_token)
    }

    fn read(&self, body: Vec<u8>, pool: &Arc<Pool>) -> Result<EntryPage, Unreadable> {
        EntryPage::read(body, pool, &self.key)
    }
}

impl Page for EntryPage {
    fn len(&self) -> usize {
        EntryPage::len(self)
    }

    fn next_page_token(&self) -> &str {
        EntryPage::next_page_token(self)
    }

    fn total_records(&self) -> Option<i64> {
        EntryPage::total_records(self)
    }

    fn hashes(&self, key: &RandomState) -> Vec<u64> {
        // Lists differ in what is unique in them (a recurring meeting stands there several times under
        // one ID), so an entry is told from another by all of it. Equal ones on one page are several:
        // guests of a meeting, say.
        let mut twins: HashMap<u64, u32> = HashMap::new();
        let each = self.texts().map(|entry| {
            let hash = key.hash_one(entry);
            let nth = twins.entry(hash).or_default();
            *nth += 1;
            match *nth {
                1 => hash,
                nth => key.hash_one((hash, nth)),
            }
        });
        each.collect()
    }

    fn retain(self, keep: impl FnMut() -> bool) -> EntryPage {
        EntryPage::retain(self, keep)
    }
}

/// Iterator over the pages of a list, each with the entries that were not delivered before. After an
/// error it ends: what came before was delivered.
///
/// Complete, or an error: see [`Users`](crate::Users). Entries on different pages are the same if their
/// JSON is; one that changes while the list is read again comes again.
#[derive(Debug)]
#[must_use]
pub struct EntryPages(Pager<Entries>);

impl EntryPages {
    /// How often the list is read at most, 1 to 5, while it changes. Default: 3.
    pub fn max_passes(self, passes: u32) -> EntryPages {
        let mut plan = self.0.into_plan();
        plan.max_passes = passes;
        EntryPages(Pager::new(plan))
    }

    /// How many entries Zoom said there are; known after the first page, absent if Zoom does not tell.
    pub fn total_records(&self) -> Option<i64> {
        self.0.total_records()
    }

    /// Whether something showed that the list changed while it was read.
    pub fn changed(&self) -> bool {
        self.0.changed()
    }

    /// Whether the listing has come to its end and Zoom stated a total to check it against.
    pub fn checked(&self) -> bool {
        self.0.checked()
    }
}

impl Iterator for EntryPages {
    type Item = Result<EntryPage>;

    fn next(&mut self) -> Option<Result<EntryPage>> {
        self.0.next()
    }
}

impl Client {
    /// The pages of any list that Zoom pages by `next_page_token`; `key` names the array of entries.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = zoom_s2s_sandbox::Sandbox::builder().users(40).start()?;
    /// # let keys = sandbox.credentials();
    /// # let credentials = zoom_s2s::Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret);
    /// # let zoom = zoom_s2s::Client::builder(credentials).oauth_url(sandbox.url()).api_url(sandbox.api_url()).build()?;
    /// use zoom_s2s::{Method, Request};
    ///
    /// let request = Request::new(Method::Get, "/users").query("page_size", "10");
    /// for page in zoom.pages(request, "users") {
    ///     for user in page?.entries() {
    ///         println!("{}", user.member_json("email").unwrap_or("null"));
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self, request: Request, key: impl Into<String>) -> EntryPages {
        EntryPages(Pager::new(Entries {
            client: self.clone(),
            request,
            key: key.into(),
            max_passes: DEFAULT_PASSES,
        }))
    }
}
