//! `zoom-s2s api --paginate`: every entry of any list, or an end that says otherwise.

use std::process::Command;

use serde_json::{Value, json};
use zoom_s2s_sandbox::{Fault, Sandbox, UserStatus};

use crate::api::{account, api};
use crate::support::run;

pub(crate) fn list(sandbox: &Sandbox, path: &str, more: &[&str]) -> Command {
    let mut command = api(sandbox, &["GET", path, "--paginate"]);
    command.args(more);
    command
}

/// The entries of one page after the other, as a person would gather them.
fn by_hand(sandbox: &Sandbox, path: &str, key: &str) -> Vec<Value> {
    let (mut entries, mut token) = (Vec::new(), String::new());
    loop {
        let field = format!("next_page_token={token}");
        let page = run(&mut api(sandbox, &["GET", path, "-f", &field])).good();
        let page: Value = serde_json::from_str(&page).expect("JSON");
        entries.extend_from_slice(page[key].as_array().expect("an array"));
        token = page["next_page_token"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if token.is_empty() {
            return entries;
        }
    }
}

#[test]
fn any_list_is_complete() {
    let sandbox = account(100);
    let user = sandbox.truth(UserStatus::Active).next().expect("a user");
    let meetings = format!("/users/{}/meetings", user.email);
    let meeting = by_hand(&sandbox, &meetings, "meetings")[0]["id"].to_string();
    let participants = format!("/past_meetings/{meeting}/participants?page_size=75");
    for (path, key, count) in [
        ("/users", "users", 90),
        ("/users?status=pending&page_size=1", "users", 3),
        (&*meetings, "meetings", 75),
        // Guests, who are all alike, and all of them there: they are on one page.
        (&*participants, "participants", 75),
        ("/roles", "roles", 4),
    ] {
        let expected = by_hand(&sandbox, path, key);
        assert_eq!(expected.len(), count, "{path}");
        for more in [
            &[][..],
            &["--key", key],
            &["--key", key, "--format", "jsonl"],
        ] {
            let before = sandbox.api_requests();
            let printed = run(&mut list(&sandbox, path, more));
            assert_eq!(printed.stderr, "");
            let printed = printed.good();
            let entries: Vec<Value> = if more.len() > 2 {
                let lines = printed.lines().map(serde_json::from_str);
                lines.collect::<Result<_, _>>().expect("JSON lines")
            } else {
                serde_json::from_str(&printed).expect("an array")
            };
            assert_eq!(entries, expected, "{path} {more:?}");
            let requests = sandbox.api_requests() - before;
            let page_size = entries
                .len()
                .div_ceil(requests - usize::from(more.is_empty()));
            assert!(page_size <= 75, "{requests} requests");
        }
    }
}

#[test]
fn entries_are_printed_as_received() {
    let sandbox = account(1);
    let page = "{\"next_page_token\":\"\",\"total_records\":4,\"things\":[ {\"a\" : 1e2,\n\"b\":\"\\u0041\\/\"},\r\n7, \"x \\\" y\" ,null]}";
    let fault = Fault::on_api().always();
    sandbox.fault(fault.status(200, page, "application/json"));
    assert_eq!(
        run(&mut list(&sandbox, "/things", &[])).good(),
        "[\n{\"a\" : 1e2,\n\"b\":\"\\u0041\\/\"},\n7,\n\"x \\\" y\",\nnull\n]\n"
    );
    assert_eq!(
        run(&mut list(&sandbox, "/things", &["--format", "jsonl"])).good(),
        "{\"a\":1e2,\"b\":\"\\u0041\\/\"}\n7\n\"x \\\" y\"\nnull\n"
    );
    sandbox.clear_faults();
    let none = "/users?status=pending&role_id=0";
    assert_eq!(run(&mut list(&sandbox, none, &[])).good(), "[]\n");
    assert_eq!(
        run(&mut list(&sandbox, none, &["--format", "jsonl"])).good(),
        ""
    );
}

#[test]
fn the_array_is_named_where_it_is_not_clear() {
    let sandbox = account(5);
    type Row<'r> = (Fault, &'r [&'r str], i32, &'r str);
    let rows: &[Row<'_>] = &[
        (
            Fault::on_api().set_member("groups", json!([1])),
            &[],
            64,
            "groups, users",
        ),
        (
            Fault::on_api().set_member("groups", json!([1])),
            &["--key", "users"],
            0,
            "",
        ),
        (Fault::on_api().remove_member("users"), &[], 64, "no array"),
        (
            Fault::on_api().status(200, "[]", "application/json"),
            &[],
            64,
            "no object",
        ),
        (
            Fault::on_api(),
            &["--key", "people"],
            64,
            "--key people: the answer holds no such array, but users\n  Say",
        ),
        (
            Fault::on_api(),
            &["--key", "page_size"],
            64,
            "such as --key users.",
        ),
        (
            Fault::on_api().remove_member("users"),
            &["--key", "users"],
            64,
            "no array at all",
        ),
        // It was there on the first page: not the command line is wrong.
        (
            Fault::on_api().after(1).remove_member("users"),
            &["--key", "users", "-f", "page_size=2"],
            76,
            "Check the key",
        ),
        // What is no answer of Zoom's has no names to tell.
        (
            Fault::on_api().garbage_json(),
            &["--key", "people"],
            75,
            "cannot be read",
        ),
        (
            Fault::on_api().set_member("a\nzoom-s2s: done", json!([1])),
            &[],
            64,
            "a\u{fffd}zoom-s2s: done, users",
        ),
    ];
    for (fault, more, code, words) in rows {
        sandbox.fault(fault.clone().always());
        let ended = run(&mut list(&sandbox, "/users", more));
        sandbox.clear_faults();
        assert_eq!(ended.code, *code, "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
        if *code == 64 {
            assert_eq!(ended.stdout, "");
        }
    }
}

#[test]
fn a_warning_stands_on_a_line_of_its_own() {
    let sandbox = account(1);
    let page = r#"{"next_page_token":"","things":[1]}"#;
    let fault = Fault::on_api().always();
    sandbox.fault(fault.status(200, page, "application/json"));
    let script = "exec \"$0\" api GET /things --paginate 2>&1";
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_zoom-s2s")])
        .env_clear()
        .envs(sandbox.env());
    let printed = run(&mut command).good();
    let expected = "[\n1\n]\nwarning: Zoom stated no total";
    assert!(printed.starts_with(expected), "{printed}");
}

#[test]
fn a_list_that_fails_or_stays_short_has_no_end() {
    let sandbox = account(100);
    let refusal = r#"{"code":200,"message":"Not you."}"#;
    for (fault, code, lines, words) in [
        (
            Fault::on_api()
                .after(1)
                .status(403, refusal, "application/json"),
            77,
            31,
            "Not you.",
        ),
        (
            Fault::on_api().total_records_off_by(1),
            75,
            91,
            "90 were delivered",
        ),
        // Without a page, nothing at all: not the refusal either, which is no entry.
        (
            Fault::on_api().status(403, refusal, "application/json"),
            77,
            0,
            "Not you.",
        ),
    ] {
        sandbox.fault(fault.always());
        let ended = run(&mut list(&sandbox, "/users", &["--key", "users"]));
        sandbox.clear_faults();
        assert_eq!(ended.code, code, "{}", ended.stderr);
        assert_eq!(ended.stdout.lines().count(), lines);
        assert!(!ended.stdout.contains(']') || !ended.stdout.ends_with("]\n"));
        assert!(!ended.stdout.contains("Not you."));
        assert!(serde_json::from_str::<Value>(&ended.stdout).is_err());
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
    sandbox.fault(Fault::on_api().always().without_total_records());
    let unchecked = run(&mut list(&sandbox, "/users", &[]));
    let warning = "warning: Zoom stated no total";
    assert!(
        unchecked.stderr.starts_with(warning),
        "{}",
        unchecked.stderr
    );
    assert_eq!(unchecked.good().lines().count(), 92);
}
