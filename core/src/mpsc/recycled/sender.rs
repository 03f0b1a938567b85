//! The sending end.

use super::{OwnedRefPermit, OwnedSendRef, RefPermit, SendRef, WeakSender};
use crate::{
    channel::Closed,
    listening::UntilClosed,
    mpsc::{
        deadline::before,
        errors::{SendError, SendTimeoutError, TrySendError},
    },
    pool::Index,
    recycling::{DefaultRecycle, Recycle},
    slots::Slots,
    wheel::TakeSlot,
};
use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

/// The sending end of a channel of slots. Cloned, it makes one more sender of the same channel.
///
/// When the last is dropped, the receiver gets what is still queued and then `None`.
///
/// It can be shared if the messages can be sent:
///
/// ```
/// use std::cell::Cell;
/// fn shared(_: impl Send + Sync) {}
/// let (sender, _receiver) = sakia::mpsc::recycled::channel::<Cell<u8>>(1);
/// shared(sender);
/// ```
///
/// and not otherwise:
///
/// ```compile_fail
/// use std::rc::Rc;
/// fn sent(_: impl Send) {}
/// let (sender, _receiver) = sakia::mpsc::recycled::channel::<Rc<u8>>(1);
/// sent(sender);
/// ```
pub struct Sender<T, R = DefaultRecycle> {
    pub(super) slots: Slots<T, R>,
}

// A sender that was borrowed by a panicking closure is as whole as any: its state is in atomics.
impl<T, R> UnwindSafe for Sender<T, R> {}
impl<T, R> RefUnwindSafe for Sender<T, R> {}

