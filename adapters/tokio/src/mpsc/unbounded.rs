//! Channels without a bound.

use super::{WeakUnboundedSender, error::SendError, receiver_methods};
use core::fmt;

/// Makes a channel that takes any number of messages.
///
/// ```
/// let (sender, mut receiver) = sakia_tokio::mpsc::unbounded_channel();
/// sender.send("hello")?;
/// assert_eq!(receiver.try_recv(), Ok("hello"));
/// # Ok::<(), sakia_tokio::mpsc::error::SendError<&str>>(())
/// ```
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (sender, receiver) = sakia::mpsc::unbounded();
    (UnboundedSender { inner: sender }, UnboundedReceiver { inner: receiver })
}

/// The sending end of a channel without a bound. Made by [`unbounded_channel`]; cloned, it makes one more sender.
pub struct UnboundedSender<T> {
    pub(crate) inner: sakia::mpsc::UnboundedSender<T>,
}

impl<T> UnboundedSender<T> {
    /// Sends a message. It never waits.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The message comes back.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.inner.send(message).map_err(|error| SendError(error.0))
    }

    /// Waits until the receiver has closed the channel or is gone.
    pub async fn closed(&self) {
        self.inner.closed().await;
    }

    /// True once the receiver has closed the channel or is gone.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// True if both senders are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.inner.same_channel(&other.inner)
    }

    /// Makes a sender that does not keep the channel open for the receiver.
    #[must_use = "Downgrade creates a WeakSender without destroying the original non-weak sender."]
    pub fn downgrade(&self) -> WeakUnboundedSender<T> {
        WeakUnboundedSender { inner: self.inner.downgrade() }
    }

    /// How many senders there are.
    pub fn strong_count(&self) -> usize {
        self.inner.strong_count()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.inner.weak_count()
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundedSender").field("chan", &self.inner).finish()
    }
}

/// The receiving end of a channel without a bound. Made by [`unbounded_channel`].
///
/// When it is dropped, the messages that are queued are dropped at once, and senders get an error.
pub struct UnboundedReceiver<T> {
    pub(crate) inner: sakia::mpsc::Receiver<T>,
}

impl<T> UnboundedReceiver<T> {
    receiver_methods!();
}

impl<T> fmt::Debug for UnboundedReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundedReceiver").field("chan", &self.inner).finish()
    }
}
