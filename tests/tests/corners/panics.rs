//! Wakers, messages, iterators and buffers that panic: the channel stays whole, and drops nothing twice.

use core::{
    pin::Pin,
    task::{Context, Poll, Waker},
};
use std::sync::Arc;

use sakia::mpsc::{Builder, PollSender, Receiver, Sender, errors::TrySendError};
use sakia_tests::FlagWaker;

use crate::{
    assert_whole,
    behaviour::{
        Drops, LIMITS, Message, Polled, drain, now, panic_of, parked, poll_recv,
        wakers::{Hooks, hooked, not_to_be_cloned, panic, panicking, panics},
    },
};

/// Runs it for every limit, with a full channel of two.
fn with_full(body: impl Fn(Sender<u32>, Receiver<u32>)) {
    for limit in LIMITS {
        let (sender, receiver) = Builder::new(2).overtaking(limit).channel();
        (0..2).for_each(|n| sender.try_send(n).unwrap());
        body(sender, receiver);
    }
}

/// Only clones are dropped in these tests.
fn dropped() -> core::mem::ManuallyDrop<Waker> {
    core::mem::ManuallyDrop::new(hooked(Hooks { drop: panic(), ..Hooks::default() }))
}

/// The two that wait in a channel get through, in their order.
fn serve<T>(sender: &Sender<u32>, receiver: &mut Receiver<u32>, mut waiting: Vec<Polled<'_, T>>) {
    let mut polls = 0;
    while !waiting.is_empty() {
        waiting.retain_mut(|waiting| waiting.poll().is_pending());
        drain(receiver);
        polls += 1;
        assert!(polls < 10, "some wait for ever");
    }
    drain(receiver);
    assert_whole(sender, receiver);
}

/// The same for one that is a future and one that is polled, whose waker is of this counter.
fn serve_polled<T>(
    receiver: &mut Receiver<u32>,
    mut future: Polled<'_, T>,
    mut polled: Pin<Box<PollSender<u32>>>,
    flag: &Arc<FlagWaker>,
) {
    let mut pending = (true, true);
    for _ in 0..4 {
        pending.0 = pending.0 && future.poll().is_pending();
        drain(receiver);
        if pending.1 && flag.wakes() > 0 {
            assert!(polled.as_mut().poll_ready(&mut Context::from_waker(&flag.waker())).is_ready());
            polled.as_mut().start_send(7).unwrap();
            pending.1 = false;
        }
    }
    assert_eq!(pending, (false, false), "one waits for ever");
    drop(polled);
    drain(receiver);
}

#[test]
fn a_waker_that_cannot_be_cloned_does_not_wait() {
    with_full(|sender, mut receiver| {
        let mut first = Polled::new(sender.send(2));
        panics(|| first.poll_with(&not_to_be_cloned()));
        let second = parked(sender.send(3));
        drop(first);
        // As the replacement of another, too; one that is polled by hand goes on waiting.
        let mut third = parked(sender.send(4));
        panics(|| third.poll_with(&not_to_be_cloned()));
        let mut fourth = Box::pin(PollSender::new(sender.clone()));
        let flag = FlagWaker::new();
        assert!(fourth.as_mut().poll_ready(&mut Context::from_waker(&flag.waker())).is_pending());
        panics(|| fourth.as_mut().poll_ready(&mut Context::from_waker(&not_to_be_cloned())));
        let mut closed = parked(sender.closed());
        panics(|| closed.poll_with(&not_to_be_cloned()));
        drop(closed);
        assert_eq!(receiver.try_recv(), Ok(0));
        assert_eq!(second.wakes(), 1);
        drop(third);
        serve_polled(&mut receiver, second, fourth, &flag);
        panics(|| receiver.poll_recv(&mut Context::from_waker(&not_to_be_cloned())));
        assert_whole(&sender, &mut receiver);
    });
}

#[test]
fn a_sender_that_panics_when_woken_has_its_slot() {
    with_full(|sender, mut receiver| {
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&panicking()).is_pending());
        let second = parked(sender.send(3));
        // The message that was being received is gone with the panic, its slot is not.
        panics(|| receiver.try_recv());
        assert_eq!(receiver.len(), 1);
        serve(&sender, &mut receiver, vec![first, second]);
    });
    with_full(|sender, mut receiver| {
        drain(&mut receiver);
        let permits = sender.try_reserve_many(2).unwrap();
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&panicking()).is_pending());
        let second = parked(sender.send(3));
        panics(|| drop(permits));
        serve(&sender, &mut receiver, vec![first, second]);
    });
    with_full(|sender, mut receiver| {
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&panicking()).is_pending());
        let second = parked(sender.send(3));
        let mut buffer = vec![];
        panics(|| now(receiver.recv_many(&mut buffer, 2)));
        assert_eq!(buffer, [0, 1]);
        assert_eq!(receiver.len(), 0);
        serve(&sender, &mut receiver, vec![first, second]);
    });
}

