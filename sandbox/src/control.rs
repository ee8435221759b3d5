//! The control endpoint, for tests in other languages and in other processes.
//!
//! Everything under `/sandbox/` on the sandbox's own port. It takes no credentials, its requests
//! are not in the journal and meet no faults. Bodies are JSON.
//!
//! | request | body, answer |
//! |---|---|
//! | `GET /sandbox/state` | `{"token_requests", "api_requests", "connections", "tokens_issued", "live_tokens", "pending_faults", "unix_seconds", "users": {"active", "inactive", "pending"}}` |
//! | `GET /sandbox/journal` | an array of [entries](crate::Entry) |
//! | `DELETE /sandbox/journal` | |
//! | `POST /sandbox/faults` | one fault, see below |
//! | `DELETE /sandbox/faults` | |
//! | `POST /sandbox/clock` | `{"advance_seconds": n}` or `{"offset_seconds": n}` |
//! | `POST /sandbox/tokens/kill` | all, or with `{"serial": n}` one |
//! | `POST /sandbox/tokens/kill_every` | `n`: with each n-th request to the API; 0 for never |
//! | `POST /sandbox/churn` | `null` or a [`Churn`](crate::Churn), `{"seed", "adds_per_mille_page", "deletes_per_mille_page"}` |
//! | `POST /sandbox/plan` | `null`, `"free"`, `"pro"` or `"business"` |
//! | `POST /sandbox/concurrency_limit` | `null` or a number |
//! | `POST /sandbox/app` | any of `{"client_secret": "…", "disabled": bool, "scopes": ["…"], "server_to_server": bool, "add_scope": "…", "scope_refusal": {…}}`; 409 if the role does not permit the scope |
//! | `POST /sandbox/role` | `{"permissions": ["user_read", …], "refusal": "no_permission"}` (`missing_scope`) |
//! | `POST /sandbox/users` | `{"status": "active"}`; answers `{"email"}` |
//! | `DELETE /sandbox/users/{id or email}` | 404 if there is none |
//!
//! A fault is the JSON form of [`Fault`](crate::Fault):
//!
//! ```json
//! {"on": "api", "after": 2, "times": 3, "latency_ms": 50, "action": "unauthorized"}
//! {"on": {"method": "GET", "path": "/v2/users"}, "times": "always", "action": {"server_error": 503}}
//! ```
//!
//! `on` is `token`, `api` or an object; `times` a number or `always`. Also there may be
//! `"query": {"status": "pending"}`, `"chance": {"per_mille": 20, "seed": 7}`, `"headers": {}`,
//! `"without_tracking_id": true` and `"carried_out": true`. `action` is left out for mere latency,
//! else it is one of these:
//!
//! | instead of the ordinary answer | |
//! |---|---|
//! | `"unauthorized"` | `{"dead_token": {"status": 400, "message": "expired"}}` (`invalid`) |
//! | `{"rate_limited": "per_second"}` | `{"rate_limited": {"daily": {"retry_after": "…"}}}`, `{"rate_limited": "concurrent"}` |
//! | `{"server_error": 500}` | `{"status": {"status": 200, "body": "…", "content_type": "…", "headers": {}}}` |
//! | `{"html": 200}` | `{"empty": 204}` |
//! | `"garbage_json"` | `{"error_under_200": {"code": 200, "message": "…"}}` |
//! | `"expired_page_token"` | `{"redirect": {"status": 302, "location": "…"}}` |
//!
//! | the ordinary answer, changed | |
//! |---|---|
//! | `"truncated_json"` | `{"nested_json": 100000}` |
//! | `{"oversized": 200000000}` | `{"gzip_bomb": 10000000000}` |
//! | `{"set_member": {"name": "…", "value": …}}` | `{"remove_member": "…"}` |
//! | `{"total_records": "absent"}` (`moving`) | `{"total_records": {"off_by": -1}}` |
//! | `{"expires_in": …}` | `"without_expires_in"` |
//! | `"repeated_page_token"` | `"empty_access_token"` |
//!
//! | the connection | |
//! |---|---|
//! | `{"cut": "before_processing"}` | also `before_headers`, `in_headers`, `after_headers`, `in_body`, `reset` |
//! | `{"drip": {"head": false, "bytes": 1, "every_ms": 10}}` | `{"content_length_off_by": 10}` |
//!
//! What was done answers 204 unless something else is said; what was not understood 400.

