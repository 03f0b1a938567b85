//! Channels whose messages are in blocks: those without a bound, with a large one, and those made on demand.
#![cfg(not(sakia_loom))]

use core::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};
use sakia::mpsc::{Builder, MAX_CAPACITY, PollReceive, Receiver, Sender, channel, unbounded};
use sakia_tests::{FlagWaker, with_watchdog};
use std::{panic, sync::Arc, thread};

/// Counts those that are alive.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>, u64);

impl Counted {
    fn new(alive: &Arc<AtomicUsize>, n: u64) -> Self {
        alive.fetch_add(1, Ordering::Relaxed);
        Self(alive.clone(), n)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn poll_recv<T>(receiver: &mut Receiver<T>) -> Poll<Option<T>> {
    receiver.poll_recv(&mut Context::from_waker(Waker::noop()))
}

fn on_demand<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::new(capacity).on_demand().channel()
}

#[test]
fn a_large_bound_is_exact_and_costs_nothing() {
    for capacity in [1_025, 8_388_607, 8_388_608, 1 << 28, MAX_CAPACITY] {
        let (sender, mut receiver) = channel::<u64>(capacity);
        assert_eq!((sender.capacity(), sender.max_capacity()), (capacity, capacity));
        let permits = sender.try_reserve_many(capacity - 1).unwrap();
        sender.try_send(1).unwrap();
        assert!(sender.try_send(2).unwrap_err().is_full());
        assert_eq!((sender.capacity(), receiver.len()), (0, 1));
        let flag = FlagWaker::new();
        let mut waiting = pin!(sender.send(3));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&flag.waker())).is_pending());
        assert_eq!(receiver.try_recv(), Ok(1));
        assert!(flag.wakes() == 1 && sender.try_send(4).is_err());
        assert!(waiting.poll(&mut Context::from_waker(Waker::noop())).is_ready());
        drop(permits);
        assert_eq!(receiver.try_recv(), Ok(3));
        assert_eq!(receiver.capacity(), capacity);
        assert!(sender.try_reserve_many(capacity + 1).unwrap_err().is_full());
    }
}

#[test]
fn messages_of_all_sizes_come_in_order_over_many_blocks() {
    fn check<T: PartialEq + core::fmt::Debug>(value: impl Fn(u64) -> T) {
        let (sender, mut receiver) = unbounded();
        let mut next = 0;
        for round in 0..40 {
            (0..round).for_each(|n| sender.send(value(n)).unwrap());
            assert_eq!(receiver.len(), round as usize);
            for n in 0..round {
                assert_eq!(receiver.try_peek(), Ok(&value(n)));
                assert_eq!(receiver.try_recv(), Ok(value(n)));
                next += 1;
            }
            assert!(receiver.is_empty() && receiver.try_recv().is_err());
        }
        assert_eq!(next, 40 * 39 / 2);
    }
    #[derive(Debug, PartialEq)]
    #[repr(align(256))]
    struct Aligned(u64);
    check(|_| ());
    check(|n| n as u8);
    check(|n| [n; 100]);
    check(Aligned);
    check(|n| n.to_string());
}

#[test]
fn a_batch_takes_all_there_is_over_many_blocks() {
    let (sender, mut receiver) = on_demand(1_000);
    for (there, limit, taken) in [(100, 1_000, 100), (1_000, usize::MAX, 1_000), (50, 7, 7), (0, 100, 43)] {
        (0..there).for_each(|n| sender.try_send(n).unwrap());
        let mut batch = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(receiver.poll_recv_many(&mut context, &mut batch, limit), Poll::Ready(taken));
        assert!(batch.is_sorted() && batch.len() == taken);
    }
    assert_eq!((receiver.len(), sender.capacity()), (0, 1_000));
}

/// Takes two and panics.
struct Two(Vec<u64>);

impl Extend<u64> for Two {
    fn extend<I: IntoIterator<Item = u64>>(&mut self, messages: I) {
        let mut messages = messages.into_iter();
        self.0.extend(messages.by_ref().take(20));
        panic!("no more");
    }
}

#[test]
fn a_batch_whose_buffer_panics_loses_nothing() {
    let (sender, mut receiver) = unbounded();
    (0..50).for_each(|n| sender.send(n).unwrap());
    let mut two = Two(Vec::new());
    let caught = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        receiver.poll_recv_many(&mut Context::from_waker(Waker::noop()), &mut two, 100)
    }));
    assert!(caught.is_err());
    let rest: Vec<_> = receiver.try_iter().collect();
    assert!(two.0.into_iter().chain(rest).eq(0..50));
}

