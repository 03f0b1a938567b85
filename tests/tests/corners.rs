//! Unusual messages, sizes and places, and code of others that re-enters the channel or panics in it.
//!
//! Not here: the overflow of a count of handles, which takes 2^63 handles to come to.
#![cfg(not(sakia_loom))]

mod behaviour;

#[path = "corners/messages.rs"]
mod messages;
#[path = "corners/panics.rs"]
mod panics;
#[path = "corners/reentering.rs"]
mod reentering;
#[path = "corners/sizes.rs"]
mod sizes;
#[path = "corners/statics.rs"]
mod statics;

use core::task::{RawWaker, RawWakerVTable, Waker};
use std::sync::Arc;

use behaviour::{drain, now, parked};
use sakia::mpsc::{Receiver, Sender};

/// Code that runs when a waker is used.
#[derive(Default)]
struct Hooks {
    clone: Option<Box<dyn Fn() + Send + Sync>>,
    wake: Option<Box<dyn Fn() + Send + Sync>>,
    drop: Option<Box<dyn Fn() + Send + Sync>>,
}

fn run(hook: Option<&(dyn Fn() + Send + Sync)>) {
    if let Some(hook) = hook {
        hook();
    }
}

/// A waker that runs them. Its clones run them too.
fn hooked(hooks: Hooks) -> Waker {
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

/// Nothing is lost of an open, empty channel: all its slots, the order, waiting and waking.
#[track_caller]
fn assert_whole(sender: &Sender<u32>, receiver: &mut Receiver<u32>) {
    let capacity = sender.max_capacity() as u32;
    assert_eq!((receiver.len(), receiver.capacity()), (0, capacity as usize));
    for _ in 0..3 {
        (0..capacity).for_each(|n| sender.try_send(n).unwrap());
        assert!(sender.try_send(0).unwrap_err().is_full());
        let mut waiting = parked(sender.send(capacity));
        assert_eq!(now(receiver.recv()), Some(0));
        assert_eq!(waiting.wakes(), 1);
        assert_eq!(waiting.ready(), Ok(()));
        assert!(drain(receiver).into_iter().eq(1..=capacity));
        let mut receiving = parked(receiver.recv());
        sender.try_send(7).unwrap();
        assert_eq!(receiving.wakes(), 1);
        assert_eq!(receiving.ready(), Some(7));
    }
}
