//! The library itself: versions, and the names of its numbers.

use std::ffi::c_char;

use super::guard::answer;
use super::input;
use super::lazy::Lazy;
use super::numbers::{self, user_field, zoom_s2s_field_kind};
use super::terminated::{NOTHING, Terminated};
use crate::{Counter, FieldKind, UserField};

static FIELD_NAMES: Lazy<Vec<Terminated>> = Lazy::new();
static ENTRY_KEYS: Lazy<Vec<Vec<Terminated>>> = Lazy::new();
static STAT_NAMES: Lazy<Vec<Terminated>> = Lazy::new();

/// The entry of a list that numbers count from 1.
fn numbered<T>(list: &[T], number: i32) -> Option<&T> {
    list.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// Number of the binary interface that this header describes. It grows by one when something is
/// added; the SONAME changes only if something were ever taken away or changed.
pub const ZOOM_S2S_ABI: i32 = 2;

/// Version of the library that runs, such as "0.1.0". Static.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Number of the binary interface of the library that runs. A program built with this header needs at
/// least ZOOM_S2S_ABI; whoever loads the library at run time should compare.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_abi() -> i32 {
    ZOOM_S2S_ABI
}

/// What the library was built with, words separated by blanks: one for each kind of token store that
/// zoom_s2s_config_set_token_store takes. "store:memory store:file store:redis", the last one unless
/// the library was built without it; new words may be added anywhere. Static.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_features() -> *const c_char {
    let features = match cfg!(feature = "redis") {
        true => c"store:memory store:file store:redis",
        false => c"store:memory store:file",
    };
    features.as_ptr()
}

/// The name of a status without its prefix, such as "NETWORK" for ZOOM_S2S_NETWORK; "" for a number
/// without meaning. Static.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_status_name(status: i32) -> *const c_char {
    numbers::status_name(status).as_ptr()
}

/// Zoom's name of a field, such as "email" for ZOOM_S2S_USER_EMAIL; "" for a number without meaning.
/// The numbers run from 1 without gaps, so that all fields can be walked through. Static.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_user_field_name(field: i32) -> *const c_char {
    answer(NOTHING, || {
        let names = FIELD_NAMES.get_or_make(|| {
            let names = UserField::ALL.iter().map(|field| field.name());
            names.map(Terminated::text).collect()
        });
        Ok(numbered(names, field).map_or(NOTHING, Terminated::as_ptr))
    })
}

/// The number of the field with this name; 0 if there is none. NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_user_field_number(name: *const c_char) -> i32 {
    answer(0, || {
        // SAFETY: the calling contract.
        let name = unsafe { input::text("name", name) }?;
        Ok(UserField::from_name(name).map_or(0, UserField::number))
    })
}

/// How a field is kept, see zoom_s2s_field_kind; 0 for a number without meaning.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_user_field_kind(field: i32) -> i32 {
    let kind = user_field(field).map(UserField::kind);
    kind.map_or(0, |kind| match kind {
        FieldKind::Text => zoom_s2s_field_kind::ZOOM_S2S_KIND_TEXT as i32,
        FieldKind::Number => zoom_s2s_field_kind::ZOOM_S2S_KIND_NUMBER as i32,
        FieldKind::List => zoom_s2s_field_kind::ZOOM_S2S_KIND_LIST as i32,
    })
}

/// The keys of a list field's entries, index from 0: "" after the last one, and for lists of texts.
/// Static.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_user_field_entry_key(field: i32, index: usize) -> *const c_char {
    answer(NOTHING, || {
        let keys = ENTRY_KEYS.get_or_make(|| {
            let fields = UserField::ALL.iter().map(|field| field.entry_keys());
            let terminated = |keys: &[&str]| keys.iter().copied().map(Terminated::text).collect();
            fields.map(terminated).collect()
        });
        let key = numbered(keys, field).and_then(|keys| keys.get(index));
        Ok(key.map_or(NOTHING, Terminated::as_ptr))
    })
}

/// The name of a counter as the status snapshot shows it, such as "token_requests"; "" for a number
/// without meaning. The numbers run from 1 without gaps. Static.
#[unsafe(no_mangle)]
pub extern "C" fn zoom_s2s_stat_name(stat: i32) -> *const c_char {
    answer(NOTHING, || {
        let names = STAT_NAMES.get_or_make(|| {
            let names = Counter::ALL.iter().map(|counter| counter.name());
            names.map(Terminated::text).collect()
        });
        Ok(numbered(names, stat).map_or(NOTHING, Terminated::as_ptr))
    })
}
