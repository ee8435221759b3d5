//! The Redis protocol (RESP2), as far as a token store speaks it.

use std::io::{self, ErrorKind};

use zeroize::Zeroizing;

/// Longest status, error or length line.
const MAX_LINE: usize = 4096;
/// Most bytes and elements of one answer, nested ones counted: far more than a token needs.
const MAX_ANSWER: usize = 1 << 20;
const MAX_ELEMENTS: i64 = 16;
const MAX_DEPTH: u32 = 2;

/// Commands to be sent in one go. Wiped when dropped: a password may be among them.
pub(super) struct Commands {
    bytes: Zeroizing<Vec<u8>>,
    count: usize,
}

impl Commands {
    pub(super) fn new(commands: &[&[&[u8]]]) -> Commands {
        let words = || commands.iter().copied().flatten();
        // A vector that grows leaves copies behind that nobody wipes.
        let room: usize = words().map(|word| word.len() + 32).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(room + 32 * commands.len()));
        for command in commands {
            bytes.extend_from_slice(format!("*{}\r\n", command.len()).as_bytes());
            for word in *command {
                bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
                bytes.extend_from_slice(word);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        Commands {
            bytes,
            count: commands.len(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many answers they will have.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

/// One answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Simple(String),
    Error(String),
    Integer(i64),
    Bulk(Vec<u8>),
    Null,
    Array(Vec<Reply>),
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    Lost(io::Error),
    /// What came is not of this protocol; how it looks.
    Foreign(Foreign),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Http,
    Tls,
    TooLarge,
    Garbage,
}

type Result<T> = std::result::Result<T, Trouble>;

/// Reads from a connection; never past the answers in what it has received.
type Receive<'a> = dyn FnMut(&mut [u8]) -> io::Result<usize> + 'a;

/// What was received and not yet taken.
#[derive(Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
    at: usize,
}

impl Reader {
    /// Whether nothing is left over: the peer has answered what it was asked and no more.
    pub(super) fn is_empty(&self) -> bool {
        self.at == self.buffer.len()
    }

    /// The next answer.
    pub(super) fn reply(&mut self, receive: &mut Receive<'_>) -> Result<Reply> {
        let mut room = MAX_ANSWER;
        self.element(receive, MAX_DEPTH, &mut room)
    }

    fn element(
        &mut self,
        receive: &mut Receive<'_>,
        depth: u32,
        room: &mut usize,
    ) -> Result<Reply> {
        let line = self.line(receive)?;
        let (kind, rest) = line
            .split_first()
            .ok_or(Trouble::Foreign(Foreign::Garbage))?;
        let text = || String::from_utf8_lossy(rest).into_owned();
        match kind {
            b'+' => Ok(Reply::Simple(text())),
            b'-' => Ok(Reply::Error(text())),
            b':' => Ok(Reply::Integer(number(rest)?)),
            b'$' => match number(rest)? {
                -1 => Ok(Reply::Null),
                length => self.bulk(receive, length, room),
            },
            b'*' => match number(rest)? {
                -1 => Ok(Reply::Null),
                count @ 0..=MAX_ELEMENTS if depth > 0 => {
                    let elements = (0..count).map(|_| self.element(receive, depth - 1, room));
                    Ok(Reply::Array(elements.collect::<Result<_>>()?))
                }
                count if count < 0 => Err(Trouble::Foreign(Foreign::Garbage)),
                _ => Err(Trouble::Foreign(Foreign::TooLarge)),
            },
            _ => Err(Trouble::Foreign(looks_like(&line))),
        }
    }

    fn bulk(&mut self, receive: &mut Receive<'_>, length: i64, room: &mut usize) -> Result<Reply> {
        let length = usize::try_from(length).map_err(|_| Trouble::Foreign(Foreign::Garbage))?;
        *room = room
            .checked_sub(length)
            .ok_or(Trouble::Foreign(Foreign::TooLarge))?;
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            if let Some((bytes, tail)) = rest.split_at_checked(length)
                && let Some(end) = tail.get(..2)
            {
                if end != b"\r\n" {
                    return Err(Trouble::Foreign(Foreign::Garbage));
                }
                let bytes = bytes.to_vec();
                self.at += length + 2;
                return Ok(Reply::Bulk(bytes));
            }
            self.fill(receive)?;
        }
    }

    /// The next line, without its end.
    fn line(&mut self, receive: &mut Receive<'_>) -> Result<Vec<u8>> {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            // Before the line is whole: another protocol may never send an end of line.
            if rest.first().is_some_and(|kind| !b"+-:$*".contains(kind)) {
                return Err(Trouble::Foreign(looks_like(rest)));
            }
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest.get(..end).and_then(|line| line.strip_suffix(b"\r"));
                let line = line.ok_or(Trouble::Foreign(Foreign::Garbage))?.to_vec();
                self.at += end + 1;
                return Ok(line);
            }
            if rest.len() > MAX_LINE {
                return Err(Trouble::Foreign(Foreign::TooLarge));
            }
            self.fill(receive)?;
        }
    }

    fn fill(&mut self, receive: &mut Receive<'_>) -> Result<()> {
        if self.is_empty() {
            self.buffer.clear();
            self.at = 0;
        }
        let mut chunk = [0; 4096];
        let amount = receive(&mut chunk).map_err(Trouble::Lost)?;
        match chunk.get(..amount) {
            None | Some([]) => Err(Trouble::Lost(ErrorKind::UnexpectedEof.into())),
            Some(bytes) => {
                self.buffer.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

fn number(digits: &[u8]) -> Result<i64> {
    let text = std::str::from_utf8(digits).ok();
    let plain = text.filter(|text| !text.starts_with('+'));
    let number = plain.and_then(|text| text.parse().ok());
    number.ok_or(Trouble::Foreign(Foreign::Garbage))
}

fn looks_like(bytes: &[u8]) -> Foreign {
    match bytes {
        // A TLS alert or handshake, version 3.x.
        [0x15 | 0x16, 3, ..] => Foreign::Tls,
        [b'H', ..] | [b'<', ..] => Foreign::Http,
        _ => Foreign::Garbage,
    }
}
