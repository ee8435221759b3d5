//! Users whose names do things to terminals, spreadsheets and careless parsers.

use serde_json::Value;
use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::support::{bare, led_to, run};

const PAGE: &str = r#"{
  "next_page_token": "",
  "total_records": 1,
  "users": [
    {
      "id": "a\u001b[2Jb",
      "email": "evil\u202etxt.exe@example.com",
      "first_name": "say \"hi\",\nthere\u0000 \u009b31m",
      "last_name": "a very long name, longer than any column of a table would ever get",
      "type": 2,
      "status": "active",
      "license_info_list": [ { "license_option": 576460752303423489,
        "factor": 1.10, "huge": 123456789012345678901234567890 } ]
    }
  ]
}"#;

fn printed(arguments: &str) -> String {
    let sandbox = Sandbox::builder().users(1).start().expect("it starts");
    let page = Fault::on_api().always();
    sandbox.fault(page.status(200, PAGE, "application/json"));
    run(&mut led_to(&sandbox, arguments)).good()
}

#[test]
fn a_table_shows_them_harmlessly_and_whole() {
    let table = printed("users");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2, "{table:?}");
    assert!(!table.contains(['\u{1b}', '\0', '\u{9b}', '\u{202e}', '\r']));
    for part in [
        "a\u{fffd}[2Jb",
        "evil\u{fffd}txt.exe@example.com",
        "say \"hi\",\u{fffd}there\u{fffd} \u{fffd}31m",
        "a very long name, longer than any column of a table would ever get  2 ",
    ] {
        assert!(lines[1].contains(part), "{part:?}: {table:?}");
    }
}

#[test]
fn csv_keeps_every_character() {
    let text = printed("users --format csv --fields first_name,license_info_list");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let records: Result<Vec<_>, _> = csv.records().collect();
    let records = records.expect("CSV");
    assert_eq!(records.len(), 1);
    assert_eq!(&records[0][0], "say \"hi\",\nthere\0 \u{9b}31m");
    assert_eq!(
        &records[0][1],
        r#"[{"license_option":576460752303423489,"factor":1.10,"huge":123456789012345678901234567890}]"#
    );
}

#[test]
fn csv_holds_no_formula_if_asked() {
    for (name, escaped) in [
        ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        (" =1", " =1"),
        ("Zoë-Marie", "Zoë-Marie"),
        ("", ""),
    ] {
        let sandbox = Sandbox::builder().users(1).start().expect("it starts");
        let user =
            serde_json::json!([{"email": "a@b.c", "type": 1, "first_name": name, "pmi": -5}]);
        sandbox.fault(Fault::on_api().always().set_member("users", user));
        let list = |option: &str| {
            let arguments = format!("users --format csv --fields first_name,email,pmi {option}");
            let text = run(&mut led_to(&sandbox, &arguments)).good();
            let mut csv = csv::Reader::from_reader(text.as_bytes());
            let record = csv.records().next().expect("a record").expect("CSV");
            [&record[0], &record[1], &record[2]].map(str::to_owned)
        };
        // Numbers too: a spreadsheet reads "-5" as one, but "-5+cmd" it would run.
        assert_eq!(list("--escape-formulas"), [escaped, "a@b.c", "'-5"]);
        assert_eq!(list(""), [name, "a@b.c", "-5"]);
    }
    for format in ["table", "json", "jsonl"] {
        let refused = run(&mut bare(&format!(
            "users --sandbox --escape-formulas --format {format}"
        )));
        assert_eq!(refused.code, 64);
        assert!(
            refused.stderr.contains("--format csv"),
            "{}",
            refused.stderr
        );
    }
}

#[test]
fn jsonl_is_a_line_per_user_with_every_digit() {
    let received: Value = serde_json::from_str(PAGE).expect("JSON");
    for fields in ["", " --fields id,license_info_list"] {
        let lines = printed(&format!("users --format jsonl{fields}"));
        assert_eq!(lines.lines().count(), 1, "{lines}");
        assert!(lines.contains(r#""license_option":576460752303423489,"factor":1.10,"huge":123456789012345678901234567890"#));
        let user: Value = serde_json::from_str(&lines).expect("JSON");
        assert_eq!(user["id"], received["users"][0]["id"]);
    }
}

#[test]
fn json_is_verbatim() {
    let array = printed("users --format json");
    let start = PAGE.find("{\n      \"id\"").expect("the user");
    let end = PAGE.rfind("\n  ]").expect("the end of the users");
    assert_eq!(array, format!("[\n{}\n]\n", &PAGE[start..end]));
}
