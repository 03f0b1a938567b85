//! Bugs by which others lost wake-ups, or made too many.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Poll,
    time::Duration,
};
use std::{sync::Arc, thread};

use behaviour::{LIMITS, Polled, drain, now, parked, poll_recv, strict};
use sakia::mpsc::{Builder, Receiver, channel, errors::TrySendError};
use sakia_tests::{FlagWaker, Runtime, count_polls, for_each_runtime, task, with_watchdog, yield_now};

const LIMIT: Duration = Duration::from_secs(60);

/// A full channel with this many senders waiting, which send 1, 2, ...
fn crowded(capacity: usize, overtaking: u32, waiting: u32) -> (Receiver<u32>, Vec<Polled<'static, bool>>) {
    let (sender, receiver) = Builder::new(capacity).overtaking(overtaking).channel();
    (0..capacity).for_each(|_| sender.try_send(0).unwrap());
    let waits = |n| {
        let sender = sender.clone();
        parked(async move { sender.send(n).await.is_ok() })
    };
    let senders = (1..=waiting).map(waits).collect();
    (receiver, senders)
}

/// Which of the senders were woken since the last call.
fn woken(senders: &[Polled<'_, bool>]) -> Vec<usize> {
    senders.iter().map(Polled::wakes).collect()
}

#[test]
fn bug_12_a_waiting_sender_polled_with_a_new_waker_wakes_that_one() {
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
        sender.try_send(1).unwrap();
        let (first, second) = (FlagWaker::new(), FlagWaker::new());
        let mut waiting = Polled::new(sender.send(2));
        assert!(waiting.poll_with(&first.waker()).is_pending());
        assert!(waiting.poll_with(&second.waker()).is_pending());
        assert_eq!(first.wakers(), 0, "the old waker is dropped");
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!((first.wakes(), second.wakes()), (0, 1), "limit {limit}");
        assert_eq!(waiting.ready(), Ok(()));
    }
}

#[test]
fn bug_12_a_waiting_receiver_polled_with_a_new_waker_wakes_that_one() {
    let (sender, mut receiver) = channel(1);
    let (first, second) = (FlagWaker::new(), FlagWaker::new());
    assert!(poll_recv(&mut receiver, &first).is_pending());
    assert!(poll_recv(&mut receiver, &second).is_pending());
    assert_eq!(first.wakers(), 0, "the old waker is dropped");
    sender.try_send(1).unwrap();
    assert_eq!((first.wakes(), second.wakes()), (0, 1));
}

#[test]
fn bug_12_one_who_waits_for_the_closing_polled_with_a_new_waker_wakes_that_one() {
    let (sender, mut receiver) = channel::<u8>(1);
    let (first, second) = (FlagWaker::new(), FlagWaker::new());
    let mut waiting = Polled::new(sender.closed());
    assert!(waiting.poll_with(&first.waker()).is_pending());
    assert!(waiting.poll_with(&second.waker()).is_pending());
    assert_eq!(first.wakers(), 0, "the old waker is dropped");
    receiver.close();
    assert_eq!((first.wakes(), second.wakes()), (0, 1));
}

#[test]
fn bug_15_a_woken_sender_that_never_runs_stops_no_others() {
    for limit in LIMITS {
        let (mut receiver, mut senders) = crowded(2, limit, 6);
        // Receive until a sender is told, which is never polled again.
        assert_eq!(receiver.try_recv(), Ok(0));
        assert_eq!(woken(&senders), [1, 0, 0, 0, 0, 0], "limit {limit}");
        senders.remove(0).forget();
        // Of the two slots one may be lost to it; with the other all others get through.
        let mut received = vec![];
        for _ in 0..40 {
            received.extend(drain(&mut receiver));
            senders.retain_mut(|sender| sender.wakes() == 0 || sender.poll().is_pending());
        }
        received.extend(drain(&mut receiver));
        assert_eq!(senders.len(), 0, "limit {limit}");
        assert_eq!(received, [0, 2, 3, 4, 5, 6]);
    }
}

