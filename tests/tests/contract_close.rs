//! The contract of closing: what is told to whom, in which state, and who is woken by what.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    task::{Context, Poll},
    time::Duration,
};

use behaviour::{LIMITS, Polled, drain, parked, poll_recv, strict};
use sakia::mpsc::{
    Builder, Receiver, channel,
    errors::{RecvTimeoutError, TryRecvError},
};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, task, yield_now};

/// A state of a channel of two slots.
#[derive(Clone, Copy, Debug)]
struct State {
    closed: bool,
    full: bool,
    /// An owned permit is out. It is a sender itself.
    permit: bool,
    /// A plain sender is left.
    sender: bool,
}

/// What comes after the messages.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Waits,
    Ends,
}

use After::{Ends, Waits};

/// (closed, full, permit, sender), what `is_closed` tells, and what comes when what is queued has been received.
type Row = ((bool, bool, bool, bool), bool, After);

const TRUTH: [Row; 16] = [
    ((false, false, false, false), true, Ends),
    ((false, false, false, true), false, Waits),
    ((false, false, true, false), false, Waits),
    ((false, false, true, true), false, Waits),
    ((false, true, false, false), true, Ends),
    ((false, true, false, true), false, Waits),
    ((false, true, true, false), false, Waits),
    ((false, true, true, true), false, Waits),
    ((true, false, false, false), true, Ends),
    ((true, false, false, true), true, Ends),
    ((true, false, true, false), true, Waits),
    ((true, false, true, true), true, Waits),
    ((true, true, false, false), true, Ends),
    ((true, true, false, true), true, Ends),
    ((true, true, true, false), true, Waits),
    ((true, true, true, true), true, Waits),
];

/// Runs a body in every state, with the receiver, what is queued, and what is true.
fn in_every_state(body: impl Fn(&mut Receiver<u32>, u32, bool, After, &str)) {
    for ((closed, full, permit, sender), is_closed, after) in TRUTH {
        let state = State { closed, full, permit, sender };
        let (first, mut receiver) = channel(2);
        let _permit = state.permit.then(|| first.clone().try_reserve_owned().unwrap());
        let mut queued = 0;
        while state.full && first.try_send(queued).is_ok() {
            queued += 1;
        }
        assert_eq!(queued, if full { 2 - u32::from(permit) } else { 0 });
        if state.closed {
            receiver.close();
        }
        let _sender = state.sender.then_some(first);
        body(&mut receiver, queued, is_closed, after, &format!("{state:?}"));
    }
}

#[test]
fn bug_14_try_recv_tells_the_truth_in_every_state() {
    in_every_state(|receiver, queued, _, after, state| {
        (0..queued).for_each(|n| assert_eq!(receiver.try_recv(), Ok(n), "{state}"));
        let expected = if after == Waits { TryRecvError::Empty } else { TryRecvError::Closed };
        (0..3).for_each(|_| assert_eq!(receiver.try_recv(), Err(expected), "{state}"));
        assert_eq!(receiver.try_peek(), Err(expected), "{state}");
    });
}

#[test]
fn bug_14_recv_tells_the_truth_in_every_state() {
    in_every_state(|receiver, queued, _, after, state| {
        let poll = |receiver: &mut Receiver<u32>| Polled::new(receiver.recv()).poll();
        (0..queued).for_each(|n| assert_eq!(poll(receiver), Poll::Ready(Some(n)), "{state}"));
        let expected = if after == Waits { Poll::Pending } else { Poll::Ready(None) };
        (0..3).for_each(|_| assert_eq!(poll(receiver), expected, "{state}"));
        assert_eq!(Polled::new(receiver.peek()).poll().map(|message| message.copied()), expected, "{state}");
    });
}

#[test]
fn bug_14_poll_recv_and_poll_recv_many_tell_the_truth_in_every_state() {
    let flag = FlagWaker::new();
    in_every_state(|receiver, queued, _, after, state| {
        (0..queued).for_each(|n| assert_eq!(poll_recv(receiver, &flag), Poll::Ready(Some(n)), "{state}"));
        let expected = if after == Waits { Poll::Pending } else { Poll::Ready(None) };
        (0..3).for_each(|_| assert_eq!(poll_recv(receiver, &flag), expected, "{state}"));
    });
    in_every_state(|receiver, queued, _, after, state| {
        let waker = flag.waker();
        let mut context = Context::from_waker(&waker);
        let mut buffer = vec![];
        let mut poll = |limit| receiver.poll_recv_many(&mut context, &mut buffer, limit);
        assert_eq!(poll(0), Poll::Ready(0), "{state}");
        if queued > 0 {
            assert_eq!(poll(5), Poll::Ready(queued as usize), "{state}");
        }
        let expected = if after == Waits { Poll::Pending } else { Poll::Ready(0) };
        (0..3).for_each(|_| assert_eq!(poll(5), expected, "{state}"));
    });
}

#[test]
fn bug_14_is_closed_and_len_tell_the_truth_in_every_state() {
    in_every_state(|receiver, queued, is_closed, _, state| {
        for left in (0..=queued as usize).rev() {
            assert_eq!(receiver.is_closed(), is_closed, "{state}");
            assert_eq!((receiver.len(), receiver.is_empty()), (left, left == 0), "{state}");
            let _ = receiver.try_recv();
        }
        assert_eq!(receiver.is_closed(), is_closed, "{state}");
    });
}

