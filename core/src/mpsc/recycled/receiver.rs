//! The receiving end.

#[cfg(feature = "std")]
mod blocking;

use super::{OwnedRecvRef, RecvRef, RecvRefs};
use crate::{
    mpsc::{PollReceive, errors::TryRecvError},
    position::Position,
    receiving::{Look, Source, poll_look, try_look},
    recycling::{DefaultRecycle, Recycle},
    slots::Slots,
};
#[cfg(feature = "std")]
pub use blocking::{IntoIter, Iter, IterRef};
use core::{
    fmt,
    future::poll_fn,
    panic::{RefUnwindSafe, UnwindSafe},
    task::{Context, Poll, ready},
};

/// The receiving end of a channel of slots: there is one.
///
/// When it is dropped, the messages that are queued are dropped at once, and senders get an error.
pub struct Receiver<T, R = DefaultRecycle> {
    slots: Slots<T, R>,
}

impl<T, R> Unpin for Receiver<T, R> {}
impl<T, R> UnwindSafe for Receiver<T, R> {}
impl<T, R> RefUnwindSafe for Receiver<T, R> {}

impl<T, R: Recycle<T>> Receiver<T, R> {
    /// Receives the next message where it is, waiting for it. `None`: the channel is closed and there is none left, and
    /// never will be.
    ///
    /// The reference holds the receiver; [`recv_ref_owned`](Self::recv_ref_owned) lets it go on. After
    /// [`close`](Self::close), it waits for slots that senders still have.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// sender.send_ref().await.unwrap().push_str("hello");
    /// drop(sender);
    /// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
    /// assert!(receiver.recv_ref().await.is_none());
    /// # });
    /// ```
    #[inline]
    pub fn recv_ref(&mut self) -> impl Future<Output = Option<RecvRef<'_, T, R>>> {
        let slots = &self.slots;
        // SAFETY: the message at `head` is published, and the receiver is borrowed by the future and the reference.
        Look::new(slots, move |head: Option<Position>| head.map(|head| unsafe { lend(slots, head) }))
    }

    /// Receives the next message where it is, without waiting. As [`mpsc::Receiver::try_recv`](crate::mpsc::Receiver::try_recv).
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    #[inline]
    pub fn try_recv_ref(&mut self) -> Result<RecvRef<'_, T, R>, TryRecvError> {
        let head = try_look(&self.slots)?;
        // SAFETY: the message at `head` is published.
        Ok(unsafe { lend(&self.slots, head) })
    }

    /// Receives the next message where it is, or sees to it that the task is woken when there is one. Only the task of the
    /// last call is.
    ///
    /// It may also be Pending while a message is just being published; the task is woken then.
    #[inline]
    pub fn poll_recv_ref(&mut self, context: &mut Context<'_>) -> Poll<Option<RecvRef<'_, T, R>>> {
        // SAFETY: the message at `head` is published.
        poll_look(&self.slots, context).map(|head| head.map(|head| unsafe { lend(&self.slots, head) }))
    }

    /// Receives the next message where it is, waiting for it, with a reference to keep or to move anywhere.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(2);
    /// sender.send_ref().await.unwrap().push_str("hello");
    /// let message = receiver.recv_ref_owned().await.unwrap();
    /// let thread = std::thread::spawn(move || message.len());
    /// assert_eq!(thread.join().unwrap(), 5);
    /// # });
    /// ```
    pub async fn recv_ref_owned(&mut self) -> Option<OwnedRecvRef<T, R>> {
        poll_fn(|context| self.poll_recv_ref_owned(context)).await
    }

    /// As [`try_recv_ref`](Self::try_recv_ref), with a reference to keep or to move anywhere.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_recv_ref_owned(&mut self) -> Result<OwnedRecvRef<T, R>, TryRecvError> {
        let head = try_look(&self.slots)?;
        // SAFETY: the message at `head` is published.
        Ok(unsafe { self.hand_out(head) })
    }

    /// As [`poll_recv_ref`](Self::poll_recv_ref), with a reference to keep or to move anywhere.
    pub fn poll_recv_ref_owned(&mut self, context: &mut Context<'_>) -> Poll<Option<OwnedRecvRef<T, R>>> {
        // SAFETY: the message at `head` is published.
        poll_look(&self.slots, context).map(|head| head.map(|head| unsafe { self.hand_out(head) }))
    }

    /// Receives up to `limit` messages that are there, where they are, waiting for the first. An empty batch means that the
    /// channel is closed and there are none left, or that `limit` is 0.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
    pub async fn recv_many_ref(&mut self, limit: usize) -> RecvRefs<'_, T, R> {
        let some = limit == 0 || poll_fn(|context| poll_look(&self.slots, context)).await.is_some();
        self.batch(if some { limit } else { 0 })
    }

    /// As [`recv_many_ref`](Self::recv_many_ref), without waiting.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_recv_many_ref(&mut self, limit: usize) -> Result<RecvRefs<'_, T, R>, TryRecvError> {
        if limit > 0 {
            try_look(&self.slots)?;
        }
        Ok(self.batch(limit))
    }

    /// As [`recv_many_ref`](Self::recv_many_ref), in the manner of [`poll_recv_ref`](Self::poll_recv_ref).
    pub fn poll_recv_many_ref(&mut self, context: &mut Context<'_>, limit: usize) -> Poll<RecvRefs<'_, T, R>> {
        let some = limit == 0 || ready!(poll_look(&self.slots, context)).is_some();
        Poll::Ready(self.batch(if some { limit } else { 0 }))
    }

    /// An iterator over the messages that are there, where they are. It ends where it would have to wait. Several may be
    /// held.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(2);
    /// sender.try_send_ref().unwrap().push_str("hello");
    /// assert_eq!(receiver.try_iter_ref().map(|message| message.len()).sum::<usize>(), 5);
    /// ```
    pub fn try_iter_ref(&mut self) -> TryIterRef<'_, T, R> {
        TryIterRef { beside: self.beside() }
    }

    fn beside(&mut self) -> Beside<'_, T, R> {
        Beside { slots: &self.slots }
    }

    /// # Safety
    /// As [`lend`].
    unsafe fn hand_out(&mut self, head: Position) -> OwnedRecvRef<T, R> {
        let slots = self.slots.clone();
        // SAFETY: the caller's promise.
        unsafe { OwnedRecvRef::new(slots, self.slots.wheel().receive(self.slots.tickets(), head)) }
    }

    /// Up to `limit` messages that are there.
    fn batch(&mut self, limit: usize) -> RecvRefs<'_, T, R> {
        let len = self.published(limit);
        // SAFETY: the receiver is borrowed by the batch; these were found published.
        unsafe { RecvRefs::new(&self.slots, len) }
    }
}

