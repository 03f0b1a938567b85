//! The traits that put the adapters on the channels' ends.

#[cfg(feature = "alloc")]
use crate::ReadyBatches;
use crate::{Borrowed, EncoderSink, PollSendRef, ReceiverStream, SenderSink};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use sakia::mpsc::{self, PollReceive, PollSend, recycled};

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
/// [`PollSend`] or [`PollSendRef`], go straight into [`SenderSink::new`] or [`EncoderSink::new`].
pub trait SenderExt: sealed::Sealed + Sized {
    /// The message.
    type Item;

    /// This sender as one that is polled, which has to be pinned.
    type Pinned: PollSend<Self::Item>;

    /// This sender as one that is polled, which need not be pinned.
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    type Boxed: PollSend<Self::Item> + Unpin;

    /// A sink that need not be pinned. It makes one allocation, here.
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    fn into_sink(self) -> SenderSink<Self::Boxed>;

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
    fn into_pinned_sink(self) -> SenderSink<Self::Pinned>;

    /// A sink of items that `encoder` writes into recycled slots, in place. It need not be pinned, and makes one allocation,
    /// here.
    ///
    /// A closure has to name the types of its arguments.
    ///
    /// ```
    /// use futures_util::SinkExt;
    /// use sakia_futures::SenderExt;
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
    /// let mut sink = sender.into_encoder_sink(|word: &str, slot: &mut String| slot.push_str(word));
    /// sink.send("hello").await.unwrap();
    /// assert_eq!(*receiver.recv_ref().await.unwrap(), "hello");
    /// # });
    /// ```
    #[cfg(feature = "alloc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
    fn into_encoder_sink<E>(self, encoder: E) -> EncoderSink<Self::Boxed, E>
    where
        Self::Boxed: PollSendRef,
    {
        EncoderSink::new(self.into_sink().into_inner(), encoder)
    }

    /// As [`into_encoder_sink`](Self::into_encoder_sink); it has to be pinned to be used, and allocates nothing.
    ///
    /// ```
    /// use core::pin::pin;
    /// use futures_util::SinkExt;
    /// use sakia::mpsc::recycled::StaticChannel;
    /// use sakia_futures::SenderExt;
    ///
    /// static FRAMES: StaticChannel<[u16; 32], 2> = StaticChannel::new();
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, mut receiver) = FRAMES.split();
    /// let fill = |level: u16, frame: &mut [u16; 32]| frame.fill(level);
    /// let mut sink = pin!(sender.into_pinned_encoder_sink(fill));
    /// sink.send(7).await.unwrap();
    /// assert_eq!(*receiver.recv_ref().await.unwrap(), [7; 32]);
    /// # });
    /// ```
    fn into_pinned_encoder_sink<E>(self, encoder: E) -> EncoderSink<Self::Pinned, E>
    where
        Self::Pinned: PollSendRef,
    {
        EncoderSink::new(self.into_pinned_sink().into_inner(), encoder)
    }
}

impl<T> SenderExt for mpsc::Sender<T> {
    type Item = T;
    type Pinned = mpsc::PollSender<T>;
    #[cfg(feature = "alloc")]
    type Boxed = mpsc::BoxedPollSender<T>;

    #[cfg(feature = "alloc")]
    fn into_sink(self) -> SenderSink<Self::Boxed> {
        SenderSink::new(mpsc::BoxedPollSender::new(self))
    }

    fn into_pinned_sink(self) -> SenderSink<Self::Pinned> {
        SenderSink::new(mpsc::PollSender::new(self))
    }
}

impl<T, R> SenderExt for recycled::Sender<T, R> {
    type Item = T;
    type Pinned = recycled::PollSender<T, R>;
    #[cfg(feature = "alloc")]
    type Boxed = recycled::BoxedPollSender<T, R>;

    #[cfg(feature = "alloc")]
    fn into_sink(self) -> SenderSink<Self::Boxed> {
        SenderSink::new(recycled::BoxedPollSender::new(self))
    }

    fn into_pinned_sink(self) -> SenderSink<Self::Pinned> {
        SenderSink::new(recycled::PollSender::new(self))
    }
}

/// A sender without a bound never waits, so its sink is ready as long as the channel is open, and even the sink that need not
/// be pinned allocates nothing.
#[cfg(feature = "alloc")]
impl<T> SenderExt for mpsc::UnboundedSender<T> {
    type Item = T;
    type Pinned = mpsc::UnboundedPollSender<T>;
    type Boxed = mpsc::UnboundedPollSender<T>;

    fn into_sink(self) -> SenderSink<Self::Boxed> {
        SenderSink::new(mpsc::UnboundedPollSender::new(self))
    }

    fn into_pinned_sink(self) -> SenderSink<Self::Pinned> {
        self.into_sink()
    }
}

mod sealed {
    use sakia::mpsc::{self, recycled};

    /// Leaves room for more methods.
    pub trait Sealed {}

    impl<T> Sealed for mpsc::Sender<T> {}
    impl<T, R> Sealed for recycled::Sender<T, R> {}
    #[cfg(feature = "alloc")]
    impl<T> Sealed for mpsc::UnboundedSender<T> {}
}
