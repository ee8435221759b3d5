//! Connections to servers other than Zoom's: those that keep tokens. No HTTP, and no proxy.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::connector::Dialer;
use super::dial::{Reach, cancelled, unreachable_host};
use super::line::Line;
use super::socket::Socket;
use super::wire::Stream;
use crate::error::{Details, Error, Result};
use crate::fork;
use crate::lock::Woken;

/// Between looks whether an earlier attempt at a Unix socket has come to its end.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Where such a server listens.
pub(crate) enum Place {
    Tcp { host: String, port: u16, tls: bool },
    Unix(SocketFile),
}

/// A Unix socket.
pub(crate) struct SocketFile {
    path: PathBuf,
    hanging: ArcSwapOption<Attempt>,
}

/// An attempt to connect that nobody waits for any more. It lasts until the server accepts or ends.
struct Attempt {
    generation: u64,
    /// The thread has the other end.
    thread: Weak<()>,
}

impl Place {
    pub(crate) fn unix(path: PathBuf) -> Place {
        Place::Unix(SocketFile {
            path,
            hanging: ArcSwapOption::const_empty(),
        })
    }
}

impl SocketFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether an earlier attempt of this process hangs still. Threads do not outlive a fork.
    fn is_hanging(&self) -> bool {
        let hanging = self.hanging.load();
        hanging.as_ref().is_some_and(|attempt| {
            attempt.generation == fork::generation() && attempt.thread.strong_count() > 0
        })
    }
}

impl Stream {
    pub(crate) fn set_deadline(&mut self, deadline: Instant) {
        self.socket().set_deadline(deadline);
    }
}

impl Dialer {
    /// Connects to `place`, and shakes hands if TLS is spoken there; `explain` puts a failed
    /// handshake with a host into words. Cancel ends this, and what is done with the stream.
    pub(crate) fn connect_to(
        &self,
        place: &Place,
        deadline: Instant,
        explain: impl Fn(&str, &io::Error) -> Error,
    ) -> Result<Stream> {
        match place {
            Place::Tcp { host, port, tls } => {
                let reach = if *tls {
                    Reach::Secured
                } else {
                    Reach::Anywhere
                };
                let stream = self.dial(host, *port, reach, deadline)?;
                let lost = |error: io::Error| unreachable_host(host, *port, &error);
                let socket = self.watched(Line::Tcp(Arc::new(stream)), deadline);
                let socket = socket.map_err(lost)?;
                if !tls {
                    return Ok(Stream::Plain(socket));
                }
                self.shake_hands(socket, host, explain)
            }
            Place::Unix(socket) => {
                let line = self.dial_unix(socket, deadline)?;
                let lost = |error| no_socket(socket.path(), &error);
                Ok(Stream::Plain(self.watched(line, deadline).map_err(lost)?))
            }
        }
    }

    /// Makes ready a stream that was opened earlier, perhaps in another epoch; `false` if the peer
    /// has given it up meanwhile or speaks out of turn.
    pub(crate) fn resume(&self, stream: &mut Stream) -> bool {
        stream.socket().watch(self.bell.clone());
        stream.is_quiet()
    }

    fn watched(&self, line: Line, deadline: Instant) -> io::Result<Socket> {
        let mut socket = Socket::new(line, deadline)?;
        socket.watch(self.bell.clone());
        Ok(socket)
    }

    /// Connecting to a server whose backlog is full blocks without a limit, so this too is done on a
    /// thread that may be left alone; while one hangs there is no second, lest they pile up.
    #[cfg(unix)]
    fn dial_unix(&self, socket: &SocketFile, deadline: Instant) -> Result<Line> {
        let timed_out = || {
            let message = format!("no connection to {} in time", shown(&socket.path));
            Error::Timeout(Details::new(message))
        };
        while socket.is_hanging() {
            match self.bell.pause(LOOK_AGAIN, deadline) {
                Woken::Ready => {}
                Woken::Cancelled => return Err(cancelled()),
                Woken::TimedOut => return Err(timed_out()),
            }
        }
        let thread = Arc::new(());
        let attempt = Attempt {
            generation: fork::generation(),
            thread: Arc::downgrade(&thread),
        };
        let path = socket.path.clone();
        let connect = move || {
            let _here = thread;
            match std::os::unix::net::UnixStream::connect(&path) {
                Ok(stream) => Ok(Line::Unix(stream)),
                Err(error) => Err(no_socket(&path, &error)),
            }
        };
        let outcome = self.aside(deadline, connect);
        if !matches!(outcome, Ok(Some(_))) {
            socket.hanging.store(Some(Arc::new(attempt)));
        }
        outcome?.ok_or_else(timed_out)
    }

    #[cfg(not(unix))]
    fn dial_unix(&self, socket: &SocketFile, _: Instant) -> Result<Line> {
        let _ = socket.is_hanging();
        Err(no_socket(&socket.path, &io::ErrorKind::Unsupported.into()))
    }
}

/// A path as errors show it, in one line.
fn shown(path: &Path) -> String {
    path.display().to_string().replace(char::is_control, "?")
}

fn no_socket(path: &Path, error: &io::Error) -> Error {
    let message = format!("no connection to {}: {error}", shown(path));
    Error::Network(Details::new(message))
}
