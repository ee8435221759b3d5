//! What a connection runs over.

use std::io::{self, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A stream as the system gives it. Read and written through a shared reference.
pub(crate) enum Line {
    // Shared so that cancel can shut it down from another thread.
    Tcp(Arc<TcpStream>),
    #[cfg(unix)]
    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    Unix(UnixStream),
}

impl Line {
    /// Small writes are not to wait for each other, and no wait inside the kernel is to last longer
    /// than `slice`.
    pub(super) fn prepare(&self, slice: Duration) -> io::Result<()> {
        if let Line::Tcp(stream) = self {
            stream.set_nodelay(true)?;
        }
        self.set_read_timeout(slice)?;
        self.set_write_timeout(slice)
    }

    pub(super) fn set_read_timeout(&self, timeout: Duration) -> io::Result<()> {
        match self {
            Line::Tcp(stream) => stream.set_read_timeout(Some(timeout)),
            #[cfg(unix)]
            Line::Unix(stream) => stream.set_read_timeout(Some(timeout)),
        }
    }

    pub(super) fn set_write_timeout(&self, timeout: Duration) -> io::Result<()> {
        match self {
            Line::Tcp(stream) => stream.set_write_timeout(Some(timeout)),
            #[cfg(unix)]
            Line::Unix(stream) => stream.set_write_timeout(Some(timeout)),
        }
    }

    /// Whether there is nothing to be read: no data, no end, no failure. One system call.
    #[cfg(unix)]
    pub(super) fn is_silent(&self) -> bool {
        let line = match self {
            Line::Tcp(stream) => stream.as_fd(),
            Line::Unix(stream) => stream.as_fd(),
        };
        let mut lines = [PollFd::new(line, PollFlags::POLLIN)];
        poll(&mut lines, PollTimeout::ZERO) == Ok(0)
    }

    #[cfg(not(unix))]
    pub(super) fn is_silent(&self) -> bool {
        let Line::Tcp(stream) = self;
        if stream.set_nonblocking(true).is_err() {
            return false;
        }
        let peeked = stream.peek(&mut [0]);
        let silent = peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        stream.set_nonblocking(false).is_ok() && silent
    }

    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Line::Tcp(stream) => (&**stream).read(buffer),
            #[cfg(unix)]
            Line::Unix(stream) => (&*stream).read(buffer),
        }
    }

    // Only `write`: std sends it with MSG_NOSIGNAL, while its vectored form would let a peer that
    // closes early kill the host program by SIGPIPE. On Unix sockets std does so since Rust 1.90, which
    // is therefore the oldest that this crate builds with.
    pub(super) fn write(&self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Line::Tcp(stream) => (&**stream).write(buffer),
            #[cfg(unix)]
            Line::Unix(stream) => (&*stream).write(buffer),
        }
    }
}
