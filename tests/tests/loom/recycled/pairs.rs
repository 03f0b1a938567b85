//! Every action of a sender against every action of the receiver.

use super::{
    check::{all_is_accounted_for, channel},
    receivers, senders,
};
use crate::models::{check::ORDERS, model::named};
use loom::thread;

fn all_pairs(capacity: usize, overtaking: u32, filled: usize) {
    for &(sending, send) in senders::ALL {
        for &(receiving, receive) in receivers::ALL {
            // With a third thread, fewer interleavings are enough to last for minutes.
            let preemptions = if receiving.ends_with("elsewhere") { 1 } else { 2 };
            named(&format!("({sending} | {receiving}, overtaking {overtaking})"), preemptions, move || {
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
fn quick_recycled_on_a_full_channel_for_one() {
    ORDERS.iter().for_each(|order| all_pairs(1, *order, 1));
}

#[test]
fn quick_recycled_on_an_empty_channel_for_one() {
    all_pairs(1, 0, 0);
}

#[test]
fn recycled_on_a_full_channel_for_two() {
    ORDERS.iter().for_each(|order| all_pairs(2, *order, 2));
}

#[test]
fn recycled_on_a_channel_for_two_with_one() {
    ORDERS.iter().for_each(|order| all_pairs(2, *order, 1));
}
