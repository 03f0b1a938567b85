//! The contract of sending: what each call checks, in which order, and what it gives back.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{cell::Cell, time::Duration};
use std::{rc::Rc, thread};

use behaviour::{Drops, LIMITS, Polled, drain, now, panic_of, parked, strict};
use sakia::mpsc::{
    Builder, Receiver, Sender, blocking, channel,
    errors::{SendError, SendTimeoutError, TrySendError},
};
use sakia_tests::{Runtime, for_each_runtime, task, with_watchdog, yield_now};

const LIMIT: Duration = Duration::from_secs(60);

/// The state of a channel of two slots: whether it is closed, and how many slots are free.
fn channel_of_two(closed: bool, free: usize) -> (Sender<u32>, Receiver<u32>) {
    let (sender, mut receiver) = strict(2);
    (free..2).for_each(|_| sender.try_send(0).unwrap());
    if closed {
        receiver.close();
    }
    (sender, receiver)
}

#[test]
fn try_send_tells_closed_before_full() {
    for (closed, free, expected) in [
        (false, 1, Ok(())),
        (false, 0, Err(TrySendError::Full(7))),
        (true, 1, Err(TrySendError::Closed(7))),
        (true, 0, Err(TrySendError::Closed(7))),
    ] {
        let (sender, _receiver) = channel_of_two(closed, free);
        assert_eq!(sender.try_send(7), expected, "{closed} {free}");
    }
}

#[test]
fn what_is_not_sent_stays_in_its_option() {
    for (closed, free, expected) in [
        (false, 1, Ok(())),
        (false, 0, Err(TrySendError::Full(()))),
        (true, 1, Err(TrySendError::Closed(()))),
        (true, 0, Err(TrySendError::Closed(()))),
    ] {
        let (sender, mut receiver) = channel_of_two(closed, free);
        let mut message = Some(7);
        assert_eq!(sender.try_send_option(&mut message), expected, "{closed} {free}");
        assert_eq!(message, expected.is_err().then_some(7));
        assert_eq!(drain(&mut receiver).contains(&7), expected.is_ok());
    }
}

#[test]
fn nothing_is_sent_of_an_empty_option() {
    for builder in [Builder::new(1), Builder::new(1).on_demand()] {
        let (sender, mut receiver) = builder.channel::<u32>();
        let panic = panic_of(|| sender.try_send_option(&mut None)).unwrap();
        assert_eq!((&*panic.message, panic.file.ends_with("contract_send.rs")), ("no message to send", true));
        assert_eq!((sender.capacity(), sender.try_send(1), receiver.try_recv()), (1, Ok(()), Ok(1)));
    }
}

#[test]
fn a_send_that_was_ready_is_not_polled_again() {
    let (sender, mut receiver) = strict(1);
    let mut at_once = Polled::new(sender.send(1));
    assert_eq!(at_once.ready(), Ok(()));
    let mut later = parked(sender.send(2));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(later.ready(), Ok(()));
    receiver.close();
    let mut refused = Polled::new(sender.send(3));
    assert_eq!(refused.ready(), Err(SendError(3)));
    for send in [&mut at_once, &mut later, &mut refused] {
        assert_eq!(panic_of(|| send.poll()).unwrap().message, "polled after it was ready");
    }
    assert_eq!(drain(&mut receiver), [2]);
}

#[test]
fn try_reserve_tells_closed_before_full() {
    for (closed, free) in [(false, 1), (false, 0), (true, 1), (true, 0)] {
        let (sender, _receiver) = channel_of_two(closed, free);
        let expected = match (closed, free) {
            (true, _) => Some(TrySendError::Closed(())),
            (false, 0) => Some(TrySendError::Full(())),
            _ => None,
        };
        assert_eq!(sender.try_reserve().err(), expected, "{closed} {free}");
        // The one that owns gives the sender back.
        let other = sender.clone();
        match (other.try_reserve_owned(), expected) {
            (Ok(permit), None) => assert!(permit.same_channel_as_sender(&sender)),
            (Err(TrySendError::Full(other)), Some(TrySendError::Full(()))) => assert!(other.same_channel(&sender)),
            (Err(TrySendError::Closed(other)), Some(TrySendError::Closed(()))) => assert!(other.same_channel(&sender)),
            (outcome, _) => panic!("{outcome:?}"),
        }
        assert_eq!(sender.strong_count(), 1);
    }
}

