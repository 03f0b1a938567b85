//! Bugs of others' weak senders: coming back to life, and counts.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::task::Poll;
use std::{sync::Barrier, thread};

use behaviour::{now, parked, poll_recv};
use sakia::mpsc::{BoxedPollSender, StaticChannel, WeakSender, channel, errors::TryRecvError};
use sakia_tests::FlagWaker;

#[test]
fn bug_45_a_weak_sender_never_revives_a_channel() {
    let (sender, mut receiver) = channel::<u8>(1);
    let weak = sender.downgrade();
    drop(sender);
    let again = weak.clone();
    for weak in [&weak, &again] {
        assert!(weak.upgrade().is_none());
        assert_eq!((weak.strong_count(), weak.weak_count()), (0, 2));
    }
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn bug_45_closing_keeps_no_weak_sender_from_becoming_one_of_a_closed_channel() {
    let (sender, mut receiver) = channel(1);
    let weak = sender.downgrade();
    receiver.close();
    let upgraded = weak.upgrade().unwrap();
    assert!(upgraded.is_closed() && upgraded.try_send(1).unwrap_err().is_closed());
    drop(receiver);
    assert!(weak.upgrade().unwrap().try_send(1).unwrap_err().is_closed());
    drop((sender, upgraded));
    assert!(weak.upgrade().is_none());
}

#[test]
fn bug_45_counts_are_exact() {
    let (sender, receiver) = channel::<u8>(4);
    let counts = || (receiver.sender_strong_count(), receiver.sender_weak_count());
    assert_eq!(counts(), (1, 0));
    let weak = sender.downgrade();
    let other = weak.clone();
    assert_eq!(counts(), (1, 2));
    let clone = sender.clone();
    let upgraded = other.upgrade().unwrap();
    assert_eq!(counts(), (3, 2));
    assert_eq!((sender.strong_count(), sender.weak_count()), (3, 2));
    assert_eq!((weak.strong_count(), weak.weak_count()), (3, 2));
    drop(other);
    assert_eq!(counts(), (3, 1));
    let owned = now(clone.reserve_owned()).unwrap();
    assert_eq!(counts(), (3, 1), "an owned permit is a sender");
    let clone = owned.send(1);
    assert_eq!(counts(), (3, 1));
    drop(clone.try_reserve_owned().unwrap());
    assert_eq!(counts(), (2, 1));
    let polled = BoxedPollSender::new(upgraded);
    assert_eq!(counts(), (2, 1));
    let twice = polled.clone();
    assert_eq!(counts(), (3, 1));
    drop((polled, twice));
    let borrowed = sender.try_reserve().unwrap();
    assert_eq!(counts(), (1, 1), "a borrowed permit is none");
    drop(borrowed);
    drop(weak);
    drop(sender);
    assert_eq!(counts(), (0, 0));
}

#[test]
fn bug_45_an_owned_permit_alone_can_be_upgraded_from() {
    let (sender, mut receiver) = channel(1);
    let weak = sender.downgrade();
    let permit = sender.try_reserve_owned().unwrap();
    assert!(!receiver.is_closed());
    drop(weak.upgrade().unwrap());
    let flag = FlagWaker::new();
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    drop(permit);
    assert_eq!(flag.take(), 1);
    assert!(weak.upgrade().is_none());
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::<Option<u8>>::Ready(None));
}

#[test]
fn bug_45_a_weak_sender_is_none_for_the_receiver() {
    let (sender, mut receiver) = channel::<u8>(1);
    let weak = sender.downgrade();
    let mut receiving = parked(receiver.recv());
    drop(weak.clone());
    drop(weak.upgrade());
    assert_eq!(receiving.wakes(), 0);
    drop(sender);
    assert_eq!(receiving.wakes(), 1);
    assert_eq!(receiving.ready(), None);
    assert_eq!(weak.strong_count(), 0);
}

#[test]
fn bug_45_a_weak_sender_of_a_static_channel_reaches_no_later_one() {
    static CHANNEL: StaticChannel<u8, 1> = StaticChannel::new();
    let (sender, receiver) = CHANNEL.split();
    let weak = sender.downgrade();
    drop((sender, receiver));
    assert!(CHANNEL.try_split().is_none(), "it is the weak sender's still");
    assert!(weak.upgrade().is_none());
    drop(weak);
    let (sender, receiver) = CHANNEL.split();
    assert_eq!((receiver.sender_strong_count(), receiver.sender_weak_count()), (1, 0));
    drop(sender);
}

#[test]
fn bug_45_upgrading_races_the_last_sender() {
    const ROUNDS: usize = if cfg!(miri) { 20 } else { 2_000 };
    let barrier = Barrier::new(3);
    let (hand, handed) = std::sync::mpsc::channel::<WeakSender<usize>>();
    thread::scope(|scope| {
        let (barrier, mut senders) = (&barrier, vec![]);
        let mut receivers = vec![];
        for _ in 0..ROUNDS {
            let (sender, receiver) = channel(1);
            hand.send(sender.downgrade()).unwrap();
            senders.push(sender);
            receivers.push(receiver);
        }
        let upgrading = scope.spawn(move || {
            let sends = |(round, weak): (usize, WeakSender<usize>)| {
                barrier.wait();
                weak.upgrade().is_some_and(|sender| sender.try_send(round).is_ok())
            };
            handed.into_iter().take(ROUNDS).enumerate().map(sends).collect::<Vec<_>>()
        });
        scope.spawn(move || {
            for sender in senders {
                barrier.wait();
                drop(sender);
            }
        });
        let received: Vec<_> = receivers
            .into_iter()
            .map(|mut receiver| {
                barrier.wait();
                let received = receiver.blocking_recv();
                assert_eq!(receiver.blocking_recv(), None);
                assert_eq!(receiver.sender_strong_count(), 0);
                received.is_some()
            })
            .collect();
        // What an upgraded sender has sent is received, and nothing after the end.
        assert_eq!(received, upgrading.join().unwrap());
    });
}
