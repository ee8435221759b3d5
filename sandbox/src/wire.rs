//! The stream under HTTP: an ordinary one, until a fault commands it to misbehave.
//!
//! Cutting and dripping happen below the HTTP server and above TLS, so the points in a response
//! are exact and are the same with and without TLS. A command counts for one response; the server
//! answers one request of a connection at a time, so no other response can get in between.

use crate::lock;
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

/// Where in the response the connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// The request arrives whole and is not carried out; not a byte of a response is sent.
    BeforeProcessing,
    /// Not a byte of the response is sent.
    BeforeHeaders,
    /// Half of the head is sent.
    InHeaders,
    /// The head is sent, and nothing of the body.
    AfterHeaders,
    /// The head and half of the body are sent.
    InBody,
    /// Not a byte of the response is sent, and the connection is reset rather than closed.
    Reset,
}

impl Cut {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BeforeProcessing => "before_processing",
            Self::BeforeHeaders => "before_headers",
            Self::InHeaders => "in_headers",
            Self::AfterHeaders => "after_headers",
            Self::InBody => "in_body",
            Self::Reset => "reset",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    Cut(Cut),
    Drip {
        head: bool,
        bytes: usize,
        every: Duration,
    },
    /// Announces a body that is longer by so much.
    ContentLength(i64),
}

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

/// A command while its response goes out.
struct Running {
    command: Command,
    head: u64,
    body: u64,
    sent: u64,
    /// What is still to be sent in place of the server's head.
    forged: Option<Vec<u8>>,
    pause: Option<Pin<Box<Sleep>>>,
}

/// What may be done with the next bytes of a response.
enum Step {
    Send(u64),
    /// Send that many, then pause.
    Drip(u64, Duration),
    Break {
        reset: bool,
    },
}

impl Running {
    /// The server hands over a head in one piece, so its end is in the first bytes.
    fn new(command: Command, body: u64, first: &[u8]) -> Self {
        let end = first.windows(4).position(|window| window == b"\r\n\r\n");
        let head = end.map_or(first.len(), |at| at + 4);
        let forged = match command {
            Command::ContentLength(by) => Some(forge(&first[..head], body, by)),
            _ => None,
        };
        Self {
            command,
            head: head as u64,
            body,
            sent: 0,
            forged,
            pause: None,
        }
    }

    fn is_over(&self) -> bool {
        self.sent >= self.head + self.body
    }

    fn ends_the_connection(&self) -> bool {
        match self.command {
            Command::Cut(_) => true,
            Command::ContentLength(by) => by > 0,
            Command::Drip { .. } => false,
        }
    }

    fn step(&self) -> Step {
        match self.command {
            Command::Cut(cut) => {
                let end = match cut {
                    Cut::BeforeProcessing | Cut::BeforeHeaders | Cut::Reset => 0,
                    Cut::InHeaders => self.head / 2,
                    Cut::AfterHeaders => self.head,
                    Cut::InBody => self.head + self.body / 2,
                };
                if self.sent < end {
                    Step::Send(end - self.sent)
                } else {
                    Step::Break {
                        reset: cut == Cut::Reset,
                    }
                }
            }
            Command::ContentLength(_) => Step::Send(u64::MAX),
            Command::Drip { head, bytes, every } => {
                let part = if head {
                    0..self.head
                } else {
                    self.head..self.head + self.body
                };
                if part.contains(&self.sent) {
                    Step::Drip((part.end - self.sent).min(bytes as u64), every)
                } else if self.sent < part.start {
                    Step::Send(part.start - self.sent)
                } else {
                    Step::Send(u64::MAX)
                }
            }
        }
    }
}

/// A head with another `Content-Length`.
fn forge(head: &[u8], body: u64, by: i64) -> Vec<u8> {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let Some(at) = head.windows(NAME.len()).position(|window| window == NAME) else {
        return head.to_vec();
    };
    let (before, after) = head.split_at(at + NAME.len());
    let digits = after
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let wrong = body.saturating_add_signed(by).to_string();
    [before, wrong.as_bytes(), &after[digits..]].concat()
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
