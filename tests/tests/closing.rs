//! Bugs at the end of a channel: what is still queued, who is still told, and when it is over.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Poll,
};
use std::sync::Arc;

use behaviour::{Drops, LIMITS, Message, drain, parked, poll_recv, strict};
use sakia::mpsc::{
    Builder, OwnedPermit, Permit, PermitIterator, Receiver, Sender, StaticChannel, channel, errors::TryRecvError,
};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, yield_now};
use tokio::sync::oneshot;

/// Fills two laps and a half, of which half a lap is left in the ring.
fn half_full(
    (sender, receiver): (Sender<Message>, Receiver<Message>),
    drops: &Drops,
) -> (Sender<Message>, Receiver<Message>) {
    let mut receiver = receiver;
    for n in 0..10 {
        sender.try_send(drops.message(n)).unwrap();
        if n >= 2 {
            drop(receiver.try_recv().unwrap());
        }
    }
    assert_eq!((receiver.len(), drops.count()), (2, 8));
    (sender, receiver)
}

#[test]
fn bug_07_what_is_queued_is_dropped_however_the_channel_ends() {
    static CHANNEL: StaticChannel<Message, 4> = StaticChannel::new();
    type Channel = (Sender<Message>, Receiver<Message>);
    let ends: [fn(Channel); 4] = [
        |(sender, receiver)| {
            drop(receiver);
            drop(sender);
        },
        |(sender, receiver)| {
            drop(sender);
            drop(receiver);
        },
        |(sender, mut receiver)| {
            receiver.close();
            drop(sender);
            drop(receiver);
        },
        |(sender, receiver)| {
            let weak = sender.downgrade();
            let permit = sender.try_reserve_owned().unwrap();
            drop(receiver);
            drop(permit);
            drop(weak);
        },
    ];
    for end in ends {
        let makes: [fn() -> Channel; 2] = [|| channel(4), || CHANNEL.split()];
        for make in makes {
            let drops = Drops::new();
            end(half_full(make(), &drops));
            assert_eq!(drops.count(), 10);
        }
    }
}

#[test]
fn bug_10_a_message_sent_by_a_permit_to_nobody_is_dropped_at_once() {
    let (sender, receiver) = channel(3);
    let weak = sender.downgrade();
    let permit = sender.try_reserve().unwrap();
    let owned = sender.clone().try_reserve_owned().unwrap();
    let mut many = sender.try_reserve_many(1).unwrap();
    drop(receiver);
    let told = |send: &mut dyn FnMut(oneshot::Sender<()>)| {
        let (reply, answer) = oneshot::channel();
        let mut answer = parked(answer);
        send(reply);
        // Who waits for an answer is told, though a sender and a weak one live on.
        assert_eq!(answer.wakes(), 1);
        assert!(answer.ready().is_err());
    };
    let (mut permit, mut owned) = (Some(permit), Some(owned));
    told(&mut |reply| permit.take().unwrap().send(reply));
    told(&mut |reply| drop(owned.take().unwrap().send(reply)));
    told(&mut |reply| many.next().unwrap().send(reply));
    drop(weak);
}

#[test]
fn bug_11_the_receivers_end_drops_what_is_queued_at_once() {
    static CHANNEL: StaticChannel<oneshot::Sender<()>, 2> = StaticChannel::new();
    for (sender, receiver) in [channel(2), CHANNEL.split()] {
        let weak = sender.downgrade();
        let (requests, answers): (Vec<_>, Vec<_>) = (0..2).map(|_| oneshot::channel()).unzip();
        requests.into_iter().for_each(|request| sender.try_send(request).unwrap());
        let mut answers: Vec<_> = answers.into_iter().map(parked).collect();
        drop(receiver);
        for answer in &mut answers {
            assert_eq!(answer.wakes(), 1);
            assert!(answer.ready().is_err());
        }
        assert!(sender.is_closed() && sender.is_empty());
        drop((sender, weak));
    }
}

fn bug_11_a_request_to_a_receiver_that_ends_is_answered_by_an_error<R: Runtime>() {
    let (sender, mut receiver) = channel::<oneshot::Sender<()>>(4);
    R::run_all([
        task(async move {
            for answered in [true, false] {
                let (request, answer) = oneshot::channel();
                sender.send(request).await.unwrap();
                assert_eq!(answer.await.is_ok(), answered, "on {}", R::NAME);
            }
            assert!(sender.send(oneshot::channel().0).await.is_err(), "on {}", R::NAME);
        }),
        task(async move {
            receiver.recv().await.unwrap().send(()).unwrap();
            while receiver.is_empty() {
                yield_now().await;
            }
        }),
    ]);
}

