//! Bugs that other rings of reused slots had: laps, counts, slots that are held.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    cell::Cell,
    sync::atomic::{
        AtomicBool, AtomicUsize,
        Ordering::{Relaxed, SeqCst},
    },
    time::Duration,
};
use std::{
    sync::{Arc, Barrier},
    thread,
};

use behaviour::{LIMITS, drain, now, panic_of, parked, strict};
use sakia::mpsc::{
    Builder, Sender, channel,
    errors::{TryRecvError, TrySendError},
};
use sakia_tests::{Runtime, for_each_runtime, task, with_watchdog, yield_now};
use tokio::sync::oneshot;

const LIMIT: Duration = Duration::from_secs(60);

/// Around every power of two up to 512.
fn capacities() -> impl Iterator<Item = usize> {
    (0..=9).map(|bits| 1_usize << bits).flat_map(|power| [power - 1, power, power + 1]).filter(|&n| n > 0)
}

fn bug_02_a_full_ring_lets_other_tasks_run<R: Runtime>() {
    let (sender, mut receiver) = channel(2);
    let trying = sender.clone();
    let (start_receiving, started) = oneshot::channel();
    let full = Arc::new(AtomicUsize::new(0));
    let seen = full.clone();
    R::run_all([
        task(async move {
            for n in 0..50 {
                sender.send(n).await.unwrap();
            }
        }),
        task(async move {
            // Mixed with the waiting sender, and each time answered at once.
            for _ in 0..50 {
                full.fetch_add(usize::from(trying.try_send(100).is_err_and(|error| error.is_full())), Relaxed);
                yield_now().await;
            }
        }),
        task(async move {
            // The heartbeat: only when it has ticked does anybody receive.
            for _ in 0..200 {
                yield_now().await;
            }
            start_receiving.send(()).unwrap();
        }),
        task(async move {
            started.await.unwrap();
            let mut next = 0;
            while let Some(n) = receiver.recv().await {
                if n != 100 {
                    assert_eq!(n, next);
                    next += 1;
                }
            }
            assert_eq!(next, 50, "on {}", R::NAME);
        }),
    ]);
    assert!(seen.load(Relaxed) > 0, "on {}", R::NAME);
}

for_each_runtime!(bug_02_a_full_ring_lets_other_tasks_run);

#[test]
fn bug_03_every_capacity_takes_exactly_that_many() {
    for capacity in capacities() {
        let (sender, mut receiver) = channel(capacity);
        let mut received = 0;
        // Each lap begins one slot further on.
        for lap in 0..4 {
            let first = lap * capacity + lap;
            for n in first..first + capacity {
                assert_eq!(sender.try_send(n), Ok(()), "capacity {capacity}");
            }
            assert_eq!(sender.try_send(0), Err(TrySendError::Full(0)), "capacity {capacity}");
            assert_eq!((sender.len(), sender.capacity()), (capacity, 0));
            assert_eq!(receiver.try_recv(), Ok(received));
            assert_eq!(sender.try_send(first + capacity), Ok(()), "capacity {capacity}");
            assert_eq!(sender.try_send(0), Err(TrySendError::Full(0)), "capacity {capacity}");
            received += 1;
            for n in received..received + capacity {
                assert_eq!(receiver.try_recv(), Ok(n), "capacity {capacity}");
            }
            received += capacity;
            assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        }
    }
}

/// Takes one message, tries to send, and takes the rest.
struct Paused<'a> {
    sender: &'a Sender<usize>,
    outcomes: Vec<Result<(), TrySendError<usize>>>,
    messages: Vec<usize>,
}

impl Extend<usize> for Paused<'_> {
    fn extend<I: IntoIterator<Item = usize>>(&mut self, messages: I) {
        for message in messages {
            self.messages.push(message);
            self.outcomes.push(self.sender.try_send(9));
        }
    }
}

#[test]
fn bug_03_a_receiver_that_pauses_in_a_batch_looks_full_and_holds_nobody_up() {
    with_watchdog(LIMIT, || {
        for capacity in capacities() {
            let (sender, mut receiver) = channel(capacity);
            (0..capacity).for_each(|n| sender.try_send(n).unwrap());
            let mut paused = Paused { sender: &sender, outcomes: vec![], messages: vec![] };
            assert_eq!(now(receiver.recv_many(&mut paused, usize::MAX)), capacity);
            assert!(paused.messages.into_iter().eq(0..capacity));
            assert!(paused.outcomes.iter().all(|outcome| *outcome == Err(TrySendError::Full(9))));
            assert_eq!(sender.capacity(), capacity);
        }
    });
}

#[test]
fn bug_04_messages_stay_in_order_for_many_laps() {
    for capacity in 1..=9 {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(capacity).overtaking(limit).channel();
            let (mut sent, mut received) = (0, 0);
            // Beyond twice the laps that a slot's stamp can tell apart, at every fill of the ring.
            while received < 300 * capacity {
                let fill = 1 + sent % capacity;
                while sent - received < fill {
                    sender.try_send(sent).unwrap();
                    sent += 1;
                }
                for _ in 0..1 + received % fill {
                    assert_eq!(receiver.try_recv(), Ok(received), "capacity {capacity}, limit {limit}");
                    received += 1;
                }
            }
            assert!(drain(&mut receiver).into_iter().eq(received..sent));
        }
    }
}

