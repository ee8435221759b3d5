//! A tug of war: somebody outside of the fleet asks for a token of his own every second, where each new
//! token kills the one before.
#![cfg(unix)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use support::c::folder;
use support::fleet::{self, Worker};
use support::{address, builder, client, credentials, sandbox};
use zoom_s2s::{Counter, Error, Method, Request};
use zoom_s2s_sandbox::{Sandbox, World};

/// How long it lasts: `ZOOM_S2S_TUG_SECONDS`, else as long as patience allows.
fn duration() -> Duration {
    let given = std::env::var("ZOOM_S2S_TUG_SECONDS").ok();
    let seconds = given.map_or(25, |seconds| seconds.parse().expect("a number"));
    Duration::from_secs(seconds)
}

/// Between the end of a thread's call and its next.
const PAUSE: Duration = Duration::from_millis(50);
/// The time from one request of the rogue's to its next. Exact, which is the worst: a rhythm of our own of
/// whole seconds would meet it at one phase all the time.
const RHYTHM: Duration = Duration::from_secs(1);

const ROGUE: &str = "the-rogue/1.0";

/// Asks for a token about every second until it is dropped.
struct Rogue {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Rogue {
    fn start(zoom: &Sandbox) -> Rogue {
        let stop = Arc::new(AtomicBool::new(false));
        let (address, keys, stopped) = (address(zoom), zoom.credentials().clone(), stop.clone());
        let pair = STANDARD.encode(format!("{}:{}", keys.client_id, keys.client_secret));
        let form = format!(
            "grant_type=account_credentials&account_id={}",
            keys.account_id
        );
        let request = format!(
            "POST /oauth/token HTTP/1.1\r\nHost: zoom\r\nConnection: close\r\nUser-Agent: {ROGUE}\r\n\
             Authorization: Basic {pair}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let thread = thread::spawn(move || {
            let mut next = Instant::now();
            while !stopped.load(Ordering::Relaxed) {
                if Instant::now() < next {
                    thread::sleep(Duration::from_millis(10));
                    continue;
                }
                next += RHYTHM;
                let mut stream = TcpStream::connect(address).expect("the sandbox is there");
                stream.write_all(request.as_bytes()).expect("it listens");
                let mut answer = String::new();
                stream.read_to_string(&mut answer).expect("it answers");
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            }
        });
        Rogue {
            stop,
            thread: Some(thread),
        }
    }

    fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it runs");
        thread.join().expect("the rogue got its tokens");
    }
}

