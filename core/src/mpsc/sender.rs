//! The sending end.

use super::{
    OwnedPermit, Permit, PermitIterator, WeakSender,
    acquire::{AcquireThen, acquire},
    batch,
    deadline::before,
    errors::{SendError, SendIterError, SendTimeoutError, TrySendError},
    sending::Sending,
};
use crate::{
    channel::Closed,
    handle::Handle,
    ledger::{Claim, Refused},
    listening::UntilClosed,
    position::Position,
    sync::{self, OnDrop},
};
use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

/// The sending end of a channel. Cloned, it makes one more sender of the same channel.
///
/// When the last is dropped, the receiver gets what is still queued and then `None`.
pub struct Sender<T> {
    pub(super) handle: Handle<T>,
}

// A sender that was borrowed by a panicking closure is as whole as any: its state is in atomics.
impl<T> UnwindSafe for Sender<T> {}
impl<T> RefUnwindSafe for Sender<T> {}

impl<T> Sender<T> {
    /// Wraps a handle that the count of senders includes already.
    pub(super) fn new(handle: Handle<T>) -> Self {
        Self { handle }
    }

    /// Sends a message, waiting for room.
    ///
    /// Senders that wait are served in the order in which they began to (but see
    /// [`Builder::overtaking`](super::Builder::overtaking)). That a message was sent does not mean that it will be received: the
    /// receiver may be dropped before.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The message comes back.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was certainly not sent; it is dropped with the future,
    /// and the place in the queue is lost. To keep the message, [`reserve`](Self::reserve) first.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// sender.send("hello").await?;
    /// assert_eq!(receiver.recv().await, Some("hello"));
    /// # Ok::<(), sakia::mpsc::errors::SendError<&str>>(()) }).unwrap();
    /// ```
    #[inline]
    pub fn send(&self, value: T) -> impl Future<Output = Result<(), SendError<T>>> {
        Sending::new(self, value)
    }

