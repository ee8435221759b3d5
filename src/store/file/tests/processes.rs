//! Owners in other processes: this test binary once more, in the part of an owner.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Instant;

use super::*;

const PART: &str = "ZOOM_S2S_TEST_FILE_OWNER";

/// The other process: takes the lease, waits for a line, saves, gives back; says each in a line.
#[test]
fn owner() {
    let Ok(setting) = std::env::var(PART) else {
        return;
    };
    let mut words = setting.split(' ');
    let mut next = || words.next().unwrap();
    let (place, query, length) = (next(), next(), next().parse().unwrap());
    let store = match open(place, query) {
        Ok(store) => store,
        Err(error) => return println!("\nowner: {}", error.message()),
    };
    let mut held = match lock(&store, Duration::from_millis(length)) {
        Ok(held) => held,
        Err(error) => return println!("\nowner: {error}: {}", error.hint()),
    };
    println!("\nowner: held");
    std::io::stdin()
        .lock()
        .read_line(&mut String::new())
        .unwrap();
    println!(
        "\nowner: saved {:?}",
        store.save(&slot(), &held, "{\"by\":\"the other\"}", LONG)
    );
    println!("\nowner: gave back {:?}", store.unlock(&slot(), &mut held));
}

struct Other {
    process: Child,
    stdin: ChildStdin,
    lines: BufReader<std::process::ChildStdout>,
}

impl Other {
    fn start(
        scratch: &Scratch,
        query: &str,
        length: Duration,
        change: impl FnOnce(&mut Command),
    ) -> Other {
        // The shell, so that it can be told an umask.
        let mut command = Command::new("sh");
        command.args(["-c", "umask ${MASK:-022}; exec \"$0\" \"$@\""]);
        command.arg(std::env::current_exe().unwrap());
        command.args([
            "--exact",
            "store::file::tests::processes::owner",
            "--nocapture",
        ]);
        command.env(
            PART,
            format!(
                "{} {query} {}",
                scratch.token().display(),
                length.as_millis()
            ),
        );
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        change(&mut command);
        let mut process = command.spawn().unwrap();
        let (stdin, stdout) = (
            process.stdin.take().unwrap(),
            process.stdout.take().unwrap(),
        );
        Other {
            process,
            stdin,
            lines: BufReader::new(stdout),
        }
    }

    fn says(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "it ended");
            if let Some(said) = line.strip_prefix("owner: ") {
                return said.trim().to_owned();
            }
        }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    fn go_on(&mut self) {
        self.stdin.write_all(b"\n").unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lock_within(store: &FileStore, limit: Duration) -> Lease {
    let end = Instant::now() + limit;
    loop {
        match lock(store, LONG) {
            Ok(lease) => return lease,
            Err(error) => assert!(Instant::now() < end, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_owner_is_succeeded_long_before_its_time_is_over() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut other = Other::start(&scratch, "", LONG, |_| {});
    assert_eq!(other.says(), "held");
    assert_eq!(lock(&store, LONG).unwrap_err().message(), "taken");
    other.signal("-KILL");
    let mut held = lock_within(&store, Duration::from_secs(10));
    assert!(store.save(&slot(), &held, "{}", LONG).unwrap());
    store.unlock(&slot(), &mut held).unwrap();
}

#[test]
fn a_stopped_owner_that_wakes_up_late_overwrites_nothing() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut other = Other::start(&scratch, "", Duration::from_millis(300), |_| {});
    assert_eq!(other.says(), "held");
    other.signal("-STOP");
    let mut held = lock_within(&store, Duration::from_secs(10));
    assert!(store.save(&slot(), &held, "{\"by\":\"us\"}", LONG).unwrap());
    other.signal("-CONT");
    other.go_on();
    assert_eq!(other.says(), "saved Ok(false)");
    assert_eq!(other.says(), "gave back Ok(())");
    assert_eq!(
        load(&store, KEY).unwrap().as_deref(),
        Some("{\"by\":\"us\"}")
    );
    assert_eq!(lock(&store, LONG).unwrap_err().message(), "taken");
    store.unlock(&slot(), &mut held).unwrap();
}

#[test]
fn no_umask_changes_the_rights() {
    for mask in ["000", "077", "0777"] {
        let scratch = Scratch::new();
        let mut other = Other::start(&scratch, "mode=0640", LONG, |command| {
            command.env("MASK", mask);
        });
        assert_eq!(other.says(), "held", "umask {mask}");
        other.go_on();
        assert_eq!(other.says(), "saved Ok(true)");
        assert_eq!(other.says(), "gave back Ok(())");
        let mode = |name: &str| scratch.0.join(name).metadata().unwrap().mode() & 0o777;
        assert_eq!(
            (mode("token"), mode("token.lock")),
            (0o640, 0o600),
            "umask {mask}"
        );
    }
}

#[test]
fn a_group_that_cannot_be_given_shows_before_a_token_is_fetched() {
    if !nix::unistd::geteuid().is_root() {
        return eprintln!("skipped: only root can be somebody else");
    }
    let scratch = Scratch::new();
    std::os::unix::fs::chown(&scratch.0, Some(65534), Some(65534)).unwrap();
    let mut other = Other::start(&scratch, "mode=0640&group=root", LONG, |command| {
        command.uid(65534).gid(65534);
    });
    let said = other.says();
    assert!(said.contains("to the group root failed"), "{said}");
}

/// A file of root's, and a program that came later as somebody else.
#[test]
fn a_file_of_another_user_is_told_with_its_owner() {
    if !nix::unistd::geteuid().is_root() {
        return eprintln!("skipped: only root can be somebody else");
    }
    for (query, made) in [
        ("", "token"),
        ("", "token.lock"),
        ("mode=0640", "token.lock"),
    ] {
        let scratch = Scratch::new();
        let files = [scratch.token(), scratch.0.join(made)];
        files.iter().for_each(|file| write(file, ""));
        std::os::unix::fs::chown(
            &files[0],
            Some(if made == "token" { 0 } else { 65534 }),
            None,
        )
        .unwrap();
        std::os::unix::fs::chown(&scratch.0, Some(65534), None).unwrap();
        let mut other = Other::start(&scratch, query, LONG, |command| {
            command.uid(65534).gid(65534);
        });
        let said = other.says();
        assert!(said.contains("permission denied"), "{made}: {said}");
        assert!(said.contains("belongs to the user root"), "{made}: {said}");
        assert!(said.contains("*.lock"), "{made}: {said}");
    }
}
