//! What all listings share: page sizes, page tokens, and the page around the array.

use super::{Done, dead_page_token, invalid_field};
use crate::answer::Answer;
use crate::page_token::PageToken;
use crate::request::Request;
use crate::zoom::Zoom;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

const DEFAULT_PAGE_SIZE: u32 = 30;

/// Where in a list a page starts, and for which call.
pub(super) struct Cursor {
    pub(super) start: u32,
    /// What the token of the page refers to; the first page has none.
    pub(super) version: Option<u64>,
    fingerprint: u64,
}

impl Cursor {
    /// By the page token; without one by the page number, which old clients still send.
    pub(super) fn of(zoom: &Zoom, request: &Request, page_size: u32) -> Result<Self, Answer> {
        let fingerprint = fingerprint(request);
        let text = match request.query("next_page_token") {
            None | Some("") => {
                let page_number = number(request, "page_number")?.unwrap_or(1).max(1);
                return Ok(Self {
                    start: (page_number - 1).saturating_mul(page_size),
                    version: None,
                    fingerprint,
                });
            }
            Some(text) => text,
        };
        let lifetime = zoom.page_token_lifetime.as_millis() as i64;
        let now = zoom.clock.unix_ms();
        let token = PageToken::open(&zoom.page_token_key, text)
            .filter(|token| token.fingerprint == fingerprint)
            .filter(|token| now < token.issued_unix_ms.saturating_add(lifetime))
            .ok_or_else(dead_page_token)?;
        Ok(Self {
            start: token.start,
            version: Some(token.version),
            fingerprint,
        })
    }

    /// The token of the page that starts at `start`.
    pub(super) fn next(&self, zoom: &Zoom, start: u32, version: u64) -> String {
        let token = PageToken {
            fingerprint: self.fingerprint,
            start,
            version,
            issued_unix_ms: zoom.clock.unix_ms(),
        };
        token.seal(&zoom.page_token_key)
    }
}

/// One page of a list that does not change under its readers.
pub(super) fn page<T>(
    zoom: &Zoom,
    request: &Request,
    array: &str,
    list: &[T],
    item: impl Fn(&T) -> Value,
) -> Done {
    let page_size = page_size(zoom, request)?;
    let cursor = Cursor::of(zoom, request, page_size)?;
    let total = list.len() as u32;
    let start = cursor.start.min(total);
    let end = start.saturating_add(page_size).min(total);
    let next = if end < total {
        cursor.next(zoom, end, 0)
    } else {
        String::new()
    };
    let items: Vec<Value> = list[start as usize..end as usize]
        .iter()
        .map(item)
        .collect();
    let body = json!({
        "next_page_token": next,
        "page_count": total.div_ceil(page_size).max(1),
        "page_size": page_size,
        "total_records": total,
        array: items,
    });
    Ok(Answer::json(200, &body))
}

pub(super) fn page_size(zoom: &Zoom, request: &Request) -> Result<u32, Answer> {
    Ok(number(request, "page_size")?
        .filter(|&size| size > 0)
        .unwrap_or(DEFAULT_PAGE_SIZE)
        .min(zoom.page_size_limit))
}

/// Of the path and every parameter but the page token, in any order.
fn fingerprint(request: &Request) -> u64 {
    let mut parameters: Vec<_> = request
        .query
        .iter()
        .filter(|(name, _)| name != "next_page_token")
        .collect();
    parameters.sort();
    let mut hasher = DefaultHasher::new();
    (&request.path, parameters).hash(&mut hasher);
    hasher.finish()
}

fn number(request: &Request, name: &str) -> Result<Option<u32>, Answer> {
    match request.query(name) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| invalid_field(name)),
    }
}
