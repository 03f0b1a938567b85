//! The same channels for threads only: `send_ref` and `recv_ref` block.
//!
//! The ends are thin faces on the ones of [`recycled`](super), and convert to and from them: one end may be async while
//! the other blocks.
//!
//! ```
//! use sakia::mpsc::recycled::blocking;
//!
//! let (sender, mut receiver) = blocking::channel::<String>(2);
//! let thread = std::thread::spawn(move || receiver.iter_ref().map(|line| line.len()).sum::<usize>());
//! for line in ["a", "bc", "def"] {
//!     sender.send_ref()?.push_str(line);
//! }
//! drop(sender);
//! assert_eq!(thread.join().unwrap(), 6);
//! # Ok::<(), sakia::mpsc::errors::SendError<()>>(())
//! ```

pub use super::{IntoIter, Iter, IterRef, TryIter, TryIterRef};
use super::{OwnedRecvRef, RecvRef, RecvRefs, RefPermit, SendRef};
use crate::{
    mpsc::errors::{RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError},
    recycling::{DefaultRecycle, Recycle},
};
use core::{ops::Deref, time::Duration};

/// Makes a channel of `capacity` slots. As [`recycled::channel`](super::channel).
///
/// # Panics
/// If `capacity` is 0 or above [`MAX_CAPACITY`](super::MAX_CAPACITY), or the messages don't fit into the address space.
#[track_caller]
#[must_use]
pub fn channel<T: Default + Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    with_recycle(capacity, DefaultRecycle::new())
}

/// Makes a channel of `capacity` slots, with elements that `recycle` makes and recycles.
///
/// # Panics
/// As [`channel`].
#[track_caller]
#[must_use]
pub fn with_recycle<T, R: Recycle<T>>(capacity: usize, recycle: R) -> (Sender<T, R>, Receiver<T, R>) {
    let (sender, receiver) = super::with_recycle(capacity, recycle);
    (Sender(sender), Receiver(receiver))
}

/// The sending end. What does not wait is used through its [`recycled::Sender`](super::Sender), to which it dereferences.
#[derive(Debug)]
pub struct Sender<T, R = DefaultRecycle>(super::Sender<T, R>);

impl<T, R: Recycle<T>> Sender<T, R> {
    /// As [`recycled::Sender::send_ref`](super::Sender::send_ref), blocking this thread.
    ///
    /// # Errors
    /// If the channel is closed.
    pub fn send_ref(&self) -> Result<SendRef<'_, T, R>, SendError<()>> {
        self.0.blocking_send_ref()
    }

    /// As [`send_ref`](Self::send_ref), for `timeout` at most.
    ///
    /// # Errors
    /// If no slot came in time, or the channel is closed.
    pub fn send_ref_timeout(&self, timeout: Duration) -> Result<SendRef<'_, T, R>, SendTimeoutError<()>> {
        self.0.blocking_send_ref_timeout(timeout)
    }

    /// As [`recycled::Sender::reserve_ref`](super::Sender::reserve_ref), blocking this thread.
    ///
    /// # Errors
    /// If the channel is closed.
    pub fn reserve_ref(&self) -> Result<RefPermit<'_, T, R>, SendError<()>> {
        self.0.blocking_reserve_ref()
    }
}

impl<T, R> Sender<T, R> {
    /// Sends a message by value, blocking this thread until a slot is free.
    ///
    /// # Errors
    /// If the channel is closed. The message comes back.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.blocking_send(value)
    }

    /// Sends a message by value, blocking this thread until a slot is free, for `timeout` at most.
    ///
    /// # Errors
    /// If no slot came in time, or the channel is closed. The message comes back.
    pub fn send_timeout(&self, value: T, timeout: Duration) -> Result<(), SendTimeoutError<T>> {
        self.0.blocking_send_timeout(value, timeout)
    }

    /// Sends a message by value, without waiting.
    ///
    /// # Errors
    /// If no slot is free, or the channel is closed. The message comes back.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.0.try_send(value)
    }

    /// The async face of this end.
    pub fn into_async(self) -> super::Sender<T, R> {
        self.0
    }
}

impl<T, R> Clone for Sender<T, R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, R> Deref for Sender<T, R> {
    type Target = super::Sender<T, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, R> From<super::Sender<T, R>> for Sender<T, R> {
    fn from(sender: super::Sender<T, R>) -> Self {
        Self(sender)
    }
}

impl<T, R> From<Sender<T, R>> for super::Sender<T, R> {
    fn from(sender: Sender<T, R>) -> Self {
        sender.0
    }
}

/// The receiving end.
#[derive(Debug)]
pub struct Receiver<T, R = DefaultRecycle>(super::Receiver<T, R>);

impl<T, R: Recycle<T>> Receiver<T, R> {
    /// Receives the next message where it is, blocking this thread until there is one. `None`: the channel is closed and
    /// there is none left.
    pub fn recv_ref(&mut self) -> Option<RecvRef<'_, T, R>> {
        self.0.blocking_recv_ref()
    }

