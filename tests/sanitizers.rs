//! C programs and the library under AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer and
//! valgrind: what one side of the border does to the memory of the other.
//!
//! No ThreadSanitizer: it knows only code built with it, so the standard library would have to be built
//! with it too, and its source (rust-src) is not part of the toolchain.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use support::c::{compile, compiler, folder, root, succeed, text, with_sandbox};
use support::{has_tool, sandbox, skip};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What a sanitizer's report holds, whichever it is.
const REPORTS: [&str; 3] = ["AddressSanitizer", "LeakSanitizer", "runtime error:"];

#[test]
fn the_sanitizers_are_on() {
    let Some(program) = sanitized("the_sanitizers_are_on", "tests/c/seeded.c") else {
        return;
    };
    let fine = seeded(&program, "fine");
    assert!(fine.status.success(), "{}", text(&fine.stderr));
    assert_silent(&fine);
    assert_eq!(text(&fine.stdout), "done\n");

    // The mistake, its name in the report, and whether the library has a part in it.
    for (mistake, report, ours) in [
        ("overflow", "heap-buffer-overflow", false),
        ("freed", "heap-use-after-free", true),
        ("signed", "runtime error: signed integer overflow", false),
        ("leak", "detected memory leaks", true),
    ] {
        let output = seeded(&program, mistake);
        let told = text(&output.stderr);
        assert!(!output.status.success(), "{mistake} passed: {told}");
        assert!(told.contains(report), "{mistake}: {told}");
        if ours {
            let behind = match mistake {
                "freed" => "freed by thread",
                _ => report,
            };
            // The next stack is another one's.
            let after = told.split(behind).nth(1).unwrap_or_default();
            let mut frames = after
                .lines()
                .skip_while(|line| !line.contains(" in "))
                .take_while(|line| line.contains(" in "))
                .filter_map(|line| line.split(" in ").nth(1)?.split(' ').next());
            assert!(
                frames.any(|function| function.contains("zoom_s2s")),
                "{mistake}: no frame of the library: {told}"
            );
        }
    }
}

#[test]
fn the_library_itself_is_instrumented() {
    let Some(library) = library("the_library_itself_is_instrumented") else {
        return;
    };
    let symbols = succeed(Command::new("nm").arg("-A").arg(library));
    let symbols = text(&symbols.stdout);
    let members: BTreeSet<&str> = symbols
        .lines()
        .filter(|line| line.contains(" U __asan_report"))
        .filter_map(|line| line.split(':').nth(1))
        .filter(|member| member.starts_with("zoom_s2s"))
        .collect();
    println!("{} members of our own are instrumented", members.len());
    assert!(!members.is_empty());
}

#[test]
fn everything_is_clean_under_sanitizers() {
    let test = "everything_is_clean_under_sanitizers";
    if let Some(program) = sanitized(test, "tests/c/everything.c") {
        run_clean(&program);
    }
}

#[test]
fn a_token_store_is_clean_under_sanitizers() {
    let test = "a_token_store_is_clean_under_sanitizers";
    let Some(program) = sanitized(test, "tests/c/store.c") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox);
    let file = program.with_file_name("zoom-token");
    let file = format!("file:{}", file.display());
    for (mode, store) in [
        ("token", &*file),
        ("fork", &*file),
        ("refused", "redis://host?strickt"),
        // Nobody listens there.
        ("strict", "redis://127.0.0.1:1?strict"),
        ("alone", "redis://127.0.0.1:1"),
    ] {
        let mut command = with_sandbox(&program, &zoom);
        command.args([mode, store]);
        assert_silent(&succeed(without_options(&mut command)));
    }
}

#[test]
fn examples_are_clean_under_sanitizers() {
    let test = "examples_are_clean_under_sanitizers";
    for source in [
        "examples-c/list_users.c",
        "examples-c/list_users.cpp",
        "examples-c/threads.c",
        "examples-c/token_libcurl.c",
        "examples-c/jwt_before.c",
        "examples-c/jwt_after_token.c",
        "examples-c/jwt_after_sdk.c",
    ] {
        if !has_tool("curl-config") {
            return skip(test, "curl-config");
        }
        if let Some(program) = sanitized_with(test, source, &["-lcurl", "-lcrypto"]) {
            let output = run_clean(&program);
            assert_eq!(text(&output.stderr), "");
            assert!(!output.stdout.is_empty(), "{source} printed nothing");
        }
    }
}

#[test]
fn second_threads_are_clean_under_sanitizers() {
    let test = "second_threads_are_clean_under_sanitizers";
    let Some(program) = sanitized(test, "tests/c/two_threads.c") else {
        return;
    };
    let zoom = sandbox(|sandbox| sandbox.users(60));
    let latency = std::time::Duration::from_millis(20);
    zoom.fault(zoom_s2s_sandbox::Fault::on_api().always().latency(latency));
    let active = zoom.truth(zoom_s2s_sandbox::UserStatus::Active).count();
    let mut command = with_sandbox(&program, &zoom);
    assert_silent(&succeed(command.args(["60", &active.to_string(), "100"])));
}

#[test]
fn everything_is_well() {
    if let Some(program) = everything("everything_is_well") {
        let zoom = sandbox(|sandbox| sandbox);
        succeed(&mut with_sandbox(program, &zoom));
    }
}

#[test]
fn everything_is_clean_under_valgrind() {
    let test = "everything_is_clean_under_valgrind";
    if !has_tool("valgrind") {
        return skip(test, "valgrind");
    }
    if let Some(program) = everything(test) {
        let zoom = sandbox(|sandbox| sandbox);
        succeed(
            with_sandbox("valgrind", &zoom)
                .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
                .arg("--errors-for-leak-kinds=definite,indirect,possible")
                .arg("--show-leak-kinds=definite,indirect,possible")
                .arg(program),
        );
    }
}

