//! The channels through their adapters: every sending face against every receiving one.

use super::{
    actions::{
        adapters::{RECEIVERS, SENDERS, UNBOUNDED},
        receivers, senders,
    },
    check::{Setup, all_is_accounted_for},
    model::one_of_many,
    unbounded,
};
use loom::thread;

fn all_pairs(preemptions: usize, setup: Setup, senders: &[(&str, senders::Action)]) {
    for &(sending, send) in senders {
        for &(receiving, receive) in RECEIVERS {
            one_of_many(&format!("({sending} | {receiving}): {setup}"), preemptions, move || {
                let (sender, receiver) = setup.channel();
                let thread = thread::spawn(move || send(sender, 10));
                let received = receive(receiver);
                all_is_accounted_for(&[(0..setup.filled).collect(), thread.join().unwrap()], received);
            });
        }
    }
}

#[test]
fn quick_adapters() {
    all_pairs(1, Setup::full(1, 0), SENDERS);
}

#[test]
fn adapters_at_one() {
    all_pairs(2, Setup::empty(1, 0), SENDERS);
    all_pairs(2, Setup::full(1, 0), SENDERS);
}

#[test]
fn adapters_at_two() {
    all_pairs(2, Setup::full(2, 0), SENDERS);
    // As tokio's: the messages are in blocks.
    all_pairs(1, Setup::full(2, 0).in_blocks(), SENDERS);
}

#[test]
fn quick_adapters_without_a_bound() {
    unbounded::all_pairs(1, 0, UNBOUNDED, RECEIVERS);
}

#[test]
fn adapters_without_a_bound() {
    unbounded::all_pairs(2, 1, UNBOUNDED, RECEIVERS);
}

/// Two faces of the sending side at once, on a full channel.
fn two_faces(first: senders::Action, second: senders::Action, receive: receivers::Action) {
    let (sender, receiver) = Setup::full(1, 0).channel();
    let other = sender.clone();
    let first = thread::spawn(move || first(other, 10));
    let second = thread::spawn(move || second(sender, 20));
    let received = receive(receiver);
    all_is_accounted_for(&[vec![0], first.join().unwrap(), second.join().unwrap()], received);
}

#[test]
fn adapters_side_by_side() {
    for (n, &(one, first)) in SENDERS.iter().enumerate() {
        for &(other, second) in &SENDERS[..=n] {
            for &(receiving, receive) in &RECEIVERS[..1] {
                one_of_many(&format!("({one} | {other} | {receiving})"), 1, move || two_faces(first, second, receive));
            }
        }
    }
}
