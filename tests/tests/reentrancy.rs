//! Foreign code that runs inside the channel's calls: wakers and messages that use the channel, and that panic.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::{
    sync::{Arc, Mutex},
    task::Wake,
};

use behaviour::{Drops, LIMITS, Message, Polled, drain, now, panic_of, parked, poll_recv, strict};
use sakia::mpsc::{Builder, OwnedPermit, Receiver, Sender, channel};
use sakia_tests::{FlagWaker, with_watchdog};

const LIMIT: Duration = Duration::from_secs(60);

/// A waker that runs something when it is woken, and something when it is dropped.
struct Acting {
    wake: Box<dyn Fn() + Send + Sync>,
    end: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Wake for Acting {
    fn wake(self: Arc<Self>) {
        (self.wake)();
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        let end = self.end.lock().unwrap().take();
        if let Some(end) = end {
            end();
        }
    }
}

fn on_wake(wake: impl Fn() + Send + Sync + 'static) -> Waker {
    Arc::new(Acting { wake: Box::new(wake), end: Mutex::new(None) }).into()
}

fn on_drop(end: impl FnOnce() + Send + 'static) -> Waker {
    Arc::new(Acting { wake: Box::new(|| {}), end: Mutex::new(Some(Box::new(end))) }).into()
}

/// Uses all that a sender can do without waiting.
fn use_all<T: Send + 'static>(sender: &Sender<T>, value: T) {
    drop(sender.try_send(value));
    drop(sender.try_reserve());
    drop(sender.try_reserve_many(2));
    drop(sender.clone().try_reserve_owned());
    drop(sender.downgrade().upgrade());
    drop(Polled::new(sender.reserve()).poll());
    let _ = Polled::new(sender.closed()).poll();
    assert!(sender.len() <= sender.max_capacity() && sender.capacity() <= sender.max_capacity());
}

#[test]
fn bug_35_wakers_that_use_the_channel_when_woken() {
    with_watchdog(LIMIT, || {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(2).overtaking(limit).channel();
            (0..2).for_each(|n| sender.try_send(n).unwrap());
            let wakes = Arc::new(AtomicUsize::new(0));
            let waker = |sender: &Sender<u32>| {
                let (sender, wakes) = (sender.clone(), wakes.clone());
                on_wake(move || {
                    wakes.fetch_add(1, SeqCst);
                    use_all(&sender, 7);
                })
            };
            let mut waiting = [2, 3].map(|n| Polled::new(sender.send(n)));
            for waiting in &mut waiting {
                assert!(waiting.poll_with(&waker(&sender)).is_pending());
            }
            let mut listening = Polled::new(sender.closed());
            assert!(listening.poll_with(&waker(&sender)).is_pending());
            assert_eq!(receiver.try_recv(), Ok(0));
            assert_eq!(wakes.load(SeqCst), 1, "limit {limit}");
            // The receiver's own, woken by a send.
            drop(drain(&mut receiver));
            let mut context = Context::from_waker(Waker::noop());
            while receiver.poll_recv(&mut context).is_ready() {}
            let mine = waker(&sender);
            assert!(receiver.poll_recv(&mut Context::from_waker(&mine)).is_pending());
            let before = wakes.load(SeqCst);
            drop(waiting);
            sender.try_send(4).unwrap();
            assert!(wakes.load(SeqCst) > before);
            let before = wakes.load(SeqCst);
            receiver.close();
            assert_eq!(wakes.load(SeqCst), before + 1, "who waits for the closing");
            listening.ready();
        }
    });
}

#[test]
fn bug_35_wakers_that_use_the_channel_when_dropped() {
    with_watchdog(LIMIT, || {
        let (sender, mut receiver) = strict(2);
        (0..2).for_each(|n| sender.try_send(n).unwrap());
        let ended = Arc::new(AtomicUsize::new(0));
        let waker = || {
            let (sender, ended) = (sender.clone(), ended.clone());
            on_drop(move || {
                use_all(&sender, 7);
                ended.fetch_add(1, SeqCst);
            })
        };
        // Replaced by another, and dropped with the future: waiting for room and for the closing.
        let mut sending = Polled::new(sender.send(2));
        let mut listening = Polled::new(sender.closed());
        for round in 0..2 {
            assert!(sending.poll_with(&waker()).is_pending());
            assert!(listening.poll_with(&waker()).is_pending());
            assert_eq!(ended.load(SeqCst), 2 * round);
        }
        drop((sending, listening));
        assert_eq!(ended.load(SeqCst), 4);
        // The receiver's: replaced, and dropped with the receiver.
        while receiver.try_recv().is_ok() {}
        for expected in [Poll::Pending, Poll::Ready(Some(7))] {
            // The second one finds what the first has sent in its end.
            assert_eq!(receiver.poll_recv(&mut Context::from_waker(&waker())), expected);
        }
        drop(receiver);
        assert_eq!(ended.load(SeqCst), 6);
    });
}

