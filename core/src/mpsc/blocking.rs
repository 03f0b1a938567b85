//! The same channels for threads only: `send` and `recv` block.
//!
//! The ends are thin faces on the ones of [`mpsc`](super), and convert to and from them: one end may be async while the
//! other blocks.
//!
//! ```
//! use sakia::mpsc::blocking;
//!
//! let (sender, receiver) = blocking::channel(2);
//! let thread = std::thread::spawn(move || receiver.into_iter().sum::<i32>());
//! for n in 1..=4 {
//!     sender.send(n)?;
//! }
//! drop(sender);
//! assert_eq!(thread.join().unwrap(), 10);
//! # Ok::<(), sakia::mpsc::errors::SendError<i32>>(())
//! ```

use super::errors::{RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError};
pub use super::{IntoIter, Iter, TryIter};
use core::{ops::Deref, time::Duration};

/// Makes a channel that holds up to `capacity` messages. As [`mpsc::channel`](super::channel).
///
/// # Panics
/// If `capacity` is 0 or above [`MAX_CAPACITY`](super::MAX_CAPACITY), or the messages don't fit into the address space.
#[track_caller]
#[must_use]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = super::channel(capacity);
    (Sender(sender), Receiver(receiver))
}

/// The sending end. What does not wait is used through its [`mpsc::Sender`](super::Sender), to which it dereferences.
#[derive(Debug)]
pub struct Sender<T>(super::Sender<T>);

impl<T> Sender<T> {
    /// Sends a message, blocking this thread until there is room.
    ///
    /// # Errors
    /// If the receiver has closed the channel or is gone. The message comes back.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.blocking_send(value)
    }

    /// Sends a message, blocking this thread until there is room, for `timeout` at most.
    ///
    /// # Errors
    /// If there was no room in time, or the channel is closed. The message comes back.
    pub fn send_timeout(&self, value: T, timeout: Duration) -> Result<(), SendTimeoutError<T>> {
        self.0.blocking_send_timeout(value, timeout)
    }

    /// Sends a message without waiting.
    ///
    /// # Errors
    /// If there is no room or the turn of waiting senders comes first, or the channel is closed. The message comes back.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.0.try_send(value)
    }

    /// The async face of this end.
    pub fn into_async(self) -> super::Sender<T> {
        self.0
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for Sender<T> {
    type Target = super::Sender<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> From<super::Sender<T>> for Sender<T> {
    fn from(sender: super::Sender<T>) -> Self {
        Self(sender)
    }
}

impl<T> From<Sender<T>> for super::Sender<T> {
    fn from(sender: Sender<T>) -> Self {
        sender.0
    }
}

/// The receiving end.
#[derive(Debug)]
pub struct Receiver<T>(super::Receiver<T>);

impl<T> Receiver<T> {
    /// Receives the next message, blocking this thread until there is one. `None`: the channel is closed and there is
    /// none left.
    pub fn recv(&mut self) -> Option<T> {
        self.0.blocking_recv()
    }

    /// Receives the next message, blocking this thread until there is one, for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    pub fn recv_timeout(&mut self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.0.blocking_recv_timeout(timeout)
    }

    /// Receives up to `limit` messages into `buffer`, blocking this thread until there is one.
    pub fn recv_many<E: Extend<T>>(&mut self, buffer: &mut E, limit: usize) -> usize {
        self.0.blocking_recv_many(buffer, limit)
    }

    /// Receives the next message without waiting.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// Looks at the next message without waiting, and leaves it in the channel.
    ///
    /// # Errors
    /// If there is no message, or there never will be one.
    pub fn try_peek(&mut self) -> Result<&T, TryRecvError> {
        self.0.try_peek()
    }

    /// Closes the channel for new messages. As [`mpsc::Receiver::close`](super::Receiver::close).
    pub fn close(&mut self) {
        self.0.close();
    }

    /// An iterator over the messages, which blocks this thread while it waits.
    pub fn iter(&mut self) -> Iter<'_, T> {
        self.0.iter()
    }

    /// An iterator over the messages that are there.
    pub fn try_iter(&mut self) -> TryIter<'_, T> {
        self.0.try_iter()
    }

    /// The async face of this end.
    pub fn into_async(self) -> super::Receiver<T> {
        self.0
    }
}

impl<T> Deref for Receiver<T> {
    type Target = super::Receiver<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> From<super::Receiver<T>> for Receiver<T> {
    fn from(receiver: super::Receiver<T>) -> Self {
        Self(receiver)
    }
}

impl<T> From<Receiver<T>> for super::Receiver<T> {
    fn from(receiver: Receiver<T>) -> Self {
        receiver.0
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// A channel for `N` messages, to be put into a `static`. As [`mpsc::StaticChannel`](super::StaticChannel).
///
/// ```
/// use sakia::mpsc::blocking::StaticChannel;
///
/// static CHANNEL: StaticChannel<u32, 4> = StaticChannel::new();
///
/// let (sender, mut receiver) = CHANNEL.split();
/// let thread = std::thread::spawn(move || sender.send(1));
/// assert_eq!(receiver.recv(), Some(1));
/// thread.join().unwrap().unwrap();
/// ```
#[derive(Debug, Default)]
pub struct StaticChannel<T, const N: usize>(super::StaticChannel<T, N>);

impl<T, const N: usize> StaticChannel<T, N> {
    crate::sync::const_unless_loom! {
        /// Makes a channel.
        #[must_use]
        pub fn new() -> Self {
            Self(super::StaticChannel::new())
        }
    }

    /// Splits the channel into its ends.
    ///
    /// # Panics
    /// If it was split before and not every handle of any kind is gone since.
    #[track_caller]
    #[must_use]
    pub fn split(&'static self) -> (Sender<T>, Receiver<T>) {
        let (sender, receiver) = self.0.split();
        (Sender(sender), Receiver(receiver))
    }

    /// Splits the channel into its ends, unless it was split before and a handle of any kind is left.
    #[must_use]
    pub fn try_split(&'static self) -> Option<(Sender<T>, Receiver<T>)> {
        self.0.try_split().map(|(sender, receiver)| (Sender(sender), Receiver(receiver)))
    }
}
