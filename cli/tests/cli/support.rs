//! Running the command in an environment that holds nothing but what the test says.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use zoom_s2s_sandbox::Sandbox;

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Its output, if it ended well.
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }
}

/// What a program is started through so that signals reach it, although a shell that started the
/// tests in the background has told them to ignore some; nothing where it has not.
pub(crate) fn heeding() -> &'static [&'static str] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    // SIGHUP, SIGINT, SIGTERM.
    if ignored & (1 << 0 | 1 << 1 | 1 << 14) == 0 {
        &[]
    } else {
        &["/usr/bin/env", "--default-signal=INT,HUP,TERM"]
    }
}

/// `zoom-s2s` with these arguments, separated by blanks.
pub(crate) fn bare(arguments: &str) -> Command {
    let words = [heeding(), &[env!("CARGO_BIN_EXE_zoom-s2s")]].concat();
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .args(arguments.split_whitespace())
        .env_clear()
        .stdin(Stdio::null());
    command
}

/// The same, led to `sandbox` by its environment.
pub(crate) fn led_to(sandbox: &Sandbox, arguments: &str) -> Command {
    let mut command = bare(arguments);
    command.envs(sandbox.env());
    command
}

pub(crate) fn run(command: &mut Command) -> Run {
    whole(command.output().expect("the command starts"))
}

/// The same, with this on standard input, which it may leave unread.
pub(crate) fn fed(command: &mut Command, input: &[u8]) -> Run {
    let (mut child, stdout) = start(command.stdin(Stdio::piped()));
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.stdout = Some(stdout.into_inner());
    whole(child.wait_with_output().expect("it ends"))
}

fn whole(output: Output) -> Run {
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let text = |bytes| String::from_utf8(bytes).expect("the command prints UTF-8");
    let (stdout, stderr) = (text(stdout), text(stderr));
    assert!(!stderr.contains("panicked"), "{stderr}");
    Run {
        code: status.code().expect("it ends by itself"),
        stdout,
        stderr,
    }
}

/// A command that goes on running, and its standard output.
pub(crate) fn start(command: &mut Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let stdout = child.stdout.take().expect("a pipe");
    (child, BufReader::new(stdout))
}

pub(crate) fn first_line(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    line
}

/// How a started command ended.
pub(crate) fn end(child: Child) -> Run {
    let output = child.wait_with_output().expect("it ends");
    Run {
        code: output.status.code().expect("it ends by itself"),
        stdout: String::new(),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("kill starts").success());
}

/// Returns when `holds` does; fails if it takes unreasonably long.
pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
