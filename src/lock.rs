//! The two blocking primitives of this crate: a short lock and a bell.
//!
//! Both are std's. On Linux these are single futex words inside the object itself, so a child made
//! by `fork` inherits nothing but that word; the better known lock crates keep a process-wide table
//! of sleepers, whose own locks may be held by a thread that does not exist in the child. Objects
//! that another thread may hold during a fork are replaced in the child, never waited for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A lock for short sections: never held across input or output, never while calling user code.
///
/// Poisoning is ignored: every section leaves its data usable at each point where it could panic.
pub(crate) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Lock<T> {
        Lock(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits on `condvar` until notified or `deadline`; spurious wake-ups happen.
pub(crate) fn wait_until<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    deadline: Instant,
) -> MutexGuard<'a, T> {
    let left = deadline.saturating_duration_since(Instant::now());
    match condvar.wait_timeout(guard, left) {
        Ok((guard, _)) => guard,
        Err(poisoned) => poisoned.into_inner().0,
    }
}

/// How a wait on a [`Bell`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// What was waited for is there.
    Ready,
    /// The bell was tolled for good: the calls of this epoch are to end.
    Cancelled,
    /// The deadline passed.
    TimedOut,
}

/// Lets threads sleep until something they name has happened, and wakes all of them for good when
/// their calls are cancelled.
pub(crate) struct Bell {
    cancelled: Lock<bool>,
    rung: Condvar,
}

impl Bell {
    pub(crate) fn new() -> Bell {
        Bell {
            cancelled: Lock::new(false),
            rung: Condvar::new(),
        }
    }

    /// Wakes the sleepers so that each looks whether what it waits for is there.
    pub(crate) fn ring(&self) {
        // Taken so that a sleeper between its look and its sleep does not miss the ring.
        drop(self.cancelled.lock());
        self.rung.notify_all();
    }

    /// Wakes the sleepers and everyone who comes later, with `Cancelled`.
    pub(crate) fn toll(&self) {
        *self.cancelled.lock() = true;
        self.rung.notify_all();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.cancelled.lock()
    }

    /// Sleeps until `ready` says so, the bell tolls, or `deadline`.
    pub(crate) fn wait(&self, deadline: Instant, mut ready: impl FnMut() -> bool) -> Woken {
        let mut cancelled = self.cancelled.lock();
        loop {
            if *cancelled {
                return Woken::Cancelled;
            }
            if ready() {
                return Woken::Ready;
            }
            if Instant::now() >= deadline {
                return Woken::TimedOut;
            }
            cancelled = wait_until(&self.rung, cancelled, deadline);
        }
    }

    /// Sleeps for `length`, or less if the bell tolls or `deadline` comes first.
    pub(crate) fn pause(&self, length: Duration, deadline: Instant) -> Woken {
        let end = Instant::now() + length;
        match self.wait(end.min(deadline), || false) {
            Woken::TimedOut if end <= deadline => Woken::Ready,
            woken => woken,
        }
    }
}
