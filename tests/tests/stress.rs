//! More threads and tasks than cores, all kinds of calls at once: every result and every message is counted.
//!
//! `STRESS_ROUNDS` asks for more rounds than one.
#![cfg(not(sakia_loom))]

use core::{
    sync::atomic::{
        AtomicBool, AtomicUsize,
        Ordering::{Relaxed, SeqCst},
    },
    time::Duration,
};
use std::{
    sync::Arc,
    thread::{self, Scope},
};

use sakia::mpsc::{
    Builder, Receiver, Sender,
    errors::{RecvTimeoutError, TryRecvError},
};
use sakia_tests::with_watchdog;
use tokio::runtime;

#[path = "stress/sending.rs"]
mod sending;

use sending::{Number, send_all};

const LIMIT: Duration = Duration::from_secs(600);
const MIRI: bool = cfg!(miri);

/// None: what the channel does by default.
const OVERTAKING: [Option<u32>; 3] = [Some(0), None, Some(1_000)];

fn rounds() -> usize {
    std::env::var("STRESS_ROUNDS").map_or(1, |rounds| rounds.parse().expect("STRESS_ROUNDS is a number"))
}

fn channel<T>(capacity: usize, overtaking: Option<u32>) -> (Sender<T>, Receiver<T>) {
    let builder = Builder::new(capacity);
    overtaking.map_or(builder, |limit| builder.overtaking(limit)).channel()
}

/// Eight times the cores there are, of up to four.
fn threads() -> usize {
    if MIRI { 4 } else { 8 * thread::available_parallelism().map_or(1, usize::from).min(4) }
}

/// Sees that each sender's messages come in their order, each once.
struct Arrivals {
    next: Vec<u32>,
}

impl Arrivals {
    fn new(senders: usize) -> Self {
        Self { next: vec![0; senders] }
    }

    fn arrived(&mut self, number: Number) {
        let next = &mut self.next[number.sender as usize];
        assert_eq!(number.n, *next, "of sender {}", number.sender);
        *next += 1;
    }

    fn total(&self) -> usize {
        self.next.iter().map(|&n| n as usize).sum()
    }
}

/// Receives by all calls there are by turns, up to `most` messages; true when there are no more.
fn receive(receiver: &mut Receiver<Number>, arrivals: &mut Arrivals, most: usize) -> bool {
    let mut turn = 0;
    while arrivals.total() < most {
        turn += 1;
        match turn % 5 {
            0 => match receiver.blocking_recv() {
                Some(number) => arrivals.arrived(number),
                None => return true,
            },
            1 => match receiver.try_recv() {
                Ok(number) => arrivals.arrived(number),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Closed) => return true,
            },
            2 => {
                let mut numbers = vec![];
                if receiver.blocking_recv_many(&mut numbers, 1 + turn % 20) == 0 {
                    return true;
                }
                numbers.into_iter().for_each(|number| arrivals.arrived(number));
            }
            3 => match receiver.blocking_recv_timeout(Duration::from_micros(50)) {
                Ok(number) => arrivals.arrived(number),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Closed) => return true,
            },
            _ => {
                if let Ok(&Number { sender, n, .. }) = receiver.try_peek() {
                    assert_eq!(n, arrivals.next[sender as usize]);
                }
            }
        }
    }
    false
}

/// A thread that never waits, beside all others.
fn hog<'scope>(scope: &'scope Scope<'scope, '_>, done: &'scope AtomicBool) {
    scope.spawn(|| {
        while !done.load(Relaxed) {
            core::hint::spin_loop();
        }
    });
}

/// Starts the senders; gives how many messages each has sent when it ended.
fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    sender: &Sender<Number>,
    senders: usize,
    messages: u32,
    alive: &Arc<AtomicUsize>,
) -> Vec<thread::ScopedJoinHandle<'scope, u32>> {
    let start = |name: u32| {
        let (sender, alive) = (sender.clone(), alive.clone());
        scope.spawn(move || send_all(&sender, name, messages, &alive))
    };
    (0..senders as u32).map(start).collect()
}

#[test]
fn threads_of_all_kinds_lose_and_double_nothing() {
    const MESSAGES: u32 = if MIRI { 8 } else { 1_500 };
    with_watchdog(LIMIT, || {
        for _ in 0..rounds() {
            for overtaking in OVERTAKING {
                for capacity in [1, 3, 100] {
                    let (sender, mut receiver) = channel(capacity, overtaking);
                    let (alive, done) = (Arc::default(), AtomicBool::new(false));
                    let mut arrivals = Arrivals::new(threads());
                    thread::scope(|scope| {
                        hog(scope, &done);
                        let senders = start(scope, &sender, threads(), MESSAGES, &alive);
                        drop(sender);
                        assert!(receive(&mut receiver, &mut arrivals, usize::MAX));
                        done.store(true, Relaxed);
                        senders.into_iter().for_each(|sender| assert_eq!(sender.join().unwrap(), MESSAGES));
                    });
                    assert!(arrivals.next.iter().all(|&n| n == MESSAGES));
                    assert_eq!((receiver.len(), receiver.capacity()), (0, capacity));
                    assert_eq!(alive.load(SeqCst), 0);
                }
            }
        }
    });
}

