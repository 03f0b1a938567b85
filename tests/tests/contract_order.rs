//! The contract of the order: of messages, and of those who wait.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    pin::Pin,
    task::{Context, Poll},
};
use std::collections::VecDeque;

use behaviour::{LIMITS, Polled, drain, overtaking, parked, strict};
use sakia::mpsc::{BoxedPollSender, Builder, Sender, StaticChannel, errors::TrySendError};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, yield_now};

/// Waits in one of the ways there are, sends `n`, and gives the number of messages it asked room for.
fn waits(kind: usize, sender: &Sender<usize>, n: usize) -> Polled<'static, ()> {
    let sender = sender.clone();
    let future: Pin<Box<dyn Future<Output = ()>>> = match kind % 6 {
        0 => Box::pin(async move { sender.send(n).await.unwrap() }),
        1 => Box::pin(async move { sender.reserve().await.unwrap().send(n) }),
        2 => Box::pin(async move { drop(sender.reserve_owned().await.unwrap().send(n)) }),
        3 => Box::pin(async move { sender.reserve_many(1).await.unwrap().for_each(|permit| permit.send(n)) }),
        4 => Box::pin(async move { sender.send_before(n, core::future::pending::<()>()).await.unwrap() }),
        _ => {
            let mut sender = BoxedPollSender::new(sender);
            Box::pin(async move {
                core::future::poll_fn(|context| sender.poll_ready(context)).await.unwrap();
                sender.start_send(n).unwrap();
            })
        }
    };
    parked(future)
}

#[test]
fn all_ways_to_wait_share_one_queue_first_come_first_served() {
    for rotation in 0..6 {
        let (sender, mut receiver) = strict(1);
        sender.try_send(0).unwrap();
        let mut waiting: Vec<_> = (1..=12).map(|n| waits(n + rotation, &sender, n)).collect();
        for n in 0..12 {
            assert_eq!(receiver.try_recv(), Ok(n));
            let woken: Vec<_> = waiting.iter().map(Polled::wakes).collect();
            assert!(woken.iter().enumerate().all(|(index, wakes)| *wakes == usize::from(index == 0)), "{woken:?}");
            waiting.remove(0).ready();
        }
        assert_eq!(drain(&mut receiver), [12]);
    }
}

#[test]
fn several_that_are_woken_may_send_in_any_order() {
    let (sender, mut receiver) = strict(3);
    (0..3).for_each(|_| sender.try_send(0).unwrap());
    let mut waiting: Vec<_> = (1..=4).map(|n| parked(sender.send(n))).collect();
    assert_eq!(drain(&mut receiver), [0, 0, 0]);
    // The places in the order are taken when they send.
    for index in [2, 0, 1] {
        assert_eq!(waiting[index].ready(), Ok(()));
    }
    waiting[3].assert_pending();
    assert_eq!(drain(&mut receiver), [3, 1, 2]);
    assert_eq!(waiting[3].ready(), Ok(()));
}

#[test]
fn nobody_gets_in_before_those_who_wait() {
    let (sender, mut receiver) = strict(2);
    (0..2).for_each(|n| sender.try_send(n).unwrap());
    let mut first = parked(sender.send(2));
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!(sender.capacity(), 0);
    assert_eq!(sender.try_send(9), Err(TrySendError::Full(9)));
    let mut late = parked(sender.send(3));
    let mut polled = BoxedPollSender::new(sender.clone());
    let flag = FlagWaker::new();
    assert!(polled.poll_ready(&mut Context::from_waker(&flag.waker())).is_pending());
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!((first.wakes(), late.wakes(), flag.take()), (1, 1, 0));
    assert_eq!((late.ready(), first.ready()), (Ok(()), Ok(())));
    assert_eq!(receiver.try_recv(), Ok(3));
    assert_eq!(polled.poll_ready(&mut Context::from_waker(&flag.waker())), Poll::Ready(Ok(())));
}

