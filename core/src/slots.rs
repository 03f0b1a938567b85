//! The slots that messages are written in: one counted pointer to their [`Wheel`], with the recycling policy, the tickets
//! and the elements behind it, in an allocation of its own or in a `static`.
//!
//! | a slot is | its element is |
//! |---|---|
//! | free | what `recycle` left (of a lazy policy: the last message), or none: made anew when the slot is next written by reference |
//! | in a sender's hand by reference, queued, or on the receiver's side | there |
//! | in a sender's hand by value | being replaced |

mod element;
#[cfg(feature = "alloc")]
pub(crate) mod heap;
mod held;

pub(crate) use element::Element;
pub(crate) use held::{Held, Way};

use crate::{
    ledger::View,
    patience::Patience,
    pool::{Index, Links},
    position::Position,
    receiver_waker::ReceiverWaker,
    receiving::Source,
    recycling::Recycle,
    sync::{OnDrop, wait_for},
    wheel::{Ticket, Wheel},
};
use core::{marker::PhantomData, ptr::NonNull};

/// All of a channel but its tickets and elements.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Header<R> {
    pub(crate) wheel: Wheel,
    pub(crate) policy: R,
}

/// A counted pointer to a channel.
///
/// Invariant: `header` points to a [`Header`], with as many [`Ticket`]s and [`Element`]s as its layout has slots at
/// [`tickets_offset`] and [`elements_offset`] behind it and with access to all, which live until the last handle is
/// dropped. An element's value belongs to who has the slot (see [`crate::wheel`]).
pub(crate) struct Slots<T, R> {
    header: NonNull<Header<R>>,
    // Invariant in T: what one end sends, the other receives.
    _messages: PhantomData<*mut T>,
}

// SAFETY: handles move messages between threads, share the policy, and the last one drops all.
unsafe impl<T: Send, R: Send + Sync> Send for Slots<T, R> {}
// SAFETY: as above: a `&T` can be had from a slot in hand only.
unsafe impl<T: Send, R: Send + Sync> Sync for Slots<T, R> {}

/// Where the tickets begin, from the start of the header.
pub(crate) const fn tickets_offset<R>() -> usize {
    size_of::<Header<R>>().next_multiple_of(align_of::<Ticket>())
}

/// Where the elements begin, from the start of the header.
pub(crate) const fn elements_offset<T, R>(slots: usize) -> usize {
    (tickets_offset::<R>() + slots * size_of::<Ticket>()).next_multiple_of(align_of::<Element<T>>())
}

impl<T, R> Clone for Slots<T, R> {
    fn clone(&self) -> Self {
        self.wheel().counts.handles.increment();
        Self { header: self.header, _messages: PhantomData }
    }
}

impl<T, R> Drop for Slots<T, R> {
    fn drop(&mut self) {
        if self.wheel().counts.handles.decrement() {
            self.end();
        }
    }
}

impl<T, R> Slots<T, R> {
    /// The two first handles of a channel.
    ///
    /// # Safety
    /// `header` fulfils the invariant of `Slots`, and nobody else has handles to it.
    pub(crate) unsafe fn pair(header: NonNull<Header<R>>) -> (Self, Self) {
        (Self { header, _messages: PhantomData }, Self { header, _messages: PhantomData })
    }

