//! The token endpoint: every form of request, every refusal, both worlds, expiry, revocation.

mod common;

use common::{Client, FORM, basic, basic_of};
use serde_json::{Value, json};
use std::time::Duration;
use zoom_s2s_sandbox::{Sandbox, World};

fn dead() -> (u16, Value) {
    (
        401,
        json!({"code": 124, "message": "Invalid access token."}),
    )
}

fn expired() -> (u16, Value) {
    (
        401,
        json!({"code": 124, "message": "Access token is expired."}),
    )
}

#[test]
fn every_form_of_request_gets_a_token() {
    let sandbox = Sandbox::builder().start().unwrap();
    let account = &sandbox.credentials().account_id;
    let both = format!("grant_type=account_credentials&account_id={account}");
    let grant = "grant_type=account_credentials";
    let id = format!("account_id={account}");
    let json = "application/json";
    // Query, content type, body.
    for (query, kind, body) in [
        ("", FORM, both.clone()),
        (
            "",
            "application/x-www-form-urlencoded; charset=utf-8",
            both.clone(),
        ),
        (&*format!("?{both}"), FORM, String::new()),
        (&format!("?{both}"), json, String::new()),
        (&format!("?&{grant}&&{id}&"), json, String::new()),
        (&format!("?{grant}"), FORM, format!("&{id}&")),
        (
            &format!("?{both}"),
            json,
            r#"{"grant_type":"x"}"#.to_owned(),
        ),
    ] {
        let mut client = Client::new(&sandbox);
        let headers = [
            ("Authorization", &*basic_of(&sandbox)),
            ("Content-Type", kind),
        ];
        let answer = client.ask(
            &format!("POST /oauth/token{query}"),
            &headers,
            body.as_bytes(),
        );
        let answer_json = answer.json();
        assert_eq!(answer.status, 200, "{query} {kind} {body}: {answer_json}");
        let token = answer_json["access_token"].as_str().unwrap();
        assert!((600..800).contains(&token.len()), "{}", token.len());
        assert_eq!(client.get("/v2/users", token).status, 200);
    }
    assert_eq!(sandbox.token_requests(), 7);
    assert_eq!(sandbox.tokens_issued(), 7);
}

#[test]
fn the_success_body_is_zooms() {
    let sandbox = Sandbox::builder()
        .token_lifetime(Duration::from_millis(3_599_500))
        .start()
        .unwrap();
    let mut client = Client::new(&sandbox);
    let mut body = client.token_response(&sandbox).json();
    body["access_token"].take();
    let url = sandbox.url();
    assert_eq!(
        body,
        json!({
            "access_token": null, "token_type": "bearer", "expires_in": 3599,
            "scope": "user:read:list_users:admin user:read:user:admin", "api_url": url,
        })
    );
    sandbox.set_scopes(&[]);
    sandbox.set_api_url_in_token(None);
    let body = client.token_response(&sandbox).json();
    assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
}

/// What it is, the `Authorization` header, the form, and what Zoom says.
type Refusal<'a> = (&'a str, Option<String>, &'a str, (u16, &'a str, &'a str));

#[test]
fn every_refusal_is_zooms() {
    let sandbox = Sandbox::builder().start().unwrap();
    let c = sandbox.credentials();
    let right = basic_of(&sandbox);
    let form = format!("grant_type=account_credentials&account_id={}", c.account_id);
    let bad_client = (400, "Invalid client_id or client_secret", "invalid_client");
    let no_client = (401, "Invalid client credentials", "invalid_client");
    let bad_account = (400, "Bad Request", "invalid_request");
    let bad_grant = (400, "unsupported grant type", "unsupported_grant_type");
    let cases: [Refusal<'_>; 13] = [
        (
            "wrong secret",
            Some(basic(&c.client_id, "x")),
            &form,
            bad_client,
        ),
        (
            "wrong ID",
            Some(basic("x", &c.client_secret)),
            &form,
            bad_client,
        ),
        (
            "blank after the secret",
            Some(basic(&c.client_id, &format!("{} ", c.client_secret))),
            &form,
            bad_client,
        ),
        (
            "the JWT app's pair",
            Some(basic(&c.api_key, &c.api_secret)),
            &form,
            bad_client,
        ),
        ("no header", None, &form, no_client),
        (
            "credentials in the body",
            None,
            &format!(
                "{form}&client_id={}&client_secret={}",
                c.client_id, c.client_secret
            ),
            no_client,
        ),
        ("bearer", Some("Bearer x".to_owned()), &form, no_client),
        ("not base64", Some("Basic ???".to_owned()), &form, no_client),
        (
            "wrong account",
            Some(right.clone()),
            "grant_type=account_credentials&account_id=x",
            bad_account,
        ),
        (
            "no account",
            Some(right.clone()),
            "grant_type=account_credentials",
            bad_account,
        ),
        (
            "blank before the account",
            Some(right.clone()),
            &form.replace("account_id=", "account_id=+"),
            bad_account,
        ),
        ("no grant", Some(right.clone()), "account_id=x", bad_grant),
        (
            "another grant",
            Some(right.clone()),
            &form.replace("account_credentials", "authorization_code"),
            bad_grant,
        ),
    ];
    let mut client = Client::new(&sandbox);
    let mut ask = |header: &Option<String>, form: &str| {
        let mut headers = vec![("Content-Type", FORM)];
        if let Some(header) = header {
            headers.push(("Authorization", header));
        }
        client
            .ask("POST /oauth/token", &headers, form.as_bytes())
            .told()
    };
    for (name, header, form, (status, reason, error)) in &cases {
        let expected = (*status, json!({"reason": reason, "error": error}));
        assert_eq!(ask(header, form), expected, "{name}");
    }
    let disabled = json!({"reason": "The application is disabled", "error": "invalid_client"});
    sandbox.disable_app(true);
    assert_eq!(ask(&Some(right.clone()), &form), (404, disabled));
    sandbox.disable_app(false);
    sandbox.set_server_to_server(false);
    let unsupported = json!({"reason": bad_grant.1, "error": bad_grant.2});
    assert_eq!(ask(&Some(right.clone()), &form), (400, unsupported));
    sandbox.set_server_to_server(true);
    sandbox.set_client_secret("rotated");
    let wrong = json!({"reason": bad_client.1, "error": bad_client.2});
    assert_eq!(ask(&Some(right), &form), (400, wrong));
    assert_eq!(sandbox.tokens_issued(), 0);
    assert_eq!(ask(&Some(basic(&c.client_id, "rotated")), &form).0, 200);
    assert!(
        sandbox
            .env()
            .contains(&("ZOOM_CLIENT_SECRET", "rotated".to_owned()))
    );
}

