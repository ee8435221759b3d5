//! The request object.

use std::ffi::c_char;

use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output};
use super::handle::{Exclusive, Object, borrow, free_exclusive};
use super::input::{bytes, filled, milliseconds, text};
use crate::{Method, Request};

/// A request to any endpoint of Zoom's API, sent by zoom_s2s_client_send or, page after page, by
/// zoom_s2s_client_pages. Mistakes in it are reported when it is sent.
///
/// Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
/// zoom_s2s_request_free. It may be sent any number of times, and is not needed once
/// zoom_s2s_client_send or zoom_s2s_client_pages has returned.
pub struct zoom_s2s_request {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_request {
    type State = Exclusive<Request>;
    const NAME: &'static str = "zoom_s2s_request";
}

/// Changes a request.
///
/// # Safety
/// As `guard` and `borrow`.
unsafe fn change(
    request: *mut zoom_s2s_request,
    error: *mut *mut zoom_s2s_error,
    change: impl FnOnce(Request) -> Result<Request, Fault>,
) -> i32 {
    // SAFETY: the same conditions.
    unsafe {
        guard(error, || {
            let mut held = borrow("request", request)?.take("request")?;
            *held = change(held.clone())?;
            Ok(())
        })
    }
}

/// A request with this method and path.
///
/// method is GET, HEAD, POST, PUT, PATCH or DELETE, in capitals. path is below the API's base and
/// begins with a slash, as in Zoom's documents, such as "/users/{userId}/meetings", with names in
/// braces that zoom_s2s_request_set_segment fills in; parameters go into zoom_s2s_request_add_query.
///
/// GET, HEAD, PUT and DELETE are sent again where that may help; POST and PATCH only where Zoom
/// surely has not carried them out.
///
/// Hands out *request, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_new(
    method: *const c_char,
    path: *const c_char,
    request: *mut *mut zoom_s2s_request,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let request = output("request", request)?;
            let name = filled("method", method)?;
            let method = Method::from_name(name).ok_or_else(|| {
                Fault::argument(
                    "method is not one of Zoom's API",
                    "Give it GET, HEAD, POST, PUT, PATCH or DELETE, in capitals.",
                )
            })?;
            let path = filled("path", path)?;
            request.set(Exclusive::new(Request::new(method, path)));
            Ok(())
        })
    }
}

/// Fills in {name} in the path. The value is percent-encoded and stays one segment, whatever it
/// holds; empty, "." and ".." are refused. A second call with the same name replaces the value. Zoom
/// wants meeting UUIDs that begin with / or hold // encoded twice: give such a value encoded once.
///
/// The texts are copied. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_set_segment(
    request: *mut zoom_s2s_request,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        change(request, error, |request| {
            let (name, value) = (filled("name", name)?, text("value", value)?);
            match value.is_empty() {
                true => Err(Fault::argument(
                    "value is empty",
                    "Give it as Zoom shows it.",
                )),
                false => Ok(request.segment(name, value)),
            }
        })
    }
}

/// Adds a query parameter; both are percent-encoded. May be called again with the same name.
///
/// The texts are copied; the value may be empty. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_add_query(
    request: *mut zoom_s2s_request,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        change(request, error, |request| {
            Ok(request.query(filled("name", name)?, text("value", value)?))
        })
    }
}

/// Adds a header. Those that the client sets itself are refused when it is sent: Authorization, Host,
/// Connection, Content-Length, Transfer-Encoding, Accept-Encoding, Content-Type, Expect.
///
/// The texts are copied; the value may be empty. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_add_header(
    request: *mut zoom_s2s_request,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        change(request, error, |request| {
            Ok(request.header(filled("name", name)?, text("value", value)?))
        })
    }
}

/// The body: length bytes from body, which may be NULL if there are none, and their media type, such
/// as "application/json", which is needed in any case. A second call replaces the first.
///
/// Both are copied. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_set_body(
    request: *mut zoom_s2s_request,
    body: *const c_char,
    length: usize,
    content_type: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        change(request, error, |request| {
            let body = bytes("body", body.cast(), length)?;
            Ok(request.body(body, filled("content_type", content_type)?))
        })
    }
}

/// The deadline of this request in milliseconds, above 0, instead of the client's; of each page's,
/// where it is paged.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_set_timeout_ms(
    request: *mut zoom_s2s_request,
    timeout_ms: i64,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        change(request, error, |request| {
            Ok(request.timeout(milliseconds("timeout_ms", timeout_ms)?))
        })
    }
}

/// Frees a request. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_request_free(request: *mut zoom_s2s_request) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free_exclusive("request", request) });
}
