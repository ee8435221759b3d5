//! Python programs of many processes that share one token by a file.
#![cfg(unix)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::c::{folder, library, root, succeed, text, with_sandbox};
use support::{fleet, has_tool, sandbox, skip};
use zoom_s2s_sandbox::{Sandbox, UserStatus, World};

const LIFE: Duration = Duration::from_secs(5);
const WORKERS: usize = 32;
const SERVERS: usize = 8;
/// Requests to the web server at a time.
const VISITORS: usize = 4;

/// Some lifetimes of a token.
fn while_long() -> Duration {
    LIFE * fleet::lifetimes() * 3 / 4
}

fn one_at_a_time() -> Sandbox {
    sandbox(|sandbox| sandbox.world(World::SingleToken).token_lifetime(LIFE))
}

fn python(program: &str, zoom: &Sandbox, folder: &Path) -> Command {
    let mut command = with_sandbox(program, zoom);
    command
        .current_dir(root().join("tests/python"))
        .env("PYTHONPATH", root().join("tests/python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "*")
        .env("ZOOM_S2S_LIBRARY", library().join("libzoom_s2s.so.1"))
        .env(
            "ZOOM_S2S_TOKEN_STORE",
            format!("file:{}", folder.join("token").display()),
        );
    command
}

/// The tokens issued, one for each time that one was stale.
fn check_tokens(zoom: &Sandbox) -> usize {
    let issued = fleet::issued(&zoom.journal());
    assert_eq!(
        issued.len(),
        zoom.token_requests(),
        "a token request failed"
    );
    fleet::assert_none_too_early(&issued, LIFE);
    assert!(issued.len() > 1, "more than one lifetime");
    issued.len()
}

fn processes(method: &str) {
    let zoom = one_at_a_time();
    let folder = folder(&format!("store_python_{method}"));
    let seconds = while_long().as_secs().to_string();
    let output = succeed(python("python3", &zoom, &folder).args([
        "fleet.py",
        method,
        &WORKERS.to_string(),
        &seconds,
    ]));
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let tokens = check_tokens(&zoom);
    println!(
        "multiprocessing, {method}: {WORKERS} workers, {seconds} s: {tokens} tokens, {} calls, {} failed, slowest {} ms, \
         {} answered with 401",
        said["calls"],
        said["failures"].as_array().expect("a list").len(),
        said["slowest_ms"],
        fleet::unauthorized(&zoom.journal()),
    );
    assert_eq!(
        said["failures"],
        Value::Array(Vec::new()),
        "{}",
        text(&output.stderr)
    );
    assert!(
        said["calls"]
            .as_u64()
            .is_some_and(|calls| calls > WORKERS as u64)
    );
    let ends = said["exit_codes"].as_array().expect("a list");
    assert!(ends.iter().all(|end| *end == 0), "{ends:?}");
}

#[test]
fn multiprocessing_workers_share_a_token() {
    if !has_tool("python3") {
        return skip("store_python_multiprocessing", "python3");
    }
    thread::scope(|scope| {
        for method in ["fork", "spawn"] {
            scope.spawn(move || processes(method));
        }
    });
}

/// A web server of several processes.
struct Server {
    master: Child,
    address: SocketAddr,
}

impl Server {
    fn start(zoom: &Sandbox, folder: &Path, preload: bool) -> Server {
        let mut command = python("gunicorn", zoom, folder);
        command
            .args(["--bind", "127.0.0.1:0", "--workers", &SERVERS.to_string()])
            .args(preload.then_some("--preload"))
            .arg("wsgi:application")
            .stderr(Stdio::piped());
        let mut master = command.spawn().expect("gunicorn starts");
        let mut log = BufReader::new(master.stderr.take().expect("its log is ours")).lines();
        let mut address = None;
        let mut said = Vec::new();
        while address.is_none() {
            let line = log
                .next()
                .unwrap_or_else(|| panic!("{said:#?}"))
                .expect("text");
            let listening = line
                .split_once("http://")
                .and_then(|(_, rest)| rest.split(' ').next());
            address = listening.and_then(|address| address.parse().ok());
            said.push(line);
        }
        // Read to its end, lest the server wait for somebody to read it.
        thread::spawn(move || log.for_each(drop));
        Server {
            master,
            address: address.expect("an address"),
        }
    }

    fn signal(process: u32, signal: i32) {
        let process = libc::pid_t::try_from(process).expect("a process ID");
        // SAFETY: signals a process that this test has started.
        unsafe { libc::kill(process, signal) };
    }

    /// Body and status of an answer; `None` if the connection broke.
    fn get(&self) -> Option<(String, bool)> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(40)))
            .expect("a timeout");
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let good = head.split(' ').nth(1) == Some("200");
        Some((body.to_owned(), good))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        Server::signal(self.master.id(), libc::SIGTERM);
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.master.try_wait().expect("its state").is_none() {
            if Instant::now() > deadline {
                self.master.kill().expect("it can be killed");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What the visitors of a web server saw.
#[derive(Default)]
struct Seen {
    answers: BTreeMap<u32, usize>,
    failures: Vec<String>,
    broken: usize,
    slowest: Duration,
}

fn visit(server: &Server, expected: &str, stop: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    while !stop.load(Ordering::Relaxed) {
        let begin = Instant::now();
        match server.get() {
            Some((body, true)) => {
                let (process, rest) = body.split_once(' ').expect("two words");
                assert_eq!(rest, expected);
                *seen
                    .answers
                    .entry(process.parse().expect("a number"))
                    .or_default() += 1;
            }
            Some((body, false)) => seen.failures.push(body),
            None => seen.broken += 1,
        }
        seen.slowest = seen.slowest.max(begin.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
    seen
}

fn web_server(preload: bool) {
    let zoom = one_at_a_time();
    let folder = folder(&format!("store_python_gunicorn_{preload}"));
    let server = Server::start(&zoom, &folder, preload);
    let first = zoom.truth(UserStatus::Active).next().expect("a user").email;
    let count = zoom.truth(UserStatus::Active).count();
    let expected = format!("{count} {first}");
    let stop = AtomicBool::new(false);
    let seen: Vec<Seen> = thread::scope(|scope| {
        let visitor = |_| scope.spawn(|| visit(&server, &expected, &stop));
        let visitors: Vec<_> = (0..VISITORS).map(visitor).collect();
        thread::sleep(while_long() / 3);
        // New workers take the place of the old ones, who finish what they have begun.
        Server::signal(server.master.id(), libc::SIGHUP);
        thread::sleep(while_long() / 3);
        let worker = (0..100).find_map(|_| server.get()).expect("an answer").0;
        let worker = worker
            .split(' ')
            .next()
            .expect("a word")
            .parse()
            .expect("a number");
        Server::signal(worker, libc::SIGKILL);
        thread::sleep(while_long() / 3);
        stop.store(true, Ordering::Relaxed);
        visitors
            .into_iter()
            .map(|visitor| visitor.join().expect("a visitor"))
            .collect()
    });
    drop(server);
    let tokens = check_tokens(&zoom);
    let workers: BTreeSet<u32> = seen
        .iter()
        .flat_map(|seen| seen.answers.keys().copied())
        .collect();
    let answers: usize = seen.iter().flat_map(|seen| seen.answers.values()).sum();
    let broken: usize = seen.iter().map(|seen| seen.broken).sum();
    println!(
        "gunicorn, {SERVERS} workers, {}, {:?}: {tokens} tokens, {answers} answers by {} processes, {broken} broken by a \
         kill, slowest {:?}, {} answered with 401",
        if preload {
            "client made before the fork"
        } else {
            "each makes its client"
        },
        while_long(),
        workers.len(),
        seen.iter()
            .map(|seen| seen.slowest)
            .max()
            .expect("visitors"),
        fleet::unauthorized(&zoom.journal()),
    );
    let failures: Vec<_> = seen.iter().flat_map(|seen| &seen.failures).collect();
    assert!(failures.is_empty(), "{failures:?}");
    assert!(broken <= VISITORS, "{broken}");
    assert!(workers.len() > SERVERS, "the reload brought no new workers");
}

#[test]
fn workers_of_a_prefork_web_server_share_a_token() {
    if !has_tool("gunicorn") {
        return skip("store_python_gunicorn", "gunicorn");
    }
    thread::scope(|scope| {
        for preload in [true, false] {
            scope.spawn(move || web_server(preload));
        }
    });
}
