//! The traits that put the adapters on the channels' ends.

#[cfg(feature = "alloc")]
use crate::ReadyBatches;
use crate::{Borrowed, ReceiverStream, SenderSink};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
#[cfg(feature = "alloc")]
use sakia::mpsc::BoxedPollSender;
use sakia::mpsc::{PollReceive, PollSender, Sender};

/// Receivers as streams: of sakia's channels, and of all others that implement [`PollReceive`].
pub trait ReceiverExt: PollReceive + Sized {
    /// A stream that owns this receiver.
    fn into_stream(self) -> ReceiverStream<Self> {
        ReceiverStream::new(self)
    }

    /// A stream that borrows this receiver.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use sakia_futures::ReceiverExt;
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::channel(3);
    /// (1..=3).for_each(|n| sender.try_send(n).unwrap());
    /// assert_eq!(receiver.stream().take(2).collect::<Vec<_>>().await, [1, 2]);
    /// assert_eq!(receiver.recv().await, Some(3));
    /// # });
    /// ```
    fn stream(&mut self) -> ReceiverStream<Borrowed<'_, Self>> {
        ReceiverStream::new(Borrowed(self))
    }

    /// A stream of batches of up to `limit` messages, each of what is there. It owns this receiver.
    ///
    /// For batches that are no `Vec`s, see [`ReadyBatches::new`].
    ///
    /// # Panics
    /// If `limit` is 0.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use sakia_futures::ReceiverExt;
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, receiver) = sakia::mpsc::channel(4);
    /// (1..=3).for_each(|n| sender.try_send(n).unwrap());
    /// let mut batches = receiver.into_batches(2);
    /// assert_eq!(batches.next().await, Some(vec![1, 2]));
    /// assert_eq!(batches.next().await, Some(vec![3]));
    /// # });
    /// ```
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    #[track_caller]
    fn into_batches(self, limit: usize) -> ReadyBatches<Self, Vec<Self::Item>> {
        ReadyBatches::new(self, limit)
    }

    /// As [`into_batches`](Self::into_batches); it borrows this receiver.
    ///
    /// # Panics
    /// If `limit` is 0.
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    #[track_caller]
    fn batches(&mut self, limit: usize) -> ReadyBatches<Borrowed<'_, Self>, Vec<Self::Item>> {
        ReadyBatches::new(Borrowed(self), limit)
    }
}

impl<R: PollReceive> ReceiverExt for R {}

/// Senders as sinks. It is implemented for sakia's senders; another channel's, once they implement
/// [`PollSend`](sakia::mpsc::PollSend), go straight into [`SenderSink::new`].
pub trait SenderExt: sealed::Sealed + Sized {
    /// The message.
    type Item;

    /// A sink that need not be pinned. It makes one allocation, here.
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    fn into_sink(self) -> SenderSink<BoxedPollSender<Self::Item>>;

    /// A sink that has to be pinned to be used, and allocates nothing.
    ///
    /// ```
    /// use core::pin::pin;
    /// use futures_util::SinkExt;
    /// use sakia::mpsc::StaticChannel;
    /// use sakia_futures::SenderExt;
    ///
    /// static CHANNEL: StaticChannel<u8, 1> = StaticChannel::new();
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = CHANNEL.split();
    /// let mut sink = pin!(sender.into_pinned_sink());
    /// sink.send(1).await.unwrap();
    /// assert_eq!(receiver.recv().await, Some(1));
    /// # });
    /// ```
    fn into_pinned_sink(self) -> SenderSink<PollSender<Self::Item>>;
}

impl<T> SenderExt for Sender<T> {
    type Item = T;

    #[cfg(feature = "alloc")]
    fn into_sink(self) -> SenderSink<BoxedPollSender<T>> {
        SenderSink::new(BoxedPollSender::new(self))
    }

    fn into_pinned_sink(self) -> SenderSink<PollSender<T>> {
        SenderSink::new(PollSender::new(self))
    }
}

mod sealed {
    /// Leaves room for more methods.
    pub trait Sealed {}

    impl<T> Sealed for sakia::mpsc::Sender<T> {}
}