/// What may hold the last room of a closed channel.
enum Holder<'a> {
    Permit(Permit<'a, u8>),
    Owned(OwnedPermit<u8>),
    Many(PermitIterator<'a, u8>),
}

#[test]
fn bug_13_the_last_permit_given_back_ends_a_closed_channel() {
    let releases: [fn(Holder<'_>); 2] = [
        |holder| drop(holder),
        |holder| match holder {
            Holder::Permit(permit) => permit.release(),
            Holder::Owned(permit) => drop(permit.release()),
            Holder::Many(mut permits) => permits.next().unwrap().release(),
        },
    ];
    for release in releases {
        let makes: [for<'a> fn(&'a Sender<u8>) -> Holder<'a>; 3] = [
            |sender| Holder::Permit(sender.try_reserve().unwrap()),
            |sender| Holder::Owned(sender.clone().try_reserve_owned().unwrap()),
            |sender| Holder::Many(sender.try_reserve_many(2).unwrap()),
        ];
        for make in makes {
            let (sender, mut receiver) = channel(2);
            let flag = FlagWaker::new();
            let holder = make(&sender);
            receiver.close();
            assert!(poll_recv(&mut receiver, &flag).is_pending());
            release(holder);
            assert_eq!(flag.take(), 1);
            assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
        }
    }
}

#[test]
fn bug_13_a_queued_sender_that_fails_or_is_dropped_ends_a_closed_channel() {
    for fails in [false, true] {
        for n in [1, 2] {
            let (sender, mut receiver) = strict::<u8>(2);
            let flag = FlagWaker::new();
            let [first, second] = [(); 2].map(|()| sender.try_reserve().unwrap());
            // With n at 2 it gathers one slot and misses one; with n at 1 it has its slot but was not polled.
            let mut waiting = parked(sender.reserve_many(n));
            drop(first);
            receiver.close();
            assert!(poll_recv(&mut receiver, &flag).is_pending());
            drop(second);
            assert_eq!(flag.take(), 0, "what is gathered is still out");
            assert!(poll_recv(&mut receiver, &flag).is_pending());
            if fails {
                assert!(waiting.ready().is_err());
            }
            drop(waiting);
            assert_eq!(flag.take(), 1);
            assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
        }
    }
}

fn bug_13_recv_ends_when_the_last_permit_comes_back<R: Runtime>() {
    let (sender, mut receiver) = channel::<u8>(1);
    let (end, ended) = oneshot::channel();
    R::run_all([
        task(async move {
            let permit = sender.reserve().await.unwrap();
            sender.closed().await;
            yield_now().await;
            drop(permit);
            // The sender lives on until the receiver has ended.
            ended.await.unwrap();
            drop(sender);
        }),
        task(async move {
            while receiver.capacity() == 1 {
                yield_now().await;
            }
            receiver.close();
            assert_eq!(receiver.recv().await, None, "on {}", R::NAME);
            end.send(()).unwrap();
        }),
    ]);
}

#[test]
fn bug_14_closed_and_drained_is_over_only_without_permits() {
    let (sender, mut receiver) = channel(2);
    let permit = sender.try_reserve().unwrap();
    sender.try_send(1).unwrap();
    receiver.close();
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    permit.send(2);
    assert_eq!(receiver.try_recv(), Ok(2));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

fn bug_46_the_last_sender_alone_ends_the_channel<R: Runtime>() {
    const SENDERS: usize = 8;
    const MESSAGES: usize = 50;
    let (sender, mut receiver) = channel(3);
    let alive = Arc::new(AtomicUsize::new(SENDERS));
    let mut tasks: Vec<_> = (0..SENDERS)
        .map(|number| {
            let (sender, alive) = (sender.clone(), alive.clone());
            task(async move {
                for n in 0..MESSAGES * number / (SENDERS - 1) {
                    sender.send((number, n)).await.unwrap();
                }
                alive.fetch_sub(1, SeqCst);
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
        assert_eq!(alive.load(SeqCst), 0, "on {}", R::NAME);
        let expected = core::array::from_fn(|number| MESSAGES * number / (SENDERS - 1));
        assert_eq!(next, expected, "on {}", R::NAME);
    }));
    R::run_all(tasks);
}

for_each_runtime!(
    bug_11_a_request_to_a_receiver_that_ends_is_answered_by_an_error,
    bug_13_recv_ends_when_the_last_permit_comes_back,
    bug_46_the_last_sender_alone_ends_the_channel,
);

#[test]
fn bug_46_every_sender_but_the_last_keeps_the_channel_open() {
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(2).overtaking(limit).channel();
        let flag = FlagWaker::new();
        let senders: Vec<_> = (0..5).map(|_| sender.clone()).collect();
        drop(sender);
        for (left, sender) in (0..5).rev().zip(senders) {
            sender.try_send(left).unwrap();
            drop(sender);
            assert_eq!((receiver.sender_strong_count(), receiver.is_closed()), (left, left == 0));
            assert_eq!(drain(&mut receiver), [left]);
            let end = if left == 0 { Poll::Ready(None) } else { Poll::Pending };
            assert_eq!(poll_recv(&mut receiver, &flag), end);
        }
    }
}
