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
//! The last state lasts from a sender's claim until it wakes the receiver, and runs no foreign code. A receiver that comes
//! upon it does not wait for its end: a wake is under way. If that is for the waker it would lay out itself, it may
//! sleep; else it wakes itself.

use crate::sync::{
    UnsafeCell,
    atomic::{AtomicBool, Ordering},
    const_unless_loom,
};
use core::task::{RawWakerVTable, Waker};

#[derive(Debug)]
pub(crate) struct ReceiverWaker {
    out: AtomicBool,
    waker: UnsafeCell<Option<Waker>>,
    /// Which waker was laid out last; the receiver's alone.
    identity: UnsafeCell<Option<Identity>>,
}

/// What makes two wakers the same, as `Waker::will_wake` has it.
type Identity = (*const (), &'static RawWakerVTable);

/// What became of laying out a waker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LayOut {
    /// It is to be announced by setting PARKED.
    Done,
    /// A sender has still to wake the last one, which is the same.
    Same,
    /// A sender has still to wake the last one, which is another.
    Other,
}

// SAFETY: the waker is reached only by its owner as the table above says, and it is itself Send and Sync.
unsafe impl Sync for ReceiverWaker {}
// SAFETY: as above.
unsafe impl Send for ReceiverWaker {}

impl ReceiverWaker {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { out: AtomicBool::new(false), waker: UnsafeCell::new(None), identity: UnsafeCell::new(None) }
        }
    }

    /// Lays `waker` out.
    ///
    /// # Safety
    /// The caller is the receiver, and PARKED is clear.
    pub(crate) unsafe fn lay_out(&self, waker: &Waker) -> LayOut {
        let identity = Some((waker.data(), waker.vtable()));
        if self.is_out() {
            // SAFETY: the identity is the receiver's. The waker it stands for is alive as long as it is out.
            let same = self.identity.with(|last| unsafe { *last } == identity);
            return if same { LayOut::Same } else { LayOut::Other };
        }
        // SAFETY: the state is HOME and the caller is the receiver.
        if !self.waker.with(|kept| unsafe { &*kept }.as_ref().is_some_and(|kept| kept.will_wake(waker))) {
            let new = Some(waker.clone());
            // SAFETY: as above; cloning ran no code that could reach the receiver, which is borrowed by our caller.
            drop(self.waker.with_mut(|kept| core::mem::replace(unsafe { &mut *kept }, new)));
        }
        // SAFETY: the identity is the receiver's.
        self.identity.with_mut(|last| unsafe { *last = identity });
        // Relaxed: published by the Release half of the read-modify-write that sets PARKED.
        self.out.store(true, Ordering::Relaxed);
        LayOut::Done
    }

    /// For the receiver: the waker is laid out, or a sender has not finished with it.
    #[inline]
    pub(crate) fn is_out(&self) -> bool {
        // Acquire pairs with the Release in `take`: the sender no longer touches the cell.
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
        // Release pairs with the Acquire in `is_out`.
        self.out.store(false, Ordering::Release);
        waker
    }

    /// Drops a waker that is kept for the next time.
    ///
    /// # Safety
    /// The caller is the receiver, PARKED is clear and will not be set again.
    pub(crate) unsafe fn forget(&self) {
        if !self.is_out() {
            // SAFETY: the state is HOME and the caller is the receiver.
            drop(self.waker.with_mut(|kept| unsafe { &mut *kept }.take()));
        }
    }
}
