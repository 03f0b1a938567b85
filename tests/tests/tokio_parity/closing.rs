// Every order of close, drop, cancel, permit and wake.

use super::mpsc::{self, error::*};
use crate::support::{Flag, is_pending, now, ready};
use core::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
};
use std::sync::Arc;

#[test]
fn close_refuses_new_messages_and_keeps_the_queued() {
    let (tx, mut rx) = mpsc::channel(4);
    tx.try_send(1).unwrap();
    rx.close();
    rx.close();
    assert!(tx.is_closed() && rx.is_closed());
    assert_eq!(tx.try_send(2), Err(TrySendError::Closed(2)));
    assert_eq!(ready(tx.send(3)), Err(SendError(3)));
    assert!(ready(tx.reserve()).is_err() && ready(tx.reserve_many(1)).is_err() && ready(tx.reserve_many(0)).is_err());
    assert!(matches!(tx.try_reserve(), Err(TrySendError::Closed(()))));
    assert!(matches!(tx.try_reserve_many(0), Err(TrySendError::Closed(()))));
    assert!(matches!(tx.try_reserve_many(5), Err(TrySendError::Full(()))));
    assert_eq!((tx.capacity(), rx.len()), (3, 1));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Err(TryRecvError::Disconnected)));
    assert_eq!((ready(rx.recv()), ready(rx.recv())), (None, None));
    assert_eq!(tx.capacity(), 4);
}

#[test]
fn a_dropped_receiver_gives_messages_back() {
    let (tx, rx) = mpsc::channel(1);
    tx.try_send(1).unwrap();
    let flag = Flag::new();
    let mut send = pin!(tx.send(2));
    assert!(flag.poll(send.as_mut()).is_pending());
    drop(rx);
    assert_eq!(flag.wakes(), 1);
    assert_eq!(now(send), Poll::Ready(Err(SendError(2))));
    assert_eq!(tx.try_send(3), Err(TrySendError::Closed(3)));
    assert_eq!(tx.blocking_send(4), Err(SendError(4)));
}

#[test]
fn closed_is_told_to_all_who_wait_for_it() {
    for dropped in [false, true] {
        let (tx, mut rx) = mpsc::channel::<u8>(1);
        let other = tx.clone();
        let flags = [Flag::new(), Flag::new()];
        let mut one = pin!(tx.closed());
        let mut two = pin!(other.closed());
        assert!(flags[0].poll(one.as_mut()).is_pending() && flags[1].poll(two.as_mut()).is_pending());
        if dropped {
            drop(rx);
        } else {
            rx.close();
        }
        assert_eq!(flags.each_ref().map(|flag| flag.wakes()), [1, 1]);
        assert!(now(one).is_ready() && now(two).is_ready());
        ready(async { tx.closed().await });
    }
    let (tx, mut rx) = mpsc::unbounded_channel::<u8>();
    let flag = Flag::new();
    let mut closed = pin!(tx.closed());
    assert!(flag.poll(closed.as_mut()).is_pending());
    rx.close();
    assert!(flag.wakes() == 1 && now(closed).is_ready());
}

/// The last sender goes; with or without messages, with the receiver parked or not.
#[test]
fn the_last_sender_ends_the_channel() {
    for queued in [0, 1] {
        let (tx, mut rx) = mpsc::channel(2);
        let other = tx.clone();
        (0..queued).for_each(|n| tx.try_send(n).unwrap());
        drop(tx);
        assert!(!rx.is_closed());
        drop(other);
        assert!(rx.is_closed());
        (0..queued).for_each(|n| assert_eq!(ready(rx.recv()), Some(n)));
        assert_eq!((ready(rx.recv()), rx.try_recv()), (None, Err(TryRecvError::Disconnected)));
    }
    let (tx, mut rx) = mpsc::channel::<u8>(1);
    let flag = Flag::new();
    let mut recv = pin!(rx.recv());
    assert!(flag.poll(recv.as_mut()).is_pending());
    drop(tx);
    assert!(flag.wakes() == 1 && now(recv) == Poll::Ready(None));
}

/// `try_recv` in every state: open or closed, with or without a message, a permit, a sender.
#[test]
fn the_truth_table_of_try_recv() {
    for (close, message, permit, sender) in (0..16).map(|n| (n & 1 > 0, n & 2 > 0, n & 4 > 0, n & 8 > 0)) {
        let (tx, mut rx) = mpsc::channel(4);
        if message {
            tx.try_send(1).unwrap();
        }
        let held = permit.then(|| tx.clone().try_reserve_owned().unwrap());
        let kept = sender.then(|| tx.clone());
        drop(tx);
        if close {
            rx.close();
        }
        let finished = !permit && (close || !sender);
        let expected = match (message, finished) {
            (true, _) => Ok(1),
            (false, true) => Err(TryRecvError::Disconnected),
            (false, false) => Err(TryRecvError::Empty),
        };
        assert_eq!(rx.try_recv(), expected, "{close} {message} {permit} {sender}");
        assert_eq!(is_pending(rx.recv()), !finished);
        assert_eq!(rx.is_closed(), close || !(sender || permit));
        drop((held, kept));
        assert_eq!(ready(rx.recv()), None);
    }
}

