// The calls of open channels, one by one.

use super::mpsc::{self, error::*};
use crate::support::{Flag, is_pending, now, panic_of, ready};
use core::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::Poll,
};
use std::sync::Arc;

#[test]
fn constructors() {
    let (message, file) = panic_of(|| mpsc::channel::<u8>(0)).unwrap();
    assert_eq!(message, "mpsc bounded channel requires buffer > 0");
    assert!(file.ends_with("calls.rs"), "{file}");
    let most = super::MOST;
    for buffer in [most + 1, usize::MAX] {
        let (message, _) = panic_of(|| mpsc::channel::<u8>(buffer)).unwrap();
        assert_eq!(message, format!("a semaphore may not have more than MAX_PERMITS permits ({most})"));
    }
    for buffer in [1, 2, 31, 32, 33, 1_000_000, most] {
        let (tx, rx) = mpsc::channel::<u8>(buffer);
        assert_eq!((tx.capacity(), tx.max_capacity()), (buffer, buffer));
        assert_eq!((rx.capacity(), rx.max_capacity()), (buffer, buffer));
    }
}

#[test]
fn a_huge_capacity_is_exact() {
    let most = super::MOST;
    let (tx, mut rx) = mpsc::channel(most);
    let permits = tx.try_reserve_many(most - 1).unwrap();
    tx.try_send(1).unwrap();
    assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!(tx.capacity(), 0);
    drop(permits);
    assert_eq!((tx.capacity(), rx.try_recv()), (most - 1, Ok(1)));
    assert!(ready(tx.reserve_many(most)).is_ok() && ready(tx.reserve_many(most + 1)).is_err());
}

#[test]
fn sends_and_receives_in_order() {
    let (tx, mut rx) = mpsc::channel(2);
    ready(tx.send(1)).unwrap();
    tx.try_send(2).unwrap();
    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!((rx.len(), rx.is_empty(), tx.capacity()), (2, false, 0));
    assert_eq!(ready(rx.recv()), Some(1));
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert!(is_pending(rx.recv()));
    assert_eq!((rx.len(), rx.is_empty(), tx.capacity()), (0, true, 2));
}

#[test]
fn a_send_that_was_ready_is_not_polled_again() {
    let (tx, mut rx) = mpsc::channel(1);
    let mut at_once = Box::pin(tx.send(1));
    assert_eq!(ready(at_once.as_mut()), Ok(()));
    let mut later = Box::pin(tx.send(2));
    assert!(is_pending(later.as_mut()));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(ready(later.as_mut()), Ok(()));
    for send in [&mut at_once, &mut later] {
        assert!(panic_of(|| is_pending(send.as_mut())).is_some());
    }
    assert_eq!((rx.try_recv(), rx.try_recv(), tx.capacity()), (Ok(2), Err(TryRecvError::Empty), 1));
}

#[test]
fn a_cancelled_send_has_not_sent() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.try_send(1).unwrap();
    assert!(is_pending(tx.send(2)));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(tx.capacity(), 1);
}

#[test]
fn waiting_senders_are_served_in_order_and_not_overtaken() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.try_send(0).unwrap();
    let (first, second) = (Flag::new(), Flag::new());
    let mut one = pin!(tx.send(1));
    let mut two = pin!(tx.send(2));
    assert!(first.poll(one.as_mut()).is_pending());
    assert!(second.poll(two.as_mut()).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((first.wakes(), second.wakes(), tx.capacity()), (1, 0, 0));
    assert_eq!(tx.try_send(9), Err(TrySendError::Full(9)));
    assert!(second.poll(two.as_mut()).is_pending());
    assert_eq!(first.poll(one.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll(two.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(rx.try_recv(), Ok(2));
}

#[test]
fn the_room_of_a_cancelled_send_is_free_when_its_message_is_dropped() {
    /// Tells the capacity when it is dropped.
    struct Seen(Option<(mpsc::Sender<Seen>, Arc<AtomicUsize>)>);
    impl Drop for Seen {
        fn drop(&mut self) {
            if let Some((tx, capacity)) = self.0.take() {
                capacity.store(tx.capacity(), Relaxed);
            }
        }
    }
    let (tx, mut rx) = mpsc::channel(1);
    let capacity = Arc::new(AtomicUsize::new(usize::MAX));
    assert!(tx.try_send(Seen(None)).is_ok());
    let mut waiting = Box::pin(tx.send(Seen(Some((tx.clone(), capacity.clone())))));
    assert!(is_pending(waiting.as_mut()));
    assert!(rx.try_recv().is_ok());
    assert_eq!(tx.capacity(), 0);
    drop(waiting);
    assert_eq!(capacity.load(Relaxed), 1);
}

#[test]
fn a_cancelled_waiter_passes_its_room_on() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.try_send(0).unwrap();
    let (first, second) = (Flag::new(), Flag::new());
    let mut one = Box::pin(tx.send(1));
    let mut two = pin!(tx.send(2));
    assert!(first.poll(one.as_mut()).is_pending());
    assert!(second.poll(two.as_mut()).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    drop(one);
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll(two.as_mut()), Poll::Ready(Ok(())));
}

#[test]
fn permits_hold_room() {
    let (tx, mut rx) = mpsc::channel(2);
    let permit = ready(tx.reserve()).unwrap();
    assert_eq!(tx.capacity(), 1);
    tx.try_send(1).unwrap();
    assert!(matches!(tx.try_reserve(), Err(TrySendError::Full(()))));
    permit.send(2);
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Ok(2)));
    drop(tx.try_reserve().unwrap());
    assert_eq!(tx.capacity(), 2);
}

