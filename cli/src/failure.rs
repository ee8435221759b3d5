//! Why the command did not do what was asked for.

use std::io;
use std::path::{Path, PathBuf};

use zoom_s2s::Error;

use crate::exit::Exit;

/// Of what changes something at Zoom's, and lost its answer.
const IN_DOUBT: &str = "It may have been carried out all the same: look before you send it again.";

/// The SDK's advice, and what stands in for it.
const RAISE_LIMIT: &str = "Ask for smaller pages, or raise the body limit.";
const SMALLER_PAGES: &str = "Ask for smaller pages: users --page-size N, api -f page_size=N.";

/// A failure, with everything that its text needs.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A call of the SDK failed.
    Zoom(Error),
    /// The environment holds no credentials, or an option what cannot be used.
    Config { message: String, hint: String },
    /// The command line, or what it has read from standard input, cannot be used.
    Usage {
        message: &'static str,
        hint: &'static str,
    },
    /// The command line asks for what cannot be done.
    CommandLine { message: String, hint: String },
    /// The only token to be had is the one that Zoom refused.
    NoBetterToken,
    /// Standard input cannot be read.
    Input(io::Error),
    /// The output cannot be written: which, why, and what to do about it.
    Output {
        what: String,
        error: io::Error,
        hint: &'static str,
    },
    /// The failure while `--output` was being written; the file named is as it was before.
    Kept(Box<Failure>, PathBuf),
    /// What the doctor found, and has told.
    Unhealthy(Exit),
    /// Whoever read the output has gone.
    ClosedPipe,
    /// That signal ended the command.
    Signalled(i32),
    /// The failure, of something that may have been carried out.
    InDoubt(Box<Failure>),
    /// The system does not tell of signals.
    Signals(io::Error),
    /// The sandbox does not start.
    #[cfg(feature = "sandbox")]
    Sandbox(io::Error),
}

impl Failure {
    pub(crate) fn output(what: &Path, error: io::Error) -> Failure {
        Failure::Output {
            what: what.display().to_string(),
            error,
            hint: "",
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Zoom(error) => Exit::of(error),
            Failure::Config { .. } => Exit::Config,
            Failure::Usage { .. } | Failure::CommandLine { .. } => Exit::Usage,
            Failure::NoBetterToken => Exit::NotPermitted,
            Failure::Input(_) => Exit::System,
            Failure::Output { .. } => Exit::Output,
            Failure::Kept(failure, _) | Failure::InDoubt(failure) => failure.exit(),
            Failure::Unhealthy(exit) => *exit,
            Failure::ClosedPipe => Exit::ClosedPipe,
            Failure::Signalled(signal) => Exit::signalled(*signal),
            Failure::Signals(_) => Exit::System,
            #[cfg(feature = "sandbox")]
            Failure::Sandbox(_) => Exit::System,
        }
    }

    /// What happened, and indented below it what to do next. Empty where a word would be too many.
    pub(crate) fn text(&self) -> String {
        match self {
            Failure::Zoom(error) => {
                // The limit is the SDK's, and no option of the command.
                let error = error.to_string().replace(RAISE_LIMIT, SMALLER_PAGES);
                match self.in_doubt() {
                    true => format!("zoom-s2s: {error}\n  {IN_DOUBT}"),
                    false => format!("zoom-s2s: {error}"),
                }
            }
            Failure::InDoubt(failure) => format!("{}\n  {IN_DOUBT}", failure.text()),
            Failure::Config { message, hint } | Failure::CommandLine { message, hint } => {
                told(message, hint)
            }
            Failure::Usage { message, hint } => told(message, hint),
            Failure::NoBetterToken => told(
                "there is no better token: the one that was refused came again",
                "It is not its age that Zoom objects to. See whether the app is active on its page, and for a\n\
                 JWT whether this machine's clock is right.",
            ),
            Failure::Input(error) => told(&format!("cannot read standard input: {error}"), ""),
            Failure::Output { what, error, hint } => {
                told(&format!("cannot write {what}: {error}"), hint)
            }
            Failure::Kept(failure, path) => {
                let kept = if path.exists() {
                    "was left as it was"
                } else {
                    "was not made"
                };
                format!("{}\n  {} {kept}.", failure.text(), path.display())
            }
            Failure::Unhealthy(_) | Failure::ClosedPipe => String::new(),
            Failure::Signalled(1) => "zoom-s2s: ended, as the terminal went away".to_owned(),
            Failure::Signalled(2) => "zoom-s2s: interrupted".to_owned(),
            Failure::Signalled(_) => "zoom-s2s: terminated".to_owned(),
            Failure::Signals(error) => told(&format!("cannot listen for Ctrl-C: {error}"), ""),
            #[cfg(feature = "sandbox")]
            Failure::Sandbox(error) => told(
                &format!("the sandbox does not start: {error}"),
                sandbox_hint(error.kind()),
            ),
        }
    }

    /// Whether it may have been carried out all the same.
    pub(crate) fn in_doubt(&self) -> bool {
        match self {
            Failure::Zoom(error) => error.in_doubt(),
            Failure::InDoubt(_) => true,
            Failure::Kept(failure, _) => failure.in_doubt(),
            _ => false,
        }
    }
}

#[cfg(feature = "sandbox")]
fn sandbox_hint(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::AddrNotAvailable => {
            "It needs 127.0.0.1, which this machine or container lacks: on Linux, `ip link set lo up`."
        }
        io::ErrorKind::PermissionDenied => {
            "The system allows it no such port: give a --port above 1023, or none for any free one."
        }
        _ => "Give another --port, or none for any free one.",
    }
}

fn told(message: &str, hint: &str) -> String {
    let mut text = format!("zoom-s2s: {message}");
    for line in hint.lines() {
        text.push_str("\n  ");
        text.push_str(line);
    }
    text
}

#[cfg(all(test, feature = "sandbox"))]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_that_does_not_start_says_what_would_help() {
        for (kind, words) in [
            (io::ErrorKind::AddrInUse, "Give another --port"),
            (io::ErrorKind::AddrNotAvailable, "127.0.0.1"),
            (io::ErrorKind::PermissionDenied, "above 1023"),
        ] {
            let text = Failure::Sandbox(kind.into()).text();
            assert!(text.contains(words), "{text}");
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Zoom(error)
    }
}
