//! Pieces of a document as it was received.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Span;

/// The value of an object's member, as received; of duplicates the last.
pub(crate) fn member<'j>(object: &'j str, name: &str) -> Option<&'j str> {
    pick::<&RawValue>(object, name).map(RawValue::get)
}

/// The document without the byte order mark that some servers put first, which JSON has not.
pub(crate) fn without_bom(body: &str) -> &str {
    body.strip_prefix('\u{feff}').unwrap_or(body)
}

/// Where `part` is inside `whole`; `None` if it is somewhere else.
pub(crate) fn span_within(whole: &str, part: &str) -> Option<Span> {
    let offset = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (offset + part.len() <= whole.len()).then(|| Span::new(offset, part.len()))
}

/// Reads one member of an object and skips the others. `None` also for what is no object.
fn pick<'j, T: Deserialize<'j>>(object: &'j str, name: &str) -> Option<T> {
    let mut json = serde_json::Deserializer::from_str(without_bom(object));
    let pick = Pick {
        name,
        found: PhantomData,
    };
    json.deserialize_map(pick).ok().flatten()
}

struct Pick<'n, T> {
    name: &'n str,
    found: PhantomData<T>,
}

impl<'j, T: Deserialize<'j>> Visitor<'j> for Pick<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(is_it) = map.next_key_seed(Is(self.name))? {
            if is_it {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

struct Is<'n>(&'n str);

impl<'j> DeserializeSeed<'j> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}
