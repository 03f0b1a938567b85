//! Slots that are written in place: one that is held delays nobody, can be given up, and is never lost.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::time::Duration;
use std::{sync::mpsc, thread};

use behaviour::{
    Panic, Polled, now, panic_of, parked,
    strings::{drain, send, strict},
};
use sakia::mpsc::recycled::{RecvRef, Sender, channel};
use sakia_tests::{Runtime, for_each_runtime, task, with_watchdog, yield_now};

#[test]
fn a_slot_that_is_held_delays_no_other_message() {
    let (sender, mut receiver) = strict(3);
    let mut first = sender.try_send_ref().unwrap();
    let mut permit = sender.try_reserve_ref().unwrap();
    first.push_str("first");
    permit.push_str("permit");
    send(&sender, "other");
    assert_eq!(drain(&mut receiver), ["other"]);
    permit.send();
    first.send();
    assert_eq!(drain(&mut receiver), ["permit", "first"], "the order is that of publishing");
    assert_eq!(sender.capacity(), 3);
}

fn a_slot_is_held_across_awaits<R: Runtime>() {
    let (sender, mut receiver) = channel::<Vec<u8>>(2);
    let writing = task(async move {
        for n in 0..100_u8 {
            let mut slot = sender.reserve_ref().await.unwrap();
            assert!(slot.is_empty());
            slot.push(n);
            yield_now().await;
            slot.push(n);
            slot.send();
        }
    });
    let reading = task(async move {
        let mut expected = 0;
        while let Some(message) = receiver.recv_ref().await {
            assert_eq!(*message, [expected, expected]);
            expected += 1;
        }
        assert_eq!(expected, 100);
    });
    R::run_all([writing, reading]);
}
for_each_runtime!(a_slot_is_held_across_awaits);

#[test]
fn cancelled_between_nothing_was_sent_and_the_slot_is_back() {
    let (sender, mut receiver) = strict(1);
    {
        let mut writing = Polled::new(async {
            let mut slot = sender.reserve_ref().await.unwrap();
            slot.push_str("half a me");
            core::future::pending::<()>().await;
            slot.send();
        });
        writing.assert_pending();
        assert_eq!(sender.capacity(), 0);
    }
    assert_eq!(sender.capacity(), 1);
    assert!(receiver.try_recv_ref().unwrap_err().is_empty());
    assert!(sender.try_send_ref().unwrap().is_empty(), "recycled");
    assert_eq!(drain(&mut receiver), [""]);
}

#[test]
fn a_slot_can_be_given_up() {
    let (sender, mut receiver) = strict(1);
    for _ in 0..10 {
        sender.try_send_ref().unwrap().abort();
        sender.try_reserve_ref().unwrap().release();
        drop(sender.try_reserve_ref().unwrap());
        let same = sender.clone().try_send_ref_owned().unwrap().abort();
        let same = same.try_reserve_ref_owned().unwrap().release();
        drop(same.try_reserve_ref_owned().unwrap());
    }
    assert_eq!((sender.capacity(), sender.strong_count(), receiver.len()), (1, 1, 0));
    assert!(receiver.try_recv_ref().unwrap_err().is_empty());
}

#[test]
fn a_panic_while_writing_wedges_nothing_and_loses_no_capacity() {
    let (sender, mut receiver) = strict(2);
    for _ in 0..10 {
        let panics: [&dyn Fn(); 4] = [
            &|| {
                let mut slot = sender.try_send_ref().unwrap();
                slot.push_str("half");
                panic!("while writing");
            },
            &|| {
                let _slot = sender.clone().try_send_ref_owned().unwrap();
                panic!("while writing");
            },
            &|| {
                let _slot = sender.try_reserve_ref().unwrap();
                panic!("while writing");
            },
            &|| {
                let _slot = sender.clone().try_reserve_ref_owned().unwrap();
                panic!("while writing");
            },
        ];
        for body in panics {
            assert_eq!(panic_of(body).unwrap().message, "while writing");
            assert_eq!((sender.capacity(), sender.strong_count()), (2, 1));
        }
    }
    send(&sender, "whole");
    assert_eq!(drain(&mut receiver), ["whole"]);
}

#[test]
fn a_slot_that_is_got_while_unwinding_is_published() {
    struct Farewell<'a>(&'a Sender<String>);
    impl Drop for Farewell<'_> {
        fn drop(&mut self) {
            self.0.try_send_ref().unwrap().push_str("farewell");
            self.0.clone().try_send_ref_owned().unwrap().push_str("twice");
        }
    }
    let (sender, mut receiver) = strict(2);
    let Panic { message, .. } = panic_of(|| {
        let _farewell = Farewell(&sender);
        panic!("on purpose");
    })
    .unwrap();
    assert_eq!(message, "on purpose");
    assert_eq!(drain(&mut receiver), ["farewell", "twice"]);
}

