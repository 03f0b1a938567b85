//! Every action of a sender against every action of the receiver, and every action of a sender against every other.

use super::{
    actions::{
        receivers::{self, Received},
        senders,
    },
    check::{ORDERS, Setup, all_is_accounted_for, settle, take, waiting},
    model::one_of_many,
};
use loom::thread;

/// A thread sends, this one receives.
fn pair(setup: Setup, send: senders::Action, receive: receivers::Action) {
    let (sender, receiver) = setup.channel();
    let thread = thread::spawn(move || send(sender, 10));
    let received = receive(receiver);
    all_is_accounted_for(&[(0..setup.filled).collect(), thread.join().unwrap()], received);
}

fn all_pairs(preemptions: usize, setup: Setup, senders: &[(&str, senders::Action)]) {
    for &(sending, send) in senders {
        for &(receiving, receive) in receivers::ALL {
            let name = format!("({sending} | {receiving}): {setup}");
            one_of_many(&name, preemptions, move || pair(setup, send, receive));
        }
    }
}

/// On channels for so many, full or not, in each order.
fn on_each(preemptions: usize, capacity: usize, setup: fn(Setup) -> Setup, senders: &[(&str, senders::Action)]) {
    for &order in ORDERS {
        all_pairs(preemptions, setup(Setup::full(capacity, order)), senders);
    }
    all_pairs(preemptions, setup(Setup::empty(capacity, 0)), senders);
}

/// What there is when two senders begin.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// The channel as it is.
    Plain,
    /// A third one waits.
    Waiting,
    /// It has waited, and there is a slot for it.
    Granted,
}

/// Two threads with a sender each. In the end all that was sent is received, and who waits is served.
fn two_senders(setup: Setup, start: Start, first: senders::Action, second: senders::Action) {
    let (sender, mut receiver) = setup.channel();
    let mut waiter = (!matches!(start, Start::Plain)).then(|| waiting(&sender, 30));
    let mut ids = Vec::new();
    if let Start::Granted = start {
        ids.extend(take(&mut receiver));
    }
    let other = sender.clone();
    let first = thread::spawn(move || first(other, 10));
    let second = second(sender, 20);
    let mut sent = vec![(0..setup.filled).collect(), first.join().unwrap(), second];
    match &mut waiter {
        Some(waiter) => {
            ids.extend(settle(&mut receiver, [&mut *waiter]));
            sent.push(waiter.output.take().expect("it was served"));
        }
        None => ids.extend(settle(&mut receiver, [])),
    }
    drop(waiter);
    all_is_accounted_for(&sent, Received { ids, receiver: Some(receiver) });
}

fn all_pairs_of_senders(preemptions: usize, setup: Setup, starts: &[Start]) {
    let all: Vec<_> = senders::BRIEF.iter().chain(senders::OTHER_BRIEF).copied().collect();
    for &start in starts {
        for (n, &(one, first)) in all.iter().enumerate() {
            for &(other, second) in &all[..=n] {
                let name = format!("({one} | {other}): {setup}, {start:?}");
                one_of_many(&name, preemptions, move || two_senders(setup, start, first, second));
            }
        }
    }
}

fn ring(setup: Setup) -> Setup {
    setup
}

#[test]
fn quick_pairs_at_one() {
    on_each(1, 1, ring, senders::SINGLE);
}

#[test]
fn quick_pairs_at_two() {
    all_pairs(1, Setup::full(2, 0), senders::DOUBLE);
}

#[test]
fn quick_pairs_in_blocks() {
    all_pairs(1, Setup::full(1, 0).in_blocks(), senders::SINGLE);
}

#[test]
fn pairs_at_one() {
    on_each(2, 1, ring, senders::SINGLE);
}

#[test]
fn pairs_at_one_with_two_messages() {
    on_each(1, 1, ring, senders::DOUBLE);
}

#[test]
fn pairs_at_two() {
    on_each(2, 2, ring, senders::SINGLE);
}

#[test]
fn pairs_at_two_with_two_messages() {
    on_each(2, 2, ring, senders::DOUBLE);
}

#[test]
fn pairs_in_blocks_at_one() {
    on_each(2, 1, Setup::in_blocks, senders::SINGLE);
}

#[test]
fn pairs_in_blocks_at_two() {
    on_each(2, 2, Setup::in_blocks, senders::SINGLE);
    on_each(1, 2, Setup::in_blocks, senders::DOUBLE);
}

#[test]
fn quick_pairs_of_senders() {
    all_pairs_of_senders(1, Setup::full(1, 0), &[Start::Granted]);
}

#[test]
fn pairs_of_senders_on_an_empty_channel() {
    for capacity in [1, 2] {
        all_pairs_of_senders(2, Setup::empty(capacity, 0), &[Start::Plain]);
    }
}

#[test]
fn pairs_of_senders_on_a_full_channel() {
    for (capacity, &order) in [1, 2].into_iter().flat_map(|capacity| ORDERS.iter().map(move |order| (capacity, order)))
    {
        let starts = [Start::Plain, Start::Waiting, Start::Granted];
        all_pairs_of_senders(2, Setup::full(capacity, order), &starts);
    }
}

#[test]
fn pairs_of_senders_in_blocks() {
    for &order in ORDERS {
        all_pairs_of_senders(2, Setup::full(1, order).in_blocks(), &[Start::Plain, Start::Granted]);
    }
}
