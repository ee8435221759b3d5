//! Every fault × every call: what the caller sees, and that he sees it before his deadline.
//!
//! `fault_table.json` is the table. A row is a fault in the form of the sandbox's control endpoint,
//! struck as often as it is met; `expect` names per call the error's status, or `ok`. `names` is what
//! the error's text must say, `in_doubt` the calls that may have been carried out.

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use support::{builder, credentials, sandbox};
use zoom_s2s::{Client, Error, Method, Request};
use zoom_s2s_sandbox::{Sandbox, UserStatus};

const DEADLINE: Duration = Duration::from_secs(4);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    fault: serde_json::Value,
    expect: BTreeMap<String, String>,
    http: Option<u16>,
    retryable: Option<bool>,
    #[serde(default)]
    in_doubt: Vec<String>,
    names: Option<String>,
    tracking_id: Option<bool>,
    /// Three tokens are refused with pauses between them, which takes longer than the other rows.
    #[serde(default)]
    slow: bool,
}

#[test]
fn every_fault_and_every_call() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("fault_table.json")).expect("the table");
    let cells: Vec<(&Row, &str, &str)> = rows
        .iter()
        .flat_map(|row| {
            row.expect
                .iter()
                .map(move |(call, expected)| (row, &**call, &**expected))
        })
        .collect();
    let (next, wrong) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    // Most cells only wait: for deadlines and retry pauses.
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                while let Some((row, call, expected)) =
                    cells.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if let Err(why) = check(row, call, expected) {
                        wrong
                            .lock()
                            .unwrap()
                            .push(format!("{} × {call}: {why}", row.name));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    println!("{} faults, {} cells", rows.len(), cells.len());
    assert!(
        wrong.is_empty(),
        "{} of {} cells:\n{}",
        wrong.len(),
        cells.len(),
        wrong.join("\n")
    );
}

fn check(row: &Row, call: &str, expected: &str) -> Result<(), String> {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let deadline = if row.slow { DEADLINE * 4 } else { DEADLINE };
    let client = builder(&zoom, credentials(&zoom))
        .timeout(deadline)
        .body_limit(1_000_000)
        .build()
        .unwrap();
    put(&zoom, &row.fault);
    let started = Instant::now();
    let result = run(&zoom, &client, call);
    let took = started.elapsed();
    // A listing is several calls.
    let calls = if matches!(call, "users" | "pages") {
        4
    } else {
        1
    };
    if took > deadline * calls + Duration::from_millis(500) {
        return Err(format!("took {took:?}"));
    }
    let error = match result {
        Ok(()) if expected == "ok" => return Ok(()),
        Ok(()) => return Err(format!("ok, not {expected}")),
        Err(error) => error,
    };
    let said = format!("{error:?} hint {:?}", error.hint());
    let same = |what: &str, found: String, wanted: String| {
        (found == wanted)
            .then_some(())
            .ok_or(format!("{what} is {found}, not {wanted}: {said}"))
    };
    same(
        "status",
        format!("{:?}", error.status()),
        expected.to_owned(),
    )?;
    if let Some(http) = row.http {
        same(
            "http",
            format!("{:?}", error.http_status()),
            format!("{:?}", Some(http)),
        )?;
    }
    if let Some(retryable) = row.retryable {
        same(
            "retryable",
            error.is_retryable().to_string(),
            retryable.to_string(),
        )?;
    }
    let in_doubt = row.in_doubt.iter().any(|name| name == call);
    same(
        "in_doubt",
        error.in_doubt().to_string(),
        in_doubt.to_string(),
    )?;
    // Whatever came from Zoom bears its tracking ID.
    let tracked = row.tracking_id.unwrap_or(error.http_status().is_some());
    same(
        "tracking ID",
        error.tracking_id().is_some().to_string(),
        tracked.to_string(),
    )?;
    match &row.names {
        Some(words) if !error.to_string().contains(words.as_str()) => {
            Err(format!("does not say {words:?}: {error}"))
        }
        _ => Ok(()),
    }
}

fn put(zoom: &Sandbox, fault: &serde_json::Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let answer = agent
        .post(format!("{}/sandbox/faults", zoom.url()))
        .send(fault.to_string());
    assert_eq!(
        answer.expect("the control endpoint answers").status(),
        204,
        "{fault}"
    );
}

fn run(zoom: &Sandbox, client: &Client, call: &str) -> Result<(), Error> {
    let user = || zoom.truth(UserStatus::Active).next().expect("a user").email;
    let list = Request::new(Method::Get, "/users").query("page_size", "20");
    match call {
        "token" => client.token().map(drop),
        "users" => client
            .users()
            .page_size(20)
            .into_iter()
            .try_for_each(|user| user.map(drop)),
        "user" => client.user(&user()).map(drop),
        "get" => client.send(&list).map(drop),
        "post" => {
            let request =
                Request::new(Method::Post, "/users/{userId}/meetings").segment("userId", user());
            client
                .send(&request.body(r#"{"topic":"x"}"#, "application/json"))
                .map(drop)
        }
        "pages" => client
            .pages(list, "users")
            .try_for_each(|page| page.map(drop)),
        other => panic!("no such call: {other}"),
    }
}
