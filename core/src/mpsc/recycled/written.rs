//! Slots that senders write.
//!
//! | | `send` | dropped | dropped in unwinding | given up |
//! |---|---|---|---|---|
//! | `SendRef`, `OwnedSendRef` | publishes | publishes | puts back | `abort` |
//! | `RefPermit`, `OwnedRefPermit` | publishes | puts back | puts back | `release` |

use super::Sender;
use crate::{
    forward::forward_to_element,
    pool::Index,
    recycling::{DefaultRecycle, Recycle},
    slots::{Held, Slots, Way},
    sync,
};
use core::mem::ManuallyDrop;

impl<T, R> Way<T, R> for Sender<T, R> {
    fn slots(&self) -> &Slots<T, R> {
        &self.slots
    }
}

type Borrowed<'a, T, R> = Held<&'a Slots<T, R>, T, R>;
type Owned<T, R> = Held<Sender<T, R>, T, R>;

/// A slot to write a message in, which is published when this is dropped. Made by [`Sender::send_ref`] and the like.
///
/// It is used as the element. While it is held, other senders' messages pass. To write across an `.await`, take a
/// [`RefPermit`] instead: a future that is cancelled drops what it holds, and this would publish half a message.
///
/// ```
/// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(2);
/// let mut first = sender.try_send_ref().unwrap();
/// first.push_str("begun first");
/// sender.try_send_ref().unwrap().push_str("published first");
/// first.send();
/// assert_eq!(*receiver.try_recv_ref().unwrap(), "published first");
/// assert_eq!(*receiver.try_recv_ref().unwrap(), "begun first");
/// ```
///
/// It is `Sync` only if the message is:
///
/// ```compile_fail
/// use std::cell::Cell;
/// fn shared(_: impl Sync) {}
/// let (sender, _receiver) = sakia::mpsc::recycled::channel::<Cell<u8>>(1);
/// shared(sender.try_send_ref().unwrap());
/// ```
#[must_use = "dropped at once, it publishes the message unwritten"]
pub struct SendRef<'a, T, R: Recycle<T> = DefaultRecycle> {
    held: Borrowed<'a, T, R>,
    /// This thread was unwinding already when it was made.
    unwinding: bool,
}

impl<'a, T, R: Recycle<T>> SendRef<'a, T, R> {
    /// # Safety
    /// The slot is the caller's, as a sender.
    #[inline]
    pub(super) unsafe fn new(slots: &'a Slots<T, R>, index: Index) -> Self {
        // First, so that nothing comes between recycling the element and writing it: a compiler can make one of the two.
        let unwinding = sync::is_unwinding();
        // SAFETY: the caller's promise.
        Self { held: unsafe { Held::to_write(slots, index) }, unwinding }
    }

    /// Publishes the message, as dropping this does.
    ///
    /// If the receiver is gone, the message is dropped at once.
    pub fn send(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: not used again.
        unsafe { this.held.publish() };
    }

    /// Gives the slot back unsent.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// sender.try_send_ref().unwrap().abort();
    /// assert_eq!(sender.capacity(), 1);
    /// assert!(receiver.try_recv_ref().unwrap_err().is_empty());
    /// ```
    pub fn abort(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: not used again.
        unsafe { this.held.put_back() };
    }

    fn held(&self) -> &Borrowed<'a, T, R> {
        &self.held
    }

    fn held_mut(&mut self) -> &mut Borrowed<'a, T, R> {
        &mut self.held
    }
}

impl<T, R: Recycle<T>> Drop for SendRef<'_, T, R> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: not used again.
        unsafe { if sync::is_unwinding() && !self.unwinding { self.held.put_back() } else { self.held.publish() } }
    }
}

/// A slot to write a message in across awaits: it is published by [`send`](Self::send) only. Made by
/// [`Sender::reserve_ref`] and the like.
///
/// It is used as the element. Dropped, it gives the slot back unsent.
#[must_use = "dropped, it gives the slot back"]
pub struct RefPermit<'a, T, R: Recycle<T> = DefaultRecycle> {
    held: Borrowed<'a, T, R>,
}

impl<'a, T, R: Recycle<T>> RefPermit<'a, T, R> {
    /// # Safety
    /// The slot is the caller's, as a sender.
    #[inline]
    pub(super) unsafe fn new(slots: &'a Slots<T, R>, index: Index) -> Self {
        // SAFETY: the caller's promise.
        Self { held: unsafe { Held::to_write(slots, index) } }
    }

    /// Publishes the message.
    ///
    /// It also succeeds after the receiver has [closed](super::Receiver::close) the channel, and is received then. If the
    /// receiver is gone, the message is dropped at once.
    pub fn send(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: not used again.
        unsafe { this.held.publish() };
    }