#[test]
fn bug_15_a_woken_sender_that_is_dropped_passes_the_wake_on() {
    for limit in LIMITS {
        let (mut receiver, mut senders) = crowded(1, limit, 3);
        assert_eq!(receiver.try_recv(), Ok(0));
        assert_eq!(woken(&senders), [1, 0, 0], "limit {limit}");
        drop(senders.remove(0));
        assert_eq!(woken(&senders), [1, 0], "limit {limit}");
        drop(senders.remove(0));
        assert_eq!(woken(&senders), [1], "limit {limit}");
        assert!(senders[0].ready());
        assert_eq!(drain(&mut receiver), [3]);
    }
}

#[test]
fn bug_15_one_in_the_middle_that_is_dropped_changes_nothing_for_the_others() {
    for limit in LIMITS {
        let (mut receiver, mut senders) = crowded(1, limit, 3);
        drop(senders.remove(1));
        assert_eq!(woken(&senders), [0, 0]);
        assert_eq!(receiver.try_recv(), Ok(0));
        assert_eq!(woken(&senders), [1, 0]);
        assert!(senders[0].ready());
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(woken(&senders), [0, 1]);
        assert!(senders[1].ready());
        assert_eq!(drain(&mut receiver), [3]);
    }
}

#[test]
fn bug_16_each_message_received_wakes_one_sender() {
    let (mut receiver, senders) = crowded(3, 0, 5);
    for woken_so_far in 1..=3 {
        assert_eq!(receiver.try_recv(), Ok(0));
        let expected: Vec<_> = (1..=5).map(|n| usize::from(n == woken_so_far)).collect();
        assert_eq!(woken(&senders), expected);
    }
}

#[test]
fn bug_16_a_batch_of_k_wakes_k_senders() {
    for (batch, waiting) in [(1, 5), (2, 5), (4, 5), (4, 2), (40, 60), (40, 17), (40, 16)] {
        let (mut receiver, senders) = crowded(batch, 0, waiting);
        let mut messages = vec![];
        assert_eq!(now(receiver.recv_many(&mut messages, usize::MAX)), batch);
        let expected: Vec<_> = (0..waiting as usize).map(|n| usize::from(n < batch)).collect();
        assert_eq!(woken(&senders), expected, "{batch} {waiting}");
    }
}

#[test]
fn bug_16_permits_that_come_back_together_wake_as_many() {
    let (sender, _receiver) = strict::<u8>(5);
    let mut permits = sender.try_reserve_many(5).unwrap();
    let waiting: Vec<_> = (0..6).map(|_| parked(sender.reserve())).collect();
    let wakes = || waiting.iter().map(Polled::wakes).collect::<Vec<_>>();
    drop(permits.next());
    assert_eq!(wakes(), [1, 0, 0, 0, 0, 0]);
    drop(permits);
    assert_eq!(wakes(), [0, 1, 1, 1, 1, 0]);
}

#[test]
fn bug_16_a_cancelled_large_request_gives_what_it_gathered_to_the_next() {
    let (sender, _receiver) = strict::<u8>(3);
    let [first, second, _third] = [(); 3].map(|()| sender.try_reserve().unwrap());
    let large = parked(sender.reserve_many(3));
    let small = [parked(sender.reserve()), parked(sender.reserve()), parked(sender.reserve())];
    drop(first);
    drop(second);
    assert_eq!(small.each_ref().map(Polled::wakes), [0, 0, 0]);
    drop(large);
    assert_eq!(small.each_ref().map(Polled::wakes), [1, 1, 0]);
}

#[test]
fn bug_16_closing_wakes_all_however_many() {
    for n in [1, 15, 16, 17, 33, 100] {
        let (sender, mut receiver) = channel(1);
        sender.try_send(0).unwrap();
        let mut waiting: Vec<_> = (0..n).map(|n| parked(sender.send(n))).collect();
        let mut listening: Vec<_> = (0..n).map(|_| parked(sender.closed())).collect();
        receiver.close();
        for (number, (waiting, listening)) in waiting.iter_mut().zip(&mut listening).enumerate() {
            assert_eq!((waiting.wakes(), listening.wakes()), (1, 1), "{number} of {n}");
            assert_eq!(waiting.ready().unwrap_err().into_inner(), number as i32);
            listening.ready();
        }
    }
}

