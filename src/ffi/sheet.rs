//! A text for each row of a page, as C wants them.

use super::terminated::{Terminated, without_nul};
use crate::TextWithNul;

/// Bytes that most texts of a user take, with their NUL.
const USUAL: usize = 24;

/// Texts one after the other, each with a NUL at its end, and where each begins.
pub(super) struct Sheet {
    texts: Terminated,
    offsets: Vec<i64>,
    /// '1' for a row that has a value, '0' for one that has none.
    present: Terminated,
}

impl Sheet {
    /// One text a row; a row without a value becomes an empty text.
    pub(super) fn of_texts<'a>(rows: impl Iterator<Item = Option<TextWithNul<'a>>>) -> Sheet {
        Sheet::written(rows, |texts, text| {
            match text.may_hold_nul() && text.text().contains('\0') {
                true => texts.extend_from_slice(without_nul(text.text()).as_bytes()),
                false => texts.extend_from_slice(text.text().as_bytes()),
            }
        })
    }

    /// The JSON of each row, which holds no U+0000.
    pub(super) fn of_json<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Sheet {
        Sheet::written(rows, |texts, text| texts.extend_from_slice(text.as_bytes()))
    }

    /// One number a row, in decimal.
    pub(super) fn of_numbers(rows: impl Iterator<Item = Option<i64>>) -> Sheet {
        Sheet::written(rows, write_number)
    }

    fn written<T>(rows: impl Iterator<Item = Option<T>>, write: impl Fn(&mut Vec<u8>, T)) -> Sheet {
        let count = rows.size_hint().0;
        let mut texts = Vec::with_capacity(count * USUAL);
        let mut offsets = Vec::with_capacity(count + 1);
        let mut present = Vec::with_capacity(count + 1);
        offsets.push(0);
        for row in rows {
            present.push(if row.is_some() { b'1' } else { b'0' });
            if let Some(value) = row {
                write(&mut texts, value);
            }
            texts.push(0);
            offsets.push(i64::try_from(texts.len()).unwrap_or(i64::MAX));
        }
        // It lives as long as the page.
        texts.shrink_to(texts.len() + 1);
        Sheet {
            texts: Terminated::bytes(texts),
            offsets,
            present: Terminated::bytes(present),
        }
    }

    /// The text of a row with its NUL.
    pub(super) fn row(&self, row: usize) -> Option<&[u8]> {
        let start = usize::try_from(*self.offsets.get(row)?).ok()?;
        let end = usize::try_from(*self.offsets.get(row + 1)?).ok()?;
        self.texts.as_bytes().get(start..end)
    }

    pub(super) fn texts(&self) -> &Terminated {
        &self.texts
    }

    pub(super) fn offsets(&self) -> *const i64 {
        self.offsets.as_ptr()
    }

    pub(super) fn present(&self) -> &Terminated {
        &self.present
    }
}

/// Without an allocation for each number.
fn write_number(texts: &mut Vec<u8>, number: i64) {
    let mut rest = number.unsigned_abs();
    if number < 0 {
        texts.push(b'-');
    }
    let first = texts.len();
    loop {
        // Always below 10.
        texts.push(b'0' + u8::try_from(rest % 10).unwrap_or_default());
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = texts.get_mut(first..) {
        digits.reverse();
    }
}
