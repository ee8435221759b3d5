//! The command on a real terminal: progress, widths, Ctrl-C, a reader that goes, hostile names.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;
use zoom_s2s_sandbox::{Fault, Sandbox};

use crate::screen::Screen;
use crate::support::{led_to, run};

const ENDLESS: Duration = Duration::from_secs(600);
const ZOOM: &str = env!("CARGO_BIN_EXE_zoom-s2s");

fn account(users: u32) -> Sandbox {
    let sandbox = Sandbox::builder().users(users).start();
    sandbox.expect("the sandbox starts")
}

/// A new file's name in a folder that goes with the first of the two.
fn file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.csv").display().to_string();
    (folder, path)
}

#[test]
fn progress_is_shown_to_people_and_then_taken_away() {
    let sandbox = account(1000);
    let slow = Fault::on_api().after(1).always();
    sandbox.fault(slow.latency(Duration::from_millis(100)));
    let (_folder, file) = file();
    let listing = format!("users --format csv --page-size 100 --output {file}");
    let mut screen = Screen::zoom(&listing, 80, Some(&sandbox));
    screen.shows("100 of 900 users");
    assert_eq!(screen.end(), 0, "{}", screen.text());
    assert_eq!(screen.text().trim(), "", "the bar is still there");
    assert!(screen.cursor().1, "the cursor is hidden");
    let text = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(
        csv::Reader::from_reader(text.as_bytes()).records().count(),
        900
    );

    // Not among the users themselves, and not where nobody looks.
    let piped = format!("{ZOOM} users --page-size 100 | /bin/cat");
    for script in [&format!("{ZOOM} users"), &piped] {
        let mut screen = Screen::of("/bin/sh", &["-c", script], 200, Some(&sandbox), &[]);
        assert_eq!(screen.end(), 0);
        let sent = screen.sent();
        assert!(sent.contains("EMAIL") && !sent.contains(" of 900 users"));
    }
    let redirected = format!("{ZOOM} users --page-size 100 > {file}");
    let mut screen = Screen::of("/bin/sh", &["-c", &redirected], 80, Some(&sandbox), &[]);
    screen.shows("100 of 900 users");
    assert_eq!((screen.end(), screen.text().trim()), (0, ""));
    sandbox.clear_faults();
    let ended = run(&mut led_to(&sandbox, &listing));
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (0, "", "")
    );
}

#[test]
fn another_width_breaks_no_line() {
    let sandbox = account(1000);
    let piped = run(&mut led_to(&sandbox, "users --page-size 30")).good();
    sandbox.fault(Fault::on_api().always().latency(Duration::from_millis(20)));
    let mut screen = Screen::zoom("users --page-size 30", 120, Some(&sandbox));
    let (_folder, file) = file();
    let progress = format!("users --page-size 30 --output {file}");
    let mut beside = Screen::zoom(&progress, 120, Some(&sandbox));
    beside.shows("of 900 users");
    for columns in [60, 20, 200, 40] {
        let (before, requests) = (screen.sent().len(), sandbox.api_requests());
        for one in [&screen, &beside] {
            one.resize(columns);
        }
        crate::support::until("another page", || {
            screen.sent().len() > before && sandbox.api_requests() > requests + 2
        });
    }
    assert_eq!((screen.end(), beside.end()), (0, 0));
    assert_eq!(screen.sent().replace("\r\n", "\n"), piped);
    let left = beside.text();
    assert!(!left.contains("users, "), "{left}");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), piped);
}

#[test]
fn ctrl_c_ends_it_and_leaves_the_line_as_it_was() {
    for output in [true, false] {
        let sandbox = account(1000);
        sandbox.fault(Fault::on_api().after(1).always().latency(ENDLESS));
        let (_folder, file) = file();
        let more = if output {
            format!("--output {file}")
        } else {
            String::new()
        };
        let listing = format!("users --page-size 10 --timeout 600 {more}");
        let mut screen = Screen::zoom(&listing, 100, Some(&sandbox));
        screen.shows(if output { "10 of 900 users" } else { "EMAIL" });
        crate::support::until("the second page is asked for", || {
            sandbox.api_requests() == 2
        });
        screen.keys("\u{3}");
        assert_eq!(screen.end(), 130, "{}", screen.text());
        let text = screen.text();
        assert!(text.contains("zoom-s2s: interrupted"), "{text}");
        assert!(
            !text.contains("of 900 users"),
            "the bar is still there: {text}"
        );
        let ((_, column), visible) = screen.cursor();
        assert!(column == 0 && visible, "{column} {visible}: {text}");
        assert!(!std::path::Path::new(&file).exists());
    }
    let mut screen = Screen::zoom("sandbox --users 1", 100, None);
    screen.shows("ZOOM_S2S_API_URL");
    screen.keys("\u{3}");
    assert_eq!(screen.end(), 0, "its proper end");
}

