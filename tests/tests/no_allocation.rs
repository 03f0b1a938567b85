//! What allocates: making a channel on the heap, once. Sending, waiting and giving up do not.
//!
//! Allocations are counted on each thread that uses the channel, so that tests which run beside are not counted.
#![cfg(not(any(sakia_loom, sakia_on_demand)))]

use core::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Waker},
    time::Duration,
};
use std::{
    sync::{Arc, Barrier},
    thread,
};

use sakia::mpsc::{
    BoxedPollSender, Builder, OwnedPermit, Permit, PollSender, Receiver, Sender, StaticChannel, WeakSender, channel,
};
use sakia_tests::{CountingAllocator, FlagWaker, allocations_during, bytes_kept_by, poll_once, with_watchdog};
use tokio::runtime;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const WATCHDOG: Duration = Duration::from_secs(120);
const LIMITS: [u32; 3] = [0, 1, 1_000];
const MIRI: bool = cfg!(miri);

/// How many allocations of this thread are made in there.
fn allocations<T>(body: impl FnOnce() -> T) -> usize {
    allocations_during(body).1
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>, waker: &Waker) -> bool {
    poll_once(future, waker).is_ready()
}

#[test]
fn a_channel_is_one_allocation_and_one_pointer_an_end() {
    for capacity in [1, 2, 3, 100, 1_000] {
        assert_eq!(allocations(|| channel::<u64>(capacity)), 1);
        assert_eq!(allocations(|| channel::<String>(capacity)), 1);
        assert_eq!(allocations(|| channel::<()>(capacity)), 1);
        assert_eq!(allocations(|| sakia::mpsc::blocking::channel::<u64>(capacity)), 1);
        assert_eq!(allocations(|| Builder::new(capacity).overtaking(7).channel::<u64>()), 1);
    }
    let pointer = size_of::<usize>();
    assert_eq!((size_of::<Sender<[u64; 9]>>(), size_of::<Receiver<[u64; 9]>>()), (pointer, pointer));
    assert_eq!((size_of::<Option<Sender<u8>>>(), size_of::<WeakSender<u8>>()), (pointer, pointer));
    assert_eq!((size_of::<Permit<'_, u8>>(), size_of::<OwnedPermit<u8>>()), (pointer, pointer));
}

#[test]
fn a_channel_is_at_most_384_bytes_and_its_slots() {
    let bytes = |capacity| bytes_kept_by(|| channel::<u64>(capacity));
    let ((_ends, one), (_others, many)) = (bytes(1), bytes(1_001));
    assert_eq!((many - one) % 1_000, 0);
    let slot = (many - one) / 1_000;
    assert_eq!(slot, 16, "a message and the mark that it is there");
    assert!(one - slot <= 384, "{} bytes", one - slot);
    // The same in a static, where it is seen what belongs to it, in whole lines of the cache; on the heap there is room to
    // begin with one.
    let room = 64 - align_of::<u64>();
    assert_eq!((bytes(4).1 - room).next_multiple_of(64), size_of::<StaticChannel<u64, 4>>());
    // No slot more than the capacity says, whatever that is.
    for capacity in [2, 3, 5, 255, 256, 257] {
        assert_eq!(bytes(capacity).1, one + (capacity - 1) * slot);
    }
}

#[test]
fn all_that_was_allocated_is_freed() {
    for limit in LIMITS {
        let ((), kept) = bytes_kept_by(|| {
            let (sender, mut receiver) = Builder::new(3).overtaking(limit).channel();
            let flag = FlagWaker::new();
            (0..3).for_each(|n: u64| sender.try_send(n).unwrap());
            let mut waiting = pin!(sender.send(3));
            assert!(!poll(waiting.as_mut(), &flag.waker()));
            receiver.try_recv().unwrap();
            let weak = sender.downgrade();
            let _polled = BoxedPollSender::new(weak.upgrade().unwrap());
        });
        assert_eq!(kept, 0);
    }
}

/// All that one can do without waiting, and all kinds of waiting, served or given up.
fn exercise(sender: &Sender<u64>, receiver: &mut Receiver<u64>, waker: &Waker, buffer: &mut Vec<u64>) {
    let capacity = sender.max_capacity();
    let mut context = Context::from_waker(waker);
    // The receiver waits, gives up, waits again and is woken.
    assert!(!poll(pin!(receiver.recv()), waker));
    assert!(!poll(pin!(receiver.peek()), waker));
    assert!(!poll(pin!(receiver.recv_many(buffer, 9)), waker));
    sender.try_send(0).unwrap();
    assert_eq!(receiver.try_recv(), Ok(0));
    for n in 0..capacity as u64 {
        match n % 4 {
            0 => sender.try_send(n).unwrap(),
            1 => sender.try_reserve().unwrap().send(n),
            2 => drop(sender.clone().try_reserve_owned().unwrap().send(n)),
            _ => sender.try_reserve_many(1).unwrap().for_each(|permit| permit.send(n)),
        }
    }
    assert!(sender.try_send(0).is_err() && sender.try_reserve().is_err());
    {
        // All that can wait, waits.
        let mut send = pin!(sender.send(1));
        let mut reserve = pin!(sender.reserve());
        let mut owned = pin!(sender.clone().reserve_owned());
        let mut many = pin!(sender.reserve_many(capacity));
        let mut messages = 0..20;
        let mut iterator = pin!(sender.send_iter(&mut messages));
        let mut before = pin!(sender.send_before(2, core::future::pending::<()>()));
        let mut polled = pin!(PollSender::new(sender.clone()));
        let mut closed = pin!(sender.closed());
        assert!(!poll(send.as_mut(), waker) && !poll(reserve.as_mut(), waker) && !poll(owned.as_mut(), waker));
        assert!(!poll(many.as_mut(), waker) && !poll(iterator.as_mut(), waker) && !poll(before.as_mut(), waker));
        assert!(polled.as_mut().poll_ready(&mut context).is_pending() && !poll(closed.as_mut(), waker));
        // The first is served.
        receiver.try_recv().unwrap();
        assert!(poll(send.as_mut(), waker));
        // The next is granted a slot and gives it up, and so do all others.
        receiver.try_recv().unwrap();
    }
    assert_eq!(receiver.try_peek().is_ok(), capacity > 1);
    assert!(poll(pin!(receiver.recv_many(buffer, usize::MAX)), waker) || capacity == 1);
    receiver.try_iter().for_each(drop);
    assert_eq!(sender.capacity(), capacity);
    assert_eq!(sender.downgrade().upgrade().map(|sender| sender.strong_count()), Some(2));
    buffer.clear();
}

#[test]
fn no_message_no_wait_and_no_cancellation_allocates() {
    for limit in LIMITS {
        for capacity in [1, 2, 5, 64] {
            let ((sender, mut receiver), made) =
                allocations_during(|| Builder::new(capacity).overtaking(limit).channel());
            assert_eq!(made, 1);
            let (flag, mut buffer) = (FlagWaker::new(), Vec::with_capacity(capacity));
            let waker = flag.waker();
            let rounds = || (0..3).for_each(|_| exercise(&sender, &mut receiver, &waker, &mut buffer));
            assert_eq!(allocations(rounds), 0, "capacity {capacity}, limit {limit}");
        }
    }
}

#[test]
fn a_channel_in_a_static_never_allocates() {
    static CHANNEL: StaticChannel<u64, 5> = StaticChannel::new();
    let (flag, mut buffer) = (FlagWaker::new(), Vec::with_capacity(5));
    let waker = flag.waker();
    let split = || {
        for _ in 0..3 {
            let (sender, mut receiver) = CHANNEL.split();
            exercise(&sender, &mut receiver, &waker, &mut buffer);
        }
    };
    assert_eq!(allocations(split), 0);
}

#[test]
fn a_thousand_who_wait_and_are_closed_down_allocate_nothing() {
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
        sender.try_send(0_u64).unwrap();
        let flag = FlagWaker::new();
        let waker = flag.waker();
        // The test's own allocations, outside what is counted.
        let mut waiting: Vec<_> = (0..1_000).map(|n| Box::pin(sender.send(n))).collect();
        let run = || {
            waiting.iter_mut().for_each(|send| assert!(!poll(send.as_mut(), &waker)));
            receiver.close();
            assert_eq!(flag.wakes(), 1_000);
            waiting.iter_mut().for_each(|send| assert!(poll(send.as_mut(), &waker)));
        };
        assert_eq!(allocations(run), 0);
    }
}

#[test]
fn a_boxed_poll_sender_is_one_allocation_for_its_life() {
    let (sender, mut receiver) = channel(1);
    let (mut polled, made) = allocations_during(|| BoxedPollSender::new(sender));
    assert_eq!(made, 1);
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let mut context = Context::from_waker(&waker);
    let mut run = || {
        for n in 0..100_u64 {
            assert!(polled.poll_ready(&mut context).is_ready());
            polled.start_send(n).unwrap();
            assert!(polled.poll_ready(&mut context).is_pending());
            assert_eq!(receiver.try_recv(), Ok(n));
            assert!(polled.poll_ready(&mut context).is_ready() && polled.abort());
        }
    };
    assert_eq!(allocations(&mut run), 0);
    assert_eq!(allocations(|| polled.clone()), 1);
}

#[test]
fn blocking_threads_allocate_nothing_once_they_have_blocked() {
    const MESSAGES: u64 = if MIRI { 20 } else { 3_000 };
    with_watchdog(WATCHDOG, || {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(2).overtaking(limit).channel();
            let counted = AtomicUsize::new(0);
            // All have blocked once, which makes a thread's parker.
            let warm = Barrier::new(4);
            thread::scope(|scope| {
                for _ in 0..3 {
                    let (sender, counted, warm) = (sender.clone(), &counted, &warm);
                    scope.spawn(move || {
                        let (full, _receiver) = channel(1);
                        full.blocking_send(0).unwrap();
                        full.blocking_send_timeout(1, Duration::from_millis(1)).unwrap_err();
                        warm.wait();
                        let send = || {
                            for n in 0..MESSAGES {
                                sender.blocking_send(n).unwrap();
                                // Gives up by turns.
                                let _ = sender.blocking_send_timeout(n, Duration::from_micros(n % 20));
                            }
                        };
                        counted.fetch_add(allocations(send), SeqCst);
                    });
                }
                drop(sender);
                let (_sender, mut empty) = channel::<u64>(1);
                empty.blocking_recv_timeout(Duration::from_millis(1)).unwrap_err();
                let mut buffer = Vec::with_capacity(2);
                warm.wait();
                let receive = || {
                    while receiver.blocking_recv_many(&mut buffer, 2) > 0 {
                        buffer.clear();
                        let _ = receiver.blocking_recv_timeout(Duration::from_micros(1));
                    }
                };
                counted.fetch_add(allocations(receive), SeqCst);
            });
            assert_eq!(counted.into_inner(), 0, "limit {limit}");
        }
    });
}