#[test]
fn bug_35_a_waker_that_owns_a_permit_is_dropped_outside_the_lock() {
    with_watchdog(LIMIT, || {
        let (sender, receiver) = channel(1);
        let permit: OwnedPermit<u8> = sender.clone().try_reserve_owned().unwrap();
        let waker = on_drop(move || drop(permit));
        let mut waiting = Polled::new(sender.reserve());
        assert!(waiting.poll_with(&waker).is_pending());
        drop(waker);
        // Wakes the waiting sender, drops its waker, and with that the permit.
        drop(receiver);
        assert_eq!(sender.capacity(), 1);
        assert!(waiting.ready().is_err());
    });
}

/// A message that uses its own channel when it is dropped.
struct Using {
    sender: Option<Sender<Using>>,
    drops: Arc<AtomicUsize>,
}

impl Drop for Using {
    fn drop(&mut self) {
        if let Some(sender) = &self.sender {
            use_all(sender, Using { sender: None, drops: self.drops.clone() });
        }
        self.drops.fetch_add(1, SeqCst);
    }
}

#[test]
fn bug_35_messages_that_use_the_channel_when_dropped() {
    with_watchdog(LIMIT, || {
        for by in 0..4 {
            let drops = Arc::new(AtomicUsize::new(0));
            let (sender, mut receiver) = channel(3);
            let message = || Using { sender: Some(sender.clone()), drops: drops.clone() };
            (0..3).for_each(|_| sender.try_send(message()).unwrap());
            match by {
                0 => drop(receiver),
                1 => {
                    drop(receiver.try_recv().unwrap());
                    drop(receiver);
                }
                2 => {
                    // The batch is dropped where it is put.
                    struct Nowhere;
                    impl<T> Extend<T> for Nowhere {
                        fn extend<I: IntoIterator<Item = T>>(&mut self, messages: I) {
                            messages.into_iter().for_each(drop);
                        }
                    }
                    assert_eq!(now(receiver.recv_many(&mut Nowhere, 3)), 3);
                    drop(receiver);
                }
                _ => {
                    receiver.close();
                    while receiver.try_recv().is_ok() {}
                    drop(receiver);
                }
            }
            let strong = sender.strong_count();
            drop(sender.try_send(message()));
            assert_eq!(strong, 1, "no message is left that owns a sender");
            // Three here, one that came back, and each of them sent another of its own.
            assert_eq!(drops.load(SeqCst), 8);
        }
    });
}

#[test]
fn bug_38_all_messages_are_dropped_though_one_panics() {
    for panicking in 0..4 {
        let drops = Drops::new();
        let (sender, receiver) = channel(4);
        for n in 0..4 {
            let message = if n == panicking { drops.panicking(n) } else { drops.message(n) };
            sender.try_send(message).unwrap();
        }
        let panic = panic_of(|| drop(receiver)).unwrap();
        assert_eq!(panic.message, "a message's drop panics");
        assert_eq!(drops.count(), 4);
        assert!(sender.try_send(drops.message(5)).unwrap_err().is_closed());
        assert_eq!((sender.len(), drops.count()), (0, 5));
    }
}

/// Takes one message and panics.
struct Panicking(Vec<Message>);

impl Extend<Message> for Panicking {
    fn extend<I: IntoIterator<Item = Message>>(&mut self, messages: I) {
        self.0.push(messages.into_iter().next().unwrap());
        panic!("the buffer panics");
    }
}

#[test]
fn bug_38_a_buffer_that_panics_loses_only_what_it_took() {
    let drops = Drops::new();
    let (sender, mut receiver) = strict(3);
    (0..3).for_each(|n| sender.try_send(drops.message(n)).unwrap());
    let mut waiting = parked(sender.send(drops.message(3)));
    let mut buffer = Panicking(vec![]);
    let panic = panic_of(|| now(receiver.recv_many(&mut buffer, 3))).unwrap();
    assert_eq!(panic.message, "the buffer panics");
    assert_eq!(waiting.wakes(), 1);
    assert!(waiting.ready().is_ok());
    assert!(drain(&mut receiver).into_iter().map(|message| message.n).eq([1, 2, 3]));
    assert_eq!((buffer.0.len(), drops.count(), receiver.capacity()), (1, 3, 3));
}

