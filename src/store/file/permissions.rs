//! Where a token must not lie: what others could read, replace or plant.

use std::fs::Metadata;
use std::path::Path;

use super::access::Owner;
use super::place::explain;
use crate::store::StoreError;

/// What is known about those who can write the directory.
pub(super) struct Crowd {
    /// Everybody can, as in /tmp: a file is trusted only for its owner.
    is_public: bool,
}

/// Refuses a directory in which anybody could replace our files.
pub(super) fn check_directory(directory: &Path) -> Result<Crowd, StoreError> {
    let entry = directory
        .metadata()
        .map_err(|error| explain("opening the directory", directory, &error))?;
    let shown = directory.display();
    if !entry.is_dir() {
        return Err(StoreError::new(format!("{shown} is not a directory"))
            .with_hint("Write file:/path/of/a/file, in a directory that exists."));
    }
    let mode = mode(&entry);
    let is_public = mode & 0o002 != 0;
    if is_public && mode & 0o1000 == 0 {
        return Err(StoreError::new(format!(
            "everybody may replace the files in the directory {shown}"
        ))
        .with_hint(format!(
            "Take the right from them, chmod o-w {shown}, or use a directory of your own."
        )));
    }
    Ok(Crowd { is_public })
}

impl Crowd {
    /// Refuses a token file that others could read or have made.
    pub(super) fn check_token(&self, entry: &Metadata, path: &Path) -> Result<(), StoreError> {
        self.check_file(entry, path)?;
        if mode(entry) & 0o007 != 0 {
            let shown = path.display();
            return Err(
                StoreError::new(format!("everybody may use the token file {shown}")).with_hint(
                    format!("Its token may be known: chmod o-rwx {shown}, or remove the file."),
                ),
            );
        }
        Ok(())
    }

    /// Refuses what is no file, or somebody else's where everybody may put files.
    pub(super) fn check_file(&self, entry: &Metadata, path: &Path) -> Result<(), StoreError> {
        if !entry.is_file() {
            let what = if entry.is_dir() {
                "a directory"
            } else {
                "not a regular file"
            };
            return Err(StoreError::new(format!("{} is {what}", path.display()))
                .with_hint("Name a file; it is made when the first token is saved."));
        }
        self.check_owner(entry, path)
    }

    pub(super) fn check_owner(&self, entry: &Metadata, path: &Path) -> Result<(), StoreError> {
        if self.is_public && !is_ours(entry) {
            return Err(StoreError::new(format!(
                "{} belongs to another user, in a directory that everybody may write",
                path.display()
            ))
            .with_hint("Remove it, or better use a directory of your own."));
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
pub(super) fn owner(entry: &Metadata) -> Option<Owner> {
    use std::os::unix::fs::MetadataExt;
    Some(Owner {
        user: entry.uid(),
        group: entry.gid(),
    })
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
pub(super) fn owner(_: &Metadata) -> Option<Owner> {
    None
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
