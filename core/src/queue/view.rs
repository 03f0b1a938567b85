//! What both queues are made of, and all that they do.
//!
//! | who has a slot | gets it by | leaves it by |
//! |---|---|---|
//! | the pool | `give_back`, `release` | `take` |
//! | a producer | `take` | `publish`, `give_back` |
//! | the ring | `publish` | `pop` |
//! | a consumer | `pop` | `release` |

use super::{
    Full, PopRef, PushRef,
    ring::{Place, Ring},
};
use crate::{
    ledger::CacheLine,
    pool::{Index, Links, Pool},
    recycling::Recycle,
    slots::Element,
    sync::{OnDrop, const_unless_loom},
};
use core::ptr::NonNull;

/// All of a queue but its places and elements.
#[derive(Debug)]
pub(super) struct Core<R> {
    pool: CacheLine<Pool>,
    ring: Ring,
    policy: R,
}

impl<R> Core<R> {
    const_unless_loom! {
        pub(super) fn new(capacity: usize, policy: R) -> Self {
            Self { pool: CacheLine(Pool::new(capacity, 0)), ring: Ring::new(capacity), policy }
        }
    }
}

/// A queue, wherever its parts are.
///
/// Invariant: there are as many places and elements as the ring has places.
pub(super) struct View<'a, T, R> {
    core: &'a Core<R>,
    places: &'a [Place],
    elements: &'a [Element<T>],
}

impl<T, R> Clone for View<'_, T, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, R> Copy for View<'_, T, R> {}

// SAFETY: elements are reached only by who has their slot, which moves them between threads; the policy is shared.
unsafe impl<T: Send, R: Sync> Send for View<'_, T, R> {}
// SAFETY: as above.
unsafe impl<T: Send, R: Sync> Sync for View<'_, T, R> {}

impl<'a, T, R> View<'a, T, R> {
    pub(super) fn new(core: &'a Core<R>, places: &'a [Place], elements: &'a [Element<T>]) -> Self {
        debug_assert!(places.len() == core.ring.capacity() && elements.len() == core.ring.capacity());
        Self { core, places, elements }
    }

    #[inline(always)]
    fn links(self) -> Links<'a> {
        // SAFETY: the invariant; the pointer is made from the whole slice.
        unsafe { Element::<T>::links(NonNull::from(self.elements).cast()) }
    }

    #[inline(always)]
    pub(super) fn element(self, index: Index) -> &'a Element<T> {
        &self.elements[index as usize]
    }

    /// Takes a slot to write.
    #[inline]
    fn take(self) -> Option<Index> {
        self.core.pool.take(self.links()).ok().map(|(index, _)| index)
    }

    /// Publishes a slot that a producer has.
    #[inline]
    pub(super) fn publish(self, index: Index) {
        // First: once it is in the ring, the slot may be popped, taken again, and counted twice.
        self.core.pool.published();
        self.core.ring.push(self.places, index);
    }

    /// Gives back a slot that a producer had.
    pub(super) fn give_back(self, index: Index) {
        let put = self.core.pool.put_unsent(self.links(), index);
        debug_assert!(put.is_ok(), "nobody waits");
    }

    /// Gives back a slot that a consumer had.
    #[inline]
    pub(super) fn release(self, index: Index) {
        let put = self.core.pool.put(self.links(), index);
        debug_assert!(put.is_ok(), "nobody waits");
    }

    #[inline]
    pub(super) fn push(self, value: T) -> Result<(), Full<T>> {
        let Some(index) = self.take() else { return Err(Full(value)) };
        // SAFETY: the slot was taken. What was in it is dropped last, lest it panic.
        let _idle = unsafe { self.element(index).replace(Some(value)) };
        self.publish(index);
        Ok(())
    }

    #[inline]
    pub(super) fn pop(self) -> Option<T> {
        let index = self.core.ring.pop(self.places)?;
        // SAFETY: the slot was popped.
        let value = unsafe { self.element(index).replace(None) };
        self.release(index);
        value
    }

    pub(super) fn len(self) -> usize {
        self.core.ring.len()
    }

    pub(super) fn remaining(self) -> usize {
        self.core.pool.free(self.links())
    }

    pub(super) fn capacity(self) -> usize {
        self.core.ring.capacity()
    }
}

impl<'a, T, R: Recycle<T>> View<'a, T, R> {
    #[inline]
    pub(super) fn push_ref(self) -> Result<PushRef<'a, T, R>, Full> {
        let index = self.take().ok_or(Full(()))?;
        // SAFETY: the slot was taken; if the policy panics, it goes back.
        unsafe { self.element(index).furnish(&self.core.policy, || self.give_back(index)) };
        // SAFETY: it is ours, and has an element.
        Ok(unsafe { PushRef::new(self, index) })
    }

    #[inline]
    pub(super) fn pop_ref(self) -> Option<PopRef<'a, T, R>> {
        let index = self.core.ring.pop(self.places)?;
        // SAFETY: the slot was popped, so it has an element.
        Some(unsafe { PopRef::new(self, index) })
    }

    /// Recycles the element of a slot and then calls `go`, also if the policy panics.
    ///
    /// # Safety
    /// The caller has the slot.
    #[inline]
    pub(super) unsafe fn recycle(self, index: Index, go: impl FnMut()) {
        let _go = OnDrop(go);
        // SAFETY: the caller's promise.
        unsafe { self.element(index).recycle(&self.core.policy) };
    }
}