#[test]
fn every_message_is_dropped_once_whoever_goes_first() {
    // The first blocks are of 15, 31 and 63 messages.
    for queued in [0, 1, 15, 16, 46, 47, 100, 200] {
        for taken in [0, 1, 15, 16, 46, 47, 110] {
            for receiver_first in [false, true] {
                let alive = Arc::new(AtomicUsize::new(0));
                let (sender, mut receiver) = unbounded();
                (0..queued).for_each(|n| sender.send(Counted::new(&alive, n)).unwrap());
                (0..taken).for_each(|n| assert_eq!(receiver.try_recv().ok().map(|c| c.1), (n < queued).then_some(n)));
                if receiver_first {
                    drop(receiver);
                    assert_eq!(alive.load(Ordering::Relaxed), 0, "at once");
                    assert!(sender.send(Counted::new(&alive, 0)).is_err());
                    drop(sender);
                } else {
                    drop(sender);
                    drop(receiver);
                }
                assert_eq!(alive.load(Ordering::Relaxed), 0);
            }
        }
    }
}

#[test]
fn a_closed_channel_gives_what_is_left_and_ends() {
    let (sender, mut receiver) = unbounded();
    (0..20).for_each(|n| sender.send(n).unwrap());
    let weak = sender.downgrade();
    assert_eq!(PollReceive::size_hint(&receiver), (20, None));
    receiver.close();
    assert_eq!(PollReceive::size_hint(&receiver), (20, Some(20)));
    assert_eq!(sender.send(99).unwrap_err().0, 99);
    assert!(sender.is_closed() && receiver.is_closed() && weak.upgrade().unwrap().is_closed());
    (0..20).for_each(|n| assert_eq!(poll_recv(&mut receiver), Poll::Ready(Some(n))));
    assert_eq!(poll_recv(&mut receiver), Poll::Ready(None));
    assert!(receiver.try_recv().unwrap_err().is_closed());
}

#[test]
fn closing_wakes_who_waits_for_it() {
    let (sender, mut receiver) = unbounded::<u8>();
    let flag = FlagWaker::new();
    let mut closed = pin!(sender.closed());
    assert!(closed.as_mut().poll(&mut Context::from_waker(&flag.waker())).is_pending());
    receiver.close();
    assert_eq!(flag.wakes(), 1);
    assert!(closed.poll(&mut Context::from_waker(Waker::noop())).is_ready());
}

#[test]
fn counts_and_identity_of_unbounded_senders() {
    let (sender, receiver) = unbounded::<u8>();
    let other = sender.clone();
    let weak = other.downgrade();
    assert!(sender.same_channel(&other) && !sender.same_channel(&unbounded().0));
    assert_eq!((sender.strong_count(), weak.weak_count(), receiver.sender_strong_count()), (2, 1, 2));
    assert!(receiver.is_unbounded() && receiver.capacity() == usize::MAX);
    drop((sender, other));
    assert!(weak.upgrade().is_none() && receiver.is_closed());
}

#[test]
fn blocking_and_async_meet_over_blocks() {
    with_watchdog(Duration::from_secs(60), || {
        let (sender, mut receiver) = unbounded();
        let threads: Vec<_> = (0..4_u64)
            .map(|thread| {
                let sender = sender.clone();
                thread::spawn(move || (0..5_000).for_each(|n| sender.send((thread, n)).unwrap()))
            })
            .collect();
        drop(sender);
        let mut next = [0; 4];
        for (thread, n) in receiver.iter() {
            assert_eq!(n, next[thread as usize]);
            next[thread as usize] += 1;
        }
        assert_eq!(next, [5_000; 4]);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_receiver_that_goes_leaves_nothing_behind_while_many_send() {
    with_watchdog(Duration::from_secs(60), || {
        for round in 0..200 {
            let alive = Arc::new(AtomicUsize::new(0));
            let (sender, mut receiver) = unbounded();
            let threads: Vec<_> = (0..4_u64)
                .map(|_| {
                    let (sender, alive) = (sender.clone(), alive.clone());
                    thread::spawn(move || {
                        let mut sent = 0;
                        while sender.send(Counted::new(&alive, sent)).is_ok() {
                            sent += 1;
                        }
                    })
                })
                .collect();
            drop(sender);
            for _ in 0..round {
                receiver.blocking_recv().unwrap();
            }
            drop(receiver);
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            assert_eq!(alive.load(Ordering::Relaxed), 0);
        }
    });
}
