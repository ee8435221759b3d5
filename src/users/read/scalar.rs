//! Scalars, leniently: what has another type than the field is converted where nothing is lost.
//!
//! For null, arrays and objects, and for numbers that are not whole or leave `i64`, there is no
//! value; the JSON as received still has them.

use std::fmt::{self, Write};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::super::rows::Rows;
use super::Reader;
use crate::json::Span;
use crate::json::integer;

/// A text; numbers and booleans become the text they are in JSON.
pub(super) struct TextSeed<'a, 'r>(pub(super) &'a mut Reader<'r>);

/// A whole number; texts are read as numbers, true and false become 1 and 0.
#[derive(Clone, Copy)]
pub(super) struct NumberSeed {
    pub(super) exact: bool,
}

impl<'j> DeserializeSeed<'j> for TextSeed<'_, '_> {
    type Value = Option<Span>;

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<Option<Span>, D::Error> {
        if self.0.exact {
            let raw = <&RawValue>::deserialize(value)?;
            return Ok(exact_text(self.0.rows, raw.get()));
        }
        value.deserialize_any(PlainText(self.0.rows))
    }
}

impl<'j> DeserializeSeed<'j> for NumberSeed {
    type Value = Option<i64>;

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<Option<i64>, D::Error> {
        if self.exact {
            let raw = <&RawValue>::deserialize(value)?;
            return Ok(exact_number(raw.get()));
        }
        value.deserialize_any(PlainNumber)
    }
}

struct PlainText<'a>(&'a mut Rows);

impl PlainText<'_> {
    fn written(self, value: impl fmt::Display) -> Span {
        let start = self.0.text.len();
        // Writing to a String cannot fail.
        let _ = write!(self.0.text, "{value}");
        let span = Span::new(start, self.0.text.len() - start);
        self.0.text.push('\0');
        span
    }
}

impl<'j> Visitor<'j> for PlainText<'_> {
    type Value = Option<Span>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    // A text without escapes; a raw U+0000 is not JSON.
    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Option<Span>, E> {
        Ok(Some(self.0.push_text(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<Span>, E> {
        Ok(Some(self.0.push_unescaped(text)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<Span>, E> {
        Ok(Some(self.written(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<Span>, E> {
        Ok(Some(self.written(number)))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<Span>, E> {
        Err(lossy())
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Option<Span>, E> {
        Ok(Some(self.written(yes)))
    }

    fn visit_unit<E>(self) -> Result<Option<Span>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, seq: A) -> Result<Option<Span>, A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| None)
    }

    fn visit_map<A: MapAccess<'j>>(self, _: A) -> Result<Option<Span>, A::Error> {
        Err(lossy())
    }
}

struct PlainNumber;

impl<'j> Visitor<'j> for PlainNumber {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<i64>, E> {
        Ok(i64::try_from(number).ok())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<i64>, E> {
        Ok(Some(number))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<i64>, E> {
        Err(lossy())
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<i64>, E> {
        Ok(integer(text))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Option<i64>, E> {
        Ok(Some(yes.into()))
    }

    fn visit_unit<E>(self) -> Result<Option<i64>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, seq: A) -> Result<Option<i64>, A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| None)
    }

    fn visit_map<A: MapAccess<'j>>(self, _: A) -> Result<Option<i64>, A::Error> {
        Err(lossy())
    }
}

/// Also for what looks like an object: with serde_json's feature `arbitrary_precision`, which any
/// crate of the program may turn on, numbers do.
#[cold]
fn lossy<E: Error>() -> E {
    E::custom("only the exact pass can read this value")
}

#[cold]
fn exact_text(rows: &mut Rows, raw: &str) -> Option<Span> {
    match raw.as_bytes().first()? {
        b'"' => unescape(raw).map(|text| rows.push_unescaped(&text)),
        b'{' | b'[' | b'n' => None,
        _ => Some(rows.push_text(raw)),
    }
}

#[cold]
fn exact_number(raw: &str) -> Option<i64> {
    match raw.as_bytes().first()? {
        b'"' => unescape(raw).as_deref().and_then(integer),
        b'{' | b'[' | b'n' => None,
        b't' => Some(1),
        b'f' => Some(0),
        _ => integer(raw),
    }
}

/// The text of a JSON string, with U+FFFD for each half of a surrogate pair that stands alone: what
/// becomes of an emoji when somebody cuts a name after so many UTF-16 units.
fn unescape(raw: &str) -> Option<String> {
    serde_json::Deserializer::from_str(raw)
        .deserialize_bytes(Unescaped)
        .ok()
}

struct Unescaped;

impl Visitor<'_> for Unescaped {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, mut bytes: &[u8]) -> Result<String, E> {
        // serde_json writes a lone surrogate as UTF-8 would, in three bytes, if that were allowed.
        let mut text = String::with_capacity(bytes.len());
        while !bytes.is_empty() {
            let valid = match std::str::from_utf8(bytes) {
                Ok(rest) => rest,
                Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
            };
            text.push_str(valid);
            bytes = &bytes[valid.len()..];
            if !bytes.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                bytes = bytes.get(3..).unwrap_or_default();
            }
        }
        Ok(text)
    }
}
