//! Notices that this process is a forked child.
//!
//! A child has one thread and a copy of everything, including locks held by threads that do not
//! exist in it and sockets that the parent goes on using. So nothing inherited is waited for,
//! closed or shut down there; clients compare [`generation`] and start over with fresh state.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Number of forks between this process and the one that loaded the library.
///
/// One relaxed load: `getpid` on every call would cost more than everything else a token hit does.
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Makes [`generation`] count forks from now on. Cheap to call again.
#[cfg(unix)]
pub(crate) fn watch() {
    use std::sync::atomic::AtomicBool;

    // Not a `Once`: a fork during its initialisation would leave it half done in the child forever.
    static WATCHED: AtomicBool = AtomicBool::new(false);

    extern "C" fn in_child() {
        // Async-signal-safe: one atomic addition.
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }

    if !WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the handler is a plain function that lives as long as the library, which the C
        // artefact keeps loaded (nodelete), and it does nothing that is unsafe in a forked child.
        unsafe {
            libc::pthread_atfork(None, None, Some(in_child));
        }
    }
}

/// There is no fork on this platform.
#[cfg(not(unix))]
pub(crate) fn watch() {}