#[test]
fn permits_in_numbers() {
    let (tx, mut rx) = mpsc::channel(4);
    let mut permits = ready(tx.reserve_many(3)).unwrap();
    assert_eq!((permits.len(), permits.size_hint(), tx.capacity()), (3, (3, Some(3)), 1));
    let one = permits.next().unwrap();
    drop(permits);
    assert_eq!(tx.capacity(), 3);
    one.send(1);
    assert_eq!(rx.try_recv(), Ok(1));
    assert!(matches!(ready(tx.reserve_many(5)), Err(SendError(()))));
    assert!(ready(tx.reserve_many(usize::MAX)).is_err());
    assert!(matches!(tx.try_reserve_many(5), Err(TrySendError::Full(()))));
    assert!(matches!(tx.try_reserve_many(usize::MAX), Err(TrySendError::Full(()))));
    let all = tx.try_reserve_many(4).unwrap();
    assert!(matches!(tx.try_reserve_many(1), Err(TrySendError::Full(()))));
    assert_eq!(tx.try_reserve_many(0).unwrap().len(), 0);
    assert_eq!(ready(tx.reserve_many(0)).unwrap().len(), 0);
    all.zip(0..).for_each(|(permit, n)| permit.send(n));
    assert_eq!(rx.len(), 4);
}

