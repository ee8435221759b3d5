//! The C library from Python, with nothing but ctypes.
#![cfg(unix)]

mod support;

use std::fs;
use std::process::Command;

use support::c::{library, root, succeed, text, with_sandbox};
use support::{client, has_tool, sandbox, skip};
use zoom_s2s_sandbox::Sandbox;

const EXAMPLE: &str = "examples-c/ctypes_users.py";

fn example(zoom: &Sandbox) -> Command {
    let mut command = with_sandbox("python3", zoom);
    command
        .arg(root().join(EXAMPLE))
        .env("ZOOM_S2S_LIBRARY", library().join("libzoom_s2s.so.1"));
    command
}

#[test]
fn the_example_lists_the_users_and_has_less_than_30_lines() {
    let source = fs::read_to_string(root().join(EXAMPLE)).expect("the example");
    let lines = source.lines().count();
    assert!(lines < 30, "{EXAMPLE} has {lines} lines");
    if !has_tool("python3") {
        return skip("ctypes", "python3");
    }
    let zoom = sandbox(|sandbox| sandbox.users(700));
    let output = succeed(&mut example(&zoom));
    let expected: Vec<String> = client(&zoom)
        .users()
        .pages()
        .flat_map(|page| {
            let page = page.expect("a page");
            let emails: Vec<String> = page.users().map(|user| user.email().to_owned()).collect();
            emails
        })
        .collect();
    assert!(expected.len() > 300, "more than one page");
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), expected);
    assert_eq!(
        text(&output.stderr).lines().count(),
        1,
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_wrong_secret_is_an_exception_with_the_errors_text() {
    if !has_tool("python3") {
        return skip("ctypes_refused", "python3");
    }
    let zoom = sandbox(|sandbox| sandbox);
    let output = example(&zoom)
        .env("ZOOM_CLIENT_SECRET", "not-the-secret")
        .output()
        .expect("python runs");
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("RuntimeError: "), "{error}");
    assert!(error.contains("invalid_client"), "{error}");
    assert!(!error.contains("not-the-secret"), "{error}");
    assert_eq!(text(&output.stdout), "");
}
