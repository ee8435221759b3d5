//! One request and its answer over a connection, in the words of HTTP/1.1.
//!
//! The protocol is ureq-proto's. Only a body whose length was told goes past it, because there is nothing
//! to it but reading so many bytes, which then need no further copy.

use std::io::{self, ErrorKind};

use ureq_proto::client::state::{RecvBody, RecvResponse, SendRequest};
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use ureq_proto::http::{HeaderMap, Request, Response, StatusCode, Version, header};
use ureq_proto::{BodyMode, Error as Protocol};

use super::failure::Broken;
use super::idle::Scratch;
use super::wire::Stream;

/// The longest request line or header that is sent, and the longest head that is accepted.
const LONGEST_LINE: usize = 256 * 1024;
const LONGEST_HEAD: usize = 64 * 1024;

/// What is read at once of a head, and of a body whose length is unknown.
const HEAD: usize = 4 * 1024;
const PIECE: usize = 16 * 1024;

/// Bodies up to this length are sent together with their head.
const SHORT: usize = 16 * 1024;

/// The peer's word for a length is taken for at most what is usual for a page.
const USUAL: usize = 1 << 20;

/// A request that is ready to be sent.
pub(super) struct Ready<'a> {
    call: Call<RecvResponse>,
    /// What does not stand in the output buffer already.
    content: &'a [u8],
}

/// The head of an answer.
pub(super) struct Head {
    response: Response<()>,
    next: RecvResponseResult,
    /// Where the body begins in the input buffer.
    body_at: usize,
}

/// Puts a request into the output buffer.
pub(super) fn prepare<'a>(
    request: Request<()>,
    content: &'a [u8],
    output: &mut Vec<u8>,
) -> Result<Ready<'a>, Broken> {
    let unsendable = |error: Protocol| Broken::Unsendable(error.to_string());
    let mut call: Call<SendRequest> = Call::new(request).map_err(unsendable)?.proceed();
    output.clear();
    output.resize(2048, 0);
    let mut length = 0;
    while !call.can_proceed() {
        match call.write(output.get_mut(length..).unwrap_or_default()) {
            Ok(amount) => length += amount,
            Err(Protocol::OutputOverflow) if output.len() < LONGEST_LINE => {
                output.resize(2 * output.len(), 0);
            }
            Err(error) => return Err(unsendable(error)),
        }
    }
    output.truncate(length);
    let call = match call.proceed().map_err(unsendable)? {
        Some(SendRequestResult::RecvResponse(call)) => Some(call),
        Some(SendRequestResult::SendBody(mut call)) => {
            call.consume_direct_write(content.len())
                .map_err(unsendable)?;
            call.proceed()
        }
        // Nobody here asks whether a body is welcome.
        Some(SendRequestResult::Await100(_)) | None => None,
    };
    let call = call.ok_or_else(|| Broken::Unsendable("its body has no length".into()))?;
    let together = content.len() <= SHORT;
    if together {
        output.extend_from_slice(content);
    }
    Ok(Ready {
        call,
        content: if together { &[] } else { content },
    })
}

impl Ready<'_> {
    /// Sends the request and waits for the head of the answer.
    pub(super) fn ask(
        mut self,
        stream: &mut Stream,
        scratch: &mut Scratch,
    ) -> Result<Head, Broken> {
        stream.send(&scratch.output)?;
        stream.send(self.content)?;
        let input = &mut scratch.input;
        input.clear();
        let mut body_at = 0;
        loop {
            if stream.append(input, HEAD)? == 0 {
                return Err(Broken::Io(ErrorKind::UnexpectedEof.into()));
            }
            loop {
                let unread = input.get(body_at..).unwrap_or_default();
                let (used, response) = self.call.try_response(unread, false)?;
                body_at += used;
                if let Some(response) = response {
                    let next = self.call.proceed();
                    let next = next.ok_or(Protocol::UnsupportedVersion)?;
                    return Ok(Head {
                        response,
                        next,
                        body_at,
                    });
                }
                // Otherwise that was an answer to be followed by another one, such as 103.
                if used == 0 {
                    break;
                }
            }
            if input.len() > LONGEST_HEAD {
                return Err(Broken::HeadTooLarge);
            }
        }
    }
}

