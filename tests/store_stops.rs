//! Stopping whoever holds the lease of a store, past the lease's end, and letting it go on.
#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, File};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use support::c::folder;
use support::holder::{self, End, Holder, Notes, StopPoint, work_if_holder};
use support::{fleet, sandbox};
#[cfg(feature = "redis")]
use support::{
    has_tool,
    redis::{Options, Redis},
    skip,
};
use zoom_s2s::Counter;
use zoom_s2s_sandbox::{Fault, Sandbox, World};

/// How long a store leaves a holder alone.
const LEASE: Duration = Duration::from_secs(15);
const DEADLINE_MS: u64 = 30_000;
const OTHERS: usize = 3;

/// When the holder is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopped {
    BeforeRequest,
    /// Zoom makes its token last of all, when the others have theirs.
    WhileZoomThinks,
    AfterAnswer,
}

/// Processes of one app that share a store.
struct Stage {
    test: &'static str,
    zoom: Sandbox,
    store: String,
    notes: Notes,
}

impl Stage {
    fn new(test: &'static str, name: &str, store: Option<String>) -> Stage {
        let folder = folder(&format!("{test}-{name}"));
        Stage {
            test,
            zoom: sandbox(|sandbox| sandbox.world(World::SingleToken)),
            store: store.unwrap_or_else(|| format!("file:{}", folder.join("token").display())),
            notes: Notes::new(folder.join("notes")),
        }
    }

    fn command(&self) -> Command {
        holder::worker(self.test, &self.zoom, &self.store, &self.notes)
    }

    fn others(&self) -> Vec<Holder> {
        let start = |_| Holder::start(&mut self.command());
        (0..OTHERS).map(start).collect()
    }

    /// Waits for so many more calls of this process.
    fn wait_for_calls(&self, process: u32, calls: usize) {
        let wanted = self.notes.calls_of(process) + calls;
        let what = format!("{calls} calls of process {process}");
        wait_until(&what, || self.notes.calls_of(process) >= wanted);
    }

    /// What a process finds that comes now.
    fn fresh(&self) -> End {
        self.notes.fresh(self.command())
    }

