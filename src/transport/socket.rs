//! A TCP stream whose reads and writes end at a deadline.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest single wait inside the kernel. The socket's own timeout is set once to this and renewed
/// only near the deadline, instead of being reset before each read.
const SLICE: Duration = Duration::from_millis(250);

/// A connected stream with a deadline that the caller moves before each operation.
pub(crate) struct Socket {
    // Shared so that cancel can shut it down from another thread.
    stream: Arc<TcpStream>,
    deadline: Instant,
    read_slice: Duration,
    write_slice: Duration,
}

impl Socket {
    pub(crate) fn new(stream: Arc<TcpStream>, deadline: Instant) -> io::Result<Socket> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SLICE))?;
        stream.set_write_timeout(Some(SLICE))?;
        Ok(Socket {
            stream,
            deadline,
            read_slice: SLICE,
            write_slice: SLICE,
        })
    }

    pub(crate) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Whether the peer still holds the connection and has sent nothing unasked for.
    pub(crate) fn is_quiet(&mut self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return false;
        }
        let quiet = matches!(
            (&*self.stream).read(&mut [0]),
            Err(error) if error.kind() == ErrorKind::WouldBlock
        );
        quiet && self.stream.set_nonblocking(false).is_ok()
    }

    /// The next slice to wait, or `TimedOut` when there is no time left.
    fn slice(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // Below a millisecond some systems round the socket's timeout down to zero, for "never".
        Ok(left.clamp(Duration::from_millis(1), SLICE))
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
                socket.stream.set_read_timeout(Some(slice))?;
                socket.read_slice = slice;
            }
            (&*socket.stream).read(buffer)
        })
    }
}

impl Write for Socket {
    // Only `write`: std sends it with MSG_NOSIGNAL, while its vectored form would let a peer that
    // closes early kill the host program by SIGPIPE.
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        persist(self, |socket, slice| {
            if slice != socket.write_slice {
                socket.stream.set_write_timeout(Some(slice))?;
                socket.write_slice = slice;
            }
            (&*socket.stream).write(buffer)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
