//! `zoom-s2s api` where it does not go well: refused by Zoom, in doubt, or never sent.

use std::io::Write;
use std::process::Stdio;

use zoom_s2s_sandbox::{Cut, Fault, RateLimit, Sandbox};

use crate::api::{account, api};
use crate::support::{fed, led_to, run};

const JSON: &str = "application/json";

/// How it is made, the exit code, what stdout has, and words of stderr.
type Row = (fn(&Sandbox), i32, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        |_| (),
        66,
        r#"{"code":1001,"message":"User does not exist: x."}"#,
        &["Zoom tracking ID: ", "GET /users/{id}"],
    ),
    (
        |sandbox| sandbox.set_scopes(&["user:read:list_users:admin"]),
        77,
        r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[user:read:user:admin]."}"#,
        &["lacks the scope user:read:user:admin", "Add the scope"],
    ),
    (
        |sandbox| {
            let retry_after = "2099-01-01T00:00:00Z".into();
            sandbox.fault(Fault::on_api().rate_limited(RateLimit::Daily { retry_after }));
        },
        75,
        "daily rate limit",
        &["daily limit", "HTTP 429"],
    ),
    (
        |sandbox| {
            sandbox.fault(Fault::on_api().status(
                400,
                "{ \"code\":300,\r\n\"message\":\"No.\"}\n",
                JSON,
            ))
        },
        65,
        "{ \"code\":300,\r\n\"message\":\"No.\"}\n",
        &["No."],
    ),
    (
        |sandbox| sandbox.fault(Fault::on_api().always().server_error(503)),
        75,
        "<body>503</body>",
        &["HTTP 503", "zoomstatus"],
    ),
    (
        |sandbox| sandbox.fault(Fault::on_api().always().html(200)),
        76,
        "<html>",
        &["ZOOM_S2S_API_URL"],
    ),
    (
        |sandbox| sandbox.fault(Fault::on_api().always().unauthorized()),
        77,
        r#"{"code":124,"message":"Invalid access token."}"#,
        &["tokens in a row"],
    ),
    (
        |sandbox| sandbox.fault(Fault::on_api().always().oversized(70_000_000)),
        76,
        "",
        &["larger than", "users --page-size N, api -f page_size=N."],
    ),
    // The token endpoint's answer is not the API's.
    (|sandbox| sandbox.disable_app(true), 77, "", &["zoom-s2s: "]),
];

#[test]
fn a_refusals_body_goes_to_stdout_and_its_cure_to_stderr() {
    for (make, code, body, words) in ROWS {
        let sandbox = account(5);
        make(&sandbox);
        let arguments = ["GET", "/users/{id}", "-f", "id=x", "--timeout", "2"];
        let ended = run(&mut api(&sandbox, &arguments));
        assert_eq!(ended.code, *code, "{}", ended.stderr);
        assert!(ended.stdout.contains(body), "{}", ended.stdout);
        assert_eq!(ended.stdout.is_empty(), body.is_empty(), "{}", ended.stdout);
        if body.starts_with('{') {
            assert_eq!(ended.stdout, *body);
        }
        for word in *words {
            assert!(ended.stderr.contains(word), "{word}: {}", ended.stderr);
        }
    }
}

