//! Which requests a fault strikes: by query, by chance, by count; in both forms of a fault.

mod common;

use common::{Client, good_jwt};
use serde_json::json;
use zoom_s2s_sandbox::{Fault, Sandbox};

#[test]
fn by_query() {
    let sandbox = Sandbox::builder().start().unwrap();
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 60));
    let pending = Fault::on("GET", "/v2/users").matching_query("status", "pending");
    sandbox.fault(pending.always().server_error(500));
    let both = Fault::on_api()
        .matching_query("status", "*")
        .matching_query("x", "ü 1");
    sandbox.fault(both.always().server_error(502));
    for (query, status) in [
        ("", 200),
        ("?status=active", 200),
        ("?status=pending", 500),
        ("?page_size=3&status=pending", 500),
        ("?status=pending&x=%C3%BC+1", 500),
        ("?status=active&x=%C3%BC+1", 502),
        ("?status=&x=%C3%BC+1", 200),
        ("?x=%C3%BC+1", 200),
    ] {
        let answer = client.get(&format!("/v2/users{query}"), &token);
        assert_eq!(answer.status, status, "{query}");
    }
}

#[test]
fn by_chance_the_same_in_each_run() {
    let run = |seed: u64, per_mille: u32| -> Vec<bool> {
        let sandbox = Sandbox::builder().start().unwrap();
        let mut client = Client::new(&sandbox);
        let fault = Fault::on_api().always().chance(per_mille, seed);
        sandbox.fault(fault.server_error(500));
        (0..400)
            .map(|_| client.get("/v2/x", "x").status == 500)
            .collect()
    };
    let struck = |run: &[bool]| run.iter().filter(|&&struck| struck).count();
    let first = run(1, 250);
    assert_eq!(first, run(1, 250));
    assert_ne!(first, run(2, 250));
    assert!((60..140).contains(&struck(&first)), "{}", struck(&first));
    assert_eq!(struck(&run(1, 0)), 0);
    assert_eq!(struck(&run(1, 1000)), 400);
}

#[test]
fn chance_and_counts_together() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    sandbox.fault(
        Fault::on_api()
            .after(10)
            .times(3)
            .chance(200, 5)
            .server_error(500),
    );
    // Who is not struck by the one may be struck by the next.
    sandbox.fault(Fault::on_api().always().server_error(502));
    let statuses: Vec<u16> = (0..200).map(|_| client.get("/v2/x", "x").status).collect();
    assert!(statuses[..10].iter().all(|&status| status == 502));
    assert_eq!(statuses.iter().filter(|&&status| status == 500).count(), 3);
}

/// Every action that the control endpoint knows of, by the name that the journal then shows.
#[test]
fn every_fault_in_its_json_form() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    let first = client.get("/v2/users", &token).json();
    let page = format!(
        "/v2/users?next_page_token={}",
        first["next_page_token"].as_str().unwrap()
    );
    for (action, status, name) in [
        (
            json!({"dead_token": {"status": 400, "message": "expired"}}),
            400,
            "dead_token 400 expired",
        ),
        (json!({"html": 200}), 200, "html 200"),
        (json!("garbage_json"), 200, "garbage_json"),
        (
            json!({"redirect": {"status": 302, "location": "http://x.example/"}}),
            302,
            "redirect 302",
        ),
        (json!("expired_page_token"), 400, "expired_page_token"),
        (
            json!({"error_under_200": {"code": 7, "message": "m"}}),
            200,
            "error_under_200 7",
        ),
        (json!({"empty": 204}), 204, "empty 204"),
        (json!("truncated_json"), 200, "truncated_json"),
        (json!({"nested_json": 5}), 200, "nested_json 5"),
        (json!({"oversized": 90_000}), 200, "oversized 90000"),
        (json!({"gzip_bomb": 90_000}), 200, "gzip_bomb 90000"),
        (
            json!({"set_member": {"name": "a", "value": [1]}}),
            200,
            "set_member a",
        ),
        (
            json!({"remove_member": "users"}),
            200,
            "remove_member users",
        ),
        (json!("repeated_page_token"), 200, "repeated_page_token"),
        (
            json!({"total_records": "absent"}),
            200,
            "total_records absent",
        ),
        (
            json!({"total_records": {"off_by": -1}}),
            200,
            "total_records off_by -1",
        ),
        (
            json!({"total_records": "moving"}),
            200,
            "total_records moving",
        ),
        (json!({"expires_in": "x"}), 200, "set_member expires_in"),
        (json!("without_expires_in"), 200, "remove_member expires_in"),
        (json!("empty_access_token"), 200, "set_member access_token"),
    ] {
        let form = json!({
            "on": "api", "query": {"next_page_token": "*"}, "headers": {"x-more": "1"},
            "chance": {"per_mille": 1000, "seed": 1}, "carried_out": true, "action": action,
        });
        let set = client.ask("POST /sandbox/faults", &[], form.to_string().as_bytes());
        assert_eq!(
            set.status,
            204,
            "{form}: {}",
            String::from_utf8_lossy(&set.body)
        );
        assert_eq!(
            client.get("/v2/users", &token).status,
            200,
            "no page token: not struck"
        );
        let answer = client.get(&page, &token);
        let entry = sandbox.journal().pop().unwrap();
        assert_eq!(
            (answer.status, entry.fault.as_deref()),
            (status, Some(name)),
            "{form}"
        );
        assert_eq!(answer.header("x-more"), Some("1"));
        assert!(entry.carried_out, "{form}");
    }
    for (action, whole) in [
        (json!({"cut": "before_processing"}), false),
        (json!({"content_length_off_by": 9}), true),
    ] {
        let form = json!({"on": "api", "without_tracking_id": true, "action": action});
        client.ask("POST /sandbox/faults", &[], form.to_string().as_bytes());
        let bytes = Client::new(&sandbox).raw("GET /v2/users/x", &token, |_| false);
        assert_eq!(bytes.ends_with(b"}"), whole);
        assert!(!String::from_utf8_lossy(&bytes).contains("x-zm-trackingid"));
    }
}
