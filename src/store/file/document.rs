//! The token file's text: versioned JSON that programs in other languages may read.
//!
//! `{"version":1,"tokens":{"<key>":{…},…}}`. What this version does not know it keeps as it is.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

const VERSION: u64 = 1;

/// How long after its end the token of another app stays in the file.
const FORGOTTEN_AFTER_MS: u64 = 24 * 3600 * 1000;

/// A token file, read. Borrows its text, so that tokens are not copied about.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    tokens: BTreeMap<String, &'a RawValue>,
    others: BTreeMap<String, &'a RawValue>,
}

/// Why a text is no document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is none; the next save replaces it.
    Damaged(&'static str),
    /// A later version of this library wrote it; it is not ours to replace.
    Newer(u64),
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Document<'a>, Unusable> {
        let damaged = Unusable::Damaged;
        if text.is_empty() {
            return Err(damaged("it is empty"));
        }
        let mut others: BTreeMap<String, &RawValue> =
            serde_json::from_str(text).map_err(|_| damaged("it is not a JSON object"))?;
        let version = others
            .remove("version")
            .and_then(|version| version.get().parse().ok());
        match version {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => return Err(Unusable::Newer(newer)),
            _ => return Err(damaged("it has no version")),
        }
        let tokens = others.remove("tokens").ok_or(damaged("it has no tokens"))?;
        let tokens =
            serde_json::from_str(tokens.get()).map_err(|_| damaged("its tokens are no object"))?;
        Ok(Document { tokens, others })
    }

    /// The value kept under `key`, exactly as it was saved.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.tokens.get(key).map(|value| value.get())
    }

    pub(super) fn set(&mut self, key: &str, value: &'a RawValue) {
        self.tokens.insert(key.to_owned(), value);
    }

    /// Drops what other apps than that of `key` left behind, if its end lies long back.
    pub(super) fn tidy(&mut self, key: &str, now_ms: u64) {
        self.tokens.retain(|other, value| {
            let end = expires_at_ms(value);
            other == key || end.is_none_or(|end| end.saturating_add(FORGOTTEN_AFTER_MS) > now_ms)
        });
    }

    pub(super) fn text(&self) -> Zeroizing<String> {
        let length = |members: &BTreeMap<String, &RawValue>| -> usize {
            // A name grows sixfold at most when it is escaped.
            members
                .iter()
                .map(|(name, value)| 6 * name.len() + value.get().len() + 8)
                .sum()
        };
        // Large enough from the start: growing would leave copies of tokens behind.
        let room = 64 + length(&self.tokens) + length(&self.others);
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.push_str(&format!("{{\"version\":{VERSION},\"tokens\":{{"));
        for (index, (key, value)) in self.tokens.iter().enumerate() {
            text.push_str(if index == 0 { "\n" } else { ",\n" });
            push_member(&mut text, key, value);
        }
        text.push_str("\n}");
        for (name, value) in &self.others {
            text.push_str(",\n");
            push_member(&mut text, name, value);
        }
        text.push_str("}\n");
        text
    }
}

fn push_member(text: &mut String, name: &str, value: &RawValue) {
    text.push_str(&serde_json::Value::from(name).to_string());
    text.push(':');
    text.push_str(value.get());
}

fn expires_at_ms(value: &RawValue) -> Option<u64> {
    #[derive(Deserialize)]
    struct End<'a> {
        #[serde(borrow)]
        expires_at_ms: &'a RawValue,
    }
    let end: End<'_> = serde_json::from_str(value.get()).ok()?;
    end.expires_at_ms.get().parse().ok()
}

/// `text` as a value of the document: a JSON object.
pub(super) fn as_value(text: &str) -> Option<&RawValue> {
    let value: &RawValue = serde_json::from_str(text).ok()?;
    // White space around it would be lost, and what is given back must be what was saved.
    (value.get().len() == text.len() && text.starts_with('{')).then_some(value)
}
