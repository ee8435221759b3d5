//! `GET /v2/users` and `GET /v2/users/{userId}`.

use super::dead_page_token;
use crate::account::{Fields, Role, Roster, UserStatus, render};
use crate::answer::{Answer, JSON};
use crate::builder::Paging;
use crate::page_token::PageToken;
use crate::pages::PageKey;
use crate::request::Request;
use crate::zoom::Zoom;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

const DEFAULT_PAGE_SIZE: u32 = 30;

pub(super) fn list(zoom: &Zoom, request: &Request) -> Result<Answer, Answer> {
    let status = match request.query("status") {
        None | Some("") => UserStatus::Active,
        Some(text) => UserStatus::parse(text).ok_or_else(|| invalid_field("status"))?,
    };
    let page_size = number(request, "page_size")?
        .filter(|&size| size > 0)
        .unwrap_or(DEFAULT_PAGE_SIZE)
        .min(zoom.page_size_limit);
    let place = Place::find(zoom, request, page_size)?;
    let page_key = PageKey {
        status,
        role: None,
        fields: fields(request),
        start: place.start,
        count: page_size,
        gzip: zoom.gzip && request.accepts_gzip(),
    };
    let page_key = match request.query("role_id") {
        None | Some("") => page_key,
        Some(id) => PageKey {
            role: Some(Role::parse(id).ok_or_else(|| invalid_field("role_id"))?),
            ..page_key
        },
    };
    let page = zoom
        .pages
        .get(&zoom.account.directory, &place.roster, page_key);
    let next = if page.end < page.total {
        place.next(zoom, page.end)
    } else {
        String::new()
    };
    let head = format!(
        r#"{{"next_page_token":"{next}","page_count":{},"page_number":{},"page_size":{page_size},"total_records":{},"users":["#,
        page.total.div_ceil(page_size).max(1),
        place.start / page_size + 1,
        page.total,
    );
    let mut answer = Answer::new(200, JSON, "");
    answer.gzip = page.is_gzip();
    answer.body = page.body(head, "]}");
    zoom.churning.page_served(&zoom.account, status);
    Ok(answer)
}

/// One user, with the fields that a listing gives only on request.
pub(super) fn get(zoom: &Zoom, email_or_id: &str) -> Result<Answer, Answer> {
    let Some((index, status)) = zoom.account.find(email_or_id) else {
        let message = format!("User does not exist: {email_or_id}.");
        return Err(Answer::api_error(404, 1001, &message));
    };
    let mut body = Vec::new();
    let fields = Fields {
        custom_attributes: true,
        host_key: true,
    };
    render(&mut body, &zoom.account.directory, index, status, fields);
    Ok(Answer::new(200, JSON, body))
}

/// Where in which list a page starts.
struct Place {
    roster: Arc<Roster>,
    start: u32,
    fingerprint: u64,
}

impl Place {
    /// By the page token; without one by the page number, which old clients still send.
    fn find(zoom: &Zoom, request: &Request, page_size: u32) -> Result<Self, Answer> {
        let fingerprint = fingerprint(request);
        let text = match request.query("next_page_token") {
            None | Some("") => {
                let page_number = number(request, "page_number")?.unwrap_or(1).max(1);
                return Ok(Self {
                    roster: zoom.account.now(),
                    start: (page_number - 1).saturating_mul(page_size),
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
        let roster = match zoom.paging {
            Paging::Offset => zoom.account.now(),
            Paging::Snapshot => zoom
                .account
                .snapshot(token.version)
                .ok_or_else(dead_page_token)?,
        };
        Ok(Self {
            roster,
            start: token.start,
            fingerprint,
        })
    }

    /// The token of the page that starts at `start`.
    fn next(&self, zoom: &Zoom, start: u32) -> String {
        let now = zoom.clock.unix_ms();
        if zoom.paging == Paging::Snapshot {
            let lifetime = zoom.page_token_lifetime.as_millis() as i64;
            let until = now.saturating_add(lifetime);
            zoom.account.keep(&self.roster, now, until);
        }
        let token = PageToken {
            fingerprint: self.fingerprint,
            start,
            version: self.roster.version(),
            issued_unix_ms: now,
        };
        token.seal(&zoom.page_token_key)
    }
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

fn fields(request: &Request) -> Fields {
    let asked = request.query("include_fields").unwrap_or_default();
    let has = |name| asked.split(',').any(|field| field.trim() == name);
    Fields {
        custom_attributes: has("custom_attributes"),
        host_key: has("host_key"),
    }
}

fn number(request: &Request, name: &str) -> Result<Option<u32>, Answer> {
    match request.query(name) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| invalid_field(name)),
    }
}

fn invalid_field(field: &str) -> Answer {
    Answer::json(
        400,
        &serde_json::json!({
            "code": 300,
            "message": "Validation Failed.",
            "errors": [{ "field": field, "message": "Invalid field." }],
        }),
    )
}
