//! One open connection, as ureq drives it.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};
use ureq::Timeout;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::socket::Socket;

/// A connection with or without TLS.
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Stream {
    pub(super) fn socket(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &mut stream.sock,
        }
    }

    /// Whether the peer still holds the connection and has sent nothing unasked for.
    pub(super) fn is_quiet(&mut self) -> bool {
        if let Stream::Tls(stream) = self
            && !matches!(stream.conn.process_new_packets(), Ok(state) if state.plaintext_bytes_to_read() == 0)
        {
            return false;
        }
        self.socket().is_quiet()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.write_all(bytes),
            Stream::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }

    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(buffer),
            Stream::Tls(stream) => stream.read(buffer),
        }
    }
}

/// One connection, as ureq drives it.
pub(crate) struct Wire {
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
        let written = self.stream.send(output);
        written.map_err(|error| io_error(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> std::result::Result<bool, ureq::Error> {
        self.stream.socket().set_deadline(deadline_of(timeout));
        let input = self.buffers.input_append_buf();
        let amount = self
            .stream
            .receive(input)
            .map_err(|error| io_error(error, timeout.reason))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.is_quiet()
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
