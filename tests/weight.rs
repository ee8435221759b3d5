//! What the library, as `make` builds it, costs whoever loads it: bytes, the instructions of a held
//! token, and the way from nothing to the first page.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::c::{compiler, folder, root, succeed, text, with_sandbox};
use support::make::{built, clean, make};
use support::{has_tool, sandbox, skip};
use zoom_s2s_sandbox::Sandbox;

/// Of libzoom_s2s.so as `make` leaves it, stripped and with every feature. A script that runs for a
/// second loads all of it, and a container image carries it. More is allowed for a reason that stands
/// in the commit. (Without redis it is 50 kB less; a build more to test that takes minutes.)
const LARGEST: u64 = 2_500_000;

/// Of zoom_s2s_client_token_copy while the token is good, system calls not counted. A proxy or an
/// extension asks at each request, so nobody shall think of keeping the token instead.
const MOST_INSTRUCTIONS: u64 = 400;

/// A cold start may cost at most a half of what libcurl over OpenSSL takes for the same: a token and a
/// page over TLS with the system's trusted certificates.
const PART_OF_LIBCURL: u32 = 2;

fn tools(test: &str, names: &[&str]) -> bool {
    let missing = names.iter().find(|name| !has_tool(name));
    missing.inspect(|tool| skip(test, tool)).is_none()
}