#[test]
fn try_reserve_many_tells_too_many_before_closed_before_too_few() {
    const FULL: Result<usize, TrySendError<()>> = Err(TrySendError::Full(()));
    const CLOSED: Result<usize, TrySendError<()>> = Err(TrySendError::Closed(()));
    // (closed, free, n, what comes of it)
    for (closed, free, n, expected) in [
        (false, 2, 0, Ok(0)),
        (false, 2, 1, Ok(1)),
        (false, 2, 2, Ok(2)),
        (false, 2, 3, FULL),
        (false, 1, 2, FULL),
        (false, 0, 0, Ok(0)),
        (false, 0, 1, FULL),
        (false, 0, usize::MAX, FULL),
        (true, 2, 0, CLOSED),
        (true, 2, 1, CLOSED),
        (true, 0, 0, CLOSED),
        (true, 0, 2, CLOSED),
        (true, 2, 3, FULL),
        (true, 0, usize::MAX, FULL),
    ] {
        let (sender, _receiver) = channel_of_two(closed, free);
        let outcome = sender.try_reserve_many(n).map(|permits| permits.len());
        assert_eq!(outcome, expected, "{closed} {free} {n}");
        assert_eq!(sender.capacity(), free, "all or nothing, and given back");
    }
}

#[test]
fn reserve_many_fails_at_once_for_too_many_and_takes_none_even_when_full() {
    for (closed, free, n, expected) in [
        (false, 2, 0, Ok(0)),
        (false, 0, 0, Ok(0)),
        (false, 2, 2, Ok(2)),
        (false, 2, 3, Err(SendError(()))),
        (false, 0, usize::MAX, Err(SendError(()))),
        (true, 2, 0, Err(SendError(()))),
        (true, 2, 1, Err(SendError(()))),
        (true, 0, 1, Err(SendError(()))),
        (true, 0, 3, Err(SendError(()))),
    ] {
        let (sender, _receiver) = channel_of_two(closed, free);
        let outcome = now(sender.reserve_many(n)).map(|permits| permits.len());
        assert_eq!(outcome, expected, "{closed} {free} {n}");
    }
    let (sender, _receiver) = channel_of_two(false, 1);
    drop(parked(sender.reserve_many(2)));
    assert_eq!(sender.capacity(), 1, "what it gathered is given back");
}

#[test]
fn no_permits_are_had_past_those_who_wait_but_none_are_needed_for_none() {
    let (sender, _receiver) = channel_of_two(false, 0);
    let waiting = parked(sender.reserve());
    assert_eq!(sender.try_reserve_many(0).unwrap().len(), 0);
    assert_eq!(now(sender.reserve_many(0)).unwrap().len(), 0);
    drop(waiting);
}

#[test]
fn waiting_sends_give_their_message_back_at_the_closing() {
    for dropped in [false, true] {
        let (sender, mut receiver) = channel_of_two(false, 0);
        let mut sending = parked(sender.send(1));
        let mut until = parked(sender.send_before(2, core::future::pending::<()>()));
        let mut reserving = parked(sender.reserve());
        let mut owning = parked(sender.clone().reserve_owned());
        let mut many = parked(sender.reserve_many(2));
        receiver.close();
        let receiver = (!dropped).then_some(receiver);
        assert_eq!(sending.ready(), Err(SendError(1)));
        assert_eq!(until.ready(), Err(SendTimeoutError::Closed(2)));
        assert_eq!(reserving.ready().err(), Some(SendError(())));
        assert_eq!(owning.ready().err(), Some(SendError(())));
        assert_eq!(many.ready().err(), Some(SendError(())));
        assert_eq!(sender.strong_count(), 1, "the one that was to own is dropped");
        drop(receiver);
    }
}

