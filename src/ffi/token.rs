//! The token object, and the token calls of a client.

use std::ffi::c_char;
use std::time::UNIX_EPOCH;

use zeroize::Zeroizing;

use super::client::zoom_s2s_client;
use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output, write};
use super::handle::{Object, borrow, free};
use super::input::filled;
use super::terminated::{NOTHING, Terminated};
use crate::Token;

/// An access token, for programs that make their HTTP requests themselves.
///
/// Threads: any number at a time. Lifetime: until zoom_s2s_token_free, which wipes it; texts taken
/// from it live as long as it. It outlives its client. Take one for each request or batch of
/// requests, not one for the program's life: it expires within the hour.
pub struct zoom_s2s_token {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_token {
    type State = State;
    const NAME: &'static str = "zoom_s2s_token";
}

pub(super) struct State {
    token: Token,
    /// The header line with a NUL; all forms of the token are a part of it.
    line: Zeroizing<Vec<u8>>,
    scope: Terminated,
}

impl State {
    fn new(token: Token) -> State {
        let header = token.header().as_bytes();
        let mut line = Zeroizing::new(Vec::with_capacity(header.len() + 1));
        line.extend_from_slice(header);
        line.push(0);
        State {
            line,
            scope: Terminated::text(token.scope()),
            token,
        }
    }

    /// The end of the header line that is as long as `form`.
    fn end(&self, form: &str) -> *const c_char {
        let start = self.line.len().saturating_sub(form.len() + 1);
        self.line
            .get(start..)
            .map_or(NOTHING, |form| form.as_ptr().cast())
    }
}

/// Reads from a token.
///
/// # Safety
/// As `borrow`.
unsafe fn read<'a, T>(
    token: *const zoom_s2s_token,
    otherwise: T,
    read: impl FnOnce(&'a State) -> Result<T, Fault>,
) -> T {
    answer(otherwise, || {
        // SAFETY: the same conditions.
        unsafe { borrow("token", token) }.and_then(read)
    })
}

/// A token: the held one, or a new one when there is none or it is about to expire. All threads and
/// clients of the same app in this process share it, and one of them asks for it; with a token store
/// (zoom_s2s_config_set_token_store), all processes that use the store.
///
/// Hands out *token, which you free. Errors: ZOOM_S2S_CREDENTIALS; ZOOM_S2S_CONFIG if a credentials
/// file cannot be read; ZOOM_S2S_NETWORK, ZOOM_S2S_TLS, ZOOM_S2S_RATE_LIMITED, ZOOM_S2S_SERVER and
/// ZOOM_S2S_BAD_RESPONSE from the way to the token endpoint; ZOOM_S2S_UNAUTHORIZED if tokens are
/// refused in quick succession; ZOOM_S2S_STORE if a strict token store cannot be used;
/// ZOOM_S2S_TIMEOUT, ZOOM_S2S_CANCELLED, ZOOM_S2S_SHUTDOWN, ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_token(
    client: *const zoom_s2s_client,
    token: *mut *mut zoom_s2s_token,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let token = output("token", token)?;
            token.set(State::new(borrow("client", client)?.token()?));
            Ok(())
        })
    }
}

/// A new token although the held one is good: scopes added to an app appear only on tokens issued
/// afterwards. Callers that do this at the same time share one request; there is at most one in 5
/// seconds, and later callers wait for their turn within their deadline.
///
/// Hands out *token, which you free. Errors: as zoom_s2s_client_token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_refresh_token(
    client: *const zoom_s2s_client,
    token: *mut *mut zoom_s2s_token,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let token = output("token", token)?;
            token.set(State::new(borrow("client", client)?.refresh_token()?));
            Ok(())
        })
    }
}