    /// Two handles lead to the same channel.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.header == other.header
    }

    #[inline(always)]
    fn header(&self) -> &Header<R> {
        // SAFETY: the invariant of `Slots`.
        unsafe { self.header.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn wheel(&self) -> &Wheel {
        &self.header().wheel
    }

    pub(crate) fn max_capacity(&self) -> usize {
        self.wheel().layout().slots()
    }

    #[inline(always)]
    pub(crate) fn tickets(&self) -> &[Ticket] {
        let slots = self.max_capacity();
        // SAFETY: the invariant of `Slots`.
        unsafe { NonNull::slice_from_raw_parts(self.header.byte_add(tickets_offset::<R>()).cast(), slots).as_ref() }
    }

    #[inline(always)]
    fn elements(&self) -> NonNull<Element<T>> {
        // SAFETY: the invariant of `Slots`.
        unsafe { self.header.byte_add(elements_offset::<T, R>(self.max_capacity())).cast() }
    }

    #[inline(always)]
    fn element(&self, index: Index) -> &Element<T> {
        // SAFETY: the invariant of `Slots`; indices are below the capacity.
        unsafe { self.elements().add(index as usize).as_ref() }
    }

    #[inline(always)]
    pub(crate) fn links(&self) -> Links<'_> {
        // SAFETY: the invariant of `Slots`.
        unsafe { Element::links(self.elements()) }
    }

    /// Puts back a slot that a sender had.
    pub(crate) fn put_back(&self, index: Index) {
        self.wheel().put_back(self.links(), index);
    }

    /// The element of the message at `position`, which is published and not received.
    pub(crate) fn message(&self, position: Position) -> &Element<T> {
        self.element(self.wheel().ticket(self.tickets(), position))
    }

    // ===== sending by value =====

    /// Sends a message in the slot `index`. It comes back if the receiver is gone.
    ///
    /// # Safety
    /// The caller has the slot, as a sender, and has it no more after this.
    pub(crate) unsafe fn send_value(&self, index: Index, value: T) -> Result<(), T> {
        // SAFETY: the caller has the slot. What was in it is dropped last, lest it panic.
        let _idle = unsafe { self.element(index).replace(Some(value)) };
        if self.wheel().publish(self.tickets(), index) {
            return Ok(());
        }
        // SAFETY: not published, so it is still the caller's.
        let value = unsafe { self.element(index).replace(None) };
        self.put_back(index);
        value.map_or(Ok(()), Err)
    }

    // ===== the receiver's end =====

    /// Takes the message out and puts its slot back.
    ///
    /// # Safety
    /// The caller is the receiver, `head` its position, and the message there is published.
    #[inline]
    pub(crate) unsafe fn take(&self, head: Position) -> T {
        // SAFETY: the caller's promise; then the slot is the receiver's.
        let (index, value) = unsafe {
            let index = self.wheel().receive(self.tickets(), head);
            (index, self.element(index).replace(None))
        };
        // The message is dropped if a waker panics.
        self.wheel().release_by_receiver(self.links(), index);
        match value {
            Some(value) => value,
            None => unreachable!("a slot that was published has an element"),
        }
    }

    /// Ends receiving: nothing can be sent any more, those who wait are woken, and what is queued is dropped.
    ///
    /// # Safety
    /// The caller is the receiver and never receives again.
    pub(crate) unsafe fn end_receiving(&self) {
        let wheel = self.wheel();
        if wheel.counts.is_the_end() {
            // This handle drops what is queued.
            wheel.waker().take_home();
            // SAFETY: the caller is the receiver, and nobody else has the channel.
            return unsafe { wheel.waker().forget() };
        }
        let tail = wheel.close_for_good();
        let _drain = Drain { slots: self, tail };
        let _closing = OnDrop(|| wheel.close_waiters());
        if wheel.unpark() {
            wheel.waker().take_home();
        }
        // SAFETY: the caller is the receiver, and with the receiver gone nobody parks again.
        unsafe { wheel.waker().forget() };
    }

    /// The last handle is gone: drops what is left and frees the channel.
    #[cold]
    fn end(&self) {
        // Also if dropping an element panics.
        let _free = OnDrop(|| self.free());
        drop(Clear { slots: self, next: 0 });
    }

    fn free(&self) {
        let wheel = self.wheel();
        if wheel.counts.is_static {
            wheel.reopen(self.links());
            wheel.counts.end_split();
        } else {
            #[cfg(feature = "alloc")]
            // SAFETY: the last handle, of a channel that `heap::allocate` has made, whose elements are dropped.
            unsafe {
                heap::free::<T, R>(self.header);
            }
        }
    }
}