#[test]
fn an_owned_reservation_that_ends_drops_its_sender_and_so_may_end_the_channel() {
    for cancelled in [false, true] {
        let (sender, mut receiver) = channel_of_two(false, 0);
        let weak = sender.downgrade();
        let mut owning = parked(sender.reserve_owned());
        assert_eq!((weak.strong_count(), receiver.is_closed()), (1, false));
        if !cancelled {
            receiver.close();
            assert!(owning.ready().is_err());
        }
        drop(owning);
        assert_eq!((weak.strong_count(), receiver.is_closed()), (0, true));
        assert_eq!(drain(&mut receiver), [0, 0]);
        assert!(receiver.try_recv().unwrap_err().is_closed());
    }
}

#[test]
fn closed_is_told_by_closing_and_by_the_receivers_end_and_by_nothing_else() {
    for dropped in [false, true] {
        let (sender, mut receiver) = strict::<u32>(1);
        let clone = sender.clone();
        let mut listening = [parked(sender.closed()), parked(sender.closed()), parked(clone.closed())];
        sender.try_send(1).unwrap();
        receiver.try_recv().unwrap();
        drop(sender.try_reserve().unwrap());
        drop(sender.clone());
        let other = parked(sender.closed());
        drop(other);
        assert_eq!(listening.each_ref().map(Polled::wakes), [0; 3]);
        assert!(!sender.is_closed());
        if dropped {
            drop(receiver);
        } else {
            receiver.close();
            receiver.close();
            assert_eq!(listening.each_ref().map(Polled::wakes), [1; 3]);
            listening.iter_mut().for_each(Polled::ready);
            drop(receiver);
            assert_eq!(listening.each_ref().map(Polled::wakes), [0; 3]);
            continue;
        }
        assert_eq!(listening.each_ref().map(Polled::wakes), [1; 3]);
        listening.iter_mut().for_each(Polled::ready);
        assert!(sender.is_closed() && clone.is_closed());
        now(sender.closed());
    }
}

#[test]
fn channels_are_told_apart() {
    let (first, _receiver) = channel::<u8>(2);
    let (second, _other) = channel::<u8>(2);
    assert!(first.same_channel(&first.clone()) && !first.same_channel(&second));
    let [one, two] = [(); 2].map(|()| first.clone().try_reserve_owned().unwrap());
    let other = second.clone().try_reserve_owned().unwrap();
    assert!(one.same_channel(&two) && !one.same_channel(&other));
    assert!(one.same_channel_as_sender(&first) && !one.same_channel_as_sender(&second));
}

#[test]
fn capacity_counts_messages_permits_and_what_waiting_senders_have_got() {
    let (sender, mut receiver) = strict(4);
    assert_eq!(sender.capacity(), 4);
    sender.try_send(1).unwrap();
    assert_eq!(sender.capacity(), 3);
    let mut permits = sender.try_reserve_many(2).unwrap();
    assert_eq!((sender.capacity(), receiver.capacity()), (1, 1));
    drop(permits.next());
    assert_eq!(sender.capacity(), 2);
    // It gathers those two and misses one.
    let many = parked(sender.reserve_many(3));
    assert_eq!(sender.capacity(), 0);
    drop(permits);
    assert_eq!((many.wakes(), sender.capacity()), (1, 0), "got, though not yet taken");
    receiver.close();
    assert_eq!(sender.capacity(), 0);
    drop(many);
    assert_eq!(sender.capacity(), 3, "readable after the closing");
    receiver.try_recv().unwrap();
    assert_eq!((sender.capacity(), sender.max_capacity(), receiver.max_capacity()), (4, 4, 4));
    drop(receiver);
    assert_eq!(sender.capacity(), 4);
}

fn the_waiting_calls_wait_for_room_and_no_longer<R: Runtime>() {
    for limit in LIMITS {
        let (sender, mut receiver) = Builder::new(1).overtaking(limit).channel();
        R::run_all([
            task(async move {
                for n in (0..100).step_by(4) {
                    sender.send(n).await.unwrap();
                    sender.reserve().await.unwrap().send(n + 1);
                    drop(sender.clone().reserve_owned().await.unwrap().send(n + 2));
                    sender.reserve_many(1).await.unwrap().next().unwrap().send(n + 3);
                }
            }),
            task(async move {
                for n in 0..100 {
                    if n % 7 == 0 {
                        yield_now().await;
                    }
                    assert_eq!(receiver.recv().await, Some(n), "on {}", R::NAME);
                }
                assert_eq!(receiver.recv().await, None, "on {}", R::NAME);
            }),
        ]);
    }
}

