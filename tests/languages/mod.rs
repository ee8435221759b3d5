//! What the tests of `php/`, `perl/` and `ruby/` share. Each of them uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use zoom_s2s::{Method, Request};
use zoom_s2s_sandbox::{Sandbox, UserStatus};

use crate::support::c::{library, root, succeed, text, with_sandbox};
use crate::support::{client, sandbox};

/// A program that finds the library and this sandbox by its environment.
pub(crate) fn program(tool: &str, zoom: &Sandbox) -> Command {
    let mut command = with_sandbox(tool, zoom);
    command
        .env("ZOOM_S2S_LIBRARY", library().join("libzoom_s2s.so.1"))
        // Else the size of a process depends on which thread made what.
        .env("MALLOC_ARENA_MAX", "1")
        .env("NO_PROXY", "*");
    command
}

/// Runs a script that stands in a test, and gives what it printed. It must end well and complain of
/// nothing.
pub(crate) fn run(tool: &str, script: &str, arguments: &[&str], zoom: &Sandbox) -> String {
    let flag = if tool == "php" { "-r" } else { "-e" };
    let mut command = program(tool, zoom);
    let script = match tool {
        "php" => format!(
            "error_reporting(E_ALL); ini_set('display_errors', 'stderr'); \
             require '{}/php/zoom_s2s.php'; {script}",
            root().display()
        ),
        "perl" => {
            command.arg(format!("-I{}/perl", root().display()));
            format!("use v5.20; use warnings; use ZoomS2S; {script}")
        }
        _ => {
            command.arg("-w");
            format!("require '{}/ruby/zoom_s2s'\n{script}", root().display())
        }
    };
    let output = succeed(command.args([flag, &script, "--"]).args(arguments));
    assert_eq!(text(&output.stderr), "", "{tool}");
    text(&output.stdout)
}

/// What the examples print of all users: address and ID.
fn everybody(zoom: &Sandbox) -> String {
    UserStatus::ALL
        .into_iter()
        .flat_map(|status| zoom.truth(status))
        .map(|user| {
            let id = user.id.unwrap_or_else(|| "(pending)".into());
            format!("{}\t{id}\n", user.email)
        })
        .collect()
}

/// The example lists everybody, and, where nothing is said, the active users.
pub(crate) fn lists_whom_the_account_has(tool: &str, example: &str) {
    let zoom = sandbox(|sandbox| sandbox.users(1_000));
    let example = root().join(example);
    let all = succeed(program(tool, &zoom).arg(&example).arg("all"));
    assert_eq!(text(&all.stdout), everybody(&zoom));
    assert_eq!(text(&all.stderr), "");
    let active = succeed(program(tool, &zoom).arg(&example));
    let count = zoom.truth(UserStatus::Active).count();
    assert!(count > 600, "several pages");
    assert_eq!(text(&active.stdout).lines().count(), count);
}

