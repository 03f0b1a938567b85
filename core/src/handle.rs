//! Where a channel lives and when it ends: one counted pointer to its header, in an allocation of its own or in a `static`.
//! The messages are in slots behind the header, or in blocks that are allocated by use.

mod drain;
#[cfg(feature = "alloc")]
pub(crate) mod heap;
mod place;

#[cfg(feature = "alloc")]
use crate::{
    chain::{self, Block, Chain},
    position::POSITION_BITS,
};

use crate::{
    channel::Channel,
    counts::Counts,
    ledger::{Claim, View},
    patience::Patience,
    position::{Layout, Position},
    receiver_waker::ReceiverWaker,
    receiving::Source,
    ring::Slot,
    sync::{self, OnDrop},
};
use core::{marker::PhantomData, ops::Deref, ptr::NonNull};
use drain::{Drain, drop_all};
pub(crate) use place::Place;

/// All of a channel but its slots.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Shared {
    #[cfg(feature = "alloc")]
    chain: Chain,
    pub(crate) channel: Channel,
    /// How far behind the beginning of its allocation it is, in bytes.
    #[cfg(feature = "alloc")]
    shift: u8,
}

#[cfg(not(sakia_loom))]
const _: () = assert!(size_of::<Shared>() <= 320);

impl Shared {
    sync::const_unless_loom! {
        pub(crate) fn new(layout: Layout, bound: usize, overtaking: u32, is_static: bool) -> Self {
            Self {
                #[cfg(feature = "alloc")]
                chain: Chain::new(),
                channel: Channel::new(layout, bound, overtaking, Counts::new(is_static)),
                #[cfg(feature = "alloc")]
                shift: 0,
            }
        }
    }
}

/// A counted pointer to a channel.
///
/// Invariant: `shared` points to a [`Shared`] whose chain has blocks for messages of `T`; unless its layout is endless, there
/// are as many slots of `T` as the layout says at [`slots_offset`] behind it. The pointer has access to all that, which
/// lives until the last handle is dropped.
pub(crate) struct Handle<T> {
    shared: NonNull<Shared>,
    // Invariant in T: what one end sends, the other receives.
    _messages: PhantomData<*mut T>,
}

// SAFETY: a handle leads to messages only by taking or writing them, which moves them between threads.
unsafe impl<T: Send> Send for Handle<T> {}
// SAFETY: as above: no `&T` can be had from a shared handle.
unsafe impl<T: Send> Sync for Handle<T> {}

/// Puts the slots behind it at the beginning of a line of the cache, for there to be as few lines as can be; where there may be
/// no cache, it saves memory.
#[derive(Debug)]
#[cfg_attr(feature = "std", repr(align(64)))]
pub(crate) struct Line;

/// A message of up to so many bytes is moved once more, if that saves a step. In the models none is small.
const SMALL: usize = if cfg!(sakia_loom) { 0 } else { 32 };

