//! The answer to a request to any endpoint.

use std::fmt;

use super::Client;
use super::request::Request;
use crate::error::Result;
use crate::transport::Answer;

/// A successful answer (HTTP 2xx); any other is an [`Error`](crate::Error) that carries the body.
#[derive(Clone)]
pub struct Response {
    answer: Answer,
    body: Vec<u8>,
}

impl Response {
    /// The HTTP status, 200 to 299.
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    /// The first header of this name, if its value is printable ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer.header(name)
    }

    /// Every header whose value is printable ASCII: its name in lower case, and its value.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.answer.headers()
    }

    /// The body after decompression; empty where Zoom sent none.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, given away.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Value of Zoom's `x-zm-trackingid` header; Zoom's support asks for it.
    pub fn tracking_id(&self) -> Option<&str> {
        self.header("x-zm-trackingid")
    }
}

impl Client {
    /// Sends a request to any endpoint of the API.
    ///
    /// Token, retries, limits and deadline are those of every call. POST and PATCH are sent again
    /// only where Zoom surely has not carried them out; [`Error::in_doubt`](crate::Error::in_doubt)
    /// tells whether it may have.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) naming the mistake in the request;
    /// those of every call; for a status outside 2xx the variant that fits it.
    pub fn send(&self, request: &Request) -> Result<Response> {
        let resolved = request.resolve("")?;
        self.core.call(request.deadline(), |call, now| {
            let mut body = Vec::new();
            let (answer, _) = self.core.send(call, now, &resolved, &mut body)?;
            Ok(Response { answer, body })
        })
    }
}

// Without contents: they are nobody's business in a log.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.answer.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
