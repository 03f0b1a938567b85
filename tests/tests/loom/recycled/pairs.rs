//! Every action of a sender against every action of the receiver, and every action of a sender against every other.

use super::{
    check::{Received, all_is_accounted_for, channel, id, settle, waiting},
    receivers, senders,
};
use crate::models::{check::ORDERS, model::one_of_many};
use loom::thread;

fn all_pairs(most: usize, capacity: usize, overtaking: u32, filled: usize) {
    for &(sending, send) in senders::ALL {
        for &(receiving, receive) in receivers::ALL {
            // With a third thread, fewer interleavings are enough to last for minutes.
            let preemptions = if receiving.ends_with("elsewhere") { 1 } else { most };
            let name = format!("({sending} | {receiving}): {filled} of {capacity}, overtaking {overtaking}");
            one_of_many(&name, preemptions, move || {
                let (sender, receiver) = channel(capacity, overtaking, filled);
                let thread = thread::spawn(move || send(sender, 10));
                let received = receive(receiver);
                let sent = thread.join().unwrap();
                all_is_accounted_for(&[(0..filled as u8).collect(), sent], received);
            });
        }
    }
}

#[test]
fn quick_recycled_pairs() {
    all_pairs(1, 1, 0, 1);
    all_pairs(1, 1, 0, 0);
}

#[test]
fn recycled_pairs_at_one() {
    ORDERS.iter().for_each(|order| all_pairs(2, 1, *order, 1));
    all_pairs(2, 1, 0, 0);
}

#[test]
fn recycled_pairs_at_two() {
    ORDERS.iter().for_each(|order| all_pairs(2, 2, *order, 2));
    ORDERS.iter().for_each(|order| all_pairs(2, 2, *order, 1));
    all_pairs(2, 2, 0, 0);
}

/// Two threads with a sender each, beside one that has waited and for which there is a slot. In the end all that was sent is
/// received, and who waits is served.
fn all_pairs_of_senders(preemptions: usize, capacity: usize, overtaking: u32) {
    for (n, &(one, first)) in senders::BRIEF.iter().enumerate() {
        for &(other, second) in &senders::BRIEF[..=n] {
            let name = format!("({one} | {other}): {capacity} of {capacity}, overtaking {overtaking}, Granted");
            one_of_many(&name, preemptions, move || {
                let (sender, mut receiver) = channel(capacity, overtaking, capacity);
                let mut waiter = waiting(&sender, 30);
                let mut ids: Vec<u8> = receiver.try_recv_ref().map(|message| id(&message)).into_iter().collect();
                let cloned = sender.clone();
                let first = thread::spawn(move || first(cloned, 10));
                let second = second(sender, 20);
                let mut sent = vec![(0..capacity as u8).collect(), first.join().unwrap(), second];
                ids.extend(settle(&mut receiver, &mut waiter));
                sent.push(waiter.output.take().expect("it was served"));
                drop(waiter);
                all_is_accounted_for(&sent, Received { ids, receiver: Some(receiver) });
            });
        }
    }
}

#[test]
fn quick_recycled_pairs_of_senders() {
    all_pairs_of_senders(1, 1, 0);
}

#[test]
fn recycled_pairs_of_senders() {
    for &order in ORDERS {
        all_pairs_of_senders(2, 1, order);
        all_pairs_of_senders(2, 2, order);
    }
}
