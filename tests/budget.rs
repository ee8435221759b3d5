//! What the library, as `make` builds it, costs whoever loads it, in counts that are the same on a busy
//! machine: bytes, instructions, system calls, allocations. The budget is `tests/budget.json`; more is
//! allowed for a reason that stands in the commit, and `ZOOM_S2S_WRITE_BUDGET=1` writes it anew. How long
//! things take is the benchmarks' business.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::c::{compiler, folder, root, succeed, text, with_sandbox};
use support::make::{built, clean, make};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Builder, Sandbox};

const BUDGET: &str = "tests/budget.json";

fn budget() -> Value {
    let text = fs::read_to_string(root().join(BUDGET)).expect("the budget");
    serde_json::from_str(&text).expect("JSON")
}

fn tools(test: &str, names: &[&str]) -> bool {
    let missing = names.iter().find(|name| !has_tool(name));
    missing.inspect(|tool| skip(test, tool)).is_none()
}

/// The folder of the built library, with the link by which programs find it.
fn released() -> PathBuf {
    make("all", &[]);
    let link = built().join("libzoom_s2s.so.1");
    // Another test may be faster.
    let _ = std::os::unix::fs::symlink("libzoom_s2s.so", &link);
    assert!(link.exists(), "{link:?} leads nowhere");
    built()
}

/// A command that is given this library and no other: cargo leads the programs of tests to the one of
/// debug builds.
fn with_library(program: impl AsRef<OsStr>, zoom: &Sandbox) -> Command {
    let mut command = with_sandbox(program, zoom);
    command.env("LD_LIBRARY_PATH", built());
    command
}

/// Compiles a program of `tests/c` against the library.
fn compile(name: &str) -> PathBuf {
    let (library, program) = (released(), folder(name).join("program"));
    let mut command = clean(compiler("c"));
    command
        .args(["-O2", "-Wall", "-Werror", "-o"])
        .arg(&program)
        .arg(format!("tests/c/{name}.c"))
        .arg(format!("-I{}", root().join("include").display()))
        .arg(library.join("libzoom_s2s.so"));
    succeed(&mut command);
    program
}

#[test]
fn the_library_is_small() {
    if !tools("the_library_is_small", &["make", "cc"]) {
        return;
    }
    let size = fs::metadata(released().join("libzoom_s2s.so"))
        .unwrap()
        .len();
    println!("{size} bytes");
    // Without redis it is some 50 kB less; a build more to test that takes minutes.
    assert!(
        size <= budget()["library_bytes"].as_u64().unwrap(),
        "{size} bytes"
    );
}

#[test]
fn a_held_token_is_copied_in_few_instructions() {
    const TEST: &str = "a_held_token_is_copied_in_few_instructions";
    if !tools(TEST, &["make", "cc", "valgrind"]) {
        return;
    }
    let program = compile("held_token");
    let zoom = sandbox(|sandbox| sandbox);
    let count = |copies: u64| instructions(with_library("valgrind", &zoom), &program, copies);
    // What a start takes differs by some thousands from run to run.
    let each = count(201_000).saturating_sub(count(1_000)) / 200_000;
    println!("{each} instructions");
    let most = budget()["held_token_instructions"].as_u64().unwrap();
    assert!((10..=most).contains(&each), "{each}");
    assert_eq!(
        zoom.token_requests(),
        2,
        "one for each of the two processes"
    );
}

/// Instructions of a program with a number as its argument, system calls not counted.
fn instructions(mut valgrind: Command, program: &Path, argument: u64) -> u64 {
    let counts = program.with_file_name("callgrind.out");
    valgrind
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .arg(program)
        .arg(argument.to_string());
    figure(&text(&succeed(&mut valgrind).stderr), "Collected :")
}

/// The number behind these words.
fn figure(said: &str, words: &str) -> u64 {
    let rest = said
        .split(words)
        .nth(1)
        .unwrap_or_else(|| panic!("no {words} in {said}"));
    let number = rest
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .replace(',', "");
    number
        .parse()
        .unwrap_or_else(|_| panic!("no number after {words} in {said}"))
}

