//! Connections to servers other than Zoom's: those that keep tokens. No HTTP, and no proxy.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::connector::Dialer;
use super::dial::{Reach, unreachable_host};
use super::line::Line;
use super::socket::Socket;
use super::wire::Stream;
use crate::error::{Details, Error, Result};

/// Where such a server listens.
pub(crate) enum Place {
    Tcp { host: String, port: u16, tls: bool },
    Unix(Box<Path>),
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
            Place::Unix(path) => {
                let line = self.dial_unix(path, deadline)?;
                let lost = |error| no_socket(path, &error);
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
    /// thread that may be left alone.
    #[cfg(unix)]
    fn dial_unix(&self, path: &Path, deadline: Instant) -> Result<Line> {
        let owned = path.to_owned();
        let connect = move || match std::os::unix::net::UnixStream::connect(&owned) {
            Ok(stream) => Ok(Line::Unix(stream)),
            Err(error) => Err(no_socket(&owned, &error)),
        };
        let timed_out = || {
            let message = format!("no connection to {} in time", path.display());
            Error::Timeout(Details::new(message))
        };
        self.aside(deadline, connect)?.ok_or_else(timed_out)
    }

    #[cfg(not(unix))]
    fn dial_unix(&self, path: &Path, _: Instant) -> Result<Line> {
        Err(no_socket(path, &io::ErrorKind::Unsupported.into()))
    }
}

fn no_socket(path: &Path, error: &io::Error) -> Error {
    let message = format!("no connection to {}: {error}", path.display());
    Error::Network(Details::new(message))
}
