//! The next token file while it is being made.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};

use super::access::{Access, Model};
use super::open;
use super::permissions;
use super::place::explain;
use crate::store::StoreError;

/// Room for what another token adds to the file.
const ADDED: usize = 8 * 1024;

/// Made when the lease is taken, with room for the next token, so that a full disk or a missing
/// right shows before a token is fetched that could not be kept.
pub(super) struct Draft {
    file: File,
    path: PathBuf,
    is_spent: Cell<bool>,
}

impl Draft {
    /// Makes it, in place of what a dead owner left.
    pub(super) fn create(
        path: PathBuf,
        access: &Access,
        model: Option<Model>,
        size: usize,
    ) -> Result<Draft, StoreError> {
        remove(&path).map_err(|error| explain("removing the old", &path, &error))?;
        let file = open::fresh(&path).map_err(|error| explain("making", &path, &error))?;
        let draft = Draft {
            file,
            path,
            is_spent: Cell::new(false),
        };
        let made = access
            .dress_token(&draft.file, &draft.path, model)
            .and_then(|()| {
                let room = vec![b' '; size + ADDED];
                (&draft.file)
                    .write_all(&room)
                    .map_err(|error| explain("writing", &draft.path, &error))
            });
        if let Err(error) = made {
            let _ = remove(&draft.path);
            return Err(error);
        }
        Ok(draft)
    }

    /// Whether it can still become the token file: it has not yet, and no clean-up removed it.
    pub(super) fn is_ready(&self) -> bool {
        match (self.file.metadata(), self.path.symlink_metadata()) {
            (Ok(ours), Ok(there)) => !self.is_spent.get() && permissions::is_same(&ours, &there),
            _ => false,
        }
    }

    /// Makes `text` the token file, in one step.
    ///
    /// Nothing is flushed to the disk: a token file that a power cut takes costs one token request,
    /// and is kept by preference where a restart clears it anyway.
    pub(super) fn publish(&self, text: &str, token: &Path) -> Result<(), StoreError> {
        let write = || {
            let mut file = &self.file;
            file.rewind()?;
            // Over the room that was kept free, which is given up only afterwards.
            file.write_all(text.as_bytes())?;
            file.set_len(text.len() as u64)
        };
        write().map_err(|error| explain("writing", &self.path, &error))?;
        fs::rename(&self.path, token).map_err(|error| explain("replacing", token, &error))?;
        self.is_spent.set(true);
        Ok(())
    }
}

pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
