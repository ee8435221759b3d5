//! What the command says to the person at the terminal, on stderr.

use std::io::{self, Write};
use std::sync::Mutex;

use indicatif::ProgressBar;

use crate::printable::printable;

/// The bar now on the screen, which has to step aside for a line.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

pub(crate) fn set_bar(bar: Option<ProgressBar>) {
    if let Ok(mut held) = BAR.lock() {
        *held = bar;
    }
}

/// The bar, which is nobody's then.
pub(crate) fn take_bar() -> Option<ProgressBar> {
    BAR.lock().ok().and_then(|mut held| held.take())
}

/// One line.
pub(crate) fn line(text: &str) {
    block(text);
}

/// Several lines; nothing if `text` is empty.
///
/// If stderr is gone there is nobody to tell.
pub(crate) fn block(text: &str) {
    let printed: String = text
        .lines()
        .map(|line| format!("{}\n", printable(line)))
        .collect();
    let write = || {
        let _ = io::stderr().write_all(printed.as_bytes());
    };
    let bar = BAR.lock().ok().and_then(|bar| bar.clone());
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
