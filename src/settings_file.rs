//! Files that settings name: credentials, passwords, authorities. They are read with a limit, and
//! spoken of without giving away a secret that stands in the place of a path.
//!
//! The command's doctor looks at the same files by the same rules, and includes this one.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// More than any of them has: the authorities of a whole system take a quarter of it.
pub(crate) const LARGEST: u64 = 1 << 20;

/// What stands for a value that may be the secret itself, or hold one.
pub(crate) const HIDDEN: &str = "(a value that is no path, not shown)";

/// Why a file cannot be used.
pub(crate) enum Fault {
    Io(io::Error),
    /// It is no file but, say, `a named pipe`.
    Kind(&'static str),
    Larger(u64),
}

/// The content of the file at `path`, of `largest` bytes at most.
pub(crate) fn read(path: &Path, largest: u64) -> Result<Vec<u8>, Fault> {
    // Looked at before it is opened: opening a pipe could wait forever.
    let about = fs::metadata(path).map_err(Fault::Io)?;
    if let Some(kind) = kind(&about) {
        return Err(Fault::Kind(kind));
    }
    if about.len() > largest {
        return Err(Fault::Larger(largest));
    }
    let file = File::open(path).map_err(Fault::Io)?;
    // All at once: a vector that grows leaves copies of a secret behind.
    let room = usize::try_from(about.len()).unwrap_or(0).saturating_add(1);
    let mut bytes = Vec::with_capacity(room);
    let mut limited = file.take(largest.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(Fault::Io)?;
    if bytes.len() as u64 > largest {
        return Err(Fault::Larger(largest));
    }
    Ok(bytes)
}

/// What it is if it is no file, after links are followed.
fn kind(about: &Metadata) -> Option<&'static str> {
    let kind = about.file_type();
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("a directory");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let known = [
            (kind.is_fifo(), PIPE),
            (kind.is_char_device(), "a character device"),
            (kind.is_block_device(), "a block device"),
            (kind.is_socket(), "a socket"),
        ];
        if let Some((_, kind)) = known.into_iter().find(|(is, _)| *is) {
            return Some(kind);
        }
    }
    Some("no regular file")
}

#[cfg(unix)]
const PIPE: &str = "a named pipe";

impl Fault {
    pub(crate) fn why(&self) -> String {
        match self {
            Fault::Io(error) => error.to_string(),
            Fault::Kind(kind) => format!("it is {kind}"),
            Fault::Larger(largest) => format!("it holds more than {largest} bytes"),
        }
    }

    /// What to do about the file at `path` where that does not depend on what it should hold. `again`
    /// says when it is read: "at each token request".
    pub(crate) fn cure(&self, name: &str, path: &Path, again: &str) -> Option<String> {
        match self {
            #[cfg(unix)]
            Fault::Kind(PIPE) => Some(format!(
                "Write what it gives to a file, and point {name} to that: a pipe can be read only once, and this is read again {again}."
            )),
            // Windows says of a folder too that it may not be read.
            Fault::Io(error)
                if error.kind() == io::ErrorKind::PermissionDenied && !path.is_dir() =>
            {
                Some(match barrier(path) {
                    Some(folder) => format!(
                        "The user of this program may not enter the folder {}: give it that right (chmod u+x or g+x, chown or chgrp), or point {name} to a file elsewhere.",
                        shown(&folder)
                    ),
                    None => format!(
                        "Give the user of this program the right to read {}, or point {name} to a file that it may read.",
                        shown(path)
                    ),
                })
            }
            _ => None,
        }
    }
}

/// The first folder on the way to `path` that this user may not enter.
pub(crate) fn barrier(path: &Path) -> Option<PathBuf> {
    let is_denied = |about: io::Result<Metadata>| {
        about.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
    };
    let mut path = std::path::absolute(path).ok()?;
    // As often as links may lead on.
    for _ in 0..8 {
        let mut steps: Vec<&Path> = path.ancestors().collect();
        steps.reverse();
        let at = steps
            .iter()
            .position(|step| is_denied(fs::metadata(step)))?;
        let step = steps.get(at)?;
        if is_denied(fs::symlink_metadata(step)) {
            return step.parent().map(Path::to_owned);
        }
        path = step.parent()?.join(fs::read_link(step).ok()?);
    }
    None
}

/// The path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if looks_misplaced(&text) && !path.exists() {
        HIDDEN.to_owned()
    } else {
        text.replace(char::is_control, "?")
    }
}

/// Whether this may be a secret, a URL with a password, or a certificate with its key.
fn looks_misplaced(text: &str) -> bool {
    // Longer ones hardly exist, unlike keys of this length.
    const LONGEST: usize = 255;
    let is_file_name = || {
        text.rsplit_once('.').is_some_and(|(stem, ending)| {
            text.len() <= 40
                && !stem.contains('.')
                && (1..=5).contains(&ending.len())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    text.len() > LONGEST
        || text.contains(|c: char| c == '@' || c.is_control())
        || text.contains("://")
        || text.contains("BEGIN")
        || !text.contains(std::path::is_separator) && !is_file_name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let pem = "-----BEGIN CERTIFICATE-----";
        for (text, is_shown) in [
            ("/run/secrets/zoom", true),
            ("secrets/zoom", true),
            ("ca.pem", true),
            ("ca-2.crt", true),
            ("/run/v1.2/key", true),
            ("hunter22", false),
            ("eyJhbGciOi.eyJpc3MiOi.MDEyMz", false),
            ("redis://u:PW@h", false),
            ("redis:u:PW@h/0", false),
            ("https://ca.example/ca.pem", false),
            (pem, false),
            ("/x\nMIIC/y", false),
            (&"a/".repeat(200), false),
        ] {
            let told = shown(Path::new(text));
            assert_eq!(told == text, is_shown, "{text}: {told}");
            assert_eq!(told == HIDDEN, !is_shown, "{text}: {told}");
        }
    }

    #[test]
    fn a_limit_is_kept() {
        let path = std::env::temp_dir().join(format!("zoom-s2s-limit-{}", std::process::id()));
        fs::write(&path, [b'x'; 100]).unwrap();
        assert_eq!(read(&path, 100).ok().map(|bytes| bytes.len()), Some(100));
        let why = read(&path, 99).err().map(|fault| fault.why());
        assert_eq!(why.as_deref(), Some("it holds more than 99 bytes"));
        fs::remove_file(&path).unwrap();
        let fault = read(&std::env::temp_dir(), 9).unwrap_err();
        assert_eq!(fault.why(), "it is a directory");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_opened() {
        let fault = read(Path::new("/dev/zero"), LARGEST).unwrap_err();
        assert_eq!(fault.why(), "it is a character device");
        let path = std::env::temp_dir().join(format!("zoom-s2s-pipe-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.is_ok_and(|status| status.success()));
        let fault = read(&path, LARGEST).unwrap_err();
        fs::remove_file(&path).unwrap();
        assert_eq!(fault.why(), "it is a named pipe");
        let cure = fault.cure("X_FILE", &path, "at each token request");
        let cure = cure.unwrap_or_default();
        assert!(
            cure.contains("X_FILE") && cure.contains("only once"),
            "{cure}"
        );
    }
}
