//! `zoom-s2s token`: what it prints, and what it makes of a refused one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::support::{bare, end, fed, led_to, run, start};

/// The status of a request with this header line, made without the SDK.
fn asked_with(sandbox: &Sandbox, header: &str) -> String {
    let host = sandbox.url().strip_prefix("http://").expect("no TLS");
    let mut stream = TcpStream::connect(host).expect("a connection");
    let request = format!(
        "GET /v2/users?page_size=1 HTTP/1.1\r\nHost: {host}\r\n{header}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.lines().next().unwrap_or_default().to_owned()
}

fn sandbox() -> Sandbox {
    Sandbox::builder().users(10).start().expect("it starts")
}

#[test]
fn a_line_that_works_in_a_request() {
    let sandbox = sandbox();
    let header = run(&mut led_to(&sandbox, "token --header")).good();
    let line = header.strip_suffix('\n').expect("a line");
    assert!(line.starts_with("Authorization: Bearer "), "{line}");
    assert!(!line.contains('\n'));
    assert_eq!(asked_with(&sandbox, line), "HTTP/1.1 200 OK");

    let bare = run(&mut led_to(&sandbox, "token")).good();
    let line = format!("Authorization: Bearer {}", bare.trim_end());
    assert_eq!(asked_with(&sandbox, &line), "HTTP/1.1 200 OK");
    assert_eq!(bare.lines().count(), 1);
    assert_eq!(sandbox.token_requests(), 2, "memory: shares nothing");
}

#[test]
fn an_object_as_token_endpoints_answer() {
    let sandbox = sandbox();
    let ended = run(&mut led_to(&sandbox, "token --json"));
    assert_eq!(ended.stderr, "");
    let text = ended.good();
    assert_eq!(text.lines().count(), 1);
    let object: Value = serde_json::from_str(&text).expect("JSON");
    let mut names: Vec<&str> = object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let expected = [
        "access_token",
        "expires_at_ms",
        "expires_in",
        "scope",
        "token_type",
    ];
    assert_eq!(names, expected);
    assert_eq!(object["token_type"], "bearer");
    assert!(
        object["scope"]
            .as_str()
            .expect("a text")
            .contains("user:read")
    );
    let left = object["expires_in"].as_u64().expect("a number");
    assert!((3500..=3600).contains(&left), "{left}");
    let at = Duration::from_millis(object["expires_at_ms"].as_u64().expect("a number"));
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let off = (now + Duration::from_secs(left)).abs_diff(at);
    assert!(off < Duration::from_secs(60), "{off:?}");
    let line = format!(
        "Authorization: Bearer {}",
        object["access_token"].as_str().expect("a text")
    );
    assert_eq!(asked_with(&sandbox, &line), "HTTP/1.1 200 OK");
}

#[test]
fn it_talks_on_stderr_only_when_asked_to() {
    for arguments in ["token --sandbox", "token --sandbox --legacy-jwt --header"] {
        let quiet = run(&mut bare(arguments));
        assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
        let talkative = run(&mut bare(&format!("{arguments} -v")));
        assert_eq!(talkative.stdout.lines().count(), 1);
        let told = talkative.stderr.lines().last().expect("a line");
        assert!(told.starts_with("token: "), "{told}");
        assert!(told.contains(" good for "), "{told}");
    }
}

#[test]
fn what_fails_has_the_codes_of_users() {
    let sandbox = sandbox();
    let wrong = run(led_to(&sandbox, "token --header").env("ZOOM_CLIENT_SECRET", "wrong"));
    assert_eq!((wrong.code, wrong.stdout.as_str()), (77, ""));
    assert!(
        wrong.stderr.contains("ZOOM_CLIENT_SECRET"),
        "{}",
        wrong.stderr
    );
    let nothing = run(&mut bare("token"));
    assert_eq!((nothing.code, nothing.stdout.as_str()), (78, ""));
    sandbox.fault(Fault::on_token().always().server_error(503));
    assert_eq!(run(&mut led_to(&sandbox, "token --timeout 2")).code, 75);
}

#[cfg(target_os = "linux")]
#[test]
fn a_token_that_cannot_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = bare("token --sandbox");
    let child = command
        .stdout(full.expect("the device"))
        .stderr(std::process::Stdio::piped())
        .spawn();
    let ended = end(child.expect("it starts"));
    assert_eq!(ended.code, 74);
    assert!(
        ended.stderr.contains("cannot write standard output"),
        "{}",
        ended.stderr
    );
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut command = bare("token --sandbox --reject");
    let (mut child, stdout) = start(command.stdin(std::process::Stdio::piped()));
    // It prints nothing before it has read, so the pipe is closed by then.
    drop(stdout);
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"refused")
        .expect("written");
    let ended = end(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (141, ""));
}

#[test]
fn a_refused_token_is_taken_in_any_form() {
    let sandbox = sandbox();
    let old = run(&mut led_to(&sandbox, "token --json")).good();
    let object: Value = serde_json::from_str(&old).expect("JSON");
    let value = object["access_token"].as_str().expect("a text");
    for input in [
        old.clone(),
        value.to_owned(),
        format!("  {value}\r\n"),
        format!("bearer {value}\n"),
        format!("Authorization: Bearer {value}\n"),
    ] {
        let new = fed(&mut led_to(&sandbox, "token --reject"), input.as_bytes()).good();
        assert_ne!(new.trim_end(), value);
    }
    assert_eq!(sandbox.token_requests(), 6);
}

#[test]
fn a_refused_token_is_never_printed_again() {
    let sandbox = sandbox();
    let body = r#"{"access_token":"always-this","token_type":"bearer","expires_in":3600}"#;
    let same = Fault::on_token().always();
    sandbox.fault(same.status(200, body, "application/json"));
    assert_eq!(run(&mut led_to(&sandbox, "token")).good(), "always-this\n");
    let ended = fed(&mut led_to(&sandbox, "token --reject"), b"always-this\n");
    assert_eq!((ended.code, ended.stdout.as_str()), (77, ""));
    assert!(ended.stderr.contains("no better token"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("always-this"), "{}", ended.stderr);
    let another = fed(&mut led_to(&sandbox, "token --reject"), b"another");
    assert_eq!(another.good(), "always-this\n");
}

#[test]
fn what_is_no_token_is_refused_and_not_repeated() {
    let sandbox = sandbox();
    let long = "A".repeat(64 * 1024 + 1);
    let inputs: [(&[u8], &str); 8] = [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (long.as_bytes(), "64 KiB"),
        (b"XYZZY plugh", "no token"),
        (b"XYZZY\x1b[2J", "no token"),
        (b"XYZZY\xff", "no token"),
        (b"{\"access_token\":\"XYZZY\"", "no token"),
        (b"Authorization: Basic XYZZY", "no token"),
    ];
    for (input, word) in inputs {
        let ended = fed(&mut led_to(&sandbox, "token --reject"), input);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (64, ""),
            "{}",
            ended.stderr
        );
        assert!(
            ended.stderr.starts_with("zoom-s2s: --reject"),
            "{}",
            ended.stderr
        );
        assert!(ended.stderr.contains(word), "{word}: {}", ended.stderr);
        assert!(!ended.stderr.contains("XYZZY") && !ended.stderr.contains("AAAA"));
    }
    assert_eq!(sandbox.token_requests(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_is_left_waiting_for_a_terminal() {
    let terminal = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/ptmx");
    let ended = run(bare("token --sandbox --reject").stdin(terminal.expect("a terminal")));
    assert_eq!((ended.code, ended.stdout.as_str()), (64, ""));
    assert!(ended.stderr.contains("is a terminal"), "{}", ended.stderr);
}
