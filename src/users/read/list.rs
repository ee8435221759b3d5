//! Lists: of texts, and of small objects.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::UserField;
use super::Reader;
use super::scalar::TextSeed;
use crate::json::Span;

/// A list field; the span counts entries. `None` for what is no list.
pub(super) struct ListSeed<'a, 'r> {
    pub(super) reader: &'a mut Reader<'r>,
    pub(super) field: UserField,
}

/// One entry of a list of objects. An entry that is no object keeps its place, with nothing in it.
struct EntrySeed<'a, 'r> {
    reader: &'a mut Reader<'r>,
    keys: &'static [&'static str],
}

/// Visits of a value that holds nothing of use here.
macro_rules! no_value {
    ($value:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value")
        }
    };
}

impl<'j> DeserializeSeed<'j> for ListSeed<'_, '_> {
    type Value = Option<Span>;

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<Option<Span>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for ListSeed<'_, '_> {
    type Value = Option<Span>;

    no_value!(None);

    fn visit_map<A: MapAccess<'j>>(self, map: A) -> Result<Option<Span>, A::Error> {
        IgnoredAny.visit_map(map).map(|_| None)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Option<Span>, A::Error> {
        let start = self.reader.rows.lists.len();
        let keys = self.field.entry_keys();
        let mut entries = 0;
        if keys.is_empty() {
            while let Some(text) = seq.next_element_seed(TextSeed(self.reader))? {
                self.reader.rows.lists.push(text.unwrap_or(Span::ABSENT));
                entries += 1;
            }
        } else {
            let reader = self.reader;
            while let Some(()) = seq.next_element_seed(EntrySeed { reader, keys })? {
                entries += 1;
            }
        }
        Ok(Some(Span::new(start, entries)))
    }
}

impl<'j> DeserializeSeed<'j> for EntrySeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<(), D::Error> {
        let lists = &mut self.reader.rows.lists;
        lists.resize(lists.len() + self.keys.len(), Span::ABSENT);
        value.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for EntrySeed<'_, '_> {
    type Value = ();

    no_value!(());

    fn visit_seq<A: SeqAccess<'j>>(self, seq: A) -> Result<(), A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| ())
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<(), A::Error> {
        let start = self.reader.rows.lists.len() - self.keys.len();
        while let Some(known) = map.next_key_seed(KeySeed(self.keys))? {
            match known {
                Some(index) => {
                    let text = map.next_value_seed(TextSeed(self.reader))?;
                    self.reader.rows.lists[start + index] = text.unwrap_or(Span::ABSENT);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Which of the known keys a member has.
struct KeySeed(&'static [&'static str]);

impl<'j> DeserializeSeed<'j> for KeySeed {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'j>>(self, key: D) -> Result<Option<usize>, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|known| *known == name))
    }
}
