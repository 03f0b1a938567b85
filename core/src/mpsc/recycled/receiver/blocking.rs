//! Receiving on a thread that has nothing else to do.

use super::{Beside, OwnedRecvRef, Receiver, RecvRef, RecvRefs, lend};
use crate::{
    mpsc::errors::{RecvTimeoutError, TryRecvError},
    park,
    position::Position,
    receiving::{poll_look, try_look},
    recycling::Recycle,
    slots::Slots,
};
use core::{future::poll_fn, iter::FusedIterator, time::Duration};

/// Waits for the next message, blocking this thread. For the receiver.
fn blocking_look<T, R>(slots: &Slots<T, R>) -> Option<Position> {
    let attempt = || match try_look(slots) {
        Ok(head) => Some(Some(head)),
        Err(TryRecvError::Closed) => Some(None),
        Err(TryRecvError::Empty) => None,
    };
    attempt()
        .or_else(|| park::find_soon(attempt))
        .unwrap_or_else(|| park::block_on(poll_fn(|context| poll_look(slots, context))))
}

/// As [`blocking_look`], for `timeout` at most.
fn blocking_look_for<T, R>(slots: &Slots<T, R>, timeout: Duration) -> Result<Position, RecvTimeoutError> {
    match park::block_until(poll_fn(|context| poll_look(slots, context)), park::deadline(timeout)) {
        Some(Some(head)) => Ok(head),
        Some(None) => Err(RecvTimeoutError::Closed),
        None => Err(RecvTimeoutError::Timeout),
    }
}

impl<T, R> Receiver<T, R> {
    /// Receives the next message by value, blocking this thread until there is one.
    pub fn blocking_recv(&mut self) -> Option<T> {
        // SAFETY: the message at `head` is published.
        blocking_look(&self.slots).map(|head| unsafe { self.slots.take(head) })
    }

    /// Receives the next message by value, blocking this thread until there is one, for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    pub fn blocking_recv_timeout(&mut self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        // SAFETY: the message at `head` is published.
        blocking_look_for(&self.slots, timeout).map(|head| unsafe { self.slots.take(head) })
    }

    /// An iterator over the messages by value, which blocks this thread while it waits and ends when the channel is closed
    /// and empty.
    pub fn iter(&mut self) -> Iter<'_, T, R> {
        Iter { receiver: self }
    }
}

impl<T, R: Recycle<T>> Receiver<T, R> {
    /// As [`recv_ref`](Self::recv_ref), blocking this thread.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// let thread = std::thread::spawn(move || receiver.blocking_recv_ref().unwrap().len());
    /// sender.blocking_send_ref().unwrap().push_str("hello");
    /// assert_eq!(thread.join().unwrap(), 5);
    /// ```
    pub fn blocking_recv_ref(&mut self) -> Option<RecvRef<'_, T, R>> {
        // SAFETY: the message at `head` is published.
        blocking_look(&self.slots).map(|head| unsafe { lend(&self.slots, head) })
    }

    /// As [`recv_ref`](Self::recv_ref), blocking this thread for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    pub fn blocking_recv_ref_timeout(&mut self, timeout: Duration) -> Result<RecvRef<'_, T, R>, RecvTimeoutError> {
        // SAFETY: the message at `head` is published.
        blocking_look_for(&self.slots, timeout).map(|head| unsafe { lend(&self.slots, head) })
    }

    /// As [`recv_ref_owned`](Self::recv_ref_owned), blocking this thread.
    pub fn blocking_recv_ref_owned(&mut self) -> Option<OwnedRecvRef<T, R>> {
        // SAFETY: the message at `head` is published.
        blocking_look(&self.slots).map(|head| unsafe { self.hand_out(head) })
    }

    /// As [`recv_ref_owned`](Self::recv_ref_owned), blocking this thread for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    pub fn blocking_recv_ref_owned_timeout(
        &mut self,
        timeout: Duration,
    ) -> Result<OwnedRecvRef<T, R>, RecvTimeoutError> {
        // SAFETY: the message at `head` is published.
        blocking_look_for(&self.slots, timeout).map(|head| unsafe { self.hand_out(head) })
    }

    /// As [`recv_many_ref`](Self::recv_many_ref), blocking this thread.
    pub fn blocking_recv_many_ref(&mut self, limit: usize) -> RecvRefs<'_, T, R> {
        park::block_on(self.recv_many_ref(limit))
    }

    /// An iterator over the messages where they are, which blocks this thread while it waits and ends when the channel is
    /// closed and empty. Several may be held, and moved to other threads.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(2);
    /// sender.try_send_ref().unwrap().push_str("hello");
    /// drop(sender);
    /// assert!(receiver.iter_ref().all(|message| *message == "hello"));
    /// ```
    pub fn iter_ref(&mut self) -> IterRef<'_, T, R> {
        IterRef { beside: self.beside() }
    }
}

/// Receives by value, blocking. Made by [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'a, T, R> {
    receiver: &'a mut Receiver<T, R>,
}

/// Receives by value, blocking, with the receiver in it. Made by [`Receiver::into_iter`](IntoIterator::into_iter).
#[derive(Debug)]
pub struct IntoIter<T, R> {
    receiver: Receiver<T, R>,
}

/// Receives where the messages are, blocking. Made by [`Receiver::iter_ref`].
#[derive(Debug)]
pub struct IterRef<'a, T, R> {
    beside: Beside<'a, T, R>,
}

impl<T, R> Iterator for Iter<'_, T, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.blocking_recv()
    }
}

impl<T, R> Iterator for IntoIter<T, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.blocking_recv()
    }
}

impl<'a, T, R: Recycle<T>> Iterator for IterRef<'a, T, R> {
    type Item = RecvRef<'a, T, R>;

    fn next(&mut self) -> Option<Self::Item> {
        let head = blocking_look(self.beside.slots)?;
        // SAFETY: the message at `head` is published.
        Some(unsafe { self.beside.lend(head) })
    }
}

impl<T, R> FusedIterator for Iter<'_, T, R> {}
impl<T, R> FusedIterator for IntoIter<T, R> {}
impl<T, R: Recycle<T>> FusedIterator for IterRef<'_, T, R> {}

impl<T, R> IntoIterator for Receiver<T, R> {
    type Item = T;
    type IntoIter = IntoIter<T, R>;

    fn into_iter(self) -> IntoIter<T, R> {
        IntoIter { receiver: self }
    }
}

impl<'a, T, R> IntoIterator for &'a mut Receiver<T, R> {
    type Item = T;
    type IntoIter = Iter<'a, T, R>;

    fn into_iter(self) -> Iter<'a, T, R> {
        self.iter()
    }
}
