//! Two senders that do not wait, one that does, and the receiver: every action against every other. And named ones, in
//! which the senders may wait.

use super::{
    actions::{receivers, senders},
    check::{ORDERS, Setup, all_is_accounted_for, settle, waiting},
    model::one_of_many,
};
use loom::thread;

/// One sender waits in the queue, two do something, and the receiver too.
fn triple(setup: Setup, first: senders::Action, second: senders::Action, receive: receivers::Action) {
    let (sender, receiver) = setup.channel();
    let mut waiter = waiting(&sender, 10);
    let other = sender.clone();
    let first = thread::spawn(move || first(other, 20));
    let second = thread::spawn(move || second(sender, 30));
    let mut received = receive(receiver);
    let mut sent = vec![(0..setup.filled).collect(), first.join().unwrap(), second.join().unwrap()];
    match &mut received.receiver {
        Some(receiver) => received.ids.extend(settle(receiver, [&mut waiter])),
        None => assert!(waiter.go_on()),
    }
    sent.push(waiter.output.take().expect("it was served, or told of the end"));
    all_is_accounted_for(&sent, received);
}

fn all_triples(setup: Setup, senders: &[(&str, senders::Action)]) {
    for (n, &(one, first)) in senders.iter().enumerate() {
        for &(other, second) in &senders[..=n] {
            for &(receiving, receive) in receivers::BRIEF {
                let name = format!("({one} | {other} | {receiving}): {setup}");
                one_of_many(&name, 1, move || triple(setup, first, second, receive));
            }
        }
    }
}

#[test]
fn quick_triples_of_sends() {
    ORDERS.iter().for_each(|order| all_triples(Setup::full(1, *order), &senders::BRIEF[..2]));
}

#[test]
fn triples_with_room_for_one() {
    ORDERS.iter().for_each(|order| all_triples(Setup::full(1, *order), senders::BRIEF));
}

#[test]
fn triples_with_room_for_two() {
    ORDERS.iter().for_each(|order| all_triples(Setup::full(2, *order), senders::BRIEF));
}

/// Three threads: two senders, of which either may wait, and the receiver.
type Named = (&'static str, senders::Action, senders::Action, receivers::Action);

#[rustfmt::skip]
const NAMED: &[Named] = &[
    ("a sender that waits, a newcomer, and the receiver", senders::send, senders::try_send, receivers::recv),
    ("two senders that wait, and the receiver", senders::send, senders::send, receivers::recv),
    ("the last sender, a send, and the receiver's end", senders::drop_at_once, senders::send, receivers::drop_at_once),
    ("the last sender, a send, and a receive that is left behind", senders::drop_at_once, senders::send, receivers::recv_and_drop),
    ("a cancelled reservation, a send, and closing", senders::reserve_cancelled, senders::send, receivers::close),
    ("a cancelled reservation, a send, and closing after a receive", senders::reserve_cancelled, senders::send, receivers::recv_and_close),
    ("a permit used, a permit dropped, and closing", senders::reserve_and_send, senders::reserve_and_drop, receivers::close),
    ("a permit used, a permit dropped, and the receiver's end", senders::reserve_and_send, senders::reserve_and_drop, receivers::drop_at_once),
    ("a permit dropped, a sender that waits, and the receiver", senders::reserve_and_drop, senders::send, receivers::recv),
    ("many permits, a sender that waits, and the receiver", senders::reserve_many, senders::send, receivers::recv),
    ("many permits, cancelled, a sender that waits, and a batch", senders::reserve_many_cancelled, senders::send, receivers::recv_many),
    ("an owned permit, a weak sender, and the receiver", senders::reserve_owned_and_send, senders::upgrade, receivers::recv),
    ("an owned permit dropped, the last sender, and closing", senders::reserve_owned_and_drop, senders::drop_at_once, receivers::close),
    ("an owned permit cancelled, a weak sender, and the receiver's end", senders::reserve_owned_cancelled, senders::upgrade, receivers::drop_at_once),
    ("a weak sender, the last sender, and the receiver", senders::upgrade, senders::drop_at_once, receivers::recv),
    ("a batch, a newcomer, and a batch", senders::send_iter, senders::try_send, receivers::recv_many),
    ("a batch, a sender that waits, and the receiver's end", senders::send_iter, senders::send, receivers::recv_and_drop),
    ("a polled sender dropped when ready, a sender that waits, and the receiver", senders::poll_ready_and_drop, senders::send, receivers::recv),
    ("a polled sender cancelled, a permit, and closing", senders::poll_ready_cancelled, senders::reserve_and_send, receivers::close),
    ("a task that changes, a newcomer, and the receiver", senders::send_with_another_waker, senders::try_send, receivers::recv),
    ("a thread that waits, a thread that gives up, and a thread that receives", senders::blocking_send, senders::blocking_send_timeout, receivers::blocking_recv),
    ("a cancelled send, a sender that waits, and a cancelled receive", senders::send_cancelled, senders::send, receivers::recv_cancelled),
];

fn three(setup: Setup, first: senders::Action, second: senders::Action, receive: receivers::Action) {
    let (sender, receiver) = setup.channel();
    let other = sender.clone();
    let first = thread::spawn(move || first(other, 10));
    let second = thread::spawn(move || second(sender, 20));
    let received = receive(receiver);
    let sent = [(0..setup.filled).collect(), first.join().unwrap(), second.join().unwrap()];
    all_is_accounted_for(&sent, received);
}

fn all_named(preemptions: usize, setup: Setup) {
    for &(name, first, second, receive) in NAMED {
        one_of_many(&format!("({name}): {setup}"), preemptions, move || three(setup, first, second, receive));
    }
}

#[test]
fn quick_named_triples() {
    all_named(1, Setup::full(1, 0));
}

#[test]
fn named_triples() {
    ORDERS.iter().for_each(|order| all_named(2, Setup::full(1, *order)));
    ORDERS.iter().for_each(|order| all_named(1, Setup::full(2, *order)));
}

#[test]
fn named_triples_in_blocks() {
    ORDERS.iter().for_each(|order| all_named(1, Setup::full(1, *order).in_blocks()));
    all_named(1, Setup::full(2, 0).in_blocks());
}
