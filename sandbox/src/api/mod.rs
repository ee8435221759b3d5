//! The API host: which endpoint is meant, and who may call it.

mod access;
mod meetings;
mod paging;
mod people;
mod roles;
mod users;

use crate::answer::Answer;
use crate::lock;
use crate::permission as right;
use crate::request::Request;
use crate::zoom::Zoom;
use percent_encoding::percent_decode_str;

type Done = Result<Answer, Answer>;

pub(crate) fn answer(zoom: &Zoom, request: &Request) -> Answer {
    if zoom.killing.is_due() {
        lock(&zoom.tokens).kill_all();
    }
    let headers = match zoom.meter.admit(zoom.clock.unix_ms()) {
        Ok(headers) => headers,
        Err(refusal) => return refusal,
    };
    let mut answer = route(zoom, request).unwrap_or_else(|refusal| refusal);
    answer.headers.extend(headers);
    answer
}

fn route(zoom: &Zoom, request: &Request) -> Done {
    let path = request.path.strip_prefix("/v2/").unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    if segments.iter().any(|segment| segment.is_empty()) {
        return Err(not_recognized(&request.path));
    }
    let may = |right| access::check(zoom, request, right);
    let decoded = |segment| percent_decode_str(segment).decode_utf8_lossy();
    match (request.method.as_str(), &segments[..]) {
        ("GET", ["users"]) => {
            may(&right::LIST_USERS)?;
            users::list(zoom, request)
        }
        ("POST", ["users"]) => {
            may(&right::CREATE_USER)?;
            people::create(zoom, request)
        }
        ("GET", ["users", user]) => {
            may(&right::VIEW_USER)?;
            people::get(zoom, &decoded(user))
        }
        ("PATCH", ["users", user]) => {
            may(&right::CHANGE_USER)?;
            people::change(zoom, request, &decoded(user))
        }
        ("DELETE", ["users", user]) => {
            may(&right::DELETE_USER)?;
            people::delete(zoom, &decoded(user))
        }
        ("PUT", ["users", user, "status"]) => {
            may(&right::SET_USER_STATUS)?;
            people::set_status(zoom, request, &decoded(user))
        }
        ("GET", ["users", user, "meetings"]) => {
            may(&right::LIST_MEETINGS)?;
            meetings::of_user(zoom, request, &decoded(user))
        }
        ("POST", ["users", user, "meetings"]) => {
            may(&right::CREATE_MEETING)?;
            meetings::make(zoom, request, &decoded(user))
        }
        ("GET", ["past_meetings", meeting, "participants"]) => {
            may(&right::LIST_PARTICIPANTS)?;
            meetings::participants(zoom, request, meeting)
        }
        ("GET", ["metrics", "meetings"]) => {
            may(&right::LIST_DASHBOARD)?;
            meetings::dashboard(zoom, request)
        }
        ("GET", ["roles"]) => {
            may(&right::LIST_ROLES)?;
            roles::list(zoom)
        }
        _ => Err(not_recognized(&request.path)),
    }
}

pub(crate) fn invalid_token(status: u16) -> Answer {
    Answer::api_error(status, 124, "Invalid access token.")
}

pub(crate) fn expired_token(status: u16) -> Answer {
    Answer::api_error(status, 124, "Access token is expired.")
}

pub(crate) fn dead_page_token() -> Answer {
    Answer::api_error(400, 300, "The next page token is invalid or expired.")
}

fn not_recognized(path: &str) -> Answer {
    let endpoint = path.strip_prefix("/v2").unwrap_or(path);
    let message = format!("This API endpoint is not recognized: {endpoint}");
    Answer::api_error(404, 2300, &message)
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
