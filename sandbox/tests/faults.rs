//! Each fault, as a client sees it byte by byte.

mod common;

use common::{Client, good_jwt};
use serde_json::json;
use std::io;
use std::time::{Duration, Instant};
use zoom_s2s_sandbox::{Cut, Fault, RateLimit, Sandbox};

fn sandbox() -> (Sandbox, Client, String) {
    let sandbox = Sandbox::builder().start().unwrap();
    let client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    (sandbox, client, token)
}

#[test]
fn latency_comes_before_the_headers_and_after_the_journal() {
    let (sandbox, mut client, token) = sandbox();
    let latency = Duration::from_millis(500);
    sandbox.fault(Fault::on_api().latency(latency));
    let started = Instant::now();
    let auth = format!("Bearer {token}");
    client
        .send("GET /v2/users", &[("Authorization", &auth)], b"")
        .unwrap();
    while sandbox.journal().is_empty() {
        assert!(started.elapsed() < latency, "written down on arrival");
        std::thread::yield_now();
    }
    let entry = &sandbox.journal()[0];
    assert_eq!((entry.status, entry.fault.as_deref()), (0, Some("latency")));
    assert_eq!(client.read().unwrap().status, 200);
    assert!(started.elapsed() >= latency);
    assert_eq!(sandbox.journal()[0].status, 200);
}

#[test]
fn unauthorized_does_not_touch_the_token() {
    let (sandbox, mut client, _) = sandbox();
    let token = client.token(&sandbox);
    sandbox.fault(Fault::on_api().unauthorized());
    let refusal = json!({"code": 124, "message": "Invalid access token."});
    assert_eq!(client.get("/v2/users", &token).told(), (401, refusal));
    assert_eq!(sandbox.live_tokens(), [1]);
    assert_eq!(client.get("/v2/users", &token).status, 200);
}

#[test]
fn three_kinds_of_too_many() {
    let (sandbox, mut client, token) = sandbox();
    let daily = RateLimit::Daily {
        retry_after: "2025-01-20T00:00:00Z".to_owned(),
    };
    for (limit, message, kind, retry_after) in [
        (
            RateLimit::PerSecond,
            "You have reached the maximum per-second rate limit for this API. Try again later.",
            "Per-second-limit",
            None,
        ),
        (
            daily,
            "maximum daily rate limit for this API. Refer to the response header",
            "Daily-limit",
            Some("2025-01-20T00:00:00Z"),
        ),
        (
            RateLimit::Concurrent,
            "Too many concurrent requests. ",
            "QPS",
            None,
        ),
    ] {
        sandbox.fault(Fault::on_api().rate_limited(limit));
        let answer = client.get("/v2/users", &token);
        let body = answer.json();
        assert_eq!((answer.status, &body["code"]), (429, &json!(429)));
        assert!(
            body["message"].as_str().unwrap().contains(message),
            "{body}"
        );
        assert_eq!(answer.header("x-ratelimit-type"), Some(kind));
        assert_eq!(answer.header("x-ratelimit-category"), Some("Medium"));
        assert_eq!(answer.header("retry-after"), retry_after);
    }
    assert_eq!(client.get("/v2/users", &token).status, 200);
}

#[test]
fn any_answer_and_server_errors() {
    let (sandbox, mut client, token) = sandbox();
    let fault = Fault::on("GET", "/v2/users/").status(302, "<p>", "text/html");
    sandbox.fault(fault.header("Location", "http://elsewhere.example/"));
    sandbox.fault(Fault::on_token().status(200, vec![0xff, 0], "application/json"));
    for status in [500, 502, 503] {
        sandbox.fault(Fault::on_api().server_error(status));
    }
    let moved = client.get("/v2/users/x", &token);
    assert_eq!(moved.header("location"), Some("http://elsewhere.example/"));
    assert_eq!((moved.status, &moved.body[..]), (302, &b"<p>"[..]));
    assert_eq!(moved.header("content-type"), Some("text/html"));
    assert_eq!(client.token_response(&sandbox).body, [0xff, 0]);
    let answers = [(); 3].map(|()| client.get("/v2/users", &token));
    assert_eq!(answers.clone().map(|answer| answer.status), [500, 502, 503]);
    assert_eq!(answers[0].json()["code"], 500);
    assert_eq!(
        answers[1].header("content-type"),
        Some("text/html;charset=UTF-8")
    );
    assert_eq!(client.get("/v2/users", &token).status, 200);
}

#[test]
fn which_requests_are_struck() {
    let (sandbox, mut client, token) = sandbox();
    let mut statuses = |n: usize| -> Vec<u16> {
        (0..n)
            .map(|_| client.get("/v2/users", &token).status)
            .collect()
    };
    sandbox.fault(Fault::on_api().after(2).times(2).server_error(500));
    sandbox.fault(Fault::on("GET", "/v2/users").after(1).server_error(503));
    sandbox.fault(Fault::on("DELETE", "/v2/users").always().server_error(400));
    sandbox.fault(Fault::on_token().always().server_error(400));
    assert_eq!(statuses(6), [200, 503, 500, 500, 200, 200]);
    sandbox.fault(Fault::on("*", "/v2/").always().server_error(500));
    assert_eq!(statuses(3), [500; 3]);
    sandbox.fault(Fault::on_api().server_error(502));
    assert_eq!(statuses(1), [500], "the first one in order");
    sandbox.clear_faults();
    assert_eq!(statuses(2), [200; 2]);
    sandbox.fault(Fault::on_api().times(0).server_error(500));
    assert_eq!(statuses(1), [200]);
}

