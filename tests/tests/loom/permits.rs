//! Room that is reserved: given back, used late, gathered, or forgotten.

use super::{
    actions::senders,
    alive::Message,
    check::{Setup, each_order, is_as_new, is_at_its_end, settle, take, waiting},
    task::{Flag, Waiting, block_on},
};
use core::pin::pin;
use loom::thread;
use sakia::mpsc::Sender;

/// A sender that waits for two permits and uses them.
fn waiting_for_two(sender: &Sender<Message>, id: u8) -> Waiting<Vec<u8>> {
    let sender = sender.clone();
    Waiting::new(async move {
        let Ok(permits) = sender.reserve_many(2).await else { return vec![] };
        let ids = permits.zip(id..).map(|(permit, id)| {
            permit.send(Message::new(id));
            id
        });
        ids.collect()
    })
}

/// The room goes to the sender that waits, not to the newcomer.
fn dropped_beside_waiter(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let permit = sender.clone().try_reserve_owned().unwrap();
    let mut waiter = waiting(&sender, 10);
    let dropping = thread::spawn(move || drop(permit));
    let newcomer = sender.clone();
    let newcomer = thread::spawn(move || senders::try_send(newcomer, 20));
    waiter.poll();
    dropping.join().unwrap();
    let sent = newcomer.join().unwrap();
    assert!(sent.is_empty() || overtaking > 0, "it went past the sender that waits");
    let ids = settle(&mut receiver, [&mut waiter]);
    assert_eq!(ids.len(), 1 + sent.len());
    assert_eq!(waiter.output, Some(vec![10]));
    drop(waiter);
    is_as_new(&mut receiver);
}

#[test]
fn quick_a_dropped_permit_goes_to_who_waits() {
    each_order(2, dropped_beside_waiter);
}

/// The same while the channel is being closed.
fn dropped_beside_close(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(1, overtaking).channel();
    let permit = sender.clone().try_reserve_owned().unwrap();
    let mut waiter = waiting(&sender, 10);
    let dropping = thread::spawn(move || drop(permit));
    let polling = thread::spawn(move || {
        waiter.poll();
        waiter
    });
    receiver.close();
    dropping.join().unwrap();
    let mut waiter = polling.join().unwrap();
    let ids = settle(&mut receiver, [&mut waiter]);
    assert_eq!(waiter.output, Some(ids));
    is_at_its_end(&mut receiver);
    assert!(sender.is_closed());
}

#[test]
fn quick_a_permit_is_dropped_while_the_channel_closes_on_a_waiting_sender() {
    each_order(2, dropped_beside_close);
}

/// Closed, the receiver waits for the permit that is out, and is woken by its end.
fn last_permit_ends_the_channel(overtaking: u32, send: bool) {
    let (sender, mut receiver) = Setup::empty(2, overtaking).channel();
    let permit = sender.clone().try_reserve_owned().unwrap();
    let thread = thread::spawn(move || if send { drop(permit.send(Message::new(10))) } else { drop(permit) });
    receiver.close();
    let flag = Flag::new();
    let first = flag.poll(pin!(receiver.recv()));
    let pending = first.is_pending();
    drop(first);
    thread.join().unwrap();
    assert!(!pending || flag.wakes() > 0, "parked, and not woken by the last permit");
    if pending {
        assert_eq!(block_on(receiver.recv()).is_some(), send);
    }
    is_at_its_end(&mut receiver);
    assert!(sender.is_closed());
}

#[test]
fn quick_a_closed_receiver_is_woken_by_a_dropped_permit() {
    each_order(3, |overtaking| last_permit_ends_the_channel(overtaking, false));
}

#[test]
fn quick_a_closed_receiver_is_woken_by_a_used_permit() {
    each_order(3, |overtaking| last_permit_ends_the_channel(overtaking, true));
}

/// Two slots come back from two sides; a sender behind is served after. The one that gathers may give up in between.
fn gathering(overtaking: u32, gives_up: bool) {
    let (sender, mut receiver) = Setup { filled: 1, ..Setup::empty(2, overtaking) }.channel();
    let permit = sender.clone().try_reserve_owned().unwrap();
    let mut gatherer = waiting_for_two(&sender, 10);
    let mut behind = waiting(&sender, 20);
    let dropping = thread::spawn(move || drop(permit));
    let receiving = thread::spawn(move || {
        let ids: Vec<u8> = take(&mut receiver).into_iter().collect();
        (ids, receiver)
    });
    if !gives_up {
        gatherer.poll();
    }
    let gatherer = (!gives_up).then_some(gatherer);
    dropping.join().unwrap();
    let (mut ids, mut receiver) = receiving.join().unwrap();
    match gatherer {
        Some(mut gatherer) => ids.extend(settle(&mut receiver, [&mut gatherer, &mut behind])),
        None => ids.extend(settle(&mut receiver, [&mut behind])),
    }
    assert_eq!(ids, if gives_up { vec![0, 20] } else { vec![0, 10, 11, 20] });
    drop(behind);
    is_as_new(&mut receiver);
}

#[test]
fn quick_two_slots_are_gathered_from_two_sides() {
    each_order(2, |overtaking| gathering(overtaking, false));
}

#[test]
fn quick_gathered_slots_are_passed_on() {
    each_order(2, |overtaking| gathering(overtaking, true));
}

/// A slot that is reserved for ever is missing; the others go round.
fn forgotten(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(2, overtaking).channel();
    core::mem::forget(sender.try_reserve().unwrap());
    let other = sender.clone();
    let thread = thread::spawn(move || senders::send_cancelled(other, 10));
    let mut ids = senders::send_cancelled(sender, 20);
    let mut received = Vec::from_iter(take(&mut receiver));
    ids.extend(thread.join().unwrap());
    received.extend(settle(&mut receiver, []));
    ids.sort_unstable();
    received.sort_unstable();
    assert_eq!(received, ids);
    assert!(!ids.is_empty());
    assert_eq!(receiver.capacity(), 1);
    assert!(receiver.try_recv().is_err_and(|error| error.is_closed()));
}

#[test]
fn quick_a_permit_is_forgotten() {
    each_order(2, forgotten);
}

/// Positions are taken when permits are used: the receiver goes by that order.
fn used_in_any_order(overtaking: u32) {
    let (sender, mut receiver) = Setup::empty(2, overtaking).channel();
    let early = sender.clone().try_reserve_owned().unwrap();
    let thread = thread::spawn(move || drop(early.send(Message::new(10))));
    assert_eq!(senders::try_send(sender, 20), [20]);
    let ids = [block_on(receiver.recv()), block_on(receiver.recv())].map(|message| message.unwrap().id());
    assert!(ids == [10, 20] || ids == [20, 10]);
    thread.join().unwrap();
    is_at_its_end(&mut receiver);
}

#[test]
fn quick_a_permit_is_used_beside_a_send() {
    each_order(2, used_in_any_order);
}
