//! The users pager object: a listing under way.

use super::client::zoom_s2s_client;
use super::error::zoom_s2s_error;
use super::guard::{answer, guard, output};
use super::handle::{Exclusive, Object, borrow, free_exclusive};
use super::numbers::of_user_status;
use super::paging::Paging;
use super::users_page::{State as PageState, zoom_s2s_users_page};
use super::users_query::zoom_s2s_users_query;
use crate::UserPages;

/// A listing of users, page by page.
///
/// Complete, or an error. Zoom pages by position, so that whoever is added or deleted meanwhile
/// shifts the others past the reader. A status is therefore listed again, for newcomers only, until
/// Zoom's own total agrees; if it never does, ZOOM_S2S_INCOMPLETE comes after everything else. Nobody
/// is delivered twice, and whoever was in the account under one status all the time is delivered
/// once. That takes eight bytes of memory a user.
///
/// The limit: if somebody is deleted behind the reader and somebody is added, both between the same
/// two pages, Zoom's total stays as it was, and one user may be missed without a trace. Somebody who
/// is seen while pending comes again if he accepts meanwhile: pending users have no ID to know them
/// by.
///
/// Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
/// zoom_s2s_users_pager_free, which may come before the last page. It goes on working when its client
/// has been freed.
pub struct zoom_s2s_users_pager {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_users_pager {
    type State = Exclusive<Paging<UserPages>>;
    const NAME: &'static str = "zoom_s2s_users_pager";
}

/// Reads from a pager.
///
/// # Safety
/// As `borrow`.
unsafe fn read<T>(
    pager: *const zoom_s2s_users_pager,
    otherwise: T,
    read: impl FnOnce(&UserPages) -> T,
) -> T {
    // SAFETY: the same conditions.
    answer(otherwise, || unsafe {
        Ok(read(borrow("pager", pager)?.take("pager")?.pages()?))
    })
}

/// Begins a listing of users. Nothing is sent yet. query says which; NULL lists what Zoom lists by
/// default, the active users. See https://developers.zoom.us/docs/api/users/#tag/users/get/users; it
/// needs the scope user:read:list_users:admin (classic: user:read:admin).
///
/// Hands out *pager, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_list_users(
    client: *const zoom_s2s_client,
    query: *const zoom_s2s_users_query,
    pager: *mut *mut zoom_s2s_users_pager,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let pager = output("pager", pager)?;
            let client = borrow("client", client)?;
            let users = match query.is_null() {
                true => client.users(),
                false => borrow("query", query)?.take("query")?.users(client),
            };
            pager.set(Exclusive::new(Paging::new(users.pages())));
            Ok(())
        })
    }
}

/// Fetches the next page, with the users that were not delivered before. After the last one *page is
/// NULL and the status ZOOM_S2S_OK. The first page of a status comes even if it is empty; later ones
/// only if they bring somebody. After an error, also ZOOM_S2S_TIMEOUT or ZOOM_S2S_CANCELLED, every
/// further call returns that same error: what came before was delivered, and what is missing will not
/// come. Begin a new listing. (A mistake in the arguments of a call is forgotten with it.)
///
/// Hands out *page, which you free. Errors: those of zoom_s2s_client_send, and ZOOM_S2S_INCOMPLETE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_pager_next(
    pager: *mut zoom_s2s_users_pager,
    page: *mut *mut zoom_s2s_users_page,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let page = output("page", page)?;
            let mut paging = borrow("pager", pager)?.take("pager")?;
            paging.next(|next| page.set(PageState::new(next)))
        })
    }
}

/// The status that the next page will be of, see zoom_s2s_user_status; after the last page, the
/// status of that one. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_pager_status(pager: *const zoom_s2s_users_pager) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(pager, 0, |pages| of_user_status(pages.status())) }
}

/// How many users Zoom said there are under the status of the last page; -1 before the first page,
/// and if Zoom does not tell. NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_pager_total_records(
    pager: *const zoom_s2s_users_pager,
) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(pager, -1, |pages| pages.total_records().unwrap_or(-1)) }
}

/// 1 if something showed that the account changed while it was listed, else 0. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_pager_changed(pager: *const zoom_s2s_users_pager) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(pager, 0, |pages| i32::from(pages.changed())) }
}

/// 1 if the listing has come to its end and Zoom stated totals to check every status against, else 0.
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_pager_checked(pager: *const zoom_s2s_users_pager) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(pager, 0, |pages| i32::from(pages.checked())) }
}

/// Frees a pager. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_pager_free(pager: *mut zoom_s2s_users_pager) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free_exclusive("pager", pager) });
}
