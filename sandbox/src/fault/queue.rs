//! The faults that are still to come.

use super::Fault;
use crate::lock;
use crate::request::Request;
use std::collections::VecDeque;
use std::sync::Mutex;

/// A fault and how often it has struck, with this time.
pub(crate) struct Strike {
    pub(crate) fault: Fault,
    pub(crate) nth: u64,
}

#[derive(Default)]
pub(crate) struct Faults(Mutex<VecDeque<Strike>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push_back(Strike { fault, nth: 0 });
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    pub(crate) fn pending(&self) -> usize {
        lock(&self.0).len()
    }

    /// The fault that strikes this request. Each fault counts the matching requests that no fault
    /// before it has taken.
    pub(crate) fn strike(&self, request: &Request) -> Option<Strike> {
        let mut faults = lock(&self.0);
        let at = faults
            .iter_mut()
            .position(|waiting| waiting.fault.strikes(request))?;
        let waiting = faults.get_mut(at)?;
        waiting.nth += 1;
        let strike = Strike {
            fault: waiting.fault.clone(),
            nth: waiting.nth,
        };
        if waiting.fault.times == Some(waiting.nth) {
            faults.remove(at);
        }
        Some(strike)
    }
}
