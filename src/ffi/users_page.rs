//! The users page object.

use std::collections::HashMap;
use std::ffi::c_char;
use std::ptr;

use super::client::zoom_s2s_client;
use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output, write};
use super::handle::{Object, borrow, free};
use super::input::{filled, text, unknown};
use super::lazy::Lazy;
use super::numbers::user_field;
use super::sheet::Sheet;
use super::terminated::{NOTHING, Terminated};
use super::text::zoom_s2s_text;
use crate::{FieldKind, TextWithNul, UserField, UsersPage};

/// A page of users. Rows are counted from 0, fields are named by zoom_s2s_user_field.
///
/// A field that is absent, null, or of a type that cannot be converted without loss has no value: "",
/// or your fallback, and 0 from zoom_s2s_users_page_has. The same goes for a row beyond the page and
/// for a number that is no field. What Zoom really sent is in zoom_s2s_users_page_user_json.
///
/// Threads: any number at a time. Lifetime: until zoom_s2s_users_page_free; all texts taken from it
/// live as long as it. It outlives its pager and its client.
pub struct zoom_s2s_users_page {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_users_page {
    type State = State;
    const NAME: &'static str = "zoom_s2s_users_page";
}

pub(super) struct State {
    page: UsersPage,
    /// In place of the rare texts that hold U+0000: by where they are in memory. Made when one is met.
    mended: Lazy<HashMap<usize, Terminated>>,
    json: Lazy<Terminated>,
    users: Lazy<Sheet>,
    next_page_token: Lazy<Terminated>,
    columns: Vec<Lazy<Sheet>>,
}

impl State {
    pub(super) fn new(page: UsersPage) -> State {
        State {
            mended: Lazy::new(),
            page,
            json: Lazy::new(),
            users: Lazy::new(),
            next_page_token: Lazy::new(),
            columns: UserField::ALL.iter().map(|_| Lazy::new()).collect(),
        }
    }

    /// Hands out a text of the page.
    ///
    /// # Safety
    /// `length` is NULL or may be written to.
    unsafe fn give(&self, text: Option<TextWithNul<'_>>, length: *mut usize) -> *const c_char {
        let Some(text) = text else {
            // SAFETY: the same condition.
            unsafe { write(length, 0) };
            return NOTHING;
        };
        let start = text.as_str().as_ptr();
        if text.may_hold_nul() {
            let mended = self.mended.get_or_make(|| mend(&self.page));
            if let Some(mended) = mended.get(&(start as usize)) {
                // SAFETY: the same condition.
                return unsafe { mended.give(length) };
            }
        }
        // SAFETY: the same condition.
        unsafe { write(length, text.text().len()) };
        start.cast()
    }

    fn column(&self, field: UserField) -> Option<&Sheet> {
        let place = UserField::ALL.iter().position(|known| *known == field)?;
        let rows = 0..self.page.len();
        Some(self.columns.get(place)?.get_or_make(|| match field.kind() {
            FieldKind::Number => Sheet::of_numbers(rows.map(|row| self.page.number(row, field))),
            _ => Sheet::of_texts(rows.map(|row| self.page.text_with_nul(row, field))),
        }))
    }

    fn users(&self) -> &Sheet {
        let rows = 0..self.page.len();
        self.users
            .get_or_make(|| Sheet::of_json(rows.map(|row| self.page.user_json(row))))
    }
}

/// All texts of a page that hold U+0000, mended.
fn mend(page: &UsersPage) -> HashMap<usize, Terminated> {
    let mut mended = HashMap::new();
    let mut look = |text: Option<&str>| {
        if let Some(text) = text.filter(|text| text.contains('\0')) {
            mended.insert(text.as_ptr() as usize, Terminated::text(text));
        }
    };
    for row in 0..page.len() {
        for field in UserField::ALL {
            look(page.text(row, *field));
            for index in 0..page.list_len(row, *field) {
                let keys = field.entry_keys();
                let texts = if keys.is_empty() { &[""] } else { keys };
                for key in texts {
                    look(page.list_text(row, *field, index, key));
                }
            }
        }
    }
    mended
}

/// Reads from a page.
///
/// # Safety
/// As `borrow`.
unsafe fn read<'a, T>(
    page: *const zoom_s2s_users_page,
    otherwise: T,
    read: impl FnOnce(&'a State) -> Result<T, Fault>,
) -> T {
    // SAFETY: the same conditions.
    answer(otherwise, || unsafe { borrow("page", page) }.and_then(read))
}

/// One user, by ID or e-mail address, as a page with one row. See
/// https://developers.zoom.us/docs/api/users/#tag/users/get/users/{userId}; it needs the scope
/// user:read:user:admin (classic: user:read:admin).
///
/// Hands out *page, which you free. Errors: ZOOM_S2S_NOT_FOUND if there is no such user, and those of
/// zoom_s2s_client_send.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_client_user(
    client: *const zoom_s2s_client,
    id_or_email: *const c_char,
    page: *mut *mut zoom_s2s_users_page,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let page = output("page", page)?;
            let client = borrow("client", client)?;
            let user = client.user(filled("id_or_email", id_or_email)?)?;
            page.set(State::new(user.page().clone()));
            Ok(())
        })
    }
}

