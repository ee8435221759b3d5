//! What is in the users: every documented field, and what a client must survive.

mod common;

use common::{Client, good_jwt};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use zoom_s2s_sandbox::{Sandbox, UserStatus};

const DOCUMENTED: [&str; 30] = [
    "id",
    "email",
    "type",
    "first_name",
    "last_name",
    "display_name",
    "status",
    "pmi",
    "timezone",
    "dept",
    "language",
    "phone_number",
    "pic_url",
    "vanity_url",
    "cluster",
    "created_at",
    "user_created_at",
    "last_login_time",
    "last_client_version",
    "employee_unique_id",
    "host_key",
    "role_id",
    "plan_united_type",
    "verified",
    "group_ids",
    "im_group_ids",
    "division_ids",
    "custom_attributes",
    "license_info_list",
    "subscription_id",
];

fn pages(sandbox: &Sandbox, query: &str) -> Vec<Vec<u8>> {
    let mut client = Client::new(sandbox);
    let token = good_jwt(sandbox, 600);
    let (mut pages, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/v2/users?page_size=300{query}&next_page_token={next}");
        let answer = client.get(&path, &token);
        assert_eq!(answer.status, 200);
        answer.json()["next_page_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut next);
        pages.push(answer.body);
        if next.is_empty() {
            return pages;
        }
    }
}

fn users(pages: &[Vec<u8>]) -> Vec<Value> {
    let users = |page: &Vec<u8>| {
        let mut body: Value = serde_json::from_slice(page).unwrap();
        std::mem::take(body["users"].as_array_mut().unwrap())
    };
    pages.iter().flat_map(users).collect()
}

#[test]
fn every_field_is_present_absent_and_null() {
    let sandbox = Sandbox::builder().users(10_000).start().unwrap();
    let pages = pages(&sandbox, "&include_fields=custom_attributes,host_key");
    let users = users(&pages);
    let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for user in &users {
        let user = user.as_object().unwrap();
        names.extend(user.keys().map(String::as_str));
        for name in DOCUMENTED {
            kinds.entry(name).or_default().insert(match user.get(name) {
                None => "absent",
                Some(Value::Null) => "null",
                Some(_) => "present",
            });
        }
    }
    let seen = |name: &str, kinds_of: &[&str]| {
        assert!(
            kinds_of.iter().all(|kind| kinds[name].contains(kind)),
            "{name}: {:?}",
            kinds[name]
        );
    };
    for name in ["id", "email", "type", "status", "role_id", "verified"] {
        seen(name, &["present"]);
    }
    for name in [
        "first_name",
        "last_name",
        "display_name",
        "pmi",
        "timezone",
        "dept",
        "language",
        "cluster",
        "user_created_at",
        "last_login_time",
        "last_client_version",
        "plan_united_type",
        "group_ids",
        "im_group_ids",
    ] {
        seen(name, &["present", "absent", "null"]);
    }
    seen("created_at", &["present", "null"]);
    for name in [
        "phone_number",
        "pic_url",
        "vanity_url",
        "employee_unique_id",
        "host_key",
        "division_ids",
        "custom_attributes",
        "license_info_list",
    ] {
        seen(name, &["present", "absent"]);
    }
    let unknown: Vec<_> = names
        .iter()
        .filter(|name| !DOCUMENTED.contains(name))
        .collect();
    assert!(unknown.len() >= 4, "{unknown:?}");

    let all = |name: &str| -> BTreeSet<String> {
        users
            .iter()
            .filter_map(|user| user.get(name))
            .map(Value::to_string)
            .collect()
    };
    for kind in ["1", "2", "4", "99", "7", "2147483648"] {
        assert!(all("type").contains(kind), "type {kind}");
    }
    assert!(all("created_at").contains("1700000000000"));
    let pmis: BTreeSet<usize> = all("pmi")
        .iter()
        .filter(|p| *p != "null")
        .map(String::len)
        .collect();
    assert_eq!(pmis, BTreeSet::from([10, 11]));
    let options: BTreeSet<u64> = users
        .iter()
        .filter_map(|user| user["license_info_list"][0]["license_option"].as_u64())
        .collect();
    assert_eq!(options.last(), Some(&(1 << 59)));
    assert!(
        options.contains(&((1 << 53) + 1)),
        "no double holds this one"
    );
    assert!(users.iter().any(|user| user["first_name"] == "Otto\0"));
    assert!(users.iter().any(|user| user["first_name"] == "Lena 😀"));

    let raw = pages.concat();
    for spelling in [
        "\\u0000",
        "\\\"",
        "\\n",
        "\\/",
        "\\ud83d\\ude00",
        "花子",
        "العربي",
        "🚀",
    ] {
        let found = raw
            .windows(spelling.len())
            .any(|window| window == spelling.as_bytes());
        assert!(found, "{spelling}");
    }
}

#[test]
fn some_fields_come_only_when_asked_for() {
    let sandbox = Sandbox::builder().users(300).start().unwrap();
    for (query, host_key, attributes) in [
        ("", false, false),
        ("&include_fields=host_key", true, false),
        ("&include_fields=custom_attributes", false, true),
        ("&include_fields=custom_attributes%2Chost_key", true, true),
        ("&include_fields=something", false, false),
    ] {
        let users = users(&pages(&sandbox, query));
        let has = |name: &str| users.iter().any(|user| user.get(name).is_some());
        assert_eq!(
            (has("host_key"), has("custom_attributes")),
            (host_key, attributes),
            "{query}"
        );
    }
}

#[test]
fn pages_have_the_size_of_zooms() {
    let sandbox = Sandbox::builder().users(3_400).start().unwrap();
    let pages = pages(&sandbox, "");
    let users = users(&pages[..10]);
    let bytes: usize = pages[..10].iter().map(Vec::len).sum();
    let fields: usize = users
        .iter()
        .map(|user| user.as_object().unwrap().len())
        .sum();
    let (bytes, fields) = (bytes / users.len(), fields / users.len());
    assert!((560..640).contains(&bytes), "{bytes} bytes a user");
    assert!((20..=22).contains(&fields), "{fields} fields a user");
}

#[test]
fn a_million_users_are_as_easy_as_ten() {
    let sandbox = Sandbox::builder().users(1_000_000).start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 60);
    let last = sandbox.truth(UserStatus::Active).nth(899_999).unwrap();
    let body = client
        .get("/v2/users?page_size=300&page_number=3000", &token)
        .json();
    let users = body["users"].as_array().unwrap();
    assert_eq!(body["total_records"], 900_000);
    assert_eq!(users.len(), 300);
    assert_eq!(users[299]["email"], last.email);
    assert_eq!(
        client
            .get(&format!("/v2/users/{}", last.id.unwrap()), &token)
            .status,
        200
    );
}
