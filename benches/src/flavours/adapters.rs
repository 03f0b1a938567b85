//! The same channels received from as a `Stream`, and sent to as a `Sink`.

use core::marker::PhantomData;

use futures_util::{FutureExt as _, Sink, SinkExt as _, Stream, StreamExt as _};
use sakia::mpsc::{BoxedPollSender, Receiver};
use sakia_futures::{ReceiverExt as _, ReceiverStream, SenderExt as _, SenderSink};

use super::{Class, Flavour, Flume, Futures, Message, Sakia, Tokio};

/// A channel that has a `Stream` and a `Sink`.
pub trait Adapted: Flavour {
    /// The name it goes by if it is received from as a `Stream`.
    const STREAM_NAME: &'static str;
    /// The name it goes by if it is sent to as a `Sink`.
    const SINK_NAME: &'static str;

    /// The receiving handle, as a `Stream`.
    type Stream<T: Message>: Stream<Item = T> + Unpin + Send + 'static;
    /// The sending handle, as a `Sink`.
    type Sink<T: Message>: Sink<T> + Clone + Unpin + Send + 'static;

    /// Adapts the receiver.
    fn stream<T: Message>(rx: Self::Rx<T>) -> Self::Stream<T>;

    /// Adapts the sender.
    fn sink<T: Message>(tx: Self::Tx<T>) -> Self::Sink<T>;
}

/// A channel of which the receiver is a `Stream`; the sender is its own.
#[derive(Debug)]
pub struct Streamed<F>(PhantomData<F>);

impl<F: Adapted> Flavour for Streamed<F> {
    const NAME: &'static str = F::STREAM_NAME;
    const CLASS: Class = F::CLASS;

    type Tx<T: Message> = F::Tx<T>;
    type Rx<T: Message> = F::Stream<T>;

    fn channel<T: Message>(capacity: usize, senders: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        F::channel(capacity, senders).map(|(tx, rx)| (tx, F::stream(rx)))
    }

    fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> impl Future<Output = bool> + Send {
        F::send(tx, value)
    }

    async fn recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.next().await
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        F::try_send(tx, value)
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.next().now_or_never().flatten()
    }
}

/// A channel of which the sender is a `Sink`; the receiver is its own.
#[derive(Debug)]
pub struct Sunk<F>(PhantomData<F>);

impl<F: Adapted> Flavour for Sunk<F> {
    const NAME: &'static str = F::SINK_NAME;
    const CLASS: Class = F::CLASS;

    type Tx<T: Message> = F::Sink<T>;
    type Rx<T: Message> = F::Rx<T>;

    fn channel<T: Message>(capacity: usize, senders: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        F::channel(capacity, senders).map(|(tx, rx)| (F::sink(tx), rx))
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send(value).await.is_ok()
    }

    fn recv<T: Message>(rx: &mut Self::Rx<T>) -> impl Future<Output = Option<T>> + Send {
        F::recv(rx)
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send(value).now_or_never().is_some_and(|sent| sent.is_ok())
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        F::try_recv(rx)
    }
}

impl Adapted for Sakia<false> {
    const STREAM_NAME: &'static str = "sakia-stream";
    const SINK_NAME: &'static str = "sakia-sink";

    type Stream<T: Message> = ReceiverStream<Receiver<T>>;
    type Sink<T: Message> = SenderSink<BoxedPollSender<T>>;

    fn stream<T: Message>(rx: Self::Rx<T>) -> Self::Stream<T> {
        rx.into_stream()
    }

    fn sink<T: Message>(tx: Self::Tx<T>) -> Self::Sink<T> {
        tx.into_sink()
    }
}

impl Adapted for Tokio {
    const STREAM_NAME: &'static str = "tokio-stream";
    const SINK_NAME: &'static str = "tokio-sink";

    type Stream<T: Message> = tokio_stream::wrappers::ReceiverStream<T>;
    type Sink<T: Message> = tokio_util::sync::PollSender<T>;

    fn stream<T: Message>(rx: Self::Rx<T>) -> Self::Stream<T> {
        rx.into()
    }

    fn sink<T: Message>(tx: Self::Tx<T>) -> Self::Sink<T> {
        tokio_util::sync::PollSender::new(tx)
    }
}

impl Adapted for Futures {
    const STREAM_NAME: &'static str = "futures-stream";
    const SINK_NAME: &'static str = "futures-sink";

    type Stream<T: Message> = Self::Rx<T>;
    type Sink<T: Message> = Self::Tx<T>;

    fn stream<T: Message>(rx: Self::Rx<T>) -> Self::Stream<T> {
        rx
    }

    fn sink<T: Message>(tx: Self::Tx<T>) -> Self::Sink<T> {
        tx
    }
}

impl Adapted for Flume {
    const STREAM_NAME: &'static str = "flume-stream";
    const SINK_NAME: &'static str = "flume-sink";

    type Stream<T: Message> = flume::r#async::RecvStream<'static, T>;
    type Sink<T: Message> = flume::r#async::SendSink<'static, T>;

    fn stream<T: Message>(rx: Self::Rx<T>) -> Self::Stream<T> {
        rx.into_stream()
    }

    fn sink<T: Message>(tx: Self::Tx<T>) -> Self::Sink<T> {
        tx.into_sink()
    }
}
