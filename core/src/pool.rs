//! The slots that are free, of a channel whose messages are written in place.
//!
//! To have a free slot in hand is to have the right to send: the pool is the flow control. Slots leave it by
//! [`Pool::take`] and come back in any order by [`Pool::put`]. While senders wait, slots that come back must not reach
//! the pool past them: then `put` refuses, and the caller deals the slot out under the waiters' lock (see
//! [`crate::wheel`]).
//!
//! There are two packings, with the same methods: `stack`, a last-in-first-out list in one 64-bit word, whose slots are
//! warm in the cache, and `bitmap`, for targets without 64-bit atomics, where a list's tag would be too narrow to rule
//! out that a word has changed and changed back. The cfg `sakia_narrow` picks the bitmap anywhere.

#[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
mod bitmap;
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
mod stack;

#[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
pub(crate) use bitmap::{Link, MAX_SLOTS, Pool};
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
pub(crate) use stack::{Link, MAX_SLOTS, Pool};

use core::{marker::PhantomData, ptr::NonNull};

/// The number of a slot.
pub(crate) type Index = u32;

/// Slots came back while senders wait: this one is the caller's to deal out.
#[derive(Debug)]
#[must_use]
pub(crate) struct Spare {
    pub(crate) index: Index,
    /// It comes from a sender, and is counted as being with one until it is free.
    pub(crate) unsent: bool,
}

/// What the pool keeps in each slot, wherever that is.
///
/// Invariant: `first` is the [`Link`] of slot 0, and the others follow at a distance of `stride` bytes; they live for `'a`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links<'a> {
    first: NonNull<u8>,
    stride: usize,
    slots: PhantomData<&'a Link>,
}

// SAFETY: it is a reference to links, which are atomics.
unsafe impl Send for Links<'_> {}
// SAFETY: as above.
unsafe impl Sync for Links<'_> {}

impl<'a> Links<'a> {
    /// # Safety
    /// The type's invariant, for the slots of the pool that this is used with.
    #[inline(always)]
    pub(crate) unsafe fn new(first: NonNull<u8>, stride: usize) -> Self {
        Self { first, stride, slots: PhantomData }
    }

    /// The link of the slot `index`, which is one of the pool's.
    #[inline(always)]
    fn get(self, index: Index) -> &'a Link {
        // SAFETY: the invariant; the pool passes numbers of its own slots.
        unsafe { self.first.add(index as usize * self.stride).cast().as_ref() }
    }
}
