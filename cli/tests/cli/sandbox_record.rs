//! `zoom-s2s sandbox --record`: what an old program sends is there to read, and nothing secret.
#![cfg(unix)]

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::sandbox_process::Started;
use crate::support::run;

/// Real credentials, which the sandbox has never heard of.
const SECRET: &str = "q3Xk0vTz81LmPq7YwRb2NcVd9HfGsJ4e";
const SIGNATURE: &str = "c2lnbmF0dXJlLW9mLWEtcmVhbC1qd3Q4MTk";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("after 1970").as_secs()
}

fn jwt(header: &str, payload: &str) -> String {
    let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{payload}.{SIGNATURE}")
}

/// The record of one request, sent to a sandbox of its own.
fn recorded(head: &str, headers: &[(&str, &str)], body: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("record.txt");
    let sandbox = Started::new(&format!("--users 5 --record {}", file.display()));
    let own = sandbox.setting("ZOOM_ACCOUNT_ID").to_owned();
    let basic = format!(
        "Basic {}",
        STANDARD.encode(format!(
            "{}:{}",
            sandbox.setting("ZOOM_CLIENT_ID"),
            sandbox.setting("ZOOM_CLIENT_SECRET")
        ))
    );
    let fill = |text: &str| {
        text.replace("OWN_ACCOUNT", &own)
            .replace("OWN_BASIC", &basic)
    };
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, fill(value)))
        .collect();
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    sandbox.send(&fill(head), &headers, &fill(body));
    let record = fs::read_to_string(&file).expect("the record");
    for secret in [
        SECRET,
        SIGNATURE,
        sandbox.setting("ZOOM_CLIENT_SECRET"),
        sandbox.setting("ZOOM_API_SECRET"),
        "eyJ",
        &basic[6..],
    ] {
        assert!(!record.contains(secret), "{secret}: {record}");
    }
    record
}

#[test]
fn what_is_odd_is_said() {
    let bearer = |token: &str| format!("Bearer {token}");
    let old = jwt(
        r#"{"alg":"HS256","typ":"JWT"}"#,
        &format!(
            r#"{{"iss":"KEYabcdefghijklmnopqrs","exp":{}}}"#,
            now() + 3600
        ),
    );
    let pasted = jwt(
        r#"{"alg":"HS256"}"#,
        r#"{"iss":"KEYabcdefghijklmnopqrs","exp":4102444800}"#,
    );
    let millis = jwt(
        r#"{"alg":"HS256"}"#,
        &format!(r#"{{"iss":"K","exp":{}000}}"#, now()),
    );
    let strange = jwt(r#"{"alg":"none"}"#, "{}");
    let expired = jwt(r#"{"alg":"HS256"}"#, r#"{"iss":"K","exp":946684800.5}"#);
    let ancient = bearer(&jwt(
        r#"{"alg":"HS256"}"#,
        r#"{"iss":"K","exp":-9223372036854775808}"#,
    ));
    let swapped = jwt(
        r#"{"alg":"HS256"}"#,
        &format!(r#"{{"iss":"{SECRET}","exp":{}}}"#, now() + 60),
    );
    let (old, pasted, millis) = (bearer(&old), bearer(&pasted), bearer(&millis));
    let (strange, expired, swapped_jwt) = (bearer(&strange), bearer(&expired), bearer(&swapped));
    let json = ("Content-Type", "application/json");
    let basic = ("Authorization", "OWN_BASIC");
    let good = "grant_type=account_credentials&account_id=OWN_ACCOUNT";
    let token = "POST /oauth/token";
    let in_query = format!("{token}?{good}");
    let query_jwt = format!("GET /v2/users?access_token={swapped}");
    let real_secret =
        format!("{good}&client_id=x&client_secret={SECRET}&other={SECRET}&{SECRET}=1");
    let swapped_form = format!("grant_type={SECRET}&account_id={SECRET}");
    let unknown = bearer(SECRET);
    let agents = format!("script/1 {SECRET}");
    type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a str, Vec<&'a str>);
    let cases: Vec<Case<'_>> = vec![
        (
            token,
            vec![basic, FORM, ("User-Agent", "curl/8.5.0")],
            good,
            vec![
                "POST /oauth/token\n",
                "form    grant_type=account_credentials  account_id=<the sandbox's>\n",
                "auth    Basic",
                "agent   curl/8.5.0",
                "answer  200",
            ],
        ),
        (
            &in_query,
            vec![basic, json],
            "",
            vec![
                "grant_type and account_id only in the query",
                "body    0 bytes, application/json",
                "answer  200",
            ],
        ),
        (
            token,
            vec![FORM],
            &real_secret,
            vec![
                "client_secret=<not shown>",
                "other=<32 characters>",
                "the Basic header only",
                "answer  401",
            ],
        ),
        (
            token,
            vec![basic, json],
            r#"{"grant_type":"account_credentials"}"#,
            vec!["a body that is no form", "no grant_type"],
        ),
        (
            token,
            vec![basic, FORM],
            "grant_type=client_credentials",
            vec!["the API then refuses"],
        ),
        (
            token,
            vec![basic, FORM],
            &swapped_form,
            vec![
                "grant_type=<32 characters>",
                "account_id=<32 characters>",
                "an unknown grant type",
            ],
        ),
        (
            token,
            vec![basic, FORM],
            "grant_type=account_credentials&account_id=%20OWN_ACCOUNT",
            vec!["<the sandbox's, with blanks around it>", "blanks around"],
        ),
        (token, vec![FORM], good, vec!["no Basic header"]),
        (
            "GET /oauth/token",
            vec![basic],
            "",
            vec!["by POST", "answer  405"],
        ),
        (
            "GET /v2/users?page_number=2&page_size=500",
            vec![("Authorization", &old)],
            "",
            vec![
                "query   page_number=2  page_size=500",
                "alg HS256, iss KEYa… (22 characters), exp 20",
                "(expires in 3",
                "takes none since 2023-09-08",
                "page_number is deprecated",
                "page_size above 300",
                "answer  401",
            ],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &pasted)],
            "",
            vec!["exp 2100-01-01T00:00:00Z", "more than a day"],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &millis)],
            "",
            vec!["exp is in milliseconds"],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &strange)],
            "",
            vec!["not signed by HS256", "without iss", "without exp"],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &expired)],
            "",
            vec!["exp 2000-01-01T00:00:00Z (expired", "has expired"],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &ancient)],
            "",
            vec!["exp -9223372036854775808 (expired", "has expired"],
        ),
        (
            "GET /v2/users?page_size=hunter2&status=active",
            vec![],
            "",
            vec!["page_size=<7 characters>  status=active"],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &swapped_jwt)],
            "",
            vec!["iss q3Xk… (32 characters)"],
        ),
        (
            &query_jwt,
            vec![],
            "",
            vec![
                "access_token=<not shown>",
                "auth    none but in the query",
                "a token in the query",
                "jwt     alg HS256",
            ],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", &unknown), ("User-Agent", &agents)],
            "",
            vec!["did not issue", "agent   script/1 <32 characters>"],
        ),
        (
            "GET /v2/users",
            vec![basic],
            "",
            vec!["they belong to /oauth/token"],
        ),
        (
            "GET /v2/users",
            vec![("Authorization", "Digest x")],
            "",
            vec!["neither Basic nor Bearer", "agent   (none)"],
        ),
        (
            "GET /v1/users/q3Xk0vTz81LmPq7YwRb2NcVd9HfGsJ4e",
            vec![],
            "",
            vec!["GET /v1/users/<32 characters>", "long gone"],
        ),
    ];
    for (head, headers, body, told) in cases {
        let record = recorded(head, &headers, body);
        assert!(record.starts_with("#1 20"), "{record}");
        for part in told {
            assert!(
                record.contains(part),
                "{part:?} is missing for {head}:\n{record}"
            );
        }
    }
    let fine = recorded(token, &[basic, FORM], good);
    assert!(!fine.contains("odd"), "{fine}");
}

