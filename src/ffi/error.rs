//! The error object, and what becomes one.

use std::borrow::Cow;
use std::ffi::c_char;

use super::guard::answer;
use super::handle::{Boxed, Object, borrow, free};
use super::numbers::{of_error, zoom_s2s_status};
use super::terminated::{NOTHING, Terminated};
use crate::Error;

/// What went wrong in one call, in words and numbers. No secret and no token is part of it.
///
/// Threads: any number at a time. Lifetime: until zoom_s2s_error_free; texts taken from it live as
/// long as it. It needs no other object to stay alive.
pub struct zoom_s2s_error {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_error {
    type State = State;
    const NAME: &'static str = "zoom_s2s_error";
}

/// Everything made ready when the error is, so that reading it cannot fail.
pub(super) struct State {
    status: i32,
    message: Terminated,
    hint: Terminated,
    text: Terminated,
    http_status: i32,
    zoom_code: Option<i64>,
    oauth_error: Terminated,
    retry_after_ms: i64,
    is_retryable: bool,
    in_doubt: bool,
    tracking_id: Terminated,
    missing_scopes: Terminated,
    body: Option<Terminated>,
}

/// Why a function of the interface fails.
pub(super) enum Fault {
    /// The SDK says so.
    Sdk(Error),
    /// An argument cannot be used: what is wrong with it, and the cure.
    Argument(Cow<'static, str>, Cow<'static, str>),
    /// An earlier call panicked, and what it was doing cannot be taken up again.
    Panicked,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Sdk(error)
    }
}

impl Fault {
    pub(super) fn argument(
        message: impl Into<Cow<'static, str>>,
        cure: impl Into<Cow<'static, str>>,
    ) -> Fault {
        Fault::Argument(message.into(), cure.into())
    }

    pub(super) fn status(&self) -> i32 {
        match self {
            Fault::Sdk(error) => of_error(error.status()),
            Fault::Argument(..) => zoom_s2s_status::ZOOM_S2S_INVALID_ARGUMENT as i32,
            Fault::Panicked => zoom_s2s_status::ZOOM_S2S_INTERNAL as i32,
        }
    }

    /// For functions that cannot return it.
    pub(super) fn warn(&self) {
        match self {
            Fault::Sdk(error) => log::warn!(target: crate::LOG, "{}", error.message()),
            Fault::Argument(message, _) => log::warn!(target: crate::LOG, "{message}"),
            Fault::Panicked => log::warn!(target: crate::LOG, "an earlier call panicked"),
        }
    }

    pub(super) fn into_state(self) -> State {
        match self {
            Fault::Sdk(error) => State::of_sdk(&error),
            Fault::Panicked => State::own(
                zoom_s2s_status::ZOOM_S2S_INTERNAL,
                Terminated::literal(c"an earlier call on this object panicked"),
                Terminated::literal(c"Begin anew with another object."),
                Terminated::literal(
                    c"an earlier call on this object panicked\n  Begin anew with another object.",
                ),
            ),
            Fault::Argument(message, cure) => State::own(
                zoom_s2s_status::ZOOM_S2S_INVALID_ARGUMENT,
                Terminated::text(&message),
                Terminated::text(&cure),
                Terminated::text(&match cure.is_empty() {
                    true => message.to_string(),
                    false => format!("{message}\n  {cure}"),
                }),
            ),
        }
    }
}

impl State {
    /// An error of this interface's own.
    const fn own(
        status: zoom_s2s_status,
        message: Terminated,
        hint: Terminated,
        text: Terminated,
    ) -> State {
        State {
            status: status as i32,
            message,
            hint,
            text,
            http_status: 0,
            zoom_code: None,
            oauth_error: Terminated::EMPTY,
            retry_after_ms: -1,
            is_retryable: false,
            in_doubt: false,
            tracking_id: Terminated::EMPTY,
            missing_scopes: Terminated::EMPTY,
            body: None,
        }
    }

    fn of_sdk(error: &Error) -> State {
        let wait = error.retry_after().map(|wait| wait.as_millis());
        State {
            status: of_error(error.status()),
            message: Terminated::text(error.message()),
            hint: Terminated::text(error.hint()),
            text: Terminated::text(&error.to_string()),
            http_status: error.http_status().map_or(0, i32::from),
            zoom_code: error.zoom_code(),
            oauth_error: Terminated::text(error.oauth_error().unwrap_or_default()),
            retry_after_ms: wait.map_or(-1, |wait| i64::try_from(wait).unwrap_or(i64::MAX)),
            is_retryable: error.is_retryable(),
            in_doubt: error.in_doubt(),
            tracking_id: Terminated::text(error.tracking_id().unwrap_or_default()),
            missing_scopes: Terminated::text(&error.missing_scopes().join(" ")),
            body: error.body().map(|body| Terminated::bytes(body.to_vec())),
        }
    }
}

