//! The API host: who may call, and which endpoint is meant.

mod users;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::jwt::Jwt;
use crate::lock;
use crate::request::Request;
use crate::tokens::{Dead, Grant};
use crate::zoom::Zoom;
use percent_encoding::percent_decode_str;

/// One right under its two names.
struct Scope {
    granular: &'static str,
    classic: &'static str,
}

const LIST_USERS: Scope = Scope {
    granular: "user:read:list_users:admin",
    classic: "user:read:admin",
};

const VIEW_USER: Scope = Scope {
    granular: "user:read:user:admin",
    classic: "user:read:admin",
};

pub(crate) fn answer(zoom: &Zoom, request: &Request) -> Answer {
    if zoom.killing.is_due() {
        lock(&zoom.tokens).kill_all();
    }
    let path = request.path.strip_prefix("/v2/").unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let result = match (request.method.as_str(), &segments[..]) {
        ("GET", ["users"]) => {
            authorize(zoom, request, &LIST_USERS).and_then(|()| users::list(zoom, request))
        }
        ("GET", ["users", user]) if !user.is_empty() => {
            let user = percent_decode_str(user).decode_utf8_lossy();
            authorize(zoom, request, &VIEW_USER).and_then(|()| users::get(zoom, &user))
        }
        _ => Err(not_recognized(&request.path)),
    };
    result.unwrap_or_else(|refusal| refusal)
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

fn authorize(zoom: &Zoom, request: &Request, scope: &Scope) -> Result<(), Answer> {
    let serial = match request.caller {
        // A JWT app may do everything in its account.
        Caller::Jwt(Jwt::Good) => return Ok(()),
        Caller::Jwt(Jwt::Expired) => return Err(expired_token(401)),
        Caller::Token(serial) => serial,
        _ => return Err(invalid_token(401)),
    };
    let tokens = lock(&zoom.tokens);
    let token = match tokens.check(serial, zoom.clock.unix_ms()) {
        Ok(token) => token,
        Err(Dead::Expired) => return Err(expired_token(401)),
        Err(Dead::Killed) => return Err(invalid_token(401)),
    };
    if token.grant == Grant::ClientCredentials {
        return Err(Answer::api_error(400, 200, "Invalid api key or secret."));
    }
    let may = token.scopes.as_deref().is_none_or(|scopes| {
        scopes
            .iter()
            .any(|owned| owned == scope.granular || owned == scope.classic)
    });
    if may {
        return Ok(());
    }
    let message = format!(
        "Invalid access token, does not contain scopes:[{}].",
        scope.granular
    );
    Err(Answer::api_error(400, 4711, &message))
}
