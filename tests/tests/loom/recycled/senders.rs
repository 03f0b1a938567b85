//! What a thread with a sender does. Each gives the messages that were sent, and drops the sender.

use super::check::{Tx, publish, write};
use crate::models::{
    alive::Message,
    task::{block_on, poll_and_drop},
};
use core::{future::poll_fn, pin::pin, time::Duration};
use sakia::mpsc::{errors::SendError, recycled::PollSender};
use sakia_tests::yield_now;

/// Takes the number of its first message.
pub(crate) type Action = fn(Tx, u8) -> Vec<u8>;

/// All of them, with their names.
pub(crate) const ALL: &[(&str, Action)] = &[
    ("send_ref", send_ref),
    ("try_send_ref", try_send_ref),
    ("try_send_ref, abort", try_abort),
    ("send_ref, abort", abort),
    ("send_ref, cancelled", send_ref_cancelled),
    ("send_ref_before", send_ref_before),
    ("reserve_ref, send", reserve_and_send),
    ("reserve_ref, drop", reserve_and_drop),
    ("send_ref_owned", send_ref_owned),
    ("reserve_ref_owned, drop", reserve_owned_and_drop),
    ("by value", by_value),
    ("by value, cancelled", by_value_cancelled),
    ("poll_send_ref", poll_send_ref),
    ("poll_ready, drop", poll_ready_and_drop),
    ("poll_ready, cancelled", poll_ready_cancelled),
    ("drop", drop_at_once),
    ("upgrade", upgrade),
    ("blocking_send_ref", blocking_send_ref),
    ("blocking_send_ref_timeout", blocking_send_ref_timeout),
];

/// Those that never wait for long, and end whatever the others do.
pub(crate) const BRIEF: &[(&str, Action)] = &[
    ("try_send_ref", try_send_ref),
    ("try_send_ref, abort", try_abort),
    ("send_ref, cancelled", send_ref_cancelled),
    ("by value, cancelled", by_value_cancelled),
    ("poll_ready, cancelled", poll_ready_cancelled),
    ("upgrade", upgrade),
    ("blocking_send_ref_timeout", blocking_send_ref_timeout),
    ("drop", drop_at_once),
];

pub(crate) fn send_ref(sender: Tx, id: u8) -> Vec<u8> {
    publish(block_on(sender.send_ref()).ok(), id)
}

pub(crate) fn try_send_ref(sender: Tx, id: u8) -> Vec<u8> {
    publish(sender.try_send_ref().ok(), id)
}

pub(crate) fn try_abort(sender: Tx, id: u8) -> Vec<u8> {
    if let Ok(mut slot) = sender.try_send_ref() {
        write(&mut slot, id);
        slot.abort();
    }
    vec![]
}

fn abort(sender: Tx, id: u8) -> Vec<u8> {
    if let Ok(mut slot) = block_on(sender.send_ref()) {
        write(&mut slot, id);
        slot.abort();
    }
    vec![]
}

pub(crate) fn send_ref_cancelled(sender: Tx, id: u8) -> Vec<u8> {
    publish(poll_and_drop(sender.send_ref()).and_then(Result::ok), id)
}

/// The deadline comes with the second poll.
fn send_ref_before(sender: Tx, id: u8) -> Vec<u8> {
    publish(block_on(sender.send_ref_before(yield_now())).ok(), id)
}

fn reserve_and_send(sender: Tx, id: u8) -> Vec<u8> {
    block_on(sender.reserve_ref()).map_or(vec![], |mut slot| {
        write(&mut slot, id);
        slot.send();
        vec![id]
    })
}

pub(crate) fn reserve_and_drop(sender: Tx, id: u8) -> Vec<u8> {
    if let Ok(mut slot) = block_on(sender.reserve_ref()) {
        write(&mut slot, id);
    }
    vec![]
}

fn send_ref_owned(sender: Tx, id: u8) -> Vec<u8> {
    block_on(sender.send_ref_owned()).map_or(vec![], |mut slot| {
        write(&mut slot, id);
        vec![id]
    })
}

fn reserve_owned_and_drop(sender: Tx, id: u8) -> Vec<u8> {
    if let Ok(mut slot) = block_on(sender.reserve_ref_owned()) {
        write(&mut slot, id);
    }
    vec![]
}

/// One message, which came back if it was not sent.
fn one(id: u8, outcome: Result<(), SendError<Option<Message>>>) -> Vec<u8> {
    match outcome {
        Ok(()) => vec![id],
        Err(error) => {
            assert_eq!(super::check::id(&error.into_inner()), id);
            vec![]
        }
    }
}

fn by_value(sender: Tx, id: u8) -> Vec<u8> {
    one(id, block_on(sender.send(Some(Message::new(id)))))
}

fn by_value_cancelled(sender: Tx, id: u8) -> Vec<u8> {
    poll_and_drop(sender.send(Some(Message::new(id)))).map_or(vec![], |outcome| one(id, outcome))
}

fn poll_send_ref(sender: Tx, id: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    match block_on(poll_fn(|context| sender.as_mut().poll_ready(context))) {
        Ok(()) => publish(sender.start_send_ref().ok(), id),
        Err(SendError(())) => vec![],
    }
}

fn poll_ready_and_drop(sender: Tx, _: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    let _ = block_on(poll_fn(|context| sender.as_mut().poll_ready(context)));
    vec![]
}

pub(crate) fn poll_ready_cancelled(sender: Tx, _: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    let _ = poll_and_drop(poll_fn(|context| sender.as_mut().poll_ready(context)));
    vec![]
}

/// Perhaps the last.
fn drop_at_once(_: Tx, _: u8) -> Vec<u8> {
    vec![]
}

/// Lets go of its sender for a moment, which may have been the last.
fn upgrade(sender: Tx, id: u8) -> Vec<u8> {
    let weak = sender.downgrade();
    drop(sender);
    weak.upgrade().map_or(vec![], |sender| try_send_ref(sender, id))
}

fn blocking_send_ref(sender: Tx, id: u8) -> Vec<u8> {
    publish(sender.blocking_send_ref().ok(), id)
}

fn blocking_send_ref_timeout(sender: Tx, id: u8) -> Vec<u8> {
    publish(sender.blocking_send_ref_timeout(Duration::ZERO).ok(), id)
}
