//! The progress bar.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use zoom_s2s::Status;

use crate::console;

/// How far a listing is, shown where it does not run into the users themselves: stderr is a
/// terminal, and the users go elsewhere.
pub(crate) struct Progress {
    bar: ProgressBar,
    status: Option<Status>,
    /// Users of the statuses before it.
    listed: u64,
}

impl Progress {
    pub(crate) fn start(to_file: bool) -> Progress {
        let shown = io::stderr().is_terminal() && (to_file || !io::stdout().is_terminal());
        let bar = if shown {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style("{pos} users"));
            bar.tick();
            console::set_bar(Some(bar.clone()));
            bar
        } else {
            ProgressBar::hidden()
        };
        Progress {
            bar,
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
                self.bar
                    .set_style(style("{bar:32} {pos} of {len} users, {eta} left"));
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

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Takes the bar off the screen, from another thread.
pub(crate) fn clear() {
    if let Some(bar) = console::take_bar() {
        bar.finish_and_clear();
    }
}
