//! Processes of their own that share a token store, and what the sandbox saw of them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoom_s2s::{Client, Counter, Method, Request};
use zoom_s2s_sandbox::{Entry, Sandbox, World};

/// How many token lifetimes the long tests run: `ZOOM_S2S_LIFETIMES`, else a few.
pub(crate) fn lifetimes() -> u32 {
    let given = std::env::var("ZOOM_S2S_LIFETIMES").ok();
    given.map_or(4, |count| {
        count.parse().expect("ZOOM_S2S_LIFETIMES is a number")
    })
}

/// A process that makes calls until it is told to stop.
pub(crate) struct Worker {
    child: Child,
    // A line asks for a report; closed to stop it.
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

/// What a worker has done so far.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) calls: u64,
    /// How many of them failed.
    pub(crate) failed: u64,
    /// The first twenty failures, as "Status: message (hint)".
    pub(crate) errors: Vec<String>,
    /// The longest calls, in milliseconds, shortest first.
    pub(crate) slowest_ms: Vec<u64>,
    counters: Value,
    /// The client's snapshot.
    pub(crate) status: Value,
}

impl Report {
    pub(crate) fn counter(&self, counter: Counter) -> u64 {
        self.counters[counter.name()].as_u64().expect("a counter")
    }
}

/// The command that runs this test binary as a worker of the test named `test`, whose body begins
/// with [`work_if_worker`]. It calls every `interval`, with the client that its environment makes.
pub(crate) fn worker(test: &str, sandbox: &Sandbox, store: &str, interval: Duration) -> Command {
    let mut command = super::role(test, "worker");
    command
        .envs(sandbox.env())
        .env("ZOOM_S2S_TOKEN_STORE", store)
        .env("FLEET_INTERVAL_MS", interval.as_millis().to_string())
        .env("NO_PROXY", "*")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

impl Worker {
    pub(crate) fn start(command: &mut Command) -> Worker {
        let mut child = command.spawn().expect("the worker starts");
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("its output is ours"));
        Worker {
            child,
            stdin,
            stdout,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
    }

    /// Tells it to stop, without waiting for it.
    pub(crate) fn stop(&mut self) {
        self.stdin = None;
    }

    /// What it has done until now; it goes on.
    pub(crate) fn report(&mut self) -> Report {
        let stdin = self.stdin.as_mut().expect("it was not stopped");
        stdin.write_all(b"\n").expect("it listens");
        self.next_report().expect("a report")
    }

    /// Stops it and reads its last report.
    pub(crate) fn finish(mut self) -> Report {
        self.stop();
        let report = self.next_report();
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "a worker failed");
        report.expect("a report")
    }

    fn next_report(&mut self) -> Option<Report> {
        let lines = (&mut self.stdout).lines().map_while(Result::ok);
        let mut said = Vec::new();
        for line in lines {
            if let Some(report) = line.strip_prefix("REPORT ") {
                return Some(Report::read(report));
            }
            said.push(line);
        }
        eprintln!("a worker said: {said:?}");
        None
    }
}

impl Report {
    fn read(text: &str) -> Report {
        let report: Value = serde_json::from_str(text).expect("JSON");
        let list = |name: &str| report[name].as_array().expect(name).clone();
        Report {
            calls: report["calls"].as_u64().expect("calls"),
            failed: report["failed"].as_u64().expect("failed"),
            errors: list("errors")
                .iter()
                .map(|error| error.as_str().expect("a text").to_owned())
                .collect(),
            slowest_ms: list("slowest_ms")
                .iter()
                .map(|ms| ms.as_u64().expect("a number"))
                .collect(),
            counters: report["status"]["counters"].clone(),
            status: report["status"].clone(),
        }
    }
}

/// Stops all of them together, then collects what they say.
pub(crate) fn finish(mut workers: Vec<Worker>) -> Vec<Report> {
    workers.iter_mut().for_each(Worker::stop);
    workers.into_iter().map(Worker::finish).collect()
}

/// What a worker keeps of its calls.
#[derive(Default)]
struct Tally {
    calls: u64,
    failed: u64,
    errors: Vec<String>,
    times: Vec<u64>,
}

impl Tally {
    fn report(&self, client: &Client) {
        let status: Value = serde_json::from_str(&client.status_json()).expect("JSON");
        let mut slowest = self.times.clone();
        slowest.sort_unstable();
        let slowest = slowest.split_off(slowest.len().saturating_sub(1000));
        println!(
            "\nREPORT {}",
            json!({
                "calls": self.calls, "failed": self.failed, "errors": self.errors,
                "slowest_ms": slowest, "status": status,
            })
        );
    }
}

