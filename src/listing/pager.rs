//! The pager under every list: same parameters on every page, nobody twice, complete or an error.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::pass::{Tally, Verdict};
use super::seen::Seen;
use crate::client::{ApiRequest, Client, without_token};
use crate::error::{Details, Error, Result};
use crate::json::{PageProblem, Unreadable};
use crate::users::Pool;

/// Passes over one list, unless the caller says otherwise.
pub(super) const DEFAULT_PASSES: u32 = 3;
/// Most passes a caller may ask for: so many that all of a listing's can be told apart.
pub(super) const MOST_PASSES: u32 = 5;
/// Pages in a row that bring nobody new to their pass. A peer that makes a new page token each time would
/// otherwise be listened to for ever.
const IDLE_PAGES: u32 = 100;
/// How often one list is begun anew because its page token had expired.
const RESTARTS: u32 = 3;
const MOST_LISTS: u32 = 3;
const _: () = assert!((MOST_PASSES + RESTARTS) * MOST_LISTS <= Seen::PASSES);

/// What is listed: one or more lists, read one after the other.
pub(super) trait Plan {
    type Page: Page;

    fn client(&self) -> &Client;

    /// The deadline of each page's request, if it is not the client's.
    fn timeout(&self) -> Option<Duration>;

    fn max_passes(&self) -> u32;

    /// Whether entries are recognised although they changed.
    fn is_stable(&self) -> bool;

    /// How many lists there are, 1 to 3.
    fn lists(&self) -> usize;

    /// What errors call a list, such as "active users".
    fn name(&self, list: usize) -> String;

    /// The request for a page of it; an empty token asks for the first one.
    fn request(&self, list: usize, next_page_token: &str) -> Result<ApiRequest>;

    /// Reads a page's body.
    fn read(&self, body: Vec<u8>, pool: &Arc<Pool>) -> Result<Self::Page, Unreadable>;
}

/// A page of entries.
pub(super) trait Page: Sized {
    fn len(&self) -> usize;
    fn next_page_token(&self) -> &str;
    fn total_records(&self) -> Option<i64>;

    /// For each entry, the hash under `key` of what identifies it.
    fn hashes(&self, key: &RandomState) -> Vec<u64>;

    /// The page with only those entries that `keep` wants, which is asked for each in their order.
    fn retain(self, keep: impl FnMut() -> bool) -> Self;
}

/// Fetches a plan's lists, page after page.
pub(super) struct Pager<P: Plan> {
    plan: P,
    list: usize,
    /// Nothing of the present list has been handed out.
    at_start: bool,
    tally: Tally,
    seen: Option<Seen>,
    next_page_token: String,
    /// Hashes of the page tokens met in this pass: one that comes back would make the listing run in
    /// circles.
    tokens: HashSet<u64>,
    restarts: u32,
    idle: u32,
    total_records: Option<i64>,
    changed: bool,
    unchecked: bool,
    complete: bool,
    state: State,
}

enum State {
    Reading,
    /// The next thing to be handed out, and the last.
    Failing(Error),
    Ended,
}

impl<P: Plan> Pager<P> {
    pub(super) fn new(plan: P) -> Pager<P> {
        Pager {
            list: 0,
            at_start: true,
            tally: Tally::new(0, plan.max_passes(), plan.is_stable()),
            plan,
            seen: None,
            next_page_token: String::new(),
            tokens: HashSet::new(),
            restarts: 0,
            idle: 0,
            total_records: None,
            changed: false,
            unchecked: false,
            complete: false,
            state: State::Reading,
        }
    }

    pub(super) fn plan(&self) -> &P {
        &self.plan
    }

    /// Which of the plan's lists is being read, counted from 0; beyond the last one at the end.
    pub(super) fn list(&self) -> usize {
        self.list
    }

    /// The plan, to be changed before anything was read.
    pub(super) fn into_plan(self) -> P {
        self.plan
    }

    /// The first page of each list, and every page that has something new; after an error or the end,
    /// `None`.
    pub(super) fn next(&mut self) -> Option<Result<P::Page>> {
        loop {
            match std::mem::replace(&mut self.state, State::Reading) {
                State::Reading => {}
                State::Failing(error) => {
                    self.state = State::Ended;
                    return Some(Err(error));
                }
                State::Ended => {
                    self.state = State::Ended;
                    return None;
                }
            }
            match self.step() {
                Ok(Some(page)) => return Some(Ok(page)),
                Ok(None) => {}
                Err(error) => self.state = State::Failing(error),
            }
        }
    }

    /// What Zoom said last about the size of the present list.
    pub(super) fn total_records(&self) -> Option<i64> {
        self.total_records
    }

    pub(super) fn changed(&self) -> bool {
        self.changed || self.tally.has_changed()
    }

    pub(super) fn checked(&self) -> bool {
        self.complete && !self.unchecked
    }