/// Blocking calls know no runtime: they may be made on its threads.
fn blocking_calls_panic_on_no_runtime<R: Runtime>() {
    R::run(async {
        let (sender, mut receiver) = channel(2);
        assert_eq!(sender.blocking_send(1), Ok(()));
        assert_eq!(sender.blocking_send_timeout(2, Duration::from_secs(1)), Ok(()));
        assert_eq!(receiver.blocking_recv(), Some(1));
        assert_eq!(receiver.blocking_recv_many(&mut vec![], 0), 0);
        assert_eq!(receiver.blocking_recv_many(&mut vec![], 5), 1);
        // It blocks this very thread while another sends.
        let thread = thread::spawn(move || sender.blocking_send(3));
        assert_eq!(receiver.blocking_recv(), Some(3));
        thread.join().unwrap().unwrap();
        assert_eq!(receiver.blocking_recv(), None);
    });
}

for_each_runtime!(the_waiting_calls_wait_for_room_and_no_longer, blocking_calls_panic_on_no_runtime);

#[test]
fn the_room_of_a_cancelled_send_is_free_when_its_message_is_dropped() {
    /// Tells the capacity when it is dropped.
    struct Seen(Option<(Sender<Seen>, Rc<Cell<usize>>)>);
    impl Drop for Seen {
        fn drop(&mut self) {
            if let Some((sender, capacity)) = self.0.take() {
                capacity.set(sender.capacity());
            }
        }
    }
    let (sender, mut receiver) = strict(1);
    let capacity = Rc::new(Cell::new(usize::MAX));
    assert!(sender.try_send(Seen(None)).is_ok());
    let waiting = parked(sender.send(Seen(Some((sender.clone(), capacity.clone())))));
    assert!(receiver.try_recv().is_ok());
    assert_eq!(sender.capacity(), 0, "it has been given the room");
    drop(waiting);
    assert_eq!(capacity.get(), 1);
}

#[test]
fn a_blocking_send_takes_its_place_in_the_queue() {
    with_watchdog(LIMIT, || {
        let (sender, mut receiver) = strict(1);
        sender.try_send(0).unwrap();
        let mut first = parked(sender.send(1));
        thread::scope(|scope| {
            let blocked = scope.spawn(|| sender.blocking_send(2));
            assert_eq!(receiver.try_recv(), Ok(0));
            assert_eq!(first.ready(), Ok(()), "it was there before");
            assert_eq!(receiver.blocking_recv(), Some(1));
            assert_eq!(receiver.blocking_recv(), Some(2));
            blocked.join().unwrap().unwrap();
        });
    });
}

#[test]
fn a_blocking_send_to_nobody_gives_the_message_back() {
    with_watchdog(LIMIT, || {
        let (sender, mut receiver) = blocking::channel(1);
        sender.send(1).unwrap();
        thread::scope(|scope| {
            let blocked = scope.spawn(|| sender.send(2));
            thread::yield_now();
            receiver.close();
            assert_eq!(blocked.join().unwrap(), Err(SendError(2)));
        });
        assert_eq!(sender.send_timeout(3, Duration::MAX), Err(SendTimeoutError::Closed(3)));
        assert_eq!((receiver.recv(), receiver.recv()), (Some(1), None));
    });
}

#[test]
fn a_dropped_send_loses_its_place_and_its_message() {
    let drops = Drops::new();
    let (sender, mut receiver) = strict(1);
    sender.try_send(drops.message(0)).unwrap();
    let mut first = parked(sender.send(drops.message(1)));
    let mut second = parked(sender.send(drops.message(2)));
    drop(core::mem::replace(&mut first, parked(sender.send(drops.message(3)))));
    assert_eq!(drops.count(), 1);
    assert_eq!(receiver.try_recv().unwrap().n, 0);
    assert_eq!((first.wakes(), second.wakes()), (0, 1));
    assert!(second.ready().is_ok());
    assert_eq!(receiver.try_recv().unwrap().n, 2);
}
