//! One user: an object whose known members become the cells of a row.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::super::rows::{Row, Rows};
use super::super::{FieldKind, UserField};
use super::Reader;
use super::list::ListSeed;
use super::scalar::{NumberSeed, TextSeed};

/// Appends one row.
pub(super) struct UserSeed<'a, 'r>(pub(super) &'a mut Reader<'r>);

/// Whether the one row read has something that tells who it is.
pub(super) fn is_somebody(rows: &Rows) -> bool {
    rows.rows
        .first()
        .is_some_and(|row| row.has(UserField::Id) || row.has(UserField::Email))
}

impl<'j> DeserializeSeed<'j> for UserSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for UserSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a user")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        let mut row = Row::EMPTY;
        while let Some(known) = map.next_key_seed(FieldSeed)? {
            let Some(field) = known else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            match field.kind() {
                FieldKind::Text => {
                    row.set_span(field, map.next_value_seed(TextSeed(reader))?);
                }
                FieldKind::Number => {
                    let exact = reader.exact;
                    row.set_number(field, map.next_value_seed(NumberSeed { exact })?);
                }
                FieldKind::List => {
                    row.set_span(field, map.next_value_seed(ListSeed { reader, field })?);
                }
            }
        }
        reader.rows.rows.push(row);
        Ok(())
    }
}

/// The field a member's name stands for, `None` for other members.
struct FieldSeed;

impl<'j> DeserializeSeed<'j> for FieldSeed {
    type Value = Option<UserField>;

    fn deserialize<D: Deserializer<'j>>(self, name: D) -> Result<Option<UserField>, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldSeed {
    type Value = Option<UserField>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<UserField>, E> {
        Ok(UserField::from_name(name))
    }
}
