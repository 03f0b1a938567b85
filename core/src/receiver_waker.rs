//! The cell for the waker of the one receiver.
//!
//! The cell has no lock: the ledger's PARKED bit says who may touch the waker.
//!
//! | state | PARKED | the waker belongs to |
//! |---|---|---|
//! | HOME | clear | the receiver, which may keep one there for the next time |
//! | OUT | set | nobody: whoever clears PARKED becomes its owner |
//! | OUT | clear | who cleared PARKED: a sender takes the waker out and then says HOME |
//!
//! The last state lasts a few instructions and runs no foreign code. A receiver that comes upon it does not wait: it
//! wakes itself.

use crate::sync::{
    UnsafeCell,
    atomic::{AtomicBool, Ordering},
    const_unless_loom,
};
use core::task::Waker;

#[derive(Debug)]
pub(crate) struct ReceiverWaker {
    out: AtomicBool,
    waker: UnsafeCell<Option<Waker>>,
}

// SAFETY: the waker is reached only by its owner as the table above says, and it is itself Send and Sync.
unsafe impl Sync for ReceiverWaker {}
// SAFETY: as above.
unsafe impl Send for ReceiverWaker {}

impl ReceiverWaker {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { out: AtomicBool::new(false), waker: UnsafeCell::new(None) }
        }
    }

    /// Lays `waker` out, to be announced by setting PARKED. False: a sender has not yet finished with the last one.
    ///
    /// # Safety
    /// The caller is the receiver, and PARKED is clear.
    pub(crate) unsafe fn lay_out(&self, waker: &Waker) -> bool {
        // Acquire pairs with the Release in `take`: the sender no longer touches the cell.
        if self.out.load(Ordering::Acquire) {
            return false;
        }
        // SAFETY: the state is HOME and the caller is the receiver.
        if !self.waker.with(|kept| unsafe { &*kept }.as_ref().is_some_and(|kept| kept.will_wake(waker))) {
            let new = Some(waker.clone());
            // SAFETY: as above; cloning ran no code that could reach the receiver, which is borrowed by our caller.
            drop(self.waker.with_mut(|kept| core::mem::replace(unsafe { &mut *kept }, new)));
        }
        // Relaxed: published by the Release half of the read-modify-write that sets PARKED.
        self.out.store(true, Ordering::Relaxed);
        true
    }

    /// For the receiver: the waker is laid out, or a sender has not finished with it.
    #[inline]
    pub(crate) fn is_out(&self) -> bool {
        // Acquire as in `lay_out`.
        self.out.load(Ordering::Acquire)
    }

    /// The receiver has cleared PARKED itself: the waker is its own again.
    pub(crate) fn take_home(&self) {
        // Relaxed: only the receiver reads it before it is laid out again.
        self.out.store(false, Ordering::Relaxed);
    }

    /// Takes the waker out.
    ///
    /// # Safety
    /// The caller has cleared PARKED, which was set.
    pub(crate) unsafe fn take(&self) -> Option<Waker> {
        // SAFETY: the state is OUT and PARKED was cleared by the caller: it owns the cell.
        let waker = self.waker.with_mut(|kept| unsafe { &mut *kept }.take());
        // Release pairs with the Acquire in `lay_out`.
        self.out.store(false, Ordering::Release);
        waker
    }

    /// Drops a waker that is kept for the next time.
    ///
    /// # Safety
    /// The caller is the receiver, PARKED is clear and will not be set again.
    pub(crate) unsafe fn forget(&self) {
        // Acquire as in `lay_out`.
        if !self.out.load(Ordering::Acquire) {
            // SAFETY: the state is HOME and the caller is the receiver.
            drop(self.waker.with_mut(|kept| unsafe { &mut *kept }.take()));
        }
    }
}
