//! Exit codes and first lines, one row each.

use std::net::TcpListener;

use zoom_s2s_sandbox::{Fault, RateLimit, Sandbox};

use crate::support::{bare, led_to, run};

fn api(status: u16, body: &str) -> Fault {
    Fault::on_api()
        .always()
        .status(status, body, "application/json")
}

fn midnight() -> RateLimit {
    RateLimit::Daily {
        retry_after: "2099-01-01T00:00:00Z".into(),
    }
}

/// What is wrong, how it is made so, the exit code, and words of the message.
type Row = (&'static str, fn(&Sandbox), i32, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("healthy", |_| (), 0, &[]),
    (
        "secret replaced",
        |sandbox| sandbox.set_client_secret("another"),
        77,
        &["zoom-s2s: ", "ZOOM_CLIENT_SECRET", "Zoom tracking ID: "],
    ),
    ("app disabled", |sandbox| sandbox.disable_app(true), 77, &[]),
    (
        "scope missing",
        |sandbox| sandbox.set_scopes(&["meeting:read:meeting:admin"]),
        77,
        &["user:read"],
    ),
    (
        "forbidden",
        |sandbox| sandbox.fault(api(403, r#"{"code":200,"message":"Not you."}"#)),
        77,
        &["Not you."],
    ),
    (
        "every token refused",
        |sandbox| sandbox.fault(Fault::on_api().always().unauthorized()),
        77,
        &["token"],
    ),
    (
        "daily limit",
        |sandbox| sandbox.fault(Fault::on_api().always().rate_limited(midnight())),
        75,
        &["daily"],
    ),
    (
        "server error",
        |sandbox| sandbox.fault(Fault::on_api().always().server_error(500)),
        75,
        &["HTTP 500", "zoomstatus"],
    ),
    (
        "rejected",
        |sandbox| sandbox.fault(api(400, r#"{"code":300,"message":"No such role."}"#)),
        65,
        &["No such role."],
    ),
    (
        "not found",
        |sandbox| sandbox.fault(api(404, r#"{"code":1001,"message":"No such thing."}"#)),
        66,
        &["No such thing."],
    ),
    (
        "something else answers",
        |sandbox| sandbox.fault(api(404, "<html>Lunch</html>")),
        76,
        &["ZOOM_S2S_API_URL"],
    ),
];

#[test]
fn faults_of_zooms_have_their_codes() {
    for (what, make, code, words) in ROWS {
        let sandbox = Sandbox::builder().users(10).start().expect("it starts");
        let environment = sandbox.env();
        make(&sandbox);
        let ended = run(bare("users --timeout 5").envs(environment));
        assert_eq!(ended.code, *code, "{what}: {}", ended.stderr);
        for word in *words {
            assert!(ended.stderr.contains(word), "{what}: {}", ended.stderr);
        }
        assert_eq!(
            ended.stderr.is_empty(),
            *code == 0,
            "{what}: {}",
            ended.stderr
        );
        assert_eq!(
            ended.stdout.is_empty(),
            *code != 0,
            "{what}: {}",
            ended.stdout
        );
        // The SDK's warnings may come first.
        let told = ended.stderr.lines();
        for line in told
            .skip_while(|line| line.starts_with("warning: "))
            .skip(1)
        {
            assert!(line.starts_with("  "), "{what}: {}", ended.stderr);
        }
    }
}

#[test]
fn nobody_at_the_other_end() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let sandbox = Sandbox::builder().users(1).start().expect("it starts");
    let mut command = led_to(&sandbox, "users --timeout 1");
    command.env("ZOOM_S2S_OAUTH_URL", format!("http://{address}"));
    assert_eq!(run(&mut command).code, 75);
}

#[test]
fn an_authority_that_is_not_trusted_and_then_is() {
    let sandbox = Sandbox::builder()
        .users(10)
        .tls(true)
        .start()
        .expect("it starts");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, sandbox.ca_pem().expect("an authority")).expect("written");
    let refused = run(&mut led_to(&sandbox, "users --timeout 5"));
    assert_eq!(refused.code, 76, "{}", refused.stderr);
    let trusted = run(led_to(&sandbox, "users --ca-file").arg(&file));
    assert_eq!(trusted.code, 0, "{}", trusted.stderr);
    assert_eq!(
        run(&mut led_to(&sandbox, "users --ca-file nowhere.pem")).code,
        78
    );
}

#[test]
fn without_credentials_the_variables_and_the_sandbox_are_named() {
    let ended = run(&mut bare("users"));
    assert_eq!(ended.code, 78);
    for word in [
        "zoom-s2s: no credentials",
        "ZOOM_ACCOUNT_ID",
        "ZOOM_CLIENT_ID",
        "ZOOM_CLIENT_SECRET",
        "--sandbox",
    ] {
        assert!(ended.stderr.contains(word), "{}", ended.stderr);
    }
    let ended = run(bare("users")
        .env("ZOOM_ACCOUNT_ID", "a")
        .env("ZOOM_CLIENT_ID", "b"));
    assert!(
        ended.stderr.contains("ZOOM_CLIENT_SECRET is not set"),
        "{}",
        ended.stderr
    );
    let ended = run(bare("users")
        .env("ZOOM_API_KEY", "a")
        .env("ZOOM_API_SECRET", "b"));
    assert!(ended.stderr.contains("--legacy-jwt"), "{}", ended.stderr);
    let ended = run(&mut bare("users --legacy-jwt"));
    assert_eq!(ended.code, 78);
    assert!(
        ended
            .stderr
            .contains("ZOOM_API_KEY, ZOOM_API_SECRET are not set")
    );
}

#[test]
fn credentials_from_files() {
    let sandbox = Sandbox::builder().users(10).start().expect("it starts");
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = bare("users");
    for (name, value) in sandbox.env() {
        if name.starts_with("ZOOM_S2S_") {
            command.env(name, value);
        } else {
            let file = folder.path().join(name);
            std::fs::write(&file, format!("{value}\n")).expect("written");
            command.env(format!("{name}_FILE"), file);
        }
    }
    run(&mut command).good();
    std::fs::remove_file(folder.path().join("ZOOM_CLIENT_SECRET")).expect("removed");
    let ended = run(&mut command);
    assert_eq!(ended.code, 78);
    assert!(
        ended.stderr.contains("ZOOM_CLIENT_SECRET_FILE"),
        "{}",
        ended.stderr
    );
}

#[test]
fn settings_that_cannot_be_used() {
    let sandbox = Sandbox::builder().users(1).start().expect("it starts");
    for (name, value) in [
        ("ZOOM_S2S_CLOUD", "private"),
        ("ZOOM_S2S_TIMEOUT_MS", "soon"),
        ("ZOOM_S2S_API_URL", "ftp://example.com"),
        ("ZOOM_S2S_CA_FILE", "nowhere.pem"),
        ("ZOOM_S2S_TOKEN_STORE", "postgres://host"),
    ] {
        let ended = run(led_to(&sandbox, "users").env(name, value));
        assert_eq!(ended.code, 78, "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
    }
}

#[test]
fn options_that_cannot_be_used_are_called_what_they_are_called_here() {
    let sandbox = Sandbox::builder().users(1).start().expect("it starts");
    for (option, value) in [
        ("--ca-file", "nowhere.pem"),
        ("--token-store", "postgres://host"),
        ("--token-store", "file:/nowhere/token"),
        ("--token-store", "redis://host?colour=red"),
    ] {
        for command in ["users", "token"] {
            let ended = run(&mut led_to(
                &sandbox,
                &format!("{command} {option} {value}"),
            ));
            assert_eq!(ended.code, 78, "{value}: {}", ended.stderr);
            let beginning = format!("zoom-s2s: {option} ");
            assert!(ended.stderr.starts_with(&beginning), "{}", ended.stderr);
            for method in ["ca_file", "token_store"] {
                assert!(!ended.stderr.contains(method), "{}", ended.stderr);
            }
        }
    }
}

#[test]
fn command_lines_that_cannot_be_used() {
    for (arguments, word) in [
        ("", "Usage:"),
        ("uesrs", "users"),
        ("users --status asleep", "pending"),
        ("users --format xml", "jsonl"),
        ("users --fields email,shoe_size", "employee_unique_id"),
        ("users --page-size 0", "page-size"),
        ("users --page-size 2001", "page-size"),
        ("users --timeout 0", "timeout"),
        ("users --sandbox --ca-file x", "ca-file"),
        ("users --sandbox-users 5", "--sandbox"),
        ("users --client-secret x", "client-secret"),
        ("users --sandbox --token-store memory:", "token-store"),
        ("token --header --json", "--json"),
        ("token --page-size 1", "page-size"),
        ("token eyJ", "Usage:"),
    ] {
        let ended = run(&mut bare(arguments));
        assert_eq!(ended.code, 64, "{arguments}: {}", ended.stderr);
        assert!(ended.stderr.contains(word), "{arguments}: {}", ended.stderr);
        assert!(
            !ended.stderr.contains("error:"),
            "{arguments}: {}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn help_names_the_codes_and_shows_how() {
    for command in ["", "users ", "api ", "token ", "sandbox "] {
        let help = run(&mut bare(&format!("{command}--help"))).good();
        assert!(help.contains("\nExamples"), "{help}");
        assert!(help.contains(":\n  zoom-s2s "), "{help}");
        assert!(help.contains("\n   75  try again later"), "{help}");
    }
    let version = run(&mut bare("--version")).good();
    assert_eq!(version, format!("zoom-s2s {}\n", env!("CARGO_PKG_VERSION")));
}
