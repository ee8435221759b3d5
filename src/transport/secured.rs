//! TLS over a socket.
//!
//! rustls keeps no buffers here: what arrives is read in large pieces into one buffer and decrypted in
//! place. Its other interface reads 4 kB at a time, and copies and clears them more often.

use std::io::{self, ErrorKind, Read, Write};
use std::mem;

use rustls::client::UnbufferedClientConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, UnbufferedStatus};

use super::socket::Socket;

/// What is read at once. Longer than the longest record, and than the longest certificate chain accepted.
pub(super) const READ: usize = 72 * 1024;

/// The longest record: 16 kB, with what the old versions allow encryption to add, and its head.
const RECORD: usize = (16 + 2) * 1024 + 5;

/// What is encrypted and sent at once.
const WRITE: usize = 32 * 1024;

/// A connection with TLS.
pub(crate) struct Secured {
    connection: UnbufferedClientConnection,
    socket: Socket,
    /// What arrived; `start..end` of it has not been looked at.
    incoming: Vec<u8>,
    start: usize,
    end: usize,
    /// What is to be sent.
    outgoing: Vec<u8>,
    /// What arrived while something was being sent, or did not fit.
    early: Vec<u8>,
    closed: bool,
}

/// Where a connection stands when everything that arrived has been looked at.
enum State {
    /// Data was appended.
    Data,
    /// Nothing more will come.
    Closed,
    /// The handshake needs more.
    Handshaking,
    /// Whatever was to be encrypted has been.
    Ready,
}

impl Secured {
    /// Shakes hands.
    pub(super) fn new(
        connection: UnbufferedClientConnection,
        socket: Socket,
    ) -> io::Result<Secured> {
        let mut secured = Secured {
            connection,
            socket,
            incoming: Vec::new(),
            start: 0,
            end: 0,
            outgoing: Vec::new(),
            early: Vec::new(),
            closed: false,
        };
        let mut early = Vec::new();
        loop {
            match secured.advance(&mut early, &[])? {
                State::Handshaking => secured.fill()?,
                State::Data => {}
                State::Closed => return Err(ErrorKind::UnexpectedEof.into()),
                State::Ready => break,
            }
        }
        secured.early = early;
        Ok(secured)
    }

    pub(super) fn socket(&mut self) -> &mut Socket {
        &mut self.socket
    }

    /// Whether the peer still holds the connection and has sent nothing unasked for.
    pub(super) fn is_quiet(&mut self) -> bool {
        // What came behind the last answer may be meant for TLS alone, such as a ticket.
        while self.start < self.end {
            let before = self.start;
            let mut early = mem::take(&mut self.early);
            let state = self.advance(&mut early, &[]);
            self.early = early;
            if !matches!(state, Ok(State::Ready)) || self.start == before {
                return false;
            }
        }
        !self.closed && self.early.is_empty() && self.socket.is_quiet()
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.chunks(WRITE) {
            let mut early = mem::take(&mut self.early);
            let state = loop {
                match self.advance(&mut early, part) {
                    Ok(State::Data) => {}
                    state => break state,
                }
            };
            self.early = early;
            match state? {
                State::Ready => {}
                _ => return Err(ErrorKind::BrokenPipe.into()),
            }
            let sent = self.socket.write_all(&self.outgoing);
            self.outgoing.clear();
            sent?;
        }
        Ok(())
    }

    /// Waits for data and appends a record of it to `into`; 0 at the end.
    pub(super) fn append(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        if !self.early.is_empty() {
            let amount = self.early.len();
            into.append(&mut self.early);
            return Ok(amount);
        }
        let before = into.len();
        while !self.closed {
            match self.advance(into, &[])? {
                State::Data if into.len() > before => return Ok(into.len() - before),
                State::Data => {}
                State::Closed => self.closed = true,
                State::Handshaking | State::Ready => self.fill()?,
            }
        }
        Ok(0)
    }

