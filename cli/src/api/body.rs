//! The body of a request: what `--input` names.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::unusable;
use crate::console;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// More than any body that the API takes; it is held in memory for retries.
const LONGEST: u64 = 64 << 20;
/// How long Ctrl-C may have to wait.
const MOMENT: Duration = Duration::from_millis(50);

pub(super) fn read(path: &Path, interrupt: &Interrupt) -> Result<Vec<u8>, Failure> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    if is_stdin && io::stdin().is_terminal() {
        let end = if cfg!(windows) {
            "Ctrl-Z and Enter"
        } else {
            "Ctrl-D on a line of its own"
        };
        console::line(&format!("reading the body from the terminal, until {end}"));
    }
    let (send, receive) = mpsc::channel();
    let owned = path.to_owned();
    // Apart, because a read of a pipe or a terminal does not end with Ctrl-C.
    let reader = thread::Builder::new().spawn(move || {
        let _ = send.send(if is_stdin {
            whole(io::stdin())
        } else {
            File::open(owned).and_then(whole)
        });
    });
    let bytes = match reader {
        Err(error) => Err(error),
        Ok(_) => loop {
            interrupt.check()?;
            match receive.recv_timeout(MOMENT) {
                Ok(bytes) => break bytes,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break Err(io::ErrorKind::Other.into()),
            }
        },
    };
    match bytes {
        Err(error) => unusable(
            format!("--input: {name} cannot be read: {error}"),
            "Name a file that holds the body, or - for standard input.",
        ),
        // An empty pipe is what a program that failed leaves behind.
        Ok(bytes) if bytes.is_empty() => unusable(
            format!("--input: {name} is empty"),
            "See why. A request without a body is one without --input.",
        ),
        Ok(bytes) if bytes.len() as u64 > LONGEST => unusable(
            format!("--input: {name} holds more than 64 MiB"),
            "Zoom's API takes no such body.",
        ),
        Ok(bytes) => Ok(bytes),
    }
}

fn whole(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
