//! What real and hostile servers send, case by case.

use super::{one, page, page_of};
use crate::{UserField, UserStatus, UserType};

#[test]
fn half_a_surrogate_pair_costs_one_character() {
    let page = page_of(
        r#"{"display_name":"Jo \ud83d","first_name":"\ude00\ud83d\ude00é","dept":"\ud83d\ud83d",
            "pmi":"\ud83d","group_ids":["\udfffx"],"jid":"\ud83d"}"#,
    );
    let user = page.user(0).unwrap();
    assert_eq!(user.display_name(), Some("Jo \u{fffd}"));
    assert_eq!(user.first_name(), Some("\u{fffd}😀é"));
    assert_eq!(user.dept(), Some("\u{fffd}\u{fffd}"));
    assert_eq!(user.pmi(), None);
    assert_eq!(user.group_ids().collect::<Vec<_>>(), ["\u{fffd}x"]);
    assert_eq!(user.member_json("jid"), Some(r#""\ud83d""#));
}

#[test]
fn numbers_no_double_holds_cost_their_field_at_most() {
    let page = page_of(r#"{"id":1e400,"pmi":1e400,"type":1e0,"verified":1e-400,"x":1e400}"#);
    let user = page.user(0).unwrap();
    assert_eq!(user.id(), Some("1e400"));
    assert_eq!(user.pmi(), None);
    assert_eq!(user.user_type(), UserType::Basic);
    assert_eq!(user.verified(), None);
}

#[test]
fn of_duplicates_the_last_counts() {
    let page = page_of(
        r#"{"id":"a","id":"b","pmi":1,"pmi":null,"dept":null,"dept":"x","group_ids":["a","b"],
            "group_ids":["c"],"im_group_ids":["a"],"im_group_ids":"no list",
            "custom_attributes":[{"key":"a","key":"b","name":"n","name":null}]}"#,
    );
    let user = page.user(0).unwrap();
    assert_eq!(
        (user.id(), user.pmi(), user.dept()),
        (Some("b"), None, Some("x"))
    );
    assert_eq!(user.group_ids().collect::<Vec<_>>(), ["c"]);
    assert!(!user.has(UserField::ImGroupIds));
    let attribute = user.custom_attributes().next().unwrap();
    assert_eq!((attribute.key, attribute.name), (Some("b"), None));
    assert_eq!(user.member_json("id"), Some(r#""b""#));
}

#[test]
fn a_byte_order_mark_is_passed_over_and_kept() {
    let body = "\u{feff}{\"users\":[{\"id\":\"a\"}]}";
    let page = page(body);
    assert_eq!(page.json(), body);
    assert_eq!(page.user(0).unwrap().json(), r#"{"id":"a"}"#);

    let user = one("\u{feff} {\"id\":\"b\"}\n").unwrap();
    assert_eq!(user.json(), r#"{"id":"b"}"#);
    assert_eq!(user.member_json("id"), Some(r#""b""#));
}

#[test]
fn texts_end_in_nul_for_c() {
    let page = page_of(r#"{"id":"abc","dept":"","first_name":"x\u0000y"}"#);
    let ended = |field| {
        let text = page.text_with_nul(0, field).expect("a text");
        (text.as_str(), text.may_hold_nul())
    };
    assert_eq!(ended(UserField::Id), ("abc\0", false));
    assert_eq!(ended(UserField::Dept), ("\0", false));
    // The first text behind the body.
    assert_eq!(ended(UserField::FirstName), ("x\0y\0", true));
    assert_eq!(page.text(0, UserField::FirstName), Some("x\0y"));
    assert!(page.text_with_nul(0, UserField::LastName).is_none());
    let escaped = page_of(r#"{"id":"a\n\"b"}"#);
    let id = escaped.text_with_nul(0, UserField::Id).expect("a text");
    assert_eq!((id.text(), id.may_hold_nul()), ("a\n\"b", false));
}

#[test]
fn rows_beyond_the_page_are_empty() {
    let page = page(r#"{"users":[],"next_page_token":"more"}"#);
    assert!(page.is_empty() && page.user(0).is_none() && page.users().next().is_none());
    assert_eq!(page.next_page_token(), "more");
    assert_eq!(page.text(0, UserField::Id), None);
    assert_eq!(page.number(0, UserField::Pmi), None);
    assert_eq!(page.list_len(usize::MAX, UserField::GroupIds), 0);
    assert_eq!(page.list_text(0, UserField::GroupIds, usize::MAX, ""), None);
    assert!(!page.has(1, UserField::Id));
    assert_eq!(page.user_json(0), None);
}

#[test]
fn users_iterate_from_both_ends() {
    let page = page(r#"{"users":[{"id":"a"},{"id":"b"},{"id":"c"}]}"#);
    let mut users = page.users();
    assert_eq!(users.len(), 3);
    assert_eq!(users.next_back().unwrap().id(), Some("c"));
    assert_eq!(users.nth(1).unwrap().row(), 1);
    assert!(users.next().is_none() && users.next_back().is_none());
    let ids: Vec<String> = (&page)
        .into_iter()
        .map(|user| user.id().unwrap().into())
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(page.into_iter().skip(1).count(), 2);
}

#[test]
fn known_values_have_names_and_others_survive() {
    for number in [1, 2, 4, 99, 0, 3, -7, i64::MAX] {
        assert_eq!(UserType::from(number).number(), number);
    }
    assert_eq!(UserType::from(99), UserType::None);
    for word in ["active", "inactive", "pending", "", "Active", "locked"] {
        assert_eq!(UserStatus::from(word).to_string(), word);
    }
    assert_eq!(UserStatus::from("pending"), UserStatus::Pending);
    assert_eq!(UserStatus::from("locked"), UserStatus::Other("locked"));
}

#[test]
fn debug_shows_no_user() {
    let page = page_of(r#"{"id":"secret","email":"secret@example.com"}"#);
    let user = page.user(0).unwrap();
    let shown = format!("{page:?} {user:?} {:?}", page.users());
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("len: 1"), "{shown}");
}
