//! The progress bar.

use std::fs;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use zoom_s2s::Status;

use crate::bar_terminal;
use crate::console;

/// How far a listing is, shown where it does not run into the users themselves: stderr is a
/// terminal, and the users go to a file. What stands behind a pipe may well print to the terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// What is listed.
    what: &'static str,
    status: Option<Status>,
    /// Users of the statuses before it.
    listed: u64,
}

impl Progress {
    pub(crate) fn start(to_file: bool, what: &'static str) -> Progress {
        let shown = io::stderr().is_terminal() && (to_file || stdout_is_a_file());
        let bar = if shown {
            let bar = ProgressBar::with_draw_target(None, bar_terminal::target());
            bar.set_style(style(&format!("{{pos}} {what}")));
            bar.tick();
            console::set_bar(Some(bar.clone()));
            bar
        } else {
            ProgressBar::hidden()
        };
        Progress {
            bar,
            what,
            status: None,
            listed: 0,
        }
    }

    /// `users` more of a status that has `total`, if known.
    pub(crate) fn page(&mut self, users: u64, total: Option<u64>, status: Status) {
        if self.status != Some(status) {
            self.status = Some(status);
            self.listed = self.bar.position();
        }
        if let Some(total) = total {
            if self.bar.length().is_none() {
                let what = self.what;
                self.bar.set_style(style(&format!(
                    "{{bar:32}} {{pos}} of {{len}} {what}, {{eta}} left"
                )));
            }
            self.bar
                .set_length((self.listed + total).max(self.bar.position() + users));
        }
        self.bar.inc(users);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        console::set_bar(None);
    }
}

/// Whether standard output was led to a file, as by `> users.csv`.
fn stdout_is_a_file() -> bool {
    #[cfg(unix)]
    let stdout = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned();
    #[cfg(windows)]
    let stdout = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned();
    let metadata = stdout.and_then(|stdout| fs::File::from(stdout).metadata());
    metadata.is_ok_and(|metadata| metadata.is_file())
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Takes the bar off the screen, from another thread.
pub(crate) fn clear() {
    if let Some(bar) = console::take_bar() {
        bar.finish_and_clear();
    }
}
