//! What a page must say, worked out from serde_json's tree of the same document.

use serde_json::Value;

use super::generate::DOUBLES;
use super::reference::check_nul;
use crate::{FieldKind, User, UserField, UserType, UsersPage};

/// The JSON of a number as it was written, with its exact whole value.
fn double(number: &serde_json::Number) -> (&'static str, Option<i64>) {
    let value = number.as_f64().unwrap();
    *DOUBLES
        .iter()
        .find(|(text, _)| text.parse::<f64>().unwrap().to_bits() == value.to_bits())
        .expect("a double of the generator")
}

pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) if number.is_f64() => Some(double(number).0.into()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number_of(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Bool(yes) => Some(i64::from(*yes)),
        Value::Number(number) if number.is_f64() => double(number).1,
        Value::Number(number) => number.as_i64(),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Numbers kept as text do not take true for 1.
fn number_in_text(value: &Value) -> Option<i64> {
    number_of(value).filter(|_| !value.is_boolean())
}

fn check_list(page: &UsersPage, row: usize, field: UserField, value: &Value) {
    let entries = value.as_array().map_or(&[][..], Vec::as_slice);
    assert_eq!(page.has(row, field), value.is_array());
    assert_eq!(page.list_len(row, field), entries.len());
    assert_eq!(page.text(row, field), None);
    assert_eq!(page.number(row, field), None);
    let keys = if field.entry_keys().is_empty() {
        &[""]
    } else {
        field.entry_keys()
    };
    for key in keys {
        for (index, entry) in entries.iter().enumerate() {
            let value = if key.is_empty() { entry } else { &entry[key] };
            let text = page.list_text(row, field, index, key);
            assert_eq!(text, text_of(value).as_deref(), "{field:?} {index} {key}");
            assert_eq!(
                page.list_number(row, field, index, key),
                number_in_text(value)
            );
            check_nul(text, page.list_text_with_nul(row, field, index, key));
        }
        assert_eq!(page.list_text(row, field, entries.len(), key), None);
    }
    assert_eq!(page.list_text(row, field, 0, "no such key"), None);
}

pub(super) fn check_user(page: &UsersPage, user: &User, json: &Value) {
    let row = user.row();
    for &field in UserField::ALL {
        let value = &json[field.name()];
        match field.kind() {
            FieldKind::Text => {
                let text = page.text(row, field);
                assert_eq!(text, text_of(value).as_deref(), "{field:?} of {json}");
                assert_eq!(page.has(row, field), text.is_some());
                assert_eq!(
                    page.number(row, field),
                    number_in_text(value),
                    "{field:?} of {json}"
                );
                assert_eq!(page.list_len(row, field), 0);
                check_nul(text, page.text_with_nul(row, field));
            }
            FieldKind::Number => {
                let number = page.number(row, field);
                assert_eq!(number, number_of(value), "{field:?} of {json}");
                assert_eq!(page.has(row, field), number.is_some());
                assert_eq!(page.text(row, field), None);
            }
            FieldKind::List => check_list(page, row, field, value),
        }
    }
    check_methods(user, json);

    assert_eq!(serde_json::from_str::<Value>(user.json()).unwrap(), *json);
    for (name, value) in json.as_object().unwrap() {
        let member = user.member_json(name).expect("a member");
        assert_eq!(
            serde_json::from_str::<Value>(member).unwrap(),
            *value,
            "{name}"
        );
    }
    assert_eq!(user.member_json("no such member"), None);
}

fn check_methods(user: &User, json: &Value) {
    let text = |name: &str| text_of(&json[name]);
    assert_eq!(user.email(), text("email").unwrap_or_default());
    assert_eq!(
        user.user_type(),
        UserType::from(number_of(&json["type"]).unwrap_or(0))
    );
    assert_eq!(
        user.status().map(|status| status.as_str()),
        text("status").as_deref()
    );
    assert_eq!(user.pmi(), number_of(&json["pmi"]));
    assert_eq!(
        user.verified(),
        number_of(&json["verified"]).map(|number| number != 0)
    );
    let methods = [
        ("id", user.id()),
        ("first_name", user.first_name()),
        ("last_name", user.last_name()),
        ("display_name", user.display_name()),
        ("timezone", user.timezone()),
        ("dept", user.dept()),
        ("language", user.language()),
        ("phone_number", user.phone_number()),
        ("pic_url", user.pic_url()),
        ("vanity_url", user.vanity_url()),
        ("cluster", user.cluster()),
        ("created_at", user.created_at()),
        ("user_created_at", user.user_created_at()),
        ("last_login_time", user.last_login_time()),
        ("last_client_version", user.last_client_version()),
        ("employee_unique_id", user.employee_unique_id()),
        ("host_key", user.host_key()),
        ("role_id", user.role_id()),
        ("plan_united_type", user.plan_united_type()),
    ];
    for (name, value) in methods {
        assert_eq!(value, text(name).as_deref(), "{name}");
    }

    let entries = |name: &str| json[name].as_array().cloned().unwrap_or_default();
    let texts = |name| entries(name).iter().filter_map(text_of).collect::<Vec<_>>();
    assert_eq!(user.group_ids().collect::<Vec<_>>(), texts("group_ids"));
    assert_eq!(
        user.im_group_ids().collect::<Vec<_>>(),
        texts("im_group_ids")
    );
    assert_eq!(
        user.division_ids().collect::<Vec<_>>(),
        texts("division_ids")
    );
    let attributes = entries("custom_attributes");
    assert_eq!(user.custom_attributes().count(), attributes.len());
    for (attribute, json) in user.custom_attributes().zip(&attributes) {
        assert_eq!(attribute.key, text_of(&json["key"]).as_deref());
        assert_eq!(attribute.name, text_of(&json["name"]).as_deref());
        assert_eq!(attribute.value, text_of(&json["value"]).as_deref());
    }
    let licenses = entries("license_info_list");
    assert_eq!(user.license_info_list().count(), licenses.len());
    for (license, json) in user.license_info_list().zip(&licenses) {
        assert_eq!(
            license.license_type,
            text_of(&json["license_type"]).as_deref()
        );
        assert_eq!(
            license.license_option,
            number_in_text(&json["license_option"])
        );
        assert_eq!(
            license.subscription_id,
            text_of(&json["subscription_id"]).as_deref()
        );
    }
}

pub(super) fn check_page(page: &UsersPage, body: &str) {
    let json: Value = serde_json::from_str(body).unwrap();
    let users = json["users"].as_array().unwrap();
    assert_eq!(page.json(), body);
    assert_eq!(page.len(), users.len());
    assert_eq!(
        page.next_page_token(),
        text_of(&json["next_page_token"]).unwrap_or_default()
    );
    assert_eq!(page.total_records(), number_of(&json["total_records"]));
    assert_eq!(page.page_size(), number_of(&json["page_size"]));
    assert_eq!(page.page_count(), number_of(&json["page_count"]));
    assert_eq!(page.page_number(), number_of(&json["page_number"]));
    for (user, json) in page.users().zip(users) {
        check_user(page, &user, json);
    }
}
