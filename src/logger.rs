//! `ZOOM_S2S_LOG`: what happens, for programs that have no logger of their own.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use log::{LevelFilter, Log, Metadata, Record};

use crate::error::{Details, Error, Result};

const VARIABLE: &str = "ZOOM_S2S_LOG";

/// Writes this crate's log where `ZOOM_S2S_LOG` says, unless the program has a logger already.
///
/// The value is a level (`error`, `warn`, `info`, `debug`), alone for stderr, or followed by a colon and
/// the path of a file to append to: `info:/var/log/app/zoom.log`. Not set, or empty: nothing is
/// written. It is looked at once per process, but not in a setuid or setgid program: whoever starts
/// one could make it write anywhere. No secret and no token is ever logged.
///
/// The C library does the same when a client is made. Rust programs that use `log` have no need of it.
///
/// # Errors
/// [`Error::Config`] if the level is unknown or the file cannot be opened.
pub fn log_from_env() -> Result<()> {
    begin(has_gained_rights())
}

/// Whether the user or the group acted for is another one than who started the program.
fn has_gained_rights() -> bool {
    #[cfg(unix)]
    {
        use nix::unistd::{getegid, geteuid, getgid, getuid};
        getuid() != geteuid() || getgid() != getegid()
    }
    #[cfg(not(unix))]
    false
}

/// As [`log_from_env`], for a caller who knows whether this program runs with more rights than whoever
/// started it.
pub(crate) fn begin(has_gained_rights: bool) -> Result<()> {
    static DONE: AtomicBool = AtomicBool::new(false);
    if has_gained_rights || DONE.load(Ordering::Acquire) {
        return Ok(());
    }
    let value = match std::env::var_os(VARIABLE) {
        Some(value) => value.into_string().map_err(|_| refuse("is not UTF-8"))?,
        None => String::new(),
    };
    if !value.trim().is_empty() {
        let (level, logger) = parse(value.trim())?;
        // Another logger may be there already: the program's own, which is asked for all levels that
        // it wants.
        if log::set_boxed_logger(Box::new(logger)).is_ok() {
            log::set_max_level(level);
        }
    }
    DONE.store(true, Ordering::Release);
    Ok(())
}

fn parse(value: &str) -> Result<(LevelFilter, Logger)> {
    let (level, path) = match value.split_once(':') {
        Some((level, path)) => (level, Some(path)),
        None => (value, None),
    };
    let level = LevelFilter::from_str(level.trim()).map_err(|_| refuse("begins with no level"))?;
    let place = match path {
        None => Place::stderr(),
        Some(path) => Place::File(
            std::path::absolute(path)
                .map_err(|error| refuse(&format!("names no usable file: {error}")))?,
        ),
    };
    let opened = place.open();
    opened.map_err(|error| refuse(&format!("cannot be written to: {error}")))?;
    Ok((level, Logger { place }))
}

fn refuse(why: &str) -> Error {
    Error::Config(Details::new(format!("{VARIABLE} {why}")).with_hint(
        "Set it to error, warn, info or debug, and if it is to go to a file, a colon and the file's path: info:/var/log/zoom.log",
    ))
}

struct Logger {
    place: Place,
}

enum Place {
    /// With what tells it from another file that comes to have its number.
    Stderr(Option<Identity>),
    File(PathBuf),
}

/// Device and inode.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(file: &File) -> io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt;
    file.metadata()
        .map(|facts| Some((facts.dev(), facts.ino())))
}

#[cfg(not(unix))]
fn identity(_: &File) -> io::Result<Option<Identity>> {
    Ok(None)
}

impl Place {
    fn stderr() -> Place {
        let now = stderr().and_then(|file| identity(&file));
        Place::Stderr(now.unwrap_or_default())
    }

    /// Opened for every line: a log that was rotated away is begun anew, and a program that closes all
    /// its descriptors to become a daemon cannot make another file of this one.
    fn open(&self) -> io::Result<File> {
        match self {
            // After the program has closed it, its number may be that of a connection, or of any file.
            Place::Stderr(wanted) => {
                let file = stderr()?;
                match identity(&file)? == *wanted {
                    true => Ok(file),
                    false => Err(io::ErrorKind::NotFound.into()),
                }
            }
            Place::File(path) => {
                let mut options = OpenOptions::new();
                options.append(true).create(true);
                // A pipe that nobody reads must not hold up a call.
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
                options.open(path)
            }
        }
    }
}

/// A copy, without the lock that a fork could leave locked.
fn stderr() -> io::Result<File> {
    #[cfg(unix)]
    let copy = std::os::fd::AsFd::as_fd(&io::stderr()).try_clone_to_owned();
    #[cfg(windows)]
    let copy = std::os::windows::io::AsHandle::as_handle(&io::stderr()).try_clone_to_owned();
    copy.map(File::from)
}

impl Log for Logger {
    /// Only this crate's own lines: its dependencies are not held to keeping secrets out of theirs.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == crate::LOG && metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = line(SystemTime::now(), std::process::id(), record);
            // In one piece, so that lines of several threads and processes do not mix. Nobody can be
            // told that the log is full.
            let _ = self
                .place
                .open()
                .and_then(|mut file| file.write_all(line.as_bytes()));
        }
    }

    fn flush(&self) {}
}

fn line(now: SystemTime, process: u32, record: &Record<'_>) -> String {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    // A peer's words may be in it.
    let text = record.args().to_string().replace(char::is_control, " ");
    format!(
        "{}.{:03}Z zoom_s2s[{process}] {} {text}\n",
        utc(now.as_secs()),
        now.subsec_millis(),
        record.level().as_str().to_ascii_lowercase(),
    )
}

/// `2026-01-31T08:15:00`, from seconds since 1970.
fn utc(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Counted in years that begin in March, so that the leap day is the last of its year.
    let day = days + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day_of_month:02}T{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_704_067_199, "2023-12-31T23:59:59"),
            (1_704_067_200, "2024-01-01T00:00:00"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (253_402_300_799, "9999-12-31T23:59:59"),
        ] {
            assert_eq!(utc(seconds), expected);
        }
    }

    #[test]
    fn lines_are_one_line_each() {
        let record = Record::builder()
            .args(format_args!("a\nb\u{1b}c"))
            .level(log::Level::Warn)
            .target(crate::LOG)
            .build();
        let at = UNIX_EPOCH + std::time::Duration::from_millis(1_500);
        assert_eq!(
            line(at, 7, &record),
            "1970-01-01T00:00:01.500Z zoom_s2s[7] warn a b c\n"
        );
    }

    #[test]
    fn values() {
        let log = std::env::temp_dir().join(format!("zoom-s2s-log-{}", std::process::id()));
        let with_file = format!("Debug:{}", log.display());
        for (value, level) in [
            ("warn", LevelFilter::Warn),
            ("INFO", LevelFilter::Info),
            ("off", LevelFilter::Off),
            (&with_file, LevelFilter::Debug),
        ] {
            assert_eq!(
                parse(value).map(|(level, _)| level).ok(),
                Some(level),
                "{value}"
            );
        }
        assert!(log.exists());
        std::fs::remove_file(log).unwrap();
        for (value, words) in [
            ("loud", "no level"),
            (":/tmp/x", "no level"),
            ("info:/nonexistent/x", "cannot be written to"),
            ("info:", "names no usable file"),
        ] {
            let error = parse(value).map(|_| ()).expect_err(value);
            assert!(error.message().contains(words), "{error}");
            assert!(error.hint().contains("info:/var/log"), "{error}");
        }
    }
}
