//! Channels without a bound: every action of a sender against every action of the receiver, and named triples.

use super::{
    actions::{
        receivers::{self, Received},
        unbounded,
    },
    alive::Message,
    check::all_is_accounted_for,
    model::one_of_many,
};
use loom::thread;
use sakia::mpsc::{self, Receiver, UnboundedSender};

/// A channel with that many messages in it, which count from 0.
fn channel(filled: u8) -> (UnboundedSender<Message>, Receiver<Message>) {
    let (sender, receiver) = mpsc::unbounded();
    for id in 0..filled {
        sender.send(Message::new(id)).expect("it is open");
    }
    (sender, receiver)
}

fn pair(filled: u8, send: unbounded::Action, receive: receivers::Action) {
    let (sender, receiver) = channel(filled);
    let thread = thread::spawn(move || send(sender, 10));
    let received = receive(receiver);
    all_is_accounted_for(&[(0..filled).collect(), thread.join().unwrap()], received);
}

pub(crate) fn all_pairs(
    preemptions: usize,
    filled: u8,
    senders: &[(&str, unbounded::Action)],
    receivers: &[(&str, receivers::Action)],
) {
    for &(sending, send) in senders {
        for &(receiving, receive) in receivers {
            let name = format!("({sending} | {receiving}): {filled} queued");
            one_of_many(&name, preemptions, move || pair(filled, send, receive));
        }
    }
}

#[test]
fn quick_pairs_without_a_bound() {
    all_pairs(1, 0, unbounded::ALL, receivers::ALL);
}

#[test]
fn pairs_without_a_bound() {
    // None, one, and the first of a second block.
    (0..3).for_each(|filled| all_pairs(2, filled, unbounded::ALL, receivers::ALL));
}

fn triple(filled: u8, first: unbounded::Action, second: unbounded::Action, receive: receivers::Action) {
    let (sender, receiver) = channel(filled);
    let other = sender.clone();
    let first = thread::spawn(move || first(other, 10));
    let second = thread::spawn(move || second(sender, 20));
    let Received { mut ids, mut receiver } = receive(receiver);
    let sent = [(0..filled).collect(), first.join().unwrap(), second.join().unwrap()];
    if let Some(receiver) = &mut receiver {
        ids.extend(receiver.try_iter().map(|message| message.id()));
    }
    all_is_accounted_for(&sent, Received { ids, receiver });
}

type Triple = (&'static str, unbounded::Action, unbounded::Action, receivers::Action);

const TRIPLES: &[Triple] = &[
    ("two senders and the receiver", unbounded::send, unbounded::send, receivers::recv),
    ("two senders that fill blocks and the receiver", unbounded::send_three, unbounded::send, receivers::recv),
    (
        "the last sender, a send and the receiver's end",
        unbounded::drop_at_once,
        unbounded::send,
        receivers::recv_and_drop,
    ),
    ("a send, a weak sender and closing", unbounded::send, unbounded::upgrade, receivers::close),
    ("a send, a weak sender and the receiver's end", unbounded::send, unbounded::upgrade, receivers::drop_at_once),
    ("two senders and a cancelled receive", unbounded::send, unbounded::send, receivers::recv_cancelled_once),
    ("two senders and a batch", unbounded::send, unbounded::send, receivers::recv_many),
    ("two senders and a thread that sleeps", unbounded::send, unbounded::upgrade, receivers::blocking_recv),
];

#[test]
fn quick_triples_without_a_bound() {
    for &(name, first, second, receive) in TRIPLES {
        one_of_many(&format!("({name})"), 1, move || triple(0, first, second, receive));
    }
}

#[test]
fn triples_without_a_bound() {
    for &(name, first, second, receive) in TRIPLES {
        // The next message is the first of a block.
        one_of_many(&format!("({name}): a new block"), 2, move || triple(2, first, second, receive));
    }
}
