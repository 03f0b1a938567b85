//! Streams and sinks of channels without a bound.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use behaviour::now;
use futures_util::{SinkExt as _, Stream as _, StreamExt as _, stream};
use sakia::mpsc::unbounded;
use sakia_futures::{ReceiverExt as _, SenderExt as _};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, yield_now};

const MANY: u32 = if cfg!(miri) { 200 } else { 10_000 };

#[test]
fn a_sink_is_always_ready_and_asks_for_no_readiness() {
    let (sender, receiver) = unbounded();
    let mut sink = sender.into_sink();
    let mut context = Context::from_waker(Waker::noop());
    for n in 0..100 {
        assert_eq!(sink.start_send_unpin(n), Ok(()));
        assert_eq!(sink.poll_ready_unpin(&mut context), Poll::Ready(Ok(())));
    }
    assert_eq!(now(sink.flush()), Ok(()), "flushed is not received");
    assert_eq!(receiver.len(), 100);
    assert_eq!(now(sink.close()), Ok(()));
    assert_eq!(now(receiver.into_stream().collect::<Vec<_>>()), (0..100).collect::<Vec<_>>());
}

#[test]
fn a_closed_sink_and_a_closed_channel_give_the_message_back() {
    let (sender, receiver) = unbounded();
    let (mut closed, mut open) = (sender.clone().into_sink(), sender.into_sink());
    assert_eq!(now(closed.close()), Ok(()));
    assert_eq!(closed.start_send_unpin("late").unwrap_err().into_inner(), Some("late"));
    assert!(now(closed.clone().send("late")).is_err(), "the clone of a closed sink is closed");
    assert_eq!(open.start_send_unpin("early"), Ok(()));

    let mut stream = receiver.into_stream();
    stream.close();
    assert_eq!(open.start_send_unpin("late").unwrap_err().into_inner(), Some("late"));
    assert!(now(open.send("late")).is_err());
    assert_eq!(now(stream.collect::<Vec<_>>()), ["early"]);
}

#[test]
fn a_stream_wakes_once_and_ends_with_the_last_sink() {
    let (sender, receiver) = unbounded();
    let (mut one, mut other) = (sender.clone().into_sink(), Box::pin(sender.into_pinned_sink()));
    let mut stream = receiver.into_stream();
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let mut poll = || Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
    assert!(poll().is_pending());
    one.start_send_unpin(1).unwrap();
    other.start_send_unpin(2).unwrap();
    assert_eq!((flag.take(), poll(), poll()), (1, Poll::Ready(Some(1)), Poll::Ready(Some(2))));
    assert!(poll().is_pending());
    drop(one);
    assert_eq!(flag.take(), 0, "there is another sender");
    now(other.close()).unwrap();
    assert_eq!((flag.take(), poll()), (1, Poll::Ready(None)));
}

#[test]
fn a_stream_says_how_much_it_has() {
    let (sender, receiver) = unbounded();
    let mut stream = receiver.into_stream();
    (0..40).for_each(|n| sender.send(n).unwrap());
    assert_eq!(stream.size_hint(), (40, None));
    stream.close();
    assert_eq!(stream.size_hint(), (40, Some(40)));
    assert_eq!(now(stream.next()), Some(0));
    assert_eq!(stream.size_hint(), (39, Some(39)));
}

/// Several sinks at once, each by another way of sending, into batches.
fn chains<R: Runtime>() {
    let (sender, receiver) = unbounded::<u32>();
    let (mut all, forward, each) = (sender.clone().into_sink(), sender.clone().into_sink(), sender.into_pinned_sink());
    R::run_all([
        task(async move { all.send_all(&mut stream::iter(0..MANY).map(Ok)).await.unwrap() }),
        task(async move { stream::iter(0..MANY).map(Ok).forward(forward).await.unwrap() }),
        task(async move {
            let mut each = core::pin::pin!(each);
            for n in 0..MANY {
                each.send(n).await.unwrap();
                if n % 64 == 0 {
                    yield_now().await;
                }
            }
        }),
        task(async move {
            let batches = receiver.into_batches(32);
            let sum = batches.flat_map(stream::iter).fold(0, async |sum, n| sum + u64::from(n)).await;
            assert_eq!(sum, 3 * (0..u64::from(MANY)).sum::<u64>());
        }),
    ]);
}

for_each_runtime!(chains);
