//! Receiving what is there as a `Stream` of batches.

use core::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};
use futures_core::{FusedStream, Stream};
use sakia::mpsc::PollReceive;

/// The messages of a channel as a [`Stream`] of batches: each is what was there, one message at least and `limit` at
/// most, and none waits to be filled. [`ReceiverExt::into_batches`](crate::ReceiverExt::into_batches) makes it.
///
/// `B` is what a batch is: a `Vec`, or anything that begins empty and can be [extended](Extend). A buffer of fixed size
/// has to take `limit` messages. An empty `B` is made in advance, and a `Vec` is allocated once for each batch.
///
/// A batch is taken from the channel in one step, where `StreamExt::ready_chunks` takes message by message.
///
/// ```
/// use futures_util::StreamExt;
/// use sakia_futures::ReadyBatches;
/// use std::collections::VecDeque;
///
/// # futures_executor::block_on(async {
/// let (sender, receiver) = sakia::mpsc::channel(4);
/// (0..3).for_each(|n| sender.try_send(n).unwrap());
/// drop(sender);
/// let batches = ReadyBatches::<_, VecDeque<_>>::new(receiver, 2);
/// assert_eq!(batches.collect::<Vec<_>>().await, [VecDeque::from([0, 1]), VecDeque::from([2])]);
/// # });
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct ReadyBatches<R, B> {
    receiver: R,
    /// Empty between polls, unless `B` panicked while it was filled.
    batch: B,
    limit: usize,
    ended: bool,
}

// The receiver and the batch are never pinned.
impl<R, B> Unpin for ReadyBatches<R, B> {}

impl<R, B: Default> ReadyBatches<R, B> {
    /// Makes a stream of batches of up to `limit` messages.
    ///
    /// # Panics
    /// If `limit` is 0.
    #[track_caller]
    pub fn new(receiver: R, limit: usize) -> Self {
        assert!(limit > 0, "sakia: a batch is of one message at least");
        Self { receiver, batch: B::default(), limit, ended: false }
    }
}

impl<R, B> ReadyBatches<R, B> {
    /// How many messages a batch has at most.
    pub fn limit(&self) -> usize {
        self.limit
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

impl<R: PollReceive, B> ReadyBatches<R, B> {
    /// Closes the channel for new messages, as [`ReceiverStream::close`](crate::ReceiverStream::close) does.
    pub fn close(&mut self) {
        self.receiver.close();
    }
}

impl<R: PollReceive, B: Default + Extend<R::Item>> Stream for ReadyBatches<R, B> {
    type Item = B;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let received = ready!(this.receiver.poll_recv_many(context, &mut this.batch, this.limit));
        this.ended = received == 0;
        Poll::Ready((received > 0).then(|| mem::take(&mut this.batch)))
    }

    /// As many as it takes if all are full, and as if each were of one message.
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            return (0, Some(0));
        }
        let (least, most) = self.receiver.size_hint();
        (least.div_ceil(self.limit), most)
    }
}

impl<R: PollReceive, B: Default + Extend<R::Item>> FusedStream for ReadyBatches<R, B> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}