#[test]
fn everything_calls_every_function() {
    let header = fs::read_to_string(root().join("include/zoom_s2s.h")).expect("the header");
    let functions: BTreeSet<&str> = header
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter(|line| !line.starts_with("typedef"))
        .flat_map(called)
        .collect();
    assert!(functions.len() > 100, "{} functions", functions.len());

    // Some calls are in what the host programs share.
    let sources = ["tests/c/everything.c", "tests/host/host.h"];
    let code = sources.map(|path| {
        let source = fs::read_to_string(root().join(path));
        without_comments(&source.unwrap_or_else(|error| panic!("{path}: {error}")))
    });
    let code = code.concat();
    let called: BTreeSet<&str> = called(&code).collect();
    let missing: Vec<_> = functions.difference(&called).collect();
    assert!(
        missing.is_empty(),
        "{} of {} functions are not called in tests/c/everything.c: {missing:?}",
        missing.len(),
        functions.len()
    );
}

#[test]
fn miri() {
    if !works(nightly().args(["miri", "--version"])) {
        println!("this toolchain has no Miri");
        return;
    }
    succeed(
        nightly()
            .args(["miri", "test", "--package=zoom-s2s", "--lib"])
            .args(["--features=capi,redis", "--target-dir"])
            .arg(target().join("miri"))
            .arg("ffi::"),
    );
}

/// The functions of the library that stand before a parenthesis.
fn called(code: &str) -> impl Iterator<Item = &str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    code.match_indices('(').filter_map(move |(end, _)| {
        let before = code[..end].trim_end();
        let name = &before[before
            .rfind(|letter| !is_name(letter))
            .map_or(0, |at| at + 1)..];
        name.starts_with("zoom_s2s_").then_some(name)
    })
}

fn without_comments(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code + rest
}

fn seeded(program: &Path, mistake: &str) -> Output {
    let mut command = Command::new(program);
    command.arg(mistake).env_remove("ZOOM_S2S_LOG");
    without_options(&mut command)
        .output()
        .expect("the program runs")
}

/// Runs a program to its end against a sandbox of its own, without a report.
fn run_clean(program: &Path) -> Output {
    let zoom = sandbox(|sandbox| sandbox);
    let output = succeed(without_options(&mut with_sandbox(program, &zoom)));
    assert_silent(&output);
    output
}

/// What the environment asks of sanitizers could turn them off.
fn without_options(command: &mut Command) -> &mut Command {
    command
        .env_remove("ASAN_OPTIONS")
        .env_remove("LSAN_OPTIONS")
        .env_remove("UBSAN_OPTIONS")
}

fn assert_silent(output: &Output) {
    let told = text(&output.stderr);
    assert!(
        !REPORTS.iter().any(|report| told.contains(report)),
        "{told}"
    );
}

/// The program that calls every function, without sanitizers.
fn everything(test: &str) -> Option<PathBuf> {
    let compiler = compiler("c");
    if !has_tool(&compiler) && !Path::new(&compiler).is_file() {
        skip(test, &compiler);
        return None;
    }
    let program = folder(test).join("everything");
    let source = root().join("tests/c/everything.c");
    compile::<&OsStr>(&compiler, &[&source], &[], &program);
    Some(program)
}

/// A program built from this source with sanitizers, like the library in it; nothing if that cannot be
/// done here.
fn sanitized(test: &str, source: &str) -> Option<PathBuf> {
    sanitized_with(test, source, &[])
}

fn sanitized_with(test: &str, source: &str, libraries: &[&str]) -> Option<PathBuf> {
    let library = library(test)?;
    let source = root().join(source);
    let name = source.file_stem().expect("the source has a name");
    let program = folder(&format!("{test}-{}", name.display())).join(name);
    succeed(
        Command::new(match source.extension() {
            Some(ending) if ending == "cpp" => "g++",
            _ => "gcc",
        })
        .args(["-g", "-Wall", "-Wextra", "-Werror"])
        .args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
        .arg("-I")
        .arg(root().join("include"))
        .arg(&source)
        .arg(library)
        .args(libraries)
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program),
    );
    Some(program)
}

/// The library as an archive, built with AddressSanitizer; nothing if that cannot be done here.
fn library(test: &str) -> Option<&'static Path> {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    if !has_tool("gcc") {
        skip(test, "gcc");
        return None;
    }
    if !works(nightly().arg("--version")) {
        skip(test, "nightly Rust");
        return None;
    }
    Some(LIBRARY.get_or_init(|| {
        let target = target().join("asan");
        succeed(
            nightly()
                .args(["rustc", "--quiet", "--locked", "--package=zoom-s2s"])
                .args(["--lib", "--features=capi,redis,test-panic"])
                .args(["--crate-type=staticlib", "--target", TARGET, "--target-dir"])
                .arg(&target)
                .env("RUSTFLAGS", "-Zsanitizer=address"),
        );
        let library = target.join(TARGET).join("debug/libzoom_s2s.a");
        assert!(library.is_file(), "{library:?} was not built");
        library
    }))
}

fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from))
}

/// Cargo of the nightly toolchain, as rustup finds it: not the cargo that runs this test.
fn nightly() -> Command {
    let mut command = Command::new("cargo");
    command.arg("+nightly").current_dir(root());
    for name in [
        "CARGO",
        "CARGO_ENCODED_RUSTFLAGS",
        "LD_LIBRARY_PATH",
        "RUSTC",
        "RUSTDOC",
        "RUSTFLAGS",
        "RUSTUP_TOOLCHAIN",
    ] {
        command.env_remove(name);
    }
    command
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
