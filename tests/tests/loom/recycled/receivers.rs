//! What the thread with the receiver does: most receive to the end.

use super::check::{Received, Rx, id};
use crate::models::task::{block_on, poll_and_drop};
use core::future::poll_fn;
use loom::thread;

pub(crate) type Action = fn(Rx) -> Received;

/// All of them, with their names.
pub(crate) const ALL: &[(&str, Action)] = &[
    ("recv_ref", recv_ref),
    ("recv_ref, cancelled", recv_ref_cancelled),
    ("recv_ref_owned, dropped elsewhere", owned_elsewhere),
    ("recv_many_ref", recv_many_ref),
    ("by value", by_value),
    ("blocking, several held", several_held),
    ("close", close),
    ("recv_ref, close", recv_and_close),
    ("drop", drop_at_once),
    ("recv_ref_owned, drop", outlived),
    ("poll, drop", poll_and_drop_receiver),
];

/// Those that never wait.
pub(crate) const BRIEF: &[(&str, Action)] = &[
    ("try_recv_ref", try_recv_ref_once),
    ("recv_ref, cancelled", recv_ref_cancelled_once),
    ("close", close_only),
    ("drop", drop_at_once),
    ("recv_ref_owned, drop", outlived),
];

/// Receives one message after another with `next`, to the end.
fn to_the_end(mut receiver: Rx, mut ids: Vec<u8>, next: impl Fn(&mut Rx) -> Option<u8>) -> Received {
    while let Some(id) = next(&mut receiver) {
        ids.push(id);
    }
    Received { ids, receiver: Some(receiver) }
}

fn next(receiver: &mut Rx) -> Option<u8> {
    block_on(receiver.recv_ref()).map(|message| id(&message))
}

pub(crate) fn recv_ref(receiver: Rx) -> Received {
    to_the_end(receiver, vec![], next)
}

fn recv_ref_cancelled(mut receiver: Rx) -> Received {
    let first = poll_and_drop(receiver.recv_ref()).flatten().map(|message| id(&message));
    to_the_end(receiver, first.into_iter().collect(), next)
}

fn recv_ref_cancelled_once(mut receiver: Rx) -> Received {
    let first = poll_and_drop(receiver.recv_ref()).flatten().map(|message| id(&message));
    Received { ids: first.into_iter().collect(), receiver: Some(receiver) }
}

fn try_recv_ref_once(mut receiver: Rx) -> Received {
    let first = receiver.try_recv_ref().ok().map(|message| id(&message));
    Received { ids: first.into_iter().collect(), receiver: Some(receiver) }
}

/// The first message is given back by another thread, while this one goes on.
pub(crate) fn owned_elsewhere(mut receiver: Rx) -> Received {
    let Some(first) = block_on(receiver.recv_ref_owned()) else { return recv_ref(receiver) };
    let ids = vec![id(&first)];
    let thread = thread::spawn(move || drop(first));
    let received = to_the_end(receiver, ids, next);
    thread.join().unwrap();
    received
}

fn recv_many_ref(mut receiver: Rx) -> Received {
    let mut ids = Vec::new();
    loop {
        let batch = block_on(receiver.recv_many_ref(2));
        if batch.is_empty() {
            break;
        }
        ids.extend(batch.iter().map(id));
    }
    Received { ids, receiver: Some(receiver) }
}

fn by_value(receiver: Rx) -> Received {
    to_the_end(receiver, vec![], |receiver| block_on(receiver.recv()).map(|message| id(&message)))
}

/// Each is given back only when the next is there, or none has come.
fn several_held(mut receiver: Rx) -> Received {
    let mut ids = Vec::new();
    if receiver.max_capacity() == 1 {
        return to_the_end(receiver, ids, |receiver| receiver.blocking_recv_ref().map(|message| id(&message)));
    }
    let mut messages = receiver.iter_ref();
    let mut last = None;
    for message in messages.by_ref() {
        ids.push(id(&message));
        last = Some(message);
    }
    drop(last);
    Received { ids, receiver: Some(receiver) }
}

pub(crate) fn close(mut receiver: Rx) -> Received {
    receiver.close();
    whole(recv_ref(receiver))
}

/// The end of a closed channel is seen when all slots are back, not before.
pub(crate) fn whole(received: Received) -> Received {
    let receiver = received.receiver.as_ref().expect("it has received to the end");
    assert_eq!(receiver.capacity(), receiver.max_capacity(), "all slots are back at the end");
    received
}

fn close_only(mut receiver: Rx) -> Received {
    receiver.close();
    Received { ids: vec![], receiver: Some(receiver) }
}

fn recv_and_close(mut receiver: Rx) -> Received {
    let first = next(&mut receiver);
    receiver.close();
    whole(to_the_end(receiver, first.into_iter().collect(), next))
}

pub(crate) fn drop_at_once(_: Rx) -> Received {
    Received { ids: vec![], receiver: None }
}

/// A message outlives the receiver.
fn outlived(mut receiver: Rx) -> Received {
    let first = receiver.try_recv_ref_owned().ok();
    drop(receiver);
    Received { ids: first.iter().map(|first| id(first)).collect(), receiver: None }
}

/// Leaves a waker in the channel, perhaps.
fn poll_and_drop_receiver(mut receiver: Rx) -> Received {
    let first =
        poll_and_drop(poll_fn(|context| receiver.poll_recv_ref(context).map(|message| message.map(|m| id(&m)))));
    Received { ids: first.flatten().into_iter().collect(), receiver: None }
}