    fn step(&mut self) -> Result<Option<P::Page>> {
        if !(1..=MOST_PASSES).contains(&self.plan.max_passes()) {
            return Err(Error::InvalidArgument(
                Details::new(format!("max_passes is {}", self.plan.max_passes()))
                    .with_hint(format!("Give max_passes from 1 to {MOST_PASSES}.")),
            ));
        }
        let request = self.plan.request(self.list, &self.next_page_token)?;
        let page = match fetch(
            self.plan.client(),
            self.plan.timeout(),
            &request,
            |body, pool| self.plan.read(body, pool),
        ) {
            Err(error) if self.is_expired(&error) && self.restarts < RESTARTS => {
                log::info!(target: crate::LOG, "the page token expired: listing {} again", self.plan.name(self.list));
                self.restarts += 1;
                self.tally.restart();
                self.rewind();
                return Ok(None);
            }
            Err(error) if self.is_expired(&error) => {
                return Err(error.map_details(|details| {
                    details.with_retryable(true).with_hint(
                        "Zoom keeps page tokens for some minutes only: take the pages faster, or gather them first and work on them afterwards.",
                    )
                }));
            }
            result => result?,
        };
        let total = page
            .total_records()
            .and_then(|total| u64::try_from(total).ok());
        self.total_records = page.total_records();
        self.tally.page(total);
        self.next_page_token = page.next_page_token().to_owned();
        let seen = self
            .seen
            .get_or_insert_with(|| Seen::new(total.unwrap_or(1 << 16)));
        let before = self.tally.distinct();
        let first = std::mem::take(&mut self.at_start);
        let hashes = page.hashes(&seen.key());
        seen.look_ahead(&hashes);
        let (tally, mut hashes) = (&mut self.tally, hashes.into_iter());
        let page = page.retain(|| {
            let hash = hashes.next().unwrap_or_default();
            tally.entry(seen.meet(hash, tally.pass()))
        });
        if self.next_page_token.is_empty() {
            self.end_of_pass();
            return Ok(Some(page).filter(|page| first || page.len() > 0));
        }
        self.idle = if self.tally.distinct() > before {
            0
        } else {
            self.idle + 1
        };
        let token = seen.key().hash_one(&self.next_page_token);
        let circles = if !self.tokens.insert(token) {
            Some("the same next_page_token twice".to_owned())
        } else if self.idle >= IDLE_PAGES {
            Some(format!(
                "{IDLE_PAGES} pages in a row that brought nothing new"
            ))
        } else {
            None
        };
        if let Some(what) = circles {
            let name = self.plan.name(self.list);
            self.state = State::Failing(Error::BadResponse(
                Details::new(format!("Zoom sent {what} while listing {name}"))
                    .with_retryable(true)
                    .with_hint("The listing would run in circles. Start it again."),
            ));
        }
        Ok(Some(page).filter(|page| first || page.len() > 0))
    }

    fn end_of_pass(&mut self) {
        let name = self.plan.name(self.list);
        self.rewind();
        match self.tally.verdict() {
            Verdict::Complete => {
                self.changed |= self.tally.has_changed();
                self.unchecked |= !self.tally.is_checked();
                self.list += 1;
                self.restarts = 0;
                self.at_start = true;
                self.tally = Tally::new(
                    self.tally.pass() + 1,
                    self.plan.max_passes(),
                    self.plan.is_stable(),
                );
                if self.list >= self.plan.lists() {
                    self.complete = true;
                    self.state = State::Ended;
                }
            }
            Verdict::Again => {
                log::info!(target: crate::LOG, "the account changed while {name} were listed: listing them again for newcomers");
                self.tally.again();
            }
            Verdict::Short {
                delivered,
                expected,
            } => {
                let changed = self.tally.has_changed();
                let hint = if changed {
                    "The account changed faster than it could be listed. Do not take the list for complete: try again later, or allow more passes."
                } else {
                    "Nothing changed meanwhile: Zoom counts what it does not list, or this list is not paged by next_page_token alone. Do not take the list for complete."
                };
                let message = format!(
                    "Zoom says there are {expected} {name}, and {delivered} were delivered"
                );
                let details = Details::new(message)
                    .with_hint(hint)
                    .with_retryable(changed);
                self.state = State::Failing(Error::Incomplete(details));
            }
        }
    }

    fn rewind(&mut self) {
        self.idle = 0;
        self.next_page_token.clear();
        self.tokens.clear();
    }

    fn is_expired(&self, error: &Error) -> bool {
        let words = error.message().to_ascii_lowercase();
        !self.next_page_token.is_empty()
            && error.zoom_code() == Some(300)
            && (words.contains("page token") || words.contains("next_page_token"))
    }
}

// The seen entries and the page token are nobody's business in a log.
impl<P: Plan> fmt::Debug for Pager<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("list", &self.list)
            .field("pass", &self.tally.pass())
            .field("total_records", &self.total_records)
            .finish_non_exhaustive()
    }
}

/// Sends `request` and reads the answer's body with `read`.
pub(super) fn fetch<T>(
    client: &Client,
    timeout: Option<Duration>,
    request: &ApiRequest,
    read: impl FnOnce(Vec<u8>, &Arc<Pool>) -> Result<T, Unreadable>,
) -> Result<T> {
    client.core.call(timeout, |call, now| {
        let mut body = now.pool.take_body();
        let (answer, token) = client.core.send(call, now, request, &mut body)?;
        read(body, &now.pool).map_err(|unreadable| {
            // Broken JSON may arrive whole next time; what is no JSON at all, or lacks the list, will not.
            let start = unreadable.body.iter().find(|byte| !byte.is_ascii_whitespace());
            let (retryable, hint) = match unreadable.problem {
                PageProblem::NotJson { .. } | PageProblem::NotUtf8 { .. } => (
                    matches!(start, Some(b'{' | b'[' | 0xEF)),
                    "A proxy may have cut or replaced it: try again, and check ZOOM_S2S_API_URL.",
                ),
                PageProblem::NoEntries | PageProblem::EntriesNotAList => (
                    false,
                    "Check the key: it names the array in the answer that holds the entries, such as users or meetings.",
                ),
                _ => (false, "Check ZOOM_S2S_API_URL: this is not the answer that Zoom's documents promise."),
            };
            Error::BadResponse(
                Details::new(format!("the answer cannot be read: {}", unreadable.problem))
                    .with_hint(hint)
                    .with_http_status(answer.status)
                    .with_tracking_id(answer.tracking_id())
                    .with_body(without_token(&unreadable.body, &token))
                    .with_retryable(retryable),
            )
        })
    })
}
