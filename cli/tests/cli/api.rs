//! `zoom-s2s api`: what is sent, and what is printed of the answer.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread::{self, JoinHandle};

use serde_json::Value;
use zoom_s2s_sandbox::{Fault, Sandbox, UserStatus};

use crate::support::{bare, fed, led_to, run};

/// A sandbox whose app may do everything.
pub(crate) fn account(users: u32) -> Sandbox {
    let sandbox = Sandbox::builder().users(users).start().expect("it starts");
    sandbox.set_scopes(&[]);
    sandbox
}

/// `zoom-s2s api` with these arguments, which may hold blanks.
pub(crate) fn api(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = led_to(sandbox, "api");
    command.args(arguments);
    command
}

#[test]
fn every_method_reaches_zoom() {
    let sandbox = account(20);
    let user = sandbox.truth(UserStatus::Active).next().expect("a user");
    let id = user.id.expect("an ID");
    let field = format!("id={id}");
    let rows: &[(&[&str], &str, &str)] = &[
        (&["GET", "/users/{id}"], "", "\"email\":"),
        (&["get", "users/{id}"], "", "\"email\":"),
        (&["PATCH", "/users/{id}"], r#"{"dept":"Ops"}"#, ""),
        (&["GET", "/v2/users/{id}"], "", "\"dept\":\"Ops\""),
        (
            &["POST", "/users/{id}/meetings"],
            r#"{"topic":"Stand-up"}"#,
            "\"topic\":\"Stand-up\"",
        ),
        (
            &["PUT", "/users/{id}/status"],
            r#"{"action":"deactivate"}"#,
            "",
        ),
        (&["DELETE", "/users/{id}"], "", ""),
    ];
    for (arguments, body, expected) in rows {
        let mut command = api(&sandbox, arguments);
        command.args(["-f", &field]);
        if !body.is_empty() {
            command.args(["--input", "-"]);
        }
        let printed = fed(&mut command, body.as_bytes()).good();
        assert!(printed.contains(expected), "{arguments:?}: {printed}");
        assert_eq!(printed.is_empty(), expected.is_empty(), "{arguments:?}");
        let sent = sandbox.journal().pop().expect("a request");
        assert_eq!(sent.method, arguments[0].to_uppercase());
        assert_eq!(sent.body_len, body.len() as u64);
        let kind = (!body.is_empty()).then(|| "application/json".to_owned());
        assert_eq!(sent.content_type, kind);
    }
    sandbox.fault(Fault::on("HEAD", "/v2/users").empty(200));
    assert_eq!(run(&mut api(&sandbox, &["HEAD", "/users"])).good(), "");
    assert_eq!(sandbox.journal().pop().expect("a request").method, "HEAD");
}

#[test]
fn fields_fill_in_segments_and_are_queries_elsewhere() {
    let sandbox = account(1);
    let any = Fault::on_api().always();
    sandbox.fault(any.status(200, "{}", "application/json"));
    type Query = &'static [(&'static str, &'static str)];
    let rows: &[(&[&str], &str, Query)] = &[
        (
            &["GET", "/a/{x}/{y}", "-f", "y=/ä b", "-f", "x=a+b@c=d"],
            "/v2/a/a+b@c=d/%2F%C3%A4%20b",
            &[],
        ),
        (
            &["GET", "/a/{x}", "-f", "x=%2Fab%3D%3D", "-f", "X=1"],
            "/v2/a/%252Fab%253D%253D",
            &[("X", "1")],
        ),
        (
            &[
                "GET",
                "/a?q=1&r=a+b",
                "-f",
                "q=2",
                "-f",
                "q=c&d",
                "-f",
                "e=",
            ],
            "/v2/a",
            &[
                ("q", "1"),
                ("r", "a b"),
                ("q", "2"),
                ("q", "c&d"),
                ("e", ""),
            ],
        ),
        (&["DELETE", "a", "-f", "q=x=y"], "/v2/a", &[("q", "x=y")]),
        (&["POST", "a", "-f", "q=x"], "/v2/a", &[("q", "x")]),
        (
            &["GET", "https://api.zoom.us/v2/a?b=c"],
            "/v2/a",
            &[("b", "c")],
        ),
    ];
    for (arguments, path, query) in rows {
        run(&mut api(&sandbox, arguments)).good();
        let sent = sandbox.journal().pop().expect("a request");
        let percent = |path: &str| {
            path.replace("%40", "@")
                .replace("%2B", "+")
                .replace("%3D", "=")
        };
        assert_eq!(percent(&sent.path), percent(path), "{arguments:?}");
        let sent: Vec<(&str, &str)> = sent
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(sent, *query, "{arguments:?}");
    }
    // What may have been meant for a body is told to be none.
    let told = run(&mut api(
        &sandbox,
        &["POST", "/a/{x}", "-f", "x=1", "-f", "topic=T"],
    ));
    assert_eq!(told.code, 0);
    let warning = "warning: topic goes into the query";
    assert!(told.stderr.starts_with(warning), "{}", told.stderr);
    assert_eq!(run(&mut api(&sandbox, &["POST", "/a"])).stderr, "");
}

/// An API that takes one request, answers it so, and tells what came.
fn listener(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v2", listener.local_addr().expect("an address"));
    let serve = move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut came = Vec::new();
        let mut buffer = [0; 4096];
        let is_whole = |came: &[u8]| {
            let text = String::from_utf8_lossy(came).to_ascii_lowercase();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                return false;
            };
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            body.len() >= length.unwrap_or(0)
        };
        while !is_whole(&came) {
            let read = stream.read(&mut buffer).expect("a request");
            came.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(answer.as_bytes()).expect("answered");
        String::from_utf8(came).expect("UTF-8")
    };
    (url, thread::spawn(serve))
}

