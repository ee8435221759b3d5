//! One open connection, as ureq drives it.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};
use ureq::Timeout;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::socket::Socket;

pub(super) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Stream {
    fn socket(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &mut stream.sock,
        }
    }
}

/// One connection, as ureq drives it.
pub(super) struct Wire {
    pub(super) stream: Stream,
    pub(super) buffers: LazyBuffers,
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(
        &mut self,
        amount: usize,
        timeout: NextTimeout,
    ) -> std::result::Result<(), ureq::Error> {
        self.stream.socket().set_deadline(deadline_of(timeout));
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        let written = match &mut self.stream {
            Stream::Plain(socket) => socket.write_all(output),
            Stream::Tls(stream) => stream.write_all(output).and_then(|()| stream.flush()),
        };
        written.map_err(|error| io_error(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> std::result::Result<bool, ureq::Error> {
        self.stream.socket().set_deadline(deadline_of(timeout));
        let input = self.buffers.input_append_buf();
        let read = match &mut self.stream {
            Stream::Plain(socket) => socket.read(input),
            Stream::Tls(stream) => stream.read(input),
        };
        let amount = read.map_err(|error| io_error(error, timeout.reason))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.socket().is_quiet()
    }

    fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }
}

fn io_error(error: io::Error, reason: Timeout) -> ureq::Error {
    match error.kind() {
        ErrorKind::TimedOut => ureq::Error::Timeout(reason),
        _ => ureq::Error::Io(error),
    }
}

pub(super) fn deadline_of(timeout: NextTimeout) -> Instant {
    // ureq's "never" is longer than the clock reaches; every call here has a deadline anyway.
    Instant::now() + (*timeout.after).min(Duration::from_secs(3600))
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}
