//! Channels in a static: split again and again, by whoever is next, on every runtime.

use core::{pin::Pin, task::Context};
use std::thread;

use sakia::mpsc::{OwnedPermit, PollSender, Sender, StaticChannel, WeakSender, blocking};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, yield_now};

use crate::{
    assert_whole,
    behaviour::{Drops, Message, now, panic_of, parked, poll_recv},
};

#[test]
fn a_channel_is_split_as_often_as_one_likes_and_is_as_new_each_time() {
    static CHANNEL: StaticChannel<u32, 3> = StaticChannel::with_overtaking(0);
    for round in 0..100 {
        let (sender, mut receiver) = CHANNEL.split();
        assert!(CHANNEL.try_split().is_none());
        assert!(!sender.is_closed() && !receiver.is_closed());
        assert_eq!((sender.strong_count(), sender.weak_count(), sender.len(), sender.capacity()), (1, 0, 0, 3));
        if round % 3 == 0 {
            assert_whole(&sender, &mut receiver);
        }
        // It is left in all states: with messages, closed, with the receiver parked, and each end the last.
        (0..round % 4).for_each(|n| sender.try_send(n).unwrap());
        let flag = FlagWaker::new();
        if round % 4 == 0 {
            assert!(poll_recv(&mut receiver, &flag).is_pending());
        }
        if round % 5 == 0 {
            receiver.close();
        }
        if round % 2 == 0 {
            drop((sender, receiver));
        } else {
            drop((receiver, sender));
        }
        assert_eq!(flag.wakers(), 0);
    }
}

/// What keeps a channel alive without being one of its ends.
#[expect(dead_code, reason = "some are kept and nothing else")]
enum Keeper {
    Sender(Sender<Message>),
    Weak(WeakSender<Message>),
    Permit(OwnedPermit<Message>),
    Idle(Pin<Box<PollSender<Message>>>),
    Reserved(Pin<Box<PollSender<Message>>>),
}

#[test]
fn any_handle_keeps_the_channel_from_being_split() {
    static CHANNEL: StaticChannel<Message, 3> = StaticChannel::new();
    let flag = FlagWaker::new();
    let makers: [fn(&Sender<Message>) -> Keeper; 5] = [
        |sender| Keeper::Sender(sender.clone()),
        |sender| Keeper::Weak(sender.downgrade()),
        |sender| Keeper::Permit(sender.clone().try_reserve_owned().unwrap()),
        |sender| Keeper::Idle(Box::pin(PollSender::new(sender.clone()))),
        |sender| Keeper::Reserved(Box::pin(PollSender::new(sender.clone()))),
    ];
    for round in 0..4 {
        for maker in makers {
            let drops = Drops::new();
            let (sender, receiver) = CHANNEL.split();
            assert!(sender.try_send(drops.message(0)).is_ok());
            let mut keeper = maker(&sender);
            if let Keeper::Reserved(polled) = &mut keeper {
                assert!(polled.as_mut().poll_ready(&mut Context::from_waker(&flag.waker())).is_ready());
            }
            drop((sender, receiver));
            assert_eq!(drops.count(), 1, "what was queued went with the receiver");
            assert!(CHANNEL.try_split().is_none());
            let message = panic_of(|| CHANNEL.split()).unwrap().message;
            assert!(message.contains("split already"), "{message}");
            match keeper {
                Keeper::Permit(permit) if round % 2 == 0 => drop(permit.send(drops.message(1))),
                Keeper::Reserved(mut polled) if round % 2 == 0 => {
                    let back = polled.as_mut().start_send(drops.message(1)).unwrap_err();
                    assert_eq!(back.into_inner().n, 1);
                }
                Keeper::Weak(weak) => assert!(weak.upgrade().is_none()),
                keeper => drop(keeper),
            }
            // The next one has all its slots, and none of the messages.
            let (sender, mut receiver) = CHANNEL.split();
            assert_eq!((receiver.len(), receiver.capacity()), (0, 3));
            assert!(receiver.try_recv().is_err_and(|error| error.is_empty()));
            drop((sender, receiver));
        }
    }
}