#[test]
fn a_large_request_gathers_room_and_is_not_starved() {
    let (tx, mut rx) = mpsc::channel(3);
    (0..3).for_each(|n| tx.try_send(n).unwrap());
    let (large, small) = (Flag::new(), Flag::new());
    let mut many = pin!(tx.reserve_many(2));
    let mut one = pin!(tx.reserve());
    assert!(large.poll(many.as_mut()).is_pending() && small.poll(one.as_mut()).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((large.wakes(), small.wakes(), tx.capacity()), (0, 0, 0));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!((large.wakes(), small.wakes()), (1, 0));
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!(small.wakes(), 1);
    let Poll::Ready(Ok(permits)) = large.poll(many.as_mut()) else { panic!("it was woken") };
    assert!(small.poll(one.as_mut()).is_ready());
    drop(permits);
}

#[test]
fn owned_permits_are_senders() {
    let (tx, mut rx) = mpsc::channel(1);
    let permit = ready(tx.clone().reserve_owned()).unwrap();
    assert_eq!((tx.strong_count(), tx.capacity()), (2, 0));
    let Err(TrySendError::Full(back)) = tx.clone().try_reserve_owned() else { panic!("there is no room") };
    assert!(back.same_channel(&tx) && permit.same_channel_as_sender(&tx));
    let other = mpsc::channel::<i32>(1).0.try_reserve_owned().unwrap();
    assert!(!permit.same_channel(&other) && !other.same_channel_as_sender(&tx));
    drop((tx, back));
    assert!(!rx.is_closed());
    let tx = permit.send(7);
    assert_eq!(rx.try_recv(), Ok(7));
    let tx = tx.try_reserve_owned().unwrap().release();
    assert_eq!((tx.capacity(), tx.strong_count()), (1, 1));
    drop(tx.try_reserve_owned().unwrap());
    assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn a_failed_or_cancelled_owned_reservation_drops_its_sender() {
    let (tx, mut rx) = mpsc::channel::<u8>(1);
    tx.try_send(1).unwrap();
    assert!(is_pending(tx.clone().reserve_owned()));
    assert_eq!(tx.strong_count(), 1);
    rx.close();
    assert!(ready(tx.clone().reserve_owned()).is_err());
    assert_eq!(tx.strong_count(), 1);
    assert!(matches!(tx.try_reserve_owned(), Err(TrySendError::Closed(_))));
}

#[test]
fn many_at_once() {
    let (tx, mut rx) = mpsc::channel(40);
    (0..40).for_each(|n| tx.try_send(n).unwrap());
    let mut buffer = vec![99];
    assert_eq!(ready(rx.recv_many(&mut buffer, 0)), 0);
    assert_eq!(ready(rx.recv_many(&mut buffer, 3)), 3);
    assert_eq!((&buffer[..], tx.capacity()), (&[99, 0, 1, 2][..], 3));
    assert_eq!(ready(rx.recv_many(&mut buffer, usize::MAX)), 37);
    assert_eq!((buffer.len(), tx.capacity()), (41, 40));
    assert!(is_pending(rx.recv_many(&mut buffer, 1)));
    drop(tx);
    assert_eq!((ready(rx.recv_many(&mut buffer, 1)), ready(rx.recv_many(&mut buffer, 0))), (0, 0));
}

#[test]
fn a_batch_wakes_as_many_senders_as_it_makes_room_for() {
    let (tx, mut rx) = mpsc::channel(3);
    (0..3).for_each(|n| tx.try_send(n).unwrap());
    let flags: Vec<_> = (0..4).map(|_| Flag::new()).collect();
    let mut sends: Vec<_> = (0..4).map(|n| Box::pin(tx.send(10 + n))).collect();
    for (flag, send) in flags.iter().zip(&mut sends) {
        assert!(flag.poll(send.as_mut()).is_pending());
    }
    assert_eq!(ready(rx.recv_many(&mut Vec::new(), 10)), 3);
    assert_eq!(flags.iter().map(|flag| flag.wakes()).collect::<Vec<_>>(), [1, 1, 1, 0]);
}

#[test]
fn only_the_last_waker_of_the_receiver_is_woken() {
    let (tx, mut rx) = mpsc::channel(1);
    let (first, second) = (Flag::new(), Flag::new());
    assert!(first.with(|context| rx.poll_recv(context)).is_pending());
    assert!(second.with(|context| rx.poll_recv_many(context, &mut Vec::new(), 1)).is_pending());
    tx.try_send(1).unwrap();
    assert_eq!((first.wakes(), second.wakes()), (0, 1));
    assert_eq!(rx.try_recv(), Ok(1));
    assert!(first.with(|context| rx.poll_recv(context)).is_pending());
    tx.try_send(2).unwrap();
    assert_eq!(first.wakes(), 1);
    assert_eq!(first.with(|context| rx.poll_recv(context)), Poll::Ready(Some(2)));
}

#[test]
fn a_dropped_recv_took_nothing() {
    let (tx, mut rx) = mpsc::channel(1);
    let flag = Flag::new();
    {
        let mut recv = pin!(rx.recv());
        assert!(flag.poll(recv.as_mut()).is_pending());
        tx.try_send(1).unwrap();
    }
    assert_eq!((flag.wakes(), rx.try_recv()), (1, Ok(1)));
}

#[test]
fn counts_and_weak_senders() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    let weak = tx.downgrade();
    let (clone, other) = (tx.clone(), weak.clone());
    assert_eq!((tx.strong_count(), tx.weak_count()), (2, 2));
    assert_eq!((weak.strong_count(), other.weak_count()), (2, 2));
    assert_eq!((rx.sender_strong_count(), rx.sender_weak_count()), (2, 2));
    drop((other, clone));
    assert!(weak.upgrade().unwrap().same_channel(&tx));
    assert_eq!((tx.strong_count(), tx.weak_count()), (1, 1));
    let permit = tx.try_reserve_owned().unwrap();
    assert!(weak.upgrade().is_some() && !rx.is_closed());
    drop(permit);
    assert!(weak.upgrade().is_none() && rx.is_closed());
    assert_eq!((weak.strong_count(), rx.sender_strong_count(), rx.sender_weak_count()), (0, 0, 1));
}

#[test]
fn unbounded_channels() {
    let (tx, mut rx) = mpsc::unbounded_channel();
    assert!(is_pending(rx.recv()));
    for n in 0..100 {
        assert_eq!(rx.len(), n);
        tx.send(n).unwrap();
    }
    let weak = tx.downgrade();
    let other = weak.upgrade().unwrap();
    assert!(tx.same_channel(&other) && (tx.strong_count(), tx.weak_count()) == (2, 1));
    assert_eq!((rx.sender_strong_count(), rx.sender_weak_count()), (2, 1));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(ready(rx.recv()), Some(1));
    let mut many = Vec::new();
    assert_eq!(ready(rx.recv_many(&mut many, 50)), 50);
    assert_eq!((many[0], rx.len(), rx.is_empty(), rx.is_closed()), (2, 48, false, false));
    drop((tx, other));
    assert!(rx.is_closed() && weak.upgrade().is_none());
    assert_eq!(ready(rx.recv_many(&mut many, 50)), 48);
    assert_eq!((ready(rx.recv()), rx.try_recv()), (None, Err(TryRecvError::Disconnected)));
}

#[test]
fn unbounded_receivers_are_woken_once() {
    let (tx, mut rx) = mpsc::unbounded_channel();
    let flag = Flag::new();
    assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
    tx.send(1).unwrap();
    tx.send(2).unwrap();
    assert_eq!(flag.wakes(), 1);
    assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(Some(1)));
    assert_eq!(flag.with(|context| rx.poll_recv_many(context, &mut Vec::new(), 9)), Poll::Ready(1));
    assert!(flag.with(|context| rx.poll_recv(context)).is_pending());
    drop(tx);
    assert_eq!(flag.wakes(), 2);
    assert_eq!(flag.with(|context| rx.poll_recv(context)), Poll::Ready(None));
}

