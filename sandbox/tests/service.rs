//! What surrounds the endpoints: journal, control endpoint, TLS, compression, start and stop.

mod common;

use common::{Client, FORM, basic_of, good_jwt};
use serde_json::{Value, json};
use std::io::Read as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use zoom_s2s_sandbox::{Auth, Credentials, Sandbox, UserStatus};

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

#[test]
fn compression_is_a_matter_of_asking() {
    let sandbox = Sandbox::builder().users(2_000).start().unwrap();
    let without = Sandbox::builder().users(2_000).gzip(false).start().unwrap();
    let user = sandbox.truth(UserStatus::Active).next().unwrap().email;
    for path in [
        "/v2/users?page_size=300",
        "/v2/users?status=pending",
        &format!("/v2/users/{user}"),
    ] {
        let get = |sandbox: &Sandbox, coding: &str| {
            let auth = format!("Bearer {}", good_jwt(sandbox, 60));
            let headers = [("Authorization", &*auth), ("Accept-Encoding", coding)];
            Client::new(sandbox).ask(&format!("GET {path}"), &headers, b"")
        };
        let plain = get(&sandbox, "identity");
        assert_eq!(plain.header("content-encoding"), None);
        for refused in ["", "br", "gzip;q=0", "deflate, gzip; q=0.0"] {
            assert_eq!(
                get(&sandbox, refused).header("content-encoding"),
                None,
                "{refused}"
            );
        }
        assert_eq!(get(&without, "gzip").header("content-encoding"), None);
        for _ in 0..2 {
            let packed = get(&sandbox, "br;q=0.5, GZIP");
            assert_eq!(packed.header("content-encoding"), Some("gzip"));
            assert!(packed.body.len() < plain.body.len());
            let mut body = Vec::new();
            flate2::read::GzDecoder::new(&packed.body[..])
                .read_to_end(&mut body)
                .unwrap();
            let mut bodies =
                [&plain.body, &body].map(|b| serde_json::from_slice::<Value>(b).unwrap());
            for body in &mut bodies {
                body.as_object_mut().unwrap().remove("next_page_token");
            }
            assert_eq!(bodies[0], bodies[1]);
        }
    }
}

#[test]
fn tls_with_its_own_ca() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    assert!(sandbox.url().starts_with("https://127.0.0.1:"));
    let token = Client::new(&sandbox).token(&sandbox);
    assert_eq!(Client::new(&sandbox).get("/v2/users", &token).status, 200);

    let address = sandbox.url().strip_prefix("https://").unwrap();
    let other = Sandbox::builder().tls(true).start().unwrap();
    for (ca, name, trusted) in [
        (&sandbox, "127.0.0.1", true),
        (&sandbox, "localhost", true),
        (&sandbox, "::1", true),
        (&sandbox, "zoom.us", false),
        (&other, "127.0.0.1", false),
    ] {
        let mut session = common::tls(ca.ca_pem().unwrap(), name);
        let mut tcp = TcpStream::connect(address).unwrap();
        let mut shaken = Ok((0, 0));
        while session.is_handshaking() && shaken.is_ok() {
            shaken = session.complete_io(&mut tcp);
        }
        assert_eq!(shaken.is_ok(), trusted, "{name}: {shaken:?}");
    }
    assert!(Sandbox::builder().start().unwrap().ca_pem().is_none());
}

#[test]
fn dropping_stops_everything_at_once() {
    let sandbox = Sandbox::builder().start().unwrap();
    let address = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let mut idle = Client::new(&sandbox);
    idle.token(&sandbox);
    let mut waiting = Client::new(&sandbox);
    let hour = Duration::from_secs(3600);
    sandbox.fault(zoom_s2s_sandbox::Fault::on_api().latency(hour));
    waiting.send("GET /v2/users", &[], b"").unwrap();
    while sandbox.api_requests() == 0 {
        std::thread::yield_now();
    }
    let started = Instant::now();
    drop(sandbox);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(idle.read_to_end().0, b"");
    assert_eq!(waiting.read_to_end().0, b"");
}

#[test]
fn a_fixed_port_and_given_credentials() {
    let free = Sandbox::builder().start().unwrap();
    let port = free.url().rsplit(':').next().unwrap().parse().unwrap();
    let taken = Sandbox::builder().port(port).start();
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    Client::new(&free).token(&free);
    drop(free);
    let credentials = Credentials {
        account_id: "a".to_owned(),
        client_id: "b".to_owned(),
        client_secret: "c:d".to_owned(),
        api_key: "e".to_owned(),
        api_secret: "f".to_owned(),
    };
    let sandbox = Sandbox::builder()
        .port(port)
        .credentials(credentials)
        .start()
        .unwrap();
    assert_eq!(sandbox.url(), format!("http://127.0.0.1:{port}"));
    Client::new(&sandbox).token(&sandbox);
    let env = sandbox.env();
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, &**value)).collect();
    assert_eq!(
        env,
        [
            ("ZOOM_ACCOUNT_ID", "a"),
            ("ZOOM_CLIENT_ID", "b"),
            ("ZOOM_CLIENT_SECRET", "c:d"),
            ("ZOOM_API_KEY", "e"),
            ("ZOOM_API_SECRET", "f"),
            ("ZOOM_S2S_OAUTH_URL", sandbox.url()),
            ("ZOOM_S2S_API_URL", sandbox.api_url()),
        ]
    );
    assert_eq!(sandbox.api_url(), format!("http://127.0.0.1:{port}/v2"));
}