#[test]
fn a_large_request_at_the_head_is_not_starved_by_small_ones() {
    for limit in LIMITS {
        let (sender, _receiver) = Builder::new(4).overtaking(limit).channel::<u8>();
        let mut held: Vec<_> = (0..4).map(|_| sender.try_reserve().unwrap()).collect();
        let mut large = parked(sender.reserve_many(3));
        let mut small = parked(sender.reserve());
        for _ in 0..2 {
            drop(held.pop());
            assert_eq!((large.wakes(), small.wakes(), sender.capacity()), (0, 0, 0), "limit {limit}");
            if limit == 0 {
                assert!(sender.try_reserve().is_err());
            }
        }
        drop(held.pop());
        assert_eq!((large.wakes(), small.wakes(), sender.capacity()), (1, 0, 0));
        drop(held.pop());
        let permits = large.ready().unwrap();
        assert_eq!((permits.len(), small.wakes()), (3, 1));
        assert!(small.ready().is_ok());
        drop(permits);
    }
}

#[test]
fn a_small_request_at_the_head_goes_before_a_large_one() {
    let (sender, _receiver) = strict::<u8>(2);
    let [first, second] = [(); 2].map(|()| sender.try_reserve().unwrap());
    let small = parked(sender.reserve());
    let mut large = parked(sender.reserve_many(2));
    drop(first);
    assert_eq!((small.wakes(), large.wakes()), (1, 0));
    drop(second);
    assert_eq!((large.wakes(), sender.capacity()), (0, 0), "one of two gathered");
    drop(small);
    assert_eq!((large.wakes(), large.ready().unwrap().len()), (1, 2));
}

#[test]
fn a_request_that_begins_to_wait_has_what_is_free_already() {
    let (sender, _receiver) = strict::<u8>(3);
    let permit = sender.try_reserve().unwrap();
    let mut large = parked(sender.reserve_many(3));
    assert_eq!(sender.capacity(), 0);
    assert_eq!(sender.try_reserve().err(), Some(TrySendError::Full(())));
    drop(permit);
    assert_eq!((large.wakes(), large.ready().unwrap().len()), (1, 3));
}

#[test]
fn no_more_overtake_a_waiting_sender_than_the_channel_allows() {
    static CHANNEL: StaticChannel<usize, 2> = StaticChannel::with_overtaking(3);
    for limit in [0, 1, 2, 3, 7] {
        let build = || Builder::new(2).overtaking(limit).channel();
        for (sender, mut receiver) in [Some(build()), (limit == 3).then(|| CHANNEL.split())].into_iter().flatten() {
            assert_eq!(receiver.overtaking(), overtaking(limit));
            (0..2).for_each(|_| sender.try_send(0).unwrap());
            let mut first = parked(sender.send(1));
            let mut second = parked(sender.send(1));
            receiver.try_recv().unwrap();
            assert_eq!((first.wakes(), second.wakes()), (1, 0));
            // The first has its room and does not come. Others pass the second, and then no more.
            let mut passed = 0;
            while second.wakes() == 0 {
                // A receiver that finds nothing sees to it that the second gets its turn.
                let found_nothing = receiver.try_recv().is_err();
                assert!(!found_nothing || second.wakers() == 0, "limit {limit}");
                while sender.try_send(2).is_ok() {
                    passed += 1;
                }
                assert!(passed <= limit, "{passed} passed, {limit} may");
            }
            assert_eq!((second.ready(), first.ready()), (Ok(()), Ok(())), "their room is there");
            assert_eq!(drain(&mut receiver).into_iter().filter(|n| *n == 1).count(), 2);
        }
    }
}

/// Of those who wait, `at_once` at a time, others joining them in between or not.
fn each_message_lets_one_more_in(limit: u32, at_once: usize, others_join: bool) {
    let (sender, mut receiver) = Builder::new(2).overtaking(limit).channel();
    (0..2).for_each(|_| sender.try_send(0).unwrap());
    let rounds = 4;
    let mut waiting: VecDeque<_> = (0..rounds * at_once).map(|_| parked(sender.send(0))).collect();
    for _ in 0..rounds {
        assert!(waiting.iter().all(|sender| sender.wakes() == 0), "limit {limit}, {at_once} at once");
        (0..at_once).for_each(|_| assert!(receiver.try_recv().is_ok()));
        for mut first in waiting.drain(..at_once) {
            assert_eq!((first.wakes(), first.ready()), (1, Ok(())), "limit {limit}, {at_once} at once");
        }
        let joining = if others_join { at_once } else { 0 };
        waiting.extend((0..joining).map(|_| parked(sender.send(0))));
    }
    drop(waiting);
    drain(&mut receiver);
    for _ in 0..9 {
        sender.try_send(0).expect("nobody waits");
        receiver.try_recv().unwrap();
    }
}

