//! What the pointers given to C point to.
//!
//! Every object begins with a word that says its type, so that a NULL or a handle of another type is
//! told from the right one. A handle that was freed cannot be told; its word is overwritten, which
//! catches the harmless half of such mistakes.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::Fault;

/// A type of object that C holds pointers to.
pub(super) trait Object: Sized {
    /// What is behind the pointer.
    type State: Send + Sync + 'static;
    /// The type's name in C.
    const NAME: &'static str;
    /// The word that tells the type; see [`magic`].
    const MAGIC: u64 = magic(Self::NAME);
}

/// In memory.
#[repr(C)]
pub(super) struct Boxed<O: Object> {
    magic: u64,
    state: O::State,
}

const FREED: u64 = u64::from_be_bytes(*b"zs2sFREE");

/// FNV-1a of the type's name: no two objects of ours have the same, and hardly anything else does.
const fn magic(name: &str) -> u64 {
    let (bytes, mut hash, mut at) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        #[allow(clippy::indexing_slicing)] // Evaluated by the compiler.
        let byte = bytes[at];
        hash = (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

impl<O: Object> Boxed<O> {
    pub(super) const fn new(state: O::State) -> Boxed<O> {
        Boxed {
            magic: O::MAGIC,
            state,
        }
    }
}

/// A new object for C, which has to free it.
pub(super) fn create<O: Object>(state: O::State) -> *mut O {
    Box::into_raw(Box::new(Boxed::<O>::new(state))).cast()
}

/// What is behind a handle, if it is one of the right type. `name` is the parameter's.
///
/// # Safety
/// `handle` is NULL, or points to a live object of this library, which stays alive for `'a`.
#[inline]
pub(super) unsafe fn borrow<'a, O: Object>(
    name: &'static str,
    handle: *const O,
) -> Result<&'a O::State, Fault> {
    if handle.is_null() {
        return Err(absent(name, O::NAME));
    }
    let boxed = handle.cast::<Boxed<O>>();
    // SAFETY: every object begins with such a word, whatever its type; an aligned pointer to one may
    // be read.
    if !boxed.is_aligned() || unsafe { boxed.cast::<u64>().read() } != O::MAGIC {
        return Err(strange(name, O::NAME));
    }
    // SAFETY: the word says that it is a `Boxed<O>`, and the caller that it is alive.
    Ok(unsafe { &(*boxed).state })
}

// Apart, so that the look at a handle is a few instructions in each function of the interface.

#[cold]
#[inline(never)]
fn absent(name: &'static str, object: &'static str) -> Fault {
    Fault::argument(format!("{name} is NULL"), format!("Give it a {object}."))
}

#[cold]
#[inline(never)]
fn strange(name: &'static str, object: &'static str) -> Fault {
    Fault::argument(
        format!("{name} is not a {object}"),
        "It is a handle of another type, or was freed. Give it the one that was made for this.",
    )
}

/// Frees an object that [`create`] made. NULL is fine; handles of another type are left alone.
///
/// # Safety
/// As [`borrow`]; nobody uses the handle any more.
pub(super) unsafe fn free<O: Object>(name: &'static str, handle: *mut O) -> Result<(), Fault> {
    if handle.is_null() {
        return Ok(());
    }
    // SAFETY: the same conditions.
    unsafe { borrow(name, handle) }?;
    let boxed = handle.cast::<Boxed<O>>();
    // SAFETY: a `Boxed<O>` that `create` made, and that nobody else uses.
    unsafe {
        (&raw mut (*boxed).magic).write_volatile(FREED);
        drop(Box::from_raw(boxed));
    }
    Ok(())
}

/// An object that one thread at a time may use. A second one is told so instead of waiting: what it
/// holds is a mistake.
pub(super) struct Exclusive<T> {
    busy: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `value` is reached only by whoever has set `busy`.
unsafe impl<T: Send> Sync for Exclusive<T> {}

impl<T> Exclusive<T> {
    pub(super) fn new(value: T) -> Exclusive<T> {
        Exclusive {
            busy: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// The value, for this thread alone until the answer is dropped.
    pub(super) fn take(&self, name: &'static str) -> Result<Taken<'_, T>, Fault> {
        if self.busy.swap(true, Ordering::Acquire) {
            return Err(Fault::argument(
                format!("{name} is in use by another thread"),
                "Use it in one thread at a time, or make one for each thread.",
            ));
        }
        Ok(Taken(self))
    }

    /// Whether some thread is using it. One that a fork took away uses it for ever.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }
}

/// The use of an [`Exclusive`].
pub(super) struct Taken<'a, T>(&'a Exclusive<T>);

impl<T> Deref for Taken<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: `busy` is ours.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Taken<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: `busy` is ours.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

/// Frees an exclusive object. One that another thread is just using is left alone: a leak can be
/// lived with.
///
/// # Safety
/// As [`free`].
pub(super) unsafe fn free_exclusive<O, T>(name: &'static str, handle: *mut O) -> Result<(), Fault>
where
    O: Object<State = Exclusive<T>>,
{
    if handle.is_null() {
        return Ok(());
    }
    // SAFETY: the same conditions.
    let is_busy = unsafe { borrow(name, handle) }?.is_busy();
    if is_busy {
        return Err(Fault::argument(
            format!("{name} was not freed, because another thread is using it"),
            "Free it when all threads are done with it.",
        ));
    }
    // SAFETY: the same conditions.
    unsafe { free(name, handle) }
}