#[test]
fn what_may_have_been_carried_out_is_not_sent_again() {
    for (method, path, body) in [
        ("PATCH", "/users/{id}", r#"{"dept":"Ops"}"#),
        ("POST", "/users/{id}/meetings", r#"{"topic":"T"}"#),
    ] {
        let sandbox = account(5);
        let user = sandbox.truth(zoom_s2s_sandbox::UserStatus::Active).next();
        let field = format!("id={}", user.expect("a user").email);
        let arguments = [method, path, "-f", &field, "--input", "-"];
        sandbox.fault(Fault::on_api().cut(Cut::BeforeHeaders));
        let ended = fed(&mut api(&sandbox, &arguments), body.as_bytes());
        assert_eq!(ended.code, 75, "{}", ended.stderr);
        let told =
            "\n  It may have been carried out all the same: look before you send it again.\n";
        assert!(ended.stderr.ends_with(told), "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
        assert_eq!(sandbox.api_requests(), 1);

        // A limit was surely not carried out, and a GET may be repeated anyhow.
        sandbox.fault(Fault::on_api().rate_limited(RateLimit::PerSecond));
        fed(&mut api(&sandbox, &arguments), body.as_bytes()).good();
        assert_eq!(sandbox.api_requests(), 3);
        sandbox.fault(Fault::on_api().cut(Cut::BeforeHeaders));
        run(&mut api(&sandbox, &["GET", "/users"])).good();
        assert_eq!(sandbox.api_requests(), 5);
    }
}

#[test]
fn what_cannot_be_sent_is_told_before_anything_is() {
    let sandbox = account(1);
    let rows: &[(&[&str], &str)] = &[
        (&["FETCH", "/users"], "GET, HEAD, POST"),
        (&["/users?access_token=eyJ", "GET"], "METHOD"),
        (&["GET"], "PATH"),
        (
            &["GET", "https://evil.example/v2/users?access_token=eyJ"],
            "evil.example",
        ),
        (&["GET", "//evil.example/users"], "leaves the API"),
        (&["GET", "/users/../../x"], "leaves the API"),
        (&["GET", "/users?access_token=eyJ"], "access_token"),
        (&["GET", "/users", "-f", "access_token=eyJ"], "access_token"),
        (&["GET", "/users#eyJ"], "-f KEY=VALUE"),
        (&["GET", "/users/{id}"], "-f id=VALUE"),
        (&["GET", ""], "PATH is empty"),
        (
            &["GET", "/users", "-H", "Proxy-Authorization: Basic eyJ"],
            "\"Proxy-Authorization\"",
        ),
        (
            &["GET", "/users", "--paginate", "-f", "page_number=2"],
            "page_number",
        ),
        (
            &["GET", "/users?page_number=2", "--paginate"],
            "page_number",
        ),
        (&["GET", "/users/{id}", "-f", "id="], "id"),
        (&["GET", "/users/{id}", "-f", "id=.."], "id"),
        (&["GET", "/users/{id}", "-f", "id=a", "-f", "id=b"], "twice"),
        (&["GET", "/users", "-f", "eyJ"], "KEY=VALUE"),
        (&["GET", "/users", "-f", "=eyJ"], "KEY=VALUE"),
        (&["GET", "/users", "-H", "Bearer eyJ"], "NAME: VALUE"),
        (
            &["GET", "/users", "-H", "Authorization: Bearer eyJ"],
            "by itself",
        ),
        (&["GET", "/users", "-H", "Host: evil.example"], "\"Host\""),
        (
            &["GET", "/users", "-H", "content-type: a/b"],
            "--content-type",
        ),
        (&["GET", "/users", "-H", "X-A: a\nb"], "X-A"),
        (&["GET", "/users", "--input", "-"], "--input"),
        (
            &["POST", "/users", "--input", "-"],
            "standard input is empty",
        ),
        (
            &["POST", "/users", "--input", "nowhere.json"],
            "nowhere.json",
        ),
        (&["POST", "/users", "--content-type", "a/b"], "--input"),
        (&["POST", "/users", "--paginate"], "--paginate"),
        (&["GET", "/users", "--key", "users"], "--paginate"),
        (&["GET", "/users", "--format", "jsonl"], "--paginate"),
        (&["GET", "/users", "--paginate", "-i"], "--include"),
        (
            &["GET", "/users?next_page_token=x", "--paginate"],
            "next_page_token",
        ),
        (
            &["GET", "/users", "--sandbox", "--token-store", "memory:"],
            "token-store",
        ),
    ];
    for (arguments, words) in rows {
        let ended = run(&mut api(&sandbox, arguments));
        assert_eq!(ended.code, 64, "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
        assert!(ended.stderr.starts_with("zoom-s2s: "), "{}", ended.stderr);
        assert!(
            ended.stderr.contains(words),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert!(
            !ended.stderr.contains("eyJ"),
            "{arguments:?}: {}",
            ended.stderr
        );
    }
    assert_eq!((sandbox.token_requests(), sandbox.api_requests()), (0, 0));
}

#[test]
fn a_body_has_its_limit() {
    let sandbox = account(1);
    let mut command = api(&sandbox, &["POST", "/a", "--input", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // Endless, as far as the command is concerned: it stops reading by itself.
    let block = vec![b' '; 1 << 20];
    let written = (0..1024)
        .take_while(|_| stdin.write_all(&block).is_ok())
        .count();
    drop(stdin);
    assert!((64..80).contains(&written), "{written} MiB were taken");
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("more than 64 MiB"));
    assert_eq!(sandbox.api_requests(), 0);
}

#[test]
fn no_secret_is_told() {
    for jwt in ["", " --legacy-jwt"] {
        let sandbox = account(5);
        let keys = sandbox.credentials().clone();
        sandbox.fault(Fault::on_api().server_error(503));
        sandbox.fault(Fault::on_api().unauthorized());
        for path in ["/users -i", "/users --paginate", "/users/nobody -i"] {
            let mut command = led_to(&sandbox, &format!("api GET {path} -vvv{jwt}"));
            let ended = run(&mut command);
            assert!(ended.stderr.contains(" ms  "), "{}", ended.stderr);
            let printed = ended.stdout + &ended.stderr;
            for secret in [
                &*keys.client_secret,
                &*keys.api_secret,
                "Bearer",
                "Basic",
                "eyJ",
            ] {
                assert!(!printed.contains(secret), "{secret}: {printed}");
            }
        }
    }
}