/// How many users are on this page: those that the listing had not delivered before. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_count(page: *const zoom_s2s_users_page) -> usize {
    // SAFETY: the calling contract.
    unsafe { read(page, 0, |state| Ok(state.page.len())) }
}

/// 1 if the field has a value: it was sent, is not null, and could be read as its kind; else 0. NULL:
/// 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_has(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        read(page, 0, |state| {
            Ok(user_field(field).map_or(0, |field| i32::from(state.page.has(row, field))))
        })
    }
}

/// The value of a text field, and its length in bytes to *length (nullable); "" and 0 if it has none,
/// and for numbers and lists. A number or boolean that Zoom sent in place of a text is given as in
/// the JSON. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_text(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        write(length, 0);
        read(page, NOTHING, |state| {
            let text = user_field(field).and_then(|field| state.page.text_with_nul(row, field));
            Ok(state.give(text, length))
        })
    }
}

/// The value of a number field, or of a text field whose text is a whole number: always exact;
/// fallback if it has none, is not whole, or beyond 64 bits. A boolean that Zoom sent in place of a
/// number counts as 0 or 1. NULL: fallback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_number(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
    fallback: i64,
) -> i64 {
    // SAFETY: the calling contract.
    unsafe {
        read(page, fallback, |state| {
            let number = user_field(field).and_then(|field| state.page.number(row, field));
            Ok(number.unwrap_or(fallback))
        })
    }
}

/// How many entries a list field has; 0 if it has no value, or is not a list. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_list_count(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
) -> usize {
    // SAFETY: the calling contract.
    unsafe {
        read(page, 0, |state| {
            Ok(user_field(field).map_or(0, |field| state.page.list_len(row, field)))
        })
    }
}

/// A text in a list: of entry index, counted from 0, the member key, and its length in bytes to
/// *length (nullable). For lists of texts key is "" or NULL; for the others one of those that
/// zoom_s2s_user_field_entry_key lists. Numbers are given as in the JSON. "" and 0 if there is none.
/// page NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_list_text(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
    index: usize,
    key: *const c_char,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        write(length, 0);
        read(page, NOTHING, |state| {
            let key = list_key(key)?;
            let field = user_field(field);
            let text =
                field.and_then(|field| state.page.list_text_with_nul(row, field, index, key));
            Ok(state.give(text, length))
        })
    }
}

/// Like zoom_s2s_users_page_list_text, for a member that is a whole number, exactly; fallback if
/// there is no such member, or it is no whole number. page NULL: fallback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_list_number(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
    index: usize,
    key: *const c_char,
    fallback: i64,
) -> i64 {
    // SAFETY: the calling contract.
    unsafe {
        read(page, fallback, |state| {
            let key = list_key(key)?;
            let field = user_field(field);
            let number = field.and_then(|field| state.page.list_number(row, field, index, key));
            Ok(number.unwrap_or(fallback))
        })
    }
}

/// 1 if entry index of a list field has the member key, else 0; see zoom_s2s_users_page_list_text.
/// page NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_list_has(
    page: *const zoom_s2s_users_page,
    row: usize,
    field: i32,
    index: usize,
    key: *const c_char,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        read(page, 0, |state| {
            let key = list_key(key)?;
            let field = user_field(field);
            let text = field.and_then(|field| state.page.list_text(row, field, index, key));
            Ok(i32::from(text.is_some()))
        })
    }
}

/// NULL stands for the key of lists of texts.
///
/// # Safety
/// As `text`.
unsafe fn list_key<'a>(key: *const c_char) -> Result<&'a str, Fault> {
    match key.is_null() {
        true => Ok(""),
        // SAFETY: the same conditions.
        false => unsafe { text("key", key) },
    }
}

