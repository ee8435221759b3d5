//! The stream under HTTP: an ordinary one, until a fault commands it to misbehave.
//!
//! Cutting and dripping happen below the HTTP server and above TLS, so the points in a response
//! are exact and are the same with and without TLS. A command counts for one response; the server
//! answers one request of a connection at a time, so no other response can get in between.

mod command;

pub(crate) use command::Command;
pub use command::Cut;

use crate::lock;
use command::{Running, Step};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// What the handler of a request holds of its connection.
#[derive(Default)]
pub(crate) struct Control {
    armed: AtomicBool,
    command: Mutex<Option<(Command, u64)>>,
}

impl Control {
    /// Commands how the next response goes out, whose body has `body` bytes.
    pub(crate) fn next_response(&self, command: Command, body: u64) {
        *lock(&self.command) = Some((command, body));
        self.armed.store(true, Ordering::Release);
    }
}

pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

pub(crate) struct Wire {
    stream: Stream,
    control: Arc<Control>,
    running: Option<Running>,
}

impl Wire {
    pub(crate) fn new(stream: Stream, control: Arc<Control>) -> Self {
        Self {
            stream,
            control,
            running: None,
        }
    }

    fn stream(&mut self) -> Pin<&mut (dyn Duplex + Send)> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp),
            Stream::Tls(tls) => Pin::new(&mut **tls),
        }
    }

    fn tcp(&mut self) -> &mut TcpStream {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => tls.get_mut().0,
        }
    }

    fn commanded_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.running.is_none() {
            let command = lock(&self.control.command).take();
            self.running = command.map(|(command, body)| Running::new(command, body, bytes));
        }
        let Some(running) = &mut self.running else {
            self.control.armed.store(false, Ordering::Release);
            return self.stream().poll_write(cx, bytes);
        };
        if let Some(pause) = &mut running.pause {
            ready!(pause.as_mut().poll(cx));
            running.pause = None;
        }
        while let Some(forged) = &mut running.forged {
            let sent = ready!(match &mut self.stream {
                Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, forged),
                Stream::Tls(tls) => Pin::new(&mut **tls).poll_write(cx, forged),
            })?;
            forged.drain(..sent);
            if forged.is_empty() {
                running.forged = None;
                running.sent = running.head;
                let head = running.head as usize;
                self.end_response();
                return Poll::Ready(Ok(head));
            }
        }
        let (limit, pause) = match running.step() {
            Step::Send(limit) => (limit, None),
            Step::Drip(limit, pause) => (limit, Some(pause)),
            Step::Break { reset } => return self.break_off(cx, reset),
        };
        let limit = usize::try_from(limit)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let sent = ready!(self.stream().poll_write(cx, &bytes[..limit]))?;
        if let Some(running) = &mut self.running {
            running.sent += sent as u64;
            running.pause = pause.map(|pause| Box::pin(tokio::time::sleep(pause)));
            self.end_response();
        }
        Poll::Ready(Ok(sent))
    }

    /// Forgets the command when its response is over, unless it is to end the connection.
    fn end_response(&mut self) {
        let running = self.running.as_ref();
        if running.is_some_and(|running| running.is_over() && !running.ends_the_connection()) {
            self.running = None;
            self.control.armed.store(false, Ordering::Release);
        }
    }

    /// Ends the connection without a farewell, neither HTTP's nor TLS's.
    fn break_off(&mut self, cx: &mut Context<'_>, reset: bool) -> Poll<io::Result<usize>> {
        // What TLS still holds back belongs to the part that is to arrive.
        ready!(self.stream().poll_flush(cx))?;
        if reset {
            self.tcp().set_zero_linger()?;
        } else {
            // Not left to closing: a forked child of the test may hold a copy of the socket.
            ready!(Pin::new(self.tcp()).poll_shutdown(cx))?;
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }
}

trait Duplex: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.control.armed.load(Ordering::Acquire) {
            return self.commanded_write(cx, bytes);
        }
        self.stream().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.control.armed.load(Ordering::Acquire) {
            let first = slices.iter().find(|slice| !slice.is_empty());
            return self.commanded_write(cx, first.map_or(&[], |slice| slice));
        }
        self.stream().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(tcp) => tcp.is_write_vectored(),
            Stream::Tls(tls) => tls.is_write_vectored(),
        }
    }

    /// A response that was sent to its end brings no more bytes to stumble over; then the
    /// connection ends here.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let running = self.running.as_ref();
        if running.is_some_and(|running| running.is_over() && running.ends_the_connection()) {
            return self.break_off(cx, false).map_ok(drop);
        }
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}
