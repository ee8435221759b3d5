//! The exit codes: one table, from which the help is made too. The numbers are those of sysexits.h.

use std::process::ExitCode;

use zoom_s2s::{Error, ErrorStatus};

/// How the command ended. Scripts rely on the numbers: they never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Usage = 64,
    Refused = 65,
    NotFound = 66,
    Unavailable = 69,
    Defect = 70,
    System = 71,
    Output = 74,
    TryLater = 75,
    Protocol = 76,
    NotPermitted = 77,
    Config = 78,
    HungUp = 129,
    Interrupted = 130,
    ClosedPipe = 141,
    Terminated = 143,
}

/// Each code, what the help says of it, and the errors of the SDK that end with it.
const TABLE: &[(Exit, &str, &[ErrorStatus])] = &[
    (Exit::Done, "all that was asked for was done", &[]),
    (
        Exit::Usage,
        "the command line cannot be used, or what --reject was given",
        &[ErrorStatus::InvalidArgument],
    ),
    (
        Exit::Refused,
        "Zoom refused what was asked for, such as an unknown role",
        &[ErrorStatus::Rejected],
    ),
    (
        Exit::NotFound,
        "it does not exist in this account",
        &[ErrorStatus::NotFound],
    ),
    (
        Exit::Unavailable,
        "no connection, and waiting will not help: a proxy refuses it",
        &[ErrorStatus::Network],
    ),
    (
        Exit::Defect,
        "a defect of this program: please report it",
        &[ErrorStatus::Internal],
    ),
    (
        Exit::System,
        "the sandbox cannot be started, or the system lacks something",
        &[],
    ),
    (
        Exit::Output,
        "the output cannot be written: disk full, no such directory",
        &[],
    ),
    (
        Exit::TryLater,
        "try again later: network, timeout, rate limit, Zoom's servers, a strict token store",
        // And those of 69 and 76 that say of themselves that they pass.
        &[
            ErrorStatus::Timeout,
            ErrorStatus::RateLimited,
            ErrorStatus::Server,
            ErrorStatus::Store,
            ErrorStatus::Incomplete,
        ],
    ),
    (
        Exit::Protocol,
        "not Zoom that answers, or not as it should: TLS, proxies, wrong URL",
        &[
            ErrorStatus::Tls,
            ErrorStatus::BadResponse,
            ErrorStatus::TooLarge,
        ],
    ),
    (
        Exit::NotPermitted,
        "wrong credentials, missing scope, or no permission",
        &[
            ErrorStatus::Credentials,
            ErrorStatus::Unauthorized,
            ErrorStatus::MissingScope,
            ErrorStatus::Forbidden,
        ],
    ),
    (
        Exit::Config,
        "credentials or settings are missing or cannot be used",
        &[ErrorStatus::Config],
    ),
    (Exit::HungUp, "ended by SIGHUP: the terminal went away", &[]),
    (
        Exit::Interrupted,
        "interrupted by Ctrl-C",
        &[ErrorStatus::Cancelled, ErrorStatus::Shutdown],
    ),
    (
        Exit::ClosedPipe,
        "the reader of the output went away, as with `| head`",
        &[],
    ),
    (Exit::Terminated, "ended by SIGTERM", &[]),
];

impl Exit {
    /// The code for an error of the SDK.
    pub(crate) fn of(error: &Error) -> Exit {
        let status = error.status();
        let row = TABLE
            .iter()
            .find(|(_, _, statuses)| statuses.contains(&status));
        match row {
            Some((Exit::Unavailable | Exit::Protocol, _, _)) if error.is_retryable() => {
                Exit::TryLater
            }
            Some((exit, _, _)) => *exit,
            None => Exit::Defect,
        }
    }

    /// The code after that signal.
    pub(crate) fn signalled(signal: i32) -> Exit {
        match signal {
            1 => Exit::HungUp,
            15 => Exit::Terminated,
            _ => Exit::Interrupted,
        }
    }

    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// The table as a section of the help.
pub(crate) fn help() -> String {
    let rows = TABLE
        .iter()
        .map(|(exit, meaning, _)| format!("  {:>3}  {meaning}\n", exit.code()));
    std::iter::once("Exit status:\n".to_owned())
        .chain(rows)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_and_each_status_stands_in_the_table_once() {
        let mut codes: Vec<u8> = TABLE.iter().map(|(exit, _, _)| exit.code()).collect();
        let sorted = codes.clone();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, sorted);
        let statuses: Vec<i32> = TABLE
            .iter()
            .flat_map(|(_, _, statuses)| statuses.iter().map(|status| status.code()))
            .collect();
        let mut once = statuses.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), statuses.len());
        assert_eq!(once.len(), 20, "a status of the SDK has no exit code");
    }
}
