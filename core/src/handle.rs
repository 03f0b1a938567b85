//! Where a channel lives and when it ends: one counted pointer to its header, with the slots behind it, in an allocation
//! of its own or in a `static`.

mod drain;
#[cfg(feature = "alloc")]
pub(crate) mod heap;

use crate::{
    channel::Channel,
    counts::Counts,
    ledger::{Claim, View},
    position::{Layout, Position, Stamp},
    receiver_waker::ReceiverWaker,
    receiving::Source,
    ring::Slot,
    sync::{self, OnDrop},
};
use core::{marker::PhantomData, ops::Deref, ptr::NonNull};
use drain::{Drain, drop_all};

/// All of a channel but its slots.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) channel: Channel,
    pub(crate) counts: Counts,
}

#[cfg(not(sakia_loom))]
const _: () = assert!(size_of::<Shared>() <= 512);

impl Shared {
    sync::const_unless_loom! {
        pub(crate) fn new(layout: Layout, overtaking: u32, is_static: bool) -> Self {
            Self { channel: Channel::new(layout, overtaking), counts: Counts::new(is_static) }
        }
    }
}

/// A counted pointer to a channel.
///
/// Invariant: `shared` points to a [`Shared`] with `capacity` slots of `T` at [`slots_offset`] behind it, with access to
/// both, which live until the last handle is dropped.
pub(crate) struct Handle<T> {
    shared: NonNull<Shared>,
    // Invariant in T: what one end sends, the other receives.
    _messages: PhantomData<*mut T>,
}

// SAFETY: a handle leads to messages only by taking or writing them, which moves them between threads.
unsafe impl<T: Send> Send for Handle<T> {}
// SAFETY: as above: no `&T` can be had from a shared handle.
unsafe impl<T: Send> Sync for Handle<T> {}

/// Where the slots begin, from the start of the header.
pub(crate) const fn slots_offset<T>() -> usize {
    size_of::<Shared>().next_multiple_of(align_of::<Slot<T>>())
}

impl<T> Deref for Handle<T> {
    type Target = Shared;

    #[inline(always)]
    fn deref(&self) -> &Shared {
        // SAFETY: the invariant of `Handle`.
        unsafe { self.shared.as_ref() }
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        self.counts.handles.increment();
        Self { shared: self.shared, _messages: PhantomData }
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if self.counts.handles.decrement() {
            self.end();
        }
    }
}

impl<T> Handle<T> {
    /// The two first handles of a channel.
    ///
    /// # Safety
    /// `shared` fulfils the invariant of `Handle`, and nobody else has handles to it.
    pub(crate) unsafe fn pair(shared: NonNull<Shared>) -> (Self, Self) {
        (Self { shared, _messages: PhantomData }, Self { shared, _messages: PhantomData })
    }

