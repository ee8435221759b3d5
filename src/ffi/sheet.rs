//! The JSON of a page's rows, as C wants it.

use super::terminated::Terminated;

/// Texts one after the other, each with a NUL at its end, and where each begins.
pub(super) struct Sheet {
    texts: Terminated,
    offsets: Vec<i64>,
    /// '1' for a row that has a value, '0' for one that has none.
    present: Terminated,
}

impl Sheet {
    /// One text a row; a row without a value becomes an empty text.
    pub(super) fn new<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Sheet {
        let (mut texts, mut offsets, mut present) = (Vec::new(), vec![0], Vec::new());
        for row in rows {
            let text = row.unwrap_or_default();
            match text.contains('\0') {
                true => texts.extend_from_slice(text.replace('\0', "\u{fffd}").as_bytes()),
                false => texts.extend_from_slice(text.as_bytes()),
            }
            texts.push(0);
            offsets.push(i64::try_from(texts.len()).unwrap_or(i64::MAX));
            present.push(if row.is_some() { b'1' } else { b'0' });
        }
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
