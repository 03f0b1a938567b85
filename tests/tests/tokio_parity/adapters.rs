// The wrappers of `tokio-stream`, and the `PollSender` of `tokio-util`.

use super::{
    PollSender,
    mpsc::{self, error::TryRecvError},
    wrappers::{ReceiverStream, UnboundedReceiverStream},
};
use crate::support::{Flag, panic_of};
use core::task::Poll;
use futures_util::{SinkExt, Stream, StreamExt};
use std::sync::Arc;

#[test]
fn streams_and_their_hints() {
    let (tx, rx) = mpsc::channel(8);
    let mut stream = ReceiverStream::new(rx);
    assert_eq!(stream.size_hint(), (0, None));
    tx.try_send(1).unwrap();
    let permit = tx.clone().try_reserve_owned().unwrap();
    assert_eq!(stream.size_hint(), (1, None));
    stream.close();
    assert_eq!(stream.size_hint(), (1, Some(2)));
    assert_eq!(stream.as_ref().len(), 1);
    drop(permit.send(2));
    assert_eq!(stream.size_hint(), (2, Some(2)));
    assert_eq!(stream.as_mut().try_recv(), Ok(1));
    let all: Vec<_> = futures_util::FutureExt::now_or_never(stream.collect()).unwrap();
    assert_eq!(all, [2]);
    let (tx, rx) = mpsc::unbounded_channel();
    let mut stream = UnboundedReceiverStream::from(rx);
    tx.send(1).unwrap();
    assert_eq!(stream.size_hint(), (1, None));
    stream.close();
    assert_eq!(stream.size_hint(), (1, Some(1)));
    assert_eq!(stream.into_inner().try_recv(), Ok(1));
}

#[test]
fn a_poll_sender_reserves_and_sends() {
    let (tx, mut rx) = mpsc::channel(1);
    let mut sender = PollSender::new(tx.clone());
    assert_eq!(tx.strong_count(), 3);
    let flag = Flag::new();
    assert!(matches!(flag.with(|context| sender.poll_reserve(context)), Poll::Ready(Ok(()))));
    assert!(matches!(flag.with(|context| sender.poll_reserve(context)), Poll::Ready(Ok(()))));
    assert_eq!((tx.capacity(), tx.strong_count()), (0, 3));
    sender.send_item(1).unwrap();
    assert!(flag.with(|context| sender.poll_reserve(context)).is_pending());
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(flag.wakes(), 1);
    assert!(matches!(flag.with(|context| sender.poll_reserve(context)), Poll::Ready(Ok(()))));
    assert!(sender.abort_send() && !sender.abort_send());
    assert_eq!(tx.capacity(), 1);
    assert!(sender.get_ref().unwrap().same_channel(&tx));
}

#[test]
fn a_poll_sender_that_has_reserved_nothing_panics_at_the_caller() {
    let (tx, _rx) = mpsc::channel(1);
    let check = |mut sender: PollSender<u8>| {
        let (message, file) = panic_of(|| sender.send_item(2)).unwrap();
        assert_eq!(message, "`send_item` called without first calling `poll_reserve`");
        assert!(file.ends_with("adapters.rs"), "{file}");
    };
    check(PollSender::new(tx.clone()));
    tx.try_send(1).unwrap();
    let mut acquiring = PollSender::new(tx);
    assert!(Flag::new().with(|context| acquiring.poll_reserve(context)).is_pending());
    check(acquiring);
}

#[test]
fn an_aborted_poll_sender_passes_its_turn_on() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.try_send(0).unwrap();
    let (first, second) = (Flag::new(), Flag::new());
    let mut one = PollSender::new(tx.clone());
    let mut two = one.clone();
    assert!(first.with(|context| one.poll_reserve(context)).is_pending());
    assert!(second.with(|context| two.poll_reserve(context)).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    assert!(one.abort_send());
    assert_eq!(second.wakes(), 1);
    drop(two);
    assert_eq!(tx.capacity(), 1);
}

#[test]
fn a_poll_sender_is_closed() {
    let (tx, mut rx) = mpsc::channel(2);
    let flag = Flag::new();
    let mut sender = PollSender::new(tx.clone());
    assert!(flag.with(|context| sender.poll_reserve(context)).is_ready());
    sender.close();
    assert!(sender.is_closed() && sender.get_ref().is_none());
    sender.send_item(1).unwrap();
    assert_eq!(sender.send_item(2).unwrap_err().into_inner(), Some(2));
    let error = match flag.with(|context| sender.poll_reserve(context)) {
        Poll::Ready(Err(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!((error.to_string(), error.into_inner()), ("channel closed".to_owned(), None));
    assert!(sender.clone().is_closed());
    assert_eq!((tx.strong_count(), rx.try_recv()), (1, Ok(1)));
}

#[test]
fn a_poll_sender_finds_the_channel_closed_by_polling() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    let flag = Flag::new();
    let mut sender = PollSender::new(tx);
    let mut reserved = sender.clone();
    assert!(flag.with(|context| reserved.poll_reserve(context)).is_ready());
    drop(rx);
    assert!(!sender.is_closed());
    assert!(matches!(flag.with(|context| sender.poll_reserve(context)), Poll::Ready(Err(_))));
    assert!(sender.is_closed());
    assert!(reserved.send_item(1).is_ok(), "the slot was reserved");
    assert!(flag.with(|context| reserved.poll_reserve(context)).is_ready());
    assert!(reserved.is_closed());
}

#[test]
fn a_dropped_poll_sender_ends_the_channel() {
    let (tx, mut rx) = mpsc::channel::<u8>(1);
    let sender = PollSender::new(tx);
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    drop(sender);
    assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn a_sink_of_ten_thousand_over_one_slot() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (tx, rx) = mpsc::channel(1);
        let task = tokio::spawn(async move {
            let mut sink = PollSender::new(tx);
            sink.send_all(&mut futures_util::stream::iter(0..10_000).map(Ok)).await.unwrap();
            sink.flush().await.unwrap();
            SinkExt::<i32>::close(&mut sink).await.unwrap();
        });
        let sum = ReceiverStream::new(rx).fold(0, |sum, n| async move { sum + n }).await;
        assert_eq!(sum, (0..10_000).sum::<i32>());
        task.await.unwrap();
    });
}

#[test]
fn the_wakers_of_a_poll_sender_are_dropped() {
    let (tx, _rx) = mpsc::channel(1);
    tx.try_send(1).unwrap();
    let flag = Flag::new();
    let mut sender = PollSender::new(tx);
    assert!(flag.with(|context| sender.poll_reserve(context)).is_pending());
    drop(sender);
    assert_eq!(Arc::strong_count(&flag), 1);
}
