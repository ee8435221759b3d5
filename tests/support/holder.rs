//! Workers that are killed, forked or stopped while they ask for a token.
//!
//! They write down what happens to them line by line, so that what a killed one saw counts too.
#![allow(dead_code)]

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use zoom_s2s::{Client, Counter, Credentials, Method, Request};
use zoom_s2s_sandbox::{Entry, Sandbox};

use super::fleet;

const ROLE: &str = "holder";

/// Where a worker stops itself by SIGSTOP, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopPoint {
    /// It has the lease, and has not asked for the token yet.
    BeforeRequest,
    /// It has the answer, and has not saved the token yet.
    AfterAnswer,
}

/// A worker process.
pub(crate) struct Holder {
    child: Child,
    stdin: Option<ChildStdin>,
}

/// The command that runs this test binary as a worker of the test named `test`, whose body begins
/// with [`work_if_holder`].
pub(crate) fn worker(test: &str, zoom: &Sandbox, store: &str, notes: &Notes) -> Command {
    let mut command = fleet::worker(test, zoom, store, Duration::from_millis(300));
    command
        .env("ZOOM_S2S_TEST_ROLE", ROLE)
        .env("HOLDER_NOTES", &notes.0)
        .stdout(process::Stdio::null());
    command
}

/// A worker that stops itself there.
pub(crate) fn stopping(mut command: Command, point: StopPoint) -> Command {
    command.env("HOLDER_STOP", format!("{point:?}"));
    command
}

