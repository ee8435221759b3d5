//! Opens files without following links that others planted, and without waiting for anything.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::access::Access;
use super::permissions::Crowd;
use super::place::explain;
use crate::store::{StoreError, shown};

/// Opens a file that is there.
pub(super) fn existing(path: &Path, write: bool) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true).write(write);
    careful(&mut how);
    how.open(path)
}

/// Makes a file that nobody but its owner can open yet.
pub(super) fn fresh(path: &Path) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true).write(true).create_new(true);
    careful(&mut how);
    how.open(path)
}

#[cfg(unix)]
fn careful(how: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    // Without NONBLOCK a pipe somebody put there would be waited for.
    how.mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
}

#[cfg(not(unix))]
fn careful(_: &mut OpenOptions) {}

/// Opens a lock file, making it if need be. Lock files are never removed nor renamed: two processes
/// would then hold the lock of two files of one name.
pub(super) fn lock_file(path: &Path, access: &Access, crowd: &Crowd) -> Result<File, StoreError> {
    // The first attempt does not create: where everybody may write, Linux forbids that even for a
    // file that is there, if it is another user's (fs.protected_regular).
    for _ in 0..3 {
        let (file, is_new) = match existing(path, true) {
            Ok(file) => (file, false),
            Err(error) if error.kind() == ErrorKind::NotFound => match fresh(path) {
                Ok(file) => (file, true),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(explain("making the lock", path, &error)),
            },
            Err(error) => return Err(explain("opening the lock", path, &error)),
        };
        let entry = file
            .metadata()
            .map_err(|error| explain("opening the lock", path, &error))?;
        crowd.check_file(&entry, path)?;
        if is_new {
            access.dress_lock(&file, path, crowd.model())?;
        } else {
            access.mend_lock(&file, path);
        }
        return Ok(file);
    }
    Err(
        StoreError::new(format!("the lock {} comes and goes", shown(path)))
            .with_hint("Something removes the lock files: exempt them from clean-up."),
    )
}
