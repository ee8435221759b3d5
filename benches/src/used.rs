//! What a process, or its children, have used.

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;

pub(crate) fn usage(who: UsageWho) -> Usage {
    getrusage(who).expect("the kernel answers for this process and its children")
}

pub(crate) fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
