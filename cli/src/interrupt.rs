//! Ctrl-C, SIGTERM, and SIGHUP: the terminal that goes away.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use zoom_s2s::Client;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress;

/// How long the command may take to end in good order. It takes longer only if it is stuck in
/// writing to a pipe that nobody empties.
const GRACE: Duration = Duration::from_secs(2);

/// Whether a signal has come, and what it ends.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    signal: Option<i32>,
    client: Option<Client>,
    /// The unfinished output, to be removed also if nothing else ends any more.
    unfinished: Option<PathBuf>,
}

impl Interrupt {
    /// From now on signals no longer end the process at once.
    pub(crate) fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        let listener = interrupt.clone();
        listen(move |signal| listener.come(signal))?;
        Ok(interrupt)
    }

    /// Ends the calls of `client` when a signal comes, or now if one has come.
    pub(crate) fn ends(&self, client: &Client) {
        let signalled = {
            let mut state = self.state();
            state.client = Some(client.clone());
            state.signal.is_some()
        };
        if signalled {
            client.shutdown();
        }
    }

    /// The file to remove if the process has to be ended by force.
    pub(crate) fn unfinished(&self, path: Option<PathBuf>) {
        self.state().unfinished = path;
    }

    /// Fails if a signal has come.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self.state().signal {
            Some(signal) => Err(Failure::Signalled(signal)),
            None => Ok(()),
        }
    }

    /// What `done` came to: once a signal has come, that is the reason of whatever failed. What was
    /// done all the same is done.
    pub(crate) fn reason<T>(&self, done: Result<T, Failure>) -> Result<T, Failure> {
        done.map_err(|failure| match self.check() {
            Ok(()) => failure,
            Err(signalled) if failure.in_doubt() => Failure::InDoubt(Box::new(signalled)),
            Err(signalled) => signalled,
        })
    }

    /// Waits until a signal comes.
    #[cfg(feature = "sandbox")]
    pub(crate) fn wait(&self) {
        let mut state = self.state();
        while state.signal.is_none() {
            state = self
                .0
                .came
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn come(&self, signal: i32) {
        let client = {
            let mut state = self.state();
            state.signal = Some(signal);
            state.client.clone()
        };
        self.0.came.notify_all();
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            // Again and again: a call that begins in the very moment of a shutdown escapes it.
            if let Some(client) = &client {
                client.shutdown();
            }
            thread::sleep(Duration::from_millis(50));
        }
        progress::clear();
        let unfinished = self.state().unfinished.take();
        if let Some(path) = unfinished {
            let _ = fs::remove_file(path);
        }
        process::exit(Exit::signalled(signal).code().into());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn listen(come: impl Fn(i32) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Ignored by nohup and by shells that start something in the background: so it stays.
    let ignored = ignored();
    let heeded = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(heeded)?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || signals.forever().for_each(come))?;
    Ok(())
}

/// The signals that were ignored when the command was started, the first in the lowest bit.
#[cfg(target_os = "linux")]
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        // Better left alone than taken from nohup.
        .unwrap_or(1)
}

/// Elsewhere safe code cannot ask for it, and SIGHUP, the first, is left to nohup.
#[cfg(all(unix, not(target_os = "linux")))]
fn ignored() -> u64 {
    1
}

#[cfg(not(unix))]
fn listen(come: impl Fn(i32) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || come(2)).map_err(io::Error::other)
}
