//! Bugs by which others lost messages, or the news of the end, when a future was dropped or a batch was cut short.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Poll,
    time::Duration,
};
use std::{sync::Arc, thread};

use behaviour::{Drops, LIMITS, Message, drain, now, parked, poll_recv, strict};
use futures_util::{FutureExt as _, select_biased};
use sakia::mpsc::{
    Builder, Receiver, channel,
    errors::{SendError, SendIterError, TryRecvError, TrySendError},
};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, with_watchdog, yield_now};

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn bug_25_a_recv_that_is_dropped_has_taken_nothing() {
    let (sender, mut receiver) = channel(2);
    for n in 0..1_000 {
        let parked = parked(receiver.recv());
        sender.try_send(n).unwrap();
        assert_eq!(parked.wakes(), 1);
        drop(parked);
        assert_eq!(receiver.len(), 1);
        assert_eq!(receiver.try_recv(), Ok(n));
    }
}

#[test]
fn bug_25_no_way_to_receive_takes_anything_before_it_is_ready() {
    let (sender, mut receiver) = channel(2);
    let mut buffer = vec![];
    for n in 0..100 {
        let many = parked(receiver.recv_many(&mut buffer, 2));
        sender.try_send(2 * n).unwrap();
        drop(many);
        assert_eq!(now(receiver.peek()), Some(&(2 * n)));
        sender.try_send(2 * n + 1).unwrap();
        // A future that was never polled.
        drop(receiver.recv());
        assert_eq!((buffer.len(), receiver.len()), (0, 2));
        assert_eq!(drain(&mut receiver), [2 * n, 2 * n + 1]);
        drop(parked(receiver.peek()));
    }
}

fn bug_25_a_recv_in_a_select_loses_nothing<R: Runtime>() {
    const MESSAGES: usize = 300;
    let (sender, mut receiver) = channel(3);
    R::run_all([
        task(async move {
            for n in 0..MESSAGES {
                sender.send(n).await.unwrap();
                if n % 3 == 0 {
                    yield_now().await;
                }
            }
        }),
        task(async move {
            let mut next = 0;
            loop {
                // The other branch wins whenever there is no message yet, and drops the future of recv.
                let received = select_biased! {
                    received = receiver.recv().fuse() => received,
                    () = yield_now().fuse() => continue,
                };
                assert!(receiver.len() <= 3);
                let Some(n) = received else { break };
                assert_eq!(n, next);
                next += 1;
            }
            assert_eq!(next, MESSAGES, "on {}", R::NAME);
        }),
    ]);
}

for_each_runtime!(bug_25_a_recv_in_a_select_loses_nothing);

#[test]
fn bug_25_a_send_that_is_dropped_has_sent_nothing_and_drops_its_message() {
    for limit in LIMITS {
        let drops = Drops::new();
        let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
        sender.try_send(drops.message(1)).unwrap();
        let waiting = parked(sender.send(drops.message(2)));
        let granted = parked(sender.send(drops.message(3)));
        drop(waiting);
        assert_eq!(drops.count(), 1);
        assert_eq!(receiver.try_recv().unwrap().n, 1);
        assert_eq!(granted.wakes(), 1);
        drop(granted);
        assert_eq!(drops.count(), 3);
        drop(sender.send(drops.message(4)));
        assert_eq!(drops.count(), 4);
        assert_eq!((receiver.len(), receiver.capacity()), (0, 1));
        assert!(matches!(receiver.try_recv(), Err(TryRecvError::Empty)));
    }
}

/// How a test receives: gives the next message, or None at the end.
type Receive = fn(&mut Receiver<usize>) -> Option<usize>;

#[test]
fn bug_26_the_end_is_never_told_before_the_last_message() {
    const ROUNDS: usize = if cfg!(miri) { 30 } else { 1_000 };
    let by_try_recv: Receive = |receiver| {
        loop {
            match receiver.try_recv() {
                Ok(n) => return Some(n),
                Err(TryRecvError::Closed) => return None,
                Err(TryRecvError::Empty) => thread::yield_now(),
            }
        }
    };
    let by_poll: Receive = |receiver| {
        let flag = FlagWaker::new();
        loop {
            if let Poll::Ready(received) = poll_recv(receiver, &flag) {
                return received;
            }
            thread::yield_now();
        }
    };
    with_watchdog(LIMIT, || {
        for receive in [by_try_recv, by_poll, Receiver::blocking_recv] {
            for round in 0..ROUNDS {
                let (sender, mut receiver) = channel(1);
                thread::scope(|scope| {
                    scope.spawn(move || {
                        sender.try_send(round).unwrap();
                        drop(sender);
                    });
                    assert_eq!(receive(&mut receiver), Some(round));
                    assert_eq!(receive(&mut receiver), None);
                });
            }
        }
    });
}