    /// The same into a buffer that may be too small for a record.
    #[cfg(feature = "redis")]
    pub(super) fn receive_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.early.is_empty() {
            let mut early = mem::take(&mut self.early);
            let amount = self.append(&mut early);
            self.early = early;
            amount?;
        }
        let amount = buffer.len().min(self.early.len());
        for (to, from) in buffer.iter_mut().zip(self.early.drain(..amount)) {
            *to = from;
        }
        Ok(amount)
    }

    /// Takes the buffer away from a connection that will be idle; nothing if it is in use.
    pub(super) fn lend(&mut self) -> Option<Vec<u8>> {
        self.outgoing = Vec::new();
        (self.start == self.end).then(|| mem::take(&mut self.incoming))
    }

    /// Gives a connection a buffer to use, of the length `READ`.
    pub(super) fn borrow(&mut self, buffer: Vec<u8>) {
        if self.incoming.is_empty() {
            self.incoming = buffer;
        }
    }

    /// Looks at what arrived, until there is data (appended to `data`), something is missing, or `plain`
    /// has been encrypted into `outgoing`. What TLS itself has to say is sent.
    fn advance(&mut self, data: &mut Vec<u8>, plain: &[u8]) -> io::Result<State> {
        let outcome = self.look(data, plain);
        let inner = outcome.as_ref().err().and_then(io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            self.complain();
        }
        outcome
    }

    /// Tells the peer what was wrong, if that can be done at once. rustls offers it before it looks again at
    /// what it choked on; to ask more than once would have it choke again.
    fn complain(&mut self) {
        let arrived = self.incoming.get_mut(self.start..self.end);
        let status = self
            .connection
            .process_tls_records(arrived.unwrap_or_default());
        if let Ok(ConnectionState::EncodeTlsData(mut alert)) = status.state {
            let _ = make_room(&mut self.outgoing, |room| {
                alert.encode(room).map_err(|_| None)
            });
            let _ = self.socket.write_all(&self.outgoing);
            self.outgoing.clear();
        }
    }

    fn look(&mut self, data: &mut Vec<u8>, plain: &[u8]) -> io::Result<State> {
        let complaint = |error: rustls::Error| io::Error::new(ErrorKind::InvalidData, error);
        loop {
            let arrived = self.incoming.get_mut(self.start..self.end);
            let UnbufferedStatus {
                mut discard, state, ..
            } = self
                .connection
                .process_tls_records(arrived.unwrap_or_default());
            let state = match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record.map_err(complaint)?;
                        discard += record.discard;
                        data.extend_from_slice(record.payload);
                    }
                    Some(State::Data)
                }
                Ok(ConnectionState::EncodeTlsData(mut message)) => {
                    let outgoing = &mut self.outgoing;
                    make_room(outgoing, |room| match message.encode(room) {
                        Err(EncodeError::InsufficientSize(needed)) => {
                            Err(Some(needed.required_size))
                        }
                        other => other.map_err(|_| None),
                    })?;
                    None
                }
                Ok(ConnectionState::TransmitTlsData(message)) => {
                    let sent = self.socket.write_all(&self.outgoing);
                    self.outgoing.clear();
                    sent?;
                    message.done();
                    None
                }
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    if !plain.is_empty() {
                        let outgoing = &mut self.outgoing;
                        make_room(outgoing, |room| match traffic.encrypt(plain, room) {
                            Err(EncryptError::InsufficientSize(needed)) => {
                                Err(Some(needed.required_size))
                            }
                            other => other.map_err(|_| None),
                        })?;
                    }
                    Some(State::Ready)
                }
                Ok(ConnectionState::BlockedHandshake) => Some(State::Handshaking),
                Ok(ConnectionState::PeerClosed | ConnectionState::Closed) => {
                    self.closed = true;
                    Some(State::Closed)
                }
                // What only servers meet.
                Ok(_) => return Err(ErrorKind::Unsupported.into()),
                Err(error) => {
                    self.start = self.end.min(self.start + discard);
                    return Err(complaint(error));
                }
            };
            self.start = self.end.min(self.start + discard);
            if let Some(state) = state {
                return Ok(state);
            }
        }
    }

    /// Reads what the socket has, and waits for it.
    fn fill(&mut self) -> io::Result<()> {
        if self.incoming.is_empty() {
            self.incoming.resize(READ, 0);
        }
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.incoming.len() - self.end < RECORD {
            self.incoming.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = self.incoming.get_mut(self.end..).unwrap_or_default();
        if room.is_empty() {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "a handshake of unreasonable size",
            ));
        }
        match self.socket.read(room)? {
            // Without the farewell of TLS anybody on the way may have cut it short.
            0 => Err(ErrorKind::UnexpectedEof.into()),
            amount => {
                self.end += amount;
                Ok(())
            }
        }
    }
}

/// Appends to `buffer` what `write` puts into its room, which tells how much it needs.
fn make_room(
    buffer: &mut Vec<u8>,
    mut write: impl FnMut(&mut [u8]) -> Result<usize, Option<usize>>,
) -> io::Result<()> {
    let start = buffer.len();
    let mut room = 1024;
    loop {
        buffer.resize(start + room, 0);
        let written = write(buffer.get_mut(start..).unwrap_or_default());
        match written {
            Ok(amount) => {
                buffer.truncate(start + amount);
                return Ok(());
            }
            Err(Some(needed)) if needed > room => room = needed,
            Err(_) => {
                buffer.truncate(start);
                return Err(io::Error::other("TLS cannot encrypt any more"));
            }
        }
    }
}
