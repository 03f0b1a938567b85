//! Every action of a sender against every action of the receiver.

use super::{
    actions::{receivers, senders},
    check::{ORDERS, Setup, all_is_accounted_for},
    model::named,
};
use loom::thread;

/// A thread sends, this one receives.
fn pair(setup: Setup, send: senders::Action, receive: receivers::Action) {
    let (sender, receiver) = setup.channel();
    let thread = thread::spawn(move || send(sender, 10));
    let received = receive(receiver);
    all_is_accounted_for(&[(0..setup.filled).collect(), thread.join().unwrap()], received);
}

fn all_pairs(setup: Setup, senders: &[(&str, senders::Action)]) {
    for &(sending, send) in senders {
        for &(receiving, receive) in receivers::ALL {
            named(&format!("({sending} | {receiving})"), 2, move || pair(setup, send, receive));
        }
    }
}

#[test]
fn quick_one_message_on_a_full_channel_for_one() {
    ORDERS.iter().for_each(|order| all_pairs(Setup::full(1, *order), senders::SINGLE));
}

#[test]
fn quick_one_message_on_an_empty_channel_for_one() {
    all_pairs(Setup::empty(1, 0), senders::SINGLE);
}

#[test]
fn one_message_on_a_full_channel_for_two() {
    ORDERS.iter().for_each(|order| all_pairs(Setup::full(2, *order), senders::SINGLE));
}

#[test]
fn two_messages_on_a_full_channel_for_one() {
    ORDERS.iter().for_each(|order| all_pairs(Setup::full(1, *order), senders::DOUBLE));
}

#[test]
fn quick_two_messages_on_an_empty_channel_for_two() {
    all_pairs(Setup::empty(2, 0), senders::DOUBLE);
}

#[test]
fn two_messages_on_a_full_channel_for_two() {
    ORDERS.iter().for_each(|order| all_pairs(Setup::full(2, *order), senders::DOUBLE));
}