#[test]
fn headers_and_bodies_are_sent_as_given() {
    let sandbox = account(1);
    let body = "{\r\n \"a\": \"ä\u{1}\" }\n\n";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("body");
    fs::write(&file, body).expect("written");
    for input in ["-", file.to_str().expect("UTF-8")] {
        let (url, came) = listener("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let mut command = api(&sandbox, &["POST", "/a", "--content-type", "text/x-odd"]);
        command
            .args([
                "-H",
                "X-One: a: b",
                "-H",
                "x-two:",
                "-H",
                "X-One:c",
                "--input",
                input,
            ])
            .env("ZOOM_S2S_API_URL", url);
        fed(&mut command, body.as_bytes()).good();
        let came = came.join().expect("a request");
        let (head, sent) = came.split_once("\r\n\r\n").expect("a head");
        let head = head.to_ascii_lowercase();
        for line in [
            "x-one: a: b",
            "x-two: ",
            "x-one: c",
            "content-type: text/x-odd",
        ] {
            let has = head.lines().any(|sent| sent.trim_end() == line.trim_end());
            assert!(has, "{line}: {head}");
        }
        assert_eq!(sent, body);
    }
}

#[test]
fn include_prints_the_head_as_in_http() {
    let sandbox = account(1);
    let page = "{\"a\":1}\n";
    let fault = Fault::on_api().header("X-RateLimit-Remaining", "7");
    sandbox.fault(fault.status(201, page, "application/json"));
    let printed = run(&mut api(&sandbox, &["GET", "/a", "--include"])).good();
    let (head, body) = printed.split_once("\r\n\r\n").expect("an empty line");
    assert_eq!(body, page);
    assert_eq!(head.lines().next(), Some("HTTP/1.1 201 "));
    for line in ["x-ratelimit-remaining: 7", "content-type: application/json"] {
        assert!(head.lines().any(|printed| printed == line), "{head}");
    }

    let refused = run(&mut api(&sandbox, &["GET", "/users/nobody", "-i"]));
    assert_eq!(refused.code, 66);
    let (head, body) = refused
        .stdout
        .split_once("\r\n\r\n")
        .expect("an empty line");
    let (status, tracking) = head.split_once("\r\n").expect("two lines");
    assert_eq!(status, "HTTP/1.1 404 ");
    let id = tracking.strip_prefix("x-zm-trackingid: ").expect("the ID");
    assert!(refused.stderr.contains(id), "{}", refused.stderr);
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["code"], 1001);
}

#[test]
fn answers_are_printed_byte_for_byte() {
    let sandbox = account(1);
    for body in [
        &b"{ \"a\" :\r\n 576460752303423489.50,\"\\u0062\":\"\x1b[2J\xc2\x9b\" }"[..],
        b"\x89PNG\r\n\x1a\n\0\xff\xfe",
        b"",
        b"\n",
    ] {
        sandbox.fault(Fault::on_api().status(200, body, "application/octet-stream"));
        let output = api(&sandbox, &["GET", "/a"]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(output.stdout, body);
        assert_eq!(output.stderr, b"");
    }
}

#[test]
fn nothing_is_needed_to_try_it() {
    let inside = run(&mut bare(
        "api GET /users/{id}/meetings --sandbox -f id=nobody",
    ));
    assert_eq!(inside.code, 66, "{}", inside.stderr);
    let inside = run(&mut bare("api GET /users --sandbox --legacy-jwt")).good();
    let page: Value = serde_json::from_str(&inside).expect("JSON");
    assert_eq!(page["users"].as_array().map(Vec::len), Some(30));
}
