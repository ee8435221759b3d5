//! One open connection.

use std::io::{self, Read, Write};
use std::time::Instant;

use super::secured::Secured;
use super::socket::Socket;

/// How much a buffer grows ahead of what arrives. Growing writes zeros first; in steps of this size they
/// are still in the processor's cache when the data overwrites them. (`read_to_end` would do without the
/// zeros, but goes on past any deadline as long as something drips.)
const STEP: usize = 96 * 1024;

/// A connection with or without TLS.
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<Secured>),
}

impl Stream {
    pub(super) fn socket(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(secured) => secured.socket(),
        }
    }

    /// Whether the peer still holds the connection and has sent nothing unasked for.
    pub(super) fn is_quiet(&mut self) -> bool {
        match self {
            Stream::Plain(socket) => socket.is_quiet(),
            Stream::Tls(secured) => secured.is_quiet(),
        }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.write_all(bytes),
            Stream::Tls(secured) => secured.send(bytes),
        }
    }

    #[cfg(feature = "redis")]
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(buffer),
            Stream::Tls(secured) => secured.receive_some(buffer),
        }
    }

    /// Waits for more and appends it to `into`; 0 at the end. Not more than `most` bytes at once, but a
    /// record of TLS is given whole.
    pub(super) fn append(&mut self, into: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => {
                let start = into.len();
                into.resize(start + most, 0);
                let amount = socket.read(into.get_mut(start..).unwrap_or_default());
                into.truncate(start + *amount.as_ref().unwrap_or(&0));
                amount
            }
            Stream::Tls(secured) => secured.append(into),
        }
    }

    /// Puts `begun` and what comes after it into `into` until that is `length` bytes long, straight from
    /// the connection. Longer only if more came at once; shorter only if the connection ended.
    ///
    /// What `into` held is written over; after an error it may hold some of that.
    pub(super) fn fill(
        &mut self,
        into: &mut Vec<u8>,
        begun: &[u8],
        length: usize,
    ) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => {
                let filled = read_over(socket, into, begun, length)?;
                into.truncate(filled);
                Ok(())
            }
            Stream::Tls(secured) => {
                into.clear();
                into.extend_from_slice(begun);
                while into.len() < length && secured.append(into)? > 0 {}
                Ok(())
            }
        }
    }
}

/// As [`Stream::fill`]; says how much of `into` was filled. What it held before is not cleared: where a page
/// comes into the buffer of the last one, hardly any zeros are written ahead of it.
fn read_over(
    socket: &mut Socket,
    into: &mut Vec<u8>,
    begun: &[u8],
    length: usize,
) -> io::Result<usize> {
    let mut filled = begun.len();
    if into.len() < filled {
        into.resize(filled, 0);
    }
    if let Some(start) = into.get_mut(..filled) {
        start.copy_from_slice(begun);
    }
    while filled < length {
        if filled == into.len() {
            into.resize(length.min(filled + STEP), 0);
        }
        let end = length.min(into.len());
        match socket.read(into.get_mut(filled..end).unwrap_or_default())? {
            0 => break,
            amount => filled += amount,
        }
    }
    Ok(filled)
}

/// A connection that requests are sent over, one after the other.
pub(super) struct Wire {
    pub(super) stream: Stream,
    /// Scheme and authority of what may be asked for over it.
    pub(super) origin: Box<str>,
    /// When it was last good.
    pub(super) used: Instant,
}