#[test]
fn bug_38_an_iterator_that_panics_has_sent_what_it_gave() {
    let (sender, mut receiver) = strict(8);
    let mut numbers = (0..8).inspect(|n| assert_ne!(*n, 3, "the iterator panics"));
    assert!(panic_of(|| now(sender.send_iter(&mut numbers))).is_some());
    assert_eq!(drain(&mut receiver), [0, 1, 2]);
    assert_eq!(sender.capacity(), 8);
}

#[test]
fn bug_38_a_receivers_waker_that_panics_spoils_no_permit() {
    let panics = || on_wake(|| panic!("the waker panics"));
    let park = |receiver: &mut Receiver<u32>| {
        let waker = panics();
        assert!(receiver.poll_recv(&mut Context::from_waker(&waker)).is_pending());
    };
    let (sender, mut receiver) = channel(2);
    let permit = sender.try_reserve().unwrap();
    park(&mut receiver);
    assert!(panic_of(|| permit.send(1)).is_some());
    assert_eq!((receiver.len(), receiver.capacity()), (1, 1), "sent, and its room not given back");
    assert_eq!(receiver.try_recv(), Ok(1));
    let owned = sender.clone().try_reserve_owned().unwrap();
    park(&mut receiver);
    assert!(panic_of(|| owned.send(2)).is_some());
    assert_eq!((receiver.len(), receiver.capacity(), sender.strong_count()), (1, 1, 1));
    assert_eq!(receiver.try_recv(), Ok(2));
    park(&mut receiver);
    assert!(panic_of(|| sender.try_send(3)).is_some());
    assert_eq!((receiver.try_recv(), receiver.capacity()), (Ok(3), 2));
    park(&mut receiver);
    assert!(panic_of(|| drop(sender)).is_some());
    let flag = FlagWaker::new();
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
}

#[test]
fn bug_38_a_senders_waker_that_panics_takes_no_wake_from_the_others() {
    for n in [3, 40] {
        let (sender, mut receiver) = strict(n);
        (0..n).for_each(|n| sender.try_send(n).unwrap());
        let mut first = Polled::new(sender.send(0));
        assert!(first.poll_with(&on_wake(|| panic!("the waker panics"))).is_pending());
        let others: Vec<_> = (1..n).map(|n| parked(sender.send(n))).collect();
        let mut buffer = vec![];
        assert!(panic_of(|| now(receiver.recv_many(&mut buffer, n))).is_some());
        assert!(others.iter().all(|other| other.wakes() == 1), "{n}");
        assert_eq!(first.ready(), Ok(()));
    }
}

#[test]
fn bug_38_a_message_is_dropped_once_if_the_senders_waker_panics_that_its_room_is_for() {
    fn check<T>(wrap: impl Fn(Message) -> T, take: impl Fn(&mut Receiver<T>)) {
        let drops = Drops::new();
        for builder in [Builder::new(1), Builder::new(1).on_demand()] {
            let before = drops.count();
            let (sender, mut receiver) = builder.channel();
            assert!(sender.try_send(wrap(drops.message(0))).is_ok());
            let mut waiting = Polled::new(sender.send(wrap(drops.message(1))));
            assert!(waiting.poll_with(&on_wake(|| panic!("the waker panics"))).is_pending());
            assert!(panic_of(|| take(&mut receiver)).is_some());
            assert_eq!(drops.count() - before, 1);
            assert!(waiting.ready().is_ok());
            take(&mut receiver);
            assert_eq!((drops.count() - before, sender.capacity()), (2, 1));
        }
    }
    let large = |message| (message, [0u64; 32]);
    check(|message| message, |receiver| drop(now(receiver.recv())));
    check(|message| message, |receiver| drop(receiver.try_recv().ok()));
    check(large, |receiver| drop(now(receiver.recv())));
    check(large, |receiver| drop(receiver.try_recv().ok()));
}

#[test]
fn bug_38_a_senders_waker_that_panics_at_the_closing_takes_no_wake_from_the_others() {
    for n in [3, 40] {
        let (sender, mut receiver) = strict(1);
        sender.try_send(0).unwrap();
        let mut first = Polled::new(sender.send(0));
        assert!(first.poll_with(&on_wake(|| panic!("the waker panics"))).is_pending());
        let others: Vec<_> = (1..n).map(|n| parked(sender.send(n))).collect();
        let listening: Vec<_> = (0..n).map(|_| parked(sender.closed())).collect();
        assert!(panic_of(|| receiver.close()).is_some());
        assert!(first.ready().is_err());
        assert!(others.iter().all(|other| other.wakes() == 1), "{n}");
        assert!(listening.iter().all(|listening| listening.wakes() == 1), "{n}");
    }
}