/// Copies the token itself with its NUL into your buffer, asking for a new one where
/// zoom_s2s_client_token would, and without allocating when a token is held. Wipe the buffer when you
/// are done (explicit_bzero); zoom_s2s_token_free wipes by itself.
///
/// size is the buffer's in bytes. *needed (nullable) gets the number of bytes that it takes with the
/// NUL; a buffer of NULL with a size of 0 only asks for that. A buffer that is too small is
/// ZOOM_S2S_INVALID_ARGUMENT and becomes the empty text. Zoom does not say how long tokens are, and
/// the next one may be longer than the one that was measured: pass 4096 bytes at once, which have
/// been enough. Other errors: as zoom_s2s_client_token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_token_copy(
    client: *const zoom_s2s_client,
    buffer: *mut c_char,
    size: usize,
    needed: *mut usize,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract: the buffer has `size` bytes, and the token fewer where it is
    // written.
    unsafe {
        guard(error, || {
            write(needed, 0);
            if size > 0 {
                if buffer.is_null() {
                    return Err(Fault::argument(
                        format!("buffer is NULL, but its size is {size}"),
                        "Give it a buffer, or a size of 0 to ask for the size alone.",
                    ));
                }
                buffer.write(0);
            }
            let token = borrow("client", client)?.token()?;
            let value = token.value();
            write(needed, value.len() + 1);
            if size == 0 && buffer.is_null() {
                return Ok(());
            }
            if size <= value.len() {
                return Err(Fault::argument(
                    format!("buffer is too small: its size is {size}"),
                    format!("The token needs {} bytes with its NUL.", value.len() + 1),
                ));
            }
            let bytes: *mut u8 = buffer.cast();
            bytes.copy_from_nonoverlapping(value.as_ptr(), value.len());
            bytes.add(value.len()).write(0);
            Ok(())
        })
    }
}

/// Tells the client that Zoom refused the token with this value (HTTP 401 or code 124) in a request
/// that the program made itself. The next zoom_s2s_client_token gives a better one, or the error that
/// says why there is none.
///
/// value is the token in any of its forms: zoom_s2s_token_value, _bearer or _header. Rejecting one
/// that has been replaced meanwhile does nothing, so every thread that met the refusal may say so.
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_reject_token(
    client: *const zoom_s2s_client,
    value: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let client = borrow("client", client)?;
            client.reject_token(filled("value", value)?);
            Ok(())
        })
    }
}

/// Tells Zoom to forget the held token, and forgets it here. Does nothing if none is held. Everybody
/// who shares the token loses it; the next call asks for another one.
///
/// Errors: as zoom_s2s_client_token; ZOOM_S2S_INVALID_ARGUMENT with JWT credentials, which cannot be
/// revoked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_revoke_token(
    client: *const zoom_s2s_client,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { guard(error, || Ok(borrow("client", client)?.revoke_token()?)) }
}

/// The token itself. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_value(token: *const zoom_s2s_token) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(token, NOTHING, |state| Ok(state.end(state.token.value()))) }
}

/// The value of the Authorization header: "Bearer ...". NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_bearer(token: *const zoom_s2s_token) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(token, NOTHING, |state| Ok(state.end(state.token.bearer()))) }
}

/// The whole header line, without a line end, as libcurl's CURLOPT_HTTPHEADER wants it:
/// "Authorization: Bearer ...". NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_header(token: *const zoom_s2s_token) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(token, NOTHING, |state| Ok(state.end(state.token.header()))) }
}

/// When the token expires by this machine's clock, in milliseconds since 1970-01-01 UTC. The client
/// replaces it minutes before that. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_expires_at_ms(token: *const zoom_s2s_token) -> i64 {
    // SAFETY: the calling contract.
    unsafe {
        read(token, 0, |state| {
            let since = state.token.expires_at().duration_since(UNIX_EPOCH);
            Ok(milliseconds(since.unwrap_or_default()))
        })
    }
}

/// How long the token is still good, in milliseconds; 0 once it has expired. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_expires_in_ms(token: *const zoom_s2s_token) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(token, 0, |state| Ok(milliseconds(state.token.expires_in()))) }
}

/// The scopes as the token endpoint listed them, separated by blanks; "" if it listed none (as it may
/// just after an app was made), and for JWTs, which have none. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_scope(token: *const zoom_s2s_token) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe { read(token, NOTHING, |state| Ok(state.scope.as_ptr())) }
}

/// 1 if the token endpoint listed this scope, or a classic one that includes it, else 0: the classic
/// user:read:admin includes the granular user:read:list_users:admin, but not the other way round. See
/// https://developers.zoom.us/docs/integrations/oauth-scopes-granular/. Either NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_has_scope(
    token: *const zoom_s2s_token,
    scope: *const c_char,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        read(token, 0, |state| {
            let scope = filled("scope", scope)?;
            Ok(i32::from(state.token.has_scope(scope)))
        })
    }
}

/// Wipes and frees a token. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_token_free(token: *mut zoom_s2s_token) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free("token", token) });
}

fn milliseconds(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
