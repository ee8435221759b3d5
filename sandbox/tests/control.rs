//! The control endpoint: everything it can do, and what it refuses.

mod common;

use common::{Client, good_jwt};
use serde_json::{Value, json};
use zoom_s2s_sandbox::{Sandbox, UserStatus};

#[test]
fn the_control_endpoint() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    let control = |head: &str, body: Value| {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = Client::new(&sandbox).ask(head, &[], body.as_bytes());
        let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        (answer.status, json)
    };
    let done = (204, Value::Null);

    let (_, journal) = control("GET /sandbox/journal", Value::Null);
    assert_eq!(journal[0]["path"], "/oauth/token");
    assert_eq!(journal[0]["auth"], "basic");
    assert_eq!(journal.as_array().unwrap().len(), 1, "control is not in it");
    assert_eq!(control("DELETE /sandbox/journal", Value::Null), done);
    assert_eq!(sandbox.journal().len(), 0);

    let (_, state) = control("GET /sandbox/state", Value::Null);
    assert_eq!(state["token_requests"], 1);
    assert_eq!(state["live_tokens"], json!([1]));
    assert_eq!(
        state["users"],
        json!({"active": 90, "inactive": 7, "pending": 3})
    );

    assert_eq!(
        control("POST /sandbox/clock", json!({"advance_seconds": 3599})),
        done
    );
    assert_eq!(client.get("/v2/users", &token).status, 200);
    assert_eq!(
        control("POST /sandbox/clock", json!({"advance_seconds": 1.5})),
        done
    );
    assert_eq!(client.get("/v2/users", &token).status, 401);
    assert_eq!(
        control("POST /sandbox/clock", json!({"offset_seconds": 0})),
        done
    );
    assert_eq!(client.get("/v2/users", &token).status, 200);

    assert_eq!(
        control("POST /sandbox/tokens/kill", json!({"serial": 2})),
        done
    );
    assert_eq!(sandbox.live_tokens(), [1]);
    assert_eq!(control("POST /sandbox/tokens/kill", Value::Null), done);
    assert_eq!(sandbox.live_tokens(), [0; 0]);

    let (status, added) = control("POST /sandbox/users", json!({"status": "pending"}));
    let email = added["email"].as_str().unwrap();
    assert_eq!(
        (status, sandbox.truth(UserStatus::Pending).count()),
        (200, 4)
    );
    let delete = format!("DELETE /sandbox/users/{}", email.replace('@', "%40"));
    assert_eq!(control(&delete, Value::Null), done);
    assert_eq!(control(&delete, Value::Null).0, 404);

    let app = json!({"client_secret": "new", "scopes": ["x"], "disabled": false, "server_to_server": true});
    assert_eq!(control("POST /sandbox/app", app), done);
    assert_eq!(client.token_response(&sandbox).status, 400);
    assert_eq!(control("POST /sandbox/nothing", json!({})).0, 404);
    for (path, body) in [
        ("clock", json!({})),
        ("clock", json!({"advance_seconds": -1})),
        ("clock", json!({"advance_seconds": 1e12})),
        ("clock", json!({"offset_seconds": i64::MAX})),
        ("clock", json!({"offset_seconds": i64::MIN})),
        ("clock", json!({"offset_seconds": 316_224_000_001i64})),
        ("users", json!({"status": "gone"})),
        ("faults", json!({"on": "everything"})),
        ("faults", json!({"on": "api", "tims": 2})),
        (
            "faults",
            json!({"on": "api", "action": {"cut": "somewhere"}}),
        ),
    ] {
        let (status, told) = control(&format!("POST /sandbox/{path}"), body.clone());
        assert_eq!(status, 400, "{path} {body}");
        assert_ne!(told["message"], "", "{path} {body}");
    }
}

#[test]
fn a_clock_that_is_far_off_goes_on() {
    for seconds in [i64::MAX, 300_000_000_000, -300_000_000_000] {
        let sandbox = Sandbox::builder().start().unwrap();
        sandbox.clock().set_offset(seconds);
        sandbox.clock().advance(std::time::Duration::from_secs(1));
        let mut client = Client::new(&sandbox);
        assert_eq!(client.token_response(&sandbox).status, 200, "{seconds}");
    }
}

#[test]
fn faults_over_the_control_endpoint() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let users = json!({"method": "GET", "path": "/v2/users"});
    for (form, status, name) in [
        (json!({"on": "api", "latency_ms": 1}), 404, "latency"),
        (
            json!({"on": "api", "action": "unauthorized"}),
            401,
            "unauthorized",
        ),
        (
            json!({"on": users, "action": {"rate_limited": "per_second"}}),
            429,
            "rate_limited per_second",
        ),
        (
            json!({"on": "api", "action": {"rate_limited": {"daily": {"retry_after": "1"}}}}),
            429,
            "rate_limited daily",
        ),
        (
            json!({"on": "api", "action": {"rate_limited": "concurrent"}}),
            429,
            "rate_limited concurrent",
        ),
        (
            json!({"on": "api", "action": {"status": {"status": 418, "body": "x",
                "content_type": "a/b", "headers": {"retry-after": "7"}}}}),
            418,
            "status 418",
        ),
        (
            json!({"on": "api", "action": {"status": {"status": 204}}}),
            204,
            "status 204",
        ),
        (
            json!({"on": "api", "action": {"server_error": 502}}),
            502,
            "server_error 502",
        ),
        (
            json!({"on": "api", "action": {"drip": {"head": true, "bytes": 99, "every_ms": 1}}}),
            404,
            "drip head",
        ),
    ] {
        let set = client.ask("POST /sandbox/faults", &[], form.to_string().as_bytes());
        assert_eq!(
            set.status,
            204,
            "{form}: {}",
            String::from_utf8_lossy(&set.body)
        );
        let answer = client.get("/v2/users/x", &good_jwt(&sandbox, 60));
        assert_eq!(answer.status, status, "{form}");
        assert_eq!(
            sandbox.journal().last().unwrap().fault.as_deref(),
            Some(name)
        );
        if status == 418 {
            assert_eq!(answer.header("retry-after"), Some("7"));
            assert_eq!(answer.header("content-type"), Some("a/b"));
        }
    }
    for (form, then) in [
        (
            json!({"on": "api", "times": 2, "after": 1, "action": {"server_error": 500}}),
            [404, 500, 500, 404],
        ),
        (
            json!({"on": "api", "times": "always", "action": {"server_error": 500}}),
            [500; 4],
        ),
    ] {
        client.ask("POST /sandbox/faults", &[], form.to_string().as_bytes());
        let token = good_jwt(&sandbox, 60);
        assert_eq!(
            [(); 4].map(|()| client.get("/v2/users/x", &token).status),
            then
        );
    }
    assert_eq!(client.ask("DELETE /sandbox/faults", &[], b"").status, 204);
    assert_eq!(client.get("/v2/users", &good_jwt(&sandbox, 60)).status, 200);
    let cut = json!({"on": "api", "action": {"cut": "before_headers"}}).to_string();
    client.ask("POST /sandbox/faults", &[], cut.as_bytes());
    client.send("GET /v2/users", &[], b"").unwrap();
    assert_eq!(client.read_to_end().0, b"");
}
