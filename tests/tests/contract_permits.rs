//! The contract of permits: room without a place in the order, given back once.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    panic::AssertUnwindSafe,
    pin::pin,
    task::{Context, Poll, Waker},
};
use std::panic::catch_unwind;

use behaviour::{Drops, Polled, drain, now, parked, strict};
use sakia::mpsc::{Permit, channel};
use sakia_tests::{Runtime, for_each_runtime, task, yield_now};

#[test]
fn the_order_is_that_of_sending_and_not_of_reserving() {
    let (sender, mut receiver) = channel(5);
    let first = sender.try_reserve().unwrap();
    let second = now(sender.reserve()).unwrap();
    let owned = sender.clone().try_reserve_owned().unwrap();
    sender.try_send(0).unwrap();
    owned.send(1);
    second.send(2);
    first.send(3);
    assert_eq!(drain(&mut receiver), [0, 1, 2, 3]);
}

#[test]
fn a_permit_that_is_dropped_or_released_gives_its_room_back_once() {
    let (sender, _receiver) = strict::<u8>(1);
    let gives: [fn(Permit<'_, u8>); 2] = [|permit| drop(permit), |permit| permit.release()];
    for give in gives {
        let permit = sender.try_reserve().unwrap();
        assert_eq!(sender.capacity(), 0);
        give(permit);
        assert_eq!(sender.capacity(), 1);
    }
    let permit = sender.clone().try_reserve_owned().unwrap();
    let back = permit.release();
    assert_eq!((sender.capacity(), sender.strong_count()), (1, 2));
    drop(back.try_reserve_owned().unwrap());
    assert_eq!((sender.capacity(), sender.strong_count()), (1, 1));
}

#[test]
fn a_reservation_in_turn_is_ready_once() {
    let (sender, _receiver) = channel::<u8>(2);
    let mut turn = pin!(sender.reserve_in_turn());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(permit)) = turn.as_mut().poll(&mut context) else { panic!("there is room") };
    assert!(catch_unwind(AssertUnwindSafe(|| turn.as_mut().poll(&mut context).is_ready())).is_err());
    assert_eq!(sender.capacity(), 1, "no credit was taken by the poll that is not allowed");
    drop(permit);
    assert_eq!(sender.capacity(), 2);
}

#[test]
fn a_permit_sends_after_the_closing_and_to_nobody() {
    let drops = Drops::new();
    let (sender, mut receiver) = channel(4);
    let [after_closing, to_nobody] = [(); 2].map(|()| sender.try_reserve().unwrap());
    let [owned, owned_to_nobody] = [(); 2].map(|()| sender.clone().try_reserve_owned().unwrap());
    receiver.close();
    after_closing.send(drops.message(1));
    assert!(owned.send(drops.message(2)).is_closed());
    assert_eq!((receiver.len(), drops.count()), (2, 0));
    drop(receiver);
    assert_eq!(drops.count(), 2);
    to_nobody.send(drops.message(3));
    assert_eq!(drops.count(), 3);
    let sender = owned_to_nobody.send(drops.message(4));
    assert_eq!((drops.count(), sender.len(), sender.capacity()), (4, 0, 4));
}

#[test]
fn an_owned_permit_gives_its_room_back_before_it_ends_as_a_sender() {
    let (sender, mut receiver) = strict::<u8>(1);
    let weak = sender.downgrade();
    let permit = sender.try_reserve_owned().unwrap();
    // The waiting one belongs to a sender that is upgraded: it is woken though the permit's sender goes as well.
    let upgraded = weak.upgrade().unwrap();
    let mut waiting = parked(upgraded.send(1));
    drop(permit);
    assert_eq!((waiting.wakes(), weak.strong_count()), (1, 1));
    assert_eq!(waiting.ready(), Ok(()));
    drop(waiting);
    drop(upgraded);
    assert_eq!(drain(&mut receiver), [1]);
    assert!(receiver.is_closed());
    assert_eq!(receiver.capacity(), 1);
}

#[test]
fn an_iterator_of_permits_is_exact_and_fused() {
    let (sender, mut receiver) = channel(5);
    let mut permits = sender.try_reserve_many(3).unwrap();
    for left in (0..3).rev() {
        permits.next().unwrap().send(left);
        assert_eq!((permits.len(), permits.size_hint()), (left, (left, Some(left))));
    }
    assert!(permits.next().is_none() && permits.next().is_none());
    drop(permits);
    assert_eq!(sender.capacity(), 2);
    assert_eq!(drain(&mut receiver), [2, 1, 0]);
    let none = sender.try_reserve_many(0).unwrap();
    assert_eq!((none.len(), none.count()), (0, 0));
}

#[test]
fn permits_outlive_their_iterator_and_the_rest_goes_back_with_it() {
    let (sender, mut receiver) = strict(4);
    let mut permits = sender.try_reserve_many(4).unwrap();
    let [first, second] = [(); 2].map(|()| permits.next().unwrap());
    let waiting = [parked(sender.send(8)), parked(sender.send(9)), parked(sender.send(10))];
    drop(permits);
    assert_eq!(waiting.each_ref().map(Polled::wakes), [1, 1, 0]);
    drop(first);
    assert_eq!(waiting.each_ref().map(Polled::wakes), [0, 0, 1]);
    second.send(1);
    drop(waiting);
    assert_eq!(sender.capacity(), 3);
    assert_eq!(drain(&mut receiver), [1]);
}

#[test]
fn a_permit_sends_from_another_thread() {
    let (sender, mut receiver) = channel(2);
    let permit = sender.try_reserve().unwrap();
    let owned = sender.clone().try_reserve_owned().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || permit.send(1));
        scope.spawn(move || drop(owned.send(2)));
        let mut both = [receiver.blocking_recv(), receiver.blocking_recv()];
        both.sort();
        assert_eq!(both, [Some(1), Some(2)]);
    });
}

fn permits_between_tasks_keep_the_capacity<R: Runtime>() {
    const CAPACITY: usize = 4;
    let (sender, mut receiver) = channel(CAPACITY);
    let mut tasks: Vec<_> = (1..=CAPACITY)
        .map(|n| {
            let sender = sender.clone();
            task(async move {
                for _ in 0..30 {
                    let permits = sender.reserve_many(n).await.unwrap();
                    assert!(sender.capacity() <= CAPACITY - n, "on {}", R::NAME);
                    yield_now().await;
                    // The last one of each lot goes back.
                    permits.take(n - 1).for_each(|permit| permit.send(n));
                }
            })
        })
        .collect();
    drop(sender);
    tasks.push(task(async move {
        let mut sum = 0;
        while let Some(n) = receiver.recv().await {
            sum += n;
        }
        assert_eq!(sum, 30 * (2 + 2 * 3 + 3 * 4), "on {}", R::NAME);
        assert_eq!(receiver.capacity(), CAPACITY, "on {}", R::NAME);
    }));
    R::run_all(tasks);
}

for_each_runtime!(permits_between_tasks_keep_the_capacity);