#[test]
fn bug_28_an_extra_poll_ends_no_recv_early() {
    let (sender, mut receiver) = channel(4);
    let mut buffer = vec![];
    {
        let mut many = parked(receiver.recv_many(&mut buffer, 4));
        (0..5).for_each(|_| many.assert_pending());
        sender.try_send(1).unwrap();
        assert_eq!(many.ready(), 1);
    }
    let mut one = parked(receiver.recv());
    (0..5).for_each(|_| one.assert_pending());
    sender.try_send(2).unwrap();
    assert_eq!(one.ready(), Some(2));
    drop(one);
    assert_eq!(buffer, [1]);
}

#[test]
fn bug_28_what_a_batch_did_not_send_is_still_in_the_iterator() {
    let (sender, mut receiver) = channel(4);
    let mut numbers = 0..10;
    let mut sending = parked(sender.send_iter(&mut numbers));
    assert_eq!(receiver.try_recv(), Ok(0));
    sending.assert_pending();
    receiver.close();
    assert_eq!(sending.ready(), Err(SendIterError { sent: 5 }));
    drop(sending);
    assert_eq!(drain(&mut receiver), [1, 2, 3, 4]);
    assert_eq!(numbers, 5..10);
    assert_eq!(now(sender.send_iter(&mut numbers)), Err(SendIterError { sent: 0 }));
    assert_eq!(numbers, 5..10);
}

#[test]
fn bug_28_a_batch_that_is_dropped_has_sent_what_it_pulled() {
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(3).overtaking(limit).channel();
        let mut numbers = 0..10;
        let sending = parked(sender.send_iter(&mut numbers));
        assert_eq!(receiver.try_recv(), Ok(0));
        assert_eq!(sending.wakes(), 1);
        drop(sending);
        assert_eq!(numbers, 3..10);
        assert_eq!(drain(&mut receiver), [1, 2]);
        assert_eq!(sender.capacity(), 3);
    }
}

#[test]
fn bug_29_a_message_to_nobody_comes_back_or_is_dropped_once() {
    let drops = Drops::new();
    let (sender, mut receiver) = channel(3);
    let [permit, owned] = [(); 2].map(|()| sender.clone().try_reserve_owned().unwrap());
    sender.try_send(drops.message(1)).unwrap();
    let mut waiting = parked(sender.send(drops.message(2)));
    receiver.close();
    permit.send(drops.message(3));
    drop(receiver);
    assert_eq!(drops.count(), 2, "what was queued");
    owned.send(drops.message(4));
    assert_eq!(drops.count(), 3, "what a permit sent to nobody");
    let SendError(back) = waiting.ready().unwrap_err();
    let TrySendError::Closed(again) = sender.try_send(back).unwrap_err() else { panic!() };
    let SendError(again) = now(sender.send(again)).unwrap_err();
    let again = sender.blocking_send(again).unwrap_err().into_inner();
    assert_eq!((again.n, drops.count()), (2, 3));
    drop(again);
    drop(waiting);
    drop(sender);
    assert_eq!(drops.count(), 4);
}

#[test]
fn bug_29_a_batch_whose_receiver_goes_while_it_is_pulled_is_dropped_once() {
    for capacity in [2, 8] {
        let drops = Drops::new();
        let (sender, receiver) = channel(capacity);
        let mut receiver = Some(receiver);
        // The receiver goes when slots are reserved and the first message is out of the iterator.
        let mut messages = (0..3).map(|n| {
            if n == 1 {
                receiver.take();
            }
            drops.message(n)
        });
        let outcome = now(sender.send_iter(&mut messages));
        let pulled = 3 - messages.len();
        assert_eq!(outcome.map_err(|error| error.sent), if pulled == 3 { Ok(3) } else { Err(pulled) });
        assert_eq!(drops.count(), pulled, "capacity {capacity}");
    }
}

#[test]
fn bug_29_sends_racing_the_end_of_the_receiver_lose_nothing() {
    const ROUNDS: usize = if cfg!(miri) { 20 } else { 1_000 };
    with_watchdog(LIMIT, || {
        for round in 0..ROUNDS {
            let drops = Drops::new();
            let (sender, mut receiver) = strict::<Message>(2);
            let made = Arc::new(AtomicUsize::new(0));
            thread::scope(|scope| {
                for _ in 0..2 {
                    let (sender, drops, made) = (sender.clone(), drops.clone(), made.clone());
                    scope.spawn(move || {
                        loop {
                            made.fetch_add(1, SeqCst);
                            if sender.blocking_send(drops.message(0)).is_err() {
                                break;
                            }
                            let Ok(permit) = sender.try_reserve() else { continue };
                            made.fetch_add(1, SeqCst);
                            permit.send(drops.message(1));
                        }
                    });
                }
                (0..round % 4).for_each(|_| drop(receiver.blocking_recv()));
                drop(receiver);
            });
            // All messages have been dropped though a sender is alive.
            assert_eq!(drops.count(), made.load(SeqCst), "round {round}");
            drop(sender);
            assert_eq!(drops.count(), made.load(SeqCst), "round {round}");
        }
    });
}
