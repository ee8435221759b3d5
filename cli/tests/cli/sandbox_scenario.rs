//! `zoom-s2s sandbox --scenario` and `--plan`: what a file or an option makes of the sandbox.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zoom_s2s_sandbox::Scenario;

use crate::sandbox_process::Started;
use crate::support::{bare, run};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/sandbox")
}

#[test]
fn the_examples_do_what_their_names_say() {
    for (file, users, code, told) in [
        ("bad-day.json", 3000, 0, ""),
        ("missing-scope.json", 10, 77, "user:read:list_users:admin"),
        ("clock-ahead.json", 10, 0, ""),
    ] {
        let file = examples().join(file);
        let sandbox = Started::new(&format!("--users {users} --scenario {}", file.display()));
        let ended = run(&mut sandbox.led("users --status all --timeout 60 --format jsonl"));
        assert_eq!(ended.code, code, "{}: {}", file.display(), ended.stderr);
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
        let state: Value = sandbox.get("/sandbox/state");
        if file.ends_with("bad-day.json") {
            assert!(state["token_requests"].as_u64() > Some(1), "{state}");
        }
        if file.ends_with("clock-ahead.json") {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            let ahead =
                state["unix_seconds"].as_u64().expect("a time") - now.expect("now").as_secs();
            assert!((7000..7400).contains(&ahead), "{ahead}");
        }
    }
    for entry in fs::read_dir(examples()).expect("the examples") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.parse::<Scenario>().is_ok(), "{}", path.display());
    }
}

#[test]
fn every_member_reaches_the_sandbox() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("scenario.json");
    for (scenario, arguments, code, told) in [
        (json!({}), "", 0, ""),
        (json!({"app": {"disabled": true}}), "", 77, "disabled"),
        (
            json!({"app": {"server_to_server": false}}),
            "",
            77,
            "unsupported_grant_type",
        ),
        (
            json!({"faults": [{"on": "api", "times": "always", "action": {"html": 403}}]}),
            "",
            76,
            "",
        ),
        (json!({"concurrency_limit": 0}), "", 75, ""),
        // Every call meets dead tokens: it ends, with the right reason.
        (json!({"kill_tokens_every": 1}), "", 77, "124"),
        // More than 2 pages a second are waited for.
        (json!({"plan": "free"}), "", 0, ""),
        (json!({}), "--plan free", 0, ""),
    ] {
        fs::write(&file, scenario.to_string()).expect("written");
        let sandbox = Started::new(&format!(
            "--users 60 {arguments} --scenario {}",
            file.display()
        ));
        let ended = run(&mut sandbox.led("users --timeout 4 --page-size 18"));
        assert_eq!(ended.code, code, "{scenario}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{scenario}: {}", ended.stderr);
        let limited = sandbox
            .journal()
            .iter()
            .filter(|entry| entry["status"] == 429)
            .count();
        let has_plan = scenario["plan"] == "free" || !arguments.is_empty();
        assert_eq!(
            limited > 0,
            has_plan || scenario["concurrency_limit"] == 0,
            "{scenario} {arguments}"
        );
    }
}

#[test]
fn what_is_wrong_in_a_file_is_shown_where_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("scenario.json");
    for (text, place, told) in [
        ("", "line 1, column 0", "EOF"),
        ("[1]", "line 1", "expected"),
        (
            "{\n  \"plan\": \"gold\"\n}",
            "line 2, column 16",
            "`gold`, expected one of `free`, `pro`, `business`",
        ),
        (
            "{\"faults\": [\n  {\"on\": \"api\",\n   \"tims\": 3}]}",
            "line 3, column 9",
            "unknown field `tims`",
        ),
        (
            "{\"faults\": [{\"on\": \"everything\"}]}",
            "line 1",
            "`on` is neither",
        ),
        (
            "{\"faults\": [{\"on\": \"api\", \"times\": \"twice\"}]}",
            "line 1",
            "`times` is neither",
        ),
        (
            "{\"faults\": [{\"on\": \"api\", \"action\": \"explode\"}]}",
            "line 1",
            "unknown variant `explode`",
        ),
        (
            "{\"clock\": {\"advance_seconds\": -1}}",
            "clock",
            "not a time",
        ),
        (
            "{\"clock\": {\"offset_seconds\": 9223372036854775807}}",
            "clock",
            "more than 10,000 years",
        ),
        (
            "{\"role\": {\"permissions\": []}, \"app\": {\"add_scope\": \"user:read:admin\"}}",
            "app",
            "the role lacks User: Read",
        ),
        ("{\"users\": 3}", "line 1", "unknown field `users`"),
        ("{} x", "line 1, column 4", "trailing"),
        ("{\"plan\": \u{1}}", "line 1", ""),
    ] {
        fs::write(&file, text).expect("written");
        let mut command = bare("sandbox --scenario");
        let ended = run(command.arg(&file));
        assert_eq!(ended.code, 78, "{text}: {}", ended.stderr);
        let first = ended.stderr.lines().next().expect("a line");
        assert!(
            first.starts_with(&format!("zoom-s2s: {}, {place}", file.display())),
            "{first}"
        );
        assert!(first.contains(told), "{first}");
        assert!(
            ended.stderr.ends_with("with an example of each.\n"),
            "{}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "");
    }
    fs::write(&file, "{\n  \"plan\": \"gold\"\n}").expect("written");
    let ended = run(bare("sandbox --scenario").arg(&file));
    let lines: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(lines[1], "    \"plan\": \"gold\"");
    assert_eq!(lines[2].find('^'), lines[1].rfind('"'), "{}", ended.stderr);

    let ended = run(bare("sandbox --scenario").arg(folder.path().join("missing.json")));
    assert_eq!(ended.code, 78);
    assert!(
        ended.stderr.contains("missing.json: No such file"),
        "{}",
        ended.stderr
    );
}

#[test]
fn everything_the_help_shows_is_taken() {
    let help = run(&mut bare("sandbox --help")).good();
    let after = |text: &str| {
        help.split_once(text)
            .expect("it is in the help")
            .1
            .to_owned()
    };
    let object = after("each member may be left out:\n");
    let object = object
        .split("  A fault strikes")
        .next()
        .expect("the object");
    // Beside the members stands what they mean.
    let bare_lines: Vec<&str> = object
        .lines()
        .map(|line| line.trim_start().split("   ").next().expect("a part"))
        .collect();
    let example = bare_lines.join("\n");
    assert!(
        example.parse::<Scenario>().is_ok(),
        "{example}: {:?}",
        example.parse::<Scenario>().err()
    );

    let actions = after("Its action is one of:\n");
    let mut actions = actions
        .split("  The same objects")
        .next()
        .expect("the list")
        .to_owned();
    while let Some(open) = actions.find('(') {
        let close = open + actions[open..].find(')').expect("its end");
        actions.replace_range(open..=close, "");
    }
    let actions: Vec<Value> =
        serde_json::from_str(&format!("[{}]", actions.trim().trim_end_matches('.'))).expect("JSON");
    assert!(actions.len() > 15);
    for action in actions {
        let scenario = json!({"faults": [{"on": "api", "action": action}]}).to_string();
        assert!(scenario.parse::<Scenario>().is_ok(), "{scenario}");
    }
}