#[test]
fn a_sender_that_panics_when_the_channel_is_closed_leaves_it_closed() {
    for by_drop in [false, true] {
        with_full(|sender, mut receiver| {
            let mut first = Polled::new(sender.send(2));
            assert!(first.poll_with(&panicking()).is_pending());
            let mut second = parked(sender.send(3));
            let mut closed = parked(sender.closed());
            if by_drop {
                panics(move || drop(receiver));
                assert_eq!((sender.len(), sender.capacity()), (0, 2));
            } else {
                panics(|| receiver.close());
                assert_eq!(drain(&mut receiver), [0, 1]);
                assert_eq!(now(receiver.recv()), None);
            }
            assert_eq!((second.wakes(), closed.wakes()), (1, 1));
            assert!(first.ready().is_err() && second.ready().is_err());
            closed.ready();
            assert_eq!(sender.try_send(0), Err(TrySendError::Closed(0)));
        });
    }
}

#[test]
fn a_receiver_that_panics_when_woken_has_the_message() {
    let sends: [fn(&Sender<u32>); 5] = [
        |sender| sender.try_send(5).unwrap(),
        |sender| now(sender.send(5)).unwrap(),
        |sender| sender.try_reserve().unwrap().send(5),
        |sender| drop(sender.clone().try_reserve_owned().unwrap().send(5)),
        |sender| assert_eq!(now(sender.send_iter(&mut [5].into_iter())), Ok(1)),
    ];
    for send in sends {
        with_full(|sender, mut receiver| {
            drain(&mut receiver);
            assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
            panics(|| send(&sender));
            assert_eq!((sender.len(), sender.strong_count()), (1, 1));
            assert_eq!(drain(&mut receiver), [5]);
            assert_whole(&sender, &mut receiver);
        });
    }
    with_full(|sender, mut receiver| {
        drain(&mut receiver);
        assert!(receiver.poll_recv(&mut Context::from_waker(&panicking())).is_pending());
        panics(move || drop(sender));
        assert_eq!(now(receiver.recv()), None);
    });
}

#[test]
fn a_waker_that_panics_when_dropped_leaves_the_queue_in_order() {
    with_full(|sender, mut receiver| {
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&dropped()).is_pending());
        let second = parked(sender.send(3));
        let flag = FlagWaker::new();
        panics(|| first.poll_with(&flag.waker()));
        drop(first);
        serve(&sender, &mut receiver, vec![second]);
    });
    with_full(|sender, mut receiver| {
        // One that is polled by hand goes on waiting, with the new waker.
        let mut first = Box::pin(PollSender::new(sender.clone()));
        assert!(first.as_mut().poll_ready(&mut Context::from_waker(&dropped())).is_pending());
        let second = parked(sender.send(3));
        let flag = FlagWaker::new();
        panics(|| first.as_mut().poll_ready(&mut Context::from_waker(&flag.waker())));
        receiver.try_recv().unwrap();
        assert_eq!(flag.wakes(), 1);
        serve_polled(&mut receiver, second, first, &flag);
        assert_whole(&sender, &mut receiver);
    });
    with_full(|sender, mut receiver| {
        let mut first = Polled::new(sender.send(2));
        assert!(first.poll_with(&dropped()).is_pending());
        let second = parked(sender.send(3));
        panics(move || drop(first));
        serve(&sender, &mut receiver, vec![second]);
    });
    with_full(|sender, mut receiver| {
        drain(&mut receiver);
        assert!(receiver.poll_recv(&mut Context::from_waker(&dropped())).is_pending());
        panics(|| poll_recv(&mut receiver, &FlagWaker::new()));
        assert_whole(&sender, &mut receiver);
        assert!(receiver.poll_recv(&mut Context::from_waker(&dropped())).is_pending());
        panics(move || drop(receiver));
        assert!(sender.is_closed() && sender.try_send(0).is_err());
    });
}

fn channel_of_messages(limit: u32) -> (Sender<Message>, Receiver<Message>, Drops) {
    let (sender, receiver) = Builder::new(4).overtaking(limit).channel();
    (sender, receiver, Drops::new())
}

const IN_DROP: &str = "a message's drop panics";

#[test]
fn a_message_that_panics_in_its_drop_is_dropped_once_and_so_are_the_others() {
    for limit in LIMITS {
        for at in 0..4 {
            let (sender, receiver, drops) = channel_of_messages(limit);
            let message = |n| if n == at { drops.panicking(n) } else { drops.message(n) };
            (0..4).for_each(|n| assert!(sender.try_send(message(n)).is_ok()));
            let mut waiting = parked(sender.send(drops.message(4)));
            assert_eq!(panic_of(move || drop(receiver)).unwrap().message, IN_DROP);
            assert_eq!((drops.count(), waiting.wakes()), (4, 1));
            assert!(waiting.ready().is_err());
            assert_eq!((drops.count(), sender.len(), sender.capacity()), (5, 0, 4));
            drop(waiting);
            drop(sender);
            assert_eq!(drops.count(), 5);
        }
    }
}