#[test]
fn bug_05_counts_stay_within_the_capacity_while_all_happens() {
    const CAPACITY: usize = 3;
    const MESSAGES: usize = if cfg!(miri) { 100 } else { 3_000 };
    with_watchdog(LIMIT, || {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(CAPACITY).overtaking(limit).channel();
            let done = AtomicBool::new(false);
            thread::scope(|scope| {
                for _ in 0..2 {
                    let sender = sender.clone();
                    scope.spawn(move || while sender.blocking_send(0_u8).is_ok() {});
                }
                let (watcher, done) = (sender.clone(), &done);
                scope.spawn(move || {
                    while !done.load(SeqCst) {
                        assert!(watcher.len() <= CAPACITY && watcher.capacity() <= CAPACITY);
                    }
                });
                drop(sender);
                for n in 0..MESSAGES {
                    assert!(receiver.len() <= CAPACITY && receiver.capacity() <= CAPACITY);
                    assert_eq!(receiver.blocking_recv(), Some(0));
                    if n == MESSAGES - 10 {
                        receiver.close();
                    }
                    if receiver.is_closed() && receiver.is_empty() {
                        break;
                    }
                }
                assert!(receiver.len() <= CAPACITY);
                drop(receiver);
                done.store(true, SeqCst);
            });
        }
    });
}

#[test]
fn bug_05_and_06_len_counts_no_mark_of_the_end() {
    for closed_by_receiver in [false, true] {
        let (sender, mut receiver) = channel(32);
        (0..32).for_each(|n| sender.try_send(n).unwrap());
        if closed_by_receiver {
            receiver.close();
        }
        drop(sender);
        for left in (0..32).rev() {
            receiver.try_recv().unwrap();
            assert_eq!((receiver.len(), receiver.is_empty()), (left, left == 0));
        }
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
        assert_eq!((receiver.len(), receiver.is_empty(), receiver.capacity()), (0, true, 32));
    }
}

#[test]
fn bug_06_empty_means_that_len_is_0_at_every_index() {
    for capacity in [1, 2, 3, 31, 32, 33, 64] {
        let (sender, mut receiver) = channel(capacity);
        for _ in 0..3 * capacity.max(32) {
            assert_eq!((receiver.len(), receiver.is_empty(), sender.is_empty()), (0, true, true));
            sender.try_send(()).unwrap();
            assert_eq!((receiver.len(), receiver.is_empty(), sender.is_empty()), (1, false, false));
            receiver.try_recv().unwrap();
        }
    }
}

#[test]
fn bug_08_a_slot_that_is_held_holds_up_nobody() {
    let (sender, mut receiver) = channel(3);
    let late = sender.try_reserve().unwrap();
    sender.try_send("b").unwrap();
    assert_eq!(receiver.try_recv(), Ok("b"), "the slot of a is still held");
    sender.try_send("c").unwrap();
    late.send("a");
    // The order is that of sending.
    assert_eq!(drain(&mut receiver), ["c", "a"]);
}

#[test]
fn bug_08_a_panic_while_holding_a_slot_gives_it_back() {
    let (sender, mut receiver) = strict(1);
    let permit = sender.try_reserve().unwrap();
    let mut waiting = parked(sender.send(1));
    let panic = panic_of(move || {
        let _permit = permit;
        panic!("while holding");
    });
    assert_eq!(panic.unwrap().message, "while holding");
    assert_eq!(waiting.wakes(), 1);
    assert_eq!(waiting.ready(), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(sender.capacity(), 1);
}

#[test]
fn bug_09_a_reservation_given_up_between_two_is_never_seen() {
    let (sender, mut receiver) = strict(3);
    let [first, second, third] = [(); 3].map(|()| sender.try_reserve().unwrap());
    let mut waiting = parked(sender.send(4));
    drop(second);
    assert_eq!(waiting.wakes(), 1);
    assert_eq!(waiting.ready(), Ok(()));
    third.send(3);
    first.send(1);
    assert_eq!(drain(&mut receiver), [4, 3, 1]);
    assert_eq!((receiver.len(), receiver.capacity()), (0, 3));
}

#[test]
fn bug_27_try_recv_is_never_empty_after_a_send_that_happened_before() {
    const ROUNDS: usize = if cfg!(miri) { 10 } else { 3_000 };
    with_watchdog(LIMIT, || {
        let (sender, mut receiver) = channel(4);
        let (begin, sent) = (Barrier::new(3), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                let (sender, begin, sent) = (sender.clone(), &begin, &sent);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        begin.wait();
                        sender.try_send(round).unwrap();
                        sent.fetch_add(1, SeqCst);
                    }
                });
            }
            for round in 0..ROUNDS {
                begin.wait();
                while sent.load(SeqCst) == 2 * round {
                    thread::yield_now();
                }
                // One has sent, though the other, perhaps in the slot before, has perhaps not finished.
                assert_eq!(receiver.try_recv(), Ok(round));
                while sent.load(SeqCst) < 2 * round + 2 {
                    thread::yield_now();
                }
                assert_eq!(receiver.try_recv(), Ok(round));
                assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
            }
        });
    });
}

#[test]
fn bug_48_more_threads_than_cores_and_a_hog_still_get_through() {
    const MESSAGES: usize = if cfg!(miri) { 5 } else { 300 };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
    with_watchdog(LIMIT, || {
        let (sender, mut receiver) = channel(1);
        let (done, received) = (AtomicBool::new(false), Cell::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    core::hint::spin_loop();
                }
            });
            for _ in 0..4 * cores {
                let sender = sender.clone();
                scope.spawn(move || (0..MESSAGES).for_each(|n| sender.blocking_send(n).unwrap()));
            }
            drop(sender);
            while receiver.blocking_recv().is_some() {
                received.set(received.get() + 1);
            }
            done.store(true, Relaxed);
        });
        assert_eq!(received.get(), 4 * cores * MESSAGES);
    });
}
