//! The store, asked about one key.

use std::time::Duration;

use crate::store::{Lease, Slot, StoreError, TokenStore};

/// For an operation: far more than a store on the other side of a continent needs.
const TIMEOUT: Duration = Duration::from_secs(5);
/// What is left behind may be dropped then.
pub(super) const LIFE: Duration = Duration::from_secs(60);

/// What was seen instead, where a promise is broken.
pub(super) type Outcome<T = ()> = Result<T, String>;

/// One key, and the operations on it with their failures in words.
pub(super) struct App<'s> {
    store: &'s dyn TokenStore,
    pub(super) key: String,
    ends_ms: u64,
}

impl<'s> App<'s> {
    pub(super) fn new(store: &'s dyn TokenStore) -> Outcome<App<'s>> {
        // An owner's name is drawn by chance, and half as long as a key.
        let key = lease(LIFE)?.owner().to_owned() + lease(LIFE)?.owner();
        let mut app = App {
            store,
            key,
            ends_ms: 0,
        };
        app.ends_ms = app.now_ms()?.saturating_add(60_000);
        Ok(app)
    }

    pub(super) fn slot(&self) -> Slot<'_> {
        Slot::new(&self.key, TIMEOUT)
    }

    /// A JSON object, as all values are that a private store gets.
    pub(super) fn value(&self, text: &str) -> String {
        format!("{{{}", self.tail(text))
    }

    pub(super) fn tail(&self, text: &str) -> String {
        format!("\"expires_at_ms\":{},\"text\":\"{text}\"}}", self.ends_ms)
    }

    pub(super) fn number(value: &str) -> Option<u64> {
        let (_, text) = value.rsplit_once(":\"")?;
        text.strip_suffix("\"}")?.parse().ok()
    }

    pub(super) fn now_ms(&self) -> Outcome<u64> {
        let reading = self.store.load(&self.slot()).map_err(failed("load"))?;
        Ok(reading.now_ms)
    }

    pub(super) fn load(&self) -> Outcome<Option<String>> {
        let reading = self.store.load(&self.slot()).map_err(failed("load"))?;
        Ok(reading.value)
    }

    pub(super) fn expect(&self, expected: Option<&str>) -> Outcome {
        let value = self.load()?;
        ensure(value.as_deref() == expected, || {
            let length = |value: Option<&str>| {
                value.map_or("none".to_owned(), |text| format!("{} bytes", text.len()))
            };
            format!(
                "another value than expected: {}, not {}",
                length(value.as_deref()),
                length(expected)
            )
        })
    }

    pub(super) fn try_lock(&self, length: Duration) -> Outcome<(Lease, bool)> {
        let mut lease = lease(length)?;
        let got = self
            .store
            .try_lock(&self.slot(), &mut lease)
            .map_err(failed("try_lock"))?;
        Ok((lease, got))
    }

    pub(super) fn lock(&self, length: Duration) -> Outcome<Lease> {
        let (lease, got) = self.try_lock(length)?;
        ensure(got, || "a free lease was not given out".to_owned())?;
        Ok(lease)
    }

    pub(super) fn save(&self, lease: &Lease, value: &str) -> Outcome<bool> {
        self.store
            .save(&self.slot(), lease, value, LIFE)
            .map_err(failed("save"))
    }

    pub(super) fn save_owned(&self, lease: &Lease, value: &str) -> Outcome {
        let saved = self.save(lease, value)?;
        ensure(saved, || "the owner could not save".to_owned())
    }

    pub(super) fn unlock(&self, lease: &mut Lease) -> Outcome {
        self.store
            .unlock(&self.slot(), lease)
            .map_err(failed("unlock"))
    }
}

pub(super) fn lease(length: Duration) -> Outcome<Lease> {
    Lease::new(length).map_err(failed("drawing an owner"))
}

pub(super) fn failed(what: &'static str) -> impl Fn(StoreError) -> String {
    move |error| format!("{what} failed: {error}")
}

pub(super) fn ensure(holds: bool, seen: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(seen()) }
}
