//! The check itself: a good store passes, and each kind of bad one is caught.

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::check;
use crate::store::{Lease, Reading, Slot, StoreError, TokenStore};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    None,
    Nameless,
    InventsValues,
    LeaseIsValue,
    ClockInSeconds,
    ClockStands,
    ClockRaces,
    GivesLeaseTwice,
    WaitsForLease,
    SavesForAnybody,
    SavesWithoutLease,
    SavesAfterUnlock,
    RewritesValues,
    CutsValues,
    KeepsFirstValue,
    TakesObjectsOnly,
    NeverUnlocks,
    AnybodyUnlocks,
    StrangersUnlock,
    NeverExpires,
    ExpiresAtOnce,
    LateOwnerSaves,
    OneLeaseForAll,
    OneValueForAll,
    IgnoresDeadline,
    LosesRaces,
    TiresOfRefusing,
    Fails,
}

impl Fault {
    /// Every fault, and the promise whose check finds it.
    const ALL: &[(Fault, &str)] = &[
        (Fault::Nameless, "a store has a name"),
        (Fault::InventsValues, "a key never saved"),
        (Fault::LeaseIsValue, "a key never saved"),
        (Fault::ClockInSeconds, "the clock"),
        (Fault::ClockStands, "the clock"),
        (Fault::ClockRaces, "the clock"),
        (Fault::GivesLeaseTwice, "one owner at a time"),
        (Fault::WaitsForLease, "one owner at a time"),
        (Fault::SavesForAnybody, "only the owner of the lease saves"),
        (
            Fault::SavesWithoutLease,
            "only the owner of the lease saves",
        ),
        (Fault::SavesAfterUnlock, "a lease given back"),
        (Fault::RewritesValues, "a value is given back"),
        (Fault::CutsValues, "a value is given back"),
        (Fault::KeepsFirstValue, "a value is given back"),
        (Fault::TakesObjectsOnly, "a sealed value"),
        (Fault::NeverUnlocks, "a lease given back"),
        (Fault::AnybodyUnlocks, "a lease given back"),
        (Fault::StrangersUnlock, "only the owner gives"),
        (Fault::NeverExpires, "a lease ends by itself"),
        (Fault::ExpiresAtOnce, "a lease ends by itself"),
        (Fault::LateOwnerSaves, "a lease ends by itself"),
        (Fault::OneLeaseForAll, "keys have nothing to do"),
        (Fault::OneValueForAll, "keys have nothing to do"),
        (Fault::IgnoresDeadline, "no operation goes on"),
        (Fault::LosesRaces, "a free lease goes to one"),
        (Fault::TiresOfRefusing, "a lease keeps all others out"),
        (Fault::Fails, "a key never saved"),
    ];
}

#[derive(Clone, Default)]
struct Row {
    value: Option<String>,
    owner: String,
    until: u64,
    asked: u64,
    /// All who ever had the lease.
    owners: Vec<String>,
}

struct Table {
    fault: Fault,
    rows: Mutex<HashMap<String, Row>>,
}

fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis() as u64
}

impl Table {
    fn new(fault: Fault) -> Table {
        Table {
            fault,
            rows: Mutex::default(),
        }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn row(&self, key: &str) -> Row {
        self.rows
            .lock()
            .unwrap()
            .get(key)
            .cloned()
            .unwrap_or_default()
    }

    fn change<T>(&self, key: &str, change: impl FnOnce(&mut Row) -> T) -> T {
        change(self.rows.lock().unwrap().entry(key.to_owned()).or_default())
    }

    /// Two rows, that faulty ones need not find under the key they were asked for.
    fn keys<'k>(&self, slot: &'k Slot<'_>) -> (&'k str, &'k str) {
        let lease = if self.is(Fault::OneLeaseForAll) {
            "lease"
        } else {
            slot.key()
        };
        let value = if self.is(Fault::OneValueForAll) {
            "value"
        } else {
            slot.key()
        };
        (lease, value)
    }
}

impl TokenStore for Table {
    fn name(&self) -> &str {
        if self.is(Fault::Nameless) {
            ""
        } else {
            "table"
        }
    }

    fn load(&self, slot: &Slot<'_>) -> Result<Reading, StoreError> {
        if self.is(Fault::Fails) {
            return Err(StoreError::new("the table is on fire"));
        }
        let row = self.row(self.keys(slot).1);
        let value = match row.value {
            None if self.is(Fault::InventsValues) => Some("{}".to_owned()),
            None if self.is(Fault::LeaseIsValue) && !row.owner.is_empty() => Some(row.owner),
            Some(value) if self.is(Fault::RewritesValues) => Some(value.replace("\\u0041", "A")),
            Some(value) if self.is(Fault::CutsValues) => Some(value.chars().take(4096).collect()),
            value => value,
        };
        let now_ms = match self.fault {
            Fault::ClockInSeconds => now_ms() / 1000,
            Fault::ClockStands => 1_700_000_000_000,
            Fault::ClockRaces => {
                1_700_000_000_000 + (now_ms() - 1_700_000_000_000) * 100 % 100_000_000_000
            }
            _ => now_ms(),
        };
        Ok(Reading { value, now_ms })
    }

