//! A `Waker` over a `&'static WakeFlag`.

use core::{
    ptr,
    task::{RawWaker, RawWakerVTable, Waker},
};

use crate::flags::WakeFlag;

/// A waker owns nothing: cloning copies the pointer, dropping does nothing.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake, |_| ());

/// Makes a waker that raises `flag`.
pub(crate) fn waker(flag: &'static WakeFlag) -> Waker {
    // SAFETY: The functions of `VTABLE` are thread-safe and treat the pointer as what it is, a `&'static WakeFlag`.
    unsafe { Waker::from_raw(raw(flag)) }
}

fn raw(flag: &'static WakeFlag) -> RawWaker {
    RawWaker::new(ptr::from_ref(flag).cast(), &VTABLE)
}

/// Copies the waker.
///
/// # Safety
///
/// `data` was made by [`raw`].
unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: Forwarded from the caller.
    raw(unsafe { flag(data) })
}

/// Raises the flag. Consuming or not is the same, since a waker owns nothing.
///
/// # Safety
///
/// `data` was made by [`raw`].
unsafe fn wake(data: *const ()) {
    // SAFETY: Forwarded from the caller.
    unsafe { flag(data) }.wake();
}

/// Turns a waker's data back into its flag.
///
/// # Safety
///
/// `data` was made by [`raw`].
unsafe fn flag(data: *const ()) -> &'static WakeFlag {
    // SAFETY: `raw` made `data` from a `&'static WakeFlag`.
    unsafe { &*data.cast() }
}
