//! What a listing is to survive: an account that changes, tokens that die, a clock that runs.

mod common;

use common::{Client, good_jwt};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use zoom_s2s_sandbox::{Churn, Paging, Sandbox, TruthUser, UserStatus};

fn emails(users: impl Iterator<Item = TruthUser>) -> BTreeSet<String> {
    users.map(|user| user.email).collect()
}

fn churned(paging: Paging, churn: Churn) -> (Sandbox, Vec<Value>, zoom_s2s_sandbox::Mark) {
    let builder = Sandbox::builder().users(2_000).paging(paging);
    let sandbox = builder.churn(churn).start().unwrap();
    let mark = sandbox.mark();
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 600));
    let users = client.list(&token, UserStatus::Active, 10, |_| {});
    (sandbox, users, mark)
}

#[test]
fn churn_is_the_same_in_each_run_and_stays_in_the_status_listed() {
    let churn = |seed| Churn {
        seed,
        adds_per_mille_page: 300,
        deletes_per_mille_page: 1_200,
    };
    let run = |seed| {
        let (sandbox, users, mark) = churned(Paging::Offset, churn(seed));
        assert_eq!(emails(sandbox.truth(UserStatus::Inactive)).len(), 140);
        assert_eq!(emails(sandbox.truth(UserStatus::Pending)).len(), 60);
        let left = emails(sandbox.truth(UserStatus::Active));
        let ever = emails(sandbox.ever(UserStatus::Active, mark));
        (users.len(), left, ever.len())
    };
    let (seen, left, ever) = run(1);
    assert_eq!((seen, left.clone(), ever), run(1));
    assert_ne!(left, run(2).1);
    // About 180 pages: 54 come, 216 go.
    let came = ever - 1_800;
    let gone = ever - left.len();
    assert!((30..90).contains(&came), "{came} came");
    assert!((190..250).contains(&gone), "{gone} went");
    assert!(seen < ever, "by rank, deletions let users be skipped");
    let (sandbox, users, _) = churned(Paging::Offset, Churn::default());
    assert_eq!(
        (users.len(), sandbox.truth(UserStatus::Active).count()),
        (1_800, 1_800)
    );
}

#[test]
fn the_truth_over_a_time() {
    let sandbox = Sandbox::builder().users(100).start().unwrap();
    let status = UserStatus::Inactive;
    let first: Vec<_> = sandbox.truth(status).collect();
    let before = sandbox.mark();
    assert_eq!(
        sandbox.truth_throughout(status, before).collect::<Vec<_>>(),
        first
    );
    let early = sandbox.add_user(status);
    sandbox.delete_user(&first[0].email);
    let middle = sandbox.mark();
    let late = sandbox.add_user(status);
    sandbox.delete_user(&first[1].email);
    sandbox.delete_user(&early);
    let brief = sandbox.add_user(status);
    sandbox.delete_user(&brief);
    sandbox.add_user(UserStatus::Active);

    let rest: BTreeSet<_> = first[2..].iter().map(|user| user.email.clone()).collect();
    let with = |more: &[&String]| -> BTreeSet<String> {
        rest.iter().chain(more.iter().copied()).cloned().collect()
    };
    let (zero, one) = (&first[0].email, &first[1].email);
    assert_eq!(emails(sandbox.truth(status)), with(&[&late]));
    assert_eq!(emails(sandbox.truth_throughout(status, before)), rest);
    assert_eq!(emails(sandbox.truth_throughout(status, middle)), rest);
    assert_eq!(
        emails(sandbox.ever(status, before)),
        with(&[zero, one, &early, &late, &brief])
    );
    assert_eq!(
        emails(sandbox.ever(status, middle)),
        with(&[one, &early, &late, &brief])
    );
    assert_eq!(emails(sandbox.ever(status, sandbox.mark())), with(&[&late]));
    assert_eq!(
        sandbox.truth_throughout(UserStatus::Active, before).count(),
        90
    );
}