/// The first line of a test whose name is given to [`worker`]: in a worker process it works until
/// stdin ends, and returns true; the test then returns.
pub(crate) fn work_if_worker() -> bool {
    if super::my_role().as_deref() != Some("worker") {
        return false;
    }
    let interval = std::env::var("FLEET_INTERVAL_MS").expect("an interval");
    let interval = Duration::from_millis(interval.parse().expect("a number"));
    let client = Client::from_env().expect("the worker's client");
    let stopped = Arc::new(AtomicBool::new(false));
    let tally = Arc::new(Mutex::new(Tally::default()));
    std::thread::spawn({
        let (client, stopped, tally) = (client.clone(), stopped.clone(), tally.clone());
        move || {
            for _ in std::io::stdin().lines().map_while(Result::ok) {
                tally.lock().expect("no panic").report(&client);
            }
            stopped.store(true, Ordering::Relaxed);
        }
    });
    let request = Request::new(Method::Get, "/users").query("page_size", "1");
    while !stopped.load(Ordering::Relaxed) {
        let begin = Instant::now();
        let result = client.send(&request);
        let mut tally = tally.lock().expect("no panic");
        if let Err(error) = result {
            tally.failed += 1;
            if tally.errors.len() < 20 {
                let text = format!("{:?}: {error} ({})", error.status(), error.hint());
                tally.errors.push(text);
            }
        }
        tally.calls += 1;
        tally.times.push(begin.elapsed().as_millis() as u64);
        drop(tally);
        std::thread::sleep(interval.saturating_sub(begin.elapsed()));
    }
    tally.lock().expect("no panic").report(&client);
    true
}

/// The sum of a counter over a fleet.
pub(crate) fn sum(reports: &[Report], counter: Counter) -> u64 {
    reports.iter().map(|report| report.counter(counter)).sum()
}

/// Asserts that a fleet with a good store shared one token at a time without a failed call, and prints
/// what it cost.
pub(crate) fn assert_shared(
    test: &str,
    zoom: &Sandbox,
    world: World,
    life: Duration,
    reports: &[Report],
) {
    let journal = zoom.journal();
    let issued = issued(&journal);
    let refused = unauthorized(&journal);
    let calls: u64 = reports.iter().map(|report| report.calls).sum();
    let slowest = reports.iter().flat_map(|report| &report.slowest_ms).max();
    let operations = sum(reports, Counter::StoreOperations);
    println!(
        "{test}: {} processes, {} lifetimes: {} tokens, {calls} calls, {refused} answered with 401, \
         {} adoptions, {operations} store operations ({:.1} per process and token), slowest call {} ms",
        reports.len(),
        lifetimes(),
        issued.len(),
        sum(reports, Counter::TokensAdopted),
        operations as f64 / reports.len() as f64 / issued.len() as f64,
        slowest.expect("calls"),
    );
    for report in reports {
        assert!(report.errors.is_empty(), "{:?}", report.errors);
        assert!(report.status["store_error"].is_null(), "{}", report.status);
    }
    assert_none_too_early(&issued, life);
    let alone = sum(reports, Counter::FetchedAlone) + sum(reports, Counter::StoreFailures);
    assert_eq!(alone, 0);
    match world {
        World::MultiToken => assert_eq!(refused, 0),
        // One call of each process may have been under way with the token that was just killed.
        World::SingleToken => assert!(refused <= reports.len() * issued.len(), "{refused}"),
    }
}

/// When tokens were issued, since the sandbox started.
pub(crate) fn issued(journal: &[Entry]) -> Vec<Duration> {
    let good = |entry: &&Entry| entry.path == "/oauth/token" && entry.status == 200;
    journal.iter().filter(good).map(|entry| entry.at).collect()
}

/// How many API requests were answered with 401.
pub(crate) fn unauthorized(journal: &[Entry]) -> usize {
    let refused = |entry: &&Entry| entry.path.starts_with("/v2/") && entry.status == 401;
    journal.iter().filter(refused).count()
}

/// Asserts that every token was asked for when the one before it was stale, which is at the earliest a
/// sixth of its life (at most ten minutes) before its end.
pub(crate) fn assert_none_too_early(issued: &[Duration], life: Duration) {
    let earliest = life - (life / 6).min(Duration::from_secs(600));
    // A token's life is counted from before its request was sent, the journal notes when its head
    // arrived; the first one is sent while a whole fleet starts.
    let mut delay = Duration::from_secs(1);
    for pair in issued.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(
            gap + std::mem::replace(&mut delay, Duration::from_millis(100)) >= earliest,
            "a token was issued {gap:?} after the one before, which was good until {earliest:?}: {issued:?}"
        );
    }
}
