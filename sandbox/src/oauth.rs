//! The OAuth host: `POST /oauth/token` and `POST /oauth/revoke`.

use crate::answer::Answer;
use crate::caller::Caller;
use crate::lock;
use crate::request::Request;
use crate::tokens::Grant;
use crate::zoom::Zoom;
use serde_json::json;

/// Issues an access token, or says why not in the words of Zoom's OAuth host.
///
/// The parameters may stand in the body, in the query or in both: clients of every age are out
/// there, some of which send an empty body that calls itself JSON.
pub(crate) fn token(zoom: &Zoom, request: &Request) -> Answer {
    if let Err(refusal) = authenticate(zoom, request) {
        return refusal;
    }
    let app = lock(&zoom.app);
    let grant = match request.parameter("grant_type").as_deref() {
        Some("account_credentials") if app.server_to_server => Grant::AccountCredentials,
        Some("client_credentials") => Grant::ClientCredentials,
        _ => {
            return Answer::oauth_error(400, "unsupported grant type", "unsupported_grant_type");
        }
    };
    // Compared as it is: blanks around it make it another account's.
    if grant == Grant::AccountCredentials
        && request.parameter("account_id").as_ref() != Some(&app.credentials.account_id)
    {
        return Answer::oauth_error(400, "Bad Request", "invalid_request");
    }
    let lifetime = zoom.token_lifetime;
    let lifetime_ms = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
    let expires = zoom.clock.unix_ms().saturating_add(lifetime_ms);
    let token = lock(&zoom.tokens).issue(grant, app.scopes.clone(), expires);
    let mut body = json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": lifetime.as_secs(),
    });
    if let Some(scopes) = &app.scopes {
        body["scope"] = scopes.join(" ").into();
    }
    if let Some(url) = &app.api_url_in_token {
        body["api_url"] = url.as_str().into();
    }
    Answer::json(200, &body).header("cache-control", "no-store")
}

/// Kills a token. An unknown one is a success too: it is not valid afterwards, as was asked.
pub(crate) fn revoke(zoom: &Zoom, request: &Request) -> Answer {
    if let Err(refusal) = authenticate(zoom, request) {
        return refusal;
    }
    let Some(token) = request.parameter("token") else {
        return Answer::oauth_error(400, "Bad Request", "invalid_request");
    };
    let tokens = &mut *lock(&zoom.tokens);
    if let Some(serial) = tokens.serial(&token) {
        tokens.kill(serial);
    }
    Answer::json(200, &json!({ "status": "success" }))
}

fn authenticate(zoom: &Zoom, request: &Request) -> Result<(), Answer> {
    let Caller::Client { id, secret } = &request.caller else {
        return Err(Answer::oauth_error(
            401,
            "Invalid client credentials",
            "invalid_client",
        ));
    };
    let app = lock(&zoom.app);
    if *id != app.credentials.client_id || *secret != app.credentials.client_secret {
        return Err(Answer::oauth_error(
            400,
            "Invalid client_id or client_secret",
            "invalid_client",
        ));
    }
    if app.disabled {
        return Err(Answer::oauth_error(
            404,
            "The application is disabled",
            "invalid_client",
        ));
    }
    Ok(())
}
