//! What a store is told, and what it answers.

use std::any::Any;
use std::fmt;
use std::time::{Duration, Instant};

use ring::rand::{SecureRandom, SystemRandom};

use super::StoreError;
use crate::transport::Epoch;

/// Where in a store one app's token lies, and how long an operation on it may take.
pub struct Slot<'a> {
    key: &'a str,
    deadline: Instant,
    // With it a connection to a server is opened as all others of the client are, and ended by
    // cancel.
    epoch: Option<&'a Epoch>,
}

impl<'a> Slot<'a> {
    /// A slot of its own, for trying out a store.
    pub fn new(key: &'a str, timeout: Duration) -> Slot<'a> {
        Slot {
            key,
            deadline: Instant::now() + timeout.min(Duration::from_secs(3600)),
            epoch: None,
        }
    }

    pub(crate) fn of_call(key: &'a str, deadline: Instant, epoch: &'a Epoch) -> Slot<'a> {
        Slot {
            key,
            deadline,
            epoch: Some(epoch),
        }
    }

    /// The app's key: 64 characters `0-9a-f`, made by hashing cloud, account ID and client ID.
    pub fn key(&self) -> &str {
        self.key
    }

    /// How long the operation may still take; zero when it is out of time.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    pub(crate) fn epoch(&self) -> Option<&'a Epoch> {
        self.epoch
    }
}

impl fmt::Debug for Slot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("key", &self.key)
            .field("left", &self.left())
            .finish_non_exhaustive()
    }
}

/// What [`TokenStore::load`](super::TokenStore::load) found.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    /// The value, exactly as it was saved; `None` if there is none.
    pub value: Option<String>,
    /// The store's clock, in milliseconds since the Unix epoch.
    pub now_ms: u64,
}

// A value may be readable JSON with a token in it.
impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("has_value", &self.value.is_some())
            .field("now_ms", &self.now_ms)
            .finish()
    }
}

/// The right to renew the token, asked for or held.
pub struct Lease {
    owner: String,
    length: Duration,
    kept: Option<Box<dyn Any + Send>>,
}

impl Lease {
    /// Asks for the lease in the name of a new owner, whom nobody can guess.
    ///
    /// # Errors
    /// That the system has no random numbers.
    pub fn new(length: Duration) -> Result<Lease, StoreError> {
        let mut bytes = [0; 16];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| StoreError::new("the system has no random numbers"))?;
        Ok(Lease {
            owner: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            length,
            kept: None,
        })
    }

    /// Who asks: 32 characters `0-9a-f`, drawn by chance for each attempt.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// For how long. After this time the store gives the lease to the next who asks.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// Lets a store keep something with the lease, an open file or connection; dropped with it.
    pub fn keep(&mut self, kept: Box<dyn Any + Send>) {
        self.kept = Some(kept);
    }

    /// What the store keeps with the lease.
    pub fn kept<T: 'static>(&self) -> Option<&T> {
        self.kept.as_ref()?.downcast_ref()
    }

    /// Takes back what the store keeps with the lease.
    pub fn take_kept<T: 'static>(&mut self) -> Option<Box<T>> {
        self.kept.take()?.downcast().ok()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("owner", &self.owner)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
