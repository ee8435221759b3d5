//! Texts as C wants them.

use std::borrow::Cow;
use std::ffi::c_char;

/// The text with U+FFFD for each U+0000, which would end it for C.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A text or bytes with a NUL at the end, which its length does not count.
pub(super) struct Terminated(Cow<'static, [u8]>);

impl Terminated {
    /// The empty text.
    pub(super) const EMPTY: Terminated = Terminated(Cow::Borrowed(b"\0"));

    /// A text that is known when the library is built.
    pub(super) const fn literal(text: &'static std::ffi::CStr) -> Terminated {
        Terminated(Cow::Borrowed(text.to_bytes_with_nul()))
    }

    /// A text; U+0000, which would end it for C, becomes U+FFFD.
    pub(super) fn text(text: &str) -> Terminated {
        if text.is_empty() {
            return Terminated::EMPTY;
        }
        Terminated::bytes(match text.contains('\0') {
            true => without_nul(text).into_bytes(),
            false => text.as_bytes().to_vec(),
        })
    }

    /// Bytes as they are; their length tells where they end.
    pub(super) fn bytes(mut bytes: Vec<u8>) -> Terminated {
        bytes.reserve_exact(1);
        bytes.push(0);
        Terminated(Cow::Owned(bytes))
    }

    /// How many bytes there are before the NUL.
    pub(super) fn len(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// Without the last NUL.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.get(..self.len()).unwrap_or_default()
    }

    pub(super) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    /// For C: the pointer, and the length to where C wants it.
    ///
    /// # Safety
    /// `length` is NULL or may be written to.
    pub(super) unsafe fn give(&self, length: *mut usize) -> *const c_char {
        // SAFETY: the caller's promise.
        unsafe { super::guard::write(length, self.len()) };
        self.as_ptr()
    }
}

/// The empty text, for whatever has no value.
pub(super) const NOTHING: *const c_char = c"".as_ptr();
