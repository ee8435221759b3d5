//! What C hands in: texts, bytes, numbers.

use std::ffi::{CStr, c_char};
use std::time::Duration;

use super::error::Fault;

/// Longest text taken, in bytes without the NUL. Longer ones are mistakes: a body is given by length.
const LONGEST_TEXT: usize = 64 * 1024;

/// A text, which may be empty. `name` is the parameter's.
///
/// # Safety
/// `text` is NULL or ends with a NUL, and stays as it is for `'a`.
pub(super) unsafe fn text<'a>(name: &'static str, text: *const c_char) -> Result<&'a str, Fault> {
    if text.is_null() {
        return Err(Fault::argument(
            format!("{name} is NULL"),
            "Give it a text that ends with a NUL.",
        ));
    }
    // Not read further than it may be long: the NUL may be missing.
    // SAFETY: the caller's promise.
    #[cfg(unix)]
    let is_long = unsafe { libc::strnlen(text, LONGEST_TEXT + 1) } > LONGEST_TEXT;
    #[cfg(not(unix))]
    let is_long = unsafe { CStr::from_ptr(text) }.count_bytes() > LONGEST_TEXT;
    if is_long {
        return Err(Fault::argument(
            format!("{name} is longer than {LONGEST_TEXT} bytes"),
            "Give it a shorter text; or is the NUL missing at its end?",
        ));
    }
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|error| {
        Fault::argument(
            format!(
                "{name} is not UTF-8 (at byte {}, counted from 0)",
                error.valid_up_to()
            ),
            "Convert it to UTF-8 first.",
        )
    })
}

/// A text that may not be empty.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn filled<'a>(
    name: &'static str,
    pointer: *const c_char,
) -> Result<&'a str, Fault> {
    // SAFETY: the same conditions.
    let given = unsafe { text(name, pointer) }?;
    if given.trim().is_empty() {
        return Err(Fault::argument(
            format!("{name} is empty or blank"),
            "Give it a value, or leave the call out.",
        ));
    }
    Ok(given)
}

/// Bytes by length; NULL stands for none if the length is 0.
///
/// # Safety
/// `bytes` is NULL or points to `length` bytes that stay as they are for `'a`.
pub(super) unsafe fn bytes<'a>(
    name: &'static str,
    bytes: *const u8,
    length: usize,
) -> Result<&'a [u8], Fault> {
    if length == 0 {
        return Ok(&[]);
    }
    if bytes.is_null() {
        return Err(Fault::argument(
            format!("{name} is NULL, but its length is {length}"),
            "Give it the bytes, or a length of 0.",
        ));
    }
    if length > isize::MAX as usize {
        return Err(Fault::argument(
            format!("{name} has an impossible length of {length} bytes"),
            "Is the length negative?",
        ));
    }
    // SAFETY: the caller's promise; the length is possible.
    Ok(unsafe { std::slice::from_raw_parts(bytes, length) })
}

/// A time in milliseconds, above 0.
pub(super) fn milliseconds(name: &'static str, value: i64) -> Result<Duration, Fault> {
    match u64::try_from(value) {
        Ok(value) if value > 0 => Ok(Duration::from_millis(value)),
        _ => Err(Fault::argument(
            format!("{name} is {value}"),
            "Give it milliseconds above 0, such as 30000 for 30 seconds.",
        )),
    }
}

/// 0 or 1.
pub(super) fn flag(name: &'static str, value: i32) -> Result<bool, Fault> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Fault::argument(
            format!("{name} is {value}"),
            "Give it 0 or 1.",
        )),
    }
}

/// A number of the interface that has no meaning.
pub(super) fn unknown(name: &'static str, value: i32, family: &str) -> Fault {
    Fault::argument(
        format!("{name} is {value}"),
        format!("Give it one of the numbers named {family}."),
    )
}
