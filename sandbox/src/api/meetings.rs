//! Meetings of a user, participants of a past meeting, and the dashboard's meetings.

use super::paging::page;
use super::people::{object, user};
use super::{Done, not_recognized};
use crate::answer::Answer;
use crate::meetings::Meeting;
use crate::request::Request;
use crate::zoom::Zoom;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

pub(super) fn of_user(zoom: &Zoom, request: &Request, email_or_id: &str) -> Done {
    let (host, _) = user(zoom, email_or_id)?;
    let list = zoom.meetings.of(host);
    page(zoom, request, "meetings", &list, |meeting| {
        described(zoom, meeting)
    })
}

pub(super) fn make(zoom: &Zoom, request: &Request, email_or_id: &str) -> Done {
    let (host, _) = user(zoom, email_or_id)?;
    let body = object(request)?;
    let topic = body.get("topic").and_then(Value::as_str);
    let meeting = zoom.meetings.make(host, topic.unwrap_or("My Meeting"));
    let mut made = described(zoom, &meeting);
    made["status"] = "waiting".into();
    Ok(Answer::json(201, &made))
}

/// `GET /v2/metrics/meetings`: those of the account's owner are on.
pub(super) fn dashboard(zoom: &Zoom, request: &Request) -> Done {
    let list = zoom.meetings.of(0);
    page(zoom, request, "meetings", &list, |meeting| {
        json!({
            "uuid": zoom.meetings.uuid(meeting),
            "id": meeting.id(),
            "topic": meeting.topic,
            "host": zoom.account.directory.email(meeting.host),
            "participants": zoom.participants_per_meeting,
        })
    })
}

/// `segment` is as it came. What stands in front of Zoom's API decodes a path once and splits it
/// at slashes, so a UUID that then begins with one, or has two in a row, is lost unless it was
/// encoded twice.
pub(super) fn participants(zoom: &Zoom, request: &Request, segment: &str) -> Done {
    let once = percent_decode_str(segment).decode_utf8_lossy();
    if once.starts_with('/') || once.contains("//") {
        return Err(not_recognized(&request.path));
    }
    let id = percent_decode_str(&once).decode_utf8_lossy();
    let Some(meeting) = zoom.meetings.find(&id) else {
        let message = format!("Meeting does not exist: {id}.");
        return Err(Answer::api_error(404, 3001, &message));
    };
    let list: Vec<u32> = (0..zoom.participants_per_meeting).collect();
    page(zoom, request, "participants", &list, |&nth| {
        participant(zoom, meeting.host, nth)
    })
}

/// Every fifth is a guest, whom nothing tells from the next guest.
fn participant(zoom: &Zoom, host: u32, nth: u32) -> Value {
    if nth % 5 == 4 {
        return json!({"id": "", "name": "Gast", "user_email": ""});
    }
    let (index, directory) = (host.saturating_add(nth), &zoom.account.directory);
    json!({
        "id": directory.id(index),
        "name": format!("Participant {nth}"),
        "user_email": directory.email(index),
    })
}

fn described(zoom: &Zoom, meeting: &Meeting) -> Value {
    let id = meeting.id();
    json!({
        "uuid": zoom.meetings.uuid(meeting),
        "id": id,
        "host_id": zoom.account.directory.id(meeting.host),
        "topic": meeting.topic,
        "type": 2,
        "start_time": format!("2026-01-{:02}T10:00:00Z", 1 + id % 28),
        "duration": 60,
        "timezone": "Europe/Berlin",
        "created_at": "2025-12-01T09:00:00Z",
        "join_url": format!("https://zoom.example/j/{id}"),
    })
}
