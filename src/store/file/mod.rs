//! `file:` — one token for the processes of one host.
//!
//! Reading takes no lock: the token file is only ever replaced as a whole. All other steps are made
//! under one short lock, beside the token file; who may renew stands in a lease file per key. None
//! of this is kept in memory, so a forked child has nothing to forget.

mod access;
mod content;
mod document;
mod draft;
mod lease;
mod open;
mod permissions;
mod place;
mod short_lock;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::ErrorKind;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::access::Access;
use self::content::{Content, LARGEST};
use self::document::Document;
use self::draft::Draft;
use self::lease::Claim;
use self::permissions::Crowd;
use self::place::{Place, explain};
use self::short_lock::ShortLock;
use super::url::Options;
use super::{Lease, Reading, Slot, StoreError, TokenStore, shown};
use crate::error::Result;

/// Longest that `try_lock` waits for the short lock: who comes too late is told that the lease is
/// taken, and asks again.
const PATIENCE: Duration = Duration::from_millis(250);

pub(super) struct FileStore {
    name: String,
    place: Place,
    access: Access,
}

/// What is kept with a lease.
struct Held {
    lease: File,
    draft: Draft,
}

impl FileStore {
    /// Opens the store of which a setting says `file:`, then `place`. Nothing is written yet.
    pub(super) fn open(place: &str, options: &mut Options) -> Result<FileStore> {
        let access = Access::parse(options)?;
        let place = Place::parse(place, options)?;
        let name = format!("file:{}", shown(place.token()));
        Ok(FileStore {
            name,
            place,
            access,
        })
    }

    fn read(&self, crowd: &Crowd) -> Result<Option<Content>, StoreError> {
        Content::read(self.place.token(), crowd)
    }

    fn short_lock(
        &self,
        crowd: &Crowd,
        patience: Duration,
    ) -> Result<Option<ShortLock>, StoreError> {
        ShortLock::take(&self.place, &self.access, crowd, patience)
    }

    /// The short lock for what the owner of the lease does: all that is left of its time is worth it.
    fn owners_lock(&self, crowd: &Crowd, slot: &Slot<'_>) -> Result<ShortLock, StoreError> {
        self.short_lock(crowd, slot.left())?.ok_or_else(|| {
            let path = self.place.short_lock();
            StoreError::new(format!("{} is held by another process", shown(&path))).with_hint(
                "It should be for microseconds only: look for a stopped process that has it open.",
            )
        })
    }

    fn crowd(&self) -> Result<Crowd, StoreError> {
        let crowd = permissions::check_directory(self.place.directory())?;
        Ok(crowd.with_token(self.place.token()))
    }

    /// The lease file and its claim, where there is one.
    fn claim(&self, slot: &Slot<'_>, crowd: &Crowd) -> Result<Option<(File, Claim)>, StoreError> {
        let path = self.place.lease(slot.key())?;
        let failed = |error| explain("opening the lock", &path, &error);
        let file = match open::existing(&path, true) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        crowd.check_file(&file.metadata().map_err(failed)?, &path)?;
        Ok(Claim::read(&file)
            .map_err(failed)?
            .map(|claim| (file, claim)))
    }

    /// Takes the lease, under the short lock.
    fn take(
        &self,
        slot: &Slot<'_>,
        crowd: &Crowd,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        let path = self.place.lease(slot.key())?;
        let failed = |error| explain(place::LOCKING, &path, &error);
        let file = open::lock_file(&path, &self.access, crowd)?;
        let now = now_ms();
        if let Some(claim) = Claim::read(&file).map_err(failed)?
            && claim.is_live(&file, now, lease.length()).map_err(failed)?
        {
            return Ok(None);
        }
        let kept = self.read(crowd)?;
        let kernel = lease::take_liveness(&file).map_err(failed)?;
        let claim = Claim {
            owner: lease.owner().to_owned(),
            until_ms: now.saturating_add(lease::millis(lease.length())),
            kernel,
        };
        let written = claim
            .write(&file)
            .map_err(|error| explain("writing", &path, &error));
        let made = written.and_then(|()| {
            let (model, size) = (crowd.model(), kept.as_ref().map_or(0, Content::len));
            Draft::create(self.place.draft(slot.key())?, &self.access, model, size)
        });
        match made {
            Ok(draft) => Ok(Some(Held { lease: file, draft })),
            Err(error) => {
                let _ = lease::clear(&file);
                let _ = file.unlock();
                Err(error)
            }
        }
    }

