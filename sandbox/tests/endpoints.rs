//! Endpoints for a generic client: other arrays, other paths.

mod common;

use common::{Client, good_jwt};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use zoom_s2s_sandbox::{Sandbox, UserStatus};

fn sandbox() -> (Sandbox, Client, String) {
    let sandbox = Sandbox::builder().users(200).start().unwrap();
    let client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    (sandbox, client, token)
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[test]
fn meetings_of_a_user_page_by_page() {
    let (sandbox, mut client, token) = sandbox();
    let user = sandbox.truth(UserStatus::Active).nth(3).unwrap();
    let path = format!("/v2/users/{}/meetings", encoded(&user.email));
    for (query, sizes) in [("", "30 30 15"), ("?page_size=50&type=live", "50 25")] {
        let meetings = client.collect(&format!("{path}{query}"), "meetings", &token);
        let ids: BTreeSet<_> = meetings.iter().map(|m| m["id"].as_u64().unwrap()).collect();
        assert_eq!((meetings.len(), ids.len()), (75, 75), "{sizes}");
        assert!(
            meetings
                .iter()
                .all(|m| m["host_id"] == *user.id.as_ref().unwrap())
        );
    }
    let by_id = format!("/v2/users/{}/meetings", user.id.unwrap());
    let first = client.get(&by_id, &token).json();
    assert_eq!(first["page_count"], 3);
    // A page token belongs to one path and one set of parameters.
    let next = first["next_page_token"].as_str().unwrap();
    for (query, status) in [("", 200), ("&page_size=31", 400)] {
        let path = format!("{by_id}?next_page_token={next}{query}");
        assert_eq!(client.get(&path, &token).status, status, "{query}");
    }
    let other = format!("{path}?next_page_token={next}");
    assert_eq!(client.get(&other, &token).json()["code"], 300);
    assert_eq!(
        client.get("/v2/users/nobody/meetings", &token).json()["code"],
        1001
    );
}

#[test]
fn participants_by_id_and_by_uuid() {
    let builder = Sandbox::builder()
        .participants_per_meeting(70)
        .meetings_per_user(9);
    let sandbox = builder.start().unwrap();
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
    let user = sandbox
        .truth(UserStatus::Active)
        .next()
        .unwrap()
        .id
        .unwrap();
    let path = format!("/v2/users/{user}/meetings");
    let mut slashes = 0;
    for meeting in client.collect(&path, "meetings", &token) {
        let uuid = meeting["uuid"].as_str().unwrap();
        let (once, id) = (encoded(uuid), meeting["id"].to_string());
        let lost = uuid.starts_with('/') || uuid.contains("//");
        slashes += usize::from(lost);
        for (segment, found) in [(&id, true), (&once, !lost), (&encoded(&once), true)] {
            let path = format!("/v2/past_meetings/{segment}/participants?page_size=29");
            if !found {
                assert_eq!(client.get(&path, &token).json()["code"], 2300, "{uuid}");
                continue;
            }
            let all = client.collect(&path, "participants", &token);
            assert_eq!(all.len(), 70);
            assert_eq!(all.iter().filter(|who| who["name"] == "Gast").count(), 14);
        }
    }
    assert_eq!(slashes, 6, "of nine");
    for nobody in ["1", "80000000009", "nothing"] {
        let path = format!("/v2/past_meetings/{nobody}/participants");
        assert_eq!(client.get(&path, &token).json()["code"], 3001, "{nobody}");
    }
}

#[test]
fn roles_and_the_dashboard() {
    let (_sandbox, mut client, token) = sandbox();
    let roles = client.get("/v2/roles", &token).json();
    let members: Vec<_> = roles["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["total_members"].as_u64().unwrap())
        .collect();
    assert_eq!(members, [1, 10, 179, 10]);
    assert_eq!(roles["total_records"], 4);
    assert_eq!(
        client
            .collect("/v2/metrics/meetings", "meetings", &token)
            .len(),
        75
    );
}

#[test]
fn what_is_not_there() {
    let (_sandbox, mut client, token) = sandbox();
    for head in [
        "GET /v2/",
        "GET /v2/users/",
        "GET /v2//users",
        "GET /v2/users/a/b",
        "PUT /v2/users",
        "POST /v2/roles",
        "GET /v2/past_meetings/1",
        "DELETE /v2/users/a/meetings",
    ] {
        assert_eq!(
            client.call(head, &token, Value::Null).json()["code"],
            2300,
            "{head}"
        );
    }
}

/// Each writing call in turn, with what it did to the account.
#[test]
fn writing() {
    let (sandbox, mut client, token) = sandbox();
    let count = |status| sandbox.truth(status).count();
    let info = |email: &str| json!({"email": email, "first_name": "Ä", "type": 2});
    let create = |action: &str, email: &str| json!({"action": action, "user_info": info(email)});

    let made = client.call(
        "POST /v2/users",
        &token,
        create("custCreate", "New.One+x@corp.example"),
    );
    assert_eq!(
        (made.status, &made.json()["first_name"]),
        (201, &json!("Ä"))
    );
    assert_eq!(count(UserStatus::Active), 181);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let last = sandbox.truth(UserStatus::Active).last().unwrap();
    assert_eq!(
        (last.id, &*last.email),
        (Some(id.clone()), "New.One+x@corp.example")
    );
    let listed = client.list(&token, UserStatus::Active, 300, |_| {});
    assert_eq!(listed[180]["email"], "New.One+x@corp.example");
    let seen = client
        .get("/v2/users/new.one%2Bx@corp.example", &token)
        .json();
    assert_eq!(seen["id"], *id);

    let again = client.call(
        "POST /v2/users",
        &token,
        create("create", "new.one+X@corp.example"),
    );
    assert_eq!((again.status, &again.json()["code"]), (409, &json!(1005)));
    let invited = client.call(
        "POST /v2/users",
        &token,
        create("create", "bob7@corp.example"),
    );
    assert_eq!(invited.status, 201);
    assert_eq!(count(UserStatus::Pending), 7);

    let user = format!("/v2/users/{id}");
    let change = json!({"dept": "R&D", "email": "x", "id": "x"});
    assert_eq!(
        client.call(&format!("PATCH {user}"), &token, change).status,
        204
    );
    let seen = client.get(&user, &token).json();
    assert_eq!((&seen["dept"], &seen["id"]), (&json!("R&D"), &json!(id)));

    for (action, status) in [
        ("deactivate", "inactive"),
        ("deactivate", "inactive"),
        ("activate", "active"),
    ] {
        let head = format!("PUT {user}/status");
        assert_eq!(
            client.call(&head, &token, json!({"action": action})).status,
            204
        );
        assert_eq!(client.get(&user, &token).json()["status"], status);
    }
    let first = sandbox.truth(UserStatus::Active).next().unwrap();
    let head = format!("PUT /v2/users/{}/status", first.email);
    client.call(&head, &token, json!({"action": "deactivate"}));
    assert_eq!(sandbox.truth(UserStatus::Inactive).last(), Some(first));

    let topic = json!({"topic": "Töpfern"});
    let made = client.call(&format!("POST {user}/meetings"), &token, topic);
    assert_eq!(
        (made.status, &made.json()["topic"]),
        (201, &json!("Töpfern"))
    );
    let all = client.collect(&format!("{user}/meetings"), "meetings", &token);
    assert_eq!((all.len(), &all[75]["id"]), (76, &made.json()["id"]));

    for status in [204, 404] {
        let gone = client.call(&format!("DELETE {user}"), &token, Value::Null);
        assert_eq!(gone.status, status);
        assert_eq!(sandbox.journal().pop().unwrap().carried_out, status == 204);
    }
    let anew = client.call(
        "POST /v2/users",
        &token,
        create("autoCreate", "new.one+x@corp.example"),
    );
    assert_ne!(anew.json()["id"], *id, "the address is free again");
}

#[test]
fn writing_what_makes_no_sense() {
    let (sandbox, mut client, token) = sandbox();
    let auth = format!("Bearer {token}");
    let user = sandbox.truth(UserStatus::Active).next().unwrap().email;
    for (head, body) in [
        ("POST /v2/users", ""),
        ("POST /v2/users", "[]"),
        ("POST /v2/users", "{\"action\":\"create\""),
        (
            "POST /v2/users",
            r#"{"action":"x","user_info":{"email":"a@b.c"}}"#,
        ),
        ("POST /v2/users", r#"{"action":"create"}"#),
        (
            "POST /v2/users",
            r#"{"action":"create","user_info":{"email":"nobody"}}"#,
        ),
        (
            "POST /v2/users",
            r#"{"action":"create","user_info":{"email":"a\"@b.c"}}"#,
        ),
        (&format!("PATCH /v2/users/{user}"), "x"),
        (&format!("PUT /v2/users/{user}/status"), r#"{"action":"x"}"#),
        (&format!("POST /v2/users/{user}/meetings"), "7"),
    ] {
        let answer = client.ask(head, &[("Authorization", &auth)], body.as_bytes());
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (400, &json!(300)),
            "{head} {body}"
        );
        assert!(!sandbox.journal().pop().unwrap().carried_out);
    }
    assert_eq!(
        sandbox.mark(),
        Sandbox::builder().users(200).start().unwrap().mark()
    );
    for head in [
        "PATCH /v2/users/x",
        "PUT /v2/users/x/status",
        "POST /v2/users/x/meetings",
    ] {
        assert_eq!(
            client.call(head, &token, json!({})).json()["code"],
            1001,
            "{head}"
        );
    }
}
