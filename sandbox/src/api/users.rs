//! `GET /v2/users`.

use super::paging::{Cursor, page_size};
use super::{Done, dead_page_token, invalid_field};
use crate::account::{Fields, Role, Roster, UserStatus};
use crate::answer::{Answer, JSON};
use crate::builder::Paging;
use crate::pages::PageKey;
use crate::request::Request;
use crate::zoom::Zoom;
use std::sync::Arc;

pub(super) fn list(zoom: &Zoom, request: &Request) -> Done {
    let status = match request.query("status") {
        None | Some("") => UserStatus::Active,
        Some(text) => UserStatus::parse(text).ok_or_else(|| invalid_field("status"))?,
    };
    let page_size = page_size(zoom, request)?;
    let cursor = Cursor::of(zoom, request, page_size)?;
    let roster = roster(zoom, &cursor)?;
    let page_key = PageKey {
        status,
        role: None,
        fields: fields(request),
        start: cursor.start,
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
    let page = zoom.pages.get(&zoom.account.directory, &roster, page_key);
    let next = if page.end < page.total {
        next(zoom, &cursor, &roster, page.end)
    } else {
        String::new()
    };
    let head = format!(
        r#"{{"next_page_token":"{next}","page_count":{},"page_number":{},"page_size":{page_size},"total_records":{},"users":["#,
        page.total.div_ceil(page_size).max(1),
        cursor.start / page_size + 1,
        page.total,
    );
    let mut answer = Answer::new(200, JSON, "");
    answer.gzip = page.is_gzip();
    answer.body = page.body(head, "]}");
    zoom.churning.page_served(&zoom.account, status);
    Ok(answer)
}

/// What a page is read from.
fn roster(zoom: &Zoom, cursor: &Cursor) -> Result<Arc<Roster>, Answer> {
    match cursor.version {
        Some(version) if zoom.paging == Paging::Snapshot => {
            let roster = zoom.account.snapshot(version);
            roster.ok_or_else(dead_page_token)
        }
        _ => Ok(zoom.account.now()),
    }
}

/// The token of the page that starts at `start`.
fn next(zoom: &Zoom, cursor: &Cursor, roster: &Arc<Roster>, start: u32) -> String {
    if zoom.paging == Paging::Snapshot {
        let now = zoom.clock.unix_ms();
        let lifetime = zoom.page_token_lifetime.as_millis() as i64;
        zoom.account.keep(roster, now, now.saturating_add(lifetime));
    }
    cursor.next(zoom, start, roster.version())
}

fn fields(request: &Request) -> Fields {
    let asked = request.query("include_fields").unwrap_or_default();
    let has = |name| asked.split(',').any(|field| field.trim() == name);
    Fields {
        custom_attributes: has("custom_attributes"),
        host_key: has("host_key"),
    }
}