    /// Frees the lease, under the short lock, if it is still the owner's.
    fn free(&self, slot: &Slot<'_>, crowd: &Crowd, owner: &str) -> Result<(), StoreError> {
        if let Some((file, claim)) = self.claim(slot, crowd)?
            && claim.owner == owner
        {
            // Whatever becomes of the draft, the next owner makes a new one.
            let _ = draft::remove(&self.place.draft(slot.key())?);
            let path = self.place.lease(slot.key())?;
            lease::clear(&file).map_err(|error| explain("writing", &path, &error))?;
        }
        Ok(())
    }
}

impl TokenStore for FileStore {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_private(&self) -> bool {
        true
    }

    fn load(&self, slot: &Slot<'_>) -> Result<Reading, StoreError> {
        let value = match self.read(&self.crowd()?)? {
            Some(content) => content
                .document(&self.name)?
                .value(slot.key())
                .map(str::to_owned),
            None => None,
        };
        Ok(Reading {
            value,
            now_ms: now_ms(),
        })
    }

    fn try_lock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<bool, StoreError> {
        let crowd = self.crowd()?;
        // A look without the short lock first, lest all who wait for the holder queue for that.
        if let Some((file, claim)) = self.claim(slot, &crowd)?
            && claim
                .is_live(&file, now_ms(), lease.length())
                .or_else(|error| {
                    let path = self.place.lease(slot.key())?;
                    Err(explain(place::LOCKING, &path, &error))
                })?
        {
            return Ok(false);
        }
        let Some(_short) = self.short_lock(&crowd, PATIENCE.min(slot.left()))? else {
            return Ok(false);
        };
        let Some(held) = self.take(slot, &crowd, lease)? else {
            return Ok(false);
        };
        lease.keep(Box::new(held));
        Ok(true)
    }

    fn save(
        &self,
        slot: &Slot<'_>,
        lease: &Lease,
        value: &str,
        _: Duration,
    ) -> Result<bool, StoreError> {
        let Some(value) = document::as_value(value) else {
            return Err(StoreError::new("the value is not a JSON object"));
        };
        let crowd = self.crowd()?;
        let _short = self.owners_lock(&crowd, slot)?;
        let now = now_ms();
        match self.claim(slot, &crowd)? {
            Some((_, claim)) if claim.is_of(lease.owner(), now) => {}
            _ => return Ok(false),
        }
        let kept = self.read(&crowd)?;
        let mut document = match &kept {
            Some(content) => content.document(&self.name)?,
            None => Document::default(),
        };
        document.set(slot.key(), value);
        document.tidy(slot.key(), now);
        let text = document.text();
        if text.len() > LARGEST {
            return Err(StoreError::new(format!(
                "{} would grow beyond 1 MiB",
                shown(self.place.token())
            ))
            .with_hint("Give some of the apps a token file of their own."));
        }
        let made;
        let draft = match lease.kept::<Held>() {
            Some(held) if held.draft.is_ready() => &held.draft,
            _ => {
                let path = self.place.draft(slot.key())?;
                made = Draft::create(path, &self.access, crowd.model(), text.len())?;
                &made
            }
        };
        draft.publish(&text, self.place.token())?;
        Ok(true)
    }

    fn unlock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<(), StoreError> {
        let held = lease.take_kept::<Held>();
        let freed = self.crowd().and_then(|crowd| {
            let short = self.owners_lock(&crowd, slot)?;
            self.free(slot, &crowd, lease.owner())?;
            Ok(short)
        });
        if let Some(held) = held {
            // Also where the rest failed: then others see that nobody holds the lease. Closing is
            // not enough, as a child forked meanwhile has the file open too.
            let _ = held.lease.unlock();
        }
        freed.map(drop)
    }
}

/// One host, one clock.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, lease::millis)
}