/// The error that needs no memory: made when the library is built, and never freed.
static PANICKED: Boxed<zoom_s2s_error> = Boxed::new(State::own(
    zoom_s2s_status::ZOOM_S2S_INTERNAL,
    Terminated::literal(c"a defect of zoom_s2s: it panicked"),
    Terminated::literal(c"The client goes on. Please report what stderr says of the panic."),
    Terminated::literal(
        c"a defect of zoom_s2s: it panicked\n  The client goes on. Please report what stderr says of the panic.",
    ),
));

/// Status and error of a panic.
pub(super) fn panicked() -> (i32, *mut zoom_s2s_error) {
    let error = (&raw const PANICKED).cast_mut().cast();
    (zoom_s2s_status::ZOOM_S2S_INTERNAL as i32, error)
}

/// Reads from an error. NULL means that nothing went wrong, and is no mistake.
///
/// # Safety
/// As `borrow`.
unsafe fn read<'a, T>(
    error: *const zoom_s2s_error,
    otherwise: T,
    read: impl FnOnce(&'a State) -> T,
) -> T {
    if error.is_null() {
        return otherwise;
    }
    // SAFETY: the same conditions.
    answer(otherwise, || unsafe { borrow("error", error) }.map(read))
}

/// Frees an error. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_free(error: *mut zoom_s2s_error) {
    if !std::ptr::eq(error, panicked().1) {
        // SAFETY: the calling contract.
        answer((), || unsafe { free("error", error) });
    }
}

/// The status that the call returned; see zoom_s2s_status. NULL: ZOOM_S2S_OK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_status(error: *const zoom_s2s_error) -> i32 {
    let nothing = match error.is_null() {
        true => zoom_s2s_status::ZOOM_S2S_OK,
        false => zoom_s2s_status::ZOOM_S2S_INVALID_ARGUMENT,
    };
    // SAFETY: the calling contract.
    unsafe { read(error, nothing as i32, |state| state.status) }
}

/// Everything that a person needs, over several lines: what happened, what to do next, and Zoom's
/// tracking ID where the answer came from Zoom. This is the text to print or to log. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_text(error: *const zoom_s2s_error) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(error, NOTHING, |state| state.text.as_ptr()) }
}

/// What happened, in one line. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_message(error: *const zoom_s2s_error) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(error, NOTHING, |state| state.message.as_ptr()) }
}

/// What to do next, in one or more lines; "" where there is nothing to add. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_hint(error: *const zoom_s2s_error) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(error, NOTHING, |state| state.hint.as_ptr()) }
}

/// HTTP status of the answer behind the error; 0 if there was none. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_http_status(error: *const zoom_s2s_error) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(error, 0, |state| state.http_status) }
}

/// Zoom's own error code from the answer's body, such as 124, 300 or 1001; 0 if there was none. NULL:
/// 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_zoom_code(error: *const zoom_s2s_error) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(error, 0, |state| state.zoom_code.unwrap_or(0)) }
}

/// The OAuth error code of the token endpoint, such as invalid_client (RFC 6749, 5.2); "" if there
/// was none. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_oauth_error(error: *const zoom_s2s_error) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(error, NOTHING, |state| state.oauth_error.as_ptr()) }
}

/// How long to wait before trying again, in milliseconds; -1 if that is not known. NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_retry_after_ms(error: *const zoom_s2s_error) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(error, -1, |state| state.retry_after_ms) }
}

/// 1 if the same call may succeed later without anybody changing anything, else 0. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_is_retryable(error: *const zoom_s2s_error) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(error, 0, |state| i32::from(state.is_retryable)) }
}

/// 1 if Zoom may have carried the request out although it failed here, else 0: the connection broke
/// after the request was sent and before the answer was whole. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_in_doubt(error: *const zoom_s2s_error) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(error, 0, |state| i32::from(state.in_doubt)) }
}

/// Value of Zoom's x-zm-trackingid header, which Zoom's support asks for; "" if there was none. NULL:
/// "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_tracking_id(error: *const zoom_s2s_error) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(error, NOTHING, |state| state.tracking_id.as_ptr()) }
}

/// The scopes named by a missing-scope answer, in Zoom's spelling, separated by blanks; else "".
/// NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_missing_scopes(
    error: *const zoom_s2s_error,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(error, NOTHING, |state| state.missing_scopes.as_ptr()) }
}

/// 1 if the error carries the body of an answer, which may be empty, else 0. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_has_body(error: *const zoom_s2s_error) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(error, 0, |state| i32::from(state.body.is_some())) }
}

/// The body of the API's answer after decompression, and its length in bytes to *length (nullable).
/// Any bytes, not necessarily UTF-8: go by the length. At most the first 1048576 bytes of it, and if
/// it repeats the token, without that. "" and 0 if there is none. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_error_body(
    error: *const zoom_s2s_error,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        super::guard::write(length, 0);
        read(error, NOTHING, |state| match &state.body {
            Some(body) => body.give(length),
            None => NOTHING,
        })
    }
}
