//! A value made when first asked for.

use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A value that whoever asks first makes, and that stays until this is dropped.
///
/// Not a `OnceLock`: a forked child would wait for ever for a thread of its parent that was making
/// the value. Here two threads may both make it, and one copy is dropped.
pub(super) struct Lazy<T>(AtomicPtr<T>, PhantomData<T>);

impl<T: Send + Sync> Lazy<T> {
    pub(super) const fn new() -> Lazy<T> {
        Lazy(AtomicPtr::new(ptr::null_mut()), PhantomData)
    }

    pub(super) fn get_or_make(&self, make: impl FnOnce() -> T) -> &T {
        let held = self.0.load(Ordering::Acquire);
        let chosen = if held.is_null() {
            let made = Box::into_raw(Box::new(make()));
            match self.0.compare_exchange(
                ptr::null_mut(),
                made,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => made,
                Err(faster) => {
                    // SAFETY: made above, and nobody else has seen it.
                    drop(unsafe { Box::from_raw(made) });
                    faster
                }
            }
        } else {
            held
        };
        // SAFETY: set once from a box, and freed only by drop, which excludes this borrow.
        unsafe { &*chosen }
    }
}

impl<T> Drop for Lazy<T> {
    fn drop(&mut self) {
        let held = *self.0.get_mut();
        if !held.is_null() {
            // SAFETY: made by `get_or_make` from a box, and nobody borrows it any more.
            drop(unsafe { Box::from_raw(held) });
        }
    }
}
