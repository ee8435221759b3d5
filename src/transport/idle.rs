//! The connections of one epoch, and the buffers that those in use need.

use std::collections::VecDeque;
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use zeroize::Zeroize;

use super::wire::{Stream, Wire};
use crate::lock::Lock;

/// Servers and middle boxes forget idle connections; a request over a forgotten one fails.
const OLDEST: Duration = Duration::from_secs(15);

/// How many connections may be idle.
const MOST_IDLE: usize = 256;

/// How many sets of buffers are kept, and how long a buffer may be to be kept.
const MOST_SETS: usize = 4;
const LONGEST: usize = 256 * 1024;

/// What a request needs besides its connection. Kept apart, so that idle connections hold no memory.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) output: Vec<u8>,
    /// The head of the answer, and what came with it.
    pub(super) input: Vec<u8>,
    /// A body before decompression.
    pub(super) packed: Vec<u8>,
    records: Vec<u8>,
}

#[derive(Default)]
struct State {
    /// In the order in which they became idle.
    idle: VecDeque<Wire>,
    scratch: Vec<Scratch>,
    /// Everything that was opened and may be open still.
    open: Vec<Weak<TcpStream>>,
    closed: bool,
}

pub(super) struct Connections(Lock<State>);

/// The epoch has ended.
pub(super) struct Closed;

impl Connections {
    pub(super) fn new() -> Connections {
        Connections(Lock::new(State::default()))
    }

    /// Notes a connection that is being made, to be shut down with the others.
    pub(super) fn register(&self, stream: &Arc<TcpStream>) -> Result<(), Closed> {
        let mut state = self.0.lock();
        if state.closed {
            return Err(Closed);
        }
        state.open.retain(|stream| stream.strong_count() > 0);
        state.open.push(Arc::downgrade(stream));
        Ok(())
    }

    /// The connection to `origin` that became idle last, if any of them is good.
    pub(super) fn take(&self, origin: &str, scratch: &mut Scratch) -> Option<Wire> {
        let now = Instant::now();
        loop {
            let mut state = self.0.lock();
            let is_old = |wire: &Wire| now.saturating_duration_since(wire.used) > OLDEST;
            let old = state.idle.iter().take_while(|wire| is_old(wire)).count();
            let old: Vec<Wire> = state.idle.drain(..old).collect();
            let last = state.idle.iter().rposition(|wire| *wire.origin == *origin);
            let wire = last.and_then(|index| state.idle.remove(index));
            drop(state);
            // Closing is a system call.
            drop(old);
            let mut wire = wire?;
            if wire.stream.is_quiet() {
                if let Stream::Tls(secured) = &mut wire.stream {
                    secured.borrow(mem::take(&mut scratch.records));
                }
                return Some(wire);
            }
        }
    }

    /// Keeps a connection whose last answer has been read to its end.
    pub(super) fn put(&self, mut wire: Wire, scratch: &mut Scratch) {
        if let Stream::Tls(secured) = &mut wire.stream {
            match secured.lend() {
                Some(records) => scratch.records = records,
                None => return,
            }
        }
        wire.used = Instant::now();
        let mut state = self.0.lock();
        if state.closed {
            drop(state);
            return;
        }
        state.idle.push_back(wire);
        let surplus = (state.idle.len() > MOST_IDLE).then(|| state.idle.pop_front());
        drop(state);
        drop(surplus);
    }

    /// Buffers, used ones if there are any.
    pub(super) fn scratch(&self) -> Scratch {
        self.0.lock().scratch.pop().unwrap_or_default()
    }

    /// Takes buffers back.
    pub(super) fn give(&self, mut scratch: Scratch) {
        // The request held a token or a secret.
        scratch.output.zeroize();
        for buffer in [&mut scratch.output, &mut scratch.input, &mut scratch.packed] {
            buffer.clear();
            if buffer.capacity() > LONGEST {
                *buffer = Vec::new();
            }
        }
        let mut state = self.0.lock();
        if state.scratch.len() < MOST_SETS {
            state.scratch.push(mem::take(&mut scratch));
        }
        drop(state);
        drop(scratch);
    }

    /// Closes every connection, wakes whoever reads or writes one, and lets no new one come.
    pub(super) fn close(&self) {
        let (idle, open) = {
            let mut state = self.0.lock();
            state.closed = true;
            state.scratch.clear();
            (mem::take(&mut state.idle), mem::take(&mut state.open))
        };
        drop(idle);
        for stream in open.iter().filter_map(Weak::upgrade) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
