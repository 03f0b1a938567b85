//! A hundred tasks and 400,000 messages through a hundred places on two workers, as in `stress.rs`, on the other flavours: every
//! result and every message is checked. Fewer messages and as many senders again on threads of their own, eight to a core,
//! beside one that never waits.
//!
//! `STRESS_ROUNDS` asks for more rounds than one.
#![cfg(not(sakia_loom))]

use core::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};
use std::thread;

use futures_util::{SinkExt as _, StreamExt as _};
use sakia::mpsc::{Builder, StaticChannel, recycled, unbounded};
use sakia_futures::{ReceiverExt as _, SenderExt as _};
use sakia_tests::with_watchdog;
use tokio::runtime::{self, Runtime};

const LIMIT: Duration = Duration::from_secs(600);
const TASKS: usize = if cfg!(miri) { 5 } else { 100 };
/// The sanitizers are slow.
const MESSAGES: u32 = if cfg!(any(miri, sakia_sanitized)) { 100 } else { 4_000 };

type Message = (u32, u32);

fn rounds() -> usize {
    std::env::var("STRESS_ROUNDS").map_or(1, |rounds| rounds.parse().expect("STRESS_ROUNDS is a number"))
}

/// Sees that each task's messages come in their order, each once.
struct Arrivals([u32; TASKS]);

impl Arrivals {
    fn arrived(&mut self, (task, n): Message) {
        assert_eq!(n, self.0[task as usize], "of task {task}");
        self.0[task as usize] += 1;
    }

    fn check(&self) {
        assert_eq!(self.0, [MESSAGES; TASKS]);
    }
}

/// Runs rounds: `start` starts the tasks of a channel, and gives the one that receives.
fn check<F: Future<Output = Arrivals> + Send + 'static>(start: impl Fn(&Runtime) -> F) {
    with_watchdog(LIMIT, || {
        for _ in 0..rounds() {
            let runtime = runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
            let receiving = start(&runtime);
            runtime.block_on(runtime.spawn(receiving)).unwrap().check();
        }
    });
}

#[test]
fn in_a_static() {
    static CHANNEL: StaticChannel<Message, 100> = StaticChannel::new();
    check(|runtime| {
        let (sender, mut receiver) = CHANNEL.split();
        for task in 0..TASKS as u32 {
            let sender = sender.clone();
            runtime.spawn(async move {
                for n in 0..MESSAGES {
                    sender.send((task, n)).await.unwrap();
                }
            });
        }
        async move {
            drop(sender);
            let mut arrivals = Arrivals([0; TASKS]);
            while let Some(message) = receiver.recv().await {
                arrivals.arrived(message);
            }
            assert_eq!((receiver.len(), receiver.capacity()), (0, 100));
            arrivals
        }
    });
}

fn in_place(overtaking: u32) {
    check(|runtime| {
        let (sender, mut receiver): (recycled::Sender<Message>, _) =
            Builder::new(100).overtaking(overtaking).recycled();
        for task in 0..TASKS as u32 {
            let sender = sender.clone();
            runtime.spawn(async move {
                for n in 0..MESSAGES {
                    *sender.send_ref().await.unwrap() = (task, n);
                }
            });
        }
        async move {
            drop(sender);
            let mut arrivals = Arrivals([0; TASKS]);
            while let Some(message) = receiver.recv_ref().await {
                arrivals.arrived(*message);
            }
            assert_eq!((receiver.len(), receiver.capacity()), (0, 100));
            arrivals
        }
    });
}

#[test]
fn in_place_strictly() {
    in_place(0);
}

#[test]
fn in_place_with_a_thousand_overtaking() {
    in_place(1_000);
}

#[test]
fn in_blocks() {
    check(|runtime| {
        let (sender, mut receiver) = Builder::new(100).on_demand().channel();
        for task in 0..TASKS as u32 {
            let sender = sender.clone();
            runtime.spawn(async move {
                for n in 0..MESSAGES {
                    sender.send((task, n)).await.unwrap();
                }
            });
        }
        async move {
            drop(sender);
            let mut arrivals = Arrivals([0; TASKS]);
            while let Some(message) = receiver.recv().await {
                arrivals.arrived(message);
            }
            arrivals
        }
    });
}

#[test]
fn without_a_bound() {
    check(|runtime| {
        let (sender, mut receiver) = unbounded();
        for task in 0..TASKS as u32 {
            let sender = sender.clone();
            runtime.spawn(async move {
                for n in 0..MESSAGES {
                    sender.send((task, n)).unwrap();
                    if n % 64 == 0 {
                        tokio::task::yield_now().await;
                    }
                }
            });
        }
        async move {
            drop(sender);
            let mut arrivals = Arrivals([0; TASKS]);
            while let Some(message) = receiver.recv().await {
                arrivals.arrived(message);
            }
            arrivals
        }
    });
}

#[test]
fn through_the_drop_in() {
    check(|runtime| {
        let (sender, mut receiver) = sakia_tokio::mpsc::channel(100);
        for task in 0..TASKS as u32 {
            let sender = sender.clone();
            runtime.spawn(async move {
                for n in 0..MESSAGES {
                    sender.send((task, n)).await.unwrap();
                }
            });
        }
        async move {
            drop(sender);
            let mut arrivals = Arrivals([0; TASKS]);
            while let Some(message) = receiver.recv().await {
                arrivals.arrived(message);
            }
            arrivals
        }
    });
}

#[test]
fn through_sinks_and_a_stream() {
    check(|runtime| {
        let (sender, receiver) = sakia::mpsc::channel(100);
        for task in 0..TASKS as u32 {
            let mut sink = sender.clone().into_sink();
            runtime.spawn(async move {
                for n in 0..MESSAGES {
                    sink.send((task, n)).await.unwrap();
                }
            });
        }
        async move {
            drop(sender);
            let mut arrivals = Arrivals([0; TASKS]);
            receiver
                .into_stream()
                .for_each(|message| {
                    arrivals.arrived(message);
                    core::future::ready(())
                })
                .await;
            arrivals
        }
    });
}

#[test]
fn in_place_on_eight_threads_a_core_beside_a_hog() {
    let threads = 8 * thread::available_parallelism().map_or(1, usize::from).min(4);
    with_watchdog(LIMIT, || {
        for round in 0..rounds() {
            let (sender, receiver) = recycled::blocking::channel::<Message>([1, 3, 16][round % 3]);
            let done = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !done.load(Relaxed) {
                        core::hint::spin_loop();
                    }
                });
                for task in 0..threads as u32 {
                    let sender = sender.clone();
                    scope.spawn(move || {
                        for n in 0..MESSAGES / 20 {
                            *sender.send_ref().unwrap() = (task, n);
                        }
                    });
                }
                drop(sender);
                let mut receiver = receiver;
                let mut next = vec![0; threads];
                while let Some(message) = receiver.recv_ref() {
                    let (task, n) = *message;
                    assert_eq!(n, next[task as usize], "of thread {task}");
                    next[task as usize] += 1;
                }
                assert!(next.iter().all(|&n| n == MESSAGES / 20));
                done.store(true, Relaxed);
            });
        }
    });
}
