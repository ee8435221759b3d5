//! A page: what it says about itself, and its users.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Reader;
use super::scalar::NumberSeed;
use super::user::UserSeed;
use crate::json::PageProblem;
use crate::json::Span;

/// Reads a whole page; says whether it has `users`.
pub(super) struct PageSeed<'a, 'r>(pub(super) &'a mut Reader<'r>);

impl<'j> DeserializeSeed<'j> for PageSeed<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<bool, D::Error> {
        value.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for PageSeed<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<bool, A::Error> {
        let reader = self.0;
        let number = NumberSeed {
            exact: reader.exact,
        };
        let mut has_users = false;
        while let Some(member) = map.next_key_seed(MemberSeed)? {
            match member {
                Member::Users => has_users = map.next_value_seed(UsersSeed(reader))?,
                Member::NextPageToken => {
                    let token = map.next_value_seed(TokenSeed(reader))?;
                    reader.rows.head.next_page_token = token;
                }
                Member::TotalRecords => {
                    reader.rows.head.total_records = map.next_value_seed(number)?;
                }
                Member::PageSize => reader.rows.head.page_size = map.next_value_seed(number)?,
                Member::PageCount => reader.rows.head.page_count = map.next_value_seed(number)?,
                Member::PageNumber => reader.rows.head.page_number = map.next_value_seed(number)?,
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(has_users)
    }
}

enum Member {
    Users,
    NextPageToken,
    TotalRecords,
    PageSize,
    PageCount,
    PageNumber,
    Other,
}

struct MemberSeed;

impl<'j> DeserializeSeed<'j> for MemberSeed {
    type Value = Member;

    fn deserialize<D: Deserializer<'j>>(self, name: D) -> Result<Member, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberSeed {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(match name {
            "users" => Member::Users,
            "next_page_token" => Member::NextPageToken,
            "total_records" => Member::TotalRecords,
            "page_size" => Member::PageSize,
            "page_count" => Member::PageCount,
            "page_number" => Member::PageNumber,
            _ => Member::Other,
        })
    }
}

/// The array of users, or null; says which.
struct UsersSeed<'a, 'r>(&'a mut Reader<'r>);

impl<'j> DeserializeSeed<'j> for UsersSeed<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<bool, D::Error> {
        self.0.suspect = PageProblem::UsersNotAList;
        // Of duplicate members the last one counts.
        self.0.rows.rows.clear();
        value.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for UsersSeed<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of users")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<bool, A::Error> {
        loop {
            let row = self.0.rows.rows.len();
            self.0.suspect = PageProblem::UserNotAnObject { row };
            if seq.next_element_seed(UserSeed(self.0))?.is_none() {
                return Ok(true);
            }
        }
    }
}

/// The token of the next page: a text, digits, or null.
struct TokenSeed<'a, 'r>(&'a mut Reader<'r>);

impl<'j> DeserializeSeed<'j> for TokenSeed<'_, '_> {
    type Value = Span;

    fn deserialize<D: Deserializer<'j>>(self, value: D) -> Result<Span, D::Error> {
        self.0.suspect = PageProblem::TokenNotText;
        value.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for TokenSeed<'_, '_> {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page token")
    }

    fn visit_str<E>(self, token: &str) -> Result<Span, E> {
        Ok(self.0.rows.push_unescaped(token))
    }

    fn visit_u64<E>(self, token: u64) -> Result<Span, E> {
        Ok(self.0.rows.push_text(&token.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Span, E> {
        Ok(self.0.rows.push_text(""))
    }
}
