//! Token stores: processes that share one token, and passwords that are not told.

use std::net::TcpListener;
use std::process::Command;
use std::thread;

use tempfile::TempDir;
use zoom_s2s_sandbox::{Sandbox, World};

use crate::support::{bare, fed, led_to, run};

/// A Zoom where a new token kills the one before, and a folder for the token file.
struct Shared {
    sandbox: Sandbox,
    folder: TempDir,
}

impl Shared {
    fn start() -> Shared {
        let sandbox = Sandbox::builder().users(10).world(World::SingleToken);
        Shared {
            sandbox: sandbox.start().expect("it starts"),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn url(&self) -> String {
        format!("file:{}", self.folder.path().join("token").display())
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = led_to(&self.sandbox, arguments);
        command.env("ZOOM_S2S_TOKEN_STORE", self.url());
        command
    }

    fn token(&self) -> String {
        run(&mut self.command("token")).good()
    }

    fn better_than(&self, refused: &str) -> String {
        fed(&mut self.command("token --reject"), refused.as_bytes()).good()
    }
}

#[test]
fn processes_that_start_together_ask_for_one_token() {
    let shared = Shared::start();
    let tokens: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| shared.token())).collect();
        runs.into_iter()
            .map(|run| run.join().expect("it ran"))
            .collect()
    });
    assert_eq!(shared.sandbox.token_requests(), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    // And who lists users takes it too.
    run(&mut shared.command("users")).good();
    assert_eq!(shared.sandbox.token_requests(), 1);
}

#[test]
fn a_refused_token_is_replaced_once() {
    let shared = Shared::start();
    let first = shared.token();
    let second = shared.better_than(&first);
    assert_ne!(first, second);
    assert_eq!(shared.sandbox.token_requests(), 2);
    assert_eq!(shared.token(), second, "others get the new one");
    assert_eq!(shared.better_than(&first), second, "it is replaced already");
    assert_eq!(shared.sandbox.token_requests(), 2);
}

#[test]
fn the_option_stands_in_for_the_variable() {
    let shared = Shared::start();
    let url = shared.url();
    let tokens = ["token", "token --header"].map(|command| {
        let mut command = led_to(&shared.sandbox, &format!("{command} --token-store {url}"));
        run(command.env("ZOOM_S2S_TOKEN_STORE", "nonsense")).good()
    });
    assert_eq!(tokens[1], format!("Authorization: Bearer {}", tokens[0]));
    assert_eq!(shared.token(), tokens[0]);
    assert_eq!(shared.sandbox.token_requests(), 1);
    let alone = run(&mut shared.command("token --token-store memory:")).good();
    assert_ne!(alone, tokens[0]);
    // Users who name the store find out that somebody did not.
    let listed = run(&mut shared.command("users"));
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    assert_eq!(shared.sandbox.token_requests(), 3);
}

#[test]
fn where_the_token_came_from_is_told() {
    let shared = Shared::start();
    let url = shared.url();
    let told = |arguments: &str| {
        let ended = run(&mut shared.command(arguments));
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let told = ended
            .stderr
            .lines()
            .find(|line| line.starts_with("token: "));
        told.expect("a line").to_owned()
    };
    assert!(
        told("token -v").starts_with(&format!("token: a new token, shared in {url}, good for "))
    );
    for arguments in ["token -v", "users -v"] {
        assert!(told(arguments).starts_with(&format!("token: the token in {url}, good for ")));
    }
    assert!(told("users -v --legacy-jwt").starts_with("token: a JWT, signed on this machine,"));
}

/// A Redis on a port where nobody listens.
fn nowhere(login: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    format!("redis://{login}{address}")
}

#[test]
fn a_store_that_is_down_is_done_without_unless_it_is_strict() {
    let shared = Shared::start();
    let url = nowhere("");
    let ended = run(&mut shared.command(&format!("token -v --token-store {url}")));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("\ntoken: a new token, not shared because redis://127.0.0.1:")
    );
    let ended = run(&mut shared.command(&format!("token --token-store {url}?strict")));
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (75, ""),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_password_is_never_printed() {
    let shared = Shared::start();
    for login in ["someone:XYZZY@", ":XYZZY@"] {
        for strict in ["", "?strict"] {
            for command in ["token", "users"] {
                let mut command = shared.command(&format!("{command} -vvv"));
                command.env("ZOOM_S2S_TOKEN_STORE", nowhere(login) + strict);
                let ended = run(&mut command);
                let code = if strict.is_empty() { 0 } else { 75 };
                assert_eq!(ended.code, code, "{}", ended.stderr);
                assert!(
                    ended.stderr.contains("redis://127.0.0.1:"),
                    "{}",
                    ended.stderr
                );
                assert!(!(ended.stdout + &ended.stderr).contains("XYZZY"));
            }
        }
    }
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    for arguments in [
        "token --token-store redis://someone:XYZZY@host",
        "users --token-store=rediss://:XYZZY@host:6380/0",
        "users --token-store redis://host?password=XYZZY",
        "token --token-store redis://:XY?ZZY@host",
        "token --token-stor redis://:XYZZY@host",
        "token --tken-store=redis://:XYZZY@host",
        "token redis://:XYZZY@host",
        "redis://:XYZZY@host",
        "--help redis://:XYZZY@host",
    ] {
        let ended = run(&mut bare(arguments));
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (64, ""),
            "{}",
            ended.stderr
        );
        for word in ["--token-store", "ZOOM_S2S_TOKEN_STORE", "?password_file="] {
            assert!(ended.stderr.contains(word), "{}", ended.stderr);
        }
        assert!(!ended.stderr.contains("ZZY"), "{}", ended.stderr);
    }
}
