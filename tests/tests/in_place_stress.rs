//! Slots under more threads and tasks than cores, with every way to take and leave one: each message comes once, in its
//! sender's order, and all slots are back at the end. The queue for many consumers likewise.
#![cfg(not(sakia_loom))]

use core::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::{sync::Arc, thread};

use sakia::{
    mpsc::{
        Builder,
        recycled::{OwnedRecvRef, RecvRef, Sender},
    },
    queue::Queue,
};
use sakia_tests::{with_watchdog, yield_now};

const LIMIT: Duration = Duration::from_secs(600);
const MESSAGES: u32 = if cfg!(miri) { 20 } else { 2_000 };
const SENDERS: usize = if cfg!(miri) { 3 } else { 100 };

/// A sender's number and a count.
type Message = (usize, u32);

/// Polls once and drops the future.
fn cancelled<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Sends `messages` in order, by all ways in turn, with slots taken and given up between.
async fn send_all(mut sender: Sender<Message>, me: usize, messages: u32) {
    for n in 0..messages {
        match (me + n as usize) % 8 {
            0 => drop(cancelled(sender.reserve_ref())),
            1 => drop(sender.try_reserve_ref()),
            2 => {
                if let Some(Ok(slot)) = cancelled(sender.send_ref()) {
                    slot.abort();
                }
            }
            3 => yield_now().await,
            _ => {}
        }
        match n % 5 {
            0 => *sender.send_ref().await.unwrap() = (me, n),
            1 => sender.send((me, n)).await.unwrap(),
            2 => {
                let mut slot = sender.reserve_ref().await.unwrap();
                *slot = (me, n);
                yield_now().await;
                slot.send();
            }
            3 => {
                let mut slot = sender.send_ref_owned().await.unwrap();
                *slot = (me, n);
                sender = slot.send();
            }
            _ => {
                while sender.try_send((me, n)).is_err() {
                    yield_now().await;
                }
            }
        }
    }
}

/// Sees that each sender's messages come in their order, each once.
struct Arrivals(Vec<u32>);

impl Arrivals {
    fn arrived(&mut self, (sender, n): Message) {
        assert_eq!(self.0[sender], n, "sender {sender}");
        self.0[sender] += 1;
    }
}

#[test]
fn many_tasks_and_all_ways() {
    for (capacity, overtaking) in [(1, 0), (2, 0), (5, 3), (16, 1_000), (100, 0), (100, 1_000)] {
        with_watchdog(LIMIT, move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
            let (sender, mut receiver) = Builder::new(capacity).overtaking(overtaking).recycled::<Message>();
            let messages = MESSAGES / 10;
            for me in 0..SENDERS {
                runtime.spawn(send_all(sender.clone(), me, messages));
            }
            let weak = sender.downgrade();
            drop(sender);
            let (elsewhere, held) = std::sync::mpsc::channel::<OwnedRecvRef<Message>>();
            // Slots also come back from a thread that knows nothing of the receiver's sleep.
            let dropper = thread::spawn(move || held.into_iter().for_each(drop));
            runtime.block_on(async move {
                let mut arrivals = Arrivals(vec![0; SENDERS]);
                let mut turn = 0;
                loop {
                    turn += 1;
                    let message = match turn % 4 {
                        0 => receiver.recv_ref().await.map(|message| *message),
                        1 => receiver.recv().await,
                        2 => {
                            let owned = receiver.recv_ref_owned().await;
                            owned.map(|message| {
                                let copy = *message;
                                elsewhere.send(message).unwrap();
                                copy
                            })
                        }
                        _ => {
                            let batch = receiver.recv_many_ref(8).await;
                            batch.iter().for_each(|message| arrivals.arrived(*message));
                            if batch.is_empty() { None } else { continue }
                        }
                    };
                    match message {
                        Some(message) => arrivals.arrived(message),
                        None => break,
                    }
                }
                assert!(arrivals.0.iter().all(|n| *n == messages), "{:?}", arrivals.0);
                drop(elsewhere);
                dropper.join().unwrap();
                assert_eq!((receiver.capacity(), receiver.len(), weak.strong_count()), (capacity, 0, 0));
            });
        });
    }
}