/// Where the slots begin, from the start of the header.
pub(crate) const fn slots_offset<T>() -> usize {
    size_of::<Shared>().next_multiple_of(align_of::<Line>()).next_multiple_of(align_of::<Slot<T>>())
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
        self.channel.counts.handles.increment();
        Self { shared: self.shared, _messages: PhantomData }
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if self.channel.counts.handles.decrement() {
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

    /// The slot of a position, in a ring.
    #[inline(always)]
    fn slot(&self, layout: Layout, position: Position) -> Place<'_, T> {
        // SAFETY: the invariant of `Handle`; the layout's indices are below the number of slots.
        let slot =
            unsafe { self.shared.byte_add(slots_offset::<T>()).cast::<Slot<T>>().add(layout.index(position)).as_ref() };
        Place::Slot { slot, stamp: layout.stamp(position) }
    }

    /// The messages are in blocks, and not in a ring.
    #[inline(always)]
    pub(crate) fn is_chained(&self) -> bool {
        self.layout().is_endless()
    }

    // ===== sending =====

    /// Fills the position that was claimed, with what `value` gives, and wakes the receiver if that is ours to do. `value` does
    /// not panic; so late, what it gives is moved once, straight to where it belongs.
    #[inline]
    pub(crate) fn fill<const CHAINED: bool>(&self, claim: &Claim, value: impl FnOnce() -> T) {
        match self.near_place::<CHAINED>(claim.position) {
            Some(place) => self.fill_place(&place, claim.wake, value),
            None => self.fill_far(claim.position, claim.wake, value()),
        }
    }

    /// Of what happens once a block, all is out of line: the usual case keeps nothing over a call.
    #[cold]
    #[inline(never)]
    fn fill_far(&self, position: Position, wake: bool, value: T) {
        self.fill_place(&self.place::<true>(position), wake, || value);
    }

    #[inline(always)]
    fn fill_place(&self, place: &Place<'_, T>, wake: bool, value: impl FnOnce() -> T) {
        if self.put(place, value) | wake {
            self.wake(wake);
        }
    }

    /// Writes and publishes. True: the receiver left a mark.
    #[inline(always)]
    fn put(&self, place: &Place<'_, T>, value: impl FnOnce() -> T) -> bool {
        // SAFETY: callers pass the places of positions that they have claimed, once.
        unsafe {
            place.write(value());
            place.publish()
        }
    }

    /// Where the message at `position` goes, which the caller has claimed and not published yet.
    #[inline(always)]
    fn place<const CHAINED: bool>(&self, position: Position) -> Place<'_, T> {
        match self.near_place::<CHAINED>(position) {
            Some(place) => place,
            #[cfg(feature = "alloc")]
            None => self.find_place(position),
            #[cfg(not(feature = "alloc"))]
            None => unreachable!("all is in rings"),
        }
    }

    /// The same, if senders need not go on to another block for it.
    #[inline(always)]
    fn near_place<const CHAINED: bool>(&self, position: Position) -> Option<Place<'_, T>> {
        let layout = self.layout();
        debug_assert_eq!(CHAINED, layout.is_endless());
        #[cfg(feature = "alloc")]
        if CHAINED {
            let block = self.chain.tail_at(position)?;
            // SAFETY: it is the receiver's to give away only after the message was published.
            return Some(unsafe { Place::in_block(block, position) });
        }
        Some(self.slot(layout, position))
    }

    #[cfg(feature = "alloc")]
    #[cold]
    #[inline(never)]
    fn find_place(&self, position: Position) -> Place<'_, T> {
        let ledger = &self.channel.ledger;
        if self.layout().distance(ledger.head_seen_by_others(), position) >> (POSITION_BITS - 1) != 0 {
            sync::abort("more messages than can be counted");
        }
        let block = self.chain.find::<T>(position, self.longest_block(), || ledger.fence_claims());
        // SAFETY: as in `near_place`.
        unsafe { Place::in_block(block, position) }
    }

    #[cfg(feature = "alloc")]
    fn longest_block(&self) -> usize {
        chain::longest::<T>(self.channel.ledger.bound())
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
        if self.is_chained() {
            self.fill_reserved_in::<true>(n, values);
        } else {
            self.fill_reserved_in::<false>(n, values);
        }
    }

    fn fill_reserved_in<const CHAINED: bool>(&self, n: usize, values: impl Iterator<Item = T>) {
        let Some(claim) = self.channel.ledger.claim_reserved::<CHAINED>(n) else { return drop_all(values.take(n)) };
        let mut position = claim.position;
        let mut wake = claim.wake;
        for value in values.take(n) {
            wake |= self.put(&self.place::<CHAINED>(position), || value);
            position = self.layout().advance_in::<CHAINED>(position, 1);
        }
        if wake {
            self.wake(claim.wake);
        }
    }

    /// Sends with one reserved credit. The value comes back if the receiver is gone.
    #[inline]
    pub(crate) fn send_reserved(&self, value: T) -> Result<(), T> {
        self.send_reserved_with(|| value).map_err(|value| value())
    }

    /// The same, with what `value` gives. As in [`Self::fill`], it does not panic.
    #[inline]
    pub(crate) fn send_reserved_with<V: FnOnce() -> T>(&self, value: V) -> Result<(), V> {
        if self.is_chained() { self.send_reserved_chained(value) } else { self.send_reserved_in::<false, V>(value) }
    }

    #[inline(never)]
    fn send_reserved_chained<V: FnOnce() -> T>(&self, value: V) -> Result<(), V> {
        self.send_reserved_in::<true, V>(value)
    }

    #[inline(always)]
    fn send_reserved_in<const CHAINED: bool, V: FnOnce() -> T>(&self, value: V) -> Result<(), V> {
        match self.channel.ledger.claim_reserved::<CHAINED>(1) {
            Some(claim) => {
                self.fill::<CHAINED>(&claim, value);
                Ok(())
            }
            None => Err(value),
        }
    }

    // ===== the receiver's end =====

    /// Where the message at `position` is, which is the head or, while a batch is taken, further on. None: nobody has come
    /// to publish there.
    #[inline(always)]
    pub(crate) fn head_place<const CHAINED: bool>(&self, position: Position) -> Option<Place<'_, T>> {
        let layout = self.channel.ledger.receiver_layout();
        debug_assert_eq!(CHAINED, layout.is_endless());
        #[cfg(feature = "alloc")]
        if CHAINED {
            let block = self.chain.head_at(position).or_else(|| self.next_block(position))?;
            // SAFETY: the receiver, which the caller is, gives it away only after it has moved on.
            return Some(unsafe { Place::in_block(block, position) });
        }
        Some(self.slot(layout, position))
    }

    /// The place of a message that was found published.
    ///
    /// # Safety
    /// The caller is the receiver, `position` its position, and the message there is published.
    #[inline(always)]
    unsafe fn published<const CHAINED: bool>(&self, position: Position) -> Place<'_, T> {
        #[cfg(feature = "alloc")]
        if CHAINED {
            debug_assert!(self.chain.head_at(position).is_some());
            // SAFETY: who found the message published has made its block the head.
            return unsafe { Place::in_block(self.chain.head().unwrap_unchecked(), position) };
        }
        self.slot(self.channel.ledger.receiver_layout(), position)
    }

    /// The message at `head`, for looking at it in place.
    ///
    /// # Safety
    /// The caller is the receiver, `head` its position, and the message there is published.
    pub(crate) unsafe fn message<const CHAINED: bool>(&self, head: Position) -> *const T {
        // SAFETY: the caller's promise.
        unsafe { self.published::<CHAINED>(head) }.message()
    }

    /// For the receiver, when the queue has drained.
    #[cfg(feature = "alloc")]
    fn give_back_memory(&self) {
        let ledger = &self.channel.ledger;
        if ledger.receiver_layout().is_endless() {
            self.chain.reclaim::<T>(ledger.head());
            self.chain.trim::<T>();
        }
    }

    #[cfg(feature = "alloc")]
    #[cold]
    #[inline(never)]
    fn next_block(&self, position: Position) -> Option<NonNull<Block>> {
        let block = self.chain.move_head(position);
        self.chain.reclaim::<T>(self.channel.ledger.head());
        block
    }

    /// Takes the message out, frees its slot, and gives what `then`, which does not panic, makes of the message.
    ///
    /// If the slot goes to a sender that waits and its waker panics, the message is dropped. Only if it is large and that sender
    /// has come to the lock while it was taken, it is leaked.
    ///
    /// # Safety
    /// The caller is the receiver, `head` its position, and the message there is published.
    // The slot is freed after the result has been put where it is returned to: so the message is moved once, from its place to the
    // caller's. A result that is kept over the call that wakes is moved once more, but it is dropped if that unwinds.
    #[inline(always)]
    pub(crate) unsafe fn take<const CHAINED: bool, R>(&self, head: Position, then: impl FnOnce(T) -> R) -> R {
        // SAFETY: the caller's promise; the position moves on right after, so it is taken once.
        let take = || then(unsafe { self.published::<CHAINED>(head).take() });
        if size_of::<T>() <= SMALL {
            let taken = take();
            self.channel.free_slots::<CHAINED>(head, 1);
            return taken;
        }
        if self.channel.ledger.is_attended::<CHAINED>(head) {
            let taken = take();
            self.channel.free_attended::<CHAINED>(head, 1);
            return taken;
        }
        let _free = OnDrop(|| self.channel.free_unattended::<CHAINED>(head, 1));
        take()
    }

    /// Ends receiving: nothing can be sent any more, those who wait are woken, and what is queued is dropped.
    ///
    /// # Safety
    /// The caller is the receiver and never receives again.
    pub(crate) unsafe fn end_receiving(&self) {
        if self.channel.counts.is_the_end() {
            // This handle drops what is queued.
            self.channel.receiver.take_home();
            // SAFETY: the caller is the receiver, and nobody else has the channel.
            return unsafe { self.channel.receiver.forget() };
        }
        let tail = self.channel.ledger.close_for_good();
        #[cfg(feature = "alloc")]
        let _reclaim = OnDrop(|| self.give_back_memory());
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
        if self.channel.counts.is_static {
            self.channel.ledger.reopen();
            self.channel.counts.end_split();
        } else {
            #[cfg(feature = "alloc")]
            // SAFETY: the last handle, of a channel that `heap::allocate` has made, and drained by `end`.
            unsafe {
                self.chain.end::<T>();
                heap::free::<T>(self.shared);
            }
        }
    }
}

