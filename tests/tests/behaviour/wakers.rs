//! Wakers that run a test's code when they are used.

use super::panic_of;
use core::task::{RawWaker, RawWakerVTable, Waker};
use std::sync::Arc;

pub(crate) type Hook = Box<dyn Fn() + Send + Sync>;

/// Code that runs when a waker is used.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) clone: Option<Hook>,
    pub(crate) wake: Option<Hook>,
    pub(crate) drop: Option<Hook>,
}

fn run(hook: Option<&(dyn Fn() + Send + Sync)>) {
    if let Some(hook) = hook {
        hook();
    }
}

/// A waker that runs them. Its clones run them too.
pub(crate) fn hooked(hooks: Hooks) -> Waker {
    unsafe fn clone(data: *const ()) -> RawWaker {
        // SAFETY: `data` is of an `Arc` that a waker holds.
        run(unsafe { &*data.cast::<Hooks>() }.clone.as_deref());
        // SAFETY: as above.
        unsafe { Arc::increment_strong_count(data.cast::<Hooks>()) };
        RawWaker::new(data, &VTABLE)
    }
    unsafe fn wake(data: *const ()) {
        // SAFETY: as above, and this waker's own count is taken over.
        let hooks = unsafe { Arc::from_raw(data.cast::<Hooks>()) };
        run(hooks.wake.as_deref());
    }
    unsafe fn wake_by_ref(data: *const ()) {
        // SAFETY: as above.
        run(unsafe { &*data.cast::<Hooks>() }.wake.as_deref());
    }
    unsafe fn drop(data: *const ()) {
        // SAFETY: as above, and this waker's own count is taken over.
        let hooks = unsafe { Arc::from_raw(data.cast::<Hooks>()) };
        run(hooks.drop.as_deref());
    }
    static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop);
    let data = Arc::into_raw(Arc::new(hooks)).cast();
    // SAFETY: the functions count the `Arc` as wakers are cloned and dropped, and it is `Send` and `Sync`.
    unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) }
}

/// A waker that does this when it is woken.
pub(crate) fn acting(act: impl Fn() + Send + Sync + 'static) -> Waker {
    hooked(Hooks { wake: Some(Box::new(act)), ..Hooks::default() })
}

/// A hook that panics.
pub(crate) fn panic() -> Option<Hook> {
    Some(Box::new(|| panic!("a waker panics")))
}

/// A waker that panics when it is woken.
pub(crate) fn panicking() -> Waker {
    hooked(Hooks { wake: panic(), ..Hooks::default() })
}

/// A waker that panics when it is cloned.
pub(crate) fn not_to_be_cloned() -> Waker {
    hooked(Hooks { clone: panic(), ..Hooks::default() })
}

/// Runs it and sees that the waker's panic comes through.
#[track_caller]
pub(crate) fn panics<T>(body: impl FnOnce() -> T) {
    assert_eq!(panic_of(body).expect("a panic").message, "a waker panics");
}
