//! Receiving as a `Stream`.

use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use futures_core::{FusedStream, Stream};
use sakia::mpsc::PollReceive;

/// The messages of a channel as a [`Stream`]; [`ReceiverExt`](crate::ReceiverExt) makes it.
///
/// It owns its receiver, or borrows it as [`Borrowed`](crate::Borrowed). It ends when the channel is closed and nothing
/// is left in it, and then stays ended. It need not be pinned, and allocates nothing.
///
/// `size_hint` is that of the channel: at least what is queued, and once the channel is closed, at most that and what
/// permits are out for.
///
/// # Cancel safety
/// A `next()` that is dropped has taken no message. Polled for as long as you like, it leaves one waker with the channel.
///
/// ```
/// use futures_util::StreamExt;
/// use sakia_futures::ReceiverExt;
///
/// # futures_executor::block_on(async {
/// let (sender, receiver) = sakia::mpsc::channel(2);
/// sender.try_send(1).unwrap();
/// sender.try_send(2).unwrap();
/// drop(sender);
/// let doubled = receiver.into_stream().map(|n| 2 * n);
/// assert_eq!(doubled.collect::<Vec<_>>().await, [2, 4]);
/// # });
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct ReceiverStream<R> {
    receiver: R,
    ended: bool,
}

// The receiver is never pinned.
impl<R> Unpin for ReceiverStream<R> {}

impl<R> ReceiverStream<R> {
    /// Makes a stream of what `receiver` receives.
    pub fn new(receiver: R) -> Self {
        Self { receiver, ended: false }
    }

    /// The receiver inside.
    pub fn get_ref(&self) -> &R {
        &self.receiver
    }

    /// The receiver inside, to receive from beside the stream, for example.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.receiver
    }

    /// The receiver inside. Nothing is lost: the stream holds no messages.
    pub fn into_inner(self) -> R {
        self.receiver
    }
}

impl<R: PollReceive> ReceiverStream<R> {
    /// Closes the channel for new messages. The stream still yields what is queued, and what permits are out for, and then
    /// ends.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use sakia_futures::ReceiverExt;
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, receiver) = sakia::mpsc::channel(2);
    /// sender.try_send(1).unwrap();
    /// let mut stream = receiver.into_stream();
    /// stream.close();
    /// assert!(sender.try_send(2).unwrap_err().is_closed());
    /// assert_eq!(stream.collect::<Vec<_>>().await, [1]);
    /// # });
    /// ```
    pub fn close(&mut self) {
        self.receiver.close();
    }
}

impl<R: PollReceive> Stream for ReceiverStream<R> {
    type Item = R::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<R::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let message = ready!(this.receiver.poll_recv(context));
        this.ended = message.is_none();
        Poll::Ready(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { self.receiver.size_hint() }
    }
}

impl<R: PollReceive> FusedStream for ReceiverStream<R> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}
