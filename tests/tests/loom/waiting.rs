//! Senders that wait: their order, and that none is forgotten.

use super::{
    actions::senders,
    check::{Setup, each_order, is_as_new, settle, take, waiting},
    task::poll_and_drop,
};
use loom::thread;

/// How many of those in `ids`, but for the first, came before `id`.
fn before(ids: &[u8], id: u8) -> usize {
    ids[1..].iter().position(|found| *found == id).expect("it was received")
}

/// A newcomer with up to `n` messages, a sender that waits, and the receiver.
fn newcomer(overtaking: u32, n: u8) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let mut waiter = waiting(&sender, 10);
    let newcomer = sender.clone();
    let newcomer =
        thread::spawn(move || (20..20 + n).flat_map(|id| senders::try_send(newcomer.clone(), id)).collect::<Vec<_>>());
    let receiving = thread::spawn(move || {
        let ids: Vec<u8> = (0..=n).filter_map(|_| take(&mut receiver)).collect();
        (ids, receiver)
    });
    waiter.poll();
    let mut sent = newcomer.join().unwrap();
    let (mut ids, mut receiver) = receiving.join().unwrap();
    ids.extend(settle(&mut receiver, [&mut waiter]));
    assert!(before(&ids, 10) <= overtaking as usize, "passed by too many: {ids:?}");
    sent.extend([0, 10]);
    sent.sort_unstable();
    ids.sort_unstable();
    assert_eq!(ids, sent);
    drop(waiter);
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_newcomer_passes_a_waiting_sender_only_within_the_limit() {
    each_order(2, |overtaking| newcomer(overtaking, 1));
}

#[test]
fn two_newcomers_pass_a_waiting_sender_only_within_the_limit() {
    each_order(2, |overtaking| newcomer(overtaking, 2));
}

#[test]
fn three_newcomers_pass_a_waiting_sender_only_within_the_limit() {
    each_order(1, |overtaking| newcomer(2 * overtaking, 3));
}

/// Two that wait, and go on when they are woken, on two threads.
fn two_waiting(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let [mut first, mut second] = [waiting(&sender, 10), waiting(&sender, 20)];
    let first = thread::spawn(move || {
        first.poll();
        first
    });
    let second = thread::spawn(move || {
        second.poll();
        second
    });
    let mut ids: Vec<u8> = (0..2).filter_map(|_| take(&mut receiver)).collect();
    let (mut first, mut second) = (first.join().unwrap(), second.join().unwrap());
    ids.extend(settle(&mut receiver, [&mut first, &mut second]));
    assert!(ids == [0, 10, 20] || overtaking > 0 && ids == [0, 20, 10], "served out of order: {ids:?}");
    assert_eq!((&first.output, &second.output), (&Some(vec![10]), &Some(vec![20])));
    drop((first, second));
    is_as_new(&mut receiver);
}

#[test]
fn quick_two_waiting_senders_are_served_in_order() {
    each_order(2, two_waiting);
}

/// Of two that wait, one is cancelled, perhaps with its credit granted. The other is served.
fn one_is_cancelled(overtaking: u32, capacity: usize, cancelled: usize) {
    let (sender, mut receiver) = Setup::full(capacity, overtaking).channel();
    let mut waiters = vec![waiting(&sender, 10), waiting(&sender, 11)];
    let cancelled = waiters.remove(cancelled);
    let mut stays = waiters.remove(0);
    let cancelled = thread::spawn(move || drop(cancelled));
    let stays = thread::spawn(move || {
        stays.poll();
        stays
    });
    let mut ids: Vec<u8> = take(&mut receiver).into_iter().collect();
    cancelled.join().unwrap();
    let mut stays = stays.join().unwrap();
    ids.extend(settle(&mut receiver, [&mut stays]));
    assert_eq!(ids.last(), stays.output.iter().flatten().next());
    assert_eq!(ids.len(), capacity + 1);
    drop(stays);
    is_as_new(&mut receiver);
}

#[test]
fn quick_the_first_that_waits_is_cancelled() {
    each_order(2, |overtaking| one_is_cancelled(overtaking, 1, 0));
}

#[test]
fn quick_the_second_that_waits_is_cancelled() {
    each_order(2, |overtaking| one_is_cancelled(overtaking, 1, 1));
}

#[test]
fn the_first_that_waits_is_cancelled_with_room_for_two() {
    each_order(2, |overtaking| one_is_cancelled(overtaking, 2, 0));
}

/// While the freed slot is on its way to the first that waits, one more comes to wait.
fn one_more_comes_to_wait(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let mut waiter = waiting(&sender, 10);
    let receiving = thread::spawn(move || {
        let ids: Vec<u8> = (0..2).filter_map(|_| take(&mut receiver)).collect();
        (ids, receiver)
    });
    let sending = thread::spawn(move || {
        waiter.poll();
        waiter
    });
    let newcomer = senders::send_cancelled(sender.clone(), 20);
    let (mut ids, mut receiver) = receiving.join().unwrap();
    let mut waiter = sending.join().unwrap();
    ids.extend(settle(&mut receiver, [&mut waiter]));
    assert!(before(&ids, 10) <= overtaking as usize);
    assert_eq!(ids.len(), 2 + newcomer.len());
    drop(waiter);
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_sender_waits_a_moment_behind_another() {
    each_order(2, one_more_comes_to_wait);
}

/// Three wait for as many slots, which are freed at once: more than are woken in one batch.
fn more_than_a_batch(overtaking: u32) {
    let (sender, mut receiver) = Setup::full(3, overtaking).channel();
    let [mut first, mut second, mut third] = [10, 11, 12].map(|id| waiting(&sender, id));
    let thread = thread::spawn(move || {
        first.poll();
        first
    });
    let mut messages = Vec::new();
    let received = poll_and_drop(receiver.recv_many(&mut messages, 3));
    assert_eq!(received, Some(3));
    let mut first = thread.join().unwrap();
    let ids = settle(&mut receiver, [&mut first, &mut second, &mut third]);
    assert!(ids == [10, 11, 12] || overtaking > 0 && ids.len() == 3, "served out of order: {ids:?}");
    drop((messages, first, second, third));
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_batch_of_slots_goes_to_more_waiters_than_are_woken_at_once() {
    each_order(3, more_than_a_batch);
}
