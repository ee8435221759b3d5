//! A line whose reads and writes end at a deadline.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::line::Line;
use crate::lock::Bell;

/// Longest single wait inside the kernel. The socket's own timeout is set once to this and renewed
/// only near the deadline, instead of being reset before each read.
const SLICE: Duration = Duration::from_millis(250);

/// The same where nobody shuts the socket down on cancel, so that it has to look for itself.
const WATCHFUL_SLICE: Duration = Duration::from_millis(25);

/// A connected stream with a deadline that the caller moves before each operation.
pub(crate) struct Socket {
    line: Line,
    deadline: Instant,
    bell: Option<Arc<Bell>>,
    read_slice: Duration,
    write_slice: Duration,
}

impl Socket {
    pub(super) fn new(line: Line, deadline: Instant) -> io::Result<Socket> {
        line.prepare(SLICE)?;
        Ok(Socket {
            line,
            deadline,
            bell: None,
            read_slice: SLICE,
            write_slice: SLICE,
        })
    }

    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Ends reads and writes with `ConnectionAborted` soon after `bell` has tolled.
    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    pub(super) fn watch(&mut self, bell: Arc<Bell>) {
        self.bell = Some(bell);
    }

    /// Whether the peer still holds the connection and has sent nothing unasked for.
    pub(super) fn is_quiet(&self) -> bool {
        self.line.is_silent()
    }

    /// The next slice to wait, or `TimedOut` when there is no time left.
    fn slice(&self) -> io::Result<Duration> {
        let longest = match &self.bell {
            None => SLICE,
            Some(bell) if bell.is_cancelled() => return Err(ErrorKind::ConnectionAborted.into()),
            Some(_) => WATCHFUL_SLICE,
        };
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // Below a millisecond some systems round the socket's timeout down to zero, for "never".
        Ok(left.clamp(Duration::from_millis(1), longest))
    }
}

/// Repeats `operation` while it only ran into the end of a slice or a signal.
fn persist(
    socket: &mut Socket,
    mut operation: impl FnMut(&mut Socket, Duration) -> io::Result<usize>,
) -> io::Result<usize> {
    loop {
        let slice = socket.slice()?;
        match operation(socket, slice) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) => {}
            done => return done,
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        persist(self, |socket, slice| {
            if slice != socket.read_slice {
                socket.line.set_read_timeout(slice)?;
                socket.read_slice = slice;
            }
            socket.line.read(buffer)
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        persist(self, |socket, slice| {
            if slice != socket.write_slice {
                socket.line.set_write_timeout(slice)?;
                socket.write_slice = slice;
            }
            socket.line.write(buffer)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
