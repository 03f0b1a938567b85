//! A slot in hand: the way to its element, and where it goes from there.

use super::{Element, Slots};
use crate::{pool::Index, recycling::Recycle, sync::OnDrop};
use core::{
    marker::PhantomData,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::NonNull,
};

/// What leads from a slot in hand to its channel: a borrowed handle or an owned one.
pub(crate) trait Way<T, R> {
    fn slots(&self) -> &Slots<T, R>;
}

impl<T, R> Way<T, R> for &Slots<T, R> {
    #[inline(always)]
    fn slots(&self) -> &Slots<T, R> {
        self
    }
}

impl<T, R> Way<T, R> for Slots<T, R> {
    fn slots(&self) -> &Slots<T, R> {
        self
    }
}

/// A slot in hand.
///
/// Invariant: the slot `index` of the channel is the owner's until one of the unsafe methods, and `element` is its element, in
/// which there is a value.
pub(crate) struct Held<W, T, R> {
    pub(crate) way: W,
    index: Index,
    // Found once: to find it again, the channel's header would have to be read, which may have changed for all that is known
    // where the element is written.
    element: NonNull<Element<T>>,
    _policy: PhantomData<fn(&R)>,
}

// SAFETY: it is a `T` and the way to its channel; the policy is reached by that way only.
unsafe impl<W: Send, T: Send, R> Send for Held<W, T, R> {}
// SAFETY: as above.
unsafe impl<W: Sync, T: Sync, R> Sync for Held<W, T, R> {}
impl<W: UnwindSafe, T: UnwindSafe, R> UnwindSafe for Held<W, T, R> {}
impl<W: RefUnwindSafe, T: RefUnwindSafe, R> RefUnwindSafe for Held<W, T, R> {}

impl<W: Way<T, R>, T, R: Recycle<T>> Held<W, T, R> {
    /// Takes over a slot that a sender has got.
    ///
    /// # Safety
    /// It is the caller's.
    #[inline]
    pub(crate) unsafe fn to_write(way: W, index: Index) -> Self {
        let slots = way.slots();
        let element = slots.element(index);
        // SAFETY: the caller's promise.
        unsafe { element.furnish(&slots.header().policy, || slots.put_back(index)) };
        let element = NonNull::from(element);
        Self { way, index, element, _policy: PhantomData }
    }

    /// Takes over a slot that the receiver has received.
    ///
    /// # Safety
    /// It is the caller's.
    #[inline]
    pub(crate) unsafe fn to_read(way: W, index: Index) -> Self {
        let element = NonNull::from(way.slots().element(index));
        Self { way, index, element, _policy: PhantomData }
    }

    #[inline]
    pub(crate) fn element(&self) -> &T {
        // SAFETY: the slot is the owner's, who is borrowed.
        unsafe { self.element.as_ref().get() }
    }

    #[inline]
    pub(crate) fn element_mut(&mut self) -> &mut T {
        // SAFETY: the slot is the owner's, who is borrowed mutably.
        unsafe { self.element.as_ref().get_mut() }
    }

    /// For a sender: publishes the slot. If the receiver is gone, drops its element and puts it back.
    ///
    /// # Safety
    /// The slot is not used after this.
    #[inline]
    pub(crate) unsafe fn publish(&self) {
        let slots = self.way.slots();
        if !slots.wheel().publish(slots.tickets(), self.index) {
            let _back = OnDrop(|| slots.put_back(self.index));
            // SAFETY: not published, so it is still ours.
            drop(unsafe { slots.element(self.index).replace(None) });
        }
    }

    /// For a sender: puts the slot back, unsent.
    ///
    /// # Safety
    /// The slot is not used after this.
    pub(crate) unsafe fn put_back(&self) {
        let slots = self.way.slots();
        let _back = OnDrop(|| slots.put_back(self.index));
        // SAFETY: the slot is ours.
        unsafe { slots.recycle_or_drop(self.index) };
    }

    /// For the receiver, which is borrowed: puts the slot back.
    ///
    /// # Safety
    /// The slot is not used after this.
    #[inline]
    pub(crate) unsafe fn release_by_receiver(&self) {
        let slots = self.way.slots();
        let _back = OnDrop(|| slots.wheel().release_by_receiver(slots.links(), self.index));
        // SAFETY: the slot is ours.
        unsafe { slots.recycle(self.index) };
    }

    /// For the receiver's side: puts the slot back from anywhere.
    ///
    /// # Safety
    /// The slot is not used after this.
    pub(crate) unsafe fn release(&self) {
        let slots = self.way.slots();
        let _back = OnDrop(|| slots.wheel().release(slots.links(), self.index));
        // SAFETY: the slot is ours.
        unsafe { slots.recycle_or_drop(self.index) };
    }

    /// For the receiver's side: takes the message out and puts the slot back.
    ///
    /// # Safety
    /// The slot is not used after this.
    pub(crate) unsafe fn take(&self) -> T {
        let slots = self.way.slots();
        // SAFETY: the slot is ours.
        let message = unsafe { slots.element(self.index).replace(None) };
        slots.wheel().release(slots.links(), self.index);
        match message {
            Some(message) => message,
            None => unreachable!("a slot in hand has an element"),
        }
    }
}