fn fails(command: &mut Command) -> (Output, String) {
    let output = command.output().expect("it runs");
    let said = text(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert_eq!(text(&output.stdout), "");
    (output, said)
}

/// A wrong secret ends the example with the cure, not with the secret; so does a missing library.
pub(crate) fn says_what_helps(tool: &str, example: &str) {
    let zoom = sandbox(|sandbox| sandbox);
    let example = root().join(example);
    let wrong = "not-the-secret";
    let (_, said) = fails(
        program(tool, &zoom)
            .arg(&example)
            .env("ZOOM_CLIENT_SECRET", wrong),
    );
    for part in ["invalid_client", "Compare ZOOM_CLIENT_SECRET with"] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert!(!said.contains(wrong), "{said}");
    let (_, said) = fails(
        program(tool, &zoom)
            .arg(&example)
            .env("ZOOM_S2S_LIBRARY", "/nowhere/libzoom_s2s.so.1"),
    );
    assert!(said.contains("ZOOM_S2S_LIBRARY"), "{said}");
}

/// Runs a script that asks with its own HTTP code, and has its token killed on the way: it prints the
/// status before, the status with the dead token, and the status with the better one.
pub(crate) fn replaces_a_rejected_token(tool: &str, script: &str) {
    let zoom = sandbox(|sandbox| sandbox);
    let said = run(
        tool,
        script,
        &[zoom.api_url(), &format!("{}/sandbox", zoom.url())],
        &zoom,
    );
    assert_eq!(said, "200\n401\n200\n");
    assert_eq!(zoom.token_requests(), 2);
}

/// Runs a script that prints the IDs of its first argument's meetings, which come in several pages.
pub(crate) fn pages_meetings(tool: &str, script: &str) {
    let zoom = sandbox(|sandbox| sandbox.meetings_per_user(70));
    zoom.set_scopes(&[]);
    let user = zoom.truth(UserStatus::Active).nth(1).expect("a user");
    let user = user.id.expect("an active user's ID");
    let request = Request::new(Method::Get, "/users/{id}/meetings")
        .segment("id", &user)
        .query("page_size", "30");
    let mut expected = String::new();
    for page in client(&zoom).pages(request, "meetings") {
        for entry in page.expect("a page").entries() {
            expected += entry.member_json("id").expect("an ID");
            expected.push('\n');
        }
    }
    assert_eq!(expected.lines().count(), 70);
    zoom.clear_journal();
    assert_eq!(run(tool, script, &[&user], &zoom), expected);
    let path = format!("/v2/users/{user}/meetings");
    let pages = zoom
        .journal()
        .iter()
        .filter(|entry| entry.path == path)
        .count();
    assert!(pages >= 3, "{pages} pages");
}

/// Runs a script that sends a body, and reads what Zoom answers.
pub(crate) fn sends_anything(tool: &str, script: &str) {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let user = zoom.truth(UserStatus::Active).nth(1).expect("a user");
    let user = user.id.expect("an active user's ID");
    assert_eq!(
        run(tool, script, &[&user], &zoom),
        "204\nGröße & Maß\nNOT_FOUND 404 1001\n"
    );
}

/// Runs a script that frees objects in odd orders, over and over, and prints its resident memory in
/// KiB: after a first part, and at its end.
pub(crate) fn leaks_nothing(tool: &str, script: &str) {
    let zoom = sandbox(|sandbox| sandbox.users(300));
    let said = run(tool, script, &[], &zoom);
    let sizes: Vec<i64> = said
        .lines()
        .map(|line| line.trim().parse().expect("a number"))
        .collect();
    let [before, after] = sizes[..] else {
        panic!("{said}")
    };
    println!("{tool}: {before} KiB, then {after} KiB");
    // The tokens alone that are taken in between would be 13,000.
    assert!(after - before < 8_000, "{before} KiB became {after} KiB");
}

/// Runs a script that reads a part of a listing, forks, and reads on in both processes: each prints
/// how many users it saw, and whether the other one's end was a good one.
pub(crate) fn survives_a_fork(tool: &str, script: &str) {
    let zoom = sandbox(|sandbox| sandbox.users(1_000));
    let count = zoom.truth(UserStatus::Active).count();
    let said = run(tool, script, &[], &zoom);
    assert_eq!(
        said,
        format!("child {count} {count}\nparent {count} {count} 0\n")
    );
    assert_eq!(zoom.token_requests(), 1, "the child has its parent's token");
}

/// Interrupts a program that waits for Zoom, once it has said so.
pub(crate) fn slow_sandbox() -> Sandbox {
    let zoom = sandbox(|sandbox| sandbox);
    let fault = zoom_s2s_sandbox::Fault::on_api();
    zoom.fault(fault.latency(Duration::from_secs(600)).times(1));
    zoom
}

/// Every C function that the log names is called with the types that the header declares. A line is
/// the function without its prefix, its result, and its parameters, each one of `i32`, `i64`, `size`,
/// `pointer` and `void`.
pub(crate) fn assert_as_declared(log: &str) {
    let functions = crate::support::declared::functions();
    let plain = |kind: &str| match kind {
        "int32_t" => "i32",
        "int64_t" => "i64",
        "size_t" => "size",
        "void" => "void",
        other if other.ends_with('*') => "pointer",
        other => panic!("{other}"),
    };
    let mut seen = 0;
    for line in log.lines() {
        let mut words = line.split_whitespace();
        let name = words.next().expect("a name");
        let declared = functions
            .iter()
            .find(|function| function.name == name)
            .unwrap_or_else(|| panic!("the header has no {name}"));
        let mut expected = vec![plain(&declared.result)];
        expected.extend(declared.parameters.iter().map(|(kind, _)| plain(kind)));
        assert_eq!(words.collect::<Vec<_>>(), expected, "{name}");
        seen += 1;
    }
    assert!(seen > 15, "only {seen} functions");
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

pub(crate) fn file(path: &str) -> PathBuf {
    root().join(path)
}
