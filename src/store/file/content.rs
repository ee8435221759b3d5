//! The token file as it lies there.

use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::document::{Document, Unusable};
use super::open;
use super::permissions::Crowd;
use super::place::explain;
use crate::store::{StoreError, shown};

/// No token file is larger: a few hundred apps would fit.
pub(super) const LARGEST: usize = 1024 * 1024;

pub(super) struct Content {
    text: Zeroizing<Vec<u8>>,
}

impl Content {
    /// Reads the token file, if there is one.
    pub(super) fn read(path: &Path, crowd: &Crowd) -> Result<Option<Content>, StoreError> {
        let unreadable = |error| explain("opening", path, &error);
        let file = match open::existing(path, false) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let entry = file.metadata().map_err(unreadable)?;
        crowd.check_token(&entry, path)?;
        let size = usize::try_from(entry.len())
            .unwrap_or(usize::MAX)
            .min(LARGEST);
        // With room for the end to be seen: growing would leave copies of tokens behind.
        let mut text = Zeroizing::new(Vec::with_capacity(size + 64));
        file.take(LARGEST as u64 + 1)
            .read_to_end(&mut text)
            .map_err(|error| explain("reading", path, &error))?;
        if text.len() > LARGEST {
            return Err(
                StoreError::new(format!("{} is larger than 1 MiB", shown(path)))
                    .with_hint("It is no token file: remove it, or name another one."),
            );
        }
        Ok(Some(Content { text }))
    }

    /// What the file says; a damaged one says nothing. `name` is the store's.
    pub(super) fn document(&self, name: &str) -> Result<Document<'_>, StoreError> {
        let parsed = match std::str::from_utf8(&self.text) {
            Ok(text) => Document::parse(text),
            Err(_) => Err(Unusable::Damaged("it is not UTF-8")),
        };
        match parsed {
            Ok(document) => Ok(document),
            Err(Unusable::Damaged(why)) => {
                log::debug!(target: crate::LOG, "{name} is no token file, {why}; the next token replaces it");
                Ok(Document::default())
            }
            Err(Unusable::Newer(version)) => Err(StoreError::new(format!(
                "the token file was written by a newer version of this library (format {version})"
            ))
            .with_hint("Update this program, or give it a token file of its own.")),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }
}
