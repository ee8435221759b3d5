//! What a body must be read as, worked out by serde_json alone: slowly, and in another way.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::{Deserializer, IgnoredAny, Visitor};
use serde_json::value::RawValue;

use crate::json::{PageProblem, integer, without_bom};
use crate::users::{FieldKind, TextWithNul, UserField, UsersPage};

/// Members as received; of duplicates the last.
type Object<'j> = HashMap<Cow<'j, str>, &'j RawValue>;

/// Compares what was made of a body with what serde_json makes of it. Panics where they differ.
pub(crate) fn check(body: &[u8], found: &Result<UsersPage, PageProblem>) {
    let Ok(text) = std::str::from_utf8(body) else {
        let offset = body
            .utf8_chunks()
            .next()
            .map_or(0, |chunk| chunk.valid().len());
        assert_eq!(found.as_ref().err(), Some(&PageProblem::NotUtf8 { offset }));
        return;
    };
    let json = without_bom(text);
    let is_json = serde_json::from_str::<IgnoredAny>(json).is_ok();
    match found {
        Ok(page) => {
            assert!(is_json, "took what is no JSON");
            assert_eq!(page.json(), text, "the body as received");
        }
        Err(PageProblem::NotJson { .. }) => assert!(!is_json, "refused JSON"),
        Err(PageProblem::NotUtf8 { .. }) => panic!("refused UTF-8"),
        // What is wrong may be noticed before the JSON ends.
        Err(_) => {}
    }
    if is_json {
        check_meaning(json, found);
    }
}

fn check_meaning(json: &str, found: &Result<UsersPage, PageProblem>) {
    let page = match serde_json::from_str::<Object<'_>>(json) {
        Ok(page) => page,
        Err(_) if json.trim_start().starts_with('{') => return, // half a surrogate pair in a name
        Err(_) => return assert_eq!(found.as_ref().err(), Some(&PageProblem::NotAnObject)),
    };
    let found = match found {
        Ok(found) => found,
        Err(problem) => return check_problem(&page, *problem),
    };
    let users = page.get("users").expect("users").get();
    let users: Vec<&RawValue> = serde_json::from_str(users).expect("an array");
    assert_eq!(found.len(), users.len());
    let number = |name| page.get(name).and_then(|value| number_of(value.get()));
    assert_eq!(found.total_records(), number("total_records"));
    assert_eq!(found.page_size(), number("page_size"));
    assert_eq!(found.page_count(), number("page_count"));
    assert_eq!(found.page_number(), number("page_number"));
    let token = page.get("next_page_token");
    let token = token
        .and_then(|value| text_of(value.get()))
        .unwrap_or_default();
    assert_eq!(found.next_page_token(), token);
    for (row, user) in users.iter().enumerate() {
        assert_eq!(found.user_json(row), Some(user.get()));
        if let Ok(user) = serde_json::from_str(user.get()) {
            check_user(found, row, &user);
        }
    }
}

/// Of several members of one name the last one counts, but any of them may be what is wrong.
fn check_problem(page: &Object<'_>, problem: PageProblem) {
    let users = page.get("users").map_or("null", |users| users.get());
    match problem {
        PageProblem::NoUsers => assert_eq!(users, "null"),
        PageProblem::UsersNotAList | PageProblem::UserNotAnObject { .. } => {
            assert!(page.contains_key("users"));
        }
        PageProblem::TokenNotText => assert!(page.contains_key("next_page_token")),
        other => panic!("{other} of an object"),
    }
}

fn check_user(page: &UsersPage, row: usize, user: &Object<'_>) {
    for &field in UserField::ALL {
        let raw = user.get(field.name()).map_or("null", |value| value.get());
        match field.kind() {
            FieldKind::Text => {
                let text = page.text(row, field);
                assert_eq!(text, text_of(raw).as_deref(), "{field:?}");
                assert_eq!(page.has(row, field), text.is_some());
                check_nul(text, page.text_with_nul(row, field));
            }
            FieldKind::Number => assert_eq!(page.number(row, field), number_of(raw), "{field:?}"),
            FieldKind::List => check_list(page, row, field, raw),
        }
    }
}

fn check_list(page: &UsersPage, row: usize, field: UserField, raw: &str) {
    let entries = match raw.starts_with('[') {
        true => serde_json::from_str::<Vec<&RawValue>>(raw).expect("an array"),
        false => Vec::new(),
    };
    assert_eq!(page.has(row, field), raw.starts_with('['), "{field:?}");
    assert_eq!(page.list_len(row, field), entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let keys = field.entry_keys();
        if keys.is_empty() {
            let text = page.list_text(row, field, index, "");
            assert_eq!(text, text_of(entry.get()).as_deref(), "{field:?}");
            check_nul(text, page.list_text_with_nul(row, field, index, ""));
            continue;
        }
        let is_object = entry.get().starts_with('{');
        let Ok(entry) = (match is_object {
            true => serde_json::from_str::<Object<'_>>(entry.get()),
            false => Ok(HashMap::new()),
        }) else {
            continue; // half a surrogate pair in a name
        };
        for key in keys {
            let raw = entry.get(*key).map_or("null", |value| value.get());
            let text = page.list_text(row, field, index, key);
            assert_eq!(text, text_of(raw).as_deref(), "{field:?}");
            check_nul(text, page.list_text_with_nul(row, field, index, key));
        }
    }
}

/// What C gets is the same text, with a NUL at its end, and none in it without a warning.
pub(super) fn check_nul(text: Option<&str>, ended: Option<TextWithNul<'_>>) {
    assert_eq!(ended.map(TextWithNul::text), text);
    let Some(ended) = ended else { return };
    assert!(ended.as_str().ends_with('\0'));
    assert!(ended.may_hold_nul() || !ended.text().contains('\0'));
}

fn text_of(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => Some(unescape(raw)),
        b'{' | b'[' | b'n' => None,
        _ => Some(raw.to_owned()),
    }
}

fn number_of(raw: &str) -> Option<i64> {
    match raw.as_bytes().first()? {
        b'"' => integer(&unescape(raw)),
        b'{' | b'[' | b'n' => None,
        b't' => Some(1),
        b'f' => Some(0),
        _ => integer(raw),
    }
}

/// The text of a JSON string, with U+FFFD for each half of a surrogate pair that stands alone.
fn unescape(raw: &str) -> String {
    let text = serde_json::Deserializer::from_str(raw).deserialize_bytes(Bytes);
    text.expect("a string")
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string")
    }

    // serde_json writes a lone surrogate as UTF-8 would, in three bytes, if that were allowed.
    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        let mut text = String::new();
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            at += chunk.valid().len();
            let lone = bytes
                .get(at..at + 3)
                .filter(|_| !chunk.invalid().is_empty());
            // Chunks cut the three bytes into pieces: only the first one counts.
            if lone.is_some_and(|lone| lone[0] == 0xed) && chunk.invalid()[0] == 0xed {
                text.push(char::REPLACEMENT_CHARACTER);
            }
            at += chunk.invalid().len();
        }
        Ok(text)
    }
}
