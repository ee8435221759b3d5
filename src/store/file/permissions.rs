//! Where a token must not lie: what others could read, replace or plant.

use std::fs::Metadata;
use std::path::Path;

use super::access::Model;
use super::place::explain;
use crate::store::{StoreError, shown};

/// What is known about those who can write the directory.
pub(super) struct Crowd {
    /// Everybody can, as in /tmp: a file is trusted only for its owner.
    is_public: bool,
    model: Option<Model>,
}

/// Refuses a directory in which anybody could replace our files.
pub(super) fn check_directory(directory: &Path) -> Result<Crowd, StoreError> {
    let entry = directory
        .metadata()
        .map_err(|error| explain("opening the directory", directory, &error))?;
    if !entry.is_dir() {
        return Err(
            StoreError::new(format!("{} is not a directory", shown(directory)))
                .with_hint("Write file:/path/of/a/file, in a directory that exists."),
        );
    }
    let is_public = is_public(&entry, directory)?;
    Ok(Crowd {
        is_public,
        // What root makes should be of use to those whose directory it is.
        model: model(&entry)
            .filter(|_| is_root() && !is_public)
            .map(|model| Model {
                mode: None,
                ..model
            }),
    })
}

/// Refuses a way to a directory on which anybody could put another directory in its place.
#[cfg(unix)]
pub(super) fn check_way(directory: &Path) -> Result<(), StoreError> {
    let mut below = directory;
    while let Some(above) = below.parent() {
        let failed = |error| explain("opening the directory", above, &error);
        if is_public(&above.metadata().map_err(failed)?, above)?
            && !is_ours(&below.symlink_metadata().map_err(failed)?)
        {
            return Err(foreign(below));
        }
        below = above;
    }
    Ok(())
}

/// Whether everybody may put files into a directory. Refuses one whose files anybody may replace.
fn is_public(entry: &Metadata, directory: &Path) -> Result<bool, StoreError> {
    let mode = mode(entry);
    let is_public = mode & 0o002 != 0;
    if is_public && mode & 0o1000 == 0 {
        let shown = shown(directory);
        return Err(StoreError::new(format!(
            "everybody may replace the files in the directory {shown}"
        ))
        .with_hint(format!(
            "Take the right from them, chmod o-w {shown}, or use a directory of your own."
        )));
    }
    Ok(is_public)
}

fn foreign(path: &Path) -> StoreError {
    StoreError::new(format!(
        "{} belongs to another user, in a directory that everybody may write",
        shown(path)
    ))
    .with_hint("Remove it, or better use a directory of your own.")
}

impl Crowd {
    /// Lets our files take after the token file, if there is one.
    pub(super) fn with_token(mut self, path: &Path) -> Crowd {
        if let Ok(entry) = path.symlink_metadata()
            && self.check_file(&entry, path).is_ok()
        {
            self.model = model(&entry);
        }
        self
    }

    pub(super) fn model(&self) -> Option<Model> {
        self.model
    }

    /// Refuses a token file that others could read or have made.
    pub(super) fn check_token(&self, entry: &Metadata, path: &Path) -> Result<(), StoreError> {
        self.check_file(entry, path)?;
        if mode(entry) & 0o007 != 0 {
            let shown = shown(path);
            return Err(
                StoreError::new(format!("everybody may use the token file {shown}")).with_hint(
                    format!("Its token may be known: chmod o-rwx {shown}, or remove the file."),
                ),
            );
        }
        Ok(())
    }

    /// Refuses what is no file, or somebody else's where everybody may put files, or has a second
    /// name: that could be any file of ours, planted under this name.
    pub(super) fn check_file(&self, entry: &Metadata, path: &Path) -> Result<(), StoreError> {
        if !entry.is_file() {
            let what = if entry.is_dir() {
                "a directory"
            } else {
                "not a regular file"
            };
            return Err(StoreError::new(format!("{} is {what}", shown(path)))
                .with_hint("Name a file; it is made when the first token is saved."));
        }
        if names(entry) > 1 {
            return Err(StoreError::new(format!(
                "{} is a hard link: the same file has another name too",
                shown(path)
            ))
            .with_hint("Remove it; it is made again."));
        }
        self.check_owner(entry, path)
    }

    pub(super) fn check_owner(&self, entry: &Metadata, path: &Path) -> Result<(), StoreError> {
        if self.is_public && !is_ours(entry) {
            return Err(foreign(path));
        }
        Ok(())
    }
}

/// Whether two entries are one file.
#[cfg(unix)]
pub(super) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(unix)]
fn model(entry: &Metadata) -> Option<Model> {
    use std::os::unix::fs::MetadataExt;
    Some(Model {
        user: entry.uid(),
        group: entry.gid(),
        mode: Some(entry.mode()),
    })
}

/// How many names a file has: none, if it was replaced since it was opened.
#[cfg(unix)]
fn names(entry: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    entry.nlink()
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// The name of a file's owner, or its number.
#[cfg(unix)]
pub(super) fn owner_name(entry: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    match nix::unistd::User::from_uid(entry.uid().into()) {
        Ok(Some(user)) => shown(Path::new(&user.name)),
        _ => entry.uid().to_string(),
    }
}

#[cfg(unix)]
fn mode(entry: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt;
    entry.mode()
}

/// Root is trusted, as everywhere.
#[cfg(unix)]
fn is_ours(entry: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    entry.uid() == 0 || entry.uid() == nix::unistd::geteuid().as_raw()
}

/// An open file cannot be removed from its directory here.
#[cfg(not(unix))]
pub(super) fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn model(_: &Metadata) -> Option<Model> {
    None
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Access lists are the administrator's here.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}

#[cfg(not(unix))]
fn is_ours(_: &Metadata) -> bool {
    true
}
