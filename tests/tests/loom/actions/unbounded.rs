//! What a thread with a sender without a bound does. Each gives the messages that were sent, and drops the sender.

use crate::models::{alive::Message, task::poll_and_drop};
use core::{future::poll_fn, pin::Pin};
use sakia::mpsc::{PollSend, UnboundedPollSender, UnboundedSender, errors::SendError};

/// Takes the number of its first message.
pub(crate) type Action = fn(UnboundedSender<Message>, u8) -> Vec<u8>;

/// All of them, with their names.
pub(crate) const ALL: &[(&str, Action)] = &[
    ("send", send),
    ("send, three times", send_three),
    ("poll_ready, start_send", poll_ready_and_send),
    ("poll_ready, drop", poll_ready_and_drop),
    ("closed, cancelled", closed_cancelled),
    ("clone, send", clone_and_send),
    ("upgrade", upgrade),
    ("drop", drop_at_once),
];

/// One message, which came back if it was not sent.
fn one(id: u8, outcome: Result<(), SendError<Message>>) -> Vec<u8> {
    match outcome {
        Ok(()) => vec![id],
        Err(error) => {
            assert_eq!(error.into_inner().id(), id);
            vec![]
        }
    }
}

pub(crate) fn send(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    one(id, sender.send(Message::new(id)))
}

/// More than there are in a block.
pub(crate) fn send_three(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    (id..id + 3).flat_map(|id| one(id, sender.send(Message::new(id)))).collect()
}

fn ready(sender: &mut UnboundedPollSender<Message>) -> bool {
    let ready = poll_and_drop(poll_fn(|context| Pin::new(&mut *sender).poll_ready(context)));
    ready.expect("it never waits").is_ok()
}

fn poll_ready_and_send(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    let mut sender = UnboundedPollSender::new(sender);
    if !ready(&mut sender) {
        return vec![];
    }
    one(id, Pin::new(&mut sender).start_send(Message::new(id)))
}

fn poll_ready_and_drop(sender: UnboundedSender<Message>, _: u8) -> Vec<u8> {
    ready(&mut UnboundedPollSender::new(sender));
    vec![]
}

fn closed_cancelled(sender: UnboundedSender<Message>, _: u8) -> Vec<u8> {
    let _ = poll_and_drop(sender.closed());
    vec![]
}

fn clone_and_send(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    let other = sender.clone();
    drop(sender);
    send(other, id)
}

/// Lets go of its sender for a moment, which may have been the last.
pub(crate) fn upgrade(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    let weak = sender.downgrade();
    drop(sender);
    weak.upgrade().map_or(vec![], |sender| send(sender, id))
}

pub(crate) fn drop_at_once(_: UnboundedSender<Message>, _: u8) -> Vec<u8> {
    vec![]
}
