//! One token for everybody who shares a store: lock, look, fetch, save, unlock.
//!
//! The same for every store; what a store itself must do is in [`crate::store`]. None of these steps
//! waits for another process: whoever finds the lock taken is told so, and the state machine says
//! when to look again.

mod record;
mod seal;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use self::record::Clock;
use self::seal::Seal;
use super::endpoint::Presented;
use super::machine::{Moment, TokenId};
use super::value::Token;
use crate::call::Call;
use crate::error::{Details, Error};
use crate::stats::Counter;
use crate::store::{Lease, Slot, StoreError, TokenStore};

/// How long a holder of the store's lock is left alone before the next one may take it.
const LEASE: Duration = Duration::from_secs(15);
/// Longest time for a token request under the lock, so that the token is saved while it is held.
pub(super) const LONGEST_FETCH: Duration = Duration::from_secs(10);
/// Longest time for looking and locking; a quarter of the call's time if that is less, so that enough is
/// left to go on without the store.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest time for saving a token and for giving the lock back. Both are done even when the call has
/// ended: others have lost their token to the new one, and wait for the lock.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// A client's way to its store.
pub(crate) struct Sharing {
    store: Arc<dyn TokenStore>,
    strict: bool,
}

/// Which token of a store would do.
pub(super) struct Wanted {
    /// None of these: held already, or refused by the API.
    pub(super) not: Vec<TokenId>,
    /// A live token is held, so only one that is not stale is better.
    pub(super) fresh: bool,
    /// Asked for no earlier than this.
    pub(super) since: Option<Moment>,
}

impl Wanted {
    fn accepts(&self, token: &Token, now: Moment) -> bool {
        let lease = token.lease();
        !self.not.contains(&lease.id)
            && (!self.fresh || !lease.is_stale(now))
            && self
                .since
                .is_none_or(|since| lease.obtained.mono >= since.mono)
    }
}

/// What came of going to the store.
pub(super) enum Begun<'a> {
    /// It holds a token that will do. `locked`: it could be locked too.
    Found { token: Token, locked: bool },
    /// It holds no such token, and that was the whole question.
    Nothing,
    /// Somebody else holds its lock.
    Busy,
    /// The lock is ours: fetch, then [`finish`](Renewal::finish).
    Locked(Renewal<'a>),
}

impl Begun<'_> {
    pub(super) fn found(token: Token, locked: bool) -> Self {
        Begun::Found { token, locked }
    }
}

/// Why nothing came of it.
pub(super) struct Failed {
    pub(super) error: StoreError,
    /// The store could be read; it could not be locked or written.
    pub(super) is_readable: bool,
}

/// What became of a new token.
pub(super) enum Finished {
    Saved,
    /// The lock had gone to somebody else, who saved another one.
    Superseded(Token),
    Unsaved(StoreError),
}

impl Sharing {
    pub(crate) fn new(store: Arc<dyn TokenStore>, strict: bool) -> Sharing {
        Sharing { store, strict }
    }

    pub(crate) fn name(&self) -> &str {
        self.store.name()
    }

    /// What tells clients that share a token in this process from others.
    pub(crate) fn identity(&self) -> (&str, bool) {
        (self.name(), self.strict)
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// The error of a call that must not go on without the store.
    pub(super) fn refusal(&self, error: &StoreError) -> Error {
        let hint = if error.hint().is_empty() {
            "Repair the store, or leave `strict` out to go on without it while it is away.".into()
        } else {
            error.hint().to_owned()
        };
        let message = format!("the token store {} cannot be used: {error}", self.name());
        Error::Store(Details::new(message).with_hint(hint))
    }

    /// One visit to the store, for the app that `presented` proves, by `call`, which gives it no more
    /// time than `budget` has.
    pub(super) fn visit<'a>(
        &'a self,
        call: Call<'a>,
        budget: Call<'a>,
        oauth_url: &str,
        presented: &Presented,
    ) -> Visit<'a> {
        let patience = PATIENCE.min(call.left() / 4);
        Visit {
            sharing: self,
            call: budget.within(patience),
            key: key(oauth_url, presented),
            secret: presented.client_secret.clone(),
        }
    }
}

/// A visit to the store.
pub(super) struct Visit<'a> {
    sharing: &'a Sharing,
    /// With the time for looking and locking.
    call: Call<'a>,
    key: String,
    secret: crate::secret::Secret,
}

impl<'a> Visit<'a> {
    /// A token that will do, if the store has one, and the store's clock.
    fn load(&self, wanted: &Wanted, slot: &Slot<'_>) -> Result<(Option<Token>, Clock), StoreError> {
        let here = Moment::now();
        self.count();
        let reading = self.sharing.store.load(slot)?;
        let clock = Clock {
            store_ms: reading.now_ms,
            here,
        };
        let token = reading.value.map(Zeroizing::new).and_then(|value| {
            if self.sharing.store.is_private() {
                return record::read(&value, clock);
            }
            let text = Seal::new(self.secret.expose(), &self.key)?.open(&value);
            if text.is_none() {
                log::info!(
                    target: crate::LOG,
                    "the value in {} was not sealed with this client secret, and is not used", self.sharing.name()
                );
            }
            record::read(&text?, clock)
        });
        let token = token.filter(|token| wanted.accepts(token, Moment::now()));
        Ok((token, clock))
    }

