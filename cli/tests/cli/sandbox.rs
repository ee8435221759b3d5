//! The sandbox in the command.

use std::io::BufRead;
use std::path::Path;

use crate::support::{bare, end, run, start};

#[test]
fn a_newcomer_sees_a_token_fetched_and_users_listed() {
    let ended = run(&mut bare("users --sandbox"));
    assert_eq!(ended.code, 0);
    let told: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(told.len(), 3, "{}", ended.stderr);
    assert!(
        told[0].starts_with("sandbox: a made-up Zoom account of 50 users at http://127.0.0.1:")
    );
    assert!(told[1].starts_with("token: "), "{}", told[1]);
    assert!(
        told[1].contains("good for 60 minutes; scopes: "),
        "{}",
        told[1]
    );
    let users = ended.stdout.lines().count() - 1;
    assert!(
        told[2].starts_with(&format!("{users} users listed in ")),
        "{}",
        told[2]
    );
    assert!(told[2].ends_with(" ms, 1 page"), "{}", told[2]);
}

#[test]
fn the_environment_does_not_reach_the_sandbox_inside() {
    let mut command = bare("users --sandbox --sandbox-users 700 --status all --format jsonl");
    command
        .env("ZOOM_CLIENT_SECRET", "real")
        .env("ZOOM_S2S_API_URL", "https://example.invalid")
        .env("ZOOM_S2S_TIMEOUT_MS", "nonsense")
        .env("https_proxy", "http://192.0.2.1:9");
    assert_eq!(run(&mut command).good().lines().count(), 700);
}

#[cfg(unix)]
#[test]
fn its_lines_lead_there_by_tls_too() {
    for tls in ["", " --tls --single-token --token-lifetime 60 --seed 7"] {
        let (child, stdout) = start(&mut bare(&format!("sandbox --users 30{tls}")));
        let mut users = bare("users --status all --format jsonl");
        let mut authority = None;
        for line in stdout.lines() {
            let line = line.expect("a line");
            let Some(setting) = line.strip_prefix("export ") else {
                assert!(line.starts_with("# "), "{line}");
                continue;
            };
            let (name, value) = setting.split_once('=').expect("a setting");
            users.env(name, value);
            if name == "ZOOM_S2S_CA_FILE" {
                authority = Some(value.to_owned());
            }
            let last = if tls.is_empty() {
                "ZOOM_S2S_API_URL"
            } else {
                "ZOOM_S2S_CA_FILE"
            };
            if name == last {
                break;
            }
        }
        assert_eq!(run(&mut users).good().lines().count(), 30);
        crate::support::signal(&child, "INT");
        assert_eq!(end(child).code, 0);
        assert_eq!(authority.is_some(), !tls.is_empty());
        if let Some(file) = authority {
            assert!(
                !Path::new(&file).exists(),
                "the authority outlives its sandbox"
            );
        }
    }
}