#[test]
fn tasks_under_contention_allocate_nothing() {
    const TASKS: usize = if MIRI { 3 } else { 20 };
    const MESSAGES: u64 = if MIRI { 20 } else { 1_000 };
    with_watchdog(WATCHDOG, || {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(3).overtaking(limit).channel();
            // Counted in the polls of the channel's futures alone: what the runtime allocates is not the channel's.
            let counted = Arc::new(AtomicUsize::new(0));
            let runtime = runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
            for _ in 0..TASKS {
                let (sender, counted) = (sender.clone(), counted.clone());
                runtime.spawn(async move {
                    for n in 0..MESSAGES {
                        let mut send = pin!(sender.send(n));
                        poll_fn(|context| {
                            let (outcome, allocations) = allocations_during(|| send.as_mut().poll(context));
                            counted.fetch_add(allocations, SeqCst);
                            outcome
                        })
                        .await
                        .unwrap();
                    }
                });
            }
            drop(sender);
            let in_receiver = counted.clone();
            let receiving = runtime.spawn(async move {
                let mut received = 0;
                loop {
                    let message = poll_fn(|context| {
                        let (outcome, allocations) = allocations_during(|| receiver.poll_recv(context));
                        in_receiver.fetch_add(allocations, SeqCst);
                        outcome
                    });
                    match message.await {
                        Some(_) => received += 1,
                        None => return received,
                    }
                }
            });
            assert_eq!(runtime.block_on(receiving).unwrap(), TASKS * MESSAGES as usize);
            assert_eq!(counted.load(SeqCst), 0, "limit {limit}");
        }
    });
}
