//! Slots that come back from other threads, while senders wait and the receiver sleeps.

use super::{
    check::{all_is_accounted_for, channel, id, publish, waiting},
    receivers::{recv_ref, whole},
};
use crate::models::{
    alive::Message,
    check::{ORDERS, each_order},
    model::named,
    task::{block_on, poll_and_drop},
};
use loom::thread;
use sakia::queue::StaticQueue;

/// A message that another thread drops makes room for one who waits, and the receiver sleeps until that has sent.
#[test]
fn quick_a_slot_given_back_elsewhere_wakes_who_waits() {
    each_order(1, |overtaking| {
        let (sender, mut receiver) = channel(1, overtaking, 1);
        let held = receiver.try_recv_ref_owned().unwrap();
        let ids = vec![id(&held)];
        let dropping = thread::spawn(move || drop(held));
        let sending = thread::spawn(move || publish(block_on(sender.send_ref()).ok(), 10));
        let mut received = recv_ref(receiver);
        received.ids.splice(0..0, ids);
        dropping.join().unwrap();
        all_is_accounted_for(&[vec![0], sending.join().unwrap()], received);
    });
}

/// Two slots come back at once, for two who wait.
#[test]
fn quick_two_slots_given_back_elsewhere_serve_two() {
    each_order(2, |overtaking| {
        let (sender, mut receiver) = channel(2, overtaking, 2);
        let held = [receiver.try_recv_ref_owned().unwrap(), receiver.try_recv_ref_owned().unwrap()];
        let mut waiters = [waiting(&sender, 10), waiting(&sender, 20)];
        let [one, two] = held;
        let dropping = thread::spawn(move || drop(one));
        drop(two);
        dropping.join().unwrap();
        drop(sender);
        while waiters.iter_mut().any(|waiter| waiter.go_on()) {}
        let sent = waiters.map(|mut waiter| waiter.output.take().expect("both have room"));
        let received = recv_ref(receiver);
        all_is_accounted_for(&sent, received);
    });
}

/// The last slot of a closed channel is given up while the receiver goes to sleep.
#[test]
fn quick_a_closed_channel_ends_with_its_last_slot() {
    for given_up in [false, true] {
        named(&format!("(given up: {given_up})"), 3, move || {
            let (sender, mut receiver) = channel(2, 0, 0);
            let mut slot = sender.try_send_ref_owned().unwrap();
            receiver.close();
            let thread = thread::spawn(move || {
                *slot = Some(Message::new(10));
                let sender = if given_up { slot.abort() } else { slot.send() };
                (sender, if given_up { vec![] } else { vec![10] })
            });
            let received = whole(recv_ref(receiver));
            let (sender, sent) = thread.join().unwrap();
            drop(sender);
            all_is_accounted_for(&[sent], received);
        });
    }
}

/// One who was given a slot gives it up while the receiver closes the channel, and others wait.
#[test]
fn quick_a_closed_channel_ends_with_a_granted_slot() {
    each_order(2, |overtaking| {
        let (sender, mut receiver) = channel(1, overtaking, 1);
        let waiters = [waiting(&sender, 10), waiting(&sender, 20)];
        drop(sender);
        let first = receiver.try_recv_ref().map(|message| id(&message)).unwrap();
        let thread = thread::spawn(move || drop(waiters));
        receiver.close();
        let mut received = whole(recv_ref(receiver));
        received.ids.insert(0, first);
        thread.join().unwrap();
        all_is_accounted_for(&[vec![0]], received);
    });
}

/// One who was given a slot is cancelled while another joins the queue.
#[test]
fn quick_a_granted_slot_is_passed_on() {
    each_order(3, |overtaking| {
        let (sender, mut receiver) = channel(1, overtaking, 1);
        let waiter = waiting(&sender, 10);
        let thread = {
            let sender = sender.clone();
            thread::spawn(move || publish(block_on(sender.send_ref()).ok(), 20))
        };
        let first = receiver.try_recv_ref().map(|message| id(&message)).unwrap();
        drop(waiter);
        drop(sender);
        let mut received = recv_ref(receiver);
        received.ids.insert(0, first);
        all_is_accounted_for(&[vec![0], thread.join().unwrap()], received);
    });
}

