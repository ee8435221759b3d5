//! `zoom-s2s api` ended from outside, and the file of `--output`.

use std::fs;
use std::path::Path;

use zoom_s2s_sandbox::Fault;

use crate::api::{account, api};
use crate::support::run;

const REFUSAL: &str = r#"{"code":200,"message":"Not permitted."}"#;

fn content(folder: &Path) -> (usize, Option<String>) {
    let names = fs::read_dir(folder).expect("a folder").count();
    (names, fs::read_to_string(folder.join("out.json")).ok())
}

#[test]
fn a_file_is_replaced_by_a_complete_answer_only() {
    for paginate in [false, true] {
        let sandbox = account(100);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("out.json");
        let more: &[&str] = if paginate { &["--paginate"] } else { &[] };
        let command = |written: bool| {
            // Its page tokens would tell one answer from the next.
            let path = if paginate { "/users" } else { "/roles" };
            let mut command = api(&sandbox, &["GET", path]);
            command.args(more);
            if written {
                command.arg("--output").arg(&file);
            }
            command
        };
        let after = if paginate { 2 } else { 0 };
        for old in [None, Some("old\n".to_owned())] {
            if let Some(old) = &old {
                fs::write(&file, old).expect("written");
            }
            sandbox.fault(
                Fault::on_api()
                    .after(after)
                    .status(403, REFUSAL, "application/json"),
            );
            let failed = run(&mut command(true));
            assert_eq!(failed.code, 77, "{}", failed.stderr);
            let kept = if old.is_some() {
                "was left as it was"
            } else {
                "was not made"
            };
            assert!(failed.stderr.contains(kept), "{}", failed.stderr);
            let refusal = if paginate { "" } else { REFUSAL };
            assert_eq!(failed.stdout, refusal);
            assert_eq!(content(folder.path()), (usize::from(old.is_some()), old));
        }
        let expected = run(&mut command(false)).good();
        assert_eq!(run(&mut command(true)).good(), "");
        assert_eq!(content(folder.path()), (1, Some(expected)));
    }
}

#[cfg(unix)]
mod from_outside {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::support::{end, first_line, signal, start, until};

    const ENDLESS: Duration = Duration::from_secs(600);

    #[test]
    fn a_closed_pipe_ends_it_quietly() {
        let sandbox = account(20_000);
        for format in ["json", "jsonl"] {
            let mut command = api(&sandbox, &["GET", "/users?page_size=300", "--paginate"]);
            let (child, mut stdout) = start(command.args(["--format", format]));
            assert!(!first_line(&mut stdout).is_empty());
            drop(stdout);
            let ended = end(child);
            assert_eq!((ended.code, ended.stderr.as_str()), (141, ""), "{format}");
        }
        // One answer, larger than what a pipe holds.
        let body = vec![b'\n'; 4 << 20];
        sandbox.fault(Fault::on_api().status(200, body, "text/plain"));
        let (child, mut stdout) = start(&mut api(&sandbox, &["GET", "/a"]));
        assert_eq!(first_line(&mut stdout), "\n");
        drop(stdout);
        let ended = end(child);
        assert_eq!((ended.code, ended.stderr.as_str()), (141, ""));
    }

    #[test]
    fn a_signal_ends_it_wherever_it_waits() {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            for (more, requests) in [
                (&[][..], 1),
                (&["--paginate"], 1),
                (&["--paginate", "--key", "users"], 1),
            ] {
                let sandbox = account(100);
                let folder = tempfile::tempdir().expect("a folder");
                let file = folder.path().join("out.json");
                fs::write(&file, "old\n").expect("written");
                sandbox.fault(Fault::on_api().always().latency(ENDLESS));
                let mut command = api(&sandbox, &["GET", "/users", "--timeout", "600"]);
                command.args(more).arg("--output").arg(&file);
                let (child, _stdout) = start(&mut command);
                until("it is asked", || sandbox.api_requests() == requests);
                assert_eq!(content(folder.path()).0, 2);
                let sent = Instant::now();
                signal(&child, name);
                let ended = end(child);
                assert_eq!(ended.code, code, "{}", ended.stderr);
                // Beyond two seconds it would have been ended by force.
                assert!(sent.elapsed() < Duration::from_millis(1500));
                assert!(ended.stderr.contains("out.json was left as it was."));
                assert_eq!(content(folder.path()), (1, Some("old\n".into())));
            }
        }
    }

    #[test]
    fn a_signal_leaves_in_doubt_what_was_sent() {
        const DOUBT: &str =
            "  It may have been carried out all the same: look before you send it again.\n";
        for (method, name, code, told) in [
            ("POST", "INT", 130, "interrupted"),
            ("PUT", "TERM", 143, "terminated"),
            ("PATCH", "HUP", 129, "ended, as the terminal went away"),
            ("DELETE", "INT", 130, "interrupted"),
            ("GET", "INT", 130, "interrupted"),
        ] {
            for waits_for_token in [false, true] {
                let sandbox = account(1);
                sandbox.fault(if waits_for_token {
                    Fault::on_token().latency(ENDLESS)
                } else {
                    Fault::on_api().latency(ENDLESS)
                });
                let mut command = api(&sandbox, &[method, "/a", "--timeout", "600"]);
                let (child, _stdout) = start(&mut command);
                until("it is asked", || match waits_for_token {
                    true => sandbox.token_requests() == 1,
                    false => sandbox.api_requests() == 1,
                });
                signal(&child, name);
                let ended = end(child);
                let in_doubt = method != "GET" && !waits_for_token;
                let doubt = if in_doubt { DOUBT } else { "" };
                let expected = format!("zoom-s2s: {told}\n{doubt}");
                assert_eq!((ended.code, ended.stderr), (code, expected), "{method}");
            }
        }
    }

    #[test]
    fn an_answer_that_has_come_is_written_whole() {
        let sandbox = account(1);
        // Larger than what a pipe holds: the signal lands while it is written.
        let body = vec![b'\n'; 4 << 20];
        sandbox.fault(Fault::on_api().status(200, body, "text/plain"));
        let (child, mut stdout) = start(&mut api(&sandbox, &["POST", "/a"]));
        assert_eq!(first_line(&mut stdout), "\n");
        signal(&child, "INT");
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut stdout, &mut rest).expect("the rest");
        assert_eq!(rest.len(), (4 << 20) - 1);
        let ended = end(child);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    }

    #[test]
    fn a_signal_ends_it_while_it_reads_the_body() {
        let sandbox = account(1);
        let mut command = api(&sandbox, &["POST", "/a", "--input", "-", "-v"]);
        let (mut child, _stdout) = start(command.stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().expect("a pipe");
        // Taken from the pipe, which holds less: it is being read.
        std::io::Write::write_all(&mut stdin, &vec![b' '; 1 << 20]).expect("it reads");
        let sent = Instant::now();
        signal(&child, "INT");
        let ended = end(child);
        assert_eq!(ended.code, 130, "{}", ended.stderr);
        assert_eq!(ended.stderr, "zoom-s2s: interrupted\n");
        assert!(sent.elapsed() < Duration::from_millis(1500));
        assert_eq!(sandbox.api_requests(), 0);
        drop(stdin);
    }
}
