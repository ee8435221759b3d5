//! Forking C and Python programs while their other threads are inside calls of the C library.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use support::c::{compile, compiler, folder, library, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Fault, Sandbox};

/// How long the storm's tokens live, in seconds: several are renewed meanwhile.
const LIFE: u64 = 6;

fn forks() -> String {
    std::env::var("ZOOM_S2S_C_FORKS").unwrap_or_else(|_| "300".into())
}

fn storm_sandbox() -> Sandbox {
    sandbox(|sandbox| sandbox.token_lifetime(Duration::from_secs(LIFE)))
}

/// Runs the storm and counts the tokens it took.
fn run_storm(command: &mut Command, zoom: &Sandbox) {
    let started = Instant::now();
    let output = succeed(command);
    // A token is renewed between 5/6 and 9/10 of its life: by the parent, and by each of the children
    // that are there at that time.
    let renewals = started.elapsed().as_secs() / (LIFE * 5 / 6);
    let requests = zoom.token_requests() as u64;
    print!("{}", text(&output.stdout));
    println!("{requests} token requests, {renewals} renewals at most");
    assert!(requests >= 2, "no token was renewed meanwhile");
    assert!(
        requests <= (1 + renewals) * (1 + 4 + 1),
        "{requests} token requests"
    );
}

fn program(test: &str) -> Option<std::path::PathBuf> {
    if !has_tool(&compiler("c")) {
        skip(test, &compiler("c"));
        return None;
    }
    let program = folder(test).join("fork");
    let source = root().join("tests/host/fork.c");
    compile(&compiler("c"), &[&source], &[] as &[&str], &program);
    Some(program)
}

#[test]
fn children_of_a_c_program_work_and_their_parent_does_not_notice() {
    let Some(program) = program("c_fork_storm") else {
        return;
    };
    let zoom = storm_sandbox();
    run_storm(
        with_sandbox(&program, &zoom).args(["storm", &forks()]),
        &zoom,
    );
}

#[test]
fn children_of_a_python_program_work_and_their_parent_does_not_notice() {
    if !has_tool("python3") {
        return skip("python_fork_storm", "python3");
    }
    let zoom = storm_sandbox();
    let library = library().join("libzoom_s2s.so.1");
    let script = root().join("tests/host/fork_storm.py");
    let mut command = with_sandbox("python3", &zoom);
    // Newer versions warn of forks in programs with threads, which is what this is about.
    command.args(["-W", "ignore::DeprecationWarning"]);
    run_storm(
        command.args([&*script, &*library, Path::new(&forks())]),
        &zoom,
    );
}

#[test]
fn a_pager_that_was_in_use_is_told_so_in_the_child() {
    let Some(program) = program("c_fork_pager") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on("GET", "/v2/users").latency(Duration::from_secs(1)));
    let output = succeed(with_sandbox(&program, &zoom).arg("pager"));
    print!("{}", text(&output.stdout));
}
