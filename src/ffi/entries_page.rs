//! The entries page object.

use std::ffi::c_char;

use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output, write};
use super::handle::{Object, borrow, free};
use super::lazy::Lazy;
use super::sheet::Sheet;
use super::terminated::{NOTHING, Terminated};
use super::text::zoom_s2s_text;
use crate::EntryPage;

/// A page of entries of any list, as JSON. Entries are counted from 0.
///
/// Threads: any number at a time. Lifetime: until zoom_s2s_entries_page_free; all texts taken from it
/// live as long as it. It outlives its pager and its client.
pub struct zoom_s2s_entries_page {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_entries_page {
    type State = State;
    const NAME: &'static str = "zoom_s2s_entries_page";
}

pub(super) struct State {
    page: EntryPage,
    json: Lazy<Terminated>,
    entries: Lazy<Sheet>,
    next_page_token: Lazy<Terminated>,
}

impl State {
    pub(super) fn new(page: EntryPage) -> State {
        State {
            page,
            json: Lazy::new(),
            entries: Lazy::new(),
            next_page_token: Lazy::new(),
        }
    }

    fn entries(&self) -> &Sheet {
        self.entries.get_or_make(|| {
            let entries: Vec<_> = self.page.entries().collect();
            Sheet::of_json(entries.iter().map(|entry| Some(entry.json())))
        })
    }
}

/// Reads from a page.
///
/// # Safety
/// As `borrow`.
unsafe fn read<'a, T>(
    page: *const zoom_s2s_entries_page,
    otherwise: T,
    read: impl FnOnce(&'a State) -> Result<T, Fault>,
) -> T {
    // SAFETY: the same conditions.
    answer(otherwise, || unsafe { borrow("page", page) }.and_then(read))
}

/// How many entries are on this page: those that the listing had not delivered before. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_count(page: *const zoom_s2s_entries_page) -> usize {
    // SAFETY: the calling contract.
    unsafe { read(page, 0, |state| Ok(state.page.len())) }
}

/// The JSON of one entry, exactly as received, and its length in bytes to *length (nullable); "" and
/// 0 beyond the last. The first call makes a copy of all entries of the page. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_entry_json(
    page: *const zoom_s2s_entries_page,
    index: usize,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        write(length, 0);
        read(page, NOTHING, |state| {
            let entry = state.entries().row(index);
            write(
                length,
                entry.map_or(0, |entry| entry.len().saturating_sub(1)),
            );
            Ok(entry.map_or(NOTHING, |entry| entry.as_ptr().cast()))
        })
    }
}

/// The JSON of one member of an entry, exactly as received: texts in their quotes, null as null.
/// *text is NULL, and the status ZOOM_S2S_OK, if there is no such member or entry. Reads the entry's
/// JSON at each call.
///
/// Hands out *text, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_member_json(
    page: *const zoom_s2s_entries_page,
    index: usize,
    name: *const c_char,
    text: *mut *mut zoom_s2s_text,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let place = output("text", text)?;
            let state = borrow("page", page)?;
            let name = super::input::text("name", name)?;
            let entry = state.page.entry(index);
            if let Some(json) = entry.as_ref().and_then(|entry| entry.member_json(name)) {
                place.set(Terminated::text(json));
            }
            Ok(())
        })
    }
}

/// The token that asks for the next page; "" on the last one. The pager takes care of it. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_next_page_token(
    page: *const zoom_s2s_entries_page,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        read(page, NOTHING, |state| {
            let make = || Terminated::text(state.page.next_page_token());
            Ok(state.next_page_token.get_or_make(make).as_ptr())
        })
    }
}

/// How many entries the whole list has, where Zoom said so, else -1. NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_total_records(
    page: *const zoom_s2s_entries_page,
) -> i64 {
    // SAFETY: the calling contract.
    unsafe {
        read(page, -1, |state| {
            Ok(state.page.total_records().unwrap_or(-1))
        })
    }
}

/// The page exactly as received, after decompression, and its length in bytes to *length (nullable).
/// It also holds the entries that were delivered before. The first call makes a copy. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_json(
    page: *const zoom_s2s_entries_page,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        write(length, 0);
        read(page, NOTHING, |state| {
            let json = state
                .json
                .get_or_make(|| Terminated::text(state.page.json()));
            Ok(json.give(length))
        })
    }
}

/// Frees a page; its memory serves the next one of its client. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_entries_page_free(page: *mut zoom_s2s_entries_page) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free("page", page) });
}