impl<T, R: Recycle<T>> Sender<T, R> {
    /// Waits for a slot to write a message in, which is published when the reference is dropped.
    ///
    /// Senders that wait are served in the order in which they began to (but see
    /// [`Builder::overtaking`](crate::mpsc::Builder::overtaking)).
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone.
    ///
    /// # Panics
    /// If the policy panics; the slot is free again.
    ///
    /// # Cancel safety
    /// If the future is dropped, only the place in the queue is lost. To write across awaits, use
    /// [`reserve_ref`](Self::reserve_ref).
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// sender.send_ref().await.unwrap().push_str("hello");
    /// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
    /// # });
    /// ```
    #[inline]
    pub fn send_ref(&self) -> impl Future<Output = Result<SendRef<'_, T, R>, SendError<()>>> {
        TakeSlot::new(self.slots.wheel(), self.slots.links(), |slot| match slot {
            // SAFETY: taken for this sender.
            Ok(index) => Ok(unsafe { SendRef::new(&self.slots, index) }),
            Err(Closed) => Err(SendError(())),
        })
    }

    /// Gives a slot to write a message in without waiting. As [`send_ref`](Self::send_ref).
    ///
    /// # Errors
    /// If no slot is free or the turn of waiting senders comes first, or the channel is closed.
    ///
    /// ```
    /// let (sender, _receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// let slot = sender.try_send_ref().unwrap();
    /// assert!(sender.try_send_ref().unwrap_err().is_full());
    /// slot.send();
    /// ```
    #[inline]
    pub fn try_send_ref(&self) -> Result<SendRef<'_, T, R>, TrySendError<()>> {
        let index = self.try_slot()?;
        // SAFETY: taken for this sender.
        Ok(unsafe { SendRef::new(&self.slots, index) })
    }

    /// As [`send_ref`](Self::send_ref), waiting until `deadline` is ready: any future, so any runtime's timer.
    ///
    /// # Errors
    /// If the deadline came first, or the channel is closed.
    ///
    /// # Cancel safety
    /// As [`send_ref`](Self::send_ref).
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, _receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// let slot = sender.send_ref_before(core::future::ready(())).await.unwrap();
    /// assert!(sender.send_ref_before(core::future::ready(())).await.unwrap_err().is_timeout());
    /// slot.send();
    /// # });
    /// ```
    pub async fn send_ref_before<D: Future>(&self, deadline: D) -> Result<SendRef<'_, T, R>, SendTimeoutError<()>> {
        let index = in_time(before(self.slot(), deadline).await)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { SendRef::new(&self.slots, index) })
    }

    /// As [`send_ref`](Self::send_ref), blocking this thread.
    ///
    /// It looks for a slot again a few times, mostly letting other threads run in between, before it takes its place among those who
    /// wait.
    ///
    /// # Errors
    /// If the channel is closed.
    #[cfg(feature = "std")]
    pub fn blocking_send_ref(&self) -> Result<SendRef<'_, T, R>, SendError<()>> {
        let index = self.blocking_slot().map_err(closed)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { SendRef::new(&self.slots, index) })
    }

    /// As [`send_ref`](Self::send_ref), blocking this thread for `timeout` at most.
    ///
    /// # Errors
    /// If no slot came in time, or the channel is closed.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let (sender, _receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// sender.blocking_send_ref_timeout(Duration::MAX).unwrap().push_str("hello");
    /// assert!(sender.blocking_send_ref_timeout(Duration::from_millis(1)).unwrap_err().is_timeout());
    /// ```
    #[cfg(feature = "std")]
    pub fn blocking_send_ref_timeout(
        &self,
        timeout: core::time::Duration,
    ) -> Result<SendRef<'_, T, R>, SendTimeoutError<()>> {
        let index = self.blocking_slot_for(timeout)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { SendRef::new(&self.slots, index) })
    }

    /// As [`send_ref`](Self::send_ref), with a reference that owns this sender.
    ///
    /// # Errors
    /// If the channel is closed. The sender is dropped then, as when the future is dropped.
    ///
    /// # Cancel safety
    /// As [`send_ref`](Self::send_ref), and the sender is dropped.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// let mut slot = sender.send_ref_owned().await.unwrap();
    /// std::thread::spawn(move || slot.push_str("from elsewhere")).join().unwrap();
    /// assert_eq!(*receiver.recv_ref().await.unwrap(), "from elsewhere");
    /// # });
    /// ```
    pub async fn send_ref_owned(self) -> Result<OwnedSendRef<T, R>, SendError<()>> {
        let index = self.slot().await.map_err(closed)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { OwnedSendRef::new(self, index) })
    }

    /// As [`try_send_ref`](Self::try_send_ref), with a reference that owns this sender.
    ///
    /// # Errors
    /// As [`try_send_ref`](Self::try_send_ref). The sender comes back.
    pub fn try_send_ref_owned(self) -> Result<OwnedSendRef<T, R>, TrySendError<Self>> {
        match self.try_slot() {
            // SAFETY: taken for this sender.
            Ok(index) => Ok(unsafe { OwnedSendRef::new(self, index) }),
            Err(error) => Err(refused(&error, self)),
        }
    }

    /// Waits for a slot to write a message in, which is published by [`RefPermit::send`] only: for writing across awaits.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone.
    ///
    /// # Panics
    /// If the policy panics; the slot is free again.
    ///
    /// # Cancel safety
    /// If the future is dropped, only the place in the queue is lost. If a future that holds the permit is dropped, nothing
    /// was sent and the slot is free again.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// let mut slot = sender.reserve_ref().await.unwrap();
    /// slot.push_str("hello");
    /// slot.send();
    /// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
    /// drop(sender.reserve_ref().await.unwrap());
    /// assert!(receiver.try_recv_ref().unwrap_err().is_empty());
    /// # });
    /// ```
    #[inline]
    pub fn reserve_ref(&self) -> impl Future<Output = Result<RefPermit<'_, T, R>, SendError<()>>> {
        TakeSlot::new(self.slots.wheel(), self.slots.links(), |slot| match slot {
            // SAFETY: taken for this sender.
            Ok(index) => Ok(unsafe { RefPermit::new(&self.slots, index) }),
            Err(Closed) => Err(SendError(())),
        })
    }

    /// As [`reserve_ref`](Self::reserve_ref), without waiting.
    ///
    /// # Errors
    /// If no slot is free or the turn of waiting senders comes first, or the channel is closed.
    pub fn try_reserve_ref(&self) -> Result<RefPermit<'_, T, R>, TrySendError<()>> {
        let index = self.try_slot()?;
        // SAFETY: taken for this sender.
        Ok(unsafe { RefPermit::new(&self.slots, index) })
    }

    /// As [`reserve_ref`](Self::reserve_ref), waiting until `deadline` is ready.
    ///
    /// # Errors
    /// If the deadline came first, or the channel is closed.
    ///
    /// # Cancel safety
    /// As [`reserve_ref`](Self::reserve_ref).
    pub async fn reserve_ref_before<D: Future>(
        &self,
        deadline: D,
    ) -> Result<RefPermit<'_, T, R>, SendTimeoutError<()>> {
        let index = in_time(before(self.slot(), deadline).await)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { RefPermit::new(&self.slots, index) })
    }

    /// As [`reserve_ref`](Self::reserve_ref), blocking this thread.
    ///
    /// It looks for a slot again a few times, mostly letting other threads run in between, before it takes its place among those who
    /// wait.
    ///
    /// # Errors
    /// If the channel is closed.
    #[cfg(feature = "std")]
    pub fn blocking_reserve_ref(&self) -> Result<RefPermit<'_, T, R>, SendError<()>> {
        let index = self.blocking_slot().map_err(closed)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { RefPermit::new(&self.slots, index) })
    }

    /// As [`reserve_ref`](Self::reserve_ref), blocking this thread for `timeout` at most.
    ///
    /// # Errors
    /// If no slot came in time, or the channel is closed.
    #[cfg(feature = "std")]
    pub fn blocking_reserve_ref_timeout(
        &self,
        timeout: core::time::Duration,
    ) -> Result<RefPermit<'_, T, R>, SendTimeoutError<()>> {
        let index = self.blocking_slot_for(timeout)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { RefPermit::new(&self.slots, index) })
    }

    /// As [`reserve_ref`](Self::reserve_ref), with a permit that owns this sender.
    ///
    /// # Errors
    /// If the channel is closed. The sender is dropped then, as when the future is dropped.
    ///
    /// # Cancel safety
    /// As [`reserve_ref`](Self::reserve_ref), and the sender is dropped.
    pub async fn reserve_ref_owned(self) -> Result<OwnedRefPermit<T, R>, SendError<()>> {
        let index = self.slot().await.map_err(closed)?;
        // SAFETY: taken for this sender.
        Ok(unsafe { OwnedRefPermit::new(self, index) })
    }

    /// As [`try_reserve_ref`](Self::try_reserve_ref), with a permit that owns this sender.
    ///
    /// # Errors
    /// As [`try_reserve_ref`](Self::try_reserve_ref). The sender comes back.
    pub fn try_reserve_ref_owned(self) -> Result<OwnedRefPermit<T, R>, TrySendError<Self>> {
        match self.try_slot() {
            // SAFETY: taken for this sender.
            Ok(index) => Ok(unsafe { OwnedRefPermit::new(self, index) }),
            Err(error) => Err(refused(&error, self)),
        }
    }
}