/// A text or number field of all rows at once, for languages in which each call costs.
///
/// *texts gets the rows' texts one after the other, each with a NUL at its end; *offsets the place in
/// bytes of each row's text, and behind the last one the length of all together:
/// zoom_s2s_users_page_count + 1 numbers, of which row r is from offsets[r] to offsets[r + 1] - 1.
/// Split at the NULs, or go by the offsets. *present gets a text of '1' and '0', one a row: whether
/// it has a value (and a NUL); without one its text is empty. Numbers are decimal. Each of the three
/// may be NULL; all live as long as the page.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT, also for lists.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_column(
    page: *const zoom_s2s_users_page,
    field: i32,
    texts: *mut *const c_char,
    offsets: *mut *const i64,
    present: *mut *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            write(texts, ptr::null());
            write(offsets, ptr::null());
            write(present, ptr::null());
            let state = borrow("page", page)?;
            let known =
                user_field(field).ok_or_else(|| unknown("field", field, "ZOOM_S2S_USER_…"))?;
            if known.kind() == FieldKind::List {
                return Err(Fault::argument(
                    format!("field is {field}, which is a list"),
                    "Read lists with zoom_s2s_users_page_list_text.",
                ));
            }
            if let Some(column) = state.column(known) {
                write(texts, column.texts().as_ptr());
                write(offsets, column.offsets());
                write(present, column.present().as_ptr());
            }
            Ok(())
        })
    }
}

/// The token that asks for the next page; "" on the last one. The pager takes care of it. NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_next_page_token(
    page: *const zoom_s2s_users_page,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        read(page, NOTHING, |state| {
            let token = state
                .next_page_token
                .get_or_make(|| Terminated::text(state.page.next_page_token()));
            Ok(token.as_ptr())
        })
    }
}

/// How many users the whole listing has, where Zoom said so, else -1. NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_total_records(
    page: *const zoom_s2s_users_page,
) -> i64 {
    // SAFETY: the calling contract.
    unsafe {
        read(page, -1, |state| {
            Ok(state.page.total_records().unwrap_or(-1))
        })
    }
}

/// How many users Zoom puts on a page, where it said so, else -1. May be less than was asked for.
/// NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_page_size(page: *const zoom_s2s_users_page) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(page, -1, |state| Ok(state.page.page_size().unwrap_or(-1))) }
}

/// How many pages the listing has, where Zoom said so, else -1. NULL: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_page_count(page: *const zoom_s2s_users_page) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(page, -1, |state| Ok(state.page.page_count().unwrap_or(-1))) }
}

/// The number of this page, where Zoom said so, else -1. Deprecated by Zoom: go by the pager. NULL:
/// -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_page_number(page: *const zoom_s2s_users_page) -> i64 {
    // SAFETY: the calling contract.
    unsafe { read(page, -1, |state| Ok(state.page.page_number().unwrap_or(-1))) }
}

/// The page exactly as received, after decompression, and its length in bytes to *length (nullable).
/// It also holds the users that were delivered before. The first call makes a copy. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_json(
    page: *const zoom_s2s_users_page,
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

/// The JSON of one user, exactly as received, and its length in bytes to *length (nullable). The
/// first call makes a copy of all users of the page. "" and 0 beyond the last row. NULL: "" and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_user_json(
    page: *const zoom_s2s_users_page,
    row: usize,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    unsafe {
        write(length, 0);
        read(page, NOTHING, |state| {
            let user = state.users().row(row);
            write(length, user.map_or(0, |user| user.len().saturating_sub(1)));
            Ok(user.map_or(NOTHING, |user| user.as_ptr().cast()))
        })
    }
}

/// The JSON of any member of a user, also of those that have no field here, exactly as received:
/// texts in their quotes, null as null. *text is NULL, and the status ZOOM_S2S_OK, if there is no
/// such member or row. Reads the user's JSON at each call.
///
/// Hands out *text, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_member_json(
    page: *const zoom_s2s_users_page,
    row: usize,
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
            let user = state.page.user(row);
            if let Some(json) = user.as_ref().and_then(|user| user.member_json(name)) {
                place.set(Terminated::text(json));
            }
            Ok(())
        })
    }
}

/// Frees a page; its memory serves the next one of its client. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_users_page_free(page: *mut zoom_s2s_users_page) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free("page", page) });
}
