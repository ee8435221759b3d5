//! Where the token file lies, and what the files beside it are called.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::permissions;
use crate::error::Result;
use crate::store::url::Options;
use crate::store::{StoreError, shown};

/// Of `.0123456789abcdef.lock`, and of a name on all usual file systems.
const LONGEST_SUFFIX: usize = 22;
const LONGEST_NAME: usize = 255;

const CURE: &str = "Write file:/path/of/a/file, in a directory that exists.";

/// The token file and its directory, without symbolic links.
pub(super) struct Place {
    token: PathBuf,
    directory: PathBuf,
}

impl Place {
    /// Reads what stands between `file:` and `?`, and refuses what could never work.
    pub(super) fn parse(place: &str, options: &Options) -> Result<Place> {
        let text = options.decode(place)?;
        let text = match text.strip_prefix("//") {
            Some(path) if path.starts_with('/') => path,
            Some(_) => {
                return Err(options.refuse(
                    "names a host after file://",
                    "Token files are local: write file:/path or file:///path.",
                ));
            }
            None => &text,
        };
        // `file:///C:/path` is how a URL spells a drive.
        let text = match text.as_bytes() {
            [b'/', _, b':', ..] if cfg!(windows) => text.get(1..).unwrap_or_default(),
            _ => text,
        };
        if text.is_empty() {
            return Err(options.refuse("names no file after file:", CURE));
        }
        if text.ends_with(std::path::is_separator) {
            return Err(options.refuse("names a directory, not a file", CURE));
        }
        Place::resolve(Path::new(text))
            .map_err(|error| options.refuse(&format!("cannot be used: {error}"), error.hint()))
    }

    fn resolve(path: &Path) -> Result<Place, StoreError> {
        let path = std::path::absolute(path).map_err(|error| explain("finding", path, &error))?;
        let Some((parent, name)) = path.parent().zip(path.file_name()) else {
            return Err(StoreError::new(format!("{} is a directory", shown(&path))).with_hint(CURE));
        };
        let given = parent;
        let parent = given
            .canonicalize()
            .map_err(|error| explain("opening the directory", given, &error))?;
        // Also the way that led here: links may have been planted on it.
        #[cfg(unix)]
        for way in [given, &parent] {
            permissions::check_way(way)?;
        }
        let crowd = permissions::check_directory(&parent)?;
        let token = match parent.join(name).symlink_metadata() {
            Ok(entry) if entry.is_symlink() => {
                crowd.check_owner(&entry, &path)?;
                path.canonicalize().map_err(|error| {
                    let refusal = explain("following the link", &path, &error);
                    match error.kind() {
                        io::ErrorKind::NotFound => refusal.with_hint(
                            "The link leads to no file: name the file itself, or remove the link.",
                        ),
                        _ => refusal,
                    }
                })?
            }
            _ => parent.join(name),
        };
        let Some(directory) = token.parent().map(Path::to_owned) else {
            return Err(
                StoreError::new(format!("{} is a directory", shown(&token))).with_hint(CURE)
            );
        };
        let length = token.file_name().unwrap_or_default().len();
        if length + LONGEST_SUFFIX > LONGEST_NAME {
            return Err(
                StoreError::new(format!("the name {} is too long", shown(&token)))
                    .with_hint("The files beside it have longer names: use at most 233 bytes."),
            );
        }
        #[cfg(unix)]
        permissions::check_way(&directory)?;
        let place = Place { token, directory };
        let crowd = permissions::check_directory(&place.directory)?;
        match place.token.symlink_metadata() {
            Ok(entry) => crowd.check_token(&entry, &place.token)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(explain("opening", &place.token, &error)),
        }
        Ok(place)
    }

    pub(super) fn token(&self) -> &Path {
        &self.token
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Held for the moment that a step takes.
    pub(super) fn short_lock(&self) -> PathBuf {
        self.beside(".lock")
    }

    /// The lease of one key.
    pub(super) fn lease(&self, key: &str) -> Result<PathBuf, StoreError> {
        Ok(self.beside(&format!(".{}.lock", stem(key)?)))
    }

    /// The next token file, before it is renamed. One holder of one lease writes it.
    pub(super) fn draft(&self, key: &str) -> Result<PathBuf, StoreError> {
        Ok(self.beside(&format!(".{}.new", stem(key)?)))
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.token.file_name().unwrap_or(OsStr::new("")).to_owned();
        name.push(suffix);
        self.directory.join(name)
    }
}

/// Enough of the key for a file's name; anything but a key could lead out of the directory.
fn stem(key: &str) -> Result<&str, StoreError> {
    let is_key = key.len() == 64 && key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match key.get(..16) {
        Some(stem) if is_key => Ok(stem),
        _ => Err(StoreError::new("the key is not 64 characters 0-9a-f")),
    }
}

/// What the system's refusal of `doing` something to `path` means, and what helps.
pub(super) fn explain(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    use io::ErrorKind as Kind;
    let shown = shown(path);
    let hint = match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => {
            "There is no space: make room there, or name a file on another disk."
        }
        Kind::ReadOnlyFilesystem => {
            "The file system is read-only: name a file elsewhere, such as in /run."
        }
        Kind::NotFound => "Make the directory first; it must be there before the program starts.",
        Kind::PermissionDenied => return refused(doing, path),
        _ if is_link(error) => "A symbolic link stands where a file should: remove it.",
        Kind::Unsupported => NO_LOCKS,
        // ENOLCK has no kind of its own.
        _ if doing == LOCKING => NO_LOCKS,
        _ => "",
    };
    let what = match error.kind() {
        Kind::StorageFull => "no space is left on the disk".to_owned(),
        Kind::QuotaExceeded => "no space is left in the quota".to_owned(),
        Kind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        Kind::NotFound => "it does not exist".to_owned(),
        _ => error.to_string(),
    };
    StoreError::new(format!("{doing} {shown} failed: {what}")).with_hint(hint)
}

#[cfg(unix)]
fn refused(doing: &str, path: &Path) -> StoreError {
    let error = StoreError::new(format!("{doing} {} failed: permission denied", shown(path)));
    match path.symlink_metadata() {
        Ok(entry) if entry.is_file() => error.with_hint(format!(
            "The file belongs to the user {}. If this user should share it, and another user's first run made it, remove \
             the token file and its *.lock files; add ?mode=0660&group=NAME where several users share it.",
            permissions::owner_name(&entry)
        )),
        _ => error.with_hint(
            "This user may not. All users of the file need the right to write its directory; add ?mode=0660&group=NAME \
             where they share a group only.",
        ),
    }
}

#[cfg(not(unix))]
fn refused(doing: &str, path: &Path) -> StoreError {
    StoreError::new(format!("{doing} {} failed: permission denied", shown(path))).with_hint(
        "This user may not. All users of the file need the right to change the files of its directory.",
    )
}

#[cfg(unix)]
fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

#[cfg(not(unix))]
fn is_link(_: &io::Error) -> bool {
    false
}

pub(super) const LOCKING: &str = "locking";
const NO_LOCKS: &str =
    "The file system cannot lock files: name a file in a local directory, such as /run.";