#[test]
fn who_leaves_a_status_and_comes_back_was_not_there_throughout() {
    let sandbox = Sandbox::builder().start().unwrap();
    let (mut client, token) = (Client::new(&sandbox), good_jwt(&sandbox, 60));
    let made = sandbox.add_user(UserStatus::Active);
    for user in [
        sandbox.truth(UserStatus::Active).next().unwrap().email,
        made,
    ] {
        let mark = sandbox.mark();
        for action in ["deactivate", "activate"] {
            let head = format!("PUT /v2/users/{user}/status");
            client.call(&head, &token, serde_json::json!({ "action": action }));
        }
        let (active, inactive) = (UserStatus::Active, UserStatus::Inactive);
        assert_eq!(sandbox.truth(active).last().unwrap().email, user);
        assert_eq!(sandbox.truth_throughout(active, mark).count(), 90);
        assert!(!emails(sandbox.truth_throughout(active, mark)).contains(&user));
        assert_eq!(sandbox.ever(active, mark).count(), 91, "once");
        assert_eq!(sandbox.ever(inactive, mark).count(), 8);
        assert_eq!(sandbox.truth(inactive).count(), 7);
    }
}

/// A listing by snapshot has all who were there throughout, and nobody who never was.
#[test]
fn snapshots_keep_the_promise_under_churn() {
    let churn = Churn {
        seed: 5,
        adds_per_mille_page: 900,
        deletes_per_mille_page: 900,
    };
    let (sandbox, users, mark) = churned(Paging::Snapshot, churn);
    let seen: BTreeSet<String> = users
        .iter()
        .map(|user| user["email"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(seen.len(), users.len());
    assert!(emails(sandbox.truth_throughout(UserStatus::Active, mark)).is_subset(&seen));
    assert!(seen.is_subset(&emails(sandbox.ever(UserStatus::Active, mark))));
    assert!(sandbox.mark() > mark);
}

#[test]
fn tokens_die_with_every_nth_request() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let mut token = client.token(&sandbox);
    sandbox.kill_tokens_every(3);
    let mut statuses = Vec::new();
    for _ in 0..9 {
        let status = client.get("/v2/users", &token).status;
        statuses.push(status);
        if status == 401 {
            token = client.token(&sandbox);
        }
    }
    assert_eq!(statuses, [200, 200, 401, 200, 200, 401, 200, 200, 401]);
    sandbox.kill_tokens_every(0);
    assert!((0..9).all(|_| client.get("/v2/users", &token).status == 200));
}

#[test]
fn requests_move_the_clock() {
    let step = Duration::from_secs(60);
    let builder = Sandbox::builder().users(1_000).clock_per_request(step);
    let sandbox = builder.start().unwrap();
    let mut client = Client::new(&sandbox);
    let started = sandbox.clock().unix_seconds();
    let token = client.token(&sandbox);
    let next = |body: Value| body["next_page_token"].as_str().unwrap().to_owned();
    let first = next(client.get("/v2/users", &token).json());
    let page = format!("/v2/users?next_page_token={first}");
    for _ in 0..14 {
        assert_eq!(client.get(&page, &token).status, 200);
    }
    assert_eq!(client.get(&page, &token).json()["code"], 300);
    let moved = sandbox.clock().unix_seconds() - started;
    assert!((17 * 60..18 * 60).contains(&moved), "{moved}");
    client.ask("GET /sandbox/state", &[], b"");
    assert!(sandbox.clock().unix_seconds() - started < 18 * 60);
}

#[test]
fn chaos_over_the_control_endpoint() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let mut control = |path: &str, body: &str| {
        let head = format!("POST /sandbox/{path}");
        client.ask(&head, &[], body.as_bytes()).status
    };
    let churn = r#"{"seed":1,"adds_per_mille_page":1000,"deletes_per_mille_page":0}"#;
    assert_eq!(control("churn", churn), 204);
    assert_eq!(control("churn", r#"{"sed":1}"#), 400);
    assert_eq!(control("tokens/kill_every", "2"), 204);
    assert_eq!(control("tokens/kill_every", "-2"), 400);
    let token = Client::new(&sandbox).token(&sandbox);
    let mut other = Client::new(&sandbox);
    assert_eq!(other.get("/v2/users", &token).status, 200);
    assert_eq!(other.get("/v2/users", &token).status, 401);
    assert_eq!(sandbox.truth(UserStatus::Active).count(), 91);
    assert_eq!(control("churn", "null"), 204);
    assert_eq!(control("tokens/kill_every", "0"), 204);
    let token = other.token(&sandbox);
    assert_eq!(other.get("/v2/users", &token).status, 200);
    assert_eq!(sandbox.truth(UserStatus::Active).count(), 91);
}