/// # Safety
/// The caller is the receiver, which is borrowed for `'a`, and mutably; `head` is its position, and the message there is
/// published.
#[inline(always)]
unsafe fn lend<T, R: Recycle<T>>(slots: &Slots<T, R>, head: Position) -> RecvRef<'_, T, R> {
    // SAFETY: the caller's promise.
    unsafe { RecvRef::new(slots, slots.wheel().receive(slots.tickets(), head), true) }
}

impl<T, R> Receiver<T, R> {
    pub(in crate::mpsc) fn new(slots: Slots<T, R>) -> Self {
        Self { slots }
    }

    #[cfg(all(test, feature = "std", not(sakia_loom)))]
    pub(in crate::mpsc) fn patience(&self) -> &crate::patience::Patience {
        self.slots.wheel().patience()
    }

    /// How many messages are there, up to `limit`.
    fn published(&self, limit: usize) -> usize {
        let layout = self.slots.wheel().layout();
        let mut position = self.slots.head();
        let published = |_: &usize| {
            let found = self.slots.is_published(position);
            position = layout.advance(position, 1);
            found
        };
        (0..limit.min(layout.slots())).take_while(published).count()
    }

    // ===== by value =====

    /// Receives the next message by value, waiting for it. The slot gets a fresh element when it is next written in place.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// sender.send_ref().await.unwrap().push_str("hello");
    /// let message: String = receiver.recv().await.unwrap();
    /// assert_eq!(message, "hello");
    /// # });
    /// ```
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// Receives the next message by value, without waiting.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let head = try_look(&self.slots)?;
        // SAFETY: the message at `head` is published.
        Ok(unsafe { self.slots.take(head) })
    }

    /// Receives the next message by value, or sees to it that the task is woken when there is one. Only the task of the
    /// last call is.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        // SAFETY: the message at `head` is published.
        poll_look(&self.slots, context).map(|head| head.map(|head| unsafe { self.slots.take(head) }))
    }

    /// Receives up to `limit` messages by value into `buffer`, waiting for the first. As
    /// [`mpsc::Receiver::recv_many`](crate::mpsc::Receiver::recv_many).
    ///
    /// # Cancel safety
    /// If the future is dropped, no message was taken.
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
        if limit == 0 || ready!(poll_look(&self.slots, context)).is_none() {
            return Poll::Ready(0);
        }
        let there = self.published(limit);
        let mut taken = 0;
        buffer.extend(self.try_iter().take(there).inspect(|_| taken += 1));
        Poll::Ready(taken)
    }

    /// An iterator over the messages that are there, by value. It ends where it would have to wait.
    pub fn try_iter(&mut self) -> TryIter<'_, T, R> {
        TryIter { receiver: self }
    }

    // ===== the channel =====

    /// Closes the channel for new messages. Those that are queued can be received, and those of slots that senders have.
    ///
    /// Senders that wait, or wait for the closing, are woken.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(2);
    /// let slot = sender.try_send_ref().unwrap();
    /// receiver.close();
    /// assert!(sender.try_send_ref().unwrap_err().is_closed());
    /// assert!(receiver.try_recv_ref().unwrap_err().is_empty());
    /// slot.send();
    /// assert!(receiver.try_recv_ref().is_ok());
    /// assert!(receiver.try_recv_ref().unwrap_err().is_closed());
    /// ```
    pub fn close(&mut self) {
        self.slots.wheel().close();
    }

    /// True if the channel was [closed](Self::close) or the last sender is gone. There may be messages left.
    pub fn is_closed(&self) -> bool {
        self.slots.wheel().is_closed() || self.slots.wheel().is_hung_up()
    }

    /// True if no message is queued.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many messages are queued. Slots that are being written or read do not count.
    pub fn len(&self) -> usize {
        self.slots.wheel().len()
    }

    /// How many slots are free right now.
    pub fn capacity(&self) -> usize {
        self.slots.wheel().free(self.slots.links())
    }

    /// How many slots the channel has: what it was made with.
    pub fn max_capacity(&self) -> usize {
        self.slots.max_capacity()
    }

    /// How many senders may get a slot past one that waits; see [`Builder::overtaking`](crate::mpsc::Builder::overtaking). On
    /// targets where every channel is strict, 0.
    pub fn overtaking(&self) -> u32 {
        self.slots.wheel().overtaking()
    }

    /// How many senders there are, owned references to write included.
    pub fn sender_strong_count(&self) -> usize {
        self.slots.wheel().counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn sender_weak_count(&self) -> usize {
        self.slots.wheel().counts.weak_senders.get()
    }
}

