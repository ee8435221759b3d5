//! Faults that spoil a body, as a client sees them.

mod common;

use common::{Client, Response, good_jwt};
use serde_json::{Value, json};
use std::io::Read as _;
use zoom_s2s_sandbox::{DeadToken, Fault, Sandbox};

fn sandbox() -> (Sandbox, Client, String) {
    let sandbox = Sandbox::builder().users(400).start().unwrap();
    let client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    (sandbox, client, token)
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .unwrap();
    plain
}

/// Each fault: how it looks, what the journal calls it, whether the request was carried out.
#[test]
fn answers_that_are_not_what_they_should_be() {
    type Check = fn(&Response) -> bool;
    let cases: [(Fault, Check, &str, bool); 20] = [
        (
            Fault::on_api().truncated_json(),
            |r| r.status == 200 && r.body.starts_with(b"{\"next") && !r.body.ends_with(b"}"),
            "truncated_json",
            true,
        ),
        (
            Fault::on_api().garbage_json(),
            |r| r.status == 200 && serde_json::from_slice::<Value>(&r.body).is_err(),
            "garbage_json",
            false,
        ),
        (
            Fault::on_api().html(200),
            |r| r.status == 200 && r.body.starts_with(b"<html>"),
            "html 200",
            false,
        ),
        (
            Fault::on_api().empty(200),
            |r| (r.status, r.body.len()) == (200, 0),
            "empty 200",
            false,
        ),
        (
            Fault::on_api().empty(204),
            |r| (r.status, r.body.len()) == (204, 0),
            "empty 204",
            false,
        ),
        (
            Fault::on_api().error_under_200(200, "No permission."),
            |r| r.told() == (200, json!({"code": 200, "message": "No permission."})),
            "error_under_200 200",
            false,
        ),
        (
            Fault::on_api().redirect(307, "https://elsewhere.example/v2/users"),
            |r| {
                r.status == 307
                    && r.header("location") == Some("https://elsewhere.example/v2/users")
            },
            "redirect 307",
            false,
        ),
        (
            Fault::on_api().dead_token(400, DeadToken::Expired),
            |r| {
                r.told()
                    == (
                        400,
                        json!({"code": 124, "message": "Access token is expired."}),
                    )
            },
            "dead_token 400 expired",
            false,
        ),
        (
            Fault::on_api().dead_token(401, DeadToken::Invalid),
            |r| {
                r.told()
                    == (
                        401,
                        json!({"code": 124, "message": "Invalid access token."}),
                    )
            },
            "dead_token 401 invalid",
            false,
        ),
        (
            Fault::on_api().without_total_records(),
            |r| r.json().get("total_records").is_none() && r.json()["users"][29].is_object(),
            "total_records absent",
            true,
        ),
        (
            Fault::on_api().total_records_off_by(-7),
            |r| r.json()["total_records"] == 353,
            "total_records off_by -7",
            true,
        ),
        (
            Fault::on_api().total_records_moving(),
            |r| r.json()["total_records"] == 361,
            "total_records moving",
            true,
        ),
        (
            Fault::on_api().set_member("users", Value::Null),
            |r| r.json()["users"].is_null() && r.json()["page_size"] == 30,
            "set_member users",
            true,
        ),
        (
            Fault::on_api().remove_member("users"),
            |r| r.json().get("users").is_none() && r.json()["page_size"] == 30,
            "remove_member users",
            true,
        ),
        (
            Fault::on_api().server_error(504).header("Retry-After", "2"),
            |r| r.status == 504 && r.header("retry-after") == Some("2"),
            "server_error 504",
            false,
        ),
        (
            Fault::on_api().server_error(502).carried_out(),
            |r| r.status == 502,
            "server_error 502",
            true,
        ),
        (
            Fault::on_api().oversized(300_000),
            |r| r.body.len() == 300_000 && r.json()["page_size"] == 30,
            "oversized 300000",
            true,
        ),
        (
            Fault::on_api().oversized(10),
            |r| r.body.len() > 1000 && r.json()["page_size"] == 30,
            "oversized 10",
            true,
        ),
        (
            Fault::on_api().nested_json(100_000),
            |r| {
                let nest = [
                    b"{\"nest\":".to_vec(),
                    vec![b'['; 100_000],
                    vec![b']'; 100_000],
                ];
                let nest = nest.concat();
                let rest = r.body.strip_prefix(&nest[..]).unwrap();
                rest.starts_with(b",\"next_page_token\":") && rest.ends_with(b"}]}")
            },
            "nested_json 100000",
            true,
        ),
        (
            Fault::on_api().gzip_bomb(64 << 20),
            |r| {
                let plain = gunzip(&r.body);
                r.body.len() < 200_000
                    && r.header("content-encoding") == Some("gzip")
                    && plain.len() == 64 << 20
                    && serde_json::from_slice::<Value>(&plain).unwrap()["page_size"] == 30
            },
            "gzip_bomb 67108864",
            true,
        ),
    ];
    let (sandbox, mut client, token) = sandbox();
    for (fault, check, name, carried_out) in cases {
        sandbox.fault(fault);
        let answer = client.get("/v2/users", &token);
        assert!(
            check(&answer),
            "{name}: {} {:?}",
            answer.status,
            answer.headers
        );
        let entry = sandbox.journal().pop().unwrap();
        assert_eq!(entry.fault.as_deref(), Some(name));
        assert_eq!(
            (entry.status, entry.carried_out),
            (answer.status, carried_out),
            "{name}"
        );
    }
    let entry = client.get("/v2/users", &token);
    assert_eq!(entry.status, 200);
    assert!(sandbox.journal().pop().unwrap().carried_out);
}

