//! Bugs by which others dropped twice, forgot, or touched what was gone. Most show only under Miri or a sanitizer.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll},
    time::Duration,
};
use std::{sync::Barrier, thread};

use behaviour::{Drops, LIMITS, Message, Polled, drain, now, parked, poll_recv, strict};
use sakia::mpsc::{BoxedPollSender, Builder, Receiver, Sender, StaticChannel, channel};
use sakia_tests::{FlagWaker, with_watchdog};

const LIMIT: Duration = Duration::from_secs(60);
const ROUNDS: usize = if cfg!(miri) { 20 } else { 2_000 };

/// Runs these at the same moment, on a thread each.
fn at_once<const N: usize>(bodies: [Box<dyn FnOnce() + Send + '_>; N]) {
    let barrier = Barrier::new(N);
    thread::scope(|scope| {
        for body in bodies {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                body();
            });
        }
    });
}

#[test]
fn bug_30_the_ends_and_a_send_at_once_drop_each_message_once() {
    with_watchdog(LIMIT, || {
        for round in 0..ROUNDS {
            let drops = Drops::new();
            let (sender, receiver) = channel(3);
            let other = sender.clone();
            (0..round % 4).for_each(|_| sender.try_send(drops.message(0)).unwrap());
            let message = drops.message(1);
            at_once([
                Box::new(move || drop(sender)),
                Box::new(move || drop(receiver)),
                Box::new(move || drop(other.try_send(message))),
            ]);
            assert_eq!(drops.count(), round % 4 + 1);
        }
    });
}

#[test]
fn bug_31_closing_sending_and_receiving_at_once_touch_a_message_once() {
    with_watchdog(LIMIT, || {
        for _ in 0..ROUNDS {
            let drops = Drops::new();
            let (sender, mut receiver) = channel(1);
            let message = drops.message(1);
            let (sent, received) = (AtomicUsize::new(0), AtomicUsize::new(0));
            at_once([
                Box::new(|| {
                    sent.fetch_add(usize::from(sender.try_send(message).is_ok()), SeqCst);
                }),
                Box::new(|| {
                    receiver.close();
                    received.fetch_add(usize::from(receiver.blocking_recv().is_some()), SeqCst);
                }),
            ]);
            assert_eq!(sent.load(SeqCst), received.load(SeqCst));
            assert_eq!(drops.count(), 1);
        }
    });
}

#[test]
fn bug_33_a_forgotten_future_harms_nobody() {
    static CHANNEL: StaticChannel<Message, 2> = StaticChannel::new();
    type Make = fn() -> (Sender<Message>, Receiver<Message>);
    let makes: [Make; 3] = [|| strict(2), || Builder::new(2).overtaking(1_000).channel(), || CHANNEL.split()];
    for make in makes {
        // Waiting, given a slot, and closed.
        for state in 0..3 {
            let drops = Drops::new();
            let (sender, mut receiver) = make();
            (0..2).for_each(|n| sender.try_send(drops.message(n)).unwrap());
            let polled = BoxedPollSender::new(sender.clone());
            let polled = parked(async move {
                let mut polled = polled;
                core::future::poll_fn(|context| polled.poll_ready(context)).await.is_ok()
            });
            let sending = parked(sender.send(drops.message(2)));
            let reserving = parked(sender.reserve_many(2));
            let listening = parked(sender.closed());
            match state {
                0 => {}
                1 => drain(&mut receiver).truncate(0),
                _ => receiver.close(),
            }
            sending.forget();
            listening.forget();
            // Those that are not forgotten can still be polled and dropped.
            let mut reserving = reserving;
            drop(reserving.poll());
            reserving.forget();
            drop(polled);
            drop(parked_or_ready(&mut receiver));
            drop(receiver);
            drop(sender);
            assert_eq!(drops.count(), 2, "the third was forgotten");
        }
    }
    // A static channel begins anew.
    let (sender, mut receiver) = CHANNEL.split();
    let drops = Drops::new();
    assert_eq!((sender.capacity(), sender.is_closed()), (2, false));
    (0..2).for_each(|n| sender.try_send(drops.message(n)).unwrap_or_else(|_| panic!()));
    let mut waiting = parked(sender.send(drops.message(2)));
    assert_eq!(receiver.try_recv().unwrap().n, 0);
    assert_eq!(waiting.wakes(), 1);
    assert!(waiting.ready().is_ok());
}

/// Polls a `recv` once, whatever comes of it, and forgets it.
fn parked_or_ready(receiver: &mut Receiver<Message>) -> Option<Message> {
    let mut receiving = Polled::new(receiver.recv());
    let received = receiving.poll();
    receiving.forget();
    match received {
        Poll::Ready(message) => message,
        Poll::Pending => None,
    }
}

#[test]
fn bug_33_forgotten_handles_and_permits_only_keep_what_they_hold() {
    let drops = Drops::new();
    let (sender, mut receiver) = channel(3);
    core::mem::forget(sender.try_reserve().unwrap());
    core::mem::forget(sender.try_reserve_many(1).unwrap());
    sender.try_send(drops.message(1)).unwrap();
    assert_eq!(receiver.capacity(), 0);
    core::mem::forget(receiver.recv());
    drop(receiver.try_recv().unwrap());
    assert_eq!((receiver.capacity(), drops.count()), (1, 1));
    core::mem::forget(sender.clone());
    sender.try_send(drops.message(2)).unwrap();
    drop(receiver);
    drop(sender);
    assert_eq!(drops.count(), 2);
}