impl<T, R> Sender<T, R> {
    /// Wraps a handle that the count of senders includes already.
    pub(in crate::mpsc) fn new(slots: Slots<T, R>) -> Self {
        Self { slots }
    }

    // ===== slots =====

    /// Takes a slot, waiting for it.
    fn slot(&self) -> impl Future<Output = Result<Index, Closed>> + Send {
        TakeSlot::new(self.slots.wheel(), self.slots.links(), |slot| slot)
    }

    #[inline]
    fn try_slot(&self) -> Result<Index, TrySendError<()>> {
        self.slots.wheel().take(self.slots.links()).map_err(|refused| TrySendError::new(refused, ()))
    }

    /// Takes a slot, blocking this thread until there is one. It looks for a free one before it waits in the queue, as
    /// [`blocking_acquire`](crate::mpsc::acquire::blocking_acquire) does.
    #[cfg(feature = "std")]
    fn blocking_slot(&self) -> Result<Index, Closed> {
        let attempt = || match self.try_slot() {
            Ok(index) => Some(Ok(index)),
            Err(TrySendError::Closed(())) => Some(Err(Closed)),
            Err(TrySendError::Full(())) => None,
        };
        attempt().or_else(|| crate::park::find_soon(attempt)).unwrap_or_else(|| crate::park::block_on(self.slot()))
    }

    #[cfg(feature = "std")]
    fn blocking_slot_for(&self, timeout: core::time::Duration) -> Result<Index, SendTimeoutError<()>> {
        in_time(crate::park::block_until(self.slot(), crate::park::deadline(timeout)))
    }

    // ===== by value =====