#[test]
fn changed_answers_are_compressed_as_others_are() {
    let (sandbox, mut client, token) = sandbox();
    let auth = format!("Bearer {token}");
    let headers = [("Authorization", &*auth), ("Accept-Encoding", "gzip")];
    for fault in [
        Fault::on_api().total_records_off_by(1),
        Fault::on_api().truncated_json(),
    ] {
        sandbox.fault(fault);
        let answer = client.ask("GET /v2/users", &headers, b"");
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        assert!(gunzip(&answer.body).starts_with(b"{\"next_page_token\""));
    }
    // A body that is made while it is sent is not pressed first.
    sandbox.fault(Fault::on_api().oversized(20_000_000));
    let answer = client.ask("GET /v2/users", &headers, b"");
    assert_eq!(answer.header("content-encoding"), None);
    assert_eq!(answer.body.len(), 20_000_000);
}

#[test]
fn the_token_answer_can_be_spoilt() {
    let (sandbox, mut client, _) = sandbox();
    let cases = [
        (Fault::on_token().expires_in(0), "expires_in", json!(0)),
        (Fault::on_token().expires_in(-5), "expires_in", json!(-5)),
        (
            Fault::on_token().expires_in("soon"),
            "expires_in",
            json!("soon"),
        ),
        (
            Fault::on_token().without_expires_in(),
            "expires_in",
            Value::Null,
        ),
        (
            Fault::on_token().empty_access_token(),
            "access_token",
            json!(""),
        ),
        (
            Fault::on_token().remove_member("api_url"),
            "api_url",
            Value::Null,
        ),
    ];
    for (fault, name, value) in cases {
        sandbox.fault(fault);
        let answer = client.token_response(&sandbox);
        assert_eq!((answer.status, &answer.json()[name]), (200, &value));
        assert_eq!(answer.json()["token_type"], "bearer", "the rest is there");
    }
    assert_eq!(sandbox.tokens_issued(), 6);
    sandbox.fault(Fault::on_token().error_under_200(1, "Bad Request"));
    let told = json!({"reason": "Bad Request", "error": "invalid_request"});
    assert_eq!(client.token_response(&sandbox).told(), (200, told));
    // A refusal is no answer to be changed.
    sandbox.set_client_secret("rotated");
    sandbox.fault(Fault::on_token().expires_in(0));
    assert!(
        client
            .token_response(&sandbox)
            .json()
            .get("expires_in")
            .is_none()
    );
}