impl Holder {
    pub(crate) fn start(command: &mut Command) -> Holder {
        let mut child = command.spawn().expect("the worker starts");
        let stdin = child.stdin.take();
        Holder { child, stdin }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Has it fork a child that does nothing but keep what was open.
    pub(crate) fn fork(&mut self) {
        let stdin = self.stdin.as_mut().expect("it was not told to stop");
        stdin.write_all(b"fork\n").expect("it is listening");
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
    }

    pub(crate) fn stop(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end of its last call.
    pub(crate) fn finish(mut self) {
        self.stop();
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "worker {}: {status}", self.id());
    }

    pub(crate) fn signal(&self, signal: i32) {
        send_signal(self.id(), signal);
    }

    /// Waits until SIGSTOP has taken hold of it.
    pub(crate) fn wait_until_stopped(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let stat = format!("/proc/{}/stat", self.id());
        loop {
            let state = fs::read_to_string(&stat).expect("it is there");
            if state.contains(") T ") {
                return;
            }
            assert!(Instant::now() < deadline, "it does not stop: {state}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whatever became of the test, no process stays behind, least of all a stopped one.
impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn send_signal(process: u32, signal: i32) {
    let process = libc::pid_t::try_from(process).expect("a process ID");
    // SAFETY: signals a process that this test started and has not reaped.
    unsafe { libc::kill(process, signal) };
}

/// Which worker sent this request.
pub(crate) fn sender(entry: &Entry) -> Option<u32> {
    let agent = entry.user_agent.as_deref()?;
    let number = agent
        .split_whitespace()
        .find_map(|word| word.strip_prefix("worker-"))?;
    number.parse().ok()
}

/// The file in which all workers write down what happens to them.
#[derive(Clone)]
pub(crate) struct Notes(PathBuf);

/// One line of it.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) process: u32,
    pub(crate) what: String,
    pub(crate) rest: String,
}

/// A process's end: its counters, and the fingerprint of its token.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) token: String,
    pub(crate) status: Value,
}

impl End {
    pub(crate) fn counter(&self, counter: Counter) -> u64 {
        self.status["counters"][counter.name()]
            .as_u64()
            .expect("a counter")
    }
}

impl Notes {
    pub(crate) fn new(path: PathBuf) -> Notes {
        File::create(&path).expect("a file for notes");
        Notes(path)
    }

    pub(crate) fn read(&self) -> Vec<Note> {
        let text = fs::read_to_string(&self.0).expect("the notes");
        text.lines()
            .map(|line| {
                let mut words = line.splitn(3, ' ').map(str::to_owned);
                let mut word = || words.next().unwrap_or_default();
                Note {
                    process: word().parse().expect("a process ID"),
                    what: word(),
                    rest: word(),
                }
            })
            .collect()
    }

    /// How long each successful call took, in milliseconds, and what the others failed of.
    pub(crate) fn calls(&self) -> (Vec<u64>, Vec<String>) {
        let notes = self.read();
        let of = |what: &'static str| notes.iter().filter(move |note| note.what == what);
        let good = of("CALL").map(|note| note.rest.parse().expect("milliseconds"));
        let bad = of("FAIL").map(|note| format!("{} {}", note.process, note.rest));
        (good.collect(), bad.collect())
    }

    /// Which process's successful call took so many milliseconds.
    pub(crate) fn calls_by_process(&self) -> Vec<(u32, u64)> {
        let calls = self.read().into_iter().filter(|note| note.what == "CALL");
        calls
            .map(|note| (note.process, note.rest.parse().expect("milliseconds")))
            .collect()
    }

    /// How many calls of this process have ended.
    pub(crate) fn calls_of(&self, process: u32) -> usize {
        let ended =
            |note: &&Note| note.process == process && ["CALL", "FAIL"].contains(&&*note.what);
        self.read().iter().filter(ended).count()
    }

    pub(crate) fn ends(&self) -> Vec<(u32, End)> {
        let ends = self.read().into_iter().filter(|note| note.what == "END");
        ends.map(|note| {
            let (token, status) = note.rest.split_once(' ').expect("two words");
            let end = End {
                token: token.to_owned(),
                status: serde_json::from_str(status).expect("JSON"),
            };
            (note.process, end)
        })
        .collect()
    }

    /// The children that this worker has forked.
    pub(crate) fn children_of(&self, process: u32) -> Vec<u32> {
        let children = self.read().into_iter();
        children
            .filter(|note| note.process == process && note.what == "CHILD")
            .map(|note| note.rest.parse().expect("a process ID"))
            .collect()
    }

    /// Makes one call from a process of its own; what it knew afterwards.
    pub(crate) fn fresh(&self, mut command: Command) -> End {
        let fresh = Holder::start(command.env("HOLDER_ONCE", "1"));
        let id = fresh.id();
        fresh.finish();
        let mut ends = self
            .ends()
            .into_iter()
            .filter(|(process, _)| *process == id);
        ends.next_back().expect("its end").1
    }
}

/// The first line of a test whose name is given to [`worker`]: in a worker process it works until
/// stdin ends, and returns true; the test then returns.
pub(crate) fn work_if_holder() -> bool {
    if super::my_role().as_deref() != Some(ROLE) {
        return false;
    }
    let pen = Arc::new(Pen::open());
    if let Ok(point) = std::env::var("HOLDER_STOP") {
        log::set_boxed_logger(Box::new(Stopper::new(&point, pen.clone())))
            .expect("the first logger");
        log::set_max_level(log::LevelFilter::Debug);
    }
    let interval = std::env::var("FLEET_INTERVAL_MS").expect("an interval");
    let interval = Duration::from_millis(interval.parse().expect("a number"));
    let credentials = Credentials::from_env().expect("credentials");
    let client = Client::builder(credentials)
        .settings_from_env()
        .expect("settings")
        .user_agent(format!("worker-{}", process::id()))
        .build()
        .expect("the worker's client");
    let stopped = Arc::new(AtomicBool::new(std::env::var_os("HOLDER_ONCE").is_some()));
    {
        let (pen, stopped) = (pen.clone(), stopped.clone());
        thread::spawn(move || {
            for line in BufReader::new(std::io::stdin()).lines() {
                assert_eq!(line.expect("a line"), "fork");
                pen.write("CHILD", &fork_sleeper().to_string());
            }
            stopped.store(true, Ordering::Relaxed);
        });
    }
    let request = Request::new(Method::Get, "/users").query("page_size", "1");
    loop {
        let begin = Instant::now();
        let result = client.send(&request);
        let ms = begin.elapsed().as_millis();
        match result {
            Ok(_) => pen.write("CALL", &ms.to_string()),
            Err(error) => pen.write(
                "FAIL",
                &format!("after {ms} ms: {:?}: {error}", error.status()),
            ),
        }
        if stopped.load(Ordering::Relaxed) {
            break;
        }
        thread::sleep(interval.saturating_sub(begin.elapsed()));
    }
    let status = client.status_json();
    let mut token = DefaultHasher::new();
    // Not asked for anew where the last call failed: the test has failed anyhow.
    client
        .token()
        .map(|token| token.value().to_owned())
        .unwrap_or_default()
        .hash(&mut token);
    pen.write("END", &format!("{:016x} {status}", token.finish()));
    true
}

struct Pen(File);

impl Pen {
    fn open() -> Pen {
        let path = std::env::var_os("HOLDER_NOTES").expect("a path");
        Pen(OpenOptions::new()
            .append(true)
            .open(Path::new(&path))
            .expect("the notes"))
    }

    /// In one write, as others write too.
    fn write(&self, what: &str, rest: &str) {
        let line = format!("{} {what} {}\n", process::id(), rest.replace('\n', " "));
        (&self.0).write_all(line.as_bytes()).expect("a note");
    }
}

/// A child with everything open that this process has open, held until it is killed.
fn fork_sleeper() -> libc::pid_t {
    // SAFETY: the child calls nothing but sleep and _exit, which are safe whatever other threads of its
    // parent were doing; the test kills it, or else it ends by itself.
    match unsafe { libc::fork() } {
        // SAFETY: as above.
        0 => unsafe {
            libc::alarm(300);
            loop {
                libc::pause();
            }
        },
        -1 => panic!("no fork: {}", std::io::Error::last_os_error()),
        child => child,
    }
}

/// Stops the process where the library says what it is doing.
struct Stopper {
    begins: &'static str,
    ends: &'static str,
    done: AtomicBool,
    pen: Arc<Pen>,
}

impl Stopper {
    fn new(point: &str, pen: Arc<Pen>) -> Stopper {
        let ends = if point == format!("{:?}", StopPoint::AfterAnswer) {
            "/oauth/token: HTTP 200"
        } else {
            "/oauth/token"
        };
        Stopper {
            begins: "POST http",
            ends,
            done: AtomicBool::new(false),
            pen,
        }
    }
}

impl log::Log for Stopper {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = record.args().to_string();
        if text.starts_with(self.begins)
            && text.ends_with(self.ends)
            && !self.done.swap(true, Ordering::SeqCst)
        {
            self.pen.write("STOP", &text);
            // SAFETY: raise has no conditions; this process sleeps until the test continues it.
            unsafe { libc::raise(libc::SIGSTOP) };
            self.pen.write("CONT", &text);
        }
    }

    fn flush(&self) {}
}
