//! The contract of receiving: how much, when room is made, and whose waker counts.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    pin::pin,
    task::{Context, Poll},
};
use std::{collections::VecDeque, thread};

use behaviour::{LIMITS, Polled, drain, now, parked, poll_recv, strict};
use sakia::mpsc::{Builder, PollReceive as _, Receiver, Sender, channel, errors::TryRecvError};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, yield_now};

/// A channel with this many messages: 0, 1, ...
fn filled(capacity: usize, messages: u32) -> (Sender<u32>, Receiver<u32>) {
    let (sender, receiver) = strict(capacity);
    (0..messages).for_each(|n| sender.try_send(n).unwrap());
    (sender, receiver)
}

#[test]
fn a_receive_that_is_polled_again_receives_again() {
    let (sender, mut receiver) = filled(2, 2);
    let mut receive = Polled::new(receiver.recv());
    assert_eq!((receive.ready(), receive.ready()), (Some(0), Some(1)));
    receive.assert_pending();
    drop(sender);
    assert_eq!((receive.wakes(), receive.ready(), receive.ready()), (1, None, None));
}

#[test]
fn recv_many_appends_up_to_the_limit_and_waits_for_no_more() {
    for (messages, limit, expected) in [(5, 1, 1), (5, 4, 4), (5, 5, 5), (3, 5, 3), (3, usize::MAX, 3), (8, 100, 8)] {
        let (_sender, mut receiver) = filled(8, messages);
        let mut buffer = vec![100];
        assert_eq!(now(receiver.recv_many(&mut buffer, limit)), expected);
        assert_eq!((buffer.len(), buffer[0]), (expected + 1, 100), "it clears nothing");
        assert!(buffer[1..].iter().copied().eq(0..expected as u32));
        assert!(drain(&mut receiver).into_iter().eq(expected as u32..messages));
    }
}

#[test]
fn recv_many_over_the_end_of_the_ring_is_one_batch() {
    let (sender, mut receiver) = filled(5, 5);
    for round in 0..20 {
        let mut buffer = VecDeque::new();
        assert_eq!(now(receiver.recv_many(&mut buffer, 3)), 3);
        assert!(buffer.into_iter().eq(3 * round..3 * round + 3));
        (0..3).for_each(|n| sender.try_send(5 + 3 * round + n).unwrap());
    }
}

#[test]
fn recv_many_of_none_is_ready_at_once_and_means_nothing() {
    let (sender, mut receiver) = filled(2, 0);
    let mut buffer = vec![];
    assert_eq!(now(receiver.recv_many(&mut buffer, 0)), 0);
    sender.try_send(1).unwrap();
    assert_eq!(now(receiver.recv_many(&mut buffer, 0)), 0);
    assert_eq!((receiver.len(), buffer.len()), (1, 0));
    drop(sender);
    assert_eq!(now(receiver.recv_many(&mut buffer, 7)), 1);
    assert_eq!(now(receiver.recv_many(&mut buffer, 7)), 0);
    assert_eq!(buffer, [1]);
}

#[test]
fn recv_many_waits_for_the_first() {
    let (sender, mut receiver) = filled(4, 0);
    let mut buffer = vec![];
    let mut many = parked(receiver.recv_many(&mut buffer, 4));
    sender.try_send(1).unwrap();
    sender.try_send(2).unwrap();
    assert_eq!((many.wakes(), many.ready()), (1, 2));
    drop(many);
    let mut many = parked(receiver.recv_many(&mut buffer, 4));
    drop(sender);
    assert_eq!((many.wakes(), many.ready()), (1, 0));
    drop(many);
    assert_eq!(buffer, [1, 2]);
}

#[test]
fn a_batch_gives_its_room_back_at_once_and_to_who_waits_first() {
    let (sender, mut receiver) = filled(4, 4);
    let mut large = parked(sender.reserve_many(3));
    let mut small = [parked(sender.reserve()), parked(sender.reserve())];
    let mut buffer = vec![];
    assert_eq!(now(receiver.recv_many(&mut buffer, 4)), 4);
    assert_eq!((large.wakes(), small.each_ref().map(Polled::wakes)), (1, [1, 0]));
    assert_eq!(sender.capacity(), 0);
    assert_eq!(large.ready().unwrap().len(), 3);
    assert_eq!(small.each_ref().map(Polled::wakes), [0, 1]);
    assert!(small[0].ready().is_ok() && small[1].ready().is_ok());
    drop((large, small));
    assert_eq!(sender.capacity(), 4);
}

#[test]
fn receiving_gives_the_room_back_before_the_message() {
    let (sender, mut receiver) = filled(1, 1);
    let waiting = parked(sender.send(1));
    assert_eq!((receiver.try_recv(), waiting.wakes()), (Ok(0), 1));
    drop(waiting);
    assert_eq!((sender.capacity(), receiver.len()), (1, 0));
}

#[test]
fn only_the_last_waker_is_woken_whatever_it_waited_by() {
    let (sender, mut receiver) = filled(2, 0);
    let flags: [_; 4] = core::array::from_fn(|_| FlagWaker::new());
    let wakers = flags.each_ref().map(FlagWaker::waker);
    let [first, second, third, fourth] = &wakers;
    let mut buffer = vec![];
    assert!(receiver.poll_recv(&mut Context::from_waker(first)).is_pending());
    assert!(receiver.poll_recv_many(&mut Context::from_waker(second), &mut buffer, 1).is_pending());
    assert!(pin!(receiver.recv()).poll(&mut Context::from_waker(third)).is_pending());
    assert!(pin!(receiver.peek()).poll(&mut Context::from_waker(fourth)).is_pending());
    sender.try_send(1).unwrap();
    assert_eq!(flags.each_ref().map(|flag| flag.take()), [0, 0, 0, 1]);
    sender.try_send(2).unwrap();
    assert_eq!(flags.each_ref().map(|flag| flag.take()), [0; 4], "nobody waits now");
}

