//! A response before it is HTTP, and the shapes of Zoom's error bodies.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Body, Frame, SizeHint};
use serde::Serialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) const JSON: &str = "application/json;charset=UTF-8";
pub(crate) const HTML: &str = "text/html;charset=UTF-8";

/// Below this, compressing costs more bytes than it saves.
const WORTH_COMPRESSING: u64 = 256;
/// From here on a body is made while it is sent.
const TOO_LARGE: u64 = 4 << 20;

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) gzip: bool,
    pub(crate) body: Pieces,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            headers: Vec::new(),
            gzip: false,
            body: Pieces::new([body.into()]),
        }
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // Only maps with string keys are ever passed, so this does not fail.
        Self::new(status, JSON, serde_json::to_vec(body).unwrap_or_default())
    }

    /// An error of the API: `{"code", "message"}`.
    pub(crate) fn api_error(status: u16, code: u32, message: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({ "code": code, "message": message }),
        )
    }

    /// An error of the OAuth endpoints: `{"reason", "error"}`.
    pub(crate) fn oauth_error(status: u16, reason: &str, error: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({ "reason": reason, "error": error }),
        )
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Compresses a body that is not compressed yet, if that is worth it.
    pub(crate) fn compressed(mut self) -> Self {
        if self.gzip || !(WORTH_COMPRESSING..TOO_LARGE).contains(&self.body.len()) {
            return self;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing into a vector does not fail.
        let _ = encoder.write_all(&self.body.concat());
        self.body = Pieces::new([encoder.finish().unwrap_or_default().into()]);
        self.gzip = true;
        self
    }
}

/// A body in pieces whose total length is known: a cached page goes out without being copied, and
/// a piece that comes many times is held once.
#[derive(Clone, Debug)]
pub(crate) struct Pieces {
    pieces: VecDeque<(Bytes, u64)>,
    left: u64,
}

impl Pieces {
    pub(crate) fn new(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        let mut all = Self {
            pieces: VecDeque::new(),
            left: 0,
        };
        for piece in pieces {
            all.push(piece, 1);
        }
        all
    }

    /// Puts a piece at the end, so many times.
    pub(crate) fn push(&mut self, piece: Bytes, times: u64) {
        if times > 0 && !piece.is_empty() {
            self.left += piece.len() as u64 * times;
            self.pieces.push_back((piece, times));
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.left
    }

    /// Everything in one piece; not for what comes many times.
    pub(crate) fn concat(&self) -> Bytes {
        let mut pieces = self.clone();
        if let [(piece, 1)] = pieces.pieces.make_contiguous() {
            return piece.clone();
        }
        let mut all = Vec::with_capacity(pieces.left as usize);
        while let Some(piece) = pieces.pop() {
            all.extend_from_slice(&piece);
        }
        all.into()
    }

    fn pop(&mut self) -> Option<Bytes> {
        let (piece, times) = self.pieces.front_mut()?;
        self.left -= piece.len() as u64;
        *times -= 1;
        if *times > 0 {
            return Some(piece.clone());
        }
        self.pieces.pop_front().map(|(piece, _)| piece)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.pop().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
