//! The cells of a page: by row and field.

use super::rows::Row;
use super::{FieldKind, TextWithNul, UserField, UsersPage};
use crate::json::{Span, integer};

impl UsersPage {
    /// Whether the field has a value: it was sent, is not null, and could be read as its kind.
    pub fn has(&self, row: usize, field: UserField) -> bool {
        self.row(row).is_some_and(|row| row.has(field))
    }

    /// The value of a text field. `None` for numbers and lists.
    ///
    /// A number or boolean that Zoom sent in place of a text is given as in the JSON. Half a
    /// surrogate pair, which no text can hold, becomes U+FFFD.
    pub fn text(&self, row: usize, field: UserField) -> Option<&str> {
        self.text_span(row, field)
            .map(|span| self.inner().text(span))
    }

    /// The value of a number field, or of a text field whose text is a whole number.
    ///
    /// Always exact: `None` for what is not whole or beyond the limits of `i64`. A boolean that
    /// Zoom sent in place of a number counts as 0 or 1.
    pub fn number(&self, row: usize, field: UserField) -> Option<i64> {
        match field.kind() {
            FieldKind::Number => self.inner().rows.number(self.row(row)?, field),
            FieldKind::Text => self.text(row, field).and_then(integer),
            FieldKind::List => None,
        }
    }

    /// How many entries a list field has; 0 if it has no value, or is not a list.
    pub fn list_len(&self, row: usize, field: UserField) -> usize {
        match field.kind() {
            FieldKind::List => self.span(row, field).map_or(0, Span::len),
            FieldKind::Text | FieldKind::Number => 0,
        }
    }

    /// A text in the list: of entry `index`, counted from 0, the member `key`.
    ///
    /// For lists of texts `key` is the empty string; for the others one of the field's
    /// [`entry_keys`](UserField::entry_keys). Numbers are given as in the JSON.
    pub fn list_text(&self, row: usize, field: UserField, index: usize, key: &str) -> Option<&str> {
        self.list_span(row, field, index, key)
            .map(|span| self.inner().text(span))
    }

    /// Like [`list_text`](UsersPage::list_text), for a member that is a whole number, exactly.
    pub fn list_number(
        &self,
        row: usize,
        field: UserField,
        index: usize,
        key: &str,
    ) -> Option<i64> {
        self.list_text(row, field, index, key).and_then(integer)
    }

    /// As [`text`](UsersPage::text), ready for C.
    pub fn text_with_nul(&self, row: usize, field: UserField) -> Option<TextWithNul<'_>> {
        self.text_span(row, field)
            .map(|span| self.inner().text_with_nul(span))
    }

    /// As [`list_text`](UsersPage::list_text), ready for C.
    pub fn list_text_with_nul(
        &self,
        row: usize,
        field: UserField,
        index: usize,
        key: &str,
    ) -> Option<TextWithNul<'_>> {
        self.list_span(row, field, index, key)
            .map(|span| self.inner().text_with_nul(span))
    }

    fn text_span(&self, row: usize, field: UserField) -> Option<Span> {
        match field.kind() {
            FieldKind::Text => self.span(row, field),
            FieldKind::Number | FieldKind::List => None,
        }
    }

    fn list_span(&self, row: usize, field: UserField, index: usize, key: &str) -> Option<Span> {
        if index >= self.list_len(row, field) {
            return None;
        }
        let list = self.span(row, field)?;
        let keys = field.entry_keys();
        let (width, place) = match key {
            "" if keys.is_empty() => (1, 0),
            _ => (keys.len(), keys.iter().position(|known| *known == key)?),
        };
        let lists = &self.inner().rows.lists;
        let span = *lists.get(list.offset() + index * width + place)?;
        (span != Span::ABSENT).then_some(span)
    }

    fn row(&self, row: usize) -> Option<&Row> {
        self.inner().rows.rows.get(row)
    }

    fn span(&self, row: usize, field: UserField) -> Option<Span> {
        self.inner().rows.span(self.row(row)?, field)
    }
}
