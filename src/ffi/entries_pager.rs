//! The entries pager object: any list under way.

use std::ffi::c_char;

use super::client::zoom_s2s_client;
use super::entries_page::{State as PageState, zoom_s2s_entries_page};
use super::error::zoom_s2s_error;
use super::guard::{answer, guard, output};
use super::handle::{Exclusive, Object, borrow, free_exclusive};
use super::input::filled;
use super::paging::Paging;
use super::request::zoom_s2s_request;
use super::users_query::within;
use crate::EntryPages;

/// Any list that Zoom pages by next_page_token, page by page: meetings, recordings, groups' members
/// and so on. Complete, or an error, as zoom_s2s_users_pager. Entries on different pages are the same
/// if their JSON is; one that changes while the list is read again comes again.
///
/// Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
/// zoom_s2s_entries_pager_free, which may come before the last page. It goes on working when its
/// client has been freed.
pub struct zoom_s2s_entries_pager {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_entries_pager {
    type State = Exclusive<Paging<EntryPages>>;
    const NAME: &'static str = "zoom_s2s_entries_pager";
}

/// Reads from a pager.
///
/// # Safety
/// As `borrow`.
unsafe fn read<T>(
    pager: *const zoom_s2s_entries_pager,
    otherwise: T,
    read: impl FnOnce(&EntryPages) -> T,
) -> T {
    // SAFETY: the same conditions.
    answer(otherwise, || unsafe {
        Ok(read(borrow("pager", pager)?.take("pager")?.pages()?))
    })
}

/// Begins the list that this request asks for: a GET, with everything but next_page_token. key names
/// the array of entries in the answers, such as "meetings". Nothing is sent yet, and mistakes in the
/// request are reported with the first page. The request is copied.
///
/// Hands out *pager, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_pages(
    client: *const zoom_s2s_client,
    request: *const zoom_s2s_request,
    key: *const c_char,
    pager: *mut *mut zoom_s2s_entries_pager,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let pager = output("pager", pager)?;
            let client = borrow("client", client)?;
            let request = borrow("request", request)?.take("request")?.clone();
            let pages = client.pages(request, filled("key", key)?);
            pager.set(Exclusive::new(Paging::new(pages)));
            Ok(())
        })
    }
}

/// How often the list is read at most, 1 to 5, while it changes. Default: 3. Only before the first
/// page.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_pager_set_max_passes(
    pager: *mut zoom_s2s_entries_pager,
    passes: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let mut paging = borrow("pager", pager)?.take("pager")?;
            let passes = within("passes", passes, 5)?;
            paging.set("passes", |pages| pages.max_passes(passes))
        })
    }
}

/// Fetches the next page, with the entries that were not delivered before. After the last one *page
/// is NULL and the status ZOOM_S2S_OK. After an error every further call returns that same error:
/// what came before was delivered, and what is missing will not come. Begin a new listing.
///
/// Hands out *page, which you free. Errors: those of zoom_s2s_client_send, and ZOOM_S2S_INCOMPLETE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_pager_next(
    pager: *mut zoom_s2s_entries_pager,
    page: *mut *mut zoom_s2s_entries_page,
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

/// How many entries Zoom said there are; -1 before the first page, and if Zoom does not tell. NULL:
/// -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_pager_total_records(
    pager: *const zoom_s2s_entries_pager,
) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(pager, -1, |pages| pages.total_records().unwrap_or(-1)) }
}

/// 1 if something showed that the list changed while it was read, else 0. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_pager_changed(
    pager: *const zoom_s2s_entries_pager,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(pager, 0, |pages| i32::from(pages.changed())) }
}

/// 1 if the list has come to its end and Zoom stated a total to check it against, else 0. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_pager_checked(
    pager: *const zoom_s2s_entries_pager,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { read(pager, 0, |pages| i32::from(pages.checked())) }
}

/// Frees a pager. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_pager_free(pager: *mut zoom_s2s_entries_pager) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free_exclusive("pager", pager) });
}