#[test]
fn bug_14_blocking_calls_tell_the_truth_in_every_state() {
    in_every_state(|receiver, queued, _, after, state| {
        (0..queued).for_each(|n| assert_eq!(receiver.blocking_recv_timeout(Duration::ZERO), Ok(n), "{state}"));
        let expected = if after == Waits { RecvTimeoutError::Timeout } else { RecvTimeoutError::Closed };
        assert_eq!(receiver.blocking_recv_timeout(Duration::ZERO), Err(expected), "{state}");
        if after == Ends {
            assert_eq!((receiver.blocking_recv(), receiver.blocking_recv_many(&mut vec![], 1)), (None, 0), "{state}");
        }
    });
}

#[test]
fn closing_twice_is_closing_once_and_none_comes_for_ever() {
    let (sender, mut receiver) = channel(1);
    sender.try_send(1).unwrap();
    receiver.close();
    receiver.close();
    let flag = FlagWaker::new();
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(Some(1)));
    (0..5).for_each(|_| assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None)));
    receiver.close();
    drop(sender);
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
    assert_eq!((flag.wakes(), flag.wakers()), (0, 0));
}

#[test]
fn a_sender_that_has_got_room_but_was_not_polled_before_the_closing_fails() {
    for limit in LIMITS {
        for cancelled in [false, true] {
            let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
            let flag = FlagWaker::new();
            let permit = sender.try_reserve().unwrap();
            let mut waiting = parked(sender.send(1));
            drop(permit);
            assert_eq!(waiting.wakes(), 1);
            receiver.close();
            let polled = poll_recv(&mut receiver, &flag);
            if limit == 0 {
                assert!(polled.is_pending(), "its room is still out");
            }
            if !cancelled {
                assert_eq!(waiting.ready().unwrap_err().into_inner(), 1);
            }
            drop(waiting);
            assert_eq!(flag.take(), usize::from(polled.is_pending()));
            assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
        }
    }
}

#[test]
fn each_permit_that_sends_wakes_a_closed_receiver() {
    let (sender, mut receiver) = channel(3);
    let flag = FlagWaker::new();
    let permit = sender.try_reserve().unwrap();
    let owned = sender.clone().try_reserve_owned().unwrap();
    let mut many = sender.try_reserve_many(1).unwrap();
    receiver.close();
    let sends: [Box<dyn FnOnce() + '_>; 3] =
        [Box::new(|| permit.send(0)), Box::new(|| drop(owned.send(1))), Box::new(|| many.next().unwrap().send(2))];
    for (n, send) in sends.into_iter().enumerate() {
        assert!(poll_recv(&mut receiver, &flag).is_pending());
        send();
        assert_eq!(flag.take(), 1);
        assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(Some(n)));
    }
    assert_eq!(poll_recv(&mut receiver, &flag), Poll::Ready(None));
}

#[test]
fn a_permit_that_is_not_the_last_wakes_no_closed_receiver() {
    let (sender, mut receiver) = channel::<u8>(4);
    let flag = FlagWaker::new();
    let [first, last] = [(); 2].map(|()| sender.try_reserve().unwrap());
    let owned = sender.clone().try_reserve_owned().unwrap();
    let many = sender.try_reserve_many(1).unwrap();
    receiver.close();
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    drop(first);
    drop(owned.release());
    drop(many);
    drop(sender.clone());
    assert_eq!(flag.take(), 0);
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    drop(last);
    assert_eq!(flag.take(), 1);
}

#[test]
fn nothing_wakes_an_open_receiver_but_a_message_and_the_end() {
    let (sender, mut receiver) = channel(2);
    let flag = FlagWaker::new();
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    drop(sender.try_reserve().unwrap());
    drop(sender.try_reserve_many(2).unwrap());
    drop(sender.clone().try_reserve_owned().unwrap());
    drop(sender.downgrade().upgrade());
    drop(parked(sender.closed()));
    let both = sender.try_reserve_many(2).unwrap();
    assert!(sender.try_send(1).is_err());
    drop(parked(sender.send(1)));
    assert_eq!(flag.take(), 0);
    both.for_each(|permit| permit.send(2));
    assert_eq!(flag.take(), 1, "once for both");
    assert_eq!(drain(&mut receiver), [2, 2]);
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    drop(sender);
    assert_eq!(flag.take(), 1);
}

#[test]
fn closing_wakes_who_waits_once_and_not_the_receiver() {
    let (sender, mut receiver) = strict(1);
    let flag = FlagWaker::new();
    let permit = sender.try_reserve().unwrap();
    let waiting = parked(sender.send(1));
    let listening = parked(sender.closed());
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    receiver.close();
    receiver.close();
    assert_eq!((waiting.wakes(), listening.wakes(), flag.take()), (1, 1, 0));
    drop(permit);
    assert_eq!((waiting.wakes(), listening.wakes(), flag.take()), (0, 0, 1));
}

fn a_closed_channel_delivers_what_was_promised<R: Runtime>() {
    let (sender, mut receiver) = channel(4);
    R::run_all([
        task(async move {
            sender.send(0).await.unwrap();
            let permits = sender.reserve_many(3).await.unwrap();
            sender.closed().await;
            assert!(sender.send(9).await.is_err() && sender.reserve().await.is_err());
            for (permit, n) in permits.zip(1..3) {
                yield_now().await;
                permit.send(n);
            }
            // The third goes back unused.
        }),
        task(async move {
            while receiver.capacity() > 0 {
                yield_now().await;
            }
            receiver.close();
            for n in 0..3 {
                assert_eq!(receiver.recv().await, Some(n), "on {}", R::NAME);
            }
            assert_eq!(receiver.recv().await, None, "on {}", R::NAME);
        }),
    ]);
}

for_each_runtime!(a_closed_channel_delivers_what_was_promised);