/// Newcomers pass one who waits, up to the limit.
#[test]
fn quick_a_newcomer_beside_a_waiter_and_the_receiver() {
    for &overtaking in ORDERS {
        named(&format!("(overtaking {overtaking})"), 1, move || {
            let (sender, receiver) = channel(1, overtaking, 1);
            let newcomer = {
                let sender = sender.clone();
                thread::spawn(move || publish(poll_and_drop(sender.send_ref()).and_then(Result::ok), 20))
            };
            let waiter = thread::spawn(move || publish(block_on(sender.send_ref()).ok(), 10));
            let received = recv_ref(receiver);
            let sent = [vec![0], newcomer.join().unwrap(), waiter.join().unwrap()];
            all_is_accounted_for(&sent, received);
        });
    }
}

/// The queue for many of both: nothing is lost or taken twice, and all slots come back.
#[test]
fn quick_queue_two_push_two_pop() {
    named("", 2, || {
        let queue = std::sync::Arc::new(StaticQueue::<Message, 2, _>::with_recycle(NoPolicy));
        let push = |id: u8| {
            let queue = queue.clone();
            thread::spawn(move || queue.push(Message::new(id)).map_or(vec![], |()| vec![id]))
        };
        let threads = [push(10), push(20)];
        let popping = {
            let queue = queue.clone();
            thread::spawn(move || queue.pop().map(|message| message.id()))
        };
        let mut popped: Vec<u8> = queue.pop().map(|message| message.id()).into_iter().collect();
        let mut pushed: Vec<u8> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        popped.extend(popping.join().unwrap());
        popped.extend(core::iter::from_fn(|| queue.pop()).map(|message| message.id()));
        popped.sort_unstable();
        pushed.sort_unstable();
        assert_eq!((&popped, pushed.len()), (&pushed, 2));
        assert_eq!((queue.len(), queue.remaining()), (0, 2));
    });
}

/// A slot that goes round: the one that is taken out is pushed again by another, with a capacity of 1.
#[test]
fn quick_queue_a_slot_goes_round() {
    named("", 3, || {
        let queue = std::sync::Arc::new(StaticQueue::<Message, 1, _>::with_recycle(NoPolicy));
        queue.push(Message::new(0)).unwrap();
        let popping = {
            let queue = queue.clone();
            thread::spawn(move || queue.pop().map(|message| message.id()))
        };
        let pushing = {
            let queue = queue.clone();
            thread::spawn(move || queue.push(Message::new(1)).is_ok())
        };
        let mut popped: Vec<u8> = queue.pop().map(|message| message.id()).into_iter().collect();
        let pushed = pushing.join().unwrap();
        popped.extend(popping.join().unwrap());
        popped.extend(queue.pop().map(|message| message.id()));
        popped.sort_unstable();
        assert_eq!(popped, if pushed { vec![0, 1] } else { vec![0] });
        assert_eq!(queue.remaining(), 1);
    });
}

/// Held and given up: references beside a push and a pop.
#[test]
fn quick_queue_references() {
    named("", 2, || {
        let queue = std::sync::Arc::new(StaticQueue::<Option<Message>, 2, _>::with_recycle(super::check::Pots));
        let aborting = {
            let queue = queue.clone();
            thread::spawn(move || {
                if let Ok(mut slot) = queue.push_ref() {
                    *slot = Some(Message::new(9));
                    slot.abort();
                }
            })
        };
        let pushing = {
            let queue = queue.clone();
            thread::spawn(move || queue.push_ref().is_ok_and(|mut slot| slot.insert(Message::new(1)).id() == 1))
        };
        let first = queue.pop_ref().map(|slot| id(&slot));
        aborting.join().unwrap();
        assert!(pushing.join().unwrap(), "there is room for both");
        let popped: Vec<u8> = first.into_iter().chain(queue.pop_ref().map(|slot| id(&slot))).collect();
        assert_eq!(popped, [1]);
        assert_eq!((queue.len(), queue.remaining()), (0, 2));
    });
}

/// A producer that sleeps after publishing has its slot no more: all can be taken by others, and not one more.
#[test]
fn quick_queue_all_slots_are_out_while_a_producer_sleeps() {
    named("", 2, || {
        let queue = std::sync::Arc::new(StaticQueue::<Option<Message>, 3, _>::with_recycle(super::check::Pots));
        let pushing = {
            let queue = queue.clone();
            thread::spawn(move || queue.push(None).is_ok())
        };
        let popped = queue.pop().is_some();
        let slots: [_; 4] = core::array::from_fn(|_| queue.push_ref().ok());
        let taken = slots.iter().flatten().count();
        assert!(if popped { taken == 3 } else { (2..=3).contains(&taken) });
        slots.into_iter().flatten().for_each(|slot| slot.abort());
        pushing.join().unwrap();
        assert_eq!(queue.len() + queue.remaining(), 3);
    });
}

/// For elements that are never written in place.
struct NoPolicy;
