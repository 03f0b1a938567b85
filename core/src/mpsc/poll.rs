//! The traits that adapters are written against.

use super::errors::SendError;
use core::{
    pin::Pin,
    task::{Context, Poll},
};

/// Sending in the manner of a poll: first wait for room, then send, which cannot fail for lack of it.
///
/// Adapters (a `Sink`, a byte pipe) are written against this trait, so one adapter serves every kind of sender. It is open:
/// implement it for the senders of other channels, and the adapters serve those too.
///
/// # Contract
/// - `poll_ready` is Ready(Ok) only with a slot reserved for this sender: the next `start_send` succeeds then, but
///   for a receiver that goes away in between. Called again, it stays Ready without reserving more.
/// - Pending: the task of the last call will be woken.
/// - Dropped or aborted while waiting or with a slot reserved, the sender passes its turn and its slot on.
///
/// ```
/// use core::{future::poll_fn, pin::Pin};
/// use sakia::mpsc::{PollSend, errors::SendError};
///
/// /// Sends twice, over any channel.
/// async fn twice<T: Clone, S: PollSend<T>>(mut sender: Pin<&mut S>, value: T) -> Result<(), SendError<T>> {
///     for value in [value.clone(), value] {
///         if poll_fn(|context| sender.as_mut().poll_ready(context)).await.is_err() {
///             return Err(SendError(value));
///         }
///         sender.as_mut().start_send(value)?;
///     }
///     Ok(())
/// }
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = sakia::mpsc::channel(2);
/// twice(core::pin::pin!(sakia::mpsc::PollSender::new(sender)), 1).await.unwrap();
/// assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [1, 1]);
/// # });
/// ```
pub trait PollSend<T> {
    /// Reserves a slot for the next message, or sees to it that the task is woken when it is worth trying again.
    ///
    /// # Errors
    /// If the channel, or this sender, is closed.
    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>>;

    /// Sends a message with the slot that was reserved.
    ///
    /// # Errors
    /// If the receiver is gone.
    ///
    /// # Panics
    /// If no slot is reserved: `poll_ready` has not been Ready(Ok) since the last message.
    #[track_caller]
    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>>;

    /// Stops waiting, or gives the reserved slot back. True if there was something to give up.
    fn abort(self: Pin<&mut Self>) -> bool;

    /// Closes this sender: as [`abort`](Self::abort), and it counts as a sender no longer. The channel itself is closed when
    /// this was the last.
    fn close(self: Pin<&mut Self>);
}

/// Receiving in the manner of a poll.
///
/// Adapters (a `Stream`, a byte pipe) are written against this trait, so one adapter serves every kind of receiver. It is
/// open: implement it for the receivers of other channels, and the adapters serve those too.
pub trait PollReceive {
    /// What is received.
    type Item;

    /// Receives the next message, or sees to it that the task of this call is woken when there is one. Ready(None): there
    /// never will be one.
    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::Item>>;

    /// Receives up to `limit` messages that are there. Ready(0) with a `limit` above 0: there never will be one.
    fn poll_recv_many<E: Extend<Self::Item>>(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut E,
        limit: usize,
    ) -> Poll<usize>;

    /// Closes the channel for new messages; what is queued can still be received.
    fn close(&mut self);

    /// How many messages are sure to come, and how many can come at most, if that is known.
    fn size_hint(&self) -> (usize, Option<usize>);
}

impl<T> PollReceive for super::Receiver<T> {
    type Item = T;

    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_recv(context)
    }

    fn poll_recv_many<E: Extend<T>>(&mut self, context: &mut Context<'_>, buffer: &mut E, limit: usize) -> Poll<usize> {
        self.poll_recv_many(context, buffer, limit)
    }

    fn close(&mut self) {
        self.close();
    }

    /// Closed, no more can come than are queued or have a permit.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let closed = self.is_closed();
        // Without a bound, there are no permits.
        let most = if self.is_unbounded() { self.len() } else { self.max_capacity() - self.capacity() };
        (self.len().min(most), closed.then_some(most))
    }
}
