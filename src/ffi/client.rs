//! The client object.

use super::config::zoom_s2s_config;
use super::error::zoom_s2s_error;
use super::guard::{answer, guard, output};
use super::handle::{Object, borrow, free};
use super::log;
use super::numbers::counter;
use super::terminated::Terminated;
use super::text::zoom_s2s_text;
use crate::Client;

/// A client for one app of one Zoom account: a token that is renewed and shared, a pool of
/// connections, and the settings.
///
/// Each call has one deadline (zoom_s2s_config_set_timeout_ms), which covers everything the call
/// does: waiting for a token, retries, the whole answer.
///
/// Threads: any number at a time; make one client per app and share it. Lifetime: until
/// zoom_s2s_client_free, which must not overlap with a call on it; everything made from it outlives
/// it.
pub struct zoom_s2s_client {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_client {
    type State = Client;
    const NAME: &'static str = "zoom_s2s_client";
}

/// Makes a client. All settings are checked, and nothing is sent yet. The config may be freed
/// afterwards, or make more clients.
///
/// Hands out *client, which you free. Errors: ZOOM_S2S_CONFIG naming the setting, or ZOOM_S2S_LOG;
/// ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_new(
    config: *const zoom_s2s_config,
    client: *mut *mut zoom_s2s_client,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let client = output("client", client)?;
            log::begin()?;
            let made = borrow("config", config)?.take("config")?.build()?;
            client.set(made);
            Ok(())
        })
    }
}

/// Makes a client from the environment alone: zoom_s2s_config_from_env and zoom_s2s_client_new in
/// one.
///
/// Hands out *client, which you free. Errors: ZOOM_S2S_CONFIG naming the variables that are missing
/// or wrong, ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_from_env(
    client: *mut *mut zoom_s2s_client,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let client = output("client", client)?;
            log::begin()?;
            client.set(Client::from_env()?);
            Ok(())
        })
    }
}

/// Ends every call now pending on this client, in whatever it waits: they return ZOOM_S2S_CANCELLED.
/// Calls made afterwards work as ever; the token is kept. A call that begins at the same moment may
/// or may not be ended. From any thread; not from a signal handler.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_cancel(
    client: *const zoom_s2s_client,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            borrow("client", client)?.cancel();
            Ok(())
        })
    }
}

/// Ends every pending call and refuses all later ones with ZOOM_S2S_SHUTDOWN. From any thread, also
/// again; not from a signal handler. The client is still to be freed.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_shutdown(
    client: *const zoom_s2s_client,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            borrow("client", client)?.shutdown();
            Ok(())
        })
    }
}

/// How often something has happened since the client was made; see zoom_s2s_stat. -1 for a number
/// without meaning. NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_stat(client: *const zoom_s2s_client, stat: i32) -> i64 {
    answer(-1, || {
        // SAFETY: the calling contract.
        let client = unsafe { borrow("client", client) }?;
        Ok(counter(stat).map_or(-1, |counter| {
            i64::try_from(client.counter(counter)).unwrap_or(i64::MAX)
        }))
    })
}

/// The client's state as one JSON object, for people and monitoring: version, addresses and the
/// proxies on the way to them, token store and why it could not be used when it was last asked, token
/// age and expiry, counters, last warning, and clock_offset_ms: how far Zoom's clock is ahead of this
/// machine's, to about a second, null before the first answer. Members are only ever added. It holds
/// no secret and no token.
///
/// Hands out *text, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_status_json(
    client: *const zoom_s2s_client,
    text: *mut *mut zoom_s2s_text,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let text = output("text", text)?;
            let status = borrow("client", client)?.status_json();
            text.set(Terminated::text(&status));
            Ok(())
        })
    }
}

/// Frees a client. Its idle connections are closed; in a forked child, only the child's own. NULL is
/// fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_free(client: *mut zoom_s2s_client) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free("client", client) });
}