/// A command that is given this library and no other: cargo leads the programs of tests to the one of
/// debug builds.
fn with_library(program: impl AsRef<OsStr>, zoom: &Sandbox, library: &Path) -> Command {
    let mut command = with_sandbox(program, zoom);
    command.env("LD_LIBRARY_PATH", library);
    command
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

/// Compiles a program; `library` with ours, in that folder.
fn compile(test: &str, source: &str, library: Option<&Path>, flags: &str) -> PathBuf {
    let program = folder(test).join("program");
    let mut command = clean(compiler("c"));
    command.args(["-O2", "-Wall", "-Werror", source, "-o"]);
    command.arg(&program);
    if let Some(library) = library {
        command
            .arg(format!("-I{}", root().join("include").display()))
            .arg(library.join("libzoom_s2s.so"));
    }
    succeed(command.args(flags.split_whitespace()));
    program
}

#[test]
fn the_library_is_small() {
    if !tools("the_library_is_small", &["make", "cc"]) {
        return;
    }
    let library = released().join("libzoom_s2s.so");
    let size = fs::metadata(&library).unwrap().len();
    println!("{size} bytes");
    assert!(
        size <= LARGEST,
        "{size} bytes, at most {LARGEST} are allowed"
    );
}

#[test]
fn a_held_token_is_copied_in_few_instructions() {
    const TEST: &str = "a_held_token_is_copied_in_few_instructions";
    if !tools(TEST, &["make", "cc", "valgrind"]) {
        return;
    }
    let library = released();
    let program = compile(TEST, "tests/c/held_token.c", Some(&library), "");
    let zoom = sandbox(|sandbox| sandbox);
    let counts = program.with_file_name("callgrind.out");
    let instructions = |copies: u64| -> u64 {
        let mut command = with_library("valgrind", &zoom, &library);
        command
            .args(["--tool=callgrind"])
            .arg(format!("--callgrind-out-file={}", counts.display()))
            .arg(&program)
            .arg(copies.to_string());
        let said = text(&succeed(&mut command).stderr);
        let collected = said.split("Collected : ").nth(1).expect("the count");
        let collected = collected.split_whitespace().next().unwrap_or_default();
        collected.parse().expect("a number")
    };
    // What a start takes differs by some thousands from run to run.
    let (few, many) = (instructions(1_000), instructions(201_000));
    let each = many.saturating_sub(few) / 200_000;
    println!("{each} instructions");
    assert!((10..=MOST_INSTRUCTIONS).contains(&each), "{each}");
    assert_eq!(
        zoom.token_requests(),
        2,
        "one for each of the two processes"
    );
}

/// How long a process took, and how long it computed.
fn timed(command: &mut Command) -> (Duration, Duration) {
    let began = Instant::now();
    let child = command.stdout(Stdio::null()).spawn().expect("it starts");
    let computed = cpu_time(child);
    (began.elapsed(), computed)
}

/// Waits for a process that must succeed.
fn cpu_time(child: Child) -> Duration {
    let (mut status, mut usage) = (0, std::mem::MaybeUninit::<libc::rusage>::zeroed());
    let id = child.id().cast_signed();
    // SAFETY: our own child, which nobody has waited for, and two places of the right types.
    let waited = unsafe { libc::wait4(id, &mut status, 0, usage.as_mut_ptr()) };
    assert_eq!((waited, status), (id, 0), "the process failed");
    // SAFETY: filled by wait4, and zeroes are a value of it besides.
    let usage = unsafe { usage.assume_init() };
    let time = |at: libc::timeval| {
        Duration::from_secs(at.tv_sec.unsigned_abs())
            + Duration::from_micros(at.tv_usec.unsigned_abs())
    };
    time(usage.ru_utime) + time(usage.ru_stime)
}

/// The best wall and CPU time of some runs, in turns so that both meet the same machine.
fn race(ours: &mut Command, theirs: &mut Command) -> [(Duration, Duration); 2] {
    let mut best = [(Duration::MAX, Duration::MAX); 2];
    for _ in 0..10 {
        for (best, command) in best.iter_mut().zip([&mut *ours, &mut *theirs]) {
            let (wall, cpu) = timed(command);
            *best = (best.0.min(wall), best.1.min(cpu));
        }
    }
    best
}

#[test]
fn a_cold_start_costs_half_of_libcurls() {
    const TEST: &str = "a_cold_start_costs_half_of_libcurls";
    if !tools(TEST, &["make", "cc", "curl-config"]) {
        return;
    }
    const SYSTEMS: &str = "/etc/ssl/certs/ca-certificates.crt";
    let Ok(systems) = fs::read(SYSTEMS) else {
        return skip(TEST, "ca-certificates");
    };
    let zoom = sandbox(|sandbox| sandbox.tls(true).users(250));
    let library = released();
    let ours = compile("cold-sdk", "tests/packaging/list.c", Some(&library), "");
    let flags = text(&succeed(clean("curl-config").arg("--libs")).stdout);
    let theirs = compile("cold-libcurl", "tests/c/cold_libcurl.c", None, &flags);

    // Both trust the system's certificates and the sandbox's.
    let authority = ours.with_file_name("ca.pem");
    let bundle = theirs.with_file_name("bundle.pem");
    let pem = zoom.ca_pem().expect("a sandbox with TLS has one");
    fs::write(&authority, pem).unwrap();
    fs::write(&bundle, [&*systems, b"\n", pem.as_bytes()].concat()).unwrap();

    let mut sdk = with_library(&ours, &zoom, &library);
    sdk.env("ZOOM_S2S_CA_FILE", &authority)
        .env("NO_PROXY", "127.0.0.1");
    let mut libcurl = by_libcurl(&theirs, &zoom, &bundle);
    let [sdk, libcurl] = race(&mut sdk, &mut libcurl);
    println!("wall and CPU: {sdk:?}, libcurl {libcurl:?}");
    assert!(sdk.0 <= libcurl.0 / PART_OF_LIBCURL, "{sdk:?} {libcurl:?}");
    assert!(sdk.1 <= libcurl.1 / PART_OF_LIBCURL, "{sdk:?} {libcurl:?}");
}

fn by_libcurl(program: &Path, zoom: &Sandbox, bundle: &Path) -> Command {
    let keys = zoom.credentials();
    let mut command = clean(program);
    command
        .arg(format!("{}/oauth/token", zoom.url()))
        .arg(format!(
            "grant_type=account_credentials&account_id={}",
            keys.account_id
        ))
        .arg(format!("{}:{}", keys.client_id, keys.client_secret))
        .arg(format!("{}/users?page_size=300", zoom.api_url()))
        .arg(bundle)
        .env("NO_PROXY", "127.0.0.1");
    command
}