impl Drop for Rogue {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What our side saw.
#[derive(Default)]
struct Tug {
    times_ms: Vec<u64>,
    errors: Vec<String>,
    failed: u64,
    tug_of_war: u64,
}

/// Asserts what is promised, and prints how it was.
fn check(name: &str, zoom: &Sandbox, mut tug: Tug) {
    let journal = zoom.journal();
    let tokens = journal
        .iter()
        .filter(|entry| entry.path == "/oauth/token" && entry.status == 200);
    let (rogues, ours): (Vec<_>, Vec<_>) =
        tokens.partition(|entry| entry.user_agent.as_deref() == Some(ROGUE));
    // Longer than was asked for, where processes take their time to start and to end.
    let lasted = journal.last().expect("requests").at - journal[0].at;
    let seconds = lasted.as_secs();
    // How long each of our tokens lived: until the rogue's next one.
    let mut lives: Vec<u128> = ours
        .iter()
        .filter_map(|our| {
            let killer = rogues.iter().find(|rogue| rogue.at > our.at)?;
            Some((killer.at - our.at).as_millis())
        })
        .collect();
    lives.sort_unstable();
    tug.times_ms.sort_unstable();
    let calls = tug.times_ms.len();
    let at = |share: f64| tug.times_ms[((calls - 1) as f64 * share) as usize];
    let share = 100.0 - tug.failed as f64 * 100.0 / calls as f64;
    println!(
        "{name}: {seconds} s, {calls} calls, {} failed ({share:.2} % succeeded), {} tokens of ours, {} of the rogue's, \
         {} answered with 401, p50 {} ms, p99 {} ms, slowest {} ms, {} waits; \
         our tokens lived (ms) {lives:?}; errors: {:?}",
        tug.failed,
        ours.len(),
        rogues.len(),
        fleet::unauthorized(&journal),
        at(0.5),
        at(0.99),
        at(1.0),
        tug.tug_of_war,
        tug.errors,
    );
    assert!(
        rogues.len() as u64 + 3 >= seconds,
        "the rogue was there all the time"
    );
    assert!(ours.len() as u64 <= seconds / 5 + 2, "{}", ours.len());
    assert!(
        tug.failed as f64 <= calls as f64 / 1000.0,
        "{:?}",
        tug.errors
    );
    assert!(tug.tug_of_war > 0);
}

#[test]
fn eight_threads_against_a_rogue() {
    let zoom = sandbox(|sandbox| sandbox.world(World::SingleToken));
    let client = client(&zoom);
    let rogue = Rogue::start(&zoom);
    let end = Instant::now() + duration();
    let tug = Arc::new(Mutex::new(Tug::default()));
    let (seen, used) = (tug.clone(), client.clone());
    support::on_threads(8, move |_| {
        while Instant::now() < end {
            let begin = Instant::now();
            let result = used.send(&request());
            let mut seen = seen.lock().unwrap();
            seen.times_ms.push(begin.elapsed().as_millis() as u64);
            if let Err(error) = result {
                seen.failed += 1;
                seen.errors.push(error.to_string());
            }
            drop(seen);
            thread::sleep(PAUSE);
        }
    });
    let status = client.status_json();
    assert!(status.contains("Another process probably"), "{status}");
    impatient_callers_hear_of_it(&zoom);
    rogue.end();
    let mut tug = std::mem::take(&mut *tug.lock().unwrap());
    tug.tug_of_war = client.counter(Counter::TugOfWar);
    check("eight threads", &zoom, tug);
}

fn request() -> Request {
    Request::new(Method::Get, "/users").query("page_size", "1")
}

/// While the rogue pulls, a caller who cannot wait for the next token is told why.
fn impatient_callers_hear_of_it(zoom: &Sandbox) {
    let impatient = builder(zoom, credentials(zoom))
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let error = loop {
        match impatient.send(&request()) {
            Err(error) => break error,
            Ok(_) => assert!(Instant::now() < deadline, "the rogue does not pull"),
        }
        thread::sleep(PAUSE);
    };
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    let hint = error.hint().to_lowercase();
    assert!(hint.contains("another process"), "{error}: {hint}");
}

/// Eight processes that share a store are one party of the quarrel, not eight.
fn eight_processes(name: &str, store: &str) {
    let zoom = sandbox(|sandbox| sandbox.world(World::SingleToken));
    let mut command = fleet::worker(PROCESSES, &zoom, store, PAUSE);
    let rogue = Rogue::start(&zoom);
    let workers: Vec<Worker> = (0..8).map(|_| Worker::start(&mut command)).collect();
    thread::sleep(duration());
    let reports = fleet::finish(workers);
    rogue.end();
    for report in &reports {
        let warning = report.status["last_warning"].as_str().unwrap_or_default();
        let warned = report.counter(Counter::TugOfWar) > 0;
        assert!(
            !warned || warning.contains("Another process probably"),
            "{warning}"
        );
    }
    // Of the many quick calls a report has only the slowest times, the rest took no longer.
    let times = reports.iter().flat_map(|report| {
        let quick = (report.calls as usize).saturating_sub(report.slowest_ms.len());
        let least = report.slowest_ms.first().copied().unwrap_or_default();
        std::iter::repeat_n(least, quick).chain(report.slowest_ms.iter().copied())
    });
    let tug = Tug {
        times_ms: times.collect(),
        errors: reports
            .iter()
            .flat_map(|report| report.errors.clone())
            .collect(),
        failed: reports.iter().map(|report| report.failed).sum(),
        tug_of_war: fleet::sum(&reports, Counter::TugOfWar),
    };
    check(name, &zoom, tug);
}

const PROCESSES: &str = "eight_processes_with_a_store_against_a_rogue";

/// Both stores at the same time.
#[test]
fn eight_processes_with_a_store_against_a_rogue() {
    if fleet::work_if_worker() {
        return;
    }
    let file = thread::spawn(|| {
        let store = format!("file:{}", folder(PROCESSES).join("token").display());
        eight_processes("eight processes with a file", &store);
    });
    #[cfg(feature = "redis")]
    if support::has_tool("redis-server") {
        let redis = support::redis::Redis::start(support::redis::Options::default());
        eight_processes("eight processes with Redis", &redis.url());
    } else {
        support::skip(PROCESSES, "redis-server");
    }
    file.join().expect("see above");
}
