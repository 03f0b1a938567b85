//! Wakers that panic and wakers that use the channel, on all but the plain channel (for which see `corners/`): in place,
//! without a bound, and the drop-in. Nothing is lost, no capacity either, and nobody else is left asleep.
#![cfg(not(sakia_loom))]

mod behaviour;

use behaviour::{
    LIMITS, Polled, now, parked,
    wakers::{acting, panicking, panics},
};
use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Context,
};
use sakia::mpsc::{
    self, Builder,
    recycled::{Receiver, Sender},
};
use std::sync::Arc;

/// Runs it for every limit, with a full channel of two slots.
fn with_full(body: impl Fn(Sender<u32>, Receiver<u32>)) {
    for limit in LIMITS {
        let (sender, receiver) = Builder::new(2).overtaking(limit).recycled();
        (0..2).for_each(|n| sender.try_send(n).unwrap());
        body(sender, receiver);
    }
}

/// All who wait get a slot in the end, and then the channel has all of its own.
fn serve<T>(sender: &Sender<u32>, receiver: &mut Receiver<u32>, mut waiting: Vec<Polled<'_, T>>) {
    for _ in 0..10 {
        waiting.retain_mut(|waiting| waiting.poll().is_pending());
        receiver.try_iter_ref().for_each(drop);
    }
    assert!(waiting.is_empty(), "some wait for ever");
    assert_eq!((sender.capacity(), receiver.len()), (2, 0));
}

#[test]
fn in_place_a_sender_that_panics_when_woken_has_its_slot() {
    let gives_back: [fn(&mut Receiver<u32>); 5] = [
        |receiver| drop(receiver.try_recv_ref()),
        |receiver| drop(receiver.try_recv_ref_owned()),
        |receiver| drop(now(receiver.recv_many_ref(2))),
        |receiver| assert!(receiver.try_recv().is_ok()),
        |receiver| receiver.try_iter_ref().for_each(drop),
    ];
    for give_back in gives_back {
        with_full(|sender, mut receiver| {
            let mut first = Polled::new(sender.send(2));
            assert!(first.poll_with(&panicking()).is_pending());
            let second = parked(sender.send(3));
            panics(|| give_back(&mut receiver));
            serve(&sender, &mut receiver, vec![first, second]);
        });
    }
}

#[test]
fn in_place_a_slot_given_up_wakes_one_that_panics() {
    with_full(|sender, mut receiver| {
        receiver.try_iter_ref().for_each(drop);
        let (held, permit) = (sender.try_send_ref().unwrap(), sender.clone().try_reserve_ref_owned().unwrap());
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&panicking()).is_pending());
        let second = parked(sender.send(3));
        panics(|| held.abort());
        drop(permit);
        serve(&sender, &mut receiver, vec![first, second]);
    });
}

#[test]
fn in_place_all_are_told_of_the_end_if_one_panics() {
    for by_drop in [false, true] {
        with_full(|sender, mut receiver| {
            let mut first = Polled::new(sender.send(2));
            assert!(first.poll_with(&panicking()).is_pending());
            let mut second = parked(sender.send(3));
            let mut closed = parked(sender.closed());
            match by_drop {
                true => panics(move || drop(receiver)),
                false => panics(|| receiver.close()),
            }
            assert_eq!((second.wakes(), closed.wakes()), (1, 1));
            assert!(second.ready().is_err() && first.ready().is_err());
            closed.ready();
        });
    }
}

#[test]
fn in_place_a_receiver_that_panics_when_woken_misses_nothing() {
    let sends: [fn(&Sender<u32>); 3] = [
        |sender| sender.try_send(7).unwrap(),
        |sender| *sender.try_send_ref().unwrap() = 7,
        |sender| {
            let mut permit = sender.try_reserve_ref().unwrap();
            *permit = 7;
            permit.send();
        },
    ];
    for send in sends {
        with_full(|sender, mut receiver| {
            receiver.try_iter_ref().for_each(drop);
            assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
            panics(|| send(&sender));
            assert_eq!(receiver.try_recv(), Ok(7));
            assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
            panics(move || drop(sender));
            assert_eq!((now(receiver.recv()), receiver.capacity()), (None, 2));
        });
    }
}

#[test]
fn in_place_a_waker_may_use_the_channel() {
    with_full(|sender, mut receiver| {
        let used = Arc::new(AtomicUsize::new(0));
        let waker = {
            let (sender, used) = (sender.clone(), used.clone());
            acting(move || {
                let _ = sender.try_send_ref().map(mpsc::recycled::SendRef::abort);
                drop(sender.try_reserve_ref());
                drop(sender.downgrade().upgrade());
                let mut waits = Polled::new(sender.send(9));
                let _ = waits.poll();
                used.fetch_add(1 + sender.len() - sender.len().min(2), SeqCst);
            })
        };
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&waker).is_pending());
        let second = parked(sender.send(3));
        drop(receiver.try_recv_ref());
        assert_eq!(used.load(SeqCst), 1, "woken, and the counts were in bounds");
        serve(&sender, &mut receiver, vec![first, second]);
        assert!(receiver.poll_recv(&mut Context::from_waker(&waker)).is_pending());
        sender.try_send(5).unwrap();
        assert_eq!((used.load(SeqCst), receiver.try_recv()), (2, Ok(5)));
    });
}

#[test]
fn without_a_bound_a_receiver_that_panics_when_woken_misses_nothing() {
    let (sender, mut receiver) = mpsc::unbounded::<u32>();
    for n in 0..100 {
        assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
        panics(|| sender.send(n));
        assert_eq!(receiver.try_recv(), Ok(n));
    }
    assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
    panics(move || drop(sender));
    assert_eq!(now(receiver.recv()), None);
}

#[test]
fn without_a_bound_a_waker_may_send() {
    let (sender, mut receiver) = mpsc::unbounded::<u32>();
    let waker = {
        let weak = sender.downgrade();
        acting(move || weak.upgrade().into_iter().for_each(|sender| sender.send(2).unwrap()))
    };
    assert!(receiver.poll_recv(&mut Context::from_waker(&waker)).is_pending());
    sender.send(1).unwrap();
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Ok(2)));
}

#[test]
fn the_drop_in_loses_nothing_to_wakers_that_panic() {
    let (sender, mut receiver) = sakia_tokio::mpsc::channel::<u32>(1);
    sender.try_send(0).unwrap();
    let mut first = Polled::new(sender.send(1));
    assert!(first.poll_with(&panicking()).is_pending());
    let mut second = parked(sender.send(2));
    panics(|| receiver.try_recv());
    first.ready().unwrap();
    assert_eq!((receiver.try_recv(), second.wakes()), (Ok(1), 1));
    second.ready().unwrap();
    assert_eq!((receiver.try_recv(), sender.capacity()), (Ok(2), 1));
    assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
    panics(|| sender.try_send(3));
    assert_eq!(receiver.try_recv(), Ok(3));

    let (sender, mut receiver) = sakia_tokio::mpsc::unbounded_channel::<u32>();
    assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
    panics(|| sender.send(1));
    assert_eq!(receiver.try_recv(), Ok(1));
    let mut closed = parked(sender.closed());
    let mut other = Polled::new(sender.closed());
    assert!(other.poll_with(&panicking()).is_pending());
    panics(|| receiver.close());
    closed.ready();
    other.ready();
}