    /// Two handles lead to the same channel.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.shared == other.shared
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        self.channel.ledger.layout()
    }

    /// The slot of a position.
    #[inline(always)]
    pub(crate) fn slot(&self, layout: Layout, position: Position) -> &Slot<T> {
        // SAFETY: the invariant of `Handle`; the layout's indices are below the capacity.
        unsafe { self.shared.byte_add(slots_offset::<T>()).cast::<Slot<T>>().add(layout.index(position)).as_ref() }
    }

    // ===== sending =====

    /// Fills the position that was claimed and wakes the receiver if that is ours to do.
    #[inline]
    pub(crate) fn fill(&self, claim: &Claim, value: T) {
        if self.put(claim.position, value) | claim.wake {
            self.wake(claim.wake);
        }
    }

    /// Writes and publishes. True: the receiver left a mark.
    #[inline(always)]
    fn put(&self, position: Position, value: T) -> bool {
        let layout = self.layout();
        let slot = self.slot(layout, position);
        // SAFETY: callers pass positions that they have claimed, once.
        unsafe {
            slot.write(value);
            slot.publish(layout.stamp(position))
        }
    }

    /// Wakes the receiver, which has been unparked already or has left a mark.
    #[cold]
    fn wake(&self, unparked: bool) {
        if unparked || self.channel.ledger.unpark() {
            self.channel.wake_unparked();
        }
    }

    /// Sends with `n` reserved credits as many messages in a row. The messages are dropped if the receiver is gone.
    pub(crate) fn fill_reserved(&self, n: usize, values: impl Iterator<Item = T>) {
        let Some(claim) = self.channel.ledger.claim_reserved(n) else { return drop_all(values.take(n)) };
        let mut position = claim.position;
        let mut wake = claim.wake;
        for value in values.take(n) {
            wake |= self.put(position, value);
            position = self.layout().advance(position, 1);
        }
        if wake {
            self.wake(claim.wake);
        }
    }

    /// Sends with one reserved credit. The value comes back if the receiver is gone.
    #[inline]
    pub(crate) fn send_reserved(&self, value: T) -> Result<(), T> {
        match self.channel.ledger.claim_reserved(1) {
            Some(claim) => {
                self.fill(&claim, value);
                Ok(())
            }
            None => Err(value),
        }
    }

    // ===== the receiver's end =====

    /// Takes the message out and frees its slot.
    ///
    /// # Safety
    /// The caller is the receiver, `head` its position, and the message there is published.
    #[inline(always)]
    pub(crate) unsafe fn take(&self, head: Position) -> T {
        // SAFETY: the caller's promise; the position moves on right after, so it is taken once.
        let message = unsafe { self.slot(self.channel.ledger.receiver_layout(), head).take() };
        self.channel.free_slots(head, 1);
        message
    }

    /// Ends receiving: nothing can be sent any more, those who wait are woken, and what is queued is dropped.
    ///
    /// # Safety
    /// The caller is the receiver and never receives again.
    pub(crate) unsafe fn end_receiving(&self) {
        let tail = self.channel.ledger.close_for_good();
        let _drain = Drain::new(self, tail, true);
        let _closing = OnDrop(|| self.channel.close_waiters());
        if self.channel.ledger.unpark() {
            self.channel.receiver.take_home();
        }
        // SAFETY: the caller is the receiver, and with the receiver gone nobody parks again.
        unsafe { self.channel.receiver.forget() };
    }

    /// The last handle is gone: drops what is left and frees the channel.
    #[cold]
    fn end(&self) {
        // Also if dropping a message panics.
        let _free = OnDrop(|| self.free());
        drop(Drain::new(self, self.channel.ledger.tail(), false));
    }

    fn free(&self) {
        if self.counts.is_static {
            self.channel.ledger.reopen();
            self.counts.end_split();
        } else {
            #[cfg(feature = "alloc")]
            // SAFETY: the last handle, of a channel that `heap::allocate` has made.
            unsafe {
                heap::free::<T>(self.shared);
            }
        }
    }
}

impl<T> Source for Handle<T> {
    #[inline(always)]
    fn head(&self) -> Position {
        self.channel.ledger.head()
    }

    #[inline(always)]
    fn stamp(&self, head: Position) -> Stamp {
        self.channel.ledger.receiver_layout().stamp(head)
    }

    #[inline(always)]
    fn is_published(&self, head: Position, stamp: Stamp) -> bool {
        self.slot(self.channel.ledger.receiver_layout(), head).is_published(stamp)
    }

    fn mark(&self, head: Position, stamp: Stamp) -> bool {
        self.slot(self.channel.ledger.receiver_layout(), head).mark(stamp)
    }

    fn look(&self, head: Position) -> View {
        self.channel.ledger.look(head)
    }

    fn relieve(&self) -> bool {
        self.channel.relieve()
    }

    fn waker(&self) -> &ReceiverWaker {
        &self.channel.receiver
    }

    fn park(&self, head: Position) -> View {
        self.channel.ledger.park(head)
    }

    fn unpark(&self) -> bool {
        self.channel.ledger.unpark()
    }
}