#[test]
fn a_receiver_dropped_midway_loses_nothing_but_what_is_queued() {
    const MESSAGES: u32 = if MIRI { 50 } else { 100_000 };
    with_watchdog(LIMIT, || {
        for round in 0..if MIRI { 2 } else { 30 * rounds() } {
            for overtaking in OVERTAKING {
                let capacity = [1, 3, 100][round % 3];
                let (sender, mut receiver) = channel(capacity, overtaking);
                let alive = Arc::default();
                let mut arrivals = Arrivals::new(threads());
                thread::scope(|scope| {
                    let senders = start(scope, &sender, threads(), MESSAGES, &alive);
                    let most = if MIRI { 20 } else { 100 * (round % 30 + 1) };
                    assert!(!receive(&mut receiver, &mut arrivals, most));
                    // With close first, by turns, and what is queued then is received.
                    if round % 2 == 0 {
                        receiver.close();
                        assert!(receive(&mut receiver, &mut arrivals, usize::MAX));
                        assert_eq!((receiver.len(), receiver.capacity()), (0, capacity));
                    }
                    drop(receiver);
                    for (name, sender) in senders.into_iter().enumerate() {
                        let sent = sender.join().unwrap();
                        let received = arrivals.next[name];
                        assert!(received <= sent, "sender {name}: {received} of {sent}");
                        assert!(round % 2 == 1 || received == sent, "sender {name}: {received} of {sent}");
                        // What was sent and not received was in the channel, or came from a permit.
                        assert!((sent - received) as usize <= 2 * capacity);
                    }
                });
                assert!(sender.is_closed() && sender.is_empty());
                assert_eq!((sender.capacity(), alive.load(SeqCst)), (capacity, 0));
            }
        }
    });
}

#[test]
fn a_last_sender_dropped_midway_ends_the_messages_after_its_last() {
    with_watchdog(LIMIT, || {
        for round in 0..if MIRI { 2 } else { 1_500 * rounds() } {
            let capacity = [1, 3, 100][round % 3];
            let (sender, mut receiver) = channel(capacity, OVERTAKING[round % 3]);
            let alive = Arc::default();
            let mut arrivals = Arrivals::new(3);
            thread::scope(|scope| {
                let senders = start(scope, &sender, 3, (round % 7) as u32, &alive);
                // The last to go may be this one or any of them.
                drop(sender);
                assert!(receive(&mut receiver, &mut arrivals, usize::MAX));
                drop(senders);
            });
            assert!(arrivals.next.iter().all(|&n| n as usize == round % 7));
            assert!(receiver.is_closed());
            assert_eq!(receiver.try_recv().unwrap_err(), TryRecvError::Closed);
            assert_eq!(alive.load(SeqCst), 0);
        }
    });
}

#[test]
fn timeouts_that_race_with_room_either_send_or_do_not() {
    const TRIES: usize = if MIRI { 10 } else { 6_000 };
    with_watchdog(LIMIT, || {
        for overtaking in OVERTAKING {
            let (sender, mut receiver) = channel(2, overtaking);
            let sent = AtomicUsize::new(0);
            let received = thread::scope(|scope| {
                for name in 0..4 {
                    let (sender, sent) = (sender.clone(), &sent);
                    scope.spawn(move || {
                        for n in 0..TRIES {
                            let timeout = Duration::from_micros((7 * n as u64 + name) % 60);
                            match sender.blocking_send_timeout(n, timeout) {
                                Ok(()) => _ = sent.fetch_add(1, SeqCst),
                                Err(error) => assert!(error.is_timeout() && error.into_inner() == n),
                            }
                        }
                    });
                }
                drop(sender);
                let mut received = 0;
                loop {
                    match receiver.blocking_recv_timeout(Duration::from_micros(received as u64 % 50)) {
                        Ok(_) => received += 1,
                        Err(RecvTimeoutError::Timeout) => thread::yield_now(),
                        Err(RecvTimeoutError::Closed) => return received,
                    }
                }
            });
            assert_eq!(received, sent.into_inner());
            assert_eq!((receiver.len(), receiver.capacity()), (0, 2), "no slot was lost");
        }
    });
}

/// This shape has lost messages where smaller ones have not.
fn hundred_tasks(overtaking: Option<u32>) {
    const TASKS: usize = if MIRI { 5 } else { 100 };
    const MESSAGES: u32 = if MIRI { 20 } else { 4_000 };
    with_watchdog(LIMIT, || {
        for _ in 0..rounds() {
            let (sender, mut receiver) = channel(100, overtaking);
            let runtime = runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
            for name in 0..TASKS as u32 {
                let sender = sender.clone();
                runtime.spawn(async move {
                    for n in 0..MESSAGES {
                        sender.send((name, n)).await.unwrap();
                    }
                });
            }
            drop(sender);
            let receiving = runtime.spawn(async move {
                let (mut next, mut total) = ([0; TASKS], 0);
                while let Some((name, n)) = receiver.recv().await {
                    assert_eq!(n, next[name as usize], "of task {name}");
                    next[name as usize] += 1;
                    total += 1;
                }
                assert_eq!((receiver.len(), receiver.capacity()), (0, 100));
                total
            });
            assert_eq!(runtime.block_on(receiving).unwrap(), TASKS * MESSAGES as usize);
        }
    });
}

#[test]
fn a_hundred_tasks_strictly() {
    hundred_tasks(Some(0));
}

#[test]
fn a_hundred_tasks_by_default() {
    hundred_tasks(None);
}

#[test]
fn a_hundred_tasks_with_a_thousand_overtaking() {
    hundred_tasks(Some(1_000));
}