#[test]
fn bug_17_nobody_steals_the_slot_of_a_woken_sender() {
    let (mut receiver, mut senders) = crowded(1, 0, 2);
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!(woken(&senders), [1, 0]);
    assert_eq!(receiver.capacity(), 0, "the slot is the woken sender's before it runs");
    for (sender, n) in senders.iter_mut().zip(1..) {
        assert!(sender.ready());
        assert_eq!(receiver.try_recv(), Ok(n));
    }
    // The same, with others that try in between.
    let (sender, mut receiver) = strict(1);
    sender.try_send(1).unwrap();
    let mut waiting = parked(sender.send(2));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
    assert!(sender.try_reserve().is_err());
    let mut behind = parked(sender.send(4));
    assert_eq!(waiting.ready(), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(2));
    assert_eq!(behind.ready(), Ok(()));
    assert_eq!(drain(&mut receiver), [4]);
}

#[test]
fn bug_17_the_receiver_may_go_between_waking_a_sender_and_its_poll() {
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
        sender.try_send(1).unwrap();
        let mut waiting = parked(sender.send(2));
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(waiting.wakes(), 1);
        drop(receiver);
        assert_eq!(waiting.ready().unwrap_err().into_inner(), 2, "limit {limit}");
    }
}

#[test]
fn bug_18_nothing_is_lost_between_checking_and_registering() {
    const ROUNDS: usize = if cfg!(miri) { 20 } else { 20_000 };
    with_watchdog(LIMIT, || {
        for limit in LIMITS {
            // Both sides park all the time: each step is one that could be missed.
            let (there, mut arrived) = Builder::new(1).overtaking(limit).channel();
            let (back, mut returned) = Builder::new(1).overtaking(limit).channel();
            thread::scope(|scope| {
                scope.spawn(move || {
                    while let Some(n) = arrived.blocking_recv() {
                        back.blocking_send(n).unwrap();
                    }
                });
                for n in 0..ROUNDS {
                    there.blocking_send(n).unwrap();
                    assert_eq!(returned.blocking_recv(), Some(n));
                }
                drop(there);
                assert_eq!(returned.blocking_recv(), None);
            });
        }
    });
}

#[test]
fn bug_20_polls_that_nobody_asked_for_complete_nothing_and_lose_nothing() {
    for limit in LIMITS {
        for extra in 1..=5 {
            let (mut receiver, mut senders) = crowded(1, limit, 3);
            let flag = FlagWaker::new();
            for expected in 0..=3 {
                for sender in &mut senders {
                    (0..extra).for_each(|_| sender.assert_pending());
                }
                assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(Some(expected)));
                if !senders.is_empty() {
                    // Those behind are polled first, and don't get the slot.
                    let (first, behind) = senders.split_first_mut().unwrap();
                    behind.iter_mut().for_each(|sender| (0..extra).for_each(|_| sender.assert_pending()));
                    assert_eq!(first.wakes(), 1, "limit {limit}");
                    assert!(first.ready());
                    senders.remove(0);
                }
            }
            drop(senders);
            assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
        }
    }
}

#[test]
fn bug_20_extra_polls_of_recv_and_closed_complete_nothing() {
    let (sender, mut receiver) = channel(1);
    let mut listening = parked(sender.closed());
    let flag = FlagWaker::new();
    for n in 0..5 {
        (0..n).for_each(|_| listening.assert_pending());
        (0..=n).for_each(|_| assert!(poll_recv(&mut receiver, &flag).is_pending()));
        sender.try_send(n).unwrap();
        assert_eq!(flag.take(), 1);
        assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(Some(n)));
    }
    assert_eq!(listening.wakes(), 0);
}