#[test]
fn a_token_of_the_wrong_grant_is_issued_and_not_taken() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let headers = [
        ("Authorization", &*basic_of(&sandbox)),
        ("Content-Type", FORM),
    ];
    let answer = client.ask(
        "POST /oauth/token",
        &headers,
        b"grant_type=client_credentials",
    );
    assert_eq!(answer.status, 200);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let refusal = json!({"code": 200, "message": "Invalid api key or secret."});
    assert_eq!(client.get("/v2/users", &token).told(), (400, refusal));
}

#[test]
fn two_worlds() {
    for (world, first_lives) in [(World::SingleToken, false), (World::MultiToken, true)] {
        let sandbox = Sandbox::builder().world(world).start().unwrap();
        let mut client = Client::new(&sandbox);
        let first = client.token(&sandbox);
        assert_eq!(client.get("/v2/users", &first).status, 200);
        let second = client.token(&sandbox);
        assert_ne!(first, second);
        let told = client.get("/v2/users", &first).told();
        if first_lives {
            assert_eq!(told.0, 200);
            assert_eq!(sandbox.live_tokens(), [1, 2]);
        } else {
            assert_eq!(told, dead());
            assert_eq!(sandbox.live_tokens(), [2]);
        }
        assert_eq!(client.get("/v2/users", &second).status, 200);

        assert!(sandbox.kill_token(2));
        assert!(!sandbox.kill_token(2));
        assert!(!sandbox.kill_token(3));
        assert!(!sandbox.kill_token(0));
        assert_eq!(client.get("/v2/users", &second).told(), dead());
        let third = client.token(&sandbox);
        sandbox.kill_all_tokens();
        assert_eq!(client.get("/v2/users", &third).told(), dead());
        assert_eq!(sandbox.live_tokens(), [0; 0]);
        assert_eq!(sandbox.tokens_issued(), 3);
    }
}

#[test]
fn tokens_expire_by_the_sandboxs_clock() {
    let lifetime = Duration::from_secs(100);
    let sandbox = Sandbox::builder().token_lifetime(lifetime).start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    sandbox.clock().advance(Duration::from_secs(90));
    assert_eq!(client.get("/v2/users", &token).status, 200);
    sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(client.get("/v2/users", &token).told(), expired());
    assert_eq!(sandbox.live_tokens(), [0; 0]);
    // Back in time it lives again: only the clock was wrong.
    sandbox.clock().set_offset(0);
    assert_eq!(client.get("/v2/users", &token).status, 200);

    let sandbox = Sandbox::builder()
        .token_lifetime(Duration::from_secs(1))
        .start()
        .unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(client.get("/v2/users", &token).told(), expired());
}

#[test]
fn the_date_header_follows_the_clock() {
    let sandbox = Sandbox::builder().start().unwrap();
    let ahead = 784_111_777 - sandbox.clock().unix_seconds();
    sandbox.clock().set_offset(ahead);
    let answer = Client::new(&sandbox).get("/v2/users", "x");
    let date = answer.header("date").unwrap();
    assert!(date.starts_with("Sun, 06 Nov 1994 08:49:"), "{date}");
}

#[test]
fn revoking_kills() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let (token, other) = (client.token(&sandbox), client.token(&sandbox));
    let right = basic_of(&sandbox);
    let form = format!("token={token}");
    let mut revoke = |auth: &str| {
        let headers = [("Authorization", auth), ("Content-Type", FORM)];
        client
            .ask("POST /oauth/revoke", &headers, form.as_bytes())
            .told()
    };
    assert_eq!(revoke(&basic("x", "y")).0, 400);
    assert_eq!(sandbox.live_tokens(), [1, 2]);
    assert_eq!(revoke(&right), (200, json!({"status": "success"})));
    assert_eq!(revoke(&right).0, 200, "twice");
    assert_eq!(client.get("/v2/users", &token).told(), dead());
    assert_eq!(client.get("/v2/users", &other).status, 200);
}

#[test]
fn a_disabled_app_loses_its_tokens() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    sandbox.disable_app(true);
    assert_eq!(client.get("/v2/users", &token).told(), dead());
    sandbox.disable_app(false);
    assert_eq!(client.get("/v2/users", &token).told(), dead());
}

#[test]
fn only_post_is_taken() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let auth = basic_of(&sandbox);
    let answer = client.ask("GET /oauth/token", &[("Authorization", &auth)], b"");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    assert_eq!(sandbox.token_requests(), 0);
    assert_eq!(client.ask("GET /signin", &[], b"").status, 404);
}
