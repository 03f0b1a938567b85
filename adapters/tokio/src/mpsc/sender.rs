//! The sending end of a channel with a bound.

use super::{
    OwnedPermit, Permit, PermitIterator, WeakSender,
    error::{SendError, TrySendError},
    sending::Sending,
};
use crate::budget::{forbid_in_runtime, proceed};
use core::fmt;
use sakia::mpsc::errors;

/// The sending end of a channel. Made by [`channel`](super::channel); cloned, it makes one more sender.
pub struct Sender<T> {
    pub(crate) inner: sakia::mpsc::Sender<T>,
}

/// `error`, as tokio has it.
fn try_send_error<T>(error: errors::TrySendError<T>) -> TrySendError<T> {
    match error {
        errors::TrySendError::Full(value) => TrySendError::Full(value),
        errors::TrySendError::Closed(value) => TrySendError::Closed(value),
    }
}

impl<T> Sender<T> {
    /// Sends a message, waiting for room. Senders that wait are served in the order in which they began to.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The message comes back.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was certainly not sent; it is dropped with the future,
    /// and the place in the queue is lost.
    #[inline]
    pub fn send(&self, value: T) -> impl Future<Output = Result<(), SendError<T>>> {
        Sending::new(&self.inner, value, sakia::mpsc::Sender::reserve_in_turn)
    }

    /// Waits until the receiver has closed the channel or is gone.
    pub async fn closed(&self) {
        self.inner.closed().await;
    }

    /// Sends a message without waiting.
    ///
    /// # Errors
    /// If there is no room, or the channel is closed. The message comes back.
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.inner.try_send(message).map_err(try_send_error)
    }

    /// Sends a message, waiting for room for `timeout` at most.
    ///
    /// # Errors
    /// If there was no room in time, or the channel is closed. The message comes back.
    ///
    /// # Panics
    /// When it is polled outside a tokio runtime with its timer on.
    #[cfg(feature = "time")]
    pub async fn send_timeout(
        &self,
        value: T,
        timeout: core::time::Duration,
    ) -> Result<(), super::error::SendTimeoutError<T>> {
        use super::error::SendTimeoutError;

        match tokio::time::timeout(timeout, self.reserve()).await {
            Ok(Ok(permit)) => {
                permit.send(value);
                Ok(())
            }
            Ok(Err(_)) => Err(SendTimeoutError::Closed(value)),
            Err(_) => Err(SendTimeoutError::Timeout(value)),
        }
    }

    /// Sends a message, blocking this thread until there is room.
    ///
    /// # Errors
    /// If the channel is closed. The message comes back.
    ///
    /// # Panics
    /// On a thread that drives a tokio runtime's tasks.
    #[track_caller]
    #[cfg_attr(docsrs, doc(alias = "send_blocking"))]
    pub fn blocking_send(&self, value: T) -> Result<(), SendError<T>> {
        forbid_in_runtime();
        self.inner.blocking_send(value).map_err(|error| SendError(error.0))
    }

    /// True once the receiver has closed the channel or is gone.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// Reserves room for one message, waiting for it.
    ///
    /// # Errors
    /// If the channel is closed.
    ///
    /// # Cancel safety
    /// If the future is dropped, only the place in the queue is lost.
    pub async fn reserve(&self) -> Result<Permit<'_, T>, SendError<()>> {
        let permit = self.inner.reserve().await.map_err(|_| SendError(()))?;
        proceed().await;
        Ok(Permit { inner: permit })
    }

    /// Reserves room for `n` messages, waiting for it.
    ///
    /// # Errors
    /// If the channel is closed, or `n` is more than it can ever hold.
    ///
    /// # Cancel safety
    /// As [`reserve`](Self::reserve).
    pub async fn reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, SendError<()>> {
        let permits = self.inner.reserve_many(n).await.map_err(|_| SendError(()))?;
        proceed().await;
        Ok(PermitIterator { inner: permits })
    }

    /// Reserves room for one message, waiting for it, with a permit that owns this sender.
    ///
    /// # Errors
    /// If the channel is closed. The sender is dropped then, as when the future is dropped.
    ///
    /// # Cancel safety
    /// As [`reserve`](Self::reserve), and the sender is dropped.
    pub async fn reserve_owned(self) -> Result<OwnedPermit<T>, SendError<()>> {
        let permit = self.inner.reserve_owned().await.map_err(|_| SendError(()))?;
        proceed().await;
        Ok(OwnedPermit { inner: permit })
    }

    /// Reserves room for one message without waiting.
    ///
    /// # Errors
    /// If there is no room, or the channel is closed.
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        self.inner.try_reserve().map(|permit| Permit { inner: permit }).map_err(try_send_error)
    }

    /// Reserves room for `n` messages without waiting: for all of them or for none.
    ///
    /// # Errors
    /// If there is not enough room (also when there never can be), or the channel is closed.
    pub fn try_reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, TrySendError<()>> {
        self.inner.try_reserve_many(n).map(|permits| PermitIterator { inner: permits }).map_err(try_send_error)
    }

    /// Reserves room for one message without waiting, with a permit that owns this sender.
    ///
    /// # Errors
    /// As [`try_reserve`](Self::try_reserve). The sender comes back.
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, TrySendError<Self>> {
        match self.inner.try_reserve_owned() {
            Ok(permit) => Ok(OwnedPermit { inner: permit }),
            Err(errors::TrySendError::Full(inner)) => Err(TrySendError::Full(Self { inner })),
            Err(errors::TrySendError::Closed(inner)) => Err(TrySendError::Closed(Self { inner })),
        }
    }

    /// True if both senders are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.inner.same_channel(&other.inner)
    }

    /// How many messages there is room for right now.
    pub fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    /// Makes a sender that does not keep the channel open for the receiver.
    #[must_use = "Downgrade creates a WeakSender without destroying the original non-weak sender."]
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender { inner: self.inner.downgrade() }
    }

    /// How many messages the channel can hold: what it was made with.
    pub fn max_capacity(&self) -> usize {
        self.inner.max_capacity()
    }

    /// How many senders there are, owned permits included.
    pub fn strong_count(&self) -> usize {
        self.inner.strong_count()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.inner.weak_count()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("chan", &self.inner).finish()
    }
}
