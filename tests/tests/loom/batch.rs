//! Runs of messages on both sides.

use super::{
    actions::{receivers, senders},
    alive::Message,
    check::{Setup, all_is_accounted_for, each_order, is_as_new, settle, waiting},
    task::poll_and_drop,
};
use loom::thread;

/// A run stands in a row, whoever else sends.
fn run_beside_send(overtaking: u32) {
    let (sender, receiver) = Setup::empty(3, overtaking).channel();
    let other = sender.clone();
    let single = thread::spawn(move || senders::try_send(other, 20));
    let run = thread::spawn(move || {
        let mut messages = (10..12).map(Message::new);
        let sent = poll_and_drop(sender.send_iter(&mut messages));
        assert_eq!(sent, Some(Ok(2)));
        vec![10, 11]
    });
    let received = receivers::recv_many(receiver);
    let first = received.ids.iter().position(|id| *id == 10).expect("it was received");
    assert_eq!(received.ids[first + 1], 11, "not in a row: {:?}", received.ids);
    all_is_accounted_for(&[single.join().unwrap(), run.join().unwrap()], received);
}

#[test]
fn a_run_stands_in_a_row() {
    each_order(1, run_beside_send);
}

/// The slots of a batch go to those that wait while newcomers come.
fn batch_beside_waiters(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(2, overtaking).channel();
    let [mut first, mut second] = [10, 11].map(|id| waiting(&sender, id));
    let newcomer = sender.clone();
    let newcomer = thread::spawn(move || senders::try_send(newcomer, 20));
    let polling = thread::spawn(move || {
        first.poll();
        first
    });
    let mut messages = Vec::new();
    let received = poll_and_drop(receiver.recv_many(&mut messages, 2));
    assert_eq!(received, Some(2));
    let mut ids: Vec<u8> = messages.iter().map(Message::id).collect();
    let mut first = polling.join().unwrap();
    let sent = newcomer.join().unwrap();
    assert!(sent.is_empty() || overtaking > 0, "it went past senders that wait");
    ids.extend(settle(&mut receiver, [&mut first, &mut second]));
    assert_eq!(ids.len(), 4 + sent.len());
    drop((messages, first, second));
    is_as_new(&mut receiver);
}

#[test]
fn the_slots_of_a_batch_go_to_those_that_wait() {
    each_order(2, batch_beside_waiters);
}

/// A run with more credits than messages gives the rest back while another waits.
fn short_run(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(2, overtaking).channel();
    let other = sender.clone();
    let run = thread::spawn(move || {
        let mut messages = [10].into_iter().map(Message::new).filter(|_| true).chain(None);
        assert_eq!(poll_and_drop(other.send_iter(&mut messages)), Some(Ok(1)));
    });
    let sent = senders::send_cancelled(sender.clone(), 20);
    run.join().unwrap();
    assert_eq!(settle(&mut receiver, []).len(), 1 + sent.len());
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_short_run_gives_its_rest_back() {
    each_order(3, short_run);
}