/// What one more page costs over this transport.
fn page(program: &Path, zoom: &Sandbox) -> Value {
    let authority = program.with_file_name("ca.pem");
    let run = |tool: &str| {
        let mut command = with_library(tool, zoom);
        if let Some(pem) = zoom.ca_pem() {
            fs::write(&authority, pem).unwrap();
            command
                .env("ZOOM_S2S_CA_FILE", &authority)
                .env("ZOOM_S2S_CA_ONLY", "1");
        }
        command
    };
    // Both runs list the same pages, one half of them twice as many.
    let each = |count: &dyn Fn(u64) -> u64| count(40).saturating_sub(count(10)).div_ceil(30);
    json!({
        "instructions": each(&|pages| instructions(run("valgrind"), program, pages)),
        "allocations": each(&|pages| {
            let mut command = run("valgrind");
            let said = succeed(command.arg(program).arg(pages.to_string())).stderr;
            figure(&text(&said), "total heap usage:")
        }),
        "system_calls": each(&|pages| {
            let log = program.with_file_name("strace.out");
            let mut command = run("strace");
            command.args(["-f", "-qq", "-o"]).arg(&log).arg(program);
            succeed(command.arg(pages.to_string()));
            let trace = fs::read_to_string(&log).unwrap();
            trace.lines().filter(|line| line.contains(" = ")).count() as u64
        }),
    })
}

/// What a listing as a whole costs.
fn listing(program: &Path, zoom: &Sandbox) -> Value {
    let said = |pages: u64| {
        let mut command = with_library(program, zoom);
        text(&succeed(command.arg(pages.to_string())).stdout)
    };
    let (few, many) = (said(20), said(120));
    assert_eq!(figure(&many, "users"), 36_000, "{many}");
    let faults = |said: &str| figure(said, "page_faults");
    json!({
        "page_faults_of_100_pages": faults(&many).saturating_sub(faults(&few)),
        "connections": figure(&many, "connections"),
        "dns_lookups": figure(&many, "dns_lookups"),
        "threads": figure(&many, "threads"),
    })
}

#[test]
fn a_listing_stays_within_its_budget() {
    const TEST: &str = "a_listing_stays_within_its_budget";
    if !tools(TEST, &["make", "cc", "valgrind", "strace"]) {
        return;
    }
    let program = compile("list_pages");
    let account =
        |settings: fn(Builder) -> Builder| sandbox(|sandbox| settings(sandbox.users(60_000)));
    let http = account(|sandbox| sandbox.gzip(false));
    let found = json!({
        "page_over_http": page(&program, &http),
        "page_over_tls": page(&program, &account(|sandbox| sandbox.tls(true).gzip(false))),
        "page_over_tls_gzip": page(&program, &account(|sandbox| sandbox.tls(true).gzip(true))),
        "listing": listing(&program, &http),
    });
    println!("{found:#}");
    if std::env::var_os("ZOOM_S2S_WRITE_BUDGET").is_some() {
        return write(found);
    }
    let budget = budget();
    let mut over = Vec::new();
    for (part, figures) in found.as_object().unwrap() {
        for (name, figure) in figures.as_object().unwrap() {
            let (figure, most) = (
                figure.as_u64().unwrap(),
                budget[part][name].as_u64().unwrap(),
            );
            if figure > most {
                over.push(format!(
                    "{part}: {figure} {name}, at most {most} are allowed"
                ));
            }
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

/// Writes the budget: what was found, and what it differs by from run to run.
fn write(found: Value) {
    let mut budget = budget();
    for (part, figures) in found.as_object().unwrap() {
        for (name, figure) in figures.as_object().unwrap() {
            let figure = figure.as_u64().unwrap();
            let room = match name.as_str() {
                // A read more or less, as the peer is faster or slower.
                "instructions" => figure / 200,
                "allocations" => 10,
                "system_calls" => 4 + figure / 4,
                "page_faults_of_100_pages" => 100,
                _ => 0,
            };
            budget[part][name] = json!(figure + room);
        }
    }
    let text = serde_json::to_string_pretty(&budget).unwrap();
    fs::write(root().join(BUDGET), text + "\n").unwrap();
}
