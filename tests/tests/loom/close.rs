//! Closing: everybody who waits is told, and what was sent is received.

use super::{
    actions::senders,
    check::{Setup, each_order, is_at_its_end, settle, take, waiting},
    task::{Flag, Waiting, block_on},
};
use core::pin::pin;
use loom::thread;

/// Two that wait for room, one that is cancelled among them, and a listener: more than one batch of wakes.
fn all_are_told(overtaking: u32, gone: bool) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let [mut first, cancelled, mut last] = [10, 11, 12].map(|id| waiting(&sender, id));
    let listening = sender.clone();
    let mut listener = Waiting::new(async move { listening.closed().await });
    let thread = thread::spawn(move || drop(cancelled));
    let receiver = if gone {
        drop(receiver);
        None
    } else {
        receiver.close();
        Some(receiver)
    };
    listener.go_on();
    assert!(listener.output.is_some() && sender.is_closed());
    for waiter in [&mut first, &mut last] {
        assert!(waiter.go_on());
        assert_eq!(waiter.output, Some(vec![]));
    }
    thread.join().unwrap();
    if let Some(mut receiver) = receiver {
        assert_eq!(take(&mut receiver), Some(0));
        is_at_its_end(&mut receiver);
    }
}

#[test]
fn quick_close_wakes_all_who_wait() {
    each_order(3, |overtaking| all_are_told(overtaking, false));
}

#[test]
fn quick_the_end_of_the_receiver_wakes_all_who_wait() {
    each_order(3, |overtaking| all_are_told(overtaking, true));
}

/// A listener comes, or goes, while the channel is being closed.
fn closed_beside_close(overtaking: u32, gone: bool) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let other = sender.clone();
    let thread = thread::spawn(move || block_on(other.closed()));
    let flag = Flag::new();
    let closing = thread::spawn(move || {
        if !gone {
            receiver.close();
        }
        receiver
    });
    let _ = flag.poll(pin!(sender.closed()));
    drop(closing.join().unwrap());
    thread.join().unwrap();
    assert!(sender.is_closed());
}

#[test]
fn quick_a_listener_is_woken_by_close() {
    each_order(2, |overtaking| closed_beside_close(overtaking, false));
}

#[test]
fn quick_a_listener_is_woken_by_the_end_of_the_receiver() {
    each_order(2, |overtaking| closed_beside_close(overtaking, true));
}

/// A waiter's poll and a cancelled reservation while a slot is freed and the channel closed.
fn reservations_beside_close(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let mut waiter = waiting(&sender, 10);
    let polling = thread::spawn(move || {
        waiter.poll();
        waiter
    });
    let cancelled = thread::spawn(move || senders::reserve_cancelled(sender, 20));
    let mut ids = Vec::from_iter(take(&mut receiver));
    receiver.close();
    ids.extend(take(&mut receiver));
    let sent = cancelled.join().unwrap();
    let mut waiter = polling.join().unwrap();
    ids.extend(settle(&mut receiver, [&mut waiter]));
    let mut all = [vec![0], waiter.output.take().expect("it was served, or told of the end"), sent].concat();
    all.sort_unstable();
    ids.sort_unstable();
    assert_eq!(ids, all);
    is_at_its_end(&mut receiver);
}

#[test]
fn close_beside_reservations() {
    each_order(2, reservations_beside_close);
}
