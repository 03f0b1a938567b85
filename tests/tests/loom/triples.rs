//! Two senders that do not wait, one that does, and the receiver: every action against every other.

use super::{
    actions::{receivers, senders},
    check::{ORDERS, Setup, all_is_accounted_for, settle, waiting},
    model::named,
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
                let name = format!("({one} | {other} | {receiving}, overtaking {})", setup.overtaking);
                named(&name, 1, move || triple(setup, first, second, receive));
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