#[test]
fn the_sdk_does_nothing_odd_and_a_careless_program_does() {
    let sandbox = Started::new("--users 40 --record");
    run(&mut sandbox.led("users --status all --page-size 10")).good();
    let header = run(&mut sandbox.led("token --header")).good();
    let (_, token) = header.trim_end().split_once(": ").expect("a header");
    let headers = [("Authorization", token), ("User-Agent", "old/1")];
    let (_, page) = sandbox.send("GET /v2/users?page_size=10&status=active", &headers, "");
    let page: serde_json::Value = serde_json::from_str(&page).expect("JSON");
    let next = page["next_page_token"].as_str().expect("a page token");
    sandbox.send(
        &format!("GET /v2/users?page_size=10&status=active&next_page_token={next}"),
        &headers,
        "",
    );
    sandbox.send(
        &format!("GET /v2/users?page_size=10&next_page_token={next}"),
        &headers,
        "",
    );
    let told = sandbox.stop();
    assert_eq!(told.code, 0);
    let odd: Vec<&str> = told
        .stderr
        .lines()
        .filter(|line| line.starts_with("  odd "))
        .collect();
    assert_eq!(odd.len(), 2, "{}", told.stderr);
    assert!(
        odd[0].contains("another token 0 s after") || odd[0].contains("another token 1 s after"),
        "{}",
        odd[0]
    );
    assert!(
        odd[1].contains("status of page 1 did not come again"),
        "{}",
        odd[1]
    );
    assert!(!told.stderr.contains(next), "a page token is shown");
    assert!(!told.stderr.contains("eyJ"));
    assert!(
        told.stderr
            .contains("auth    Bearer: the sandbox's token number 1")
    );
}

#[test]
fn faults_and_clients_that_leave_are_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let (scenario, record) = (
        folder.path().join("s.json"),
        folder.path().join("record.txt"),
    );
    let faults = r#"{"faults": [{"on": "api", "action": {"server_error": 503}},
        {"on": "api", "action": {"cut": "before_headers"}}, {"on": "api", "latency_ms": 600000}]}"#;
    fs::write(&scenario, faults).expect("written");
    let sandbox = Started::new(&format!(
        "--users 4 --scenario {} --record {}",
        scenario.display(),
        record.display()
    ));
    let ended = run(&mut sandbox.led("users --timeout 5"));
    assert_eq!(ended.code, 75, "{}", ended.stderr);
    let read = || fs::read_to_string(&record).expect("the record");
    for part in [
        "answer  503, by the fault server_error 503",
        "answer  none, by the fault cut",
        "answer  none, by the fault latency",
    ] {
        crate::support::until(part, || read().contains(part));
    }
}

#[test]
fn a_record_is_kept_and_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("record.txt");
    for requests in [1, 2] {
        let sandbox = Started::new(&format!("--users 5 --record {}", file.display()));
        sandbox.send("GET /v2/users", &[], "");
        assert_eq!(sandbox.stop().code, 0);
        let record = fs::read_to_string(&file).expect("the record");
        assert_eq!(record.matches("GET /v2/users").count(), requests);
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_record_that_cannot_be_written_is_said_at_the_start() {
    let ended = run(&mut crate::support::bare(
        "sandbox --record /nowhere/record.txt",
    ));
    assert_eq!(ended.code, 74);
    assert!(
        ended.stderr.contains("/nowhere/record.txt"),
        "{}",
        ended.stderr
    );
}