#[test]
fn each_message_that_is_received_lets_one_more_in_although_nobody_looks_again() {
    for limit in LIMITS {
        for at_once in [1, 2] {
            each_message_lets_one_more_in(limit, at_once, false);
            each_message_lets_one_more_in(limit, at_once, true);
        }
    }
}

/// Where senders that wait may be passed: in the narrow packing, all channels are strict.
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
mod loose {
    use super::*;
    use sakia::mpsc::Receiver;

    /// A full channel whose waiting senders newcomers may pass, and its receiver.
    fn full_and_loose() -> (Sender<usize>, Receiver<usize>) {
        let (sender, receiver) = Builder::new(4).overtaking(1_000).channel();
        (0..4).for_each(|_| sender.try_send(0).unwrap());
        (sender, receiver)
    }

    #[test]
    fn a_large_request_that_comes_to_the_head_behind_one_that_was_woken_gathers_room() {
        let (sender, mut receiver) = full_and_loose();
        let [mut first, second] = [(); 2].map(|()| parked(sender.send(1)));
        let large = parked(sender.reserve_many(2));
        (0..4).for_each(|_| assert!(receiver.try_recv().is_ok()));
        assert_eq!((first.wakes(), second.wakes(), large.wakes()), (1, 0, 0));
        assert_eq!(first.ready(), Ok(()));
        assert_eq!((second.wakes(), large.wakes(), sender.capacity()), (1, 1, 0), "the first has seen to both");
    }

    #[test]
    fn who_begins_to_wait_sees_to_a_large_request_at_the_head() {
        let (sender, mut receiver) = full_and_loose();
        let first = parked(sender.send(1));
        let large = parked(sender.reserve_many(2));
        (0..3).for_each(|_| assert!(receiver.try_recv().is_ok()));
        assert_eq!((first.wakes(), large.wakes(), sender.capacity()), (1, 0, 2), "the first does not come");
        let last = parked(sender.reserve_many(3));
        assert_eq!((large.wakes(), last.wakes(), sender.capacity()), (1, 0, 0));
    }

    #[test]
    fn who_begins_to_wait_leaves_those_to_the_one_that_was_woken_who_may_be_passed() {
        let (sender, mut receiver) = full_and_loose();
        let [mut first, mut second, third] = [(); 3].map(|()| parked(sender.send(1)));
        (0..4).for_each(|_| assert!(receiver.try_recv().is_ok()));
        assert_eq!(first.ready(), Ok(()));
        assert_eq!((second.wakes(), third.wakes(), sender.capacity()), (1, 0, 2));
        let joined = parked(sender.reserve_many(3));
        assert_eq!((third.wakes(), joined.wakes(), sender.capacity()), (0, 0, 2), "the second will see to them");
        assert!(sender.try_send(2).is_ok());
        assert_eq!(second.ready(), Ok(()));
        assert_eq!((third.wakes(), joined.wakes(), sender.capacity()), (1, 0, 0));
    }
}

fn each_senders_messages_stay_in_order<R: Runtime>() {
    const SENDERS: usize = 5;
    const MESSAGES: usize = 60;
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(3).overtaking(limit).channel();
        let mut tasks: Vec<_> = (0..SENDERS)
            .map(|number| {
                let sender = sender.clone();
                task(async move {
                    for n in 0..MESSAGES {
                        if n % 3 == 0 {
                            sender.reserve().await.unwrap().send((number, n));
                        } else {
                            sender.send((number, n)).await.unwrap();
                        }
                        if n % 7 == number {
                            yield_now().await;
                        }
                    }
                })
            })
            .collect();
        drop(sender);
        tasks.push(task(async move {
            let mut next = [0; SENDERS];
            while let Some((number, n)) = receiver.recv().await {
                assert_eq!(n, next[number], "on {}", R::NAME);
                next[number] += 1;
            }
            assert_eq!(next, [MESSAGES; SENDERS], "on {}", R::NAME);
        }));
        R::run_all(tasks);
    }
}

for_each_runtime!(each_senders_messages_stay_in_order);