    fn try_lock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<bool, StoreError> {
        let key = self.keys(slot).0;
        if self.is(Fault::LosesRaces) {
            // Looks first and takes later.
            let is_free = self.row(key).until <= now_ms();
            thread::sleep(Duration::from_millis(20));
            if is_free {
                self.change(key, |row| {
                    row.owners.push(lease.owner().to_owned());
                    row.until = now_ms() + lease.length().as_millis() as u64;
                });
            }
            return Ok(is_free);
        }
        if self.is(Fault::WaitsForLease) && self.row(key).until > now_ms() {
            thread::sleep(Duration::from_millis(2100));
        }
        Ok(self.change(key, |row| {
            let length = match self.fault {
                Fault::NeverExpires => 3_600_000,
                Fault::ExpiresAtOnce => lease.length().as_millis() as u64 / 8,
                _ => lease.length().as_millis() as u64,
            };
            row.asked += 1;
            let is_free = row.until <= now_ms()
                || self.is(Fault::GivesLeaseTwice)
                || self.is(Fault::TiresOfRefusing) && row.asked > 60;
            if is_free {
                row.owner = lease.owner().to_owned();
                row.owners.push(row.owner.clone());
                row.until = now_ms() + length;
            }
            is_free
        }))
    }

    fn save(
        &self,
        slot: &Slot<'_>,
        lease: &Lease,
        value: &str,
        _: Duration,
    ) -> Result<bool, StoreError> {
        if self.is(Fault::IgnoresDeadline) && slot.left().is_zero() {
            thread::sleep(Duration::from_millis(2100));
        }
        if self.is(Fault::TakesObjectsOnly) && !value.starts_with('{') {
            return Err(StoreError::new("the value is not a JSON object"));
        }
        let keys = self.keys(slot);
        let mut row = self.row(keys.0);
        let had = row.owners.iter().any(|owner| owner == lease.owner());
        let is_free = row.until <= now_ms();
        let owns = row.owner == lease.owner() && !is_free;
        let may = match self.fault {
            Fault::SavesForAnybody => !is_free,
            Fault::SavesWithoutLease => owns || is_free && !had,
            Fault::SavesAfterUnlock => owns || is_free && had,
            Fault::LateOwnerSaves => had && !is_free,
            Fault::LosesRaces => {
                row.owners
                    .last()
                    .is_some_and(|owner| owner == lease.owner())
                    && !is_free
            }
            _ => owns,
        };
        if may {
            self.change(keys.1, |kept| {
                if !(self.is(Fault::KeepsFirstValue) && kept.value.is_some()) {
                    row.value = Some(value.to_owned());
                    kept.value = row.value.take();
                }
            });
        }
        Ok(may)
    }

    fn unlock(&self, slot: &Slot<'_>, lease: &mut Lease) -> Result<(), StoreError> {
        self.change(self.keys(slot).0, |row| {
            let had = row
                .owners
                .last()
                .is_some_and(|owner| owner == lease.owner());
            let may = match self.fault {
                Fault::NeverUnlocks => false,
                Fault::AnybodyUnlocks => true,
                Fault::StrangersUnlock => {
                    let ever = row.owners.iter().any(|owner| owner == lease.owner());
                    row.owner == lease.owner() || !ever
                }
                Fault::LosesRaces => had,
                _ => row.owner == lease.owner(),
            };
            if may {
                row.until = 0;
            }
        });
        Ok(())
    }
}

#[test]
fn a_good_store_passes() {
    assert_eq!(check(&Table::new(Fault::None)), Ok(()));
}

#[test]
fn every_fault_is_found() {
    thread::scope(|scope| {
        for (fault, promise) in Fault::ALL {
            scope.spawn(move || {
                let breach =
                    check(&Table::new(*fault)).expect_err(&format!("{fault:?} was not found"));
                assert!(
                    breach.promise().starts_with(promise),
                    "{fault:?} found as: {breach}"
                );
                assert!(breach.to_string().contains(breach.seen()));
            });
        }
    });
}

#[test]
fn every_promise_is_there_because_some_store_breaks_it() {
    for (promise, _) in super::promises::PROMISES {
        let is_tried = Fault::ALL
            .iter()
            .any(|(_, found)| promise.starts_with(found));
        assert!(is_tried, "no fault for: {promise}");
    }
}