#[test]
fn a_message_that_panics_when_its_future_is_dropped_leaves_the_queue() {
    for limit in LIMITS {
        // Waiting, and granted.
        for granted in [false, true] {
            let (sender, mut receiver, drops) = channel_of_messages(limit);
            (0..4).for_each(|n| assert!(sender.try_send(drops.message(n)).is_ok()));
            let first = parked(sender.send(drops.panicking(4)));
            let mut second = parked(sender.send(drops.message(5)));
            if granted {
                drop(receiver.try_recv());
                assert_eq!(first.wakes(), 1);
            }
            assert_eq!(panic_of(move || drop(first)).unwrap().message, IN_DROP);
            drop(receiver.try_recv());
            assert_eq!(second.wakes(), 1);
            assert!(second.ready().is_ok());
            let left = drain(&mut receiver).into_iter().map(|message| message.n).last();
            assert_eq!((left, drops.count(), receiver.capacity()), (Some(5), 6, 4));
        }
    }
}

#[test]
fn a_message_that_panics_where_a_permit_sends_it_to_nobody_costs_no_slot() {
    let (sender, receiver, drops) = channel_of_messages(0);
    let (permit, owned) = (sender.try_reserve().unwrap(), sender.clone().try_reserve_owned().unwrap());
    drop(receiver);
    assert_eq!(panic_of(move || permit.send(drops.panicking(0))).unwrap().message, IN_DROP);
    assert_eq!((sender.capacity(), sender.strong_count()), (3, 2));
    let drops = Drops::new();
    assert_eq!(panic_of(|| owned.send(drops.panicking(0))).unwrap().message, IN_DROP);
    assert_eq!((sender.capacity(), sender.strong_count(), drops.count()), (4, 1, 1));
}

#[test]
fn an_iterator_that_panics_has_sent_what_it_gave_and_holds_no_slot() {
    for limit in LIMITS {
        for capacity in [1_usize, 2, 5, 40] {
            for at in [0, 1, 2, 15, 16, 17, 30] {
                let (sender, mut receiver) = Builder::new(capacity).overtaking(limit).channel();
                let mut messages = (0..50_u32).inspect(|&n| assert!(n < at, "a waker panics"));
                let mut sending = Polled::new(sender.send_iter(&mut messages));
                let mut received = vec![];
                let panic = loop {
                    let mut outcome = None;
                    let panic = panic_of(|| outcome = Some(sending.poll()));
                    received.extend(drain(&mut receiver));
                    if panic.is_some() {
                        break panic;
                    }
                    assert!(outcome.unwrap().is_pending());
                };
                assert_eq!(panic.unwrap().message, "a waker panics");
                drop(sending);
                assert!(received.into_iter().eq(0..at), "capacity {capacity}, panic at {at}");
                assert_eq!(messages.len(), 50 - 1 - at as usize, "the rest is still there");
                assert_whole(&sender, &mut receiver);
            }
        }
    }
}

/// Takes some, drops one and panics, or goes on.
struct Picky {
    messages: Vec<Message>,
    most: usize,
    panics: bool,
}

impl Extend<Message> for Picky {
    fn extend<I: IntoIterator<Item = Message>>(&mut self, messages: I) {
        let mut messages = messages.into_iter();
        self.messages.extend(messages.by_ref().take(self.most));
        if self.panics {
            let _lost = messages.next();
            panic!("a waker panics");
        }
    }
}

#[test]
fn a_buffer_that_panics_or_takes_less_leaves_the_rest_in_the_channel() {
    for limit in LIMITS {
        for (most, panics_then) in [(0, false), (2, false), (4, false), (0, true), (1, true), (3, true)] {
            let (sender, mut receiver, drops) = channel_of_messages(limit);
            (0..4).for_each(|n| assert!(sender.try_send(drops.message(n)).is_ok()));
            let mut waiting = parked(sender.send(drops.message(4)));
            let mut buffer = Picky { messages: vec![], most, panics: panics_then };
            let taken = most + usize::from(panics_then);
            if panics_then {
                panics(|| now(receiver.recv_many(&mut buffer, 9)));
            } else {
                assert_eq!(now(receiver.recv_many(&mut buffer, 9)), taken);
            }
            assert_eq!((receiver.len(), waiting.wakes()), (4 - taken, usize::from(taken > 0)));
            assert!(buffer.messages.iter().map(|message| message.n).eq(0..most as u32));
            assert_eq!(drops.count(), usize::from(panics_then));
            assert_eq!(matches!(waiting.poll(), Poll::Ready(Ok(()))), taken > 0);
            let rest = drain(&mut receiver);
            assert!(rest.iter().map(|message| message.n).eq(taken as u32..4 + u32::from(taken > 0)));
            drop((buffer, rest, waiting));
            drain(&mut receiver);
            assert_eq!((drops.count(), receiver.capacity()), (5, 4));
        }
    }
}
