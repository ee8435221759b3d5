//! Every format, parsed back and held against what the account really is.

use serde_json::Value;
use zoom_s2s::{Client, Credentials, Status, UserField};
use zoom_s2s_sandbox::{Sandbox, UserStatus};

use crate::support::{bare, led_to, run};

const STATUSES: [(&str, &[UserStatus]); 4] = [
    ("active", &[UserStatus::Active]),
    ("inactive", &[UserStatus::Inactive]),
    ("pending", &[UserStatus::Pending]),
    (
        "all",
        &[
            UserStatus::Active,
            UserStatus::Inactive,
            UserStatus::Pending,
        ],
    ),
];

fn account() -> Sandbox {
    let sandbox = Sandbox::builder().users(1500).start();
    sandbox.expect("the sandbox starts")
}

/// Email and ID of every user, in the order of the listing.
fn truth(sandbox: &Sandbox, statuses: &[UserStatus]) -> Vec<(String, Option<String>)> {
    let users = statuses.iter().flat_map(|status| sandbox.truth(*status));
    users.map(|user| (user.email, user.id)).collect()
}

fn of_json(user: &Value) -> (String, Option<String>) {
    let text = |name: &str| user[name].as_str().map(str::to_owned);
    (text("email").expect("an email"), text("id"))
}

#[test]
fn every_format_holds_every_user_of_every_status() {
    let sandbox = account();
    for (status, statuses) in STATUSES {
        let expected = truth(&sandbox, statuses);
        assert!(!expected.is_empty());
        let print = |format: &str| {
            let arguments = format!("users --status {status} --format {format}");
            run(&mut led_to(&sandbox, &arguments)).good()
        };

        let array: Vec<Value> = serde_json::from_str(&print("json")).expect("a JSON array");
        assert_eq!(array.iter().map(of_json).collect::<Vec<_>>(), expected);

        let lines = print("jsonl");
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        assert_eq!(lines.collect::<Vec<Value>>(), array);

        let text = print("csv");
        let mut csv = csv::Reader::from_reader(text.as_bytes());
        let records = csv.records().map(|record| {
            let record = record.expect("CSV");
            (
                record[0].to_owned(),
                Some(record[1].to_owned()).filter(|id| !id.is_empty()),
            )
        });
        assert_eq!(records.collect::<Vec<_>>(), expected);

        let table = print("table");
        let emails = table.lines().skip(1).map(|line| line.split("  ").next());
        let emails: Vec<_> = emails.map(Option::unwrap_or_default).collect();
        let expected: Vec<_> = expected.iter().map(|(email, _)| email.as_str()).collect();
        assert_eq!(emails, expected);
    }
}

#[test]
fn without_arguments_a_table_of_the_active_users() {
    let sandbox = account();
    let plain = run(&mut led_to(&sandbox, "users"));
    assert_eq!(plain.stderr, "", "nothing to say when all is well");
    let asked = run(&mut led_to(
        &sandbox,
        "users --status active --format table",
    ));
    assert_eq!(plain.good(), asked.good());
}

#[test]
fn columns_stand_below_their_names() {
    let sandbox = account();
    let table = run(&mut led_to(&sandbox, "users --fields status,type,id")).good();
    let mut lines = table.lines();
    let header = lines.next().expect("a header");
    let start = header.find("ID").expect("the last column");
    let ids = truth(&sandbox, &[UserStatus::Active])
        .into_iter()
        .map(|(_, id)| id);
    for (line, id) in lines.zip(ids) {
        assert_eq!(line.get(start..), id.as_deref(), "{line}");
    }
}

#[test]
fn users_are_printed_as_received() {
    let sandbox = account();
    let keys = sandbox.credentials();
    let credentials =
        Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret);
    let client = Client::builder(credentials)
        .oauth_url(sandbox.url())
        .api_url(sandbox.api_url())
        .build()
        .expect("a client");
    let users: Vec<_> = client
        .users()
        .status(Status::All)
        .into_iter()
        .map(|user| user.expect("a user"))
        .collect();
    let lines = run(&mut led_to(&sandbox, "users --status all --format jsonl")).good();
    let received: Vec<&str> = users.iter().map(|user| user.json()).collect();
    assert_eq!(lines.lines().collect::<Vec<_>>(), received);

    let arguments = "users --status all --format jsonl --fields id,license_info_list,dept,id";
    let lines = run(&mut led_to(&sandbox, arguments)).good();
    for (line, user) in lines.lines().zip(&users) {
        let member = |name| user.member_json(name).unwrap_or("null");
        assert_eq!(
            line,
            format!(
                "{{\"id\":{},\"license_info_list\":{},\"dept\":{}}}",
                member("id"),
                member("license_info_list"),
                member("dept")
            )
        );
    }
}

#[test]
fn every_field_can_be_a_column() {
    let sandbox = account();
    let names: Vec<&str> = UserField::ALL.iter().map(|field| field.name()).collect();
    let arguments = format!(
        "users --format csv --include-fields custom_attributes,host_key --fields {}",
        names.join(",")
    );
    let text = run(&mut led_to(&sandbox, &arguments)).good();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(csv.headers().expect("a header"), names);
    let mut filled = vec![0; names.len()];
    for record in csv.records() {
        for (count, cell) in filled.iter_mut().zip(&record.expect("CSV")) {
            *count += usize::from(!cell.is_empty());
        }
    }
    for (name, count) in names.iter().zip(filled) {
        assert!(count > 0, "{name} is empty for every user");
    }
}

#[test]
fn what_is_asked_for_beside_becomes_a_column() {
    let sandbox = account();
    let text = run(&mut led_to(
        &sandbox,
        "users --format csv --include-fields host_key",
    ))
    .good();
    let header = text.lines().next();
    assert_eq!(
        header,
        Some("email,id,first_name,last_name,type,status,host_key")
    );
}

#[test]
fn jwt_and_server_to_server_credentials_give_the_same_users() {
    let sandbox = account();
    for format in ["table", "json", "jsonl", "csv"] {
        let arguments = format!("users --status all --format {format}");
        let after = run(&mut led_to(&sandbox, &arguments)).good();
        let before = run(&mut led_to(&sandbox, &format!("{arguments} --legacy-jwt"))).good();
        assert!(before == after, "{format}");
    }
    let inside = |more| run(&mut bare(&format!("users --sandbox --status all {more}"))).good();
    assert_eq!(inside(""), inside("--legacy-jwt"));
}

#[test]
fn an_account_without_users_is_no_failure() {
    let sandbox = Sandbox::builder().users(0).start().expect("it starts");
    for (format, expected) in [
        ("json", "[]\n"),
        ("jsonl", ""),
        ("csv", "email,id,first_name,last_name,type,status\n"),
        ("table", "EMAIL  ID  FIRST_NAME  LAST_NAME  TYPE  STATUS\n"),
    ] {
        let printed = run(&mut led_to(&sandbox, &format!("users --format {format}")));
        assert_eq!(printed.good(), expected);
    }
}

#[test]
fn settings_reach_zoom() {
    let sandbox = account();
    let arguments = "users --page-size 30 --role-id 2 --include-fields host_key --timeout 20";
    run(&mut led_to(&sandbox, arguments)).good();
    let listing = sandbox.journal().pop().expect("a request");
    for (name, value) in [
        ("page_size", "30"),
        ("role_id", "2"),
        ("include_fields", "host_key"),
    ] {
        let sent = listing.query.iter().find(|(sent, _)| sent == name);
        assert_eq!(sent.map(|(_, value)| value.as_str()), Some(value), "{name}");
    }
}