    /// How long the slowest call took; none failed.
    fn slowest(&self) -> u64 {
        let (calls, failures) = self.notes.calls();
        assert!(failures.is_empty(), "{}: {failures:#?}", self.store);
        let slowest = calls.into_iter().max().expect("calls");
        assert!(slowest < DEADLINE_MS, "{slowest} ms");
        slowest
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn stop_and_go_on(stage: &Stage, stopped: Stopped) {
    let mut command = stage.command();
    match stopped {
        Stopped::BeforeRequest => command = holder::stopping(command, StopPoint::BeforeRequest),
        Stopped::AfterAnswer => command = holder::stopping(command, StopPoint::AfterAnswer),
        // Once: the others are answered at once.
        Stopped::WhileZoomThinks => {
            let late = LEASE + Duration::from_secs(2);
            stage.zoom.fault(Fault::on_token().latency(late));
        }
    }
    let holder = Holder::start(&mut command);
    if stopped == Stopped::WhileZoomThinks {
        wait_until("the request", || stage.zoom.token_requests() == 1);
        holder.signal(libc::SIGSTOP);
    }
    holder.wait_until_stopped();
    let since = Instant::now();
    let asked = stage.zoom.token_requests();

    let others = stage.others();
    for other in &others {
        stage.wait_for_calls(other.id(), 1);
    }
    let taken_over = since.elapsed();
    assert_eq!(
        stage.zoom.token_requests(),
        asked + 1,
        "one of them asks for all"
    );
    if stopped == Stopped::WhileZoomThinks {
        wait_until("the late token", || stage.zoom.tokens_issued() == 2);
        for other in &others {
            stage.wait_for_calls(other.id(), 3);
        }
        assert_eq!(stage.zoom.tokens_issued(), 3, "one more for all heals it");
    }
    let before = stage.fresh();
    holder.signal(libc::SIGCONT);
    stage.wait_for_calls(holder.id(), 2);
    let after = stage.fresh();
    assert_eq!(
        before.token, after.token,
        "{stopped:?}: the stored token was replaced"
    );
    assert_eq!(
        after.counter(Counter::TokenRequests) + before.counter(Counter::TokenRequests),
        0
    );

    holder.finish();
    others.into_iter().for_each(Holder::finish);
    let journal = stage.zoom.journal();
    let ends = stage.notes.ends();
    let sum = |counter| {
        ends.iter()
            .map(|(_, end)| end.counter(counter))
            .sum::<u64>()
    };
    println!(
        "{} {stopped:?}: taken over after {:.1?}, {} tokens, {} calls, {} answered with 401, slowest {} ms, \
         {} adoptions, {} fetched alone, {} store failures",
        stage.store.split(':').next().unwrap_or_default(),
        taken_over,
        stage.zoom.tokens_issued(),
        stage.notes.calls().0.len(),
        fleet::unauthorized(&journal),
        stage.slowest(),
        sum(Counter::TokensAdopted),
        sum(Counter::FetchedAlone),
        sum(Counter::StoreFailures),
    );
}

/// All ways and both stores at once: nearly all of it is waiting.
#[test]
fn stopped_holders_of_a_lease() {
    const TEST: &str = "stopped_holders_of_a_lease";
    const WAYS: [Stopped; 3] = [
        Stopped::BeforeRequest,
        Stopped::WhileZoomThinks,
        Stopped::AfterAnswer,
    ];
    if work_if_holder() {
        return;
    }
    let mut stores = vec![("file", None)];
    #[cfg(feature = "redis")]
    let redis = has_tool("redis-server").then(|| Redis::start(Options::default()));
    #[cfg(feature = "redis")]
    match &redis {
        Some(redis) => stores.push(("redis", Some(redis.url()))),
        None => skip(TEST, "redis-server"),
    }
    thread::scope(|scope| {
        for (name, store) in &stores {
            for stopped in WAYS {
                scope.spawn(move || {
                    let stage = Stage::new(TEST, &format!("{name}-{stopped:?}"), store.clone());
                    stop_and_go_on(&stage, stopped);
                });
            }
        }
    });
}

/// The lock that is held for microseconds, held by a process that was stopped just then.
#[test]
fn a_stopped_process_with_a_files_short_lock() {
    const TEST: &str = "a_stopped_process_with_a_files_short_lock";
    if work_if_holder() {
        return;
    }
    let stage = Stage::new(TEST, "file", None);
    let path = stage
        .store
        .strip_prefix("file:")
        .expect("a path")
        .to_owned();
    let lock = File::create(format!("{path}.lock")).expect("the lock file");
    fs::set_permissions(
        format!("{path}.lock"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .expect("its owner's alone");
    lock.lock().expect("nobody has it");
    // To the others this process is as good as stopped: it does not give the lock back. They cannot
    // tell it from one that renews, so they wait as long as any could take, and then go alone.
    let mut others = stage.others();
    for other in &others {
        stage.wait_for_calls(other.id(), 1);
    }
    assert!(
        !fs::exists(&path).expect("a readable folder"),
        "nobody could save a token"
    );
    others.iter_mut().for_each(Holder::stop);
    others.into_iter().for_each(Holder::finish);
    let (issued, slowest) = (stage.zoom.tokens_issued(), stage.slowest());
    let ends = stage.notes.ends();
    let mut alone = 0;
    for (process, end) in &ends {
        let error = end.status["store_error"].as_str().unwrap_or_default();
        assert!(
            error.contains("have kept its lock for longer"),
            "{process}: {}",
            end.status
        );
        assert!(end.counter(Counter::StoreFailures) > 0);
        alone += end.counter(Counter::FetchedAlone);
    }
    assert_eq!(alone, issued);
    println!(
        "a stopped process with the short lock: {OTHERS} processes fetched {alone} tokens alone, {} calls, none failed, \
         slowest {slowest} ms, {} answered with 401",
        stage.notes.calls().0.len(),
        fleet::unauthorized(&stage.zoom.journal()),
    );
    // It goes on, and all is as it should be.
    drop(lock);
    let (saved, found) = (stage.fresh(), stage.fresh());
    assert_eq!(saved.token, found.token);
    assert!(saved.status["store_error"].is_null());
    assert_eq!(
        (
            found.counter(Counter::TokensAdopted),
            found.counter(Counter::TokenRequests)
        ),
        (1, 0)
    );
}

/// Where the token is stale and lives, nobody waits for the one who renews it.
#[test]
fn with_a_live_token_nobody_waits_for_a_stopped_holder() {
    const TEST: &str = "with_a_live_token_nobody_waits_for_a_stopped_holder";
    if work_if_holder() {
        return;
    }
    let stage = Stage::new(TEST, "file", None);
    stage.fresh();
    make_stale(stage.store.strip_prefix("file:").expect("a path"));
    // Before its request, as a new token would end the one that the others have.
    let point = StopPoint::BeforeRequest;
    let holder = Holder::start(&mut holder::stopping(stage.command(), point));
    holder.wait_until_stopped();
    let (stopped, since) = (holder.id(), Instant::now());
    let others = stage.others();
    for other in &others {
        stage.wait_for_calls(other.id(), 3);
    }
    let taken = since.elapsed();
    holder.signal(libc::SIGCONT);
    stage.wait_for_calls(holder.id(), 2);
    holder.finish();
    others.into_iter().for_each(Holder::finish);
    // The holder's own call took as long as it was stopped.
    let calls = stage.notes.calls_by_process();
    let waited = calls
        .iter()
        .filter(|(process, _)| *process != stopped)
        .map(|(_, ms)| *ms);
    let waited = waited.max().expect("calls of the others");
    println!(
        "with a live token: stopped {:.1?}, slowest call of the others {waited} ms, {} ms of all, {} tokens",
        taken,
        stage.slowest(),
        stage.zoom.tokens_issued()
    );
    assert!(u128::from(waited) < taken.as_millis(), "they waited for it");
}

/// Makes the file say that its tokens are stale, and good for some minutes yet.
fn make_stale(path: &str) {
    let text = fs::read_to_string(path).expect("a token file");
    let mut file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for token in file["tokens"].as_object_mut().expect("tokens").values_mut() {
        let aged = |name: &str| token[name].as_u64().expect("a time") - 3_400_000;
        let times =
            ["obtained_at_ms", "stale_at_ms", "expires_at_ms"].map(|name| (name, aged(name)));
        for (name, time) in times {
            token[name] = time.into();
        }
    }
    fs::write(path, file.to_string()).expect("the file is ours");
}
