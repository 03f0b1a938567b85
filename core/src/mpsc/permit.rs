//! Room that was reserved: the right to send a message that cannot fail for lack of room.

use super::Sender;
use core::{
    fmt,
    iter::FusedIterator,
    panic::{RefUnwindSafe, UnwindSafe},
};

/// Room for one message. Made by [`Sender::reserve`] and [`Sender::try_reserve`].
///
/// Dropped unused, it gives the room to the next sender. It holds capacity, not a place in the order.
pub struct Permit<'a, T> {
    sender: &'a Sender<T>,
}

impl<T> UnwindSafe for Permit<'_, T> {}
impl<T> RefUnwindSafe for Permit<'_, T> {}

impl<'a, T> Permit<'a, T> {
    /// Takes over a credit.
    pub(super) fn new(sender: &'a Sender<T>) -> Self {
        Self { sender }
    }

    /// Sends a message with this room.
    ///
    /// It also succeeds after the receiver has [closed](super::Receiver::close) the channel, and is received then. If the
    /// receiver is gone, the message is dropped at once.
    pub fn send(self, value: T) {
        let sender = self.sender;
        core::mem::forget(self);
        drop(sender.handle.send_reserved(value));
    }

    /// Gives the room back, as dropping it does.
    pub fn release(self) {}
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        self.sender.handle.channel.give_back(1);
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("sender", self.sender).finish()
    }
}

/// Room for several messages, as an iterator of [`Permit`]s. Made by [`Sender::reserve_many`] and
/// [`Sender::try_reserve_many`].
///
/// Dropped, it gives back the room that it has not yielded.
pub struct PermitIterator<'a, T> {
    sender: &'a Sender<T>,
    left: usize,
}

impl<T> UnwindSafe for PermitIterator<'_, T> {}
impl<T> RefUnwindSafe for PermitIterator<'_, T> {}

impl<'a, T> PermitIterator<'a, T> {
    /// Takes over `n` credits.
    pub(super) fn new(sender: &'a Sender<T>, n: usize) -> Self {
        Self { sender, left: n }
    }
}

impl<'a, T> Iterator for PermitIterator<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(Permit::new(self.sender))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for PermitIterator<'_, T> {}
impl<T> FusedIterator for PermitIterator<'_, T> {}

impl<T> Drop for PermitIterator<'_, T> {
    fn drop(&mut self) {
        self.sender.handle.channel.give_back(self.left);
    }
}

impl<T> fmt::Debug for PermitIterator<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermitIterator").field("sender", self.sender).field("left", &self.left).finish()
    }
}

/// Room for one message, with the sender that it was reserved by. Made by [`Sender::reserve_owned`] and
/// [`Sender::try_reserve_owned`].
///
/// It counts as a sender. Dropped, it first gives back the room and then drops the sender.
pub struct OwnedPermit<T> {
    /// None only while being dropped, after the room was used or given back.
    sender: Option<Sender<T>>,
}

impl<T> UnwindSafe for OwnedPermit<T> {}
impl<T> RefUnwindSafe for OwnedPermit<T> {}

impl<T> OwnedPermit<T> {
    /// Takes over a credit.
    pub(super) fn new(sender: Sender<T>) -> Self {
        Self { sender: Some(sender) }
    }

    /// Sends a message with this room and gives the sender back. As [`Permit::send`].
    pub fn send(mut self, value: T) -> Sender<T> {
        let sender = self.take();
        drop(sender.handle.send_reserved(value));
        sender
    }

    /// Gives the room back, and the sender.
    pub fn release(mut self) -> Sender<T> {
        let sender = self.take();
        sender.handle.channel.give_back(1);
        sender
    }

    fn take(&mut self) -> Sender<T> {
        self.sender.take().expect("a permit is used once")
    }

    fn sender(&self) -> &Sender<T> {
        self.sender.as_ref().expect("a permit is used once")
    }

    /// True if both permits are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.sender().same_channel(other.sender())
    }

    /// True if this permit and `sender` are of the same channel.
    pub fn same_channel_as_sender(&self, sender: &Sender<T>) -> bool {
        self.sender().same_channel(sender)
    }
}

impl<T> Drop for OwnedPermit<T> {
    fn drop(&mut self) {
        if let Some(sender) = self.sender.take() {
            sender.handle.channel.give_back(1);
        }
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").field("sender", &self.sender).finish()
    }
}
