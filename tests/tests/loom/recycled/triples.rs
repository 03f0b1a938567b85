//! Two senders that do not wait, one that does, and the receiver: every action against every other.

use super::{
    check::{all_is_accounted_for, channel, settle, waiting},
    receivers, senders,
};
use crate::models::{check::ORDERS, model::one_of_many};
use loom::thread;

fn triple(
    capacity: usize,
    overtaking: u32,
    first: senders::Action,
    second: senders::Action,
    receive: receivers::Action,
) {
    let (sender, receiver) = channel(capacity, overtaking, capacity);
    let mut waiter = waiting(&sender, 10);
    let other = sender.clone();
    let first = thread::spawn(move || first(other, 20));
    let second = thread::spawn(move || second(sender, 30));
    let mut received = receive(receiver);
    let mut sent = vec![(0..capacity as u8).collect(), first.join().unwrap(), second.join().unwrap()];
    match &mut received.receiver {
        Some(receiver) => received.ids.extend(settle(receiver, &mut waiter)),
        None => assert!(waiter.go_on()),
    }
    sent.push(waiter.output.take().expect("it was served, or told of the end"));
    drop(waiter);
    all_is_accounted_for(&sent, received);
}

fn all_triples(capacity: usize, overtaking: u32, senders: &[(&str, senders::Action)]) {
    for (n, &(one, first)) in senders.iter().enumerate() {
        for &(other, second) in &senders[..=n] {
            for &(receiving, receive) in receivers::BRIEF {
                let name = format!("({one} | {other} | {receiving}, overtaking {overtaking})");
                one_of_many(&name, 1, move || triple(capacity, overtaking, first, second, receive));
            }
        }
    }
}

#[test]
fn quick_recycled_triples() {
    ORDERS.iter().for_each(|order| all_triples(1, *order, &senders::BRIEF[..3]));
}

#[test]
fn recycled_triples_with_room_for_one() {
    ORDERS.iter().for_each(|order| all_triples(1, *order, senders::BRIEF));
}

#[test]
fn recycled_triples_with_room_for_two() {
    ORDERS.iter().for_each(|order| all_triples(2, *order, senders::BRIEF));
}