impl Head {
    pub(super) fn is_gzip(&self) -> bool {
        let encoding = self.response.headers().get(header::CONTENT_ENCODING);
        encoding.is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip"))
    }

    /// Reads the body into `body`, over what that held, and tells whether the connection is good for another
    /// request.
    pub(super) fn read_body(
        self,
        stream: &mut Stream,
        input: &mut Vec<u8>,
        body: &mut Vec<u8>,
        limit: u64,
    ) -> Result<(StatusCode, HeaderMap, bool), Broken> {
        let (head, ()) = self.response.into_parts();
        let lasts = head.version == Version::HTTP_11
            && head.status != StatusCode::SWITCHING_PROTOCOLS
            && !says_close(&head.headers);
        let clean = match self.next {
            RecvResponseResult::RecvBody(call) => match call.body_mode() {
                BodyMode::LengthDelimited(length) => {
                    let begun = input.get(self.body_at..).unwrap_or_default();
                    read_length(stream, begun, body, length, limit)?
                }
                _ => {
                    body.clear();
                    input.drain(..self.body_at);
                    read_pieces(call, stream, input, body, limit)?
                }
            },
            RecvResponseResult::Redirect(_) | RecvResponseResult::Cleanup(_) => {
                body.clear();
                input.len() == self.body_at
            }
        };
        Ok((head.status, head.headers, lasts && clean))
    }
}

fn says_close(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CONNECTION).iter();
    let mut words = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    words.any(|word| word.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// `false` if more came than was told.
fn read_length(
    stream: &mut Stream,
    begun: &[u8],
    body: &mut Vec<u8>,
    length: u64,
    limit: u64,
) -> Result<bool, Broken> {
    let length = match usize::try_from(length) {
        Ok(known) if length <= limit => known,
        _ => return Err(Broken::BodyTooLarge),
    };
    // Pages differ a little, and the next one uses the same memory.
    let usual = length.min(USUAL) + length.min(USUAL) / 16;
    body.reserve_exact(usual.saturating_sub(body.len()));
    stream.fill(body, begun, length)?;
    if body.len() < length {
        return Err(Broken::Io(ErrorKind::UnexpectedEof.into()));
    }
    let clean = body.len() == length;
    body.truncate(length);
    Ok(clean)
}

/// A body in chunks, or one that ends with the connection; the latter is never clean.
fn read_pieces(
    mut call: Call<RecvBody>,
    stream: &mut Stream,
    input: &mut Vec<u8>,
    body: &mut Vec<u8>,
    limit: u64,
) -> Result<bool, Broken> {
    let chunked = call.body_mode() == BodyMode::Chunked;
    loop {
        let mut read = 0;
        while read < input.len() {
            let (unread, length) = (input.get(read..).unwrap_or_default(), body.len());
            body.resize(length + unread.len(), 0);
            let room = body.get_mut(length..).unwrap_or_default();
            let (used, made) = call.read(unread, room)?;
            body.truncate(length + made);
            read += used;
            if body.len() as u64 > limit {
                return Err(Broken::BodyTooLarge);
            }
            if chunked && call.can_proceed() {
                return Ok(read == input.len());
            }
            if used == 0 {
                break;
            }
        }
        input.drain(..read);
        if input.len() > LONGEST_HEAD {
            // What stands between chunks is a line or two.
            return Err(Broken::HeadTooLarge);
        }
        let amount = match stream.append(input, PIECE) {
            Err(error) if is_end(&error) => 0,
            amount => amount?,
        };
        if amount == 0 {
            let whole = !chunked || call.is_ended_chunked();
            let cut = || Broken::Io(ErrorKind::UnexpectedEof.into());
            return if whole { Ok(false) } else { Err(cut()) };
        }
    }
}

/// Some end a connection by breaking it off.
fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
