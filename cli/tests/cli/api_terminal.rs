//! `zoom-s2s api` on a terminal: nothing that is received acts on it, and a body can be typed.
#![cfg(unix)]

use std::io::{Read, Write};

use pty_process::blocking::{Command, Pty, open};
use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::api::account;
use crate::support::{heeding, until};

/// The command on a terminal of its own.
fn typed(sandbox: &Sandbox, arguments: &[&str]) -> (Pty, std::process::Child) {
    let (pty, pts) = open().expect("a terminal");
    let words = [heeding(), &[env!("CARGO_BIN_EXE_zoom-s2s"), "api"]].concat();
    let command = Command::new(words[0])
        .args(&words[1..])
        .args(arguments)
        .env_clear()
        .envs(sandbox.env());
    let child = command.spawn(pts).expect("it starts");
    (pty, child)
}

/// What came to the terminal until the command had ended, and how that was.
fn ended(mut pty: &Pty, mut child: std::process::Child) -> (String, Option<i32>) {
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    // Once nobody holds its other side, a terminal cannot be read any more.
    while let Ok(read @ 1..) = pty.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..read]);
    }
    let status = child.wait().expect("it ends");
    (String::from_utf8(shown).expect("UTF-8"), status.code())
}

/// What is asked, the answer and its status, what is shown, the exit code.
type Row<'r> = (&'r [&'r str], &'r [u8], u16, &'r str, i32);

#[test]
fn nothing_acts_on_the_terminal() {
    let list = "{\"next_page_token\":\"\",\"total_records\":1,\"a\":[\"\u{9b}31m\u{202e}\"]}";
    let json = list
        .replace("\u{9b}", "\\u009b")
        .replace('\u{202e}', "\\u202e");
    let rows: &[Row<'_>] = &[
        (&["/a"], list.as_bytes(), 200, &json, 0),
        (
            &["/a", "--paginate"],
            list.as_bytes(),
            200,
            "[\r\n\"\\u009b31m\\u202e\"\r\n]\r\n",
            0,
        ),
        (
            &["/a"],
            b"a\x1b[2J\nb\x07",
            200,
            "a\u{fffd}[2J\r\nb\u{fffd}\r\n",
            0,
        ),
        (
            &["/a"],
            b"{\"a\":\"\x1b[2J\"}",
            200,
            "{\"a\":\"\u{fffd}[2J\"}\r\n",
            0,
        ),
        (
            &["/a"],
            b"{\"code\":300,\"message\":\"\x1b[2J\"}",
            400,
            "\"\u{fffd}[2J\"",
            76,
        ),
        (
            &["/a", "-i"],
            b"\x89PNG\x1b[2J",
            200,
            "is binary, 8 bytes of a/b",
            74,
        ),
    ];
    for (arguments, body, status, shown, code) in rows {
        let sandbox = account(1);
        sandbox.fault(Fault::on_api().always().status(*status, *body, "a/b"));
        let (pty, child) = typed(&sandbox, &[&["GET"], *arguments].concat());
        let (text, ended) = ended(&pty, child);
        assert_eq!(ended, Some(*code), "{text:?}");
        assert!(text.contains(shown), "{text:?}");
        let acts = ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'];
        assert!(!text.contains(acts), "{text:?}");
    }
}

#[test]
fn a_body_can_be_typed_and_given_up() {
    for (keys, code, shown) in [
        ("{\"topic\":\"Typed\"}\n\u{4}", 0, "\"topic\":\"Typed\""),
        ("\u{4}", 64, "standard input is empty"),
        ("{\u{3}", 130, "zoom-s2s: interrupted"),
    ] {
        let sandbox = account(5);
        let user = sandbox.truth(zoom_s2s_sandbox::UserStatus::Active).next();
        let path = format!("/users/{}/meetings", user.expect("a user").email);
        let (mut pty, child) = typed(&sandbox, &["POST", &path, "--input", "-"]);
        let mut told = Vec::new();
        let mut byte = [0];
        while !told.ends_with(b"Ctrl-D on a line of its own") {
            pty.read_exact(&mut byte).expect("it says that it reads");
            told.push(byte[0]);
        }
        assert_eq!(sandbox.api_requests(), 0);
        pty.write_all(keys.as_bytes()).expect("typed");
        let (text, ended) = ended(&pty, child);
        assert_eq!(ended, Some(code), "{text:?}");
        assert!(text.contains(shown), "{text:?}");
        until("it was sent or not", || {
            sandbox.api_requests() == usize::from(code == 0)
        });
    }
}
