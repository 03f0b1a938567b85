//! The last handles: the ends of both sides at once, and weak senders.

use super::{
    actions::senders,
    alive::Message,
    check::{Setup, each_order, is_at_its_end},
    task::{Flag, block_on},
};
use core::pin::pin;
use loom::thread;

/// Both ends go while a third handle sends: every message is dropped once, and the channel freed once.
fn both_ends(overtaking: u32, filled: u8) {
    let (sender, receiver) = Setup { filled, ..Setup::empty(2, overtaking) }.channel();
    let weak = sender.downgrade();
    let other = sender.clone();
    let sending = thread::spawn(move || senders::try_send(other, 10));
    let dropping = thread::spawn(move || drop(receiver));
    drop(sender);
    drop(weak);
    sending.join().unwrap();
    dropping.join().unwrap();
}

#[test]
fn quick_both_ends_are_dropped_beside_a_send() {
    each_order(2, |overtaking| both_ends(overtaking, 0));
}

#[test]
fn quick_both_ends_are_dropped_beside_a_send_with_a_message_queued() {
    each_order(2, |overtaking| both_ends(overtaking, 1));
}

/// A permit outlives the receiver: its message is dropped.
fn permit_outlives(overtaking: u32) {
    let (sender, receiver) = Setup::empty(2, overtaking).channel();
    let permit = sender.clone().try_reserve_owned().unwrap();
    let using = thread::spawn(move || drop(permit.send(Message::new(10))));
    let sending = thread::spawn(move || senders::try_send(sender, 20));
    drop(receiver);
    using.join().unwrap();
    sending.join().unwrap();
}

#[test]
fn quick_a_permit_is_used_while_the_receiver_goes() {
    each_order(2, permit_outlives);
}

/// The waker of a receiver that is dropped is dropped with it, or by who is waking it.
fn parked_receiver_goes(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let flag = Flag::new();
    assert!(flag.poll(pin!(receiver.recv())).is_pending());
    let sending = thread::spawn(move || senders::try_send(sender, 10));
    drop(receiver);
    sending.join().unwrap();
}

#[test]
fn quick_a_parked_receiver_goes() {
    each_order(3, parked_receiver_goes);
}

/// The last sender goes while another comes of a weak one: the receiver's end is seen by all in the same way.
fn upgrade_beside_last(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let weak = sender.downgrade();
    let dropping = thread::spawn(move || drop(sender));
    let upgrading = thread::spawn(move || {
        let Some(sender) = weak.upgrade() else {
            assert!(weak.upgrade().is_none(), "there was no sender any more");
            return vec![];
        };
        senders::try_send(sender, 10)
    });
    let received = block_on(receiver.recv());
    assert_eq!(Vec::from_iter(received.as_ref().map(Message::id)), upgrading.join().unwrap());
    dropping.join().unwrap();
    is_at_its_end(&mut receiver);
    assert_eq!((receiver.sender_strong_count(), receiver.sender_weak_count()), (0, 0));
}

#[test]
fn quick_a_weak_sender_is_upgraded_while_the_last_goes() {
    each_order(2, upgrade_beside_last);
}

/// Left Pending, the receiver is woken by the last sender, whichever that is.
fn last_sender_wakes(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let other = sender.clone();
    let threads = [sender, other].map(|sender| thread::spawn(move || drop(sender)));
    let flag = Flag::new();
    let pending = flag.poll(pin!(receiver.recv())).is_pending();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(!pending || flag.wakes() == 1, "parked, and not woken by the last sender");
    is_at_its_end(&mut receiver);
}

#[test]
fn quick_the_last_sender_wakes_the_receiver() {
    each_order(3, last_sender_wakes);
}
