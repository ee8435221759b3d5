//! What the journal says about requests whose answer was lost.

mod common;

use common::{Client, good_jwt};
use serde_json::{Value, json};
use zoom_s2s_sandbox::{Cut, Fault, Sandbox, UserStatus};

/// A method and path, its body, and whether it adds, keeps or takes a user.
fn calls(sandbox: &Sandbox, nth: usize) -> Vec<(String, Value, i64)> {
    let user = sandbox.truth(UserStatus::Active).next().unwrap().email;
    let info = json!({"email": format!("new{nth}@corp.example")});
    vec![
        (
            "POST /v2/users".to_owned(),
            json!({"action": "custCreate", "user_info": info}),
            1,
        ),
        (format!("PATCH /v2/users/{user}"), json!({"dept": "x"}), 0),
        (
            format!("PUT /v2/users/{user}/status"),
            json!({"action": "deactivate"}),
            -1,
        ),
        (format!("POST /v2/users/{user}/meetings"), json!({}), 0),
        (format!("DELETE /v2/users/{user}"), Value::Null, -1),
        (format!("GET /v2/users/{user}"), Value::Null, 0),
    ]
}

#[test]
fn every_method_at_every_moment_of_a_cut() {
    let sandbox = Sandbox::builder().start().unwrap();
    let auth = format!("Bearer {}", good_jwt(&sandbox, 600));
    let count = || sandbox.truth(UserStatus::Active).count() as i64;
    for (nth, cut) in [
        Cut::BeforeProcessing,
        Cut::BeforeHeaders,
        Cut::InHeaders,
        Cut::AfterHeaders,
        Cut::InBody,
        Cut::Reset,
    ]
    .into_iter()
    .enumerate()
    {
        for call in 0..6 {
            let (head, body, change) = calls(&sandbox, nth).remove(call);
            let body = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            let before = count();
            sandbox.fault(Fault::on_api().cut(cut));
            let mut client = Client::new(&sandbox);
            client
                .send(&head, &[("Authorization", &auth)], body.as_bytes())
                .unwrap();
            let (bytes, _) = client.read_to_end();
            let entry = sandbox.journal().pop().unwrap();
            let carried_out = cut != Cut::BeforeProcessing;
            assert_eq!(entry.carried_out, carried_out, "{cut:?} {head}");
            assert_eq!((entry.status, entry.body_len), (0, body.len() as u64));
            let expected = if carried_out { change } else { 0 };
            assert_eq!(count() - before, expected, "{cut:?} {head}");
            let nothing = matches!(cut, Cut::BeforeProcessing | Cut::BeforeHeaders | Cut::Reset);
            assert_eq!(bytes.is_empty(), nothing, "{cut:?} {head}");
        }
    }
}

#[test]
fn an_answer_of_a_gateway_may_come_before_or_after() {
    let sandbox = Sandbox::builder().start().unwrap();
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
    for carried_out in [false, true] {
        let fault = Fault::on("POST", "/v2/users").server_error(502);
        sandbox.fault(if carried_out {
            fault.carried_out()
        } else {
            fault
        });
        let (head, body, _) = calls(&sandbox, 0).remove(0);
        assert_eq!(client.call(&head, &token, body).status, 502);
        assert_eq!(sandbox.journal().pop().unwrap().carried_out, carried_out);
        let users = 90 + usize::from(carried_out);
        assert_eq!(sandbox.truth(UserStatus::Active).count(), users);
    }
}

#[test]
fn a_refused_request_is_not_carried_out() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    let (head, body, _) = calls(&sandbox, 0).remove(0);
    assert_eq!(
        client.call(&head, &token, body.clone()).json()["code"],
        4711
    );
    assert_eq!(client.call(&head, "x", body).json()["code"], 124);
    let journal = sandbox.journal();
    let flags: Vec<bool> = journal.iter().map(|entry| entry.carried_out).collect();
    assert_eq!(flags, [true, false, false], "the token was issued");
}