/// How much of a response with this head and body arrives, and how its connection ends.
fn check_cut(sandbox: &Sandbox, token: &str, cut: Cut) {
    let auth = format!("Bearer {token}");
    let whole = Client::new(sandbox).get("/v2/users", token);
    sandbox.clear_journal();
    sandbox.fault(Fault::on_api().cut(cut));
    let mut client = Client::new(sandbox);
    client
        .send("GET /v2/users", &[("Authorization", &auth)], b"")
        .unwrap();
    let (bytes, end) = client.read_to_end();
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    match cut {
        Cut::BeforeProcessing | Cut::BeforeHeaders | Cut::Reset => assert_eq!(bytes, b""),
        Cut::InHeaders => {
            assert!(bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
            assert_eq!(head, None);
        }
        Cut::AfterHeaders => assert_eq!(head, Some(bytes.len() - 4)),
        Cut::InBody => {
            let arrived = bytes.len() - head.unwrap() - 4;
            assert_eq!(arrived, whole.body.len() / 2);
            // All but the page token, which is another in each listing.
            assert_eq!(
                bytes[bytes.len() - 4_000..],
                whole.body[arrived - 4_000..arrived]
            );
        }
    }
    let kind = end.err().map(|error| error.kind());
    let expected = match (cut, sandbox.ca_pem()) {
        (Cut::Reset, _) => Some(io::ErrorKind::ConnectionReset),
        // Without TLS's farewell, or it could be taken for the end of the body.
        (_, Some(_)) => Some(io::ErrorKind::UnexpectedEof),
        (_, None) => None,
    };
    assert_eq!(kind, expected, "{cut:?}");
    let entry = &sandbox.journal()[0];
    assert_eq!(entry.status, 0);
    assert!(entry.fault.as_ref().unwrap().starts_with("cut "));
}

#[test]
fn cuts_are_exact_with_and_without_tls() {
    for tls in [false, true] {
        let sandbox = Sandbox::builder().tls(tls).start().unwrap();
        let token = good_jwt(&sandbox, 600);
        for cut in [
            Cut::BeforeProcessing,
            Cut::BeforeHeaders,
            Cut::InHeaders,
            Cut::AfterHeaders,
            Cut::InBody,
            Cut::Reset,
        ] {
            check_cut(&sandbox, &token, cut);
        }
        assert_eq!(Client::new(&sandbox).get("/v2/users", &token).status, 200);
    }
}

#[test]
fn a_cut_request_was_carried_out_unless_cut_before() {
    for (cut, carried_out) in [(Cut::BeforeHeaders, true), (Cut::BeforeProcessing, false)] {
        let (sandbox, mut client, _) = sandbox();
        sandbox.fault(Fault::on_token().cut(cut));
        let auth = common::basic_of(&sandbox);
        let path = format!(
            "POST /oauth/token?grant_type=account_credentials&account_id={}",
            sandbox.credentials().account_id
        );
        client
            .send(&path, &[("Authorization", &auth)], b"")
            .unwrap();
        assert_eq!(client.read_to_end().0, b"");
        assert_eq!(sandbox.token_requests(), 1);
        assert_eq!(sandbox.tokens_issued(), u64::from(carried_out));
        let entry = &sandbox.journal()[0];
        assert_eq!((entry.status, entry.carried_out), (0, carried_out));
    }
}

#[test]
fn a_cut_of_a_response_without_a_body_ends_the_connection_too() {
    for cut in [Cut::AfterHeaders, Cut::InBody] {
        let (sandbox, mut client, _) = sandbox();
        sandbox.fault(Fault::on_api().empty(204));
        sandbox.fault(Fault::on_api().cut(cut));
        assert_eq!(client.get("/v2/users", "x").status, 204);
        // An answer to HEAD has no body either.
        client.send("HEAD /v2/users", &[], b"").unwrap();
        let (bytes, end) = client.read_to_end();
        assert!(bytes.ends_with(b"\r\n\r\n") && end.is_ok());
    }
}

#[test]
fn dripping_head_or_body() {
    for tls in [false, true] {
        let sandbox = Sandbox::builder().tls(tls).start().unwrap();
        let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
        let auth = format!("Bearer {token}");
        for head in [true, false] {
            let every = Duration::from_millis(40);
            sandbox.fault(Fault::on("GET", "/v2/users/nobody").drip(head, 20, every));
            let started = Instant::now();
            let headers = [("Authorization", &*auth)];
            client.send("GET /v2/users/nobody", &headers, b"").unwrap();
            let first = client.read_some(100_000).unwrap();
            if head {
                assert!(first.starts_with(b"HTTP/1.1 404 Not Fou"));
                assert!(first.len() < 100, "a few drops at most");
            } else {
                // The head at once, perhaps with the first drop of the body.
                assert!(first.len() > 150, "{}", String::from_utf8_lossy(&first));
            }
            let mut all = first;
            while !all.ends_with(b"User does not exist: nobody.\"}") {
                all.extend(client.read_some(100_000).unwrap());
            }
            // 200 bytes of head or 54 of body, 20 at a time.
            let drops = if head { 9 } else { 2 };
            assert!(started.elapsed() >= every * (drops - 1));
        }
        assert_eq!(
            client.get("/v2/users", &token).status,
            200,
            "and it goes on"
        );
    }
}
