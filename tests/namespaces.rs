//! Three hosts of 32 processes each share one token over Redis: network namespaces stand in for hosts,
//! and one of them has a wrong clock.
#![cfg(all(target_os = "linux", feature = "redis"))]

mod support;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use support::c::{compiler, folder, root, succeed};
use support::fleet::{self, Report, Worker};
use support::netns::{self, Namespace};
use support::redis::{self, Answer, Listen, Options, Redis};
use support::{address, has_tool, my_role, role, sandbox, skip};
use zoom_s2s_sandbox::{Sandbox, World};

const PROCESSES: usize = 32;
const LIFE: Duration = Duration::from_secs(9);
/// How wrong the clock is.
const SKEW: i64 = 90;

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("after 1970").as_millis() as i64
}

/// The library that gives a process a wrong clock.
fn skewed_clock(test: &str) -> PathBuf {
    let library = folder(test).join("skewed_clock.so");
    let mut command = Command::new(compiler("c"));
    command
        .args([
            "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-O1", "-o",
        ])
        .args([&library, &root().join("tests/c/skewed_clock.c")]);
    succeed(&mut command);
    library
}

/// Lets the server listen on a second port.
fn also_without_tls(redis: &Redis) -> u16 {
    // The port may be taken by somebody else before the server has it.
    for _ in 0..20 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        drop(listener);
        let answer = redis.command(&["CONFIG", "SET", "port", &port.to_string()]);
        if answer == Answer::Text("OK".to_owned()) {
            return port;
        }
    }
    panic!("the server takes no second port");
}

/// Whether a tool that the test needs is missing, which is noted.
fn lacks(test: &str) -> bool {
    let cc = compiler("c");
    let tools = [&netns::TOOLS[..], &redis::TOOLS, &[cc.as_str()]].concat();
    if let Some(tool) = tools.iter().find(|tool| !has_tool(tool)) {
        skip(test, tool);
        return true;
    }
    if let Some(why) = Namespace::lacking() {
        skip(
            test,
            &format!(
                "unshare with leave to make network namespaces ({})",
                why.trim()
            ),
        );
        return true;
    }
    false
}

/// What each host's processes report: the first two with a right clock, the third with a wrong one.
fn hosts(test: &str, zoom: &Sandbox, skew: i64) -> Vec<Vec<Report>> {
    let redis = Redis::start(Options::new(Listen::Tls));
    let plain = also_without_tls(&redis);
    let ports = [address(zoom).port(), redis.port(), plain];
    let library = skewed_clock(test);
    let namespaces = ports.map(|_| Namespace::start(test, &ports));
    let stores = [
        format!("unix:{}", redis.socket().display()),
        redis.url(),
        format!("redis://127.0.0.1:{plain}"),
    ];
    let mut workers = Vec::new();
    for (host, store) in stores.iter().enumerate() {
        let mut worker = fleet::worker(test, zoom, store, Duration::from_millis(300));
        worker.env("ZOOM_S2S_CA_FILE", redis.ca_file());
        if host == 2 {
            worker
                .env("LD_PRELOAD", &library)
                .env("SKEW_SECONDS", skew.to_string());
        }
        let mut inside = namespaces[host].inside(&worker);
        inside.stdin(std::process::Stdio::piped());
        inside.stdout(std::process::Stdio::piped());
        workers.extend((0..PROCESSES).map(|_| Worker::start(&mut inside)));
    }
    std::thread::sleep(LIFE * fleet::lifetimes());
    let mut reports = fleet::finish(workers);
    let third = reports.split_off(2 * PROCESSES);
    let second = reports.split_off(PROCESSES);
    vec![reports, second, third]
}

fn three_hosts(test: &str, world: World, skew: i64) {
    if fleet::work_if_worker() || netns::hold_if_holder() || lacks(test) {
        return;
    }
    let zoom = sandbox(|sandbox| sandbox.world(world).token_lifetime(LIFE));
    let hosts = hosts(test, &zoom, skew);
    let end_ms = now_ms();
    for (host, reports) in hosts.iter().enumerate() {
        let shift = if host == 2 { skew * 1000 } else { 0 };
        for report in reports {
            let expires = report.status["token"]["expires_at_ms"].as_i64();
            let off = expires.expect("a token") - shift - end_ms;
            assert!(
                off.abs() < 30_000,
                "host {host} has another clock: {off} ms"
            );
        }
    }
    let reports: Vec<Report> = hosts.into_iter().flatten().collect();
    fleet::assert_shared(test, &zoom, world, LIFE, &reports);
}

#[test]
fn three_hosts_with_tokens_side_by_side() {
    let test = "three_hosts_with_tokens_side_by_side";
    three_hosts(test, World::MultiToken, SKEW);
}

#[test]
fn three_hosts_with_one_token_at_a_time() {
    let test = "three_hosts_with_one_token_at_a_time";
    three_hosts(test, World::SingleToken, -SKEW);
}

/// Without it the two above would prove nothing.
#[test]
fn the_wrong_clock_is_what_rust_sees() {
    let test = "the_wrong_clock_is_what_rust_sees";
    if my_role().as_deref() == Some("clock") {
        println!("\nCLOCK {}", now_ms());
        return;
    }
    let cc = compiler("c");
    if !has_tool(&cc) {
        return skip(test, &cc);
    }
    let library = skewed_clock(test);
    for skew in [SKEW, -SKEW] {
        let mut command = role(test, "clock");
        command
            .env("LD_PRELOAD", &library)
            .env("SKEW_SECONDS", skew.to_string());
        let before = now_ms();
        let output = succeed(&mut command);
        let stdout = support::c::text(&output.stdout);
        let said = stdout.lines().find_map(|line| line.strip_prefix("CLOCK "));
        let said: i64 = said.expect("a clock").parse().expect("a number");
        let real = said - skew * 1000;
        assert!(
            (before..=now_ms()).contains(&real),
            "{skew}: {said}, really {before}"
        );
    }
}