    /// Only looks.
    pub(super) fn look(&self, wanted: &Wanted) -> Result<Option<Token>, Failed> {
        let loaded = self.load(wanted, &self.slot());
        Ok(loaded.map_err(Failed::unreadable)?.0)
    }

    /// Looks, and if there is no token that would do, tries to take the lock. `doubtful`: the lock
    /// could not be taken before. Then it is tried whatever there is, or else a process that others
    /// provide with tokens would never learn that the store was mended.
    pub(super) fn begin(self, wanted: &Wanted, doubtful: bool) -> Result<Begun<'a>, Failed> {
        let found = self.look(wanted)?;
        if let (Some(token), false) = (&found, doubtful) {
            return Ok(Begun::found(token.clone(), false));
        }
        let mut lease = Lease::new(LEASE).map_err(Failed::unwritable)?;
        self.count();
        let locked = self.sharing.store.try_lock(&self.slot(), &mut lease);
        match (locked, found) {
            (Ok(true), _) => {}
            (_, Some(token)) => return Ok(Begun::found(token, false)),
            (Ok(false), None) => return Ok(Begun::Busy),
            (Err(error), None) => return Err(Failed::unwritable(error)),
        }
        let mut renewal = Renewal {
            visit: self,
            lease: Some(lease),
            clock: None,
        };
        // Somebody may have saved a token and given the lock back since the first look.
        let loaded = renewal.visit.load(wanted, &renewal.visit.slot());
        let (token, clock) = loaded.map_err(Failed::unreadable)?;
        renewal.clock = Some(clock);
        Ok(match token {
            Some(token) => Begun::found(token, true),
            None => Begun::Locked(renewal),
        })
    }

    fn slot(&self) -> Slot<'_> {
        Slot::of_call(&self.key, self.call.deadline, self.call.epoch)
    }

    /// For what is done whether or not the call has ended.
    fn slot_of_its_own(&self) -> Slot<'_> {
        Slot::new(&self.key, AFTERWARDS)
    }

    fn count(&self) {
        self.call.epoch.stats().add(Counter::StoreOperations);
    }
}

/// The time between lock and unlock. Dropped, it gives the lock back whatever has happened.
pub(super) struct Renewal<'a> {
    visit: Visit<'a>,
    lease: Option<Lease>,
    clock: Option<Clock>,
}

impl Renewal<'_> {
    /// What others have saved meanwhile.
    pub(super) fn look(&self, wanted: &Wanted) -> Option<Token> {
        let loaded = self.visit.load(wanted, &self.visit.slot_of_its_own());
        loaded.ok()?.0
    }

    /// Saves a new token, unless the lock has gone to somebody else meanwhile: this process may have
    /// been stopped, and its token may be dead.
    pub(super) fn finish(self, token: &Token, forced: bool, wanted: Wanted) -> Finished {
        let (Some(lease), Some(clock)) = (&self.lease, self.clock) else {
            return Finished::Unsaved(StoreError::new("the lock was lost"));
        };
        let visit = &self.visit;
        let slot = visit.slot_of_its_own();
        let store = &visit.sharing.store;
        let text = record::write(token, forced, clock);
        let value = if store.is_private() {
            Some(text)
        } else {
            Seal::new(visit.secret.expose(), &visit.key)
                .and_then(|seal| seal.seal(&text))
                .map(Zeroizing::new)
        };
        let Some(value) = value else {
            return Finished::Unsaved(StoreError::new("the token could not be sealed"));
        };
        let life = token.lease().left(Moment::now());
        visit.count();
        match store.save(&slot, lease, &value, life) {
            Ok(true) => Finished::Saved,
            Ok(false) => {
                let mut better = wanted;
                better.not.push(token.id());
                better.fresh = true;
                match self.look(&better) {
                    Some(other) => Finished::Superseded(other),
                    None => Finished::Unsaved(StoreError::new(
                        "the token came so late that the lock had gone to another process",
                    )),
                }
            }
            Err(error) => Finished::Unsaved(error),
        }
    }
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        let Some(mut lease) = self.lease.take() else {
            return;
        };
        let slot = self.visit.slot_of_its_own();
        self.visit.count();
        let store = &self.visit.sharing.store;
        // A store that others wrote may panic, and this may be the unwinding of its first panic: a
        // second one would end the process.
        let unlocked = catch_unwind(AssertUnwindSafe(|| store.unlock(&slot, &mut lease)));
        if let Ok(Err(error)) = unlocked {
            log::warn!(
                target: crate::LOG,
                "the lock of {} could not be given back, it ends by itself: {error}", store.name()
            );
        }
    }
}

impl Failed {
    fn unreadable(error: StoreError) -> Failed {
        Failed {
            error,
            is_readable: false,
        }
    }

    fn unwritable(error: StoreError) -> Failed {
        Failed {
            error,
            is_readable: true,
        }
    }
}

/// One app of one account in one cloud, as 64 hexadecimal digits. The lines are documented: programs
/// that read a token file compute them too.
fn key(oauth_url: &str, presented: &Presented) -> String {
    let mut context = Context::new(&SHA256);
    let account_id = presented.account_id.expose();
    let client_id = presented.client_id.expose();
    for line in [oauth_url, account_id, client_id] {
        context.update(line.as_bytes());
        context.update(b"\n");
    }
    let digest = context.finish();
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    hex.collect()
}