    /// Sends a message by value, waiting for a slot. The element that is in the slot is dropped.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The message comes back.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was certainly not sent; it is dropped with the future.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// sender.send("hello".into()).await.unwrap();
    /// assert_eq!(receiver.recv().await.as_deref(), Some("hello"));
    /// # });
    /// ```
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        match self.slot().await {
            // SAFETY: taken for this sender.
            Ok(index) => unsafe { self.slots.send_value(index, value) }.map_err(SendError),
            Err(Closed) => Err(SendError(value)),
        }
    }

    /// Sends a message by value, without waiting.
    ///
    /// # Errors
    /// If no slot is free or the turn of waiting senders comes first, or the channel is closed. The message comes back.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        match self.try_slot() {
            // SAFETY: taken for this sender.
            Ok(index) => unsafe { self.slots.send_value(index, value) }.map_err(TrySendError::Closed),
            Err(error) => Err(refused(&error, value)),
        }
    }

    /// Sends a message by value, waiting for a slot until `deadline` is ready.
    ///
    /// # Errors
    /// If the deadline came first, or the channel is closed. The message comes back.
    ///
    /// # Cancel safety
    /// As [`send`](Self::send).
    pub async fn send_before<D: Future>(&self, value: T, deadline: D) -> Result<(), SendTimeoutError<T>> {
        let slot = before(self.slot(), deadline).await;
        self.send_in_time(slot, value)
    }

    /// Sends a message by value, blocking this thread until a slot is free.
    ///
    /// It looks for a slot again a few times, mostly letting other threads run in between, before it takes its place among those who
    /// wait.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    #[cfg(feature = "std")]
    pub fn blocking_send(&self, value: T) -> Result<(), SendError<T>> {
        match self.blocking_slot() {
            // SAFETY: taken for this sender.
            Ok(index) => unsafe { self.slots.send_value(index, value) }.map_err(SendError),
            Err(Closed) => Err(SendError(value)),
        }
    }

    /// Sends a message by value, blocking this thread until a slot is free, for `timeout` at most.
    ///
    /// # Errors
    /// If no slot came in time, or the channel is closed. The message comes back.
    #[cfg(feature = "std")]
    pub fn blocking_send_timeout(&self, value: T, timeout: core::time::Duration) -> Result<(), SendTimeoutError<T>> {
        let slot = crate::park::block_until(self.slot(), crate::park::deadline(timeout));
        self.send_in_time(slot, value)
    }

    fn send_in_time(&self, slot: Option<Result<Index, Closed>>, value: T) -> Result<(), SendTimeoutError<T>> {
        match slot {
            // SAFETY: taken for this sender.
            Some(Ok(index)) => unsafe { self.slots.send_value(index, value) }.map_err(SendTimeoutError::Closed),
            Some(Err(Closed)) => Err(SendTimeoutError::Closed(value)),
            None => Err(SendTimeoutError::Timeout(value)),
        }
    }

    // ===== the channel =====

    /// Waits until the receiver has closed the channel or is gone.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn closed(&self) {
        UntilClosed::new(self.slots.wheel()).await;
    }

    /// True once the receiver has closed the channel or is gone.
    pub fn is_closed(&self) -> bool {
        self.slots.wheel().is_closed()
    }

    /// True if both senders are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.slots.is_same(&other.slots)
    }

    /// How many slots are free right now.
    pub fn capacity(&self) -> usize {
        self.slots.wheel().free(self.slots.links())
    }

    /// How many slots the channel has: what it was made with.
    pub fn max_capacity(&self) -> usize {
        self.slots.max_capacity()
    }

    /// How many messages are queued right now. Slots that are being written or read do not count.
    pub fn len(&self) -> usize {
        self.slots.wheel().len()
    }

    /// True if no message is queued right now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes a sender that does not keep the channel open for the receiver.
    #[must_use = "this makes a weak sender and leaves this one as it is"]
    pub fn downgrade(&self) -> WeakSender<T, R> {
        WeakSender::new(self.slots.clone())
    }

    /// How many senders there are, owned references to write included.
    pub fn strong_count(&self) -> usize {
        self.slots.wheel().counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.slots.wheel().counts.weak_senders.get()
    }
}

fn closed(Closed: Closed) -> SendError<()> {
    SendError(())
}

fn refused<T>(error: &TrySendError<()>, value: T) -> TrySendError<T> {
    if error.is_full() { TrySendError::Full(value) } else { TrySendError::Closed(value) }
}

fn in_time(slot: Option<Result<Index, Closed>>) -> Result<Index, SendTimeoutError<()>> {
    match slot {
        Some(Ok(index)) => Ok(index),
        Some(Err(Closed)) => Err(SendTimeoutError::Closed(())),
        None => Err(SendTimeoutError::Timeout(())),
    }
}

impl<T, R> Clone for Sender<T, R> {
    /// # Aborts
    /// If the count of handles would overflow.
    fn clone(&self) -> Self {
        self.slots.wheel().counts.senders.increment();
        Self { slots: self.slots.clone() }
    }
}

impl<T, R> Drop for Sender<T, R> {
    fn drop(&mut self) {
        self.slots.wheel().sender_gone();
    }
}

impl<T, R> fmt::Debug for Sender<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("len", &self.len()).field("max_capacity", &self.max_capacity()).finish()
    }
}