    /// Sends a message without waiting.
    ///
    /// # Errors
    /// If there is no room or the turn of waiting senders comes first, or the channel is closed. The message comes back.
    ///
    /// ```
    /// let (sender, _receiver) = sakia::mpsc::channel(1);
    /// assert!(sender.try_send(1).is_ok());
    /// assert!(sender.try_send(2).unwrap_err().is_full());
    /// ```
    // Inlined, its usual result stays in registers: copied through memory it costs more than all the rest.
    #[inline(always)]
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.try_send_with(|| value).map_err(|(refused, value)| TrySendError::new(refused, value()))
    }

    /// Sends the message in `value` without waiting, and takes it out; if it is not sent, it stays there. So a large message is
    /// moved only when it is sent, and once.
    ///
    /// # Errors
    /// If there is no room or the turn of waiting senders comes first, or the channel is closed.
    ///
    /// # Panics
    /// If there is no message in `value`. Nothing is sent then.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// let mut page = Some([0; 4096]);
    /// assert!(sender.try_send_option(&mut page).is_ok());
    /// page = Some([1; 4096]);
    /// assert!(sender.try_send_option(&mut page).unwrap_err().is_full());
    /// assert_eq!(page, Some([1; 4096]));
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_send_option(&self, value: &mut Option<T>) -> Result<(), TrySendError<()>> {
        assert!(value.is_some(), "no message to send");
        let take = || value.take().expect("as asserted");
        let sent = if self.handle.is_chained() { self.try_send_chained(take) } else { self.try_send_in_ring(take) };
        sent.map_err(|(refused, _)| TrySendError::new(refused, ()))
    }

    /// As [`Self::try_send`], with what `value` gives, which does not panic: so it is moved once, straight to where it belongs.
    #[inline(always)]
    pub(super) fn try_send_with<V: FnOnce() -> T>(&self, value: V) -> Result<(), (Refused, V)> {
        if self.handle.is_chained() { self.try_send_chained(value) } else { self.try_send_here(value) }
    }

    #[inline(never)]
    fn try_send_in_ring<V: FnOnce() -> T>(&self, value: V) -> Result<(), (Refused, V)> {
        self.try_send_here(value)
    }

    #[inline(always)]
    fn try_send_here<V: FnOnce() -> T>(&self, value: V) -> Result<(), (Refused, V)> {
        match self.handle.channel.ledger.claim_next() {
            Ok(claim) => {
                self.handle.fill::<false>(&claim, value);
                Ok(())
            }
            Err(Some(word)) => self.try_send_from(word, value),
            Err(None) => self.try_send_later::<false, V>(value),
        }
    }

    #[cold]
    #[inline(never)]
    fn try_send_later<const CHAINED: bool, V: FnOnce() -> T>(&self, value: V) -> Result<(), (Refused, V)> {
        sync::back_off();
        self.try_send_at_length::<CHAINED, V>(value)
    }

    // It ends in calls and keeps nothing over one, so that it has few registers to save. The next as well.
    #[inline(never)]
    fn try_send_from<V: FnOnce() -> T>(&self, word: Position, value: V) -> Result<(), (Refused, V)> {
        match self.handle.channel.ledger.claim_once(word) {
            Ok(claim) => {
                self.handle.fill::<false>(&claim, value);
                Ok(())
            }
            Err(Some(refused)) => Err((refused, value)),
            Err(None) => self.try_send_at_length::<false, V>(value),
        }
    }

    #[inline(never)]
    fn try_send_chained<V: FnOnce() -> T>(&self, value: V) -> Result<(), (Refused, V)> {
        match self.handle.channel.ledger.claim_next_chained() {
            Ok(claim) => {
                self.handle.fill::<true>(&claim, value);
                Ok(())
            }
            Err(Some(_)) => self.try_send_at_length::<true, V>(value),
            Err(None) => self.try_send_later::<true, V>(value),
        }
    }

    #[inline(never)]
    fn try_send_at_length<const CHAINED: bool, V: FnOnce() -> T>(&self, value: V) -> Result<(), (Refused, V)> {
        match self.handle.channel.ledger.claim::<CHAINED>() {
            Ok(claim) => {
                if claim.passed {
                    self.fill_passed::<CHAINED>(&claim, value);
                } else {
                    self.handle.fill::<CHAINED>(&claim, value);
                }
                Ok(())
            }
            Err(refused) => Err((refused, value)),
        }
    }

    #[cold]
    #[inline(never)]
    fn fill_passed<const CHAINED: bool>(&self, claim: &Claim, value: impl FnOnce() -> T) {
        // Also if the receiver's waker panics.
        let _after = OnDrop(|| self.handle.channel.passed());
        self.handle.fill::<CHAINED>(claim, value);
    }

    /// Sends a message, waiting for room until `deadline` is ready: any future, so any runtime's timer.
    ///
    /// # Errors
    /// If the deadline came first, or the channel is closed. The message comes back.
    ///
    /// # Cancel safety
    /// As [`send`](Self::send).
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, _receiver) = sakia::mpsc::channel(1);
    /// sender.send_before(1, core::future::ready(())).await.unwrap();
    /// let error = sender.send_before(2, core::future::ready(())).await.unwrap_err();
    /// assert!(error.is_timeout());
    /// assert_eq!(error.into_inner(), 2);
    /// # });
    /// ```
    pub async fn send_before<D: Future>(&self, value: T, deadline: D) -> Result<(), SendTimeoutError<T>> {
        let value = match self.try_send(value) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(value)) => return Err(SendTimeoutError::Closed(value)),
            Err(TrySendError::Full(value)) => value,
        };
        match before(acquire(&self.handle.channel, 1), deadline).await {
            Some(Ok(())) => self.handle.send_reserved(value).map_err(SendTimeoutError::Closed),
            Some(Err(Closed)) => Err(SendTimeoutError::Closed(value)),
            None => Err(SendTimeoutError::Timeout(value)),
        }
    }

    /// Sends a message, blocking this thread until there is room.
    ///
    /// It knows no runtime: a task that calls it blocks its runtime's thread. It looks for room again a few times,
    /// letting other threads run in between, before it takes its place among those who wait.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// let thread = std::thread::spawn(move || (0..10).all(|n| sender.blocking_send(n).is_ok()));
    /// assert!((0..10).all(|n| receiver.blocking_recv() == Some(n)));
    /// assert!(thread.join().unwrap());
    /// ```
    #[cfg(feature = "std")]
    pub fn blocking_send(&self, value: T) -> Result<(), SendError<T>> {
        let value = match self.try_send(value) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(value)) => return Err(SendError(value)),
            Err(TrySendError::Full(value)) => value,
        };
        match crate::mpsc::acquire::blocking_acquire(&self.handle.channel) {
            Ok(()) => self.handle.send_reserved(value).map_err(SendError),
            Err(Closed) => Err(SendError(value)),
        }
    }

    /// Sends a message, blocking this thread until there is room, for `timeout` at most.
    ///
    /// # Errors
    /// If there was no room in time, or the channel is closed. The message comes back.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let (sender, _receiver) = sakia::mpsc::channel(1);
    /// sender.blocking_send_timeout(1, Duration::MAX).unwrap();
    /// assert!(sender.blocking_send_timeout(2, Duration::from_millis(1)).unwrap_err().is_timeout());
    /// ```
    #[cfg(feature = "std")]
    pub fn blocking_send_timeout(&self, value: T, timeout: core::time::Duration) -> Result<(), SendTimeoutError<T>> {
        let value = match self.try_send(value) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(value)) => return Err(SendTimeoutError::Closed(value)),
            Err(TrySendError::Full(value)) => value,
        };
        let deadline = crate::park::deadline(timeout);
        match crate::park::block_until(acquire(&self.handle.channel, 1), deadline) {
            Some(Ok(())) => self.handle.send_reserved(value).map_err(SendTimeoutError::Closed),
            Some(Err(Closed)) => Err(SendTimeoutError::Closed(value)),
            None => Err(SendTimeoutError::Timeout(value)),
        }
    }

    /// Sends the messages of an iterator, waiting for room, and tells how many they were.
    ///
    /// An item is pulled only with a slot in hand. Up to 16 small items (128 bytes at most) are pulled at a time and stand
    /// in a row in the channel; other senders' messages may come between such runs. While items are pulled, the slots
    /// for them are reserved.
    ///
    /// # Errors
    /// If the channel is closed. What was not sent is still in the iterator.
    ///
    /// # Cancel safety
    /// If the future is dropped, what was pulled was sent, and the rest is still in the iterator.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(8);
    /// let mut words = ["a", "b", "c"].into_iter();
    /// assert_eq!(sender.send_iter(&mut words).await, Ok(3));
    /// let mut received = Vec::new();
    /// assert_eq!(receiver.recv_many(&mut received, 8).await, 3);
    /// assert_eq!(received, ["a", "b", "c"]);
    /// # });
    /// ```
    pub async fn send_iter<I>(&self, messages: &mut I) -> Result<usize, SendIterError>
    where
        I: Iterator<Item = T>,
    {
        let mut sent = 0;
        while let Some(wanted) = batch::wanted(messages) {
            let Ok(credits) = batch::acquire_some(&self.handle.channel, wanted).await else {
                return Err(SendIterError { sent });
            };
            let (pulled, ended) = batch::pull(&self.handle, credits, messages);
            sent += pulled;
            if ended {
                break;
            }
        }
        Ok(sent)
    }

    /// Reserves room for one message, waiting for it.
    ///
    /// A permit holds capacity, not a place in the order: that is taken when it sends.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone.
    ///
    /// # Cancel safety
    /// If the future is dropped, only the place in the queue is lost.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// let permit = sender.reserve().await.unwrap();
    /// assert!(sender.try_send("no room").is_err());
    /// permit.send("reserved");
    /// assert_eq!(receiver.recv().await, Some("reserved"));
    /// # });
    /// ```
    pub async fn reserve(&self) -> Result<Permit<'_, T>, SendError<()>> {
        match acquire(&self.handle.channel, 1).await {
            Ok(()) => Ok(Permit::new(self)),
            Err(Closed) => Err(SendError(())),
        }
    }

    /// As [`reserve`](Self::reserve), for who has just found no room by [`try_send`](Self::try_send): it does not try that once
    /// more before it waits.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone.
    ///
    /// # Cancel safety
    /// As [`reserve`](Self::reserve).
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// if sender.try_send(1).is_err() {
    ///     sender.reserve_in_turn().await.unwrap().send(1);
    /// }
    /// assert_eq!(receiver.recv().await, Some(1));
    /// # });
    /// ```
    pub fn reserve_in_turn(&self) -> impl Future<Output = Result<Permit<'_, T>, SendError<()>>> {
        AcquireThen::new(&self.handle.channel, 1, |outcome| match outcome {
            Ok(()) => Ok(Permit::new(self)),
            Err(Closed) => Err(SendError(())),
        })
    }

    /// Reserves room for `n` messages, waiting for it. A large request that has come to the head of the queue gathers room
    /// until it has enough.
    ///
    /// # Errors
    /// If the channel is closed, or `n` is more than it can ever hold.
    ///
    /// # Cancel safety
    /// As [`reserve`](Self::reserve).
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(4);
    /// for (permit, n) in sender.reserve_many(2).await.unwrap().zip(0..) {
    ///     permit.send(n);
    /// }
    /// assert_eq!(receiver.len(), 2);
    /// assert!(sender.reserve_many(5).await.is_err());
    /// # });
    /// ```
    pub async fn reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, SendError<()>> {
        if n > self.max_capacity() || n == 0 && self.is_closed() {
            return Err(SendError(()));
        }
        match if n == 0 { Ok(()) } else { acquire(&self.handle.channel, n).await } {
            Ok(()) => Ok(PermitIterator::new(self, n)),
            Err(Closed) => Err(SendError(())),
        }
    }

    /// Reserves room for one message with a permit that owns this sender.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The sender is dropped then, as when the future is dropped.
    ///
    /// # Cancel safety
    /// As [`reserve`](Self::reserve), and the sender is dropped.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// let sender = sender.reserve_owned().await.unwrap().send(1);
    /// assert_eq!(sender.strong_count(), 1);
    /// assert_eq!(receiver.recv().await, Some(1));
    /// # });
    /// ```
    pub async fn reserve_owned(self) -> Result<OwnedPermit<T>, SendError<()>> {
        match acquire(&self.handle.channel, 1).await {
            Ok(()) => Ok(OwnedPermit::new(self)),
            Err(Closed) => Err(SendError(())),
        }
    }

    /// Reserves room for one message without waiting.
    ///
    /// # Errors
    /// If there is no room or the turn of waiting senders comes first, or the channel is closed.
    ///
    /// ```
    /// let (sender, _receiver) = sakia::mpsc::channel(1);
    /// let permit = sender.try_reserve().unwrap();
    /// assert!(sender.try_reserve().unwrap_err().is_full());
    /// permit.send(1);
    /// ```
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        self.try_acquire(1).map(|()| Permit::new(self))
    }

    /// Reserves room for `n` messages without waiting: for all of them or for none.
    ///
    /// # Errors
    /// If there is not enough room (also when there never can be), or the channel is closed.
    ///
    /// ```
    /// let (sender, _receiver) = sakia::mpsc::channel::<u8>(2);
    /// assert!(sender.try_reserve_many(3).unwrap_err().is_full());
    /// assert_eq!(sender.try_reserve_many(2).unwrap().len(), 2);
    /// ```
    pub fn try_reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, TrySendError<()>> {
        if n > self.max_capacity() {
            return Err(TrySendError::Full(()));
        }
        self.try_acquire(n).map(|()| PermitIterator::new(self, n))
    }

    /// Reserves room for one message without waiting, with a permit that owns this sender.
    ///
    /// # Errors
    /// As [`try_reserve`](Self::try_reserve). The sender comes back.
    ///
    /// ```
    /// let (sender, _receiver) = sakia::mpsc::channel::<u8>(1);
    /// let permit = sender.clone().try_reserve_owned().unwrap();
    /// let sender = sender.try_reserve_owned().unwrap_err().into_inner();
    /// assert!(permit.same_channel_as_sender(&sender));
    /// ```
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, TrySendError<Self>> {
        match self.try_acquire(1) {
            Ok(()) => Ok(OwnedPermit::new(self)),
            Err(TrySendError::Full(())) => Err(TrySendError::Full(self)),
            Err(TrySendError::Closed(())) => Err(TrySendError::Closed(self)),
        }
    }

    fn try_acquire(&self, n: usize) -> Result<(), TrySendError<()>> {
        let outcome = if n == 0 && !self.is_closed() { Ok(()) } else { self.handle.channel.reserve(n) };
        outcome.map_err(|refused| TrySendError::new(refused, ()))
    }

    /// Waits until the receiver has closed the channel or is gone.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, receiver) = sakia::mpsc::channel::<u8>(1);
    /// drop(receiver);
    /// sender.closed().await;
    /// assert!(sender.is_closed());
    /// # });
    /// ```
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

    /// How many messages there is room for right now. Reserved room does not count, and what is freed while senders
    /// wait may be reserved for them already.
    pub fn capacity(&self) -> usize {
        self.handle.channel.ledger.free()
    }

    /// How many messages the channel can hold: what it was made with.
    pub fn max_capacity(&self) -> usize {
        self.handle.channel.ledger.bound()
    }

    /// How many messages may overtake a sender that waits; see [`Builder::overtaking`](super::Builder::overtaking). On
    /// targets where every channel is strict, 0.
    pub fn overtaking(&self) -> u32 {
        self.handle.channel.ledger.overtaking()
    }

    /// How many messages are in the channel right now. One that is being written may count; reserved room doesn't.
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
    /// let (sender, mut receiver) = sakia::mpsc::channel::<u8>(1);
    /// let weak = sender.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(sender);
    /// assert_eq!(receiver.blocking_recv(), None);
    /// assert!(weak.upgrade().is_none());
    /// ```
    #[must_use = "this makes a weak sender and leaves this one as it is"]
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender::new(self.handle.clone())
    }

    /// How many senders there are, owned permits included.
    pub fn strong_count(&self) -> usize {
        self.handle.channel.counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.handle.channel.counts.weak_senders.get()
    }
}

impl<T> Clone for Sender<T> {
    /// # Aborts
    /// If the count of handles would overflow.
    fn clone(&self) -> Self {
        self.handle.channel.counts.senders.increment();
        Self { handle: self.handle.clone() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.handle.channel.sender_gone();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("len", &self.len()).field("max_capacity", &self.max_capacity()).finish()
    }
}
