//! Whether a caller may make a call: the token, its scopes, and the role behind the app.

use super::{expired_token, invalid_token};
use crate::answer::Answer;
use crate::app::RoleRefusal;
use crate::caller::Caller;
use crate::jwt::Jwt;
use crate::lock;
use crate::permission::Right;
use crate::request::Request;
use crate::tokens::{Dead, Grant};
use crate::zoom::Zoom;

pub(super) fn check(zoom: &Zoom, request: &Request, right: &Right) -> Result<(), Answer> {
    let serial = match request.caller {
        // A JWT app may do everything in its account.
        Caller::Jwt(Jwt::Good) => return Ok(()),
        Caller::Jwt(Jwt::Expired) => return Err(expired_token(401)),
        Caller::Token(serial) => serial,
        _ => return Err(invalid_token(401)),
    };
    let (grant, scopes) = match lock(&zoom.tokens).check(serial, zoom.clock.unix_ms()) {
        Ok(token) => (token.grant, token.scopes.clone()),
        Err(Dead::Expired) => return Err(expired_token(401)),
        Err(Dead::Killed) => return Err(invalid_token(401)),
    };
    if grant == Grant::ClientCredentials {
        return Err(Answer::api_error(400, 200, "Invalid api key or secret."));
    }
    let app = lock(&zoom.app);
    let carried = scopes.is_none_or(|scopes| scopes.iter().any(|scope| right.names(scope)));
    if !carried {
        return Err(app.scope_refusal.answer(right));
    }
    // The role counts at the time of the call, whatever the token was given before.
    match app.role.contains(&right.permission) {
        true => Ok(()),
        false => Err(match app.role_refusal {
            RoleRefusal::MissingScope => app.scope_refusal.answer(right),
            RoleRefusal::NoPermission => Answer::api_error(400, 200, "No permission."),
        }),
    }
}