    /// Gives the slot back unsent, as dropping it does.
    pub fn release(self) {}

    fn held(&self) -> &Borrowed<'a, T, R> {
        &self.held
    }

    fn held_mut(&mut self) -> &mut Borrowed<'a, T, R> {
        &mut self.held
    }
}

impl<T, R: Recycle<T>> Drop for RefPermit<'_, T, R> {
    fn drop(&mut self) {
        // SAFETY: not used again.
        unsafe { self.held.put_back() };
    }
}

/// A [`SendRef`] with the sender that it was made by, to be moved anywhere. Made by [`Sender::send_ref_owned`] and
/// [`Sender::try_send_ref_owned`].
///
/// It counts as a sender. Dropped, it publishes the message and then drops the sender.
#[must_use = "dropped at once, it publishes the message unwritten"]
pub struct OwnedSendRef<T, R: Recycle<T> = DefaultRecycle> {
    /// None only while being dropped, after the slot was published or put back.
    held: Option<Owned<T, R>>,
    unwinding: bool,
}

impl<T, R: Recycle<T>> OwnedSendRef<T, R> {
    /// # Safety
    /// The slot is the caller's, as a sender.
    pub(super) unsafe fn new(sender: Sender<T, R>, index: Index) -> Self {
        // First: see `SendRef::new`.
        let unwinding = sync::is_unwinding();
        // SAFETY: the caller's promise.
        Self { held: Some(unsafe { Held::to_write(sender, index) }), unwinding }
    }

    /// Publishes the message and gives the sender back. As [`SendRef::send`].
    pub fn send(mut self) -> Sender<T, R> {
        let held = self.take();
        // SAFETY: not used again.
        unsafe { held.publish() };
        held.way
    }

    /// Gives the slot back unsent, and the sender.
    pub fn abort(mut self) -> Sender<T, R> {
        let held = self.take();
        // SAFETY: not used again.
        unsafe { held.put_back() };
        held.way
    }

    fn take(&mut self) -> Owned<T, R> {
        self.held.take().expect("a slot is used once")
    }

    fn held(&self) -> &Owned<T, R> {
        self.held.as_ref().expect("a slot is used once")
    }

    fn held_mut(&mut self) -> &mut Owned<T, R> {
        self.held.as_mut().expect("a slot is used once")
    }
}

impl<T, R: Recycle<T>> Drop for OwnedSendRef<T, R> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            // SAFETY: not used again.
            unsafe { if sync::is_unwinding() && !self.unwinding { held.put_back() } else { held.publish() } }
        }
    }
}

/// A [`RefPermit`] with the sender that it was made by, to be moved anywhere. Made by [`Sender::reserve_ref_owned`] and
/// [`Sender::try_reserve_ref_owned`].
///
/// It counts as a sender. Dropped, it first gives the slot back and then drops the sender.
#[must_use = "dropped, it gives the slot back"]
pub struct OwnedRefPermit<T, R: Recycle<T> = DefaultRecycle> {
    /// None only while being dropped, after the slot was published or put back.
    held: Option<Owned<T, R>>,
}

impl<T, R: Recycle<T>> OwnedRefPermit<T, R> {
    /// # Safety
    /// The slot is the caller's, as a sender.
    pub(super) unsafe fn new(sender: Sender<T, R>, index: Index) -> Self {
        // SAFETY: the caller's promise.
        Self { held: Some(unsafe { Held::to_write(sender, index) }) }
    }

    /// Publishes the message and gives the sender back. As [`RefPermit::send`].
    pub fn send(mut self) -> Sender<T, R> {
        let held = self.take();
        // SAFETY: not used again.
        unsafe { held.publish() };
        held.way
    }

    /// Gives the slot back unsent, and the sender.
    pub fn release(mut self) -> Sender<T, R> {
        let held = self.take();
        // SAFETY: not used again.
        unsafe { held.put_back() };
        held.way
    }

    fn take(&mut self) -> Owned<T, R> {
        self.held.take().expect("a slot is used once")
    }

    fn held(&self) -> &Owned<T, R> {
        self.held.as_ref().expect("a slot is used once")
    }

    fn held_mut(&mut self) -> &mut Owned<T, R> {
        self.held.as_mut().expect("a slot is used once")
    }
}

impl<T, R: Recycle<T>> Drop for OwnedRefPermit<T, R> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            // SAFETY: not used again.
            unsafe { held.put_back() };
        }
    }
}

forward_to_element!(['a] SendRef);
forward_to_element!(['a] RefPermit);
forward_to_element!([] OwnedSendRef);
forward_to_element!([] OwnedRefPermit);
