//! What streams and sinks allocate: one box for each sink that is `Unpin`, and nothing else.
#![cfg(not(any(sakia_loom, sakia_on_demand)))]

mod futures_support;

use core::{
    pin::{Pin, pin},
    task::{Context, Waker},
};

use futures_support::{all_ends, ends};
use futures_util::{FutureExt as _, Sink as _, SinkExt as _, StreamExt as _, future::ready, select_biased, stream};
use sakia::mpsc::{StaticChannel, channel};
use sakia_futures::{ReadyBatches, ReceiverExt as _, SenderExt as _};
use sakia_tests::{CountingAllocator, FlagWaker, allocations_during};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MANY: u32 = if cfg!(miri) { 100 } else { 10_000 };

#[test]
fn making_an_unpin_sink_is_one_allocation_and_the_rest_is_none() {
    for (sender, receiver) in ends::<u32, 1>() {
        let (sink, allocations) = allocations_during(|| sender.clone().into_sink());
        assert_eq!(allocations, 1);
        let (_clone, allocations) = allocations_during(|| sink.clone());
        assert_eq!(allocations, 1);
        let (_pinned, allocations) = allocations_during(|| sender.into_pinned_sink());
        assert_eq!(allocations, 0);
        let (_stream, allocations) = allocations_during(|| receiver.into_stream());
        assert_eq!(allocations, 0);
    }
}

#[test]
fn messages_allocate_nothing() {
    for (mut sink, receiver) in all_ends::<u32, 1>() {
        let mut stream = receiver.into_stream();
        let mut context = Context::from_waker(Waker::noop());
        let ((), allocations) = allocations_during(|| {
            for n in 0..MANY {
                assert_eq!(sink.send(n).now_or_never(), Some(Ok(())));
                assert!(sink.poll_ready_unpin(&mut context).is_pending(), "it waits");
                assert_eq!(stream.next().now_or_never(), Some(Some(n)));
                assert!(stream.next().now_or_never().is_none(), "it waits");
            }
        });
        assert_eq!(allocations, 0);
    }
}

#[test]
fn send_all_allocates_nothing() {
    for (mut sink, receiver) in all_ends::<u32, 7>() {
        let mut stream = receiver.into_stream();
        let ((), allocations) = allocations_during(|| {
            let mut messages = stream::iter(0..MANY).map(Ok);
            let mut sending = pin!(sink.send_all(&mut messages));
            let mut next = 0;
            while sending.as_mut().now_or_never().is_none() {
                while let Some(message) = stream.next().now_or_never() {
                    assert_eq!(message, Some(next));
                    next += 1;
                }
            }
            assert!(next > MANY - 8);
        });
        assert_eq!(allocations, 0);
    }
}

#[test]
fn a_batch_is_one_allocation_if_it_is_a_vec() {
    let (sender, receiver) = channel::<u32>(100);
    let mut batches = receiver.into_batches(50);
    (0..100).for_each(|n| sender.try_send(n).unwrap());
    let (batch, allocations) = allocations_during(|| batches.next().now_or_never().flatten());
    assert_eq!((batch.map(|batch| batch.len()), allocations), (Some(50), 1));
    let (_, allocations) = allocations_during(|| {
        assert!(batches.next().now_or_never().is_some());
        (0..MANY).for_each(|_| assert!(batches.next().now_or_never().is_none()));
    });
    assert_eq!(allocations, 1, "waiting allocates nothing");
}

/// A batch of fixed size.
#[derive(Default)]
struct Four([u32; 4], usize);

impl Extend<u32> for Four {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, messages: I) {
        for (place, message) in self.0[self.1..].iter_mut().zip(messages) {
            *place = message;
            self.1 += 1;
        }
    }
}

#[test]
fn all_of_it_works_without_an_allocator() {
    static CHANNEL: StaticChannel<u32, 4> = StaticChannel::new();

    let ((), allocations) = allocations_during(|| {
        let (sender, receiver) = CHANNEL.split();
        let mut sink = pin!(sender.into_pinned_sink());
        let mut batches = ReadyBatches::<_, Four>::new(receiver, 4);
        for n in 0..MANY {
            assert_eq!(sink.feed(n).now_or_never(), Some(Ok(())));
            assert_eq!(sink.send(n + 1).now_or_never(), Some(Ok(())));
            let Four(batch, len) = batches.next().now_or_never().flatten().unwrap();
            assert_eq!(batch[..len], [n, n + 1]);
        }
        assert_eq!(sink.close().now_or_never(), Some(Ok(())));
        assert!(batches.next().now_or_never().flatten().is_none());
    });
    assert_eq!(allocations, 0);
}

#[test]
fn a_million_polls_of_a_pending_next_in_a_select_cost_no_memory() {
    const POLLS: usize = if cfg!(miri) { 100 } else { 1_000_000 };
    for ((sender, receiver), (full_sender, full)) in ends::<u32, 1>().into_iter().zip(ends::<u32, 1>()) {
        let mut stream = receiver.into_stream();
        full_sender.try_send(0).unwrap();
        let mut sink = full_sender.into_sink();
        let flag = FlagWaker::new();
        let waker = flag.waker();
        let mut context = Context::from_waker(&waker);
        let mut select = async || {
            select_biased! {
                _ = stream.select_next_some() => panic!("nothing was sent"),
                _ = sink.feed(1).fuse() => panic!("it is full"),
                () = ready(()) => {}
            }
        };
        let ((), allocations) = allocations_during(|| {
            for _ in 0..POLLS {
                assert!(pin!(select()).as_mut().poll(&mut context).is_ready());
            }
        });
        assert_eq!(allocations, 0);
        assert_eq!((flag.wakers(), flag.take()), (3, 0), "one for each that waits, and the one here");
        sender.try_send(1).unwrap();
        assert_eq!(flag.take(), 1);
        drop(full);
        assert_eq!(flag.take(), 1);
        assert!(Pin::new(&mut sink).poll_ready(&mut context).is_ready());
    }
}