#[test]
fn lengths_over_block_borders() {
    let (tx, mut rx) = mpsc::channel(100);
    for n in 0..100 {
        assert_eq!((rx.len(), rx.is_empty()), (n, n == 0));
        tx.try_send(n).unwrap();
    }
    for n in (0..100).rev() {
        assert!(rx.try_recv().is_ok());
        assert_eq!((rx.len(), rx.is_empty()), (n, n == 0));
    }
}

#[test]
fn threads_block() {
    let (tx, mut rx) = mpsc::channel(1);
    let thread = std::thread::spawn(move || (0..100).for_each(|n| tx.blocking_send(n).unwrap()));
    (0..50).for_each(|n| assert_eq!(rx.blocking_recv(), Some(n)));
    let mut rest = Vec::new();
    while rx.blocking_recv_many(&mut rest, 7) > 0 {}
    assert!(rest.into_iter().eq(50..100));
    thread.join().unwrap();
    assert_eq!(rx.blocking_recv(), None);
    let (tx, mut rx) = mpsc::unbounded_channel();
    let thread = std::thread::spawn(move || tx.send(1).unwrap());
    assert_eq!((rx.blocking_recv(), rx.blocking_recv()), (Some(1), None));
    thread.join().unwrap();
    assert_eq!(rx.blocking_recv_many(&mut vec![0], 3), 0);
}

#[test]
fn errors_and_their_words() {
    let (tx, rx) = mpsc::channel(1);
    tx.try_send(1).unwrap();
    let full = tx.try_send(2).unwrap_err();
    assert_eq!((format!("{full}"), format!("{full:?}")), ("no available capacity".into(), "\"Full(..)\"".into()));
    assert_eq!(full.into_inner(), 2);
    drop(rx);
    let closed = tx.try_send(3).unwrap_err();
    assert_eq!((format!("{closed}"), format!("{closed:?}")), ("channel closed".into(), "\"Closed(..)\"".into()));
    let error = ready(tx.send(4)).unwrap_err();
    assert_eq!((format!("{error}"), format!("{error:?}")), ("channel closed".into(), "SendError { .. }".into()));
    assert_eq!(TrySendError::from(error), TrySendError::Closed(4));
    assert_eq!(TryRecvError::Empty.to_string(), "receiving on an empty channel");
    assert_eq!(TryRecvError::Disconnected.to_string(), "receiving on a closed channel");
    assert!(now(pin!(tx.closed())).is_ready());
    let boxed: Box<dyn core::error::Error + Send + Sync> = Box::new(SendError(5));
    assert!(boxed.source().is_none());
}