#[test]
fn a_forgotten_handle_keeps_the_channel_for_ever() {
    static BY_SENDER: StaticChannel<u32, 1> = StaticChannel::new();
    static BY_RECEIVER: StaticChannel<u32, 1> = StaticChannel::new();
    static BY_WEAK: StaticChannel<u32, 1> = StaticChannel::new();
    static BY_PERMIT: blocking::StaticChannel<u32, 1> = blocking::StaticChannel::new();
    let (sender, receiver) = BY_SENDER.split();
    core::mem::forget(sender);
    drop(receiver);
    let (sender, receiver) = BY_RECEIVER.split();
    core::mem::forget(receiver);
    drop(sender);
    let (sender, receiver) = BY_WEAK.split();
    core::mem::forget(sender.downgrade());
    drop((sender, receiver));
    let (sender, receiver) = BY_PERMIT.split();
    core::mem::forget(sender.into_async().try_reserve_owned().unwrap());
    drop(receiver);
    for _ in 0..10 {
        assert!(BY_SENDER.try_split().is_none() && BY_RECEIVER.try_split().is_none());
        assert!(BY_WEAK.try_split().is_none() && BY_PERMIT.try_split().is_none());
    }
}

#[test]
fn a_forgotten_permit_costs_its_slot_until_the_channel_is_split_again() {
    static CHANNEL: StaticChannel<u32, 2> = StaticChannel::with_overtaking(0);
    let (sender, mut receiver) = CHANNEL.split();
    core::mem::forget(sender.try_reserve().unwrap());
    for n in 0..10 {
        sender.try_send(n).unwrap();
        assert!(sender.try_send(n).unwrap_err().is_full());
        assert_eq!(now(receiver.recv()), Some(n));
    }
    // Nothing else is lost with it: the channel ends as any does.
    receiver.close();
    parked(receiver.recv());
    drop(sender);
    assert_eq!(now(receiver.recv()), None);
    drop(receiver);
    let (sender, mut receiver) = CHANNEL.split();
    assert_whole(&sender, &mut receiver);
}

#[test]
fn threads_that_split_one_channel_have_it_one_after_the_other() {
    static CHANNEL: StaticChannel<usize, 2> = StaticChannel::new();
    const ROUNDS: usize = if cfg!(miri) { 3 } else { 300 };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    let (sender, mut receiver) = loop {
                        match CHANNEL.try_split() {
                            Some(ends) => break ends,
                            None => thread::yield_now(),
                        }
                    };
                    assert_eq!((receiver.len(), receiver.sender_strong_count()), (0, 1));
                    // The last handle is dropped by another thread.
                    let sending = thread::spawn(move || {
                        for n in 0..3 {
                            sender.blocking_send(round + n).unwrap();
                        }
                    });
                    assert!((0..3).all(|n| receiver.blocking_recv() == Some(round + n)));
                    drop(receiver);
                    sending.join().unwrap();
                }
            });
        }
    });
}

fn a_static_channel_serves_tasks<R: Runtime>() {
    // One for all runtimes, which have it one after the other.
    static CHANNEL: StaticChannel<u32, 3> = StaticChannel::new();
    for _ in 0..3 {
        R::run(async {
            let (sender, mut receiver) = loop {
                match CHANNEL.try_split() {
                    Some(ends) => break ends,
                    None => yield_now().await,
                }
            };
            let other = sender.clone();
            let sending = async move {
                for n in 0..50 {
                    sender.send(n).await.unwrap();
                }
            };
            let thread = thread::spawn(move || (0..50).for_each(|n| other.blocking_send(1_000 + n).unwrap()));
            let (mut low, mut high) = (0, 1_000);
            let receiving = async {
                while let Some(n) = receiver.recv().await {
                    let next = if n < 1_000 { &mut low } else { &mut high };
                    assert_eq!(n, *next, "on {}", R::NAME);
                    *next += 1;
                }
            };
            futures_util::future::join(sending, receiving).await;
            assert_eq!((low, high), (50, 1_050), "on {}", R::NAME);
            thread.join().unwrap();
        });
    }
}

fn ends_of_a_static_channel_on_tasks_of_their_own<R: Runtime>() {
    static CHANNEL: blocking::StaticChannel<u32, 1> = blocking::StaticChannel::new();
    let (sender, receiver) = loop {
        match CHANNEL.try_split() {
            Some((sender, receiver)) => break (sender.into_async(), receiver.into_async()),
            None => thread::yield_now(),
        }
    };
    let senders = (0..3).map(|name| {
        let sender = sender.clone();
        task(async move {
            for n in 0..20 {
                sender.send(100 * name + n).await.unwrap();
            }
        })
    });
    let receiving = task(async move {
        let (mut receiver, mut next) = (receiver, [0, 100, 200]);
        while let Some(n) = receiver.recv().await {
            assert_eq!(n, next[n as usize / 100], "on {}", R::NAME);
            next[n as usize / 100] += 1;
        }
        assert_eq!(next, [20, 120, 220], "on {}", R::NAME);
    });
    let tasks: Vec<_> = senders.chain([receiving]).collect();
    drop(sender);
    R::run_all(tasks);
}

for_each_runtime!(a_static_channel_serves_tasks, ends_of_a_static_channel_on_tasks_of_their_own);
