//! The limits of a plan, by the sandbox's clock, and calls at the same time.

mod common;

use common::{Client, Response, good_jwt};
use serde_json::json;
use std::time::Duration;
use zoom_s2s_sandbox::{Fault, Plan, Sandbox};

const SECOND: Duration = Duration::from_secs(1);
const DAY: i64 = 86_400;

/// Two hours into a day of the sandbox's clock, far from its end.
fn morning(sandbox: &Sandbox) {
    let now = sandbox.clock().unix_seconds();
    sandbox.clock().set_offset(2 * 3600 - now.rem_euclid(DAY));
}

fn limited(answer: &Response) -> [Option<&str>; 4] {
    ["category", "type", "limit", "remaining"]
        .map(|name| answer.header(&format!("x-ratelimit-{name}")))
}

#[test]
fn calls_per_second() {
    for (plan, limit) in [(Plan::Free, 2), (Plan::Pro, 20), (Plan::Business, 60)] {
        let sandbox = Sandbox::builder().plan(plan).start().unwrap();
        morning(&sandbox);
        let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
        for second in 0..3 {
            for nth in 0..limit {
                let answer = client.get("/v2/users", &token);
                assert_eq!(answer.status, 200, "{plan:?}, {nth} of second {second}");
            }
            let refused = client.get("/v2/users", &token);
            assert_eq!(refused.status, 429, "{plan:?}");
            let message =
                "You have reached the maximum per-second rate limit for this API. Try again later.";
            assert_eq!(refused.json(), json!({"code": 429, "message": message}));
            let limit = limit.to_string();
            let told = [
                Some("Medium"),
                Some("Per-second-limit"),
                Some(&*limit),
                Some("0"),
            ];
            assert_eq!(limited(&refused), told);
            assert_eq!(refused.header("retry-after"), None);
            sandbox.clock().advance(SECOND);
        }
    }
}

#[test]
fn headers_on_answers() {
    let sandbox = Sandbox::builder().start().unwrap();
    morning(&sandbox);
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
    assert_eq!(limited(&client.get("/v2/users", &token)), [None; 4]);
    sandbox.set_plan(Some(Plan::Pro));
    let told = |kind, limit, left| [Some("Medium"), Some(kind), Some(limit), Some(left)];
    for left in ["19", "18"] {
        let answer = client.get("/v2/users", &token);
        assert_eq!(limited(&answer), told("Per-second-limit", "20", left));
    }
    sandbox.set_plan(Some(Plan::Free));
    let answer = client.get("/v2/users", "not even a token");
    assert_eq!(limited(&answer), told("Daily-limit", "2000", "1999"));
    sandbox.set_plan(None);
    assert_eq!(limited(&client.get("/v2/users", &token)), [None; 4]);
    assert!((0..100).all(|_| client.get("/v2/users", &token).status == 200));
    assert_eq!(limited(&client.token_response(&sandbox)), [None; 4]);
}

#[test]
fn calls_per_day() {
    let builder = Sandbox::builder()
        .plan(Plan::Free)
        .clock_per_request(SECOND);
    let sandbox = builder.start().unwrap();
    morning(&sandbox);
    let midnight = sandbox.clock().unix_seconds() - 2 * 3600 + DAY;
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 4 * DAY));
    for nth in 0..2_000 {
        assert_eq!(client.get("/v2/x", &token).status, 404, "{nth}");
    }
    let refused = client.get("/v2/users", &token);
    assert_eq!(refused.status, 429);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("maximum daily rate limit for this API"),
        "{message}"
    );
    let told = [Some("Medium"), Some("Daily-limit"), Some("2000"), Some("0")];
    assert_eq!(limited(&refused), told);
    let again = refused.header("retry-after").unwrap().to_owned();
    assert!(again.ends_with("T00:00:00Z"), "{again}");
    // A Date header and Retry-After tell the same day once it has come.
    let left = midnight - sandbox.clock().unix_seconds();
    sandbox
        .clock()
        .advance(Duration::from_secs(left as u64 - 10));
    assert_eq!(client.get("/v2/users", &token).status, 429);
    sandbox.clock().advance(Duration::from_secs(10));
    let answer = client.get("/v2/users", &token);
    assert_eq!(answer.status, 200);
    let date = answer.header("date").unwrap();
    assert_eq!(&date[5..7], &again[8..10], "{date} {again}");
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("1999"));
}

#[test]
fn faults_and_clocks_set_back_use_nothing() {
    let sandbox = Sandbox::builder().plan(Plan::Free).start().unwrap();
    morning(&sandbox);
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
    sandbox.fault(Fault::on_api().times(5).server_error(500));
    assert!((0..5).all(|_| client.get("/v2/users", &token).status == 500));
    let statuses = [(); 3].map(|()| client.get("/v2/users", &token).status);
    assert_eq!(statuses, [200, 200, 429]);
    sandbox.clock().set_offset(0);
    morning(&sandbox);
    sandbox.clock().advance(2 * SECOND);
    assert_eq!(client.get("/v2/users", &token).status, 200);
}

#[test]
fn too_many_at_the_same_time() {
    let sandbox = Sandbox::builder().start().unwrap();
    sandbox.set_concurrency_limit(Some(2));
    let token = good_jwt(&sandbox, 600);
    let auth = format!("Bearer {token}");
    sandbox.fault(Fault::on_api().times(2).latency(Duration::from_millis(600)));
    let mut waiting = [(); 2].map(|()| Client::new(&sandbox));
    for client in &mut waiting {
        let headers = [("Authorization", &*auth)];
        client.send("GET /v2/users", &headers, b"").unwrap();
    }
    while sandbox.api_requests() < 2 {
        std::thread::yield_now();
    }
    let mut third = Client::new(&sandbox);
    let refused = third.get("/v2/users", &token);
    assert_eq!(refused.status, 429);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("Too many concurrent requests."),
        "{message}"
    );
    assert_eq!(refused.header("x-ratelimit-type"), Some("QPS"));
    assert_eq!(
        third.token_response(&sandbox).status,
        200,
        "tokens are another matter"
    );
    for client in &mut waiting {
        assert_eq!(client.read().unwrap().status, 200);
    }
    assert_eq!(third.get("/v2/users", &token).status, 200);
    sandbox.set_concurrency_limit(Some(0));
    assert_eq!(third.get("/v2/users", &token).status, 429);
    sandbox.set_concurrency_limit(None);
    assert_eq!(third.get("/v2/users", &token).status, 200);
}

#[test]
fn plans_over_the_control_endpoint() {
    let sandbox = Sandbox::builder().start().unwrap();
    morning(&sandbox);
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
    let control = |path: &str, body: &str| {
        let head = format!("POST /sandbox/{path}");
        Client::new(&sandbox)
            .ask(&head, &[], body.as_bytes())
            .status
    };
    assert_eq!(control("plan", "\"free\""), 204);
    let statuses = [(); 3].map(|()| client.get("/v2/users", &token).status);
    assert_eq!(statuses, [200, 200, 429]);
    assert_eq!(control("plan", "null"), 204);
    assert_eq!(client.get("/v2/users", &token).status, 200);
    assert_eq!(control("plan", "\"gold\""), 400);
    assert_eq!(control("concurrency_limit", "0"), 204);
    assert_eq!(client.get("/v2/users", &token).status, 429);
    assert_eq!(control("concurrency_limit", "null"), 204);
    assert_eq!(client.get("/v2/users", &token).status, 200);
}
