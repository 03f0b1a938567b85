//! Channels with a bound, and their receiving end.

use super::{Sender, receiver_methods};
use core::fmt;
use sakia::mpsc::{Builder, MAX_CAPACITY};

/// Makes a channel for up to `buffer` messages. Memory is that of the messages in it, however large `buffer` is.
///
/// # Panics
/// If `buffer` is 0, or above `usize::MAX >> 3`.
///
/// ```
/// use sakia_tokio::mpsc;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (sender, mut receiver) = mpsc::channel(100);
/// tokio::spawn(async move {
///     for n in 0..10 {
///         sender.send(n).await.unwrap();
///     }
/// });
/// let mut sum = 0;
/// while let Some(n) = receiver.recv().await {
///     sum += n;
/// }
/// assert_eq!(sum, 45);
/// # }
/// ```
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    assert!(buffer > 0, "mpsc bounded channel requires buffer > 0");
    assert!(buffer <= MAX_CAPACITY, "a semaphore may not have more than MAX_PERMITS permits ({MAX_CAPACITY})");
    // A task that never waits uses up its budget, and has to yield: with more room than this, that has taken longer than to wait.
    let spinning = buffer <= 16;
    let (sender, receiver) = Builder::new(buffer).overtaking(0).on_demand().spinning(spinning).channel();
    (Sender { inner: sender }, Receiver { inner: receiver })
}

/// The receiving end of a channel. Made by [`channel`].
///
/// When it is dropped, the messages that are queued are dropped at once, and senders get an error.
pub struct Receiver<T> {
    pub(crate) inner: sakia::mpsc::Receiver<T>,
}

impl<T> Unpin for Receiver<T> {}

impl<T> Receiver<T> {
    receiver_methods!();

    /// How many messages there is room for right now.
    pub fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    /// How many messages the channel can hold: what it was made with.
    pub fn max_capacity(&self) -> usize {
        self.inner.max_capacity()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("chan", &self.inner).finish()
    }
}