/// A closed receiver is parked until the last permit is used or given up, in each way.
#[test]
fn permits_end_a_closed_channel() {
    type Way = fn(mpsc::OwnedPermit<u8>);
    let ways: [(Way, Option<u8>); 3] = [(|p| drop(p), None), (|p| drop(p.release()), None), (|p| drop(p.send(7)), Some(7))];
    for (way, received) in ways {
        let (tx, mut rx) = mpsc::channel(3);
        let first = tx.clone().try_reserve_owned().unwrap();
        let last = tx.clone().try_reserve_owned().unwrap();
        rx.close();
        let flag = Flag::new();
        assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
        drop(first);
        assert_eq!(flag.wakes(), 0, "one is still out");
        way(last);
        assert_eq!(flag.wakes(), 1);
        if received.is_some() {
            assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(received));
        }
        assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(None));
        drop(tx);
    }
}

#[test]
fn borrowed_permits_end_a_closed_channel() {
    let (tx, mut rx) = mpsc::channel(3);
    let permit = tx.try_reserve().unwrap();
    let many = tx.try_reserve_many(2).unwrap();
    rx.close();
    let flag = Flag::new();
    assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
    permit.send(1);
    assert_eq!(flag.wakes(), 1);
    assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(Some(1)));
    assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
    drop(many);
    assert_eq!(flag.wakes(), 2);
    assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(None));
}

/// A waiter that was given room before the closing, and one that gathers, hold the channel until they are polled or
/// dropped.
#[test]
fn waiters_with_room_hold_a_closed_channel() {
    for cancel in [false, true] {
        let (tx, mut rx) = mpsc::channel(2);
        tx.try_send(1).unwrap();
        tx.try_send(2).unwrap();
        let mut granted = Box::pin(tx.reserve());
        let mut gathering = Box::pin(tx.reserve_many(2));
        assert!(now(granted.as_mut()).is_pending() && now(gathering.as_mut()).is_pending());
        assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Ok(2)));
        assert_eq!(tx.capacity(), 0);
        rx.close();
        let flag = Flag::new();
        assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
        if cancel {
            drop(granted);
        } else {
            assert!(matches!(now(granted.as_mut()), Poll::Ready(Err(SendError(())))));
        }
        assert_eq!(flag.wakes(), 0, "one holds room still");
        if cancel {
            drop(gathering);
        } else {
            assert!(matches!(now(gathering.as_mut()), Poll::Ready(Err(SendError(())))));
        }
        assert_eq!(flag.wakes(), 1);
        assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(None));
    }
}

#[test]
fn all_waiters_are_woken_by_the_closing() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.try_send(0).unwrap();
    let flags: Vec<_> = (0..40).map(|_| Flag::new()).collect();
    let mut sends: Vec<_> = (0..40).map(|n| Box::pin(tx.send(n))).collect();
    for (flag, send) in flags.iter().zip(&mut sends) {
        assert!(flag.poll(send.as_mut()).is_pending());
    }
    rx.close();
    assert!(flags.iter().all(|flag| flag.wakes() == 1));
    for (n, send) in sends.iter_mut().enumerate() {
        assert_eq!(now(send.as_mut()), Poll::Ready(Err(SendError(n))));
    }
}

/// Counts its drops.
#[derive(Clone)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_dropped_receiver_drops_what_is_queued_at_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = mpsc::channel(50);
    (0..50).for_each(|_| assert!(tx.try_send(Counted(drops.clone())).is_ok()));
    drop(rx);
    assert_eq!(drops.load(Ordering::SeqCst), 50);
    let (tx, rx) = mpsc::unbounded_channel();
    (0..50).for_each(|_| assert!(tx.send(Counted(drops.clone())).is_ok()));
    drop(rx);
    assert_eq!(drops.load(Ordering::SeqCst), 100);
}

/// The message of a permit that outlives the receiver is dropped with the last handle at the latest.
#[test]
fn a_permit_outlives_the_receiver() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = mpsc::channel(1);
    let permit = tx.clone().try_reserve_owned().unwrap();
    drop(rx);
    drop(permit.send(Counted(drops.clone())));
    drop(tx);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn a_weak_sender_of_a_closed_channel() {
    let (tx, mut rx) = mpsc::channel::<u8>(1);
    let weak = tx.downgrade();
    rx.close();
    assert!(weak.upgrade().unwrap().is_closed());
    drop(rx);
    assert!(weak.upgrade().is_some());
    drop(tx);
    assert!(weak.upgrade().is_none());
}

#[test]
fn the_receivers_waker_goes_with_it() {
    let (tx, mut rx) = mpsc::channel::<u8>(1);
    let flag = Flag::new();
    assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
    assert_eq!(Arc::strong_count(&flag), 2);
    drop(rx);
    assert_eq!(Arc::strong_count(&flag), 1);
    drop(tx);
}

#[test]
fn unbounded_closing() {
    let (tx, mut rx) = mpsc::unbounded_channel();
    tx.send(1).unwrap();
    rx.close();
    assert!(tx.is_closed() && rx.is_closed());
    assert_eq!(tx.send(2), Err(SendError(2)));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Err(TryRecvError::Disconnected)));
    assert_eq!(ready(rx.recv()), None);
    let (tx, rx) = mpsc::unbounded_channel();
    drop(rx);
    assert_eq!(tx.send(3), Err(SendError(3)));
}