impl<T, R> Drop for Receiver<T, R> {
    fn drop(&mut self) {
        // SAFETY: this is the receiver, and it is gone after this.
        unsafe { self.slots.end_receiving() };
    }
}

impl<T, R> fmt::Debug for Receiver<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("len", &self.len()).field("max_capacity", &self.max_capacity()).finish()
    }
}

/// Owned references: what a stream can yield.
impl<T, R: Recycle<T>> PollReceive for Receiver<T, R> {
    type Item = OwnedRecvRef<T, R>;

    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_recv_ref_owned(context)
    }

    fn poll_recv_many<E: Extend<Self::Item>>(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut E,
        limit: usize,
    ) -> Poll<usize> {
        if limit == 0 || ready!(poll_look(&self.slots, context)).is_none() {
            return Poll::Ready(0);
        }
        let there = self.published(limit);
        let messages = core::iter::from_fn(|| self.try_recv_ref_owned().ok());
        let mut taken = 0;
        buffer.extend(messages.take(there).inspect(|_| taken += 1));
        Poll::Ready(taken)
    }

    fn close(&mut self) {
        self.close();
    }

    /// Closed, no more can come than slots are in use.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let closed = self.is_closed();
        let most = self.max_capacity() - self.capacity();
        (self.len().min(most), closed.then_some(most))
    }
}

/// Receives what is there, by value. Made by [`Receiver::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T, R> {
    receiver: &'a mut Receiver<T, R>,
}

impl<T, R> Iterator for TryIter<'_, T, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

/// Receives what is there, where it is. Made by [`Receiver::try_iter_ref`].
#[derive(Debug)]
pub struct TryIterRef<'a, T, R> {
    beside: Beside<'a, T, R>,
}

impl<'a, T, R: Recycle<T>> Iterator for TryIterRef<'a, T, R> {
    type Item = RecvRef<'a, T, R>;

    fn next(&mut self) -> Option<Self::Item> {
        let head = try_look(self.beside.slots).ok()?;
        // SAFETY: the message at `head` is published.
        Some(unsafe { self.beside.lend(head) })
    }
}

/// The right to receive for `'a`, with references beside which the next message can be received: they reach the channel
/// only, not the receiver.
struct Beside<'a, T, R> {
    slots: &'a Slots<T, R>,
}

impl<'a, T, R: Recycle<T>> Beside<'a, T, R> {
    /// # Safety
    /// `head` is the receiver's position, and the message there is published.
    unsafe fn lend(&mut self, head: Position) -> RecvRef<'a, T, R> {
        // SAFETY: the caller's promise.
        unsafe { RecvRef::new(self.slots, self.slots.wheel().receive(self.slots.tickets(), head), false) }
    }
}

impl<T, R> fmt::Debug for Beside<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("len", &self.slots.wheel().len()).finish_non_exhaustive()
    }
}
