//! Values, leniently: what has another type than the field is converted where nothing is lost.
//!
//! For null, arrays and objects, and for numbers that are not whole or leave `i64`, there is no
//! value; the JSON as received still has them.

use super::super::UserField;
use super::super::rows::Rows;
use super::Reader;
use crate::json::{
    NotJson, Number, Span, byte, enter, integer, literal, more, name, number, plain, skip,
    unescape, white,
};

/// A value and the place after it.
type Read<T> = Result<(T, usize), NotJson>;

impl Reader<'_> {
    /// What `find` makes of a member's name, and the place of its value.
    pub(super) fn named<T>(&self, at: usize, find: impl FnOnce(&[u8]) -> T) -> Read<T> {
        let (end, value) = name(self.body, at)?;
        let raw = self.body.get(at + 1..end).unwrap_or_default();
        if !raw.contains(&b'\\') {
            return Ok((find(raw), value));
        }
        let mut name = Vec::new();
        unescape(self.body, at + 1, &mut name)?;
        Ok((find(&name), value))
    }

    /// A text; numbers and booleans become the text they are in JSON.
    pub(super) fn text(&mut self, at: usize) -> Read<Option<Span>> {
        text(self.body, self.rows, at)
    }

    /// A list of texts or of small objects; the span counts entries. `None` for what is no list.
    pub(super) fn list(&mut self, at: usize, field: UserField) -> Read<Option<Span>> {
        let at = white(self.body, at);
        if byte(self.body, at) != b'[' {
            return Ok((None, skip(self.body, at)?));
        }
        let start = self.rows.lists.len();
        let keys = field.entry_keys();
        let mut entries = 0;
        let (mut goes_on, mut at) = enter(self.body, at + 1, b']');
        while goes_on {
            if keys.is_empty() {
                let entry;
                (entry, at) = self.text(at)?;
                self.rows.lists.push(entry.unwrap_or(Span::ABSENT));
            } else {
                at = self.entry(at, keys)?;
            }
            entries += 1;
            (goes_on, at) = more(self.body, at, b']')?;
        }
        Ok((Some(Span::new(start, entries)), at))
    }

    /// One entry of a list of objects. An entry that is no object keeps its place, with nothing in it.
    fn entry(&mut self, at: usize, keys: &[&str]) -> Result<usize, NotJson> {
        let start = self.rows.lists.len();
        self.rows.lists.resize(start + keys.len(), Span::ABSENT);
        if byte(self.body, at) != b'{' {
            return skip(self.body, at);
        }
        let (mut goes_on, mut at) = enter(self.body, at + 1, b'}');
        while goes_on {
            let place;
            let known = |name: &[u8]| keys.iter().position(|key| key.as_bytes() == name);
            (place, at) = self.named(at, known)?;
            match place {
                None => at = skip(self.body, at)?,
                Some(place) => {
                    let value;
                    (value, at) = self.text(at)?;
                    if let Some(cell) = self.rows.lists.get_mut(start + place) {
                        *cell = value.unwrap_or(Span::ABSENT);
                    }
                }
            }
            (goes_on, at) = more(self.body, at, b'}')?;
        }
        Ok(at)
    }
}

/// See [`Reader::text`].
#[inline(always)]
pub(super) fn text(body: &mut [u8], rows: &mut Rows, at: usize) -> Read<Option<Span>> {
    if byte(body, at) != b'"' {
        return text_of_another(body, rows, at);
    }
    let start = at + 1;
    let end = plain(body, start);
    match body.get_mut(end) {
        Some(quote) if *quote == b'"' => *quote = 0,
        _ => return escaped_text(body, rows, start),
    }
    Ok((Some(Span::new(start, end - start)), end + 1))
}

#[inline(never)]
fn escaped_text(body: &[u8], rows: &mut Rows, start: usize) -> Read<Option<Span>> {
    let (end, text) = rows.unescape(body, start)?;
    Ok((Some(text), end + 1))
}

#[inline(never)]
fn text_of_another(body: &mut [u8], rows: &mut Rows, at: usize) -> Read<Option<Span>> {
    let start = white(body, at);
    match byte(body, start) {
        b'"' => text(body, rows, start),
        b'-' | b'0'..=b'9' | b't' | b'f' => {
            let end = skip(body, start)?;
            let raw = body.get(start..end).unwrap_or_default();
            Ok((Some(rows.write(raw)), end))
        }
        _ => Ok((None, skip(body, start)?)),
    }
}

/// A whole number; texts are read as numbers, true and false become 1 and 0.
#[inline(always)]
pub(super) fn number_of(body: &[u8], at: usize) -> Read<Option<i64>> {
    if !matches!(byte(body, at), b'-' | b'0'..=b'9') {
        return number_of_another(body, at);
    }
    let Number { end, value } = number(body, at)?;
    Ok((value.or_else(|| whole(body.get(at..end))), end))
}

#[inline(never)]
fn number_of_another(body: &[u8], at: usize) -> Read<Option<i64>> {
    let at = white(body, at);
    match byte(body, at) {
        b'-' | b'0'..=b'9' => number_of(body, at),
        b'"' => {
            let mut text = Vec::new();
            let (end, _) = unescape(body, at + 1, &mut text)?;
            Ok((whole(Some(&text)), end + 1))
        }
        b't' => Ok((Some(1), literal(body, at, b"true")?)),
        b'f' => Ok((Some(0), literal(body, at, b"false")?)),
        _ => Ok((None, skip(body, at)?)),
    }
}

#[cold]
fn whole(text: Option<&[u8]>) -> Option<i64> {
    integer(std::str::from_utf8(text?).ok()?)
}