fn bug_23_an_idle_channel_is_not_polled<R: Runtime>() {
    let (sender, mut receiver) = channel::<u8>(1);
    let listener = sender.clone();
    let (receiving, receives) = count_polls(async move { assert_eq!(receiver.recv().await, Some(1)) });
    let (listening, listens) = count_polls(async move { listener.closed().await });
    let counts = [receives.clone(), listens.clone()];
    R::run_all([
        task(receiving),
        task(listening),
        task(async move {
            // Both have parked now; a thousand turns of an idle channel poll nobody.
            while counts.iter().any(|count| count.load(SeqCst) == 0) {
                yield_now().await;
            }
            let before = counts.each_ref().map(|count| count.load(SeqCst));
            for _ in 0..1_000 {
                yield_now().await;
            }
            assert_eq!(counts.each_ref().map(|count| count.load(SeqCst)), before, "on {}", R::NAME);
            assert_eq!(before, [1, 1]);
            // One message ends the receiver, and its end the listener.
            sender.send(1).await.unwrap();
        }),
    ]);
    assert_eq!([receives, listens].map(|count| count.load(SeqCst)), [2, 2], "on {}", R::NAME);
}

#[test]
fn bug_23_a_state_change_wakes_each_at_most_once() {
    let (mut receiver, mut senders) = crowded(1, 0, 2);
    let flag = FlagWaker::new();
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(Some(0)));
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    assert_eq!((woken(&senders), flag.take()), (vec![1, 0], 0));
    assert!(senders[0].ready());
    assert_eq!((woken(&senders), flag.take()), (vec![0, 0], 1));
}

#[test]
fn bug_23_equal_wakers_are_not_cloned_again() {
    let (sender, mut receiver) = channel(1);
    let flag = FlagWaker::new();
    for _ in 0..5 {
        assert!(poll_recv(&mut receiver, &flag).is_pending());
        assert_eq!(flag.wakers(), 1);
    }
    sender.try_send(1).unwrap();
    let mut waiting = parked(sender.send(2));
    for _ in 0..5 {
        waiting.assert_pending();
        assert_eq!(waiting.wakers(), 1);
    }
}

fn bug_23_two_who_wait_do_not_wake_each_other_for_ever<R: Runtime>() {
    const MESSAGES: usize = 100;
    let (sender, mut receiver) = strict(1);
    let all = Arc::new(AtomicUsize::new(0));
    let mut tasks = vec![];
    for _ in 0..2 {
        let sender = sender.clone();
        let (sending, polls) = count_polls(async move {
            for n in 0..MESSAGES {
                sender.send(n).await.unwrap();
            }
        });
        let all = all.clone();
        tasks.push(task(async move {
            sending.await;
            all.fetch_add(polls.load(SeqCst), SeqCst);
        }));
    }
    drop(sender);
    tasks.push(task(async move { while receiver.recv().await.is_some() {} }));
    R::run_all(tasks);
    // Each message waits at most once, and is woken at most once; and each task is polled a first time.
    assert!(all.load(SeqCst) <= 2 * (MESSAGES + 1), "{} polls on {}", all.load(SeqCst), R::NAME);
}

for_each_runtime!(bug_23_an_idle_channel_is_not_polled, bug_23_two_who_wait_do_not_wake_each_other_for_ever);

/// Tokio before 1.48 lost wakes of its own on weakly ordered processors, which looked like hanging channels.
#[test]
fn bug_24_the_tokio_that_tests_run_on_loses_no_wakes_itself() {
    let lock = include_str!("../../Cargo.lock");
    let versions = lock.split("name = \"tokio\"\nversion = \"1.").skip(1);
    let minors = versions.map(|rest| rest.split('.').next().unwrap().parse::<u32>().unwrap());
    let minors: Vec<_> = minors.collect();
    assert!(!minors.is_empty() && minors.iter().all(|minor| *minor >= 48), "{minors:?}");
}
