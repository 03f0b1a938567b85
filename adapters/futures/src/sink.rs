//! Sending as a `Sink`.

use crate::SinkError;
use core::{
    pin::Pin,
    task::{Context, Poll},
};
use futures_sink::Sink;
use pin_project_lite::pin_project;
use sakia::mpsc::{PollSend, errors::SendError};

pin_project! {
    /// A sender as a [`Sink`]; [`SenderExt`](crate::SenderExt) makes it.
    ///
    /// | | over | pinned | allocates |
    /// |---|---|---|---|
    /// | [`into_sink`](crate::SenderExt::into_sink) | [`BoxedPollSender`](sakia::mpsc::BoxedPollSender) | no: it is `Unpin` | once, when it is made |
    /// | [`into_pinned_sink`](crate::SenderExt::into_pinned_sink) | [`PollSender`](sakia::mpsc::PollSender) | yes | nothing |
    /// | both, of a sender without a bound | [`UnboundedPollSender`](sakia::mpsc::UnboundedPollSender) | no | nothing |
    ///
    /// | call | means |
    /// |---|---|
    /// | `poll_ready` | waits in the queue of senders. Ready(Ok): a slot is reserved, and the next `start_send` has it |
    /// | `start_send` | sends; fails only if the receiver is gone or this sink is closed, and the message comes back |
    /// | `poll_flush` | ready at once: what was sent is in the channel. **Flushed is not received**, nor will it be for sure |
    /// | `poll_close` | ready at once: this handle counts as a sender no longer, and the channel is closed with the last |
    ///
    /// The capacity of the channel is exact however many sinks there are, since a sink has no buffer: a message is
    /// accepted when there is a slot for it. So it takes two steps, as `reserve` and a permit do, where `Sender::send` takes
    /// one.
    ///
    /// # Panics
    /// `start_send` panics if no slot is reserved: `poll_ready` has not been ready since the last message. Without a bound
    /// there is nothing to reserve, and it never panics.
    ///
    /// # Cancel safety
    /// A `send(message)` that is dropped while it waits has not sent. The sink keeps its turn, and when that comes the slot,
    /// for the next message. To give them up without dropping the sink, abort: `sink.get_mut().abort()`, or
    /// `sink.as_mut().get_pin_mut().abort()` if it is pinned. A sink that is dropped or closed passes them on; one
    /// that is kept and not used keeps a slot from the others, which at capacity 1 is the only one.
    ///
    /// # Clones
    /// A clone is one more sender of the channel. It waits for nothing, and has nothing reserved.
    ///
    /// ```
    /// use futures_util::{SinkExt, StreamExt, stream};
    /// use sakia_futures::{ReceiverExt, SenderExt};
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, receiver) = sakia::mpsc::channel(4);
    /// let mut sink = sender.into_sink();
    /// sink.send(1).await?;
    /// sink.send_all(&mut stream::iter([2, 3]).map(Ok)).await?;
    /// sink.close().await?;
    /// assert_eq!(receiver.into_stream().collect::<Vec<_>>().await, [1, 2, 3]);
    /// # Ok::<(), sakia_futures::SinkError<i32>>(()) }).unwrap();
    /// ```
    #[derive(Clone, Debug)]
    #[must_use = "sinks do nothing unless polled"]
    pub struct SenderSink<S> {
        #[pin]
        sender: S,
    }
}

impl<S> SenderSink<S> {
    /// Makes a sink of a sender that is polled.
    pub fn new(sender: S) -> Self {
        Self { sender }
    }

    /// The sender inside.
    pub fn get_ref(&self) -> &S {
        &self.sender
    }

    /// The sender inside.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.sender
    }

    /// The sender inside, pinned as the sink is.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().sender
    }

    /// The sender inside, with its turn and the slot it has reserved. Nothing is lost: the sink holds no messages.
    pub fn into_inner(self) -> S {
        self.sender
    }
}

impl<T, S: PollSend<T>> Sink<T> for SenderSink<S> {
    type Error = SinkError<T>;

    #[inline]
    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SinkError<T>>> {
        self.project().sender.poll_ready(context).map_err(|SendError(())| SinkError::empty())
    }

    #[inline]
    #[track_caller]
    fn start_send(self: Pin<&mut Self>, message: T) -> Result<(), SinkError<T>> {
        self.project().sender.start_send(message).map_err(SinkError::from)
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), SinkError<T>>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), SinkError<T>>> {
        self.project().sender.close();
        Poll::Ready(Ok(()))
    }
}
