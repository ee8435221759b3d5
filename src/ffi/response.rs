//! The response object, and sending.

use std::ffi::c_char;

use super::client::zoom_s2s_client;
use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output, write};
use super::handle::{Object, borrow, free};
use super::input::filled;
use super::request::zoom_s2s_request;
use super::terminated::{NOTHING, Terminated};
use crate::Response;

/// A successful answer (HTTP 2xx); any other is an error that carries the body.
///
/// Threads: any number at a time. Lifetime: until zoom_s2s_response_free; texts taken from it live as
/// long as it. It outlives its client and request.
pub struct zoom_s2s_response {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_response {
    type State = State;
    const NAME: &'static str = "zoom_s2s_response";
}

pub(super) struct State {
    status: i32,
    headers: Vec<Header>,
    body: Terminated,
}

struct Header {
    name: Terminated,
    value: Terminated,
    plain_name: String,
}

impl State {
    fn new(response: Response) -> State {
        State {
            status: response.status().into(),
            headers: response
                .headers()
                .map(|(name, value)| Header {
                    name: Terminated::text(name),
                    value: Terminated::text(value),
                    plain_name: name.to_owned(),
                })
                .collect(),
            body: Terminated::bytes(response.into_body()),
        }
    }

    /// The value of the first header of this name, in any case of letters.
    fn header(&self, name: &str) -> *const c_char {
        let mut headers = self.headers.iter();
        headers
            .find(|header| header.plain_name.eq_ignore_ascii_case(name))
            .map_or(NOTHING, |header| header.value.as_ptr())
    }
}

/// Reads from a response.
///
/// # Safety
/// As `borrow`.
unsafe fn read<'a, T>(
    response: *const zoom_s2s_response,
    otherwise: T,
    read: impl FnOnce(&'a State) -> Result<T, Fault>,
) -> T {
    answer(otherwise, || {
        // SAFETY: the same conditions.
        unsafe { borrow("response", response) }.and_then(read)
    })
}

/// Sends a request to any endpoint of the API. Token, retries, limits and deadline are those of every
/// call.
///
/// Hands out *response, which you free. Errors: for an HTTP status outside 2xx the one that fits it,
/// with the body (zoom_s2s_error_body): ZOOM_S2S_UNAUTHORIZED, ZOOM_S2S_MISSING_SCOPE,
/// ZOOM_S2S_FORBIDDEN, ZOOM_S2S_NOT_FOUND, ZOOM_S2S_RATE_LIMITED, ZOOM_S2S_SERVER, ZOOM_S2S_REJECTED,
/// and ZOOM_S2S_BAD_RESPONSE for a redirect; ZOOM_S2S_INVALID_ARGUMENT naming the mistake in the
/// request; those of zoom_s2s_client_token; ZOOM_S2S_NETWORK, ZOOM_S2S_TLS, ZOOM_S2S_BAD_RESPONSE,
/// ZOOM_S2S_TOO_LARGE. zoom_s2s_error_in_doubt tells whether Zoom may have carried it out all the
/// same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_send(
    client: *const zoom_s2s_client,
    request: *const zoom_s2s_request,
    response: *mut *mut zoom_s2s_response,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let response = output("response", response)?;
            let client = borrow("client", client)?;
            let request = borrow("request", request)?.take("request")?.clone();
            response.set(State::new(client.send(&request)?));
            Ok(())
        })
    }
}

/// The HTTP status, 200 to 299. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_status(response: *const zoom_s2s_response) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(response, 0, |state| Ok(state.status)) }
}

/// The body after decompression, and its length in bytes to *length (nullable). Any bytes, not
/// necessarily UTF-8: go by the length. "" and 0 where Zoom sent none. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_body(
    response: *const zoom_s2s_response,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        write(length, 0);
        read(response, NOTHING, |state| Ok(state.body.give(length)))
    }
}

/// The value of the first header of this name, in any case of letters; "" if there is none, or it is
/// not printable ASCII. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_header(
    response: *const zoom_s2s_response,
    name: *const c_char,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        read(response, NOTHING, |state| {
            Ok(state.header(filled("name", name)?))
        })
    }
}

/// How many headers there are. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_header_count(
    response: *const zoom_s2s_response,
) -> usize {
    // SAFETY: the calling contract.
    unsafe { read(response, 0, |state| Ok(state.headers.len())) }
}

/// The name of a header in lower case, index from 0; "" beyond the last. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_header_name(
    response: *const zoom_s2s_response,
    index: usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        read(response, NOTHING, |state| {
            Ok(state
                .headers
                .get(index)
                .map_or(NOTHING, |header| header.name.as_ptr()))
        })
    }
}

/// The value of a header, index from 0; "" beyond the last. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_header_value(
    response: *const zoom_s2s_response,
    index: usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        read(response, NOTHING, |state| {
            Ok(state
                .headers
                .get(index)
                .map_or(NOTHING, |header| header.value.as_ptr()))
        })
    }
}

/// Value of Zoom's x-zm-trackingid header, which Zoom's support asks for; "" if there was none. NULL:
/// "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_tracking_id(
    response: *const zoom_s2s_response,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        read(response, NOTHING, |state| {
            Ok(state.header("x-zm-trackingid"))
        })
    }
}

/// Frees a response. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_response_free(response: *mut zoom_s2s_response) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free("response", response) });
}
