//! Sending in place, as a `Sink`.

use crate::{EncodeError, Encoder, PollSendRef};
use core::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};
use futures_sink::Sink;
use pin_project_lite::pin_project;

pin_project! {
    /// A sender of [`recycled`](sakia::mpsc::recycled) slots as a [`Sink`] of items that an [`Encoder`] writes into them, in
    /// place; [`SenderExt`](crate::SenderExt) makes it.
    ///
    /// | | over | pinned | allocates |
    /// |---|---|---|---|
    /// | [`into_encoder_sink`](crate::SenderExt::into_encoder_sink) | [`BoxedPollSender`](sakia::mpsc::recycled::BoxedPollSender) | no: it is `Unpin` | once, when it is made |
    /// | [`into_pinned_encoder_sink`](crate::SenderExt::into_pinned_encoder_sink) | [`PollSender`](sakia::mpsc::recycled::PollSender) | yes | nothing |
    ///
    /// | call | means |
    /// |---|---|
    /// | `poll_ready` | waits in the queue of senders. Ready(Ok): a slot is reserved, and the next `start_send` has it |
    /// | `start_send` | has the encoder write the item into that slot, and sends it; the item itself is the encoder's |
    /// | `poll_flush` | ready at once: what was sent is in the channel. **Flushed is not received**, nor will it be for sure |
    /// | `poll_close` | ready at once: this handle counts as a sender no longer, and the channel is closed with the last |
    ///
    /// As with [`SenderSink`](crate::SenderSink), there is no buffer, and the capacity is exact.
    ///
    /// # Errors
    /// If the encoder fails, its error comes out of `start_send` as [`EncodeError::Encode`], and the slot goes back unsent.
    /// The sink is as good as before: the next item waits for a slot of its own. An encoder that panics leaves no more behind.
    ///
    /// [`EncodeError::Closed`] comes of `poll_ready`. If the receiver goes away just after that, `start_send` does not know: the
    /// message is dropped at once, as those in the queue are.
    ///
    /// # Panics
    /// `start_send` panics if no slot is reserved: `poll_ready` has not been ready since the last message.
    ///
    /// # Cancel safety
    /// A `send(item)` that is dropped while it waits has not sent, and has encoded nothing. The sink keeps its turn, as a
    /// [`SenderSink`](crate::SenderSink) does; `sink.get_mut().abort()` gives it up.
    ///
    /// # Clones
    /// A clone is one more sender of the channel, with a clone of the encoder. It waits for nothing, and has nothing reserved.
    ///
    /// ```
    /// use core::fmt::Write as _;
    /// use futures_util::{SinkExt, StreamExt, stream};
    /// use sakia_futures::{EncodeError, ReceiverExt, SenderExt};
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, receiver) = sakia::mpsc::recycled::channel::<String>(4);
    /// let mut sink = sender.into_encoder_sink(|n: u32, line: &mut String| write!(line, "line {n}"));
    /// sink.send(1).await?;
    /// sink.send_all(&mut stream::iter([2, 3]).map(Ok)).await?;
    /// sink.close().await?;
    /// let lines = receiver.into_stream().collect::<Vec<_>>().await;
    /// assert_eq!(lines.iter().map(|line| &**line).collect::<Vec<_>>(), ["line 1", "line 2", "line 3"]);
    /// # Ok::<(), EncodeError<core::fmt::Error>>(()) }).unwrap();
    /// ```
    #[derive(Clone)]
    #[must_use = "sinks do nothing unless polled"]
    pub struct EncoderSink<S, E> {
        #[pin]
        sender: S,
        encoder: E,
    }
}

impl<S, E> EncoderSink<S, E> {
    /// Makes a sink of a sender that is polled and what writes its messages.
    pub fn new(sender: S, encoder: E) -> Self {
        Self { sender, encoder }
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

    /// The encoder.
    pub fn encoder(&self) -> &E {
        &self.encoder
    }

    /// The encoder.
    pub fn encoder_mut(&mut self) -> &mut E {
        &mut self.encoder
    }

    /// The encoder of a sink that is pinned; it is not.
    pub fn encoder_pin_mut(self: Pin<&mut Self>) -> &mut E {
        self.project().encoder
    }
}

impl<Item, S: PollSendRef, E: Encoder<Item, S::Element>> Sink<Item> for EncoderSink<S, E> {
    type Error = EncodeError<E::Error>;

    #[inline]
    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.project().sender.poll_ready(context).map_err(EncodeError::from)
    }

    #[inline]
    #[track_caller]
    fn start_send(self: Pin<&mut Self>, item: Item) -> Result<(), Self::Error> {
        let this = self.project();
        this.sender.start_send_with(|slot| this.encoder.encode(item, slot))
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.project().sender.close();
        Poll::Ready(Ok(()))
    }
}

impl<S: fmt::Debug, E> fmt::Debug for EncoderSink<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncoderSink").field("sender", &self.sender).finish_non_exhaustive()
    }
}
