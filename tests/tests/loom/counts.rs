//! What the counts say while others send and receive, and the positions' wrap-around.

use super::{
    actions::senders,
    alive::Message,
    check::{Setup, counts_are_in_bounds, each_order, is_as_new, take},
    model::model,
    task::block_on,
};
use loom::thread;
use sakia::mpsc;

fn counted(overtaking: u32) {
    let (sender, mut receiver) = Setup { filled: 1, ..Setup::empty(2, overtaking) }.channel();
    let other = sender.clone();
    let sending = thread::spawn(move || senders::try_send(other, 10));
    let receiving = thread::spawn(move || {
        let id = take(&mut receiver);
        assert!(receiver.len() <= 1);
        (id, receiver)
    });
    counts_are_in_bounds(&sender);
    counts_are_in_bounds(&sender);
    assert_eq!(sending.join().unwrap(), [10]);
    let (id, mut receiver) = receiving.join().unwrap();
    assert_eq!(id, Some(0));
    assert_eq!((sender.len(), sender.capacity()), (1, 1));
    assert_eq!(take(&mut receiver), Some(10));
    is_as_new(&mut receiver);
}

#[test]
fn quick_counts_are_in_bounds() {
    each_order(2, counted);
}

/// More messages than there are positions in loom's four bits, before the race.
fn wrapped(capacity: usize) {
    let (sender, mut receiver) = mpsc::channel(capacity);
    for id in 0..17 {
        sender.try_send(Message::new(id)).unwrap();
        assert_eq!(take(&mut receiver), Some(id));
    }
    let other = sender.clone();
    let thread = thread::spawn(move || senders::try_send(other, 30));
    assert_eq!(block_on(receiver.recv()).map(|message| message.id()), Some(30));
    assert_eq!(thread.join().unwrap(), [30]);
    is_as_new(&mut receiver);
}

#[test]
fn quick_positions_wrap_around() {
    model(2, || wrapped(1));
    model(2, || wrapped(2));
    model(2, || wrapped(3));
}

/// There is room for both messages all the time, though the copy of the head that senders keep is old.
fn room_is_found() {
    let (sender, mut receiver) = mpsc::channel(2);
    for id in 0..2 {
        sender.try_send(Message::new(id)).unwrap();
        assert_eq!(take(&mut receiver), Some(id));
    }
    let other = sender.clone();
    let thread = thread::spawn(move || senders::try_send(other, 10));
    assert_eq!(senders::try_send(sender.clone(), 20), [20]);
    let first = take(&mut receiver);
    assert_eq!(thread.join().unwrap(), [10]);
    let last = take(&mut receiver);
    assert!((first, last) == (Some(10), Some(20)) || (first, last) == (Some(20), Some(10)));
    is_as_new(&mut receiver);
}

#[test]
fn quick_room_is_found() {
    model(3, room_is_found);
}
