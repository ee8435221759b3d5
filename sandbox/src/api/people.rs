//! One user: read, created, changed, moved to another status, deleted.

use super::{Done, invalid_field};
use crate::account::{Fields, UserStatus, render};
use crate::answer::{Answer, JSON};
use crate::request::Request;
use crate::zoom::Zoom;
use serde_json::{Map, Value, json};

/// With the fields that a listing gives only on request.
pub(super) fn get(zoom: &Zoom, email_or_id: &str) -> Done {
    let (index, status) = user(zoom, email_or_id)?;
    let mut body = Vec::new();
    let fields = Fields {
        custom_attributes: true,
        host_key: true,
    };
    render(&mut body, &zoom.account.directory, index, status, fields);
    if let Some(changes) = zoom.account.changes(index)
        && let Ok(mut user) = serde_json::from_slice::<Map<String, Value>>(&body)
    {
        user.extend(changes);
        return Ok(Answer::json(200, &user));
    }
    Ok(Answer::new(200, JSON, body))
}

/// `create` invites, and the user is pending; the other actions make one who may sign in at once.
pub(super) fn create(zoom: &Zoom, request: &Request) -> Done {
    let body = object(request)?;
    let status = match body.get("action").and_then(Value::as_str) {
        Some("create") => UserStatus::Pending,
        Some("autoCreate" | "custCreate" | "ssoCreate") => UserStatus::Active,
        _ => return Err(invalid_field("action")),
    };
    let info = body.get("user_info").and_then(Value::as_object);
    let info = info.ok_or_else(|| invalid_field("user_info"))?;
    let email = info.get("email").and_then(Value::as_str);
    let email = email.filter(|email| is_email(email));
    let email = email.ok_or_else(|| invalid_field("user_info.email"))?;
    let Some(index) = zoom.account.create(status, email) else {
        let message = format!("User already in the account: {email}");
        return Err(Answer::api_error(409, 1005, &message));
    };
    let mut created = info.clone();
    created.insert("id".to_owned(), zoom.account.directory.id(index).into());
    created.entry("type").or_insert(json!(1));
    Ok(Answer::json(201, &created))
}

/// What is changed shows in `GET /v2/users/{userId}`, and not in listings.
pub(super) fn change(zoom: &Zoom, request: &Request, email_or_id: &str) -> Done {
    let (index, _) = user(zoom, email_or_id)?;
    let mut body = object(request)?;
    // These two are how a user is found.
    for fixed in ["id", "email"] {
        body.remove(fixed);
    }
    zoom.account.change(index, body);
    done()
}

pub(super) fn set_status(zoom: &Zoom, request: &Request, email_or_id: &str) -> Done {
    let (index, _) = user(zoom, email_or_id)?;
    let status = match object(request)?.get("action").and_then(Value::as_str) {
        Some("activate") => UserStatus::Active,
        Some("deactivate") => UserStatus::Inactive,
        _ => return Err(invalid_field("action")),
    };
    // Who has the status already keeps it, and that is a success too.
    zoom.account.relocate(index, status);
    done()
}

pub(super) fn delete(zoom: &Zoom, email_or_id: &str) -> Done {
    if zoom.account.delete(email_or_id) {
        return done();
    }
    Err(no_such_user(email_or_id))
}

/// The index and status of a user who is in the account.
pub(super) fn user(zoom: &Zoom, email_or_id: &str) -> Result<(u32, UserStatus), Answer> {
    let found = zoom.account.find(email_or_id);
    found.ok_or_else(|| no_such_user(email_or_id))
}

/// The request's body, which must be a JSON object.
pub(super) fn object(request: &Request) -> Result<Map<String, Value>, Answer> {
    serde_json::from_slice(&request.body)
        .map_err(|_| Answer::api_error(400, 300, "Request Body should be a valid JSON object."))
}

fn no_such_user(email_or_id: &str) -> Answer {
    let message = format!("User does not exist: {email_or_id}.");
    Answer::api_error(404, 1001, &message)
}

fn done() -> Done {
    Ok(Answer::new(204, "", ""))
}

/// Also keeps out what would have to be escaped in JSON.
fn is_email(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "@.+-_".contains(c);
    text.len() <= 128
        && text.chars().all(allowed)
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}
