//! The faults by name.

use super::amendment::{Amendment, Total};
use super::{Action, Fault};
use crate::answer::{Answer, HTML, JSON};
use crate::api;
use crate::rate_limit::RateLimit;
use crate::wire::Cut;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The two messages of code 124, which say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadToken {
    /// `Invalid access token.`
    Invalid,
    /// `Access token is expired.`
    Expired,
}

/// Another answer, and nothing done, unless [`carried_out`](Self::carried_out) is asked for.
impl Fault {
    /// 401 with code 124, as if the token were dead; it is not touched.
    #[must_use]
    pub fn unauthorized(self) -> Self {
        self.instead("unauthorized", api::invalid_token(401))
    }

    /// Code 124 in one of its messages, under 401 or, as Zoom's API description has it, 400.
    #[must_use]
    pub fn dead_token(self, status: u16, message: DeadToken) -> Self {
        let (name, answer) = match message {
            DeadToken::Invalid => ("invalid", api::invalid_token(status)),
            DeadToken::Expired => ("expired", api::expired_token(status)),
        };
        self.instead(format!("dead_token {status} {name}"), answer)
    }

    /// 429.
    #[must_use]
    pub fn rate_limited(self, limit: RateLimit) -> Self {
        self.instead(format!("rate_limited {}", limit.name()), limit.answer())
    }

    /// This status with this body.
    #[must_use]
    pub fn status(self, status: u16, body: impl Into<Vec<u8>>, content_type: &str) -> Self {
        let answer = Answer::new(status, content_type, body.into());
        self.instead(format!("status {status}"), answer)
    }

    /// A 5xx: 500 with Zoom's JSON, the others with a gateway's HTML.
    #[must_use]
    pub fn server_error(self, status: u16) -> Self {
        let answer = match status {
            500 => Answer::api_error(500, 500, "Internal Server Error"),
            _ => page(status),
        };
        self.instead(format!("server_error {status}"), answer)
    }

    /// A web page, as a proxy or a captive portal sends it, with 200 too.
    #[must_use]
    pub fn html(self, status: u16) -> Self {
        self.instead(format!("html {status}"), page(status))
    }

    /// 200, called JSON, which it is not.
    #[must_use]
    pub fn garbage_json(self) -> Self {
        let answer = Answer::new(200, JSON, &b"{\"users\":[{]},\xff\xfe nul, 01 'x'"[..]);
        self.instead("garbage_json", answer)
    }

    /// A redirect, which a client that holds a secret or a token should not follow.
    #[must_use]
    pub fn redirect(self, status: u16, location: &str) -> Self {
        let answer = Answer::new(status, "", "").header("location", location);
        self.instead(format!("redirect {status}"), answer)
    }

    /// Code 300, as if the page token were too old. Strikes only requests that have one.
    #[must_use]
    pub fn expired_page_token(self) -> Self {
        self.on_later_pages()
            .instead("expired_page_token", api::dead_page_token())
    }

    /// An error where success is announced: `{"code", "message"}`, or the OAuth host's
    /// `{"reason", "error"}`, under HTTP 200.
    #[must_use]
    pub fn error_under_200(self, code: u32, message: &str) -> Self {
        let answer = if self.target.is_oauth() {
            Answer::oauth_error(200, message, "invalid_request")
        } else {
            Answer::api_error(200, code, message)
        };
        self.instead(format!("error_under_200 {code}"), answer)
    }

    /// This status (200, 204) and no body.
    #[must_use]
    pub fn empty(self, status: u16) -> Self {
        self.instead(format!("empty {status}"), Answer::new(status, JSON, ""))
    }
}

/// The request is carried out, and the ordinary answer is changed on its way.
impl Fault {
    /// Cuts the JSON in its middle; the HTTP around it is right.
    #[must_use]
    pub fn truncated_json(self) -> Self {
        self.amend(Amendment::Truncate)
    }

    /// Puts a member before the others that holds arrays in arrays, so many levels deep.
    #[must_use]
    pub fn nested_json(self, levels: usize) -> Self {
        self.amend(Amendment::Nest(levels))
    }

    /// Adds blanks at the end until the body has so many bytes. They are made while they are sent.
    #[must_use]
    pub fn oversized(self, bytes: u64) -> Self {
        self.amend(Amendment::Oversize(bytes))
    }

    /// The same, gzipped, whatever the client accepts: about a thousandth of it is sent.
    #[must_use]
    pub fn gzip_bomb(self, inflated_bytes: u64) -> Self {
        self.amend(Amendment::GzipBomb(inflated_bytes))
    }

    /// Sets a member of a successful answer's object.
    #[must_use]
    pub fn set_member(self, name: &str, value: impl Into<Value>) -> Self {
        self.amend(Amendment::Member(name.to_owned(), Some(value.into())))
    }

    /// Removes a member of a successful answer's object.
    #[must_use]
    pub fn remove_member(self, name: &str) -> Self {
        self.amend(Amendment::Member(name.to_owned(), None))
    }

    /// `next_page_token` is the one the request came with, so that the listing never ends. Strikes
    /// only requests that have one.
    #[must_use]
    pub fn repeated_page_token(self) -> Self {
        self.on_later_pages().amend(Amendment::RepeatPageToken)
    }

    /// A listing without `total_records`.
    #[must_use]
    pub fn without_total_records(self) -> Self {
        self.amend(Amendment::Total(Total::Absent))
    }

    /// `total_records` is wrong by so much.
    #[must_use]
    pub fn total_records_off_by(self, by: i64) -> Self {
        self.amend(Amendment::Total(Total::OffBy(by)))
    }

    /// `total_records` grows by one with each strike, as if the account did.
    #[must_use]
    pub fn total_records_moving(self) -> Self {
        self.amend(Amendment::Total(Total::Moving))
    }

    /// Another `expires_in`: 0, negative, text.
    #[must_use]
    pub fn expires_in(self, value: impl Into<Value>) -> Self {
        self.set_member("expires_in", value)
    }

    /// No `expires_in`.
    #[must_use]
    pub fn without_expires_in(self) -> Self {
        self.remove_member("expires_in")
    }

    /// `"access_token": ""`.
    #[must_use]
    pub fn empty_access_token(self) -> Self {
        self.set_member("access_token", json!(""))
    }
}

/// The connection misbehaves.
impl Fault {
    /// Breaks the connection at this point. The request is carried out first, except with
    /// [`Cut::BeforeProcessing`].
    #[must_use]
    pub fn cut(self, cut: Cut) -> Self {
        self.action(Action::Cut(cut))
    }

    /// Sends the head (or else the body) of the ordinary answer `bytes` at a time, one lot per
    /// `every`.
    #[must_use]
    pub fn drip(self, head: bool, bytes: usize, every: Duration) -> Self {
        self.action(Action::Drip {
            head,
            bytes: bytes.max(1),
            every,
        })
    }

    /// `Content-Length` is wrong by so much. If it is too large, the connection ends after the
    /// body; if it is too small, the rest of the body stands where the next answer begins.
    #[must_use]
    pub fn content_length_off_by(self, by: i64) -> Self {
        self.action(Action::ContentLength(by))
    }

    fn on_later_pages(self) -> Self {
        self.matching_query("next_page_token", "*")
    }

    fn instead(self, name: impl Into<String>, answer: Answer) -> Self {
        self.action(Action::instead(name, answer))
    }

    fn amend(self, amendment: Amendment) -> Self {
        self.action(Action::Amend(amendment))
    }

    fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }
}

fn page(status: u16) -> Answer {
    let text = format!("<html><head><title>{status}</title></head><body>{status}</body></html>");
    Answer::new(status, HTML, text)
}
