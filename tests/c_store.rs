//! Token stores from C: processes that share one token, and stores that are refused or away.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::c::{compile, compiler, folder, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::Sandbox;

fn program(test: &str) -> Option<PathBuf> {
    let compiler = compiler("c");
    if !has_tool(&compiler) && !Path::new(&compiler).is_file() {
        skip(test, &compiler);
        return None;
    }
    let program = folder(test).join("store");
    let source = root().join("tests/c/store.c");
    compile(&compiler, &[&source], &[] as &[&str], &program);
    Some(program)
}

/// What one run printed.
struct Said(String);

impl Said {
    fn run(program: &Path, zoom: &Sandbox, mode: &str, store: &str) -> Said {
        let output = succeed(with_sandbox(program, zoom).args([mode, store]));
        Said(text(&output.stdout))
    }

    fn words<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.0.lines().filter_map(|line| line.split_once(' '));
        lines.filter_map(move |(known, rest)| (known == name).then_some(rest))
    }

    fn tokens(&self) -> BTreeSet<&str> {
        self.words("token").collect()
    }

    fn counter(&self, name: &str) -> u64 {
        let mut found = self.words(name);
        found
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("no {name}: {}", self.0))
    }

    fn status(&self) -> Value {
        let json = self.words("status").next().expect("the status snapshot");
        serde_json::from_str(json).expect("JSON")
    }
}

/// A port on which nobody listens.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

#[test]
fn two_processes_use_one_token_of_a_file() {
    let Some(program) = program("c_store_file") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let file = program.with_file_name("zoom-token");
    let store = format!("file:{}", file.display());
    let first = Said::run(&program, &zoom, "token", &store);
    assert_eq!(first.counter("token_requests"), 1);
    assert!(first.counter("store_operations") >= 3, "{}", first.0);
    assert_eq!(first.counter("tokens_adopted"), 0);
    let second = Said::run(&program, &zoom, "token", &store);
    assert_eq!(second.tokens(), first.tokens());
    assert_eq!(second.counter("token_requests"), 0);
    assert_eq!(second.counter("tokens_adopted"), 1);
    assert_eq!(zoom.token_requests(), 1);
    for said in [&first, &second] {
        assert_eq!(said.tokens().len(), 1);
        assert_eq!(said.counter("store_failures"), 0);
        assert_eq!(said.counter("fetched_alone"), 0);
        let status = said.status();
        let name = status["store"].as_str().expect("a name");
        assert!(name.starts_with("file:") && name.ends_with("/zoom-token"));
        assert_eq!(status["store_error"], Value::Null);
    }

    // Everybody for himself, as it was without.
    let third = Said::run(&program, &zoom, "token", "memory:");
    assert_ne!(third.tokens(), first.tokens());
    assert_eq!(third.counter("store_operations"), 0);
    assert_eq!(zoom.token_requests(), 2);
}

#[test]
fn forked_children_use_one_token_of_a_file() {
    let Some(program) = program("c_store_fork") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let store = format!("file:{}", program.with_file_name("zoom-token").display());
    let said = Said::run(&program, &zoom, "fork", &store);
    assert_eq!(said.words("token").count(), 5, "{}", said.0);
    assert_eq!(said.tokens().len(), 1, "{}", said.0);
    assert_eq!(zoom.token_requests(), 1);
}

#[test]
fn a_url_that_cannot_be_used_is_refused_by_name() {
    let Some(program) = program("c_store_refused") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let token = program.with_file_name("token");
    let token = token.display();
    for store in [
        "hushhush".to_owned(),
        "ftp://hushhush@host".to_owned(),
        "memory:?strict".to_owned(),
        format!("file:{token}?strickt=hushhush"),
        format!("file:{token}?mode=0644"),
        "file:/nonexistent/zoom-token".to_owned(),
        "redis://user:hushhush@".to_owned(),
        "redis://:hushhush@host/notanumber".to_owned(),
        "redis://host?password_file=/nonexistent".to_owned(),
    ] {
        let said = Said::run(&program, &zoom, "refused", &store).0;
        assert!(said.starts_with("CONFIG: token_store "), "{store}: {said}");
        assert!(!said.contains("hushhush"), "{store}: {said}");
    }
    assert_eq!(zoom.token_requests(), 0);
}

#[test]
fn a_store_that_is_away_is_done_without_unless_it_is_strict() {
    let Some(program) = program("c_store_away") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let store = format!("redis://:hushhush@127.0.0.1:{}", closed_port());
    let said = Said::run(&program, &zoom, "strict", &format!("{store}?strict"));
    assert!(
        said.0.starts_with("STORE: the token store redis://"),
        "{}",
        said.0
    );
    assert!(said.counter("store_failures") >= 1);
    assert_eq!(zoom.token_requests(), 0, "a strict store was gone without");

    let alone = Said::run(&program, &zoom, "alone", &store);
    assert_eq!(alone.tokens().len(), 1);
    assert_eq!(alone.counter("fetched_alone"), 1);
    assert!(alone.counter("store_failures") >= 1);
    assert_eq!(zoom.token_requests(), 1);
    for said in [said, alone] {
        let status = said.status();
        assert!(status["store_error"].is_string(), "{status}");
        assert!(!said.0.contains("hushhush"), "{}", said.0);
    }
}

/// The variable does what the setter does, and is named where it cannot be used.
#[test]
fn the_variable_names_a_store_too() {
    let Some(program) = program("c_store_variable") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let users = program.with_file_name("users");
    let source = root().join("tests/host/users.c");
    compile(&compiler("c"), &[&source], &[] as &[&str], &users);
    let file = program.with_file_name("zoom-token");
    for _ in 0..2 {
        let store = format!("file:{}", file.display());
        succeed(with_sandbox(&users, &zoom).env("ZOOM_S2S_TOKEN_STORE", store));
    }
    assert_eq!(zoom.token_requests(), 1);
    assert!(fs::metadata(&file).expect("the token file").is_file());
    let output = with_sandbox(&users, &zoom)
        .env("ZOOM_S2S_TOKEN_STORE", "redis://:hushhush@host?strickt")
        .output()
        .expect("the program runs");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("ZOOM_S2S_TOKEN_STORE"), "{said}");
    assert!(!said.contains("hushhush"), "{said}");
}