#[test]
fn looking_without_waiting_takes_no_waker_away() {
    let (sender, mut receiver) = filled(2, 0);
    let flag = FlagWaker::new();
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(receiver.try_peek(), Err(TryRecvError::Empty));
    assert_eq!(receiver.try_iter().next(), None);
    assert_eq!(now(receiver.recv_many(&mut vec![], 0)), 0);
    sender.try_send(1).unwrap();
    assert_eq!(flag.take(), 1);
}

#[test]
fn a_message_taken_by_try_recv_leaves_the_next_poll_waiting() {
    let (sender, mut receiver) = filled(2, 0);
    let flag = FlagWaker::new();
    for n in 0..10 {
        assert!(poll_recv(&mut receiver, &flag).is_pending());
        sender.try_send(n).unwrap();
        assert_eq!((flag.take(), receiver.try_recv()), (1, Ok(n)));
        sender.try_send(n).unwrap();
        assert_eq!((flag.take(), receiver.try_recv()), (0, Ok(n)), "nobody waits");
    }
}

#[test]
fn peeking_leaves_the_message_and_its_room() {
    let (sender, mut receiver) = filled(2, 2);
    for _ in 0..3 {
        assert_eq!(receiver.try_peek(), Ok(&0));
        assert_eq!(now(receiver.peek()), Some(&0));
        assert_eq!((receiver.len(), sender.capacity()), (2, 0));
    }
    assert_eq!(drain(&mut receiver), [0, 1]);
    let mut peeking = parked(receiver.peek());
    sender.try_send(2).unwrap();
    assert_eq!((peeking.wakes(), peeking.ready()), (1, Some(&2)));
    drop(peeking);
    drop(sender);
    assert_eq!((receiver.try_recv(), now(receiver.peek())), (Ok(2), None));
}

#[test]
fn iterators_end_where_they_say() {
    let (sender, mut receiver) = filled(4, 3);
    assert!(receiver.try_iter().eq(0..3));
    assert_eq!(receiver.try_iter().next(), None);
    sender.try_send(3).unwrap();
    assert!(receiver.try_iter().eq(3..4), "it goes on when asked again");
    let sending = thread::spawn(move || (4..100).for_each(|n| sender.blocking_send(n).unwrap()));
    assert!(receiver.iter().take(6).eq(4..10));
    assert!((&mut receiver).into_iter().take(10).eq(10..20));
    let mut rest = receiver.into_iter();
    assert!(rest.by_ref().eq(20..100));
    assert_eq!((rest.next(), rest.next()), (None, None));
    sending.join().unwrap();
}

#[test]
fn size_hints_count_what_is_there_and_what_may_come() {
    let (sender, mut receiver) = filled(4, 2);
    assert_eq!(receiver.size_hint(), (2, None));
    let permit = sender.try_reserve().unwrap();
    receiver.close();
    assert_eq!(receiver.size_hint(), (2, Some(3)));
    drop(permit);
    assert_eq!(receiver.size_hint(), (2, Some(2)));
    assert_eq!(drain(&mut receiver), [0, 1]);
    assert_eq!(receiver.size_hint(), (0, Some(0)));
}

fn batches_and_single_messages_keep_the_order<R: Runtime>() {
    const MESSAGES: u32 = 500;
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(7).overtaking(limit).channel();
        R::run_all([
            task(async move {
                let mut numbers = 0..MESSAGES;
                while !numbers.is_empty() {
                    sender.send_iter(&mut numbers.by_ref().take(10)).await.unwrap();
                    if let Some(n) = numbers.next() {
                        sender.send(n).await.unwrap();
                    }
                    yield_now().await;
                }
            }),
            task(async move {
                let mut received = vec![];
                let mut limits = (1..).flat_map(|n| [n % 9 + 1, usize::MAX]);
                while receiver.recv_many(&mut received, limits.next().unwrap()).await > 0 {
                    received.extend(receiver.recv().await);
                }
                assert!(received.into_iter().eq(0..MESSAGES), "on {}", R::NAME);
                assert_eq!(receiver.recv().await, None, "on {}", R::NAME);
            }),
        ]);
    }
}

for_each_runtime!(batches_and_single_messages_keep_the_order);

#[test]
fn counts_of_the_receiver_are_those_of_the_sender() {
    let (sender, mut receiver) = filled(4, 3);
    let _permit = sender.try_reserve().unwrap();
    assert_eq!((sender.len(), sender.is_empty(), sender.capacity(), sender.max_capacity()), (3, false, 0, 4));
    assert_eq!((receiver.len(), receiver.is_empty(), receiver.capacity(), receiver.max_capacity()), (3, false, 0, 4));
    assert_eq!(Poll::Ready(Some(0)), poll_recv(&mut receiver, &FlagWaker::new()));
    assert_eq!((sender.len(), receiver.len(), sender.capacity(), receiver.capacity()), (2, 2, 1, 1));
    let unused = channel::<u8>(3).1;
    assert!(unused.is_closed() && unused.is_empty());
}