    /// As [`recv_ref`](Self::recv_ref), for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    pub fn recv_ref_timeout(&mut self, timeout: Duration) -> Result<RecvRef<'_, T, R>, RecvTimeoutError> {
        self.0.blocking_recv_ref_timeout(timeout)
    }

    /// As [`recv_ref`](Self::recv_ref), with a reference to keep or to move anywhere.
    pub fn recv_ref_owned(&mut self) -> Option<OwnedRecvRef<T, R>> {
        self.0.blocking_recv_ref_owned()
    }

    /// Receives up to `limit` messages that are there, where they are, blocking this thread until there is one.
    pub fn recv_many_ref(&mut self, limit: usize) -> RecvRefs<'_, T, R> {
        self.0.blocking_recv_many_ref(limit)
    }

    /// Receives the next message where it is, without waiting.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_recv_ref(&mut self) -> Result<RecvRef<'_, T, R>, TryRecvError> {
        self.0.try_recv_ref()
    }

    /// An iterator over the messages where they are, which blocks this thread while it waits.
    pub fn iter_ref(&mut self) -> IterRef<'_, T, R> {
        self.0.iter_ref()
    }

    /// An iterator over the messages that are there, where they are.
    pub fn try_iter_ref(&mut self) -> TryIterRef<'_, T, R> {
        self.0.try_iter_ref()
    }
}

impl<T, R> Receiver<T, R> {
    /// Receives the next message by value, blocking this thread until there is one.
    pub fn recv(&mut self) -> Option<T> {
        self.0.blocking_recv()
    }

    /// Receives the next message by value, blocking this thread until there is one, for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    pub fn recv_timeout(&mut self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.0.blocking_recv_timeout(timeout)
    }

    /// Receives the next message by value, without waiting.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// An iterator over the messages by value, which blocks this thread while it waits.
    pub fn iter(&mut self) -> Iter<'_, T, R> {
        self.0.iter()
    }

    /// An iterator over the messages that are there, by value.
    pub fn try_iter(&mut self) -> TryIter<'_, T, R> {
        self.0.try_iter()
    }

    /// Closes the channel for new messages. As [`recycled::Receiver::close`](super::Receiver::close).
    pub fn close(&mut self) {
        self.0.close();
    }

    /// The async face of this end.
    pub fn into_async(self) -> super::Receiver<T, R> {
        self.0
    }
}

impl<T, R> Deref for Receiver<T, R> {
    type Target = super::Receiver<T, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, R> From<super::Receiver<T, R>> for Receiver<T, R> {
    fn from(receiver: super::Receiver<T, R>) -> Self {
        Self(receiver)
    }
}

impl<T, R> From<Receiver<T, R>> for super::Receiver<T, R> {
    fn from(receiver: Receiver<T, R>) -> Self {
        receiver.0
    }
}

impl<T, R> IntoIterator for Receiver<T, R> {
    type Item = T;
    type IntoIter = IntoIter<T, R>;

    fn into_iter(self) -> IntoIter<T, R> {
        self.0.into_iter()
    }
}

impl<'a, T, R> IntoIterator for &'a mut Receiver<T, R> {
    type Item = T;
    type IntoIter = Iter<'a, T, R>;

    fn into_iter(self) -> Iter<'a, T, R> {
        self.iter()
    }
}

/// A channel of `N` slots, to be put into a `static`. As [`recycled::StaticChannel`](super::StaticChannel).
///
/// ```
/// use sakia::mpsc::recycled::blocking::StaticChannel;
///
/// static CHANNEL: StaticChannel<String, 4> = StaticChannel::new();
///
/// let (sender, mut receiver) = CHANNEL.split();
/// let thread = std::thread::spawn(move || sender.send_ref().map(|mut slot| slot.push_str("hello")));
/// assert_eq!(*receiver.recv_ref().unwrap(), "hello");
/// thread.join().unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct StaticChannel<T, const N: usize, R = DefaultRecycle>(super::StaticChannel<T, N, R>);

impl<T, const N: usize> StaticChannel<T, N> {
    crate::sync::const_unless_loom! {
        /// Makes a channel.
        #[must_use]
        pub fn new() -> Self {
            Self(super::StaticChannel::new())
        }
    }
}

impl<T, const N: usize> Default for StaticChannel<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize, R> StaticChannel<T, N, R> {
    crate::sync::const_unless_loom! {
        /// Makes a channel with elements that `recycle` makes and recycles.
        #[must_use]
        pub fn with_recycle(recycle: R) -> Self {
            Self(super::StaticChannel::with_recycle(recycle))
        }
    }

    /// Splits the channel into its ends.
    ///
    /// # Panics
    /// If it was split before and not every handle of any kind is gone since.
    #[track_caller]
    #[must_use]
    pub fn split(&'static self) -> (Sender<T, R>, Receiver<T, R>) {
        let (sender, receiver) = self.0.split();
        (Sender(sender), Receiver(receiver))
    }

    /// Splits the channel into its ends, unless it was split before and a handle of any kind is left.
    #[must_use]
    pub fn try_split(&'static self) -> Option<(Sender<T, R>, Receiver<T, R>)> {
        self.0.try_split().map(|(sender, receiver)| (Sender(sender), Receiver(receiver)))
    }
}
