//! From a body to the places of its entries.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::{PageProblem, Span, Unreadable, integer, span_within, without_bom};

/// What a page says.
pub(super) struct Read {
    pub(super) entries: Vec<Span>,
    pub(super) next_page_token: String,
    pub(super) total_records: Option<i64>,
}

pub(super) fn read(body: Vec<u8>, key: &str) -> Result<(String, Read), Unreadable> {
    let json = String::from_utf8(body).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Unreadable {
            problem: PageProblem::NotUtf8 { offset },
            body: error.into_bytes(),
        }
    })?;
    match read_text(&json, key) {
        Ok(read) => Ok((json, read)),
        Err(problem) => Err(Unreadable {
            problem,
            body: json.into_bytes(),
        }),
    }
}

fn read_text(json: &str, key: &str) -> Result<Read, PageProblem> {
    if u32::try_from(json.len()).is_err() {
        return Err(PageProblem::TooLarge);
    }
    let mut document = serde_json::Deserializer::from_str(without_bom(json));
    let members = PageSeed { key }.deserialize(&mut document);
    let members = members.and_then(|members| document.end().map(|()| members));
    let members = members.map_err(|error| match error.is_data() {
        true => PageProblem::NotAnObject,
        false => PageProblem::NotJson {
            line: error.line(),
            column: error.column(),
        },
    })?;
    let entries = match members.entries.map(RawValue::get) {
        None | Some("null") => return Err(PageProblem::NoEntries),
        Some(array) => serde_json::from_str::<Vec<&RawValue>>(array)
            .map_err(|_| PageProblem::EntriesNotAList)?,
    };
    let next_page_token = match members.token.map(RawValue::get) {
        None | Some("null") => String::new(),
        Some(digits) if integer(digits).is_some() => digits.to_owned(),
        Some(text) => serde_json::from_str(text).map_err(|_| PageProblem::TokenNotText)?,
    };
    let total = members.total.map(RawValue::get);
    Ok(Read {
        entries: entries
            .iter()
            .filter_map(|entry| span_within(json, entry.get()))
            .collect(),
        next_page_token,
        // As a number, or as a number's text.
        total_records: total.and_then(|total| integer(total.trim_matches('"'))),
    })
}

struct Members<'j> {
    entries: Option<&'j RawValue>,
    token: Option<&'j RawValue>,
    total: Option<&'j RawValue>,
}

struct PageSeed<'k> {
    key: &'k str,
}

impl<'j> DeserializeSeed<'j> for PageSeed<'_> {
    type Value = Members<'j>;

    fn deserialize<D: Deserializer<'j>>(self, page: D) -> Result<Members<'j>, D::Error> {
        page.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for PageSeed<'_> {
    type Value = Members<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Members<'j>, A::Error> {
        let mut members = Members {
            entries: None,
            token: None,
            total: None,
        };
        while let Some(name) = map.next_key::<Name<'j>>()? {
            match name.0.as_ref() {
                name if name == self.key => members.entries = Some(map.next_value()?),
                "next_page_token" => members.token = Some(map.next_value()?),
                "total_records" => members.total = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(members)
    }
}

/// A member's name, copied only if it is written with escapes.
#[derive(serde::Deserialize)]
struct Name<'j>(#[serde(borrow)] std::borrow::Cow<'j, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let read = |json: &str| {
            read_text(json, "meetings").map(|read| {
                let entries: Vec<_> = read
                    .entries
                    .iter()
                    .map(|entry| entry.of(json).unwrap().to_owned())
                    .collect();
                (entries, read.next_page_token, read.total_records)
            })
        };
        let ok = |entries: &[&str], token: &str, total| {
            Ok((
                entries
                    .iter()
                    .map(|entry| (*entry).to_owned())
                    .collect::<Vec<_>>(),
                token.to_owned(),
                total,
            ))
        };
        for (json, expected) in [
            (
                r#"{"meetings":[{"id":1}, {"id" : 2}],"next_page_token":"x","total_records":2}"#,
                ok(&[r#"{"id":1}"#, r#"{"id" : 2}"#], "x", Some(2)),
            ),
            (
                r#"{"m\u0065etings":["a",1,null],"total_records":"3"}"#,
                ok(&[r#""a""#, "1", "null"], "", Some(3)),
            ),
            (
                "\u{feff}{\"meetings\":[],\"next_page_token\":null}",
                ok(&[], "", None),
            ),
            (
                r#"{"meetings":[],"next_page_token":7,"total_records":1.5}"#,
                ok(&[], "7", None),
            ),
            (r#"{"users":[]}"#, Err(PageProblem::NoEntries)),
            (r#"{"meetings":null}"#, Err(PageProblem::NoEntries)),
            (r#"{"meetings":{}}"#, Err(PageProblem::EntriesNotAList)),
            (
                r#"{"meetings":[],"next_page_token":{}}"#,
                Err(PageProblem::TokenNotText),
            ),
            ("[]", Err(PageProblem::NotAnObject)),
            (
                r#"{"meetings":["#,
                Err(PageProblem::NotJson {
                    line: 1,
                    column: 13,
                }),
            ),
            (
                r#"{"meetings":[]} x"#,
                Err(PageProblem::NotJson {
                    line: 1,
                    column: 17,
                }),
            ),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }
}
