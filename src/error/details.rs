//! The words and numbers of an error.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What an [`Error`](crate::Error) knows about its failure.
///
/// Read it through the accessors of [`Error`](crate::Error). One pointer in size; clones share.
#[derive(Clone)]
pub struct Details(Arc<Fields>);

#[derive(Clone, Default)]
struct Fields {
    message: Cow<'static, str>,
    hint: Cow<'static, str>,
    http_status: Option<u16>,
    zoom_code: Option<i64>,
    oauth_error: Option<String>,
    retry_after: Option<Duration>,
    retryable: Option<bool>,
    in_doubt: bool,
    cut_short: bool,
    tracking_id: Option<String>,
    missing_scopes: Vec<String>,
    body: Option<Vec<u8>>,
}

impl Details {
    /// Starts with one line that says what happened.
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Details {
        Details::starting(message.into())
    }

    // Errors are made in hundreds of places, none of which has to be fast: what makes one stands in the
    // library once.
    #[cold]
    #[inline(never)]
    fn starting(message: Cow<'static, str>) -> Details {
        Details(Arc::new(Fields {
            message,
            ..Fields::default()
        }))
    }

    #[cold]
    fn with(mut self, change: impl FnOnce(&mut Fields)) -> Details {
        change(Arc::make_mut(&mut self.0));
        self
    }

    pub(crate) fn with_message(self, message: impl Into<Cow<'static, str>>) -> Details {
        let message = message.into();
        self.with(|fields| fields.message = message)
    }

    pub(crate) fn with_hint(self, hint: impl Into<Cow<'static, str>>) -> Details {
        self.hinting(hint.into())
    }

    #[cold]
    #[inline(never)]
    fn hinting(self, hint: Cow<'static, str>) -> Details {
        self.with(|fields| fields.hint = hint)
    }

    #[inline(never)]
    pub(crate) fn with_http_status(self, status: u16) -> Details {
        self.with(|fields| fields.http_status = Some(status))
    }

    pub(crate) fn with_zoom_code(self, code: Option<i64>) -> Details {
        self.with(|fields| fields.zoom_code = code)
    }

    pub(crate) fn with_oauth_error(self, code: Option<String>) -> Details {
        self.with(|fields| fields.oauth_error = code)
    }

    #[inline(never)]
    pub(crate) fn with_retry_after(self, wait: Option<Duration>) -> Details {
        self.with(|fields| fields.retry_after = wait)
    }

    #[inline(never)]
    pub(crate) fn with_retryable(self, retryable: bool) -> Details {
        self.with(|fields| fields.retryable = Some(retryable))
    }

    pub(crate) fn with_in_doubt(self, in_doubt: bool) -> Details {
        self.with(|fields| fields.in_doubt = in_doubt)
    }

    /// Another attempt would have been made, had there been time for it.
    pub(crate) fn with_cut_short(self, cut_short: bool) -> Details {
        self.with(|fields| fields.cut_short = cut_short)
    }

    pub(crate) fn cut_short(&self) -> bool {
        self.0.cut_short
    }

    pub(crate) fn with_tracking_id(self, id: Option<String>) -> Details {
        self.with(|fields| fields.tracking_id = id)
    }

    pub(crate) fn with_missing_scopes(self, scopes: Vec<String>) -> Details {
        self.with(|fields| fields.missing_scopes = scopes)
    }

    pub(crate) fn with_body(self, body: Vec<u8>) -> Details {
        self.with(|fields| fields.body = Some(body))
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn hint(&self) -> &str {
        &self.0.hint
    }

    pub(crate) fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    pub(crate) fn zoom_code(&self) -> Option<i64> {
        self.0.zoom_code
    }

    pub(crate) fn oauth_error(&self) -> Option<&str> {
        self.0.oauth_error.as_deref()
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn retryable(&self) -> Option<bool> {
        self.0.retryable
    }

    pub(crate) fn in_doubt(&self) -> bool {
        self.0.in_doubt
    }

    pub(crate) fn tracking_id(&self) -> Option<&str> {
        self.0.tracking_id.as_deref()
    }

    pub(crate) fn missing_scopes(&self) -> &[String] {
        &self.0.missing_scopes
    }

    pub(crate) fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }
}

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())?;
        for line in self.hint().lines() {
            write!(f, "\n  {line}")?;
        }
        if let Some(id) = self.tracking_id() {
            write!(f, "\n  Zoom tracking ID: {id}")?;
        }
        Ok(())
    }
}

// The body stays out: it is as long as the peer likes, and holds what the peer likes.
impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Details")
            .field("message", &self.message())
            .field("http_status", &self.http_status())
            .field("zoom_code", &self.zoom_code())
            .field("tracking_id", &self.tracking_id())
            .finish_non_exhaustive()
    }
}