#[test]
fn a_message_that_is_held_keeps_only_its_own_slot() {
    let (sender, mut receiver) = strict(2);
    send(&sender, "held");
    let held = receiver.try_recv_ref_owned().unwrap();
    for n in 0..10 {
        send(&sender, &n.to_string());
        assert!(sender.try_send_ref().unwrap_err().is_full());
        assert_eq!(drain(&mut receiver), [n.to_string()]);
    }
    assert_eq!((&**held, sender.capacity()), ("held", 1));
    drop(held);
    assert_eq!(sender.capacity(), 2);
}

#[test]
fn with_every_slot_held_it_is_full_at_once() {
    let (sender, mut receiver) = strict(3);
    (0..3).for_each(|_| send(&sender, "x"));
    let held: Vec<_> = core::iter::from_fn(|| receiver.try_recv_ref_owned().ok()).collect();
    assert_eq!((held.len(), receiver.len(), receiver.capacity()), (3, 0, 0));
    assert!(sender.try_send_ref().unwrap_err().is_full());
    assert!(sender.try_reserve_ref().unwrap_err().is_full());
    assert!(sender.try_send(String::new()).unwrap_err().is_full());
    let mut waiting = parked(sender.send_ref());
    drop(held);
    assert_eq!(waiting.wakes(), 1);
    waiting.ready().unwrap().push_str("room");
    assert_eq!(drain(&mut receiver), ["room"]);
}

#[test]
fn references_may_be_held_side_by_side() {
    let (sender, mut receiver) = strict(3);
    ["a", "b", "c"].iter().for_each(|text| send(&sender, text));
    let held: Vec<RecvRef<'_, String>> = receiver.try_iter_ref().collect();
    assert_eq!(held.iter().map(|message| message.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(sender.try_send_ref().unwrap_err().is_full());
    // In any order, and on any thread.
    thread::scope(|scope| {
        for message in held.into_iter().rev() {
            scope.spawn(move || drop(message));
        }
    });
    assert_eq!(sender.capacity(), 3);
}

#[test]
fn owned_references_move_to_other_threads_and_outlive_the_handles() {
    let (sender, mut receiver) = channel::<String>(2);
    let mut writing = sender.clone().try_send_ref_owned().unwrap();
    thread::spawn(move || writing.push_str("from elsewhere")).join().unwrap();
    let read = receiver.try_recv_ref_owned().unwrap();
    let weak = sender.downgrade();
    drop((sender, receiver));
    assert_eq!(weak.strong_count(), 0);
    let text = thread::spawn(move || format!("{read}")).join().unwrap();
    assert_eq!(text, "from elsewhere");
}

#[test]
fn an_owned_slot_counts_as_a_sender() {
    let (sender, mut receiver) = channel::<String>(2);
    let slot = sender.try_reserve_ref_owned().unwrap();
    assert_eq!((receiver.sender_strong_count(), receiver.is_closed()), (1, false));
    let mut receiving = parked(receiver.recv_ref());
    drop(slot.send());
    assert!(receiving.wakes() > 0);
    assert!(receiving.ready().is_some());
    drop(receiving);
    assert!(now(receiver.recv_ref()).is_none());
}

#[test]
fn a_timeout_unlinks_its_waiter() {
    let (sender, mut receiver) = strict(1);
    send(&sender, "there");
    for _ in 0..100 {
        assert!(sender.blocking_send_ref_timeout(Duration::from_micros(10)).unwrap_err().is_timeout());
        assert!(sender.blocking_reserve_ref_timeout(Duration::ZERO).unwrap_err().is_timeout());
        assert!(sender.blocking_send_timeout(String::new(), Duration::ZERO).unwrap_err().is_timeout());
        assert!(now(sender.send_ref_before(core::future::ready(()))).unwrap_err().is_timeout());
        assert!(now(sender.reserve_ref_before(core::future::ready(()))).unwrap_err().is_timeout());
        assert_eq!(now(sender.send_before("back".into(), async {})).unwrap_err().into_inner(), "back");
    }
    assert_eq!(drain(&mut receiver), ["there"]);
    // Nobody waits any more: what comes back is free.
    assert_eq!(sender.capacity(), 1);
    assert!(receiver.blocking_recv_ref_timeout(Duration::from_micros(10)).unwrap_err().is_timeout());
    assert!(receiver.blocking_recv_ref_owned_timeout(Duration::ZERO).unwrap_err().is_timeout());
    send(&sender, "after");
    assert_eq!(*receiver.blocking_recv_ref_timeout(Duration::ZERO).unwrap(), "after");
}

#[test]
fn a_timeout_keeps_its_deadline_over_wakes_for_nothing() {
    with_watchdog(Duration::from_secs(60), || {
        let (sender, _receiver) = strict(1);
        send(&sender, "there");
        let (this, other) = mpsc::channel();
        let waiting = thread::spawn(move || {
            this.send(thread::current()).unwrap();
            sender.blocking_send_ref_timeout(Duration::from_millis(200)).map(drop).unwrap_err()
        });
        let thread = other.recv().unwrap();
        // Had each unpark begun the wait anew, it would not end before these do.
        while !waiting.is_finished() {
            thread.unpark();
            thread::sleep(Duration::from_millis(1));
        }
        assert!(waiting.join().unwrap().is_timeout());
    });
}
