//! Redis goes away in every way it can, with processes at work before, through and after it.
#![cfg(all(unix, feature = "redis"))]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use support::c::folder;
use support::fleet::{self, Report, Worker};
use support::redis::{self, Listen, Options, Redis};
use support::{has_tool, sandbox, skip};
use zoom_s2s::Counter;
use zoom_s2s_sandbox::{Sandbox, World};

const CERTIFICATES: [&str; 3] = ["ca.pem", "server.pem", "server.key"];
const PROCESSES: usize = 3;
const LIFE: Duration = Duration::from_secs(8);
const INTERVAL: Duration = Duration::from_millis(50);
/// Longest that a process leaves a store alone that failed, and then the life of its token.
const RECOVERY: Duration = Duration::from_secs(60);
/// Longest that a call may take whose token or store does not come.
const BOUND_MS: u64 = 10_000;

/// How long an outage lasts at least: `ZOOM_S2S_OUTAGE_SECONDS`, else a few.
fn least() -> Duration {
    let given = std::env::var("ZOOM_S2S_OUTAGE_SECONDS").ok();
    let seconds = given.map_or(6, |seconds| seconds.parse().expect("a number"));
    Duration::from_secs(seconds)
}

/// A Redis, and what is needed to spoil it.
struct Server {
    redis: Redis,
    /// The CA that clients know.
    ca: PathBuf,
}

/// One way to go away, and to come back.
struct Outage {
    name: &'static str,
    tls: bool,
    begin: fn(&mut Server),
    end: fn(&mut Server),
    /// A part of what is said of the cause; empty if nothing is said, because the server answers and
    /// has only forgotten everything.
    cause: &'static str,
}

const OUTAGES: [Outage; 7] = [
    Outage {
        name: "killed",
        tls: false,
        begin: |server| server.redis.stop(),
        end: |server| server.redis.restart(),
        cause: "refused",
    },
    Outage {
        name: "stopped",
        tls: false,
        begin: |server| server.redis.pause(),
        end: |server| server.redis.resume(),
        cause: "did not answer within",
    },
    Outage {
        name: "restarted empty",
        tls: false,
        begin: |server| server.redis.restart(),
        end: |_| {},
        cause: "",
    },
    Outage {
        name: "flushed",
        tls: false,
        begin: |server| server.tell(&["FLUSHALL"]),
        end: |_| {},
        cause: "",
    },
    Outage {
        name: "another password",
        tls: false,
        begin: |server| {
            server.tell(&["CONFIG SET requirepass hidden", "CLIENT KILL TYPE normal"]);
        },
        end: |server| server.tell(&["AUTH hidden", "CONFIG SET requirepass \"\""]),
        cause: "NOAUTH",
    },
    Outage {
        name: "memory full",
        tls: false,
        begin: |server| server.tell(&["CONFIG SET maxmemory 1"]),
        end: |server| server.tell(&["CONFIG SET maxmemory 0"]),
        cause: "OOM",
    },
    Outage {
        name: "certificate of another CA",
        tls: true,
        begin: |server| {
            let other = Redis::start(Options::new(Listen::Tls));
            server.take_certificate(&other.ca_file());
        },
        end: |server| server.take_certificate(&server.ca.clone()),
        cause: "TLS with 127.0.0.1",
    },
];

impl Server {
    fn start(outage: &Outage, folder: PathBuf) -> Server {
        let listen = if outage.tls { Listen::Tls } else { Listen::Tcp };
        let redis = Redis::start(Options::new(listen));
        let ca = folder.join("ca.pem");
        if outage.tls {
            for name in CERTIFICATES {
                let from = redis.ca_file().with_file_name(name);
                fs::copy(from, folder.join(name)).expect("a copy");
            }
        }
        Server { redis, ca }
    }

    /// Starts anew with the certificate that lies beside this CA.
    fn take_certificate(&mut self, ca: &Path) {
        for name in CERTIFICATES {
            let own = self.redis.ca_file().with_file_name(name);
            fs::copy(ca.with_file_name(name), own).expect("a copy");
        }
        self.redis.restart();
    }

    /// Sends lines over one connection; each must be answered well.
    fn tell(&self, lines: &[&str]) {
        let stream = UnixStream::connect(self.redis.socket()).expect("the server listens");
        let mut reader = BufReader::new(stream);
        for line in lines {
            let text = format!("{line}\r\n");
            reader
                .get_mut()
                .write_all(text.as_bytes())
                .expect("it hears");
            let mut answer = String::new();
            reader.read_line(&mut answer).expect("it answers");
            assert!(
                !answer.starts_with('-') && !answer.is_empty(),
                "{line}: {answer}"
            );
        }
    }
}

/// The processes of one outage, and where they ask.
struct Fleet {
    name: String,
    outage: &'static Outage,
    zoom: Sandbox,
    server: Server,
    workers: Vec<Worker>,
}

