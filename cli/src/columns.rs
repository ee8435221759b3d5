//! Columns: which fields of a user are shown, and as what text.

use std::borrow::Cow;

use zoom_s2s::{FieldKind, User, UserField};

use crate::output::compact;

/// The columns of tables and CSV if none are asked for.
pub(crate) const DEFAULT: &[UserField] = &[
    UserField::Email,
    UserField::Id,
    UserField::FirstName,
    UserField::LastName,
    UserField::Type,
    UserField::Status,
];

/// The field of that name, for the command line.
pub(crate) fn parse(name: &str) -> Result<UserField, String> {
    UserField::from_name(name.trim()).ok_or_else(|| {
        let names: Vec<&str> = UserField::ALL.iter().map(|field| field.name()).collect();
        format!(
            "there is no such field; the fields are {}",
            names.join(", ")
        )
    })
}

/// The value as text: texts bare, numbers in digits, lists as the JSON that Zoom sent.
///
/// `None` if Zoom sent no value. What is not of the kind it should be is shown as its JSON.
pub(crate) fn text(user: &User, field: UserField) -> Option<Cow<'_, str>> {
    let typed = match field.kind() {
        FieldKind::Text => user.text(field).map(Cow::Borrowed),
        FieldKind::Number => user.number(field).map(|number| number.to_string().into()),
        _ => None,
    };
    typed.or_else(|| {
        user.member_json(field.name())
            .filter(|json| *json != "null")
            .map(compact)
    })
}
