//! The sending end of a channel without a bound.

use super::errors::SendError;
use crate::{handle::Handle, listening::UntilClosed};
use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

/// The sending end of a channel without a bound, made by [`unbounded`](super::unbounded()). Cloned, it makes one more sender
/// of the same channel.
///
/// When the last is dropped, the receiver gets what is still queued and then `None`.
pub struct UnboundedSender<T> {
    handle: Handle<T>,
}

impl<T> UnwindSafe for UnboundedSender<T> {}
impl<T> RefUnwindSafe for UnboundedSender<T> {}

impl<T> UnboundedSender<T> {
    /// Wraps a handle that the count of senders includes already.
    pub(super) fn new(handle: Handle<T>) -> Self {
        Self { handle }
    }

    /// Sends a message. It never waits.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The message comes back.
    ///
    /// # Aborts
    /// If more than 2<sup>34</sup> messages would be queued (2<sup>28</sup> on targets without 64-bit atomics).
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::unbounded();
    /// sender.send("hello")?;
    /// receiver.close();
    /// assert_eq!(sender.send("too late").unwrap_err().0, "too late");
    /// assert_eq!(receiver.try_recv(), Ok("hello"));
    /// # Ok::<(), sakia::mpsc::errors::SendError<&str>>(())
    /// ```
    #[inline]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        match self.handle.channel.ledger.claim_unbounded() {
            Some(claim) => {
                self.handle.fill::<true>(&claim, || value);
                Ok(())
            }
            None => Err(SendError(value)),
        }
    }

    /// Waits until the receiver has closed the channel or is gone.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn closed(&self) {
        UntilClosed::new(&self.handle.channel).await;
    }

    /// True once the receiver has closed the channel or is gone.
    pub fn is_closed(&self) -> bool {
        self.handle.channel.ledger.is_closed()
    }

    /// True if both senders are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.handle.is_same(&other.handle)
    }

    /// How many messages are in the channel right now. One that is being written may count.
    pub fn len(&self) -> usize {
        self.handle.channel.ledger.len()
    }

    /// True if there is no message in the channel right now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes a sender that does not keep the channel open for the receiver.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::unbounded::<u8>();
    /// let weak = sender.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(sender);
    /// assert!(receiver.try_recv().unwrap_err().is_closed());
    /// assert!(weak.upgrade().is_none());
    /// ```
    #[must_use = "this makes a weak sender and leaves this one as it is"]
    pub fn downgrade(&self) -> WeakUnboundedSender<T> {
        WeakUnboundedSender::new(self.handle.clone())
    }

    /// How many senders there are.
    pub fn strong_count(&self) -> usize {
        self.handle.channel.counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.handle.channel.counts.weak_senders.get()
    }
}

impl<T> Clone for UnboundedSender<T> {
    /// # Aborts
    /// If the count of handles would overflow.
    fn clone(&self) -> Self {
        self.handle.channel.counts.senders.increment();
        Self { handle: self.handle.clone() }
    }
}

impl<T> Drop for UnboundedSender<T> {
    fn drop(&mut self) {
        self.handle.channel.sender_gone();
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundedSender").field("len", &self.len()).finish()
    }
}

/// An [`UnboundedSender`] that does not keep the channel open for the receiver. Made by [`UnboundedSender::downgrade`].
///
/// It keeps the channel's memory.
pub struct WeakUnboundedSender<T> {
    handle: Handle<T>,
}

impl<T> UnwindSafe for WeakUnboundedSender<T> {}
impl<T> RefUnwindSafe for WeakUnboundedSender<T> {}

impl<T> WeakUnboundedSender<T> {
    fn new(handle: Handle<T>) -> Self {
        handle.channel.counts.weak_senders.increment();
        Self { handle }
    }

    /// Makes a sender of it, if there still is one; it does not matter whether the channel is closed.
    ///
    /// Once the last sender is gone there will never be one again.
    pub fn upgrade(&self) -> Option<UnboundedSender<T>> {
        let senders = &self.handle.channel.counts.senders;
        senders.increment_unless_zero().then(|| UnboundedSender::new(self.handle.clone()))
    }

    /// How many senders there are.
    pub fn strong_count(&self) -> usize {
        self.handle.channel.counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.handle.channel.counts.weak_senders.get()
    }
}

impl<T> Clone for WeakUnboundedSender<T> {
    fn clone(&self) -> Self {
        Self::new(self.handle.clone())
    }
}

impl<T> Drop for WeakUnboundedSender<T> {
    fn drop(&mut self) {
        self.handle.channel.counts.weak_senders.decrement();
    }
}

impl<T> fmt::Debug for WeakUnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakUnboundedSender").field("strong_count", &self.strong_count()).finish()
    }
}