impl Fleet {
    /// All at work, with one token that is young.
    fn start(test: &str, outage: &'static Outage, strict: bool) -> Fleet {
        let name = format!("{test}: {}", outage.name);
        let zoom = sandbox(|sandbox| sandbox.token_lifetime(LIFE));
        let server = Server::start(outage, folder(&format!("{test}-{}", outage.name)));
        let query = if strict { "?strict" } else { "" };
        let store = format!("{}{query}", server.redis.url());
        let mut command = fleet::worker(test, &zoom, &store, INTERVAL);
        if outage.tls {
            command.env("ZOOM_S2S_CA_FILE", &server.ca);
        }
        let workers = (0..PROCESSES)
            .map(|_| Worker::start(&mut command))
            .collect();
        let mut fleet = Fleet {
            name,
            outage,
            zoom,
            server,
            workers,
        };
        fleet.wait("all work", |reports| {
            reports.iter().all(|report| report.calls > 0)
        });
        fleet.check_good();
        fleet
    }

    fn reports(&mut self) -> Vec<Report> {
        self.workers.iter_mut().map(Worker::report).collect()
    }

    fn wait(&mut self, what: &str, until: impl Fn(&[Report]) -> bool) -> Vec<Report> {
        let deadline = Instant::now() + RECOVERY + LIFE;
        loop {
            let reports = self.reports();
            if until(&reports) {
                return reports;
            }
            let name = &self.name;
            assert!(Instant::now() < deadline, "{name}: {what}: {reports:#?}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Nothing has gone wrong yet.
    fn check_good(&mut self) {
        for report in self.reports() {
            assert_eq!(report.failed, 0, "{}: {report:?}", self.name);
            assert!(
                report.status["store_error"].is_null(),
                "{}: {report:?}",
                self.name
            );
        }
    }

    /// Waits for `what` and for the least time of an outage; what is then reported.
    fn endure(&mut self, what: &str, until: impl Fn(&[Report]) -> bool) -> Vec<Report> {
        let begin = Instant::now();
        (self.outage.begin)(&mut self.server);
        let issued = self.zoom.tokens_issued();
        if self.outage.cause.is_empty() {
            while self.zoom.tokens_issued() == issued || begin.elapsed() < least() {
                assert!(begin.elapsed() < RECOVERY, "{}: no renewal", self.name);
                thread::sleep(Duration::from_millis(50));
            }
            self.check_good();
        } else {
            self.wait(what, until);
            thread::sleep(least().saturating_sub(begin.elapsed()));
        }
        let during = self.reports();
        (self.outage.end)(&mut self.server);
        during
    }

    /// Everybody uses the store again, and one took over another's token from it.
    fn wait_for_recovery(&mut self) {
        let adopted = fleet::sum(&self.reports(), Counter::TokensAdopted);
        let begin = Instant::now();
        self.wait("the store is used again", |reports| {
            let well = |report: &Report| report.status["store_error"].is_null();
            fleet::sum(reports, Counter::TokensAdopted) > adopted && reports.iter().all(well)
        });
        println!(
            "{}: used again after {} ms",
            self.name,
            begin.elapsed().as_millis()
        );
    }

    /// The last reports, with what they all must say.
    fn finish(self) -> Vec<Report> {
        let reports = fleet::finish(self.workers);
        let slowest = reports.iter().flat_map(|report| &report.slowest_ms).max();
        let slowest = *slowest.expect("calls");
        println!(
            "{}: {} calls, {} failed, {} tokens, {} store failures, {} fetched alone, {} adopted, slowest call {slowest} ms",
            self.name,
            reports.iter().map(|report| report.calls).sum::<u64>(),
            reports.iter().map(|report| report.failed).sum::<u64>(),
            self.zoom.tokens_issued(),
            fleet::sum(&reports, Counter::StoreFailures),
            fleet::sum(&reports, Counter::FetchedAlone),
            fleet::sum(&reports, Counter::TokensAdopted),
        );
        assert_eq!(
            fleet::unauthorized(&self.zoom.journal()),
            0,
            "{}",
            self.name
        );
        assert!(slowest < BOUND_MS, "{}: {slowest} ms", self.name);
        reports
    }
}

/// No call fails: each process fetches for itself, says so, and comes back.
fn go_on_without(test: &str, outage: &'static Outage) {
    let mut fleet = Fleet::start(test, outage, false);
    let during = fleet.endure("all fetch alone", |reports| {
        let mut reports = reports.iter();
        reports.all(|report| report.counter(Counter::FetchedAlone) > 0)
    });
    let name = fleet.name.clone();
    fleet.wait_for_recovery();
    let after = fleet.finish();
    for (during, after) in during.iter().zip(&after) {
        assert_eq!(after.failed, 0, "{name}: {after:?}");
        let alone = after.counter(Counter::FetchedAlone);
        let failures = after.counter(Counter::StoreFailures);
        if outage.cause.is_empty() {
            assert_eq!((alone, failures), (0, 0), "{name}");
            continue;
        }
        assert!(alone > 0 && failures > 0, "{name}: {after:?}");
        let error = during.status["store_error"].as_str().unwrap_or_default();
        assert!(error.contains(outage.cause), "{name}: {error:?}");
        let warning = during.status["last_warning"].as_str().unwrap_or_default();
        assert!(warning.contains(outage.cause), "{name}: {warning:?}");
    }
}

/// Who holds a live token goes on; who needs one hears at once which store fails, and why.
fn refuse_without(test: &str, outage: &'static Outage) {
    let mut fleet = Fleet::start(test, outage, true);
    let before: u64 = fleet.reports().iter().map(|report| report.calls).sum();
    let during = fleet.endure("all need a token", |reports| {
        reports.iter().all(|report| report.failed > 0)
    });
    let name = fleet.name.clone();
    let store = during[0].status["store"]
        .as_str()
        .expect("a store")
        .to_owned();
    let failed: u64 = during.iter().map(|report| report.failed).sum();
    let calls: u64 = during.iter().map(|report| report.calls).sum();
    let good = calls - failed - before;
    if !outage.cause.is_empty() {
        println!("{name}: {good} calls with the live token, then {failed} refused");
        // The token was young, and is used up to its end.
        assert!(good as usize > PROCESSES * 20, "{name}: {good}");
    }
    for report in &during {
        for error in &report.errors {
            let said = format!("Store: the token store {store} cannot be used: ");
            assert!(
                error.to_lowercase().starts_with(&said.to_lowercase()),
                "{name}: {error}"
            );
            assert!(error.contains(outage.cause), "{name}: {error}");
        }
    }
    fleet.wait_for_recovery();
    let recovered: Vec<u64> = fleet.reports().iter().map(|report| report.failed).collect();
    thread::sleep(Duration::from_secs(1));
    let after = fleet.finish();
    for (after, recovered) in after.iter().zip(recovered) {
        assert_eq!(after.failed, recovered, "{name}: {after:?}");
        assert_eq!(after.counter(Counter::FetchedAlone), 0, "{name}");
    }
}

/// All outages at the same time, each with a Redis of its own.
fn all(test: &'static str, body: fn(&str, &'static Outage)) {
    if fleet::work_if_worker() {
        return;
    }
    if let Some(tool) = redis::TOOLS.iter().find(|tool| !has_tool(tool)) {
        return skip(test, tool);
    }
    let threads = OUTAGES.each_ref().map(|outage| {
        let thread = thread::Builder::new().name(outage.name.to_owned());
        thread.spawn(move || body(test, outage)).expect("a thread")
    });
    let failed = threads.map(|thread| thread.join().is_err());
    let failed: Vec<&str> = OUTAGES
        .iter()
        .zip(failed)
        .filter_map(|(outage, failed)| failed.then_some(outage.name))
        .collect();
    assert!(failed.is_empty(), "see above: {failed:?}");
}

#[test]
fn calls_go_on_without_the_store() {
    all("calls_go_on_without_the_store", go_on_without);
}

#[test]
fn strict_calls_go_on_with_live_tokens_only() {
    all("strict_calls_go_on_with_live_tokens_only", refuse_without);
}

/// Two processes whose Redis is gone ask for no more tokens than they must.
fn two_alone(test: &str, world: World) {
    if fleet::work_if_worker() {
        return;
    }
    if !has_tool("redis-server") {
        return skip(test, "redis-server");
    }
    let zoom = sandbox(|sandbox| sandbox.world(world).token_lifetime(LIFE));
    let mut redis = Redis::start(Options::default());
    let mut command = fleet::worker(test, &zoom, &redis.url(), INTERVAL);
    let mut workers: Vec<Worker> = (0..2).map(|_| Worker::start(&mut command)).collect();
    while workers.iter_mut().any(|worker| worker.report().calls == 0) {
        thread::sleep(Duration::from_millis(20));
    }
    redis.stop();
    let before = zoom.token_requests();
    let length = (2 * least()).max(Duration::from_secs(20));
    thread::sleep(length);
    let reports = fleet::finish(workers);
    let requests = zoom.token_requests() - before;
    let calls: u64 = reports.iter().map(|report| report.calls).sum();
    let failed: u64 = reports.iter().map(|report| report.failed).sum();
    let slowest = reports.iter().flat_map(|report| &report.slowest_ms).max();
    let seconds = length.as_secs();
    println!(
        "{test}: {seconds} s without Redis: {requests} token requests of two processes, {calls} calls, {failed} failed, \
         {} answered with 401, slowest call {} ms",
        fleet::unauthorized(&zoom.journal()),
        slowest.expect("calls"),
    );
    // Each begins somewhere within a period, and may end within one.
    let each = match world {
        World::MultiToken => seconds / LIFE.as_secs() + 1,
        World::SingleToken => seconds / 5 + 2,
    };
    assert!(requests as u64 <= 2 * each, "{requests}");
    assert!(requests >= 2, "they had to ask");
    match world {
        World::MultiToken => assert_eq!(failed, 0),
        World::SingleToken => assert!(fleet::sum(&reports, Counter::TugOfWar) > 0),
    }
}

#[test]
fn two_processes_alone_do_not_stampede() {
    two_alone("two_processes_alone_do_not_stampede", World::MultiToken);
}

#[test]
fn two_processes_alone_with_one_token_at_a_time_do_not_stampede() {
    let test = "two_processes_alone_with_one_token_at_a_time_do_not_stampede";
    two_alone(test, World::SingleToken);
}
