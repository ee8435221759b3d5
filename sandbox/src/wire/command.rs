//! What a command makes of one response: which bytes go out, when, and where it ends.

use serde::{Deserialize, Serialize};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Sleep;

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

/// A command while its response goes out.
pub(super) struct Running {
    pub(super) command: Command,
    pub(super) head: u64,
    pub(super) body: u64,
    pub(super) sent: u64,
    /// What is still to be sent in place of the server's head.
    pub(super) forged: Option<Vec<u8>>,
    pub(super) pause: Option<Pin<Box<Sleep>>>,
}

/// What may be done with the next bytes of a response.
pub(super) enum Step {
    Send(u64),
    /// Send that many, then pause.
    Drip(u64, Duration),
    Break {
        reset: bool,
    },
}

impl Running {
    /// The server hands over a head in one piece, so its end is in the first bytes.
    pub(super) fn new(command: Command, body: u64, first: &[u8]) -> Self {
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

    pub(super) fn is_over(&self) -> bool {
        self.sent >= self.head + self.body
    }

    pub(super) fn ends_the_connection(&self) -> bool {
        match self.command {
            Command::Cut(_) => true,
            Command::ContentLength(by) => by > 0,
            Command::Drip { .. } => false,
        }
    }

    pub(super) fn step(&self) -> Step {
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