#[test]
fn a_reader_that_goes_away_is_no_event() {
    let sandbox = account(20_000);
    let script = format!("{{ {ZOOM} users; echo \"ended $?\" >&2; }} | head -n 1");
    let path = [("PATH", "/usr/bin:/bin")];
    let mut screen = Screen::of("/bin/sh", &["-c", &script], 100, Some(&sandbox), &path);
    assert_eq!(screen.end(), 0);
    let text = screen.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("EMAIL"), "{text}");
    assert!(text.contains("ended 141"), "{text}");
}

#[test]
fn no_escape_sequences_where_they_are_not_wanted() {
    let sandbox = account(300);
    let (_folder, file) = file();
    let listing = format!("users -vv --page-size 50 --output {file}");
    for arguments in [
        "--help",
        "users --help",
        "users --status nonsense",
        "users",
        "users --role-id 9x",
        "users --format json",
        &listing,
        "sandbox --port x",
    ] {
        for (name, value, unwanted) in [
            ("TERM", "dumb", "\u{1b}"),
            ("NO_COLOR", "1", "m"),
            ("TERM", "xterm", "m"),
        ] {
            let split: Vec<&str> = arguments.split_whitespace().collect();
            let mut screen = Screen::of(ZOOM, &split, 80, Some(&sandbox), &[(name, value)]);
            screen.end();
            let sent = screen.sent();
            assert!(!sent.is_empty() || value == "dumb", "{arguments}");
            // A bar moves the cursor, which is no colour; the command has none at all.
            let sequences = sent.split("\u{1b}[").skip(1);
            let colours = sequences.filter(|rest| {
                rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
                    .starts_with('m')
            });
            assert_eq!(
                colours.count(),
                0,
                "{arguments} with {name}={value}: {sent:?}"
            );
            assert!(
                unwanted == "m" || !sent.contains(unwanted),
                "{arguments} with {name}={value}: {sent:?}"
            );
        }
    }
}

#[test]
fn help_and_tables_suit_narrow_and_wide_terminals() {
    let sandbox = account(30);
    for (columns, widest) in [(40, 40), (200, 100)] {
        for arguments in [
            "--help",
            "-h",
            "users -h",
            "users --help",
            "token --help",
            "sandbox -h",
        ] {
            let mut screen = Screen::zoom(arguments, columns, None);
            assert_eq!(screen.end(), 0);
            let sent = screen.sent();
            for line in sent.lines() {
                // Only a word that does not fit where it stands may go beyond.
                let indented = line.starts_with(' ');
                let is_word = indented && !line.trim().contains(' ');
                assert!(
                    line.width() <= widest || is_word,
                    "{arguments} at {columns}: {line:?}"
                );
            }
        }
        let piped = run(&mut led_to(&sandbox, "users")).good();
        let mut screen = Screen::zoom("users", columns, Some(&sandbox));
        assert_eq!(screen.end(), 0);
        // A terminal wraps what is too long for it; nothing is cut off.
        assert_eq!(screen.sent().replace("\r\n", "\n"), piped);
    }
}

#[test]
fn hostile_names_do_nothing_to_the_terminal() {
    let sandbox = account(1);
    let user = serde_json::json!([{
        "id": "a\u{1b}[2J\u{1b}]0;title\u{7}b", "email": "\u{9b}31mred@example.com", "type": 1,
        "first_name": "\u{1b}[?1049h\u{1b}[?25l", "last_name": "\u{202e}gpj\r\n\u{8}\u{8}x\u{0}",
    }]);
    sandbox.fault(Fault::on_api().always().set_member("users", user));
    for format in ["table", "csv", "json", "jsonl"] {
        let mut screen = Screen::zoom(&format!("users --format {format}"), 200, Some(&sandbox));
        assert_eq!(screen.end(), 0);
        let sent = screen.sent();
        let active = |c: char| (c.is_control() && !"\r\n".contains(c)) || c == '\u{202e}';
        assert!(!sent.contains(active), "{format}: {sent:?}");
        assert!(
            screen.text().contains("red@example.com"),
            "{format}: {}",
            screen.text()
        );
        assert!(screen.cursor().1);
        let lines = sent.lines().count();
        assert!(
            sent.matches('\r').count() == lines,
            "a line end of a name: {sent:?}"
        );
    }
}
