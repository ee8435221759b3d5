//! A command on a real pseudo-terminal, and what a person sees there.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use pty_process::blocking::{Command, Pty, open};
use vt100::Parser;
use zoom_s2s_sandbox::Sandbox;

use crate::support::{heeding, until};

const ROWS: u16 = 50;

pub(crate) struct Screen {
    pty: Arc<Pty>,
    child: Child,
    seen: Arc<Mutex<Seen>>,
    reader: Option<JoinHandle<()>>,
}

struct Seen {
    bytes: Vec<u8>,
    parser: Parser,
}

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a size")
}

impl Screen {
    /// The program with its input, output and errors on a terminal so many columns wide, and with
    /// nothing else in its environment than what leads to `sandbox`.
    pub(crate) fn of(
        program: &str,
        arguments: &[&str],
        columns: u16,
        sandbox: Option<&Sandbox>,
        settings: &[(&str, &str)],
    ) -> Screen {
        let (pty, terminal) = open().expect("a terminal");
        pty.resize(pty_process::Size::new(ROWS, columns))
            .expect("its size");
        let words = [heeding(), &[program], arguments].concat();
        let child = Command::new(words[0])
            .args(&words[1..])
            .env_clear()
            .env("TERM", "xterm-256color")
            .envs(sandbox.map(Sandbox::env).unwrap_or_default())
            .envs(settings.iter().copied())
            .spawn(terminal)
            .expect("it starts");
        let pty = Arc::new(pty);
        let seen = Arc::new(Mutex::new(Seen {
            bytes: Vec::new(),
            parser: Parser::new(size(ROWS), size(columns), 10_000),
        }));
        let (from, to) = (pty.clone(), seen.clone());
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Ends with an error when the last program has left the terminal.
            while let Ok(count @ 1..) = (&*from).read(&mut buffer) {
                let seen = &mut *to.lock().expect("no panic");
                seen.bytes.extend_from_slice(&buffer[..count]);
                seen.parser.process(&buffer[..count]);
            }
        });
        Screen {
            pty,
            child,
            seen,
            reader: Some(reader),
        }
    }

    /// `zoom-s2s`, its arguments separated by blanks.
    pub(crate) fn zoom(arguments: &str, columns: u16, sandbox: Option<&Sandbox>) -> Screen {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        Screen::of(
            env!("CARGO_BIN_EXE_zoom-s2s"),
            &arguments,
            columns,
            sandbox,
            &[],
        )
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic")
    }

    /// What stands on the screen, lines that wrap put together.
    pub(crate) fn text(&self) -> String {
        self.seen().parser.screen().contents()
    }

    /// Everything that was sent to the terminal.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8(self.seen().bytes.clone()).expect("UTF-8")
    }

    /// Row and column of the cursor, and whether it is to be seen.
    pub(crate) fn cursor(&self) -> ((u16, u16), bool) {
        let seen = self.seen();
        let screen = seen.parser.screen();
        (screen.cursor_position(), !screen.hide_cursor())
    }

    pub(crate) fn shows(&self, text: &str) {
        until(text, || self.text().contains(text));
    }

    pub(crate) fn keys(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("typed");
    }

    pub(crate) fn resize(&self, columns: u16) {
        self.seen().parser.set_size(size(ROWS), size(columns));
        let size = pty_process::Size::new(ROWS, columns);
        self.pty.resize(size).expect("another size");
    }

    /// The exit code, once all that was printed is on the screen.
    pub(crate) fn end(&mut self) -> i32 {
        let status = self.child.wait().expect("it ends");
        if let Some(reader) = self.reader.take() {
            reader.join().expect("no panic");
        }
        status.code().expect("it ends by itself")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
