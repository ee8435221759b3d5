//! The border itself: outcomes, outputs, panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::{Fault, panicked, zoom_s2s_error};
use super::handle::{Object, create};
use super::numbers::zoom_s2s_status;

/// Runs a function of the C interface: its outcome as a status, its failure into `error`.
///
/// # Safety
/// `error` is NULL or may be written to.
pub(super) unsafe fn guard(
    error: *mut *mut zoom_s2s_error,
    body: impl FnOnce() -> Result<(), Fault>,
) -> i32 {
    if !error.is_null() {
        // SAFETY: not NULL, so it may be written to.
        unsafe { error.write(std::ptr::null_mut()) };
    }
    // Whatever a panic leaves behind is sound: the SDK's locks ignore poison, and what a call changes
    // it changes whole.
    let body = || {
        #[cfg(feature = "test-panic")]
        crate::test_panic::point("border");
        body()
    };
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => zoom_s2s_status::ZOOM_S2S_OK as i32,
        // SAFETY: the same conditions.
        Ok(Err(fault)) => unsafe { failed(error, Ok(fault)) },
        // SAFETY: the same conditions.
        Err(panic) => unsafe { failed(error, Err(panic)) },
    }
}

/// The failure of a function: its status, and the error into `error`. Once for all functions, because
/// there is a `guard` in each.
///
/// # Safety
/// As [`guard`].
#[cold]
#[inline(never)]
unsafe fn failed(error: *mut *mut zoom_s2s_error, why: std::thread::Result<Fault>) -> i32 {
    let (status, failure) = match why {
        // Making the error could panic as well.
        Ok(fault) => catch_unwind(AssertUnwindSafe(|| {
            let status = fault.status();
            let wanted = !error.is_null();
            (status, wanted.then(|| create(fault.into_state())))
        }))
        .map(|(status, failure)| (status, failure.unwrap_or(std::ptr::null_mut())))
        .unwrap_or_else(|_| panicked()),
        Err(_) => panicked(),
    };
    if !error.is_null() {
        // SAFETY: not NULL, so it may be written to.
        unsafe { error.write(failure) };
    }
    status
}

/// Runs a function that cannot report failure: what went wrong is logged, and `otherwise` returned.
pub(super) fn answer<T>(otherwise: T, body: impl FnOnce() -> Result<T, Fault>) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => value,
        Ok(Err(fault)) => {
            tell(fault);
            otherwise
        }
        Err(_) => otherwise,
    }
}

#[cold]
#[inline(never)]
fn tell(fault: Fault) {
    // The program may have brought the logger.
    let _ = catch_unwind(AssertUnwindSafe(|| fault.warn()));
}

/// The place for an object that a function hands out.
pub(super) struct Output<O>(*mut *mut O);

/// Empties the place behind an output parameter.
///
/// # Safety
/// `place` is NULL or may be written to until the function returns.
pub(super) unsafe fn output<O: Object>(
    name: &'static str,
    place: *mut *mut O,
) -> Result<Output<O>, Fault> {
    if place.is_null() {
        return Err(placeless(name, O::NAME));
    }
    // SAFETY: not NULL, so it may be written to.
    unsafe { place.write(std::ptr::null_mut()) };
    Ok(Output(place))
}

#[cold]
#[inline(never)]
fn placeless(name: &'static str, object: &'static str) -> Fault {
    let cure = format!("Give it the address of a {object} pointer.");
    Fault::argument(format!("{name} is NULL"), cure)
}

impl<O: Object> Output<O> {
    /// Hands the object out; C has to free it.
    pub(super) fn set(self, state: O::State) {
        // SAFETY: `output` checked it.
        unsafe { self.0.write(create(state)) };
    }
}

/// Writes a value through a pointer that may be NULL.
///
/// # Safety
/// `place` is NULL or may be written to.
pub(super) unsafe fn write<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: not NULL, so it may be written to.
        unsafe { place.write(value) };
    }
}
