//! The receiving end.

mod batch;
#[cfg(feature = "std")]
mod blocking;

use super::errors::TryRecvError;
use crate::{
    handle::{Handle, Received},
    position::Position,
    receiving::{poll_look, try_look},
};
#[cfg(feature = "std")]
pub use blocking::{IntoIter, Iter};
use core::{
    fmt,
    future::poll_fn,
    marker::PhantomPinned,
    panic::{RefUnwindSafe, UnwindSafe},
    pin::Pin,
    task::{Context, Poll},
};

/// The receiving end of a channel: there is one.
///
/// When it is dropped, the messages that are queued are dropped at once, and senders get an error.
pub struct Receiver<T> {
    handle: Handle<T>,
}

impl<T> Unpin for Receiver<T> {}
impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}

impl<T> Receiver<T> {
    pub(super) fn new(handle: Handle<T>) -> Self {
        Self { handle }
    }

    #[cfg(all(test, feature = "std", not(sakia_loom)))]
    pub(super) fn patience(&self) -> &crate::patience::Patience {
        &self.handle.channel.patience
    }

    /// Receives the next message, waiting for it. `None`: the channel is closed and there is none left, and never will be.
    ///
    /// After [`close`](Self::close), it waits for permits that are still out. Polled again after it was ready, the future receives
    /// the next message.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// sender.send(1).await.unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.recv().await, Some(1));
    /// assert_eq!(receiver.recv().await, None);
    /// # });
    /// ```
    // By hand, and not an async fn, which would move the message once more. `use` is for the compiler's messages, which without it
    // take the borrow for a mistake of ours.
    #[inline]
    pub fn recv(&mut self) -> impl Future<Output = Option<T>> + use<'_, T> {
        Recv { receiver: self, _pinned: PhantomPinned }
    }

    /// Receives the next message without waiting.
    ///
    /// With the `std` feature, it waits for a message that is just being written: it says that the channel is empty only
    /// if it is. Without, such a message looks like none.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// assert!(receiver.try_recv().unwrap_err().is_empty());
    /// sender.try_send(1).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// assert!(receiver.try_recv().unwrap_err().is_closed());
    /// ```
    // Inlined as `Sender::try_send`.
    #[inline(always)]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        if self.is_chained() { self.try_recv_in::<true>() } else { self.try_recv_in::<false>() }
    }

    #[inline(always)]
    fn try_recv_in<const CHAINED: bool>(&mut self) -> Result<T, TryRecvError> {
        let head = try_look(&Received::<T, CHAINED>(&self.handle))?;
        // SAFETY: the message at `head` is published.
        unsafe { self.handle.take::<CHAINED, _>(head, Ok) }
    }

    /// Receives the next message, or sees to it that the task is woken when there is one. Only the task of the last call is.
    ///
    /// It may also be Pending while a message is just being written; the task is woken then.
    // Inlined as `Sender::try_send`.
    #[inline(always)]
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        if self.is_chained() { self.poll_recv_in::<true>(context) } else { self.poll_recv_in::<false>(context) }
    }

    #[inline(always)]
    fn poll_recv_in<const CHAINED: bool>(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        match poll_look(&Received::<T, CHAINED>(&self.handle), context) {
            // SAFETY: the message at `head` is published.
            Poll::Ready(Some(head)) => unsafe {
                self.handle.take::<CHAINED, _>(head, |message| Poll::Ready(Some(message)))
            },
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Receives up to `limit` messages into `buffer`, waiting for the first. Gives their number; 0 with a `limit` above 0
    /// means that the channel is closed and there are none left.
    ///
    /// It takes what is there and what `buffer` takes, and does not wait for more. Room for senders is made when the batch has been taken.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(4);
    /// for n in 0..3 {
    ///     sender.send(n).await.unwrap();
    /// }
    /// let mut messages = std::collections::VecDeque::new();
    /// assert_eq!(receiver.recv_many(&mut messages, 2).await, 2);
    /// assert_eq!(messages, [0, 1]);
    /// # });
    /// ```
    pub async fn recv_many<E: Extend<T>>(&mut self, buffer: &mut E, limit: usize) -> usize {
        poll_fn(|context| self.poll_recv_many(context, buffer, limit)).await
    }

    /// As [`recv_many`](Self::recv_many), in the manner of [`poll_recv`](Self::poll_recv).
    pub fn poll_recv_many<E: Extend<T>>(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut E,
        limit: usize,
    ) -> Poll<usize> {
        if limit == 0 {
            return Poll::Ready(0);
        }
        if self.is_chained() {
            self.poll_recv_many_in::<true, E>(context, buffer, limit)
        } else {
            self.poll_recv_many_in::<false, E>(context, buffer, limit)
        }
    }

    fn poll_recv_many_in<const CHAINED: bool, E: Extend<T>>(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut E,
        limit: usize,
    ) -> Poll<usize> {
        let found = poll_look(&Received::<T, CHAINED>(&self.handle), context);
        found.map(|head| head.map_or(0, |head| self.take_many::<CHAINED, E>(head, buffer, limit)))
    }

    /// Looks at the next message, waiting for it, and leaves it in the channel.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// sender.send(String::from("hello")).await.unwrap();
    /// assert_eq!(receiver.peek().await.map(String::len), Some(5));
    /// assert_eq!(receiver.len(), 1);
    /// # });
    /// ```
    pub async fn peek(&mut self) -> Option<&T> {
        if self.is_chained() { self.peek_in::<true>().await } else { self.peek_in::<false>().await }
    }

    async fn peek_in<const CHAINED: bool>(&mut self) -> Option<&T> {
        let head = poll_fn(|context| poll_look(&Received::<T, CHAINED>(&self.handle), context)).await?;
        // SAFETY: the message at `head` is published.
        Some(unsafe { self.message::<CHAINED>(head) })
    }

    /// Looks at the next message without waiting, and leaves it in the channel.
    ///
    /// # Errors
    /// As [`try_recv`](Self::try_recv).
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// sender.try_send(1).unwrap();
    /// assert_eq!(receiver.try_peek(), Ok(&1));
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// ```
    pub fn try_peek(&mut self) -> Result<&T, TryRecvError> {
        if self.is_chained() { self.try_peek_in::<true>() } else { self.try_peek_in::<false>() }
    }

    fn try_peek_in<const CHAINED: bool>(&mut self) -> Result<&T, TryRecvError> {
        let head = try_look(&Received::<T, CHAINED>(&self.handle))?;
        // SAFETY: the message at `head` is published.
        Ok(unsafe { self.message::<CHAINED>(head) })
    }

    /// The message at `head`.
    ///
    /// # Safety
    /// It is published.
    unsafe fn message<const CHAINED: bool>(&mut self, head: Position) -> &T {
        // SAFETY: published, and not taken while the receiver is borrowed.
        unsafe { &*self.handle.message::<CHAINED>(head) }
    }

    /// The messages are in blocks, and not in a ring: asked first, so that the code of either is short.
    #[inline(always)]
    fn is_chained(&self) -> bool {
        self.handle.channel.ledger.receiver_layout().is_endless()
    }

    /// Closes the channel for new messages. Those that are queued can be received, and those of permits that are out.
    ///
    /// Senders that wait, or wait for the closing, are woken.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(2);
    /// sender.try_send(1).unwrap();
    /// let permit = sender.try_reserve().unwrap();
    /// receiver.close();
    /// assert!(sender.try_send(2).unwrap_err().is_closed());
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// assert!(receiver.try_recv().unwrap_err().is_empty());
    /// drop(permit);
    /// assert!(receiver.try_recv().unwrap_err().is_closed());
    /// ```
    pub fn close(&mut self) {
        self.handle.channel.ledger.close();
        self.handle.channel.close_waiters();
    }

    /// True if the channel was [closed](Self::close) or the last sender is gone. There may be messages left.
    pub fn is_closed(&self) -> bool {
        let ledger = &self.handle.channel.ledger;
        ledger.is_closed() || ledger.is_hung_up()
    }

    /// True if there is no message in the channel.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many messages are in the channel. One that is being written may count; reserved room doesn't.
    pub fn len(&self) -> usize {
        self.handle.channel.ledger.len()
    }

    /// How many messages there is room for right now; see [`Sender::capacity`](super::Sender::capacity). `usize::MAX` if the
    /// channel has no bound.
    pub fn capacity(&self) -> usize {
        self.handle.channel.ledger.free()
    }

    /// How many messages the channel can hold: what it was made with. `usize::MAX` if it has no bound.
    pub fn max_capacity(&self) -> usize {
        self.handle.channel.ledger.bound()
    }

    /// True if the channel has no bound.
    pub fn is_unbounded(&self) -> bool {
        self.max_capacity() == usize::MAX
    }

    /// How many messages may overtake a sender that waits; see [`Builder::overtaking`](super::Builder::overtaking). On
    /// targets where every channel is strict, 0.
    pub fn overtaking(&self) -> u32 {
        self.handle.channel.ledger.overtaking()
    }

    /// How many senders there are, owned permits included.
    pub fn sender_strong_count(&self) -> usize {
        self.handle.channel.counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn sender_weak_count(&self) -> usize {
        self.handle.channel.counts.weak_senders.get()
    }

    /// An iterator over the messages that are there, which ends where it would have to wait.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(2);
    /// sender.try_send(1).unwrap();
    /// assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [1]);
    /// ```
    pub fn try_iter(&mut self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // SAFETY: this is the receiver, and it is gone after this.
        unsafe { self.handle.end_receiving() };
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("len", &self.len()).field("max_capacity", &self.max_capacity()).finish()
    }
}

/// Receives the next message.
struct Recv<'a, T> {
    receiver: &'a mut Receiver<T>,
    /// Not Unpin, as no future of a channel is: what one keeps may change.
    _pinned: PhantomPinned,
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    // Inlined as `poll_recv`.
    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        // SAFETY: the receiver is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        this.receiver.poll_recv(context)
    }
}

/// Receives what is there. Made by [`Receiver::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T> {
    receiver: &'a mut Receiver<T>,
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}
