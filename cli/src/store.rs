//! Passwords in the URL of a token store, which must not stand on a command line.

use std::ffi::OsString;

use crate::failure::Failure;

/// Options of a store, behind the question mark of its URL.
const OPTIONS: [&str; 6] = ["db", "mode", "password_file", "prefix", "strict", "user"];

/// Refuses arguments with such a password, wherever it stands. This comes before the parser, whose
/// errors repeat what stands behind a misspelt option.
pub(crate) fn check(mut arguments: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    if arguments.any(|argument| has_password(&argument.to_string_lossy())) {
        return Err(Failure::Usage {
            message: "a password in the URL of --token-store can be read by everybody on this \
                      machine: command lines are public",
            hint: "Put the URL into ZOOM_S2S_TOKEN_STORE instead, or the password into a file: \
                   redis://HOST?password_file=PATH.\n\
                   If others use this machine, take another password: this one may have been seen.",
        });
    }
    Ok(())
}

/// Whether the URL of a Redis store with a password in it is part of `argument`. In doubt it is.
fn has_password(argument: &str) -> bool {
    let argument = argument.to_ascii_lowercase();
    ["redis:", "rediss:", "unix:"].into_iter().any(|scheme| {
        let Some((_, rest)) = argument.split_once(scheme) else {
            return false;
        };
        let authority = match scheme {
            // A path, unless it is written as if there were a host.
            "unix:" => rest
                .strip_prefix("//")
                .filter(|rest| !rest.starts_with('/')),
            _ => Some(rest.trim_start_matches('/')),
        };
        authority.is_some_and(has_login)
            || rest
                .split(['?', '&'])
                .any(|option| option.starts_with("password="))
    })
}

/// Whether `user:password@` is in it, be it that the password holds what should end it.
fn has_login(authority: &str) -> bool {
    let (place, query) = authority.split_once('?').unwrap_or((authority, ""));
    let first = query.split(['=', '&']).next().unwrap_or_default();
    let login = if OPTIONS.contains(&first) {
        place
    } else {
        authority
    };
    let login = login.rsplit_once('@').map(|(login, _)| login);
    login.is_some_and(|login| login.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn passwords_are_found_wherever_they_stand() {
        for argument in [
            "redis://user:pw@host",
            "redis://:pw@host:6379/0",
            "--token-store=rediss://:pw@host",
            "--tokn-stor=REDIS://u:pw@host?strict",
            "redis://:p@w@host",
            "redis://:p?w@host",
            "redis://:p/w#x@host?strict",
            "redis:u:pw@host",
            "unix://u:pw@/run/redis.sock",
            "redis+unix://:pw@/run/redis.sock",
            "redis://host?password=pw",
            "unix:/run/redis.sock?db=1&password=pw",
        ] {
            assert!(has_password(argument), "{argument}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_let_through() {
        for argument in [
            "redis://host",
            "redis://host:6379/1?strict",
            "redis://[::1]:6379",
            "redis://user@host:6379?password_file=/etc/redis:pw@host",
            "rediss://host:6380?prefix=a:b&password_file=/etc/pw",
            "unix:/run/a:b@c/redis.sock",
            "unix:///run/a:b@c/redis.sock?user=me",
            "file:/run/a:b@c/token",
            "memory:",
            "--output=users:all@night.csv",
        ] {
            assert!(!has_password(argument), "{argument}");
        }
    }
}
