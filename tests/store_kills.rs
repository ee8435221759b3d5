//! Killing whoever holds the lease of a store, at any moment, many times.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use support::c::folder;
use support::holder::{self, Holder, Notes, sender, work_if_holder};
use support::sandbox;
#[cfg(feature = "redis")]
use support::{
    has_tool,
    redis::{Options, Redis},
    skip,
};
use zoom_s2s::Counter;
use zoom_s2s_sandbox::{Fault, Sandbox, World};

/// A token request waits so long before the token is made, and so long again for the answer to arrive.
const HALF: Duration = Duration::from_millis(100);
/// Long enough that a token which is stale has the time of a request left.
const LIFE: Duration = Duration::from_secs(12);
/// What a call may take: the default of the library.
const DEADLINE_MS: u64 = 30_000;
/// After a kill whose lease stays, nobody is killed until a token is there and was used a while: a call
/// that waited for two such leases in a row would run out of time, and rightly.
const REST: Duration = Duration::from_secs(12);

fn kills() -> usize {
    let given = std::env::var("ZOOM_S2S_KILLS").ok();
    given.map_or(40, |count| {
        count.parse().expect("ZOOM_S2S_KILLS is a number")
    })
}

/// Numbers that differ from run to run.
struct Dice(u64);

impl Dice {
    fn new() -> Dice {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Dice(since.expect("a clock that is set").as_nanos() as u64 | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// One app, and the processes that share its token.
struct App {
    zoom: Sandbox,
    workers: Vec<Holder>,
    requests: usize,
    /// The holder, and when it is to die.
    doomed: Option<(u32, Instant)>,
    in_a_row: usize,
    /// The doomed holder has forked a child.
    forked: bool,
    /// Children of killed holders, which have the lease's file open still.
    orphans: Vec<u32>,
    /// A killed holder's lease stays until its end.
    lasting: bool,
    spared_until: Option<Instant>,
}

struct Slaughter<'a> {
    test: &'static str,
    store: String,
    notes: Notes,
    dice: Dice,
    /// The store keeps the lease of a dead process until its end.
    leases_last: bool,
    is_sound: Box<dyn Fn() -> bool + 'a>,
    killed: usize,
    orphaned: usize,
}

impl Slaughter<'_> {
    fn worker(&self, zoom: &Sandbox) -> Holder {
        Holder::start(&mut holder::worker(
            self.test,
            zoom,
            &self.store,
            &self.notes,
        ))
    }

    /// Looks who holds the lease of this app, and kills it when its time has come.
    fn step(&mut self, app: &mut App) {
        let now = Instant::now();
        if let Some((process, when)) = app.doomed {
            if now >= when {
                app.doomed = None;
                self.kill(app, process);
            }
            return;
        }
        let requests = app.zoom.token_requests();
        if requests == app.requests {
            return;
        }
        app.requests = requests;
        let journal = app.zoom.journal();
        let mut asked = journal.iter().filter(|entry| entry.path == "/oauth/token");
        let process = asked
            .next_back()
            .and_then(sender)
            .expect("a worker's request");
        if app.lasting {
            app.lasting = false;
            app.spared_until = Some(now + REST);
        }
        let spared = app.spared_until.is_some_and(|until| now < until);
        if spared || app.in_a_row == 5 || self.dice.below(8) == 0 {
            app.in_a_row = 0;
            return;
        }
        let Some(worker) = app.workers.iter_mut().find(|worker| worker.id() == process) else {
            return;
        };
        if self.dice.below(8) == 0 {
            worker.fork();
            app.forked = true;
        }
        // As long as an orphan has the lease's file open, nobody can tell that an owner has died.
        app.lasting = self.leases_last || app.forked || !app.orphans.is_empty();
        let whole = 2 * HALF + HALF / 5;
        let after = whole.mul_f64(self.dice.below(1000) as f64 / 1000.0);
        app.doomed = Some((process, now + after));
    }

    fn kill(&mut self, app: &mut App, process: u32) {
        let at = app.workers.iter().position(|worker| worker.id() == process);
        app.workers
            .swap_remove(at.expect("nobody else kills it"))
            .kill();
        app.in_a_row += 1;
        self.killed += 1;
        for orphan in app.orphans.drain(..) {
            holder::send_signal(orphan, libc::SIGKILL);
        }
        if std::mem::take(&mut app.forked) {
            app.orphans = self.notes.children_of(process);
            self.orphaned += app.orphans.len();
        }
        assert!(
            (self.is_sound)(),
            "the store is damaged after {} kills",
            self.killed
        );
        let replacement = self.worker(&app.zoom);
        app.workers.push(replacement);
    }

    fn run(mut self, kills: usize, apps: usize, processes: usize) {
        let begin = Instant::now();
        let mut apps: Vec<App> = (0..apps)
            .map(|nth| {
                // Half of them with one token at a time.
                let world = [World::MultiToken, World::SingleToken][nth % 2];
                let zoom = sandbox(|sandbox| sandbox.world(world).token_lifetime(LIFE));
                // A token response has about 900 bytes.
                let slow = Fault::on_token().always().latency(HALF);
                zoom.fault(slow.drip(false, 100, HALF / 10));
                let workers = (0..processes).map(|_| self.worker(&zoom)).collect();
                App {
                    zoom,
                    workers,
                    requests: 0,
                    doomed: None,
                    in_a_row: 0,
                    forked: false,
                    orphans: Vec::new(),
                    lasting: false,
                    spared_until: None,
                }
            })
            .collect();
        while self.killed < kills {
            apps.iter_mut().for_each(|app| self.step(app));
            thread::sleep(Duration::from_millis(2));
            let limit = Duration::from_secs(60 + 3 * kills as u64);
            assert!(
                begin.elapsed() < limit,
                "only {} kills in {limit:?}",
                self.killed
            );
        }
        // What the last victims had asked for arrives, and everybody begins one more call.
        thread::sleep(2 * HALF + Duration::from_millis(500));
        for app in &mut apps {
            // A token that is asked for in its last moments is given up when the answer takes long,
            // and where only one may live, what was given up ends the one that is in the store.
            app.zoom.clear_faults();
            app.workers.iter_mut().for_each(Holder::stop);
        }
        for app in &mut apps {
            app.workers.drain(..).for_each(Holder::finish);
        }
        assert!((self.is_sound)(), "the store is damaged");
        let (mut calls, failures) = self.notes.calls();
        calls.sort_unstable();
        let ends = self.notes.ends();
        let sum = |counter| {
            ends.iter()
                .map(|(_, end)| end.counter(counter))
                .sum::<u64>()
        };
        let issued: u64 = apps.iter().map(|app| app.zoom.tokens_issued()).sum();
        println!(
            "{}: {} kills in {:.0?} ({} with a forked child that lives on), {} apps of {processes} processes, \
             {issued} tokens, {} calls, {} failed, slowest {} ms, the next ones {:?}; of the survivors: {} adoptions, \
             {} tokens refused, {} fetched alone, {} store failures",
            self.test,
            self.killed,
            begin.elapsed(),
            self.orphaned,
            apps.len(),
            calls.len(),
            failures.len(),
            calls.last().expect("calls"),
            calls.iter().rev().skip(1).take(4).collect::<Vec<_>>(),
            sum(Counter::TokensAdopted),
            sum(Counter::TokensRejected),
            sum(Counter::FetchedAlone),
            sum(Counter::StoreFailures),
        );
        for orphan in apps.iter_mut().flat_map(|app| app.orphans.drain(..)) {
            holder::send_signal(orphan, libc::SIGKILL);
        }
        assert!(failures.is_empty(), "{failures:#?}");
        assert!(calls.last().is_some_and(|slowest| *slowest < DEADLINE_MS));
        for (process, end) in &ends {
            assert!(
                end.status["store_error"].is_null(),
                "{process}: {}",
                end.status
            );
        }
        // Whoever comes now finds what the store says to be true.
        for app in &apps {
            let command = holder::worker(self.test, &app.zoom, &self.store, &self.notes);
            let fresh = self.notes.fresh(command);
            let journal = app.zoom.journal();
            let last = &journal[journal.len().saturating_sub(12)..];
            let rejected = fresh.counter(Counter::TokensRejected);
            assert_eq!(
                rejected, 0,
                "a dead token is in the store: {fresh:?} {last:#?}"
            );
        }
        let (_, failures) = self.notes.calls();
        assert!(failures.is_empty(), "{failures:#?}");
    }
}

fn is_valid_json(path: &PathBuf) -> bool {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str::<serde_json::Value>(&text)
            .is_ok_and(|file| file["version"] == 1 && file["tokens"].is_object()),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[test]
fn killed_holders_of_a_files_lease() {
    const TEST: &str = "killed_holders_of_a_files_lease";
    if work_if_holder() {
        return;
    }
    let folder = folder(TEST);
    let token = folder.join("token");
    let slaughter = Slaughter {
        test: TEST,
        // All apps in one file.
        store: format!("file:{}", token.display()),
        notes: Notes::new(folder.join("notes")),
        dice: Dice::new(),
        leases_last: false,
        is_sound: Box::new(|| is_valid_json(&token)),
        killed: 0,
        orphaned: 0,
    };
    slaughter.run(kills(), 20, 3);
}

#[cfg(feature = "redis")]
#[test]
fn killed_holders_of_a_redis_lease() {
    const TEST: &str = "killed_holders_of_a_redis_lease";
    if work_if_holder() {
        return;
    }
    if !has_tool("redis-server") {
        return skip(TEST, "redis-server");
    }
    let redis = Redis::start(Options::default());
    let sealed = |(key, value): (&String, &String)| {
        !key.ends_with(":token") || value.starts_with("zoom-s2s.1.")
    };
    let slaughter = Slaughter {
        test: TEST,
        store: redis.url(),
        notes: Notes::new(folder(TEST).join("notes")),
        dice: Dice::new(),
        leases_last: true,
        is_sound: Box::new(|| redis.dump().iter().all(sealed)),
        killed: 0,
        orphaned: 0,
    };
    // A dead holder's lease lasts 15 s, so that each app is good for one kill in about 25 s.
    slaughter.run(kills(), (kills() + kills() / 2).clamp(1, 60), 2);
}
