//! Who observes a sandbox hears of every request once, and of no secret.

mod common;

use common::{Client, FORM, basic_of, good_jwt};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use zoom_s2s_sandbox::{Auth, Entry, Fault, Sandbox, Scenario};

fn observed() -> (Sandbox, Arc<Mutex<Vec<Entry>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = heard.clone();
    let builder =
        Sandbox::builder().observer(move |entry| told.lock().unwrap().push(entry.clone()));
    (builder.start().unwrap(), heard)
}

#[test]
fn each_request_is_told_before_its_answer_is_there() {
    let (sandbox, heard) = observed();
    let mut client = Client::new(&sandbox);
    let account = &sandbox.credentials().account_id;
    let body = format!("grant_type=account_credentials&account_id={account}&client_secret=real");
    let headers = [
        ("Authorization", &*basic_of(&sandbox)),
        ("Content-Type", FORM),
    ];
    client.ask("POST /oauth/token", &headers, body.as_bytes());
    client.get("/v2/users", &good_jwt(&sandbox, 60));
    client.ask("GET /sandbox/state", &[], b"");

    let told = heard.lock().unwrap().clone();
    let seen: Vec<_> = told
        .iter()
        .map(|e| (e.number, &*e.path, e.auth, e.status))
        .collect();
    assert_eq!(
        seen,
        [
            (1, "/oauth/token", Auth::Basic, 200),
            (2, "/v2/users", Auth::Jwt, 200)
        ]
    );
    assert_eq!(told[0].form[1], ("account_id".to_owned(), account.clone()));
    assert_eq!(told[0].form[2].1, "[redacted]");
    assert_eq!(told[0].jwt, None);
    let claims = told[1].jwt.as_ref().unwrap();
    assert_eq!(claims.alg, "HS256");
    assert_eq!(claims.iss.as_ref(), Some(&sandbox.credentials().api_key));
    assert!((58..=60).contains(&(claims.exp.unwrap() - told[1].unix_seconds)));
    let secret = &sandbox.credentials().api_secret;
    assert!(!format!("{told:?}").contains(secret));
    assert_eq!(format!("{:?}", sandbox.journal()), format!("{told:?}"));
}

#[test]
fn a_client_that_leaves_is_told_too() {
    let (sandbox, heard) = observed();
    sandbox.fault(Fault::on_api().latency(Duration::from_secs(600)));
    let mut client = Client::new(&sandbox);
    client.send("GET /v2/users", &[], b"").unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while sandbox.api_requests() == 0 && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(heard.lock().unwrap().is_empty());
    drop(client);
    while heard.lock().unwrap().is_empty() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!(heard.lock().unwrap()[0].status, 0);
}

#[test]
fn a_scenario_is_what_the_control_endpoint_would_do() {
    let sandbox = Sandbox::builder().start().unwrap();
    let scenario: Scenario = r#"{"clock": {"offset_seconds": 9000}, "app": {"disabled": true},
        "faults": [{"on": "token", "action": {"html": 502}}]}"#
        .parse()
        .unwrap();
    let before = sandbox.clock().unix_seconds();
    sandbox.play(scenario).unwrap();
    assert!((8990..9100).contains(&(sandbox.clock().unix_seconds() - before)));
    let mut client = Client::new(&sandbox);
    let statuses = [(); 2].map(|()| client.token_response(&sandbox).status);
    assert_eq!(statuses, [502, 404]);

    let refused = "{\n \"plan\": 1}".parse::<Scenario>().err().unwrap();
    assert_eq!(refused.place.map(|(line, _)| line), Ok(2));
    let scenario: Scenario = r#"{"app": {"add_scope": "no:such"}}"#.parse().unwrap();
    let refused = sandbox.play(scenario).unwrap_err();
    assert_eq!(refused.to_string(), "app: there is no scope no:such");
}
