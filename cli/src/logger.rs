//! `-v`: the SDK's log on stderr.

use std::time::Instant;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::console;

/// Only the SDK's own lines: its dependencies are not held to keeping secrets out of theirs.
const TARGET: &str = "zoom_s2s";

struct Logger {
    started: Instant,
}

/// Warnings always; from `-v` on what happens, from `-vv` on every request.
pub(crate) fn install(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::Warn,
        1 => LevelFilter::Info,
        2 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    let logger = Logger {
        started: Instant::now(),
    };
    if log::set_boxed_logger(Box::new(logger)).is_ok() {
        log::set_max_level(level);
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let text = record.args();
        if record.level() == Level::Warn || record.level() == Level::Error {
            console::line(&format!("warning: {text}"));
        } else {
            let since = self.started.elapsed().as_millis();
            console::line(&format!("{since:>6} ms  {text}"));
        }
    }

    fn flush(&self) {}
}