impl<T, R: Recycle<T>> Slots<T, R> {
    /// Recycles the element of a slot.
    ///
    /// # Safety
    /// The caller has the slot.
    #[inline(always)]
    unsafe fn recycle(&self, index: Index) {
        // SAFETY: the caller's promise.
        unsafe { self.element(index).recycle(&self.header().policy) };
    }

    /// Recycles the element of a slot, or drops it if the receiver is gone, since the slot will not be used again.
    ///
    /// # Safety
    /// The caller has the slot.
    unsafe fn recycle_or_drop(&self, index: Index) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.wheel().is_gone() {
                drop(self.element(index).replace(None));
            } else {
                self.recycle(index);
            }
        }
    }
}

impl<T, R> Source for Slots<T, R> {
    #[inline(always)]
    fn head(&self) -> Position {
        self.wheel().head()
    }

    #[inline(always)]
    fn is_published(&self, head: Position) -> bool {
        self.wheel().is_published(self.tickets(), head, self.wheel().layout().stamp(head))
    }

    fn mark(&self, head: Position) -> bool {
        self.wheel().mark(self.tickets(), head, self.wheel().layout().stamp(head))
    }

    fn look(&self, head: Position) -> View {
        self.wheel().look(head)
    }

    fn relieve(&self) -> bool {
        self.wheel().relieve(self.links())
    }

    fn waker(&self) -> &ReceiverWaker {
        self.wheel().waker()
    }

    fn patience(&self) -> &Patience {
        self.wheel().patience()
    }

    fn park(&self, head: Position) -> View {
        self.wheel().park(head)
    }

    fn unpark(&self) -> bool {
        self.wheel().unpark()
    }
}

/// Drops the messages that are queued up to `tail` when it is dropped, all of them even if one panics. A message that a
/// suspended sender is just publishing, and those behind it, are left to the last handle.
struct Drain<'a, T, R> {
    slots: &'a Slots<T, R>,
    tail: Position,
}

impl<T, R> Drain<'_, T, R> {
    fn run(&mut self) {
        let wheel = self.slots.wheel();
        loop {
            let head = wheel.head();
            let published = || self.slots.is_published(head);
            if head == self.tail || !published() && !wait_for(published) {
                break;
            }
            // SAFETY: published, and whoever drains is the receiver; so the slot is its own then.
            let (index, message) = unsafe {
                let index = wheel.receive(self.slots.tickets(), head);
                (index, self.slots.element(index).replace(None))
            };
            wheel.release(self.slots.links(), index);
            drop(message);
        }
    }
}

impl<T, R> Drop for Drain<'_, T, R> {
    fn drop(&mut self) {
        /// Goes on after a message whose drop panicked.
        struct GoOn<'a, 'b, T, R>(&'a mut Drain<'b, T, R>);
        impl<T, R> Drop for GoOn<'_, '_, T, R> {
            fn drop(&mut self) {
                self.0.run();
            }
        }
        GoOn(self).0.run();
    }
}

/// Drops all elements when it is dropped, all of them even if one panics. For the last handle.
struct Clear<'a, T, R> {
    slots: &'a Slots<T, R>,
    next: usize,
}

impl<T, R> Clear<'_, T, R> {
    fn run(&mut self) {
        while self.next < self.slots.max_capacity() {
            self.next += 1;
            // SAFETY: the last handle has all slots.
            drop(unsafe { self.slots.element(self.next as Index - 1).replace(None) });
        }
    }
}

impl<T, R> Drop for Clear<'_, T, R> {
    fn drop(&mut self) {
        /// Goes on after an element whose drop panicked.
        struct GoOn<'a, 'b, T, R>(&'a mut Clear<'b, T, R>);
        impl<T, R> Drop for GoOn<'_, '_, T, R> {
            fn drop(&mut self) {
                self.0.run();
            }
        }
        GoOn(self).0.run();
    }
}
