//! Ends that come from outside: a reader that goes away, a full disk, Ctrl-C.
#![cfg(unix)]

use std::fs;
use std::time::{Duration, Instant};

use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::support::{bare, end, first_line, led_to, run, signal, start, until};

const ENDLESS: Duration = Duration::from_secs(600);

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for format in ["table", "json", "jsonl", "csv"] {
        let sandbox = Sandbox::builder().users(20_000).start().expect("it starts");
        let listing = format!("users --format {format}");
        let (child, mut stdout) = start(&mut led_to(&sandbox, &listing));
        assert!(!first_line(&mut stdout).is_empty());
        drop(stdout);
        let ended = end(child);
        assert_eq!((ended.code, ended.stderr.as_str()), (141, ""), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = bare("users --sandbox");
    let child = command
        .stdout(full.expect("the device"))
        .stderr(std::process::Stdio::piped())
        .spawn();
    let ended = end(child.expect("it starts"));
    assert_eq!(ended.code, 74);
    let told = "zoom-s2s: cannot write standard output: No space left on device";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    for arguments in [
        "--help",
        "users --help",
        "--version",
        "man",
        "completions zsh",
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = bare(arguments);
        command.stdout(full.expect("the device"));
        let child = command.stderr(std::process::Stdio::piped()).spawn();
        let ended = end(child.expect("it starts"));
        assert_eq!(ended.code, 74, "{arguments}");
        assert!(
            ended.stderr.starts_with(told),
            "{arguments}: {}",
            ended.stderr
        );
    }
}

#[test]
fn help_that_nobody_reads_ends_as_any_output() {
    for arguments in ["--help", "man", "completions zsh"] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = bare(arguments);
        let child = command
            .stdout(writer)
            .stderr(std::process::Stdio::piped())
            .spawn();
        let ended = end(child.expect("it starts"));
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (141, ""),
            "{arguments}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_ignored_at_the_start_stays_ignored() {
    for (name, code) in [("HUP", 143), ("INT", 143)] {
        let sandbox = Sandbox::builder().users(300).start().expect("it starts");
        sandbox.fault(Fault::on_api().latency(ENDLESS));
        let mut command = std::process::Command::new("/bin/sh");
        let script = format!("trap '' {name}; exec \"$0\" users --timeout 600");
        command
            .args(["-c", &script, env!("CARGO_BIN_EXE_zoom-s2s")])
            .env_clear()
            .envs(sandbox.env());
        let (child, _stdout) = start(&mut command);
        until("it is asked", || sandbox.api_requests() == 1);
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.expect("it runs");
        let mask = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            u64::from_str_radix(line.expect("a mask").trim(), 16).expect("a number")
        };
        let bit = if name == "HUP" { 1 } else { 1 << 1 };
        assert_eq!(mask("SigIgn:") & bit, bit, "{name}");
        assert_eq!(mask("SigCgt:") & bit, 0, "{name}");
        signal(&child, name);
        signal(&child, "TERM");
        assert_eq!(end(child).code, code, "{name}");
    }
}

#[test]
fn a_sandbox_that_hangs_up_leaves_nothing() {
    for name in ["HUP", "TERM"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = bare("sandbox --users 1 --tls");
        let (child, mut stdout) = start(command.env("TMPDIR", folder.path()));
        assert!(first_line(&mut stdout).starts_with("# "));
        let entries = || fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(entries(), 1, "the authority");
        signal(&child, name);
        assert_eq!(end(child).code, 0, "{name}");
        assert_eq!(entries(), 0, "{name}");
    }
}

#[test]
fn a_signal_ends_a_pending_call_and_removes_what_is_unfinished() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let sandbox = Sandbox::builder().users(300).start().expect("it starts");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("users.csv");
        fs::write(&file, "old\n").expect("written");
        sandbox.fault(Fault::on_api().after(1).always().latency(ENDLESS));
        let mut command = led_to(&sandbox, "users --page-size 10 --timeout 600 --output");
        let (child, _stdout) = start(command.arg(&file));
        until("the second page is asked for", || {
            sandbox.api_requests() == 2
        });
        let entries = || fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(
            entries(),
            2,
            "the unfinished file stands beside the old one"
        );

        let sent = Instant::now();
        signal(&child, name);
        let ended = end(child);
        assert_eq!(ended.code, code, "{}", ended.stderr);
        // Beyond two seconds it would have been ended by force.
        assert!(
            sent.elapsed() < Duration::from_millis(1500),
            "{:?}",
            sent.elapsed()
        );
        assert_eq!(entries(), 1);
        assert_eq!(fs::read_to_string(&file).expect("a file"), "old\n");
        assert!(ended.stderr.contains("users.csv was left as it was."));
    }
}

#[test]
fn a_signal_ends_it_while_it_waits_for_a_token() {
    let sandbox = Sandbox::builder().users(10).start().expect("it starts");
    sandbox.fault(Fault::on_token().always().latency(ENDLESS));
    let (child, _stdout) = start(&mut led_to(&sandbox, "users --timeout 600"));
    until("a token is asked for", || sandbox.token_requests() == 1);
    signal(&child, "INT");
    let ended = end(child);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (130, "zoom-s2s: interrupted\n")
    );
}

#[test]
fn a_signal_ends_it_also_when_nobody_reads() {
    // One page, larger than what a pipe holds: it cannot be written to its end.
    let account = Sandbox::builder().users(5000).page_size_limit(2000);
    let sandbox = account.start().expect("it starts");
    let mut command = led_to(&sandbox, "users --page-size 2000 --format jsonl");
    let (child, mut stdout) = start(&mut command);
    first_line(&mut stdout);
    signal(&child, "INT");
    assert_eq!(end(child).code, 130);
    drop(stdout);
}

#[test]
fn the_sandbox_ends_in_good_order() {
    for name in ["INT", "TERM"] {
        let (child, mut stdout) = start(&mut bare("sandbox --users 1"));
        assert!(first_line(&mut stdout).starts_with("# "));
        signal(&child, name);
        assert_eq!(end(child).code, 0);
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let ended = run(&mut bare(&format!("sandbox --port {port}")));
    assert_eq!(ended.code, 71);
    assert!(ended.stderr.contains("--port"), "{}", ended.stderr);
}
