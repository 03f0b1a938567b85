//! Slots as streams of owned references and as sinks that write in place, on every runtime, on the heap and static.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    fmt::{self, Write as _},
    pin::pin,
};

use behaviour::{now, panic_of, parked};
use futures_util::{FutureExt as _, SinkExt as _, Stream as _, StreamExt as _, stream, stream::FusedStream as _};
use sakia::mpsc::{
    Builder,
    recycled::{Receiver, Sender, StaticChannel, channel},
};
use sakia_futures::{EncodeError, ReceiverExt as _, SenderExt as _};
use sakia_tests::{Runtime, for_each_runtime, task, yield_now};

const MANY: u32 = if cfg!(miri) { 50 } else { 10_000 };

fn line(n: u32, slot: &mut String) -> fmt::Result {
    write!(slot, "{n}")
}

fn all_in_order<R: Runtime>() {
    for capacity in [1, 3] {
        let (sender, receiver) = channel::<String>(capacity);
        run_through::<R>(sender, receiver);
    }
    run_through_static::<R>();
}

fn run_through<R: Runtime>(sender: Sender<String>, receiver: Receiver<String>) {
    let sending = task(async move {
        let mut sink = sender.into_encoder_sink(line);
        sink.send_all(&mut stream::iter(0..MANY).map(Ok)).await.unwrap();
        sink.close().await.unwrap();
    });
    let receiving = task(async move {
        let mut lines = receiver.into_stream();
        for n in 0..MANY {
            assert_eq!(*lines.next().await.unwrap(), n.to_string());
        }
        assert!(lines.next().await.is_none() && lines.is_terminated());
    });
    R::run_all([sending, receiving]);
}

/// Without an allocation: a pinned sink, in a static.
fn run_through_static<R: Runtime>() {
    static CHANNEL: StaticChannel<u32, 2> = StaticChannel::new();
    // The tests of the other runtimes have it now and then.
    let Some((sender, receiver)) = CHANNEL.try_split() else { return };
    let sending = task(async move {
        let mut sink = pin!(sender.into_pinned_encoder_sink(|n: u32, slot: &mut u32| *slot = n));
        for n in 0..MANY {
            sink.send(n).await.unwrap();
        }
    });
    let receiving = task(async move {
        let mut numbers = receiver.into_stream();
        for n in 0..MANY {
            assert_eq!(*numbers.next().await.unwrap(), n);
        }
        assert!(numbers.next().await.is_none());
    });
    R::run_all([sending, receiving]);
}

/// Several messages are held at once, and given back in another order than they came.
fn held_in_a_buffer<R: Runtime>() {
    let (sender, receiver) = channel::<String>(4);
    let sending = task(async move {
        let mut sink = sender.into_encoder_sink(line);
        sink.send_all(&mut stream::iter(0..MANY / 10).map(Ok)).await.unwrap();
    });
    let receiving = task(async move {
        let mut seen = receiver
            .into_stream()
            .map(|message| async move {
                if message.len() % 2 == 0 {
                    yield_now().await;
                }
                message.parse::<u32>().unwrap()
            })
            .buffer_unordered(3)
            .collect::<Vec<_>>()
            .await;
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..MANY / 10));
    });
    R::run_all([sending, receiving]);
}

/// By value as well, one channel forwarded into the other.
fn forwarded<R: Runtime>() {
    let (first, middle) = channel::<String>(2);
    let (second, last) = channel::<String>(1);
    let sending = task(async move {
        let mut sink = first.into_sink();
        for n in 0..MANY / 10 {
            sink.send(n.to_string()).await.unwrap();
        }
    });
    let forwarding = task(async move {
        let sink = second.into_encoder_sink(|n: String, slot: &mut String| slot.push_str(&n));
        middle.into_stream().map(|message| Ok(message.clone())).forward(sink).await.unwrap();
    });
    let receiving = task(async move {
        let batches = last.into_batches(8).map(|batch| batch.len()).collect::<Vec<_>>().await;
        assert_eq!(batches.iter().sum::<usize>(), MANY as usize / 10);
    });
    R::run_all([sending, forwarding, receiving]);
}