#[test]
fn bug_34_queued_waiters_may_be_looked_at_by_all() {
    for limit in LIMITS {
        // Each neighbour in the list changes: at the ends, in the middle, alone.
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
            sender.try_send(9).unwrap();
            let mut waiting = [1, 2, 3].map(|n| Some(parked(sender.send(n))));
            for index in order {
                waiting.iter_mut().flatten().for_each(Polled::assert_pending);
                waiting[index] = None;
            }
            let mut last = parked(sender.send(4));
            assert_eq!(receiver.try_recv(), Ok(9));
            assert_eq!((last.wakes(), last.ready()), (1, Ok(())));
        }
    }
}

#[test]
fn bug_36_what_ends_lets_go_of_its_wakers() {
    let (sender, mut receiver) = channel(1);
    let flag = FlagWaker::new();
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    assert_eq!(flag.wakers(), 1);
    drop(receiver);
    assert_eq!((flag.wakers(), flag.wakes()), (0, 0));
    assert!(sender.try_send(1).is_err());

    // A waker kept for the next time.
    let (sender, mut receiver) = channel(1);
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    sender.try_send(1).unwrap();
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(Some(1)));
    drop(receiver);
    assert_eq!(flag.wakers(), 0);

    // Senders that wait, and one that waits for the closing.
    let (sender, _receiver) = channel(1);
    sender.try_send(1).unwrap();
    let (first, second, listening) = (parked(sender.send(2)), parked(sender.reserve()), parked(sender.closed()));
    let wakers = || (first.wakers(), second.wakers(), listening.wakers());
    assert_eq!(wakers(), (1, 1, 1));
    let (first_flag, listening_flag) = (FlagWaker::new(), FlagWaker::new());
    let (mut first, mut listening) = (first, listening);
    assert!(first.poll_with(&first_flag.waker()).is_pending());
    assert!(listening.poll_with(&listening_flag.waker()).is_pending());
    assert_eq!((first_flag.wakers(), listening_flag.wakers()), (1, 1));
    drop((first, listening));
    assert_eq!((first_flag.wakers(), listening_flag.wakers()), (0, 0));
}

#[test]
fn bug_36_a_woken_waker_is_let_go_of() {
    let (sender, mut receiver) = strict(1);
    sender.try_send(1).unwrap();
    let sending = parked(sender.send(2));
    let listening = parked(sender.closed());
    receiver.try_recv().unwrap();
    assert_eq!((sending.wakers(), listening.wakers()), (0, 1));
    receiver.close();
    assert_eq!((sending.wakers(), listening.wakers()), (0, 0));
    drop(sending);
    let flag = FlagWaker::new();
    let (sender, mut receiver) = channel::<u8>(1);
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    drop(sender);
    assert_eq!(flag.wakers(), 0);
}

#[test]
fn bug_37_disconnecting_at_once_with_everything_loses_and_doubles_nothing() {
    with_watchdog(LIMIT, || {
        for round in 0..ROUNDS {
            let drops = Drops::new();
            let (sender, mut receiver) = strict(1 + round % 3);
            let (blocking, iterating, reserving) = (sender.clone(), sender.clone(), sender.downgrade());
            let made = AtomicUsize::new(0);
            let message = |n| {
                made.fetch_add(1, SeqCst);
                drops.message(n)
            };
            at_once([
                Box::new(|| while blocking.blocking_send(message(1)).is_ok() {}),
                Box::new(|| {
                    let flag = FlagWaker::new();
                    let waker = flag.waker();
                    let mut messages = (0..3).map(message);
                    let mut sending: Pin<Box<dyn Future<Output = _>>> = Box::pin(iterating.send_iter(&mut messages));
                    (0..3).any(|_| sending.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
                }),
                Box::new(|| {
                    let Some(sender) = reserving.upgrade() else { return };
                    let Ok(permit) = now_or_never(sender.reserve_owned()) else { return };
                    if let Some(permit) = permit {
                        drop(permit.send(message(2)));
                    }
                }),
                Box::new(move || {
                    (0..round % 4).for_each(|_| drop(receiver.blocking_recv()));
                    if round % 2 == 0 {
                        receiver.close();
                        drop(receiver.try_recv());
                    }
                }),
            ]);
            assert_eq!(drops.count(), made.load(SeqCst), "round {round}");
            drop(sender);
        }
    });
}

/// Polls once and drops.
fn now_or_never<T, E>(future: impl Future<Output = Result<T, E>>) -> Result<Option<T>, E> {
    match Polled::new(future).poll() {
        Poll::Ready(output) => output.map(Some),
        Poll::Pending => Ok(None),
    }
}

#[test]
fn bug_30_a_batch_taken_in_part_is_dropped_once() {
    /// Takes two messages and leaves the rest of the batch.
    struct Two(Vec<Message>);
    impl Extend<Message> for Two {
        fn extend<I: IntoIterator<Item = Message>>(&mut self, messages: I) {
            self.0.extend(messages.into_iter().take(2));
        }
    }
    let drops = Drops::new();
    let (sender, mut receiver) = channel(4);
    (0..4).for_each(|n| sender.try_send(drops.message(n)).unwrap());
    let mut two = Two(vec![]);
    assert_eq!(now(receiver.recv_many(&mut two, 4)), 2);
    assert_eq!((receiver.len(), receiver.capacity(), drops.count()), (2, 2, 0));
    assert_eq!(now(receiver.recv_many(&mut two, 4)), 2);
    assert!(two.0.iter().map(|message| message.n).eq(0..4));
    drop((receiver, two));
    assert_eq!(drops.count(), 4);
}
