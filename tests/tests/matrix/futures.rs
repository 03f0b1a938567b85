//! Streams and sinks.

use core::{
    future::{Future, ready},
    pin::pin,
};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia_futures::{ReceiverExt as _, SenderExt as _};

use super::{MESSAGES, Place, Row, Tasks, by_value, expect_all, in_place, tasks, unbounded::GROWS};

/// Sends everything by the sink, and is over.
async fn send_all<S: futures_util::Sink<u64>>(sink: S) {
    let mut sink = pin!(sink);
    assert!(sink.send_all(&mut stream::iter((0..MESSAGES).map(Ok))).await.is_ok());
    assert!(sink.close().await.is_ok());
}

/// A chain over the stream.
async fn receive_all(stream: impl futures_util::Stream<Item = u64>) {
    let sum = stream.map(|n| 2 * n).filter(|n| ready(*n % 4 == 0)).fold(0, |sum, n| ready(sum + n)).await;
    assert_eq!(sum, (0..MESSAGES).filter(|n| n % 2 == 0).map(|n| 2 * n).sum::<u64>());
}

async fn feed(sender: sakia::mpsc::Sender<u64>) {
    for n in 0..MESSAGES {
        sender.send(n).await.unwrap();
    }
}

fn by_sink<F: Future<Output = ()> + Send + 'static>(
    place: Place,
    sending: impl FnOnce(sakia::mpsc::Sender<u64>) -> F,
) -> Tasks {
    let (sender, mut receiver) = by_value::channel(place);
    tasks!(sending(sender), async move {
        expect_all!(receiver.recv().await);
    })
}

fn by_encoder<F: Future<Output = ()> + Send + 'static>(
    place: Place,
    sending: impl FnOnce(sakia::mpsc::recycled::Sender<u64>) -> F,
) -> Tasks {
    let (sender, mut receiver) = in_place::channel(place);
    tasks!(sending(sender), async move {
        expect_all!(receiver.recv().await);
    })
}

fn by_stream<F: Future<Output = ()> + Send + 'static>(
    place: Place,
    receiving: impl FnOnce(sakia::mpsc::Receiver<u64>) -> F,
) -> Tasks {
    let (sender, receiver) = by_value::channel(place);
    tasks!(feed(sender), receiving(receiver))
}

fn write(n: u64, slot: &mut u64) {
    *slot = n;
}

pub(crate) const ROWS: &[Row] = &[
    Row::new("SenderSink", "into_sink", |place| by_sink(place, |sender| send_all(sender.into_sink()))),
    Row::new("SenderSink", "into_pinned_sink", |place| by_sink(place, |sender| send_all(sender.into_pinned_sink()))),
    Row::new("SenderSink, unbounded", "into_sink", |place| {
        if place == Place::Static {
            return Err(GROWS);
        }
        let (sender, receiver) = sakia::mpsc::unbounded();
        tasks!(send_all(sender.into_sink()), receive_all(receiver.into_stream()))
    }),
    Row::new("EncoderSink", "into_encoder_sink", |place| {
        by_encoder(place, |sender| send_all(sender.into_encoder_sink(write)))
    }),
    Row::new("EncoderSink", "into_pinned_encoder_sink", |place| {
        by_encoder(place, |sender| send_all(sender.into_pinned_encoder_sink(write)))
    }),
    Row::new("ReceiverStream", "into_stream", |place| by_stream(place, |receiver| receive_all(receiver.into_stream()))),
    Row::new("ReceiverStream", "stream", |place| {
        by_stream(place, |mut receiver| async move { receive_all(receiver.stream()).await })
    }),
    Row::new("ReceiverStream of slots", "into_stream", |place| {
        let (sender, receiver) = in_place::channel(place);
        tasks!(async move { send_all(sender.into_encoder_sink(write)).await }, async move {
            receive_all(receiver.into_stream().map(|slot| *slot)).await
        })
    }),
    Row::new("ReadyBatches", "into_batches", |place| {
        by_stream(place, |receiver| async move {
            receive_all(receiver.into_batches(7).flat_map(stream::iter)).await;
        })
    }),
    Row::new("ReadyBatches", "batches", |place| {
        by_stream(place, |mut receiver| async move {
            receive_all(receiver.batches(7).flat_map(stream::iter)).await;
        })
    }),
];