use crate::account::UserStatus;
use crate::answer::Answer;
use crate::fault::FaultForm;
use crate::lock;
use crate::orders::{AppOrder, ClockOrder, RoleOrder};
use crate::zoom::Zoom;
use hyper::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

type Done = Result<Answer, Answer>;

/// The path below `/sandbox/`, if it is there.
pub(crate) fn path(path: &str) -> Option<&str> {
    path.strip_prefix("/sandbox/")
}

pub(crate) fn answer(zoom: &Zoom, method: &Method, path: &str, body: &[u8]) -> Answer {
    route(zoom, method, path, body).unwrap_or_else(|refusal| refusal)
}

fn route(zoom: &Zoom, method: &Method, path: &str, body: &[u8]) -> Done {
    match (method.as_str(), path) {
        ("GET", "state") => Ok(state(zoom)),
        ("GET", "journal") => Ok(Answer::json(200, &zoom.journal.entries())),
        ("DELETE", "journal") => {
            zoom.journal.clear();
            done()
        }
        ("POST", "faults") => {
            let form: FaultForm = parse(body)?;
            zoom.faults.add(form.into());
            done()
        }
        ("DELETE", "faults") => {
            zoom.faults.clear();
            done()
        }
        ("POST", "clock") => {
            let order: ClockOrder = parse(body)?;
            order.carry_out(zoom).map_err(refused)?;
            done()
        }
        ("POST", "tokens/kill") => kill(zoom, body),
        ("POST", "tokens/kill_every") => {
            zoom.killing.every(parse(body)?);
            done()
        }
        ("POST", "plan") => {
            zoom.meter.set(parse(body)?);
            done()
        }
        ("POST", "concurrency_limit") => {
            zoom.concurrency.limit(parse(body)?);
            done()
        }
        ("POST", "churn") => {
            zoom.churning.set(parse(body)?);
            done()
        }
        ("POST", "app") => {
            let order: AppOrder = parse(body)?;
            let conflict = |why: String| Answer::json(409, &json!({ "message": why }));
            order.carry_out(zoom).map_err(conflict)?;
            done()
        }
        ("POST", "role") => {
            let order: RoleOrder = parse(body)?;
            order.carry_out(zoom);
            done()
        }
        ("POST", "users") => {
            let UserForm { status } = parse(body)?;
            Ok(Answer::json(
                200,
                &json!({ "email": zoom.account.add(status) }),
            ))
        }
        ("DELETE", path) => {
            let user = path.strip_prefix("users/").unwrap_or_default();
            let user = percent_encoding::percent_decode_str(user).decode_utf8_lossy();
            if zoom.account.delete(&user) {
                done()
            } else {
                Err(Answer::json(404, &json!({ "message": "no such user" })))
            }
        }
        _ => Err(Answer::json(404, &json!({ "message": "no such control" }))),
    }
}

fn state(zoom: &Zoom) -> Answer {
    let counts = zoom.journal.counts();
    let roster = zoom.account.now();
    let users: BTreeMap<_, _> = UserStatus::ALL
        .map(|status| (status.as_str(), roster.list(status).len()))
        .into();
    let tokens = lock(&zoom.tokens);
    Answer::json(
        200,
        &json!({
            "token_requests": counts.token_requests,
            "api_requests": counts.api_requests,
            "connections": zoom.connections.load(Ordering::SeqCst),
            "tokens_issued": tokens.issued(),
            "live_tokens": tokens.live(zoom.clock.unix_ms()),
            "pending_faults": zoom.faults.pending(),
            "unix_seconds": zoom.clock.unix_seconds(),
            "users": users,
        }),
    )
}

fn kill(zoom: &Zoom, body: &[u8]) -> Done {
    let form = if body.is_empty() {
        KillForm::default()
    } else {
        parse(body)?
    };
    let mut tokens = lock(&zoom.tokens);
    match form.serial {
        Some(serial) => drop(tokens.kill(serial)),
        None => tokens.kill_all(),
    }
    done()
}

fn done() -> Done {
    Ok(Answer::new(204, "", ""))
}

fn refused(message: impl std::fmt::Display) -> Answer {
    Answer::json(400, &json!({ "message": message.to_string() }))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Answer> {
    serde_json::from_slice(body).map_err(refused)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserForm {
    status: UserStatus,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KillForm {
    serial: Option<u64>,
}
