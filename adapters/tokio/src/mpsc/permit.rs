//! Room that was reserved.

use super::Sender;
use core::{fmt, iter::FusedIterator};

/// Room for one message. Made by [`Sender::reserve`] and [`Sender::try_reserve`].
pub struct Permit<'a, T> {
    pub(crate) inner: sakia::mpsc::Permit<'a, T>,
}

impl<T> Permit<'_, T> {
    /// Sends a message with this room. It also succeeds after the receiver has closed the channel, and is received then. If
    /// the receiver is gone, the message is dropped at once.
    pub fn send(self, value: T) {
        self.inner.send(value);
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("chan", &self.inner).finish()
    }
}

/// Room for several messages, as an iterator of [`Permit`]s. Made by [`Sender::reserve_many`] and
/// [`Sender::try_reserve_many`].
pub struct PermitIterator<'a, T> {
    pub(crate) inner: sakia::mpsc::PermitIterator<'a, T>,
}

impl<'a, T> Iterator for PermitIterator<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.inner.next().map(|permit| Permit { inner: permit })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<T> ExactSizeIterator for PermitIterator<'_, T> {}
impl<T> FusedIterator for PermitIterator<'_, T> {}

impl<T> fmt::Debug for PermitIterator<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermitIterator").field("chan", &self.inner).field("capacity", &self.len()).finish()
    }
}

/// Room for one message, with the sender that it was reserved by. Made by [`Sender::reserve_owned`] and
/// [`Sender::try_reserve_owned`].
pub struct OwnedPermit<T> {
    pub(crate) inner: sakia::mpsc::OwnedPermit<T>,
}

impl<T> OwnedPermit<T> {
    /// Sends a message with this room and gives the sender back. As [`Permit::send`].
    pub fn send(self, value: T) -> Sender<T> {
        Sender { inner: self.inner.send(value) }
    }

    /// Gives the room back, and the sender.
    pub fn release(self) -> Sender<T> {
        Sender { inner: self.inner.release() }
    }

    /// True if both permits are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.inner.same_channel(&other.inner)
    }

    /// True if this permit and `sender` are of the same channel.
    pub fn same_channel_as_sender(&self, sender: &Sender<T>) -> bool {
        self.inner.same_channel_as_sender(&sender.inner)
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").field("chan", &self.inner).finish()
    }
}
