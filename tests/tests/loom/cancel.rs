//! Waiting that is given up while it is being granted, and wakes that must not be lost.

use super::{
    actions::{receivers, senders},
    alive::Message,
    check::{Setup, all_is_accounted_for, each_order, is_as_new, settle, take, waiting},
    task::Flag,
};
use core::{pin::pin, task::Poll};
use loom::thread;

/// The slot is free for newcomers, whoever was faster.
fn cancelled_while_granted(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let waiter = waiting(&sender, 10);
    let thread = thread::spawn(move || drop(waiter));
    assert_eq!(take(&mut receiver), Some(0));
    thread.join().unwrap();
    is_as_new(&mut receiver);
    assert_eq!(senders::try_send(sender, 20), [20]);
    assert_eq!(take(&mut receiver), Some(20));
}

#[test]
fn quick_a_cancelled_sender_passes_its_slot_on() {
    each_order(3, cancelled_while_granted);
}

/// Both may have been granted.
fn both_cancelled(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(2, overtaking).channel();
    let threads = [10, 20].map(|id| waiting(&sender, id)).map(|waiter| thread::spawn(move || drop(waiter)));
    assert_eq!([take(&mut receiver), take(&mut receiver)], [Some(0), Some(1)]);
    for thread in threads {
        thread.join().unwrap();
    }
    is_as_new(&mut receiver);
    assert_eq!(senders::try_send(sender, 20), [20]);
}

#[test]
fn quick_two_cancelled_senders_pass_their_slots_on() {
    each_order(2, both_cancelled);
}

/// A newcomer wants what the cancelled one is giving up.
fn cancelled_beside_newcomer(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let waiter = waiting(&sender, 10);
    let cancelled = thread::spawn(move || drop(waiter));
    let receiving = thread::spawn(move || {
        assert_eq!(take(&mut receiver), Some(0));
        receiver
    });
    let sent = senders::send_cancelled(sender.clone(), 20);
    cancelled.join().unwrap();
    let mut receiver = receiving.join().unwrap();
    assert_eq!(settle(&mut receiver, []), sent);
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_sender_comes_while_another_is_cancelled() {
    each_order(2, cancelled_beside_newcomer);
}

/// The receiver's waker may be on its way to be woken when it waits again.
fn cancelled_recv_beside_send(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let thread = thread::spawn(move || senders::send(sender, 10));
    let mut ids = Vec::new();
    for flag in [Flag::new(), Flag::new()] {
        if let Poll::Ready(message) = flag.poll(pin!(receiver.recv())) {
            ids.extend(message.as_ref().map(Message::id));
        }
    }
    let mut received = receivers::recv(receiver);
    received.ids.splice(0..0, ids);
    all_is_accounted_for(&[thread.join().unwrap()], received);
}

#[test]
fn quick_a_receive_is_cancelled_twice() {
    each_order(3, cancelled_recv_beside_send);
}

/// Left Pending, the waker of the receiver's last poll is woken by the message.
fn receiver_is_woken(overtaking: u32, send: senders::Action) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    // Else the end of the last sender would wake it, too.
    let _stays = sender.clone();
    let thread = thread::spawn(move || send(sender, 10));
    let flags = [Flag::new(), Flag::new()];
    let pending: Vec<_> = flags.iter().map(|flag| flag.poll(pin!(receiver.recv())).is_pending()).collect();
    assert_eq!(thread.join().unwrap(), [10]);
    match pending[..] {
        [true, true] => {
            assert!(flags[1].wakes() > 0, "parked, and not woken by the message");
            assert_eq!(take(&mut receiver), Some(10));
        }
        // The second poll took it, or found the channel closed after the first had taken it.
        _ => assert_eq!(take(&mut receiver), None),
    }
}

#[test]
fn quick_a_parked_receiver_is_woken() {
    each_order(3, |overtaking| receiver_is_woken(overtaking, senders::send));
}

#[test]
fn quick_a_parked_receiver_is_woken_by_a_permit() {
    each_order(3, |overtaking| receiver_is_woken(overtaking, senders::reserve_and_send));
}

/// The same for a sender, whose task may change while it is being woken.
fn sender_is_woken(overtaking: u32, change_task: bool) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let mut waiter = waiting(&sender, 10);
    let thread = thread::spawn(move || {
        assert_eq!(take(&mut receiver), Some(0));
        receiver
    });
    if change_task {
        waiter.change_task();
    } else {
        waiter.poll();
    }
    let mut receiver = thread.join().unwrap();
    assert_eq!(settle(&mut receiver, [&mut waiter]), [10]);
    assert_eq!(waiter.output, Some(vec![10]));
    drop(waiter);
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_waiting_sender_is_woken() {
    each_order(3, |overtaking| sender_is_woken(overtaking, false));
}

#[test]
fn quick_a_waiting_sender_changes_its_task() {
    each_order(3, |overtaking| sender_is_woken(overtaking, true));
}
