//! The text object: a text made for the caller alone.

use std::ffi::c_char;

use super::guard::{answer, write};
use super::handle::{Object, borrow, free};
use super::terminated::{NOTHING, Terminated};

/// A text that a call made for you.
///
/// Threads: any number at a time. Lifetime: until zoom_s2s_text_free. It needs no other object to
/// stay alive.
pub struct zoom_s2s_text {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_text {
    type State = Terminated;
    const NAME: &'static str = "zoom_s2s_text";
}

/// The text, and its length in bytes to *length (nullable). It lives as long as the object. NULL: ""
/// and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_text_value(
    text: *const zoom_s2s_text,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the calling contract.
    answer(NOTHING, || unsafe {
        write(length, 0);
        Ok(borrow("text", text)?.give(length))
    })
}

/// Frees a text. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_text_free(text: *mut zoom_s2s_text) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free("text", text) });
}