#[test]
fn threads_that_block_and_threads_that_read_beside_the_receiver() {
    with_watchdog(LIMIT, || {
        let (sender, mut receiver) = Builder::new(3).recycled::<Message>();
        let senders = 8;
        for me in 0..senders {
            let sender = sender.clone();
            thread::spawn(move || {
                for n in 0..MESSAGES {
                    if n % 7 == 0 {
                        drop(sender.blocking_reserve_ref_timeout(Duration::ZERO));
                    }
                    *sender.blocking_send_ref().unwrap() = (me, n);
                }
            });
        }
        drop(sender);
        let read = AtomicUsize::new(0);
        thread::scope(|scope| {
            let (hand, held) = std::sync::mpsc::sync_channel::<RecvRef<'_, Message>>(1);
            let read = &read;
            scope.spawn(move || {
                for _message in held {
                    read.fetch_add(1, SeqCst);
                }
            });
            let mut arrivals = Arrivals(vec![0; senders]);
            for message in receiver.iter_ref() {
                arrivals.arrived(*message);
                hand.send(message).unwrap();
            }
            drop(hand);
        });
        assert_eq!(read.into_inner(), senders * MESSAGES as usize);
        assert_eq!(receiver.capacity(), 3);
    });
}

#[test]
fn a_receiver_that_closes_or_goes_in_the_middle() {
    with_watchdog(LIMIT, || {
        for round in 0..MESSAGES as usize / 20 {
            let (sender, mut receiver) =
                Builder::new(1 + round % 3).overtaking((round % 2) as u32).recycled::<Message>();
            let threads: Vec<_> = (0..4)
                .map(|me| {
                    let sender = sender.clone();
                    thread::spawn(move || {
                        (0..)
                            .take_while(|n| sender.blocking_send_ref().map(|mut slot| *slot = (me, *n)).is_ok())
                            .count()
                    })
                })
                .collect();
            drop(sender);
            let mut arrivals = Arrivals(vec![0; 4]);
            (0..round % 8).for_each(|_| arrivals.arrived(*receiver.blocking_recv_ref().unwrap()));
            let drained = round % 2 == 0;
            if drained {
                receiver.close();
                receiver.iter_ref().for_each(|message| arrivals.arrived(*message));
                assert_eq!(receiver.capacity(), receiver.max_capacity());
            } else {
                drop(receiver);
            }
            for (me, thread) in threads.into_iter().enumerate() {
                let sent = thread.join().unwrap();
                assert!(if drained { arrivals.0[me] as usize == sent } else { arrivals.0[me] as usize <= sent });
            }
        }
    });
}

#[test]
fn a_queue_of_many_producers_and_consumers() {
    with_watchdog(LIMIT, || {
        for capacity in [1, 2, 7, 64] {
            let queue = Arc::new(Queue::<Message>::new(capacity));
            let taken = Arc::new(AtomicUsize::new(0));
            let (producers, consumers) = (4, 4);
            let total = producers * MESSAGES as usize;
            let threads: Vec<_> = (0..producers)
                .map(|me| {
                    let queue = queue.clone();
                    thread::spawn(move || {
                        for n in 0..MESSAGES {
                            if n % 11 == 0
                                && let Ok(slot) = queue.push_ref()
                            {
                                slot.abort();
                            }
                            let pushed = |by_value: bool| {
                                if by_value {
                                    queue.push((me, n)).is_ok()
                                } else {
                                    queue.push_with(|slot| *slot = (me, n)).is_ok()
                                }
                            };
                            while !pushed(n % 2 == 0) {
                                thread::yield_now();
                            }
                        }
                    })
                })
                .collect();
            let consumers: Vec<_> = (0..consumers)
                .map(|_| {
                    let (queue, taken) = (queue.clone(), taken.clone());
                    thread::spawn(move || {
                        let mut seen: Vec<Message> = Vec::new();
                        while taken.load(SeqCst) < total {
                            let popped = if seen.len().is_multiple_of(2) {
                                queue.pop()
                            } else {
                                queue.pop_ref().map(|slot| *slot)
                            };
                            match popped {
                                Some(message) => {
                                    taken.fetch_add(1, SeqCst);
                                    seen.push(message);
                                }
                                None => thread::yield_now(),
                            }
                        }
                        seen
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            let mut all = Vec::new();
            for consumer in consumers {
                let seen = consumer.join().unwrap();
                for me in 0..producers {
                    let mine: Vec<u32> = seen.iter().filter(|(sender, _)| *sender == me).map(|(_, n)| *n).collect();
                    assert!(mine.is_sorted(), "each consumer sees a producer's elements in order");
                }
                all.extend(seen);
            }
            all.sort_unstable();
            let expected: Vec<Message> = (0..producers).flat_map(|me| (0..MESSAGES).map(move |n| (me, n))).collect();
            assert!(all == expected, "each once");
            assert_eq!((queue.len(), queue.remaining()), (0, capacity));
        }
    });
}
