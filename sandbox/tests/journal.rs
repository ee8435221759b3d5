//! The journal tells what came, and no secret.

mod common;

use common::{Client, FORM, basic_of, good_jwt};
use zoom_s2s_sandbox::{Auth, Sandbox};

#[test]
fn the_journal_tells_what_came() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    let headers = [
        ("Authorization", &*format!("Bearer {token}")),
        ("User-Agent", "test/1"),
        ("Accept-Encoding", "br, gzip"),
    ];
    client.ask("GET /v2/users?page_size=3&x=%C3%BC+1", &headers, b"");
    let mut second = Client::new(&sandbox);
    let jwt = good_jwt(&sandbox, 60);
    let answer = second.get("/v2/users/a%2Fb", &jwt);
    second.ask("GET /v2/x", &[("Authorization", "Digest x")], b"");
    second.ask("GET /v2/users", &[], b"");

    let journal = sandbox.journal();
    let told: Vec<_> = journal
        .iter()
        .map(|e| (e.number, e.connection, &*e.path, e.token, e.auth, e.status))
        .collect();
    assert_eq!(
        told,
        [
            (1, 1, "/oauth/token", None, Auth::Basic, 200),
            (2, 1, "/v2/users", Some(1), Auth::Bearer, 200),
            (3, 2, "/v2/users/a%2Fb", None, Auth::Jwt, 404),
            (4, 2, "/v2/x", None, Auth::Unknown, 404),
            (5, 2, "/v2/users", None, Auth::None, 401),
        ]
    );
    assert_eq!(journal[0].content_type.as_deref(), Some(FORM));
    assert_eq!(journal[1].user_agent.as_deref(), Some("test/1"));
    assert_eq!(journal[1].accept_encoding.as_deref(), Some("br, gzip"));
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(journal[1].query, [pair("page_size", "3"), pair("x", "ü 1")]);
    assert_eq!(
        answer.header("x-zm-trackingid"),
        Some(&*journal[2].tracking_id)
    );
    assert!(journal.is_sorted_by_key(|entry| entry.at));
    assert_eq!(
        (
            sandbox.token_requests(),
            sandbox.api_requests(),
            sandbox.connections()
        ),
        (1, 4, 2)
    );

    sandbox.clear_journal();
    assert!(sandbox.journal().is_empty());
    second.get("/v2/users", "x");
    assert_eq!(sandbox.journal()[0].number, 6);
    assert_eq!(sandbox.api_requests(), 5, "counters go on");
}

#[test]
fn the_journal_keeps_secrets() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    let c = sandbox.credentials().clone();
    sandbox.set_client_secret("Rotated+Secret");
    let jwt = good_jwt(&sandbox, 60);
    let secrets = [
        &*token,
        &jwt,
        &c.client_secret,
        "Rotated+Secret",
        &c.api_secret,
    ];
    for secret in secrets {
        let encoded = secret.replace('+', "%2B").replace('R', "%52");
        for head in [
            format!("GET /v2/users?token={secret}"),
            format!("GET /v2/users?token=hidden&q=a{encoded}b&{encoded}=1"),
            format!("GET /v2/users/{secret}"),
            format!("GET /{encoded}/x"),
            format!("POST /oauth/token?client_secret={encoded}"),
        ] {
            let headers = [
                ("Authorization", &*format!("Bearer {secret}")),
                ("User-Agent", secret),
                ("Content-Type", secret),
                ("Accept-Encoding", secret),
            ];
            client.ask(&head, &headers, secret.as_bytes());
        }
    }
    let headers = [
        ("Authorization", &*basic_of(&sandbox)),
        ("Content-Type", FORM),
    ];
    client.ask(
        "POST /oauth/revoke",
        &headers,
        format!("token={token}").as_bytes(),
    );
    let journal = sandbox.journal();
    let over_http = String::from_utf8(client.ask("GET /sandbox/journal", &[], b"").body).unwrap();
    let shown = format!(
        "{journal:?} {over_http} {:?} {sandbox:?}",
        sandbox.credentials()
    );
    assert_eq!(journal.len(), 27);
    assert!(shown.contains("[redacted]"));
    assert!(!shown.contains("hidden"));
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret}");
        // Nor the part of a token that makes it one.
        let tail = secret.rsplit('.').next().unwrap();
        assert!(!shown.contains(tail), "{secret}");
    }
}
