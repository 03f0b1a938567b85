//! Receiving on a thread that has nothing else to do.

use super::Receiver;
use crate::{
    mpsc::errors::{RecvTimeoutError, TryRecvError},
    park,
};
use core::{iter::FusedIterator, time::Duration};

impl<T> Receiver<T> {
    /// Receives the next message, blocking this thread until there is one. As [`recv`](Self::recv).
    ///
    /// It knows no runtime: a task that calls it blocks its runtime's thread.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(1);
    /// let thread = std::thread::spawn(move || receiver.blocking_recv());
    /// sender.blocking_send(1).unwrap();
    /// assert_eq!(thread.join().unwrap(), Some(1));
    /// ```
    pub fn blocking_recv(&mut self) -> Option<T> {
        let mut attempt = || match self.try_recv() {
            Ok(message) => Some(Some(message)),
            Err(TryRecvError::Closed) => Some(None),
            Err(TryRecvError::Empty) => None,
        };
        attempt().or_else(|| park::find_soon(attempt)).unwrap_or_else(|| park::block_on(self.recv()))
    }

    /// Receives up to `limit` messages into `buffer`, blocking this thread until there is one. As
    /// [`recv_many`](Self::recv_many).
    pub fn blocking_recv_many<E: Extend<T>>(&mut self, buffer: &mut E, limit: usize) -> usize {
        park::block_on(self.recv_many(buffer, limit))
    }

    /// Receives the next message, blocking this thread until there is one, for `timeout` at most.
    ///
    /// # Errors
    /// If no message came in time, or there never will be one.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let (sender, mut receiver) = sakia::mpsc::channel::<u8>(1);
    /// assert!(receiver.blocking_recv_timeout(Duration::from_millis(1)).unwrap_err().is_timeout());
    /// drop(sender);
    /// assert!(receiver.blocking_recv_timeout(Duration::MAX).unwrap_err().is_closed());
    /// ```
    pub fn blocking_recv_timeout(&mut self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let deadline = park::deadline(timeout);
        match park::block_until(self.recv(), deadline) {
            Some(Some(message)) => Ok(message),
            Some(None) => Err(RecvTimeoutError::Closed),
            None => Err(RecvTimeoutError::Timeout),
        }
    }

    /// An iterator over the messages, which blocks this thread while it waits and ends when the channel is closed and
    /// empty.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(2);
    /// sender.try_send(1).unwrap();
    /// sender.try_send(2).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.iter().sum::<i32>(), 3);
    /// ```
    pub fn iter(&mut self) -> Iter<'_, T> {
        Iter { receiver: self }
    }
}

/// Receives, blocking. Made by [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'a, T> {
    receiver: &'a mut Receiver<T>,
}

/// Receives, blocking, with the receiver in it. Made by [`Receiver::into_iter`](IntoIterator::into_iter).
#[derive(Debug)]
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.blocking_recv()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.blocking_recv()
    }
}

impl<T> FusedIterator for Iter<'_, T> {}
impl<T> FusedIterator for IntoIter<T> {}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}

impl<'a, T> IntoIterator for &'a mut Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}