#[test]
fn page_tokens_repeat_and_expire_only_where_there_is_one() {
    let (sandbox, mut client, token) = sandbox();
    sandbox.fault(Fault::on_api().repeated_page_token());
    let next = |answer: &Response| {
        answer.json()["next_page_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = next(&client.get("/v2/users", &token));
    let page = format!("/v2/users?next_page_token={first}");
    assert_eq!(next(&client.get(&page, &token)), first);
    assert_ne!(next(&client.get(&page, &token)), first, "once");

    sandbox.fault(Fault::on_api().expired_page_token());
    assert_eq!(client.get("/v2/users", &token).status, 200);
    let told = json!({"code": 300, "message": "The next page token is invalid or expired."});
    assert_eq!(client.get(&page, &token).told(), (400, told));
    assert_eq!(client.get(&page, &token).status, 200);
}

#[test]
fn a_moving_total_is_another_on_each_page() {
    let (sandbox, mut client, token) = sandbox();
    sandbox.fault(Fault::on_api().always().total_records_moving());
    let totals = [(); 3].map(|()| client.get("/v2/users", &token).json()["total_records"].take());
    assert_eq!(totals, [json!(361), json!(362), json!(363)]);
}

#[test]
fn the_tracking_id_can_be_missing() {
    let (sandbox, mut client, token) = sandbox();
    sandbox.fault(Fault::on_api().server_error(500).without_tracking_id());
    let end = |bytes: &[u8]| bytes.ends_with(b"}");
    let bytes = client.raw("GET /v2/users", &token, end);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("HTTP/1.1 500 "), "{text}");
    assert!(!text.contains("trackingid"), "{text}");
}

#[test]
fn a_wrong_content_length() {
    for tls in [false, true] {
        let sandbox = Sandbox::builder().tls(tls).start().unwrap();
        let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
        let right = client.get("/v2/users/nobody", &token).body;
        let fault = |by| Fault::on("GET", "/v2/users/nobody").content_length_off_by(by);

        sandbox.fault(fault(-10));
        let end = |bytes: &[u8]| bytes.ends_with(&right);
        let bytes = client.raw("GET /v2/users/nobody", &token, end);
        let text = String::from_utf8(bytes).unwrap();
        let announced = |by: i64| format!("content-length: {}\r\n", right.len() as i64 + by);
        assert!(text.contains(&announced(-10)), "{text}");
        assert_eq!(
            client.get("/v2/users", &token).status,
            200,
            "the connection lives"
        );

        sandbox.fault(fault(10));
        let bytes = client.raw("GET /v2/users/nobody", &token, |_| false);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(&announced(10)), "{text}");
        assert!(text.as_bytes().ends_with(&right), "whole, and then the end");
        assert_eq!(Client::new(&sandbox).get("/v2/users", &token).status, 200);
    }
}

#[test]
fn huge_bodies_are_not_held() {
    let (sandbox, mut client, token) = sandbox();
    sandbox.fault(Fault::on_api().oversized(1 << 40));
    sandbox.fault(Fault::on_api().gzip_bomb(10_000_000_000));
    let bytes = client.raw("GET /v2/users", &token, |bytes| bytes.len() > 10_000_000);
    assert!(String::from_utf8_lossy(&bytes[..400]).contains("content-length: 1099511627776\r\n"));
    assert!(bytes.ends_with(b"    "));
    let packed = Client::new(&sandbox).get("/v2/users", &token);
    assert!(packed.body.len() < 12_000_000, "{}", packed.body.len());
}

#[test]
fn the_journal_tells_bodies_apart_without_showing_them() {
    let (sandbox, mut client, token) = sandbox();
    let auth = format!("Bearer {token}");
    for body in ["", "{\"a\":1}", "{\"a\":2}", "{\"a\":1}"] {
        client.ask("POST /v2/x", &[("Authorization", &auth)], body.as_bytes());
    }
    let journal = sandbox.journal();
    let (lens, hashes): (Vec<_>, Vec<_>) = journal
        .iter()
        .map(|entry| (entry.body_len, entry.body_hash.as_str()))
        .unzip();
    assert_eq!(lens, [0, 7, 7, 7]);
    assert_eq!((hashes[0], hashes[1].len()), ("", 16));
    assert_eq!(hashes[1], hashes[3]);
    assert_ne!(hashes[1], hashes[2]);
    assert!(
        journal.iter().all(|entry| !entry.carried_out),
        "no such endpoint"
    );
}