/// The receiver's view of a channel whose messages are `CHAINED` or not.
pub(crate) struct Received<'a, T, const CHAINED: bool>(pub(crate) &'a Handle<T>);

impl<T, const CHAINED: bool> Deref for Received<'_, T, CHAINED> {
    type Target = Handle<T>;

    #[inline(always)]
    fn deref(&self) -> &Handle<T> {
        self.0
    }
}

impl<T, const CHAINED: bool> Source for Received<'_, T, CHAINED> {
    #[inline(always)]
    fn head(&self) -> Position {
        self.channel.ledger.head()
    }

    #[inline(always)]
    fn is_published(&self, head: Position) -> bool {
        self.head_place::<CHAINED>(head).is_some_and(|place| place.is_published())
    }

    fn mark(&self, head: Position) -> bool {
        #[cfg(feature = "alloc")]
        if CHAINED {
            self.chain.head_or_new::<T>(head, self.longest_block());
        }
        self.head_place::<CHAINED>(head).is_some_and(|place| place.mark())
    }

    fn look(&self, head: Position) -> View {
        self.channel.ledger.look::<CHAINED>(head)
    }

    fn relieve(&self) -> bool {
        #[cfg(feature = "alloc")]
        if CHAINED {
            self.give_back_memory();
        }
        self.channel.relieve()
    }

    fn waker(&self) -> &ReceiverWaker {
        &self.channel.receiver
    }

    fn patience(&self) -> &Patience {
        &self.channel.patience
    }

    fn park(&self, head: Position) -> View {
        self.channel.ledger.park::<CHAINED>(head)
    }

    fn unpark(&self) -> bool {
        self.channel.ledger.unpark()
    }
}
