//! The users query object: what to list.

use std::ffi::c_char;
use std::time::Duration;

use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output};
use super::handle::{Exclusive, Object, borrow, free_exclusive};
use super::input::{filled, milliseconds, unknown};
use super::numbers::{include_fields, license, user_status};
use crate::{Client, IncludeFields, License, Status, Users};

/// Which users to list, and how. What is not set is left to Zoom's default: the active users.
///
/// Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
/// zoom_s2s_users_query_free. It may be used for any number of listings, and is not needed once
/// zoom_s2s_client_list_users has returned.
pub struct zoom_s2s_users_query {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_users_query {
    type State = Exclusive<State>;
    const NAME: &'static str = "zoom_s2s_users_query";
}

#[derive(Default)]
pub(super) struct State {
    status: Option<Status>,
    page_size: Option<u32>,
    role_id: Option<String>,
    include_fields: Vec<IncludeFields>,
    license: Option<License>,
    timeout: Option<Duration>,
    max_passes: Option<u32>,
}

impl State {
    /// The listing that this is, on a client.
    pub(super) fn users(&self, client: &Client) -> Users {
        let mut users = client.users();
        if let Some(status) = self.status {
            users = users.status(status);
        }
        if let Some(page_size) = self.page_size {
            users = users.page_size(page_size);
        }
        if let Some(role_id) = &self.role_id {
            users = users.role_id(role_id);
        }
        for fields in &self.include_fields {
            users = users.include_fields(*fields);
        }
        if let Some(license) = self.license {
            users = users.license(license);
        }
        if let Some(timeout) = self.timeout {
            users = users.timeout(timeout);
        }
        if let Some(passes) = self.max_passes {
            users = users.max_passes(passes);
        }
        users
    }
}

/// Changes a query.
///
/// # Safety
/// As `guard` and `borrow`.
unsafe fn set(
    query: *mut zoom_s2s_users_query,
    error: *mut *mut zoom_s2s_error,
    change: impl FnOnce(&mut State) -> Result<(), Fault>,
) -> i32 {
    // SAFETY: the same conditions.
    unsafe {
        guard(error, || {
            change(&mut *borrow("query", query)?.take("query")?)
        })
    }
}

/// A number from 1 to the largest that makes sense.
pub(super) fn within(name: &'static str, value: i32, most: u32) -> Result<u32, Fault> {
    match u32::try_from(value) {
        Ok(value) if (1..=most).contains(&value) => Ok(value),
        _ => Err(Fault::argument(
            format!("{name} is {value}"),
            format!("Give it 1 to {most}."),
        )),
    }
}

/// A query without settings.
///
/// Hands out *query, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_new(
    query: *mut *mut zoom_s2s_users_query,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            output("query", query)?.set(Exclusive::new(State::default()));
            Ok(())
        })
    }
}

/// Which users, see zoom_s2s_user_status. Default: active.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_set_status(
    query: *mut zoom_s2s_users_query,
    status: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            let known = user_status(status);
            state.status =
                Some(known.ok_or_else(|| unknown("status", status, "ZOOM_S2S_STATUS_…"))?);
            Ok(())
        })
    }
}

/// Users per page, 1 to 2000. Default: 300. Zoom may send fewer: its documents disagree whether more
/// than 300 are allowed.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_set_page_size(
    query: *mut zoom_s2s_users_query,
    users: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            state.page_size = Some(within("users", users, 2000)?);
            Ok(())
        })
    }
}

/// Only users with this role.
///
/// The text is copied. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_set_role_id(
    query: *mut zoom_s2s_users_query,
    role_id: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            state.role_id = Some(filled("role_id", role_id)?.to_owned());
            Ok(())
        })
    }
}

/// Asks for additional members of each user, see zoom_s2s_include_fields; may be called for several.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_add_include_fields(
    query: *mut zoom_s2s_users_query,
    fields: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            let known = include_fields(fields);
            let known = known.ok_or_else(|| unknown("fields", fields, "ZOOM_S2S_INCLUDE_…"))?;
            state.include_fields.push(known);
            Ok(())
        })
    }
}

/// Only users with this add-on licence, see zoom_s2s_license.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_set_license(
    query: *mut zoom_s2s_users_query,
    add_on: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            let known = license(add_on);
            state.license =
                Some(known.ok_or_else(|| unknown("add_on", add_on, "ZOOM_S2S_LICENSE_…"))?);
            Ok(())
        })
    }
}

/// The deadline of each page's request in milliseconds, instead of the client's.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_set_timeout_ms(
    query: *mut zoom_s2s_users_query,
    timeout_ms: i64,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            state.timeout = Some(milliseconds("timeout_ms", timeout_ms)?);
            Ok(())
        })
    }
}

/// How often one status is listed at most, 1 to 5, while the account changes under the listing.
/// Default: 3. What remains missing after the last pass ends in ZOOM_S2S_INCOMPLETE.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_set_max_passes(
    query: *mut zoom_s2s_users_query,
    passes: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(query, error, |state| {
            state.max_passes = Some(within("passes", passes, 5)?);
            Ok(())
        })
    }
}

/// Frees a query. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_query_free(query: *mut zoom_s2s_users_query) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free_exclusive("query", query) });
}