for_each_runtime!(all_in_order, held_in_a_buffer, forwarded);

#[test]
fn an_encoder_that_fails_or_panics_gives_its_slot_back() {
    let (sender, mut receiver) = channel::<String>(1);
    let mut sink = sender.clone().into_encoder_sink(|n: u32, slot: &mut String| {
        write!(slot, "half of {n}")?;
        assert!(n != 13, "the encoder panics");
        if n > 9 { Err(fmt::Error) } else { Ok(()) }
    });
    for _ in 0..5 {
        assert_eq!(now(sink.send(10)), Err(EncodeError::Encode(fmt::Error)));
        assert_eq!(panic_of(|| now(sink.send(13)).is_ok()).unwrap().message, "the encoder panics");
        assert_eq!((sender.capacity(), receiver.len()), (1, 0));
    }
    now(sink.send(9)).unwrap();
    assert_eq!(*receiver.try_recv_ref().unwrap(), "half of 9");
    drop(receiver);
    assert_eq!(now(sink.send(1)), Err(EncodeError::Closed));
}

#[test]
fn a_sink_that_waits_or_has_a_slot_passes_it_on() {
    let (sender, mut receiver) = Builder::new(1).overtaking(0).recycled::<String>();
    let mut reserved = sender.clone().into_encoder_sink(line);
    now(core::future::poll_fn(|context| reserved.poll_ready_unpin(context))).unwrap();
    assert_eq!(sender.capacity(), 0);
    let mut first = sender.clone().into_encoder_sink(line);
    let mut second = sender.clone().into_encoder_sink(line);
    let waiting = parked(first.feed(1));
    let mut next = parked(second.feed(2));
    drop(reserved);
    assert_eq!((waiting.wakes(), next.wakes()), (1, 0));
    drop(waiting);
    drop(first);
    assert_eq!(next.wakes(), 1);
    next.ready().unwrap();
    assert_eq!(*receiver.try_recv_ref().unwrap(), "2");
}

#[test]
fn a_hundred_sinks_never_hold_more_than_the_capacity() {
    let (sender, mut receiver) = channel::<String>(3);
    let mut sinks: Vec<_> = (0..100).map(|_| sender.clone().into_encoder_sink(line)).collect();
    let mut ready: Vec<usize> = Vec::new();
    for (n, sink) in sinks.iter_mut().enumerate() {
        if core::future::poll_fn(|context| sink.poll_ready_unpin(context)).now_or_never().is_some() {
            ready.push(n);
        }
    }
    assert_eq!((ready.len(), sender.len(), sender.capacity()), (3, 0, 0));
    for n in ready {
        sinks[n].start_send_unpin(7).unwrap();
    }
    assert_eq!(receiver.try_iter_ref().count(), 3);
}

#[test]
fn without_a_slot_it_panics_at_the_call() {
    let (sender, _receiver) = channel::<String>(1);
    let mut sink = sender.into_encoder_sink(line);
    let panic = panic_of(|| sink.start_send_unpin(1).is_ok()).unwrap();
    assert!(panic.message.contains("poll_ready"), "{}", panic.message);
}

#[test]
fn the_size_is_as_it_can_be() {
    let (sender, receiver) = channel::<String>(4);
    let mut lines = receiver.into_stream();
    assert_eq!(lines.size_hint(), (0, None));
    sender.try_send_ref().unwrap().push('x');
    let held = sender.try_reserve_ref().unwrap();
    assert_eq!(lines.size_hint(), (1, None));
    lines.close();
    assert_eq!(lines.size_hint(), (1, Some(2)));
    held.send();
    assert_eq!(lines.size_hint(), (2, Some(2)));
    assert_eq!(now(lines.by_ref().count()), 2);
}
