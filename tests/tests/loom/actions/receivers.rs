//! What the thread with the receiver does: most receive to the end.

use crate::models::{
    alive::Message,
    task::{block_on, poll_and_drop},
};
use core::{future::poll_fn, time::Duration};
use sakia::mpsc::{
    Receiver,
    errors::{RecvTimeoutError, TryRecvError},
};

/// What was received, and the receiver if it was not dropped.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) ids: Vec<u8>,
    pub(crate) receiver: Option<Receiver<Message>>,
}

pub(crate) type Action = fn(Receiver<Message>) -> Received;

/// All of them, with their names.
pub(crate) const ALL: &[(&str, Action)] = &[
    ("recv", recv),
    ("recv, cancelled", recv_cancelled),
    ("recv, another waker", recv_with_another_waker),
    ("try_recv", try_recv),
    ("peek", peek),
    ("peek, cancelled", peek_cancelled),
    ("recv_many", recv_many),
    ("recv_many, cancelled", recv_many_cancelled),
    ("blocking_recv", blocking_recv),
    ("blocking_recv_many", blocking_recv_many),
    ("blocking_recv_timeout", blocking_recv_timeout),
    ("close", close),
    ("recv, close", recv_and_close),
    ("close, drop", close_and_drop),
    ("drop", drop_at_once),
    ("recv, drop", recv_and_drop),
];

/// Those that never wait.
pub(crate) const BRIEF: &[(&str, Action)] = &[
    ("try_recv", try_recv_once),
    ("recv, cancelled", recv_cancelled_once),
    ("close", close_only),
    ("drop", drop_at_once),
    ("recv, drop", recv_and_drop),
];

/// Receives one message after another with `next`, to the end.
pub(crate) fn to_the_end(
    mut receiver: Receiver<Message>,
    mut ids: Vec<u8>,
    next: impl Fn(&mut Receiver<Message>) -> Option<Message>,
) -> Received {
    while let Some(message) = next(&mut receiver) {
        ids.push(message.id());
    }
    Received { ids, receiver: Some(receiver) }
}

pub(crate) fn next(receiver: &mut Receiver<Message>) -> Option<Message> {
    block_on(receiver.recv())
}

pub(crate) fn recv(receiver: Receiver<Message>) -> Received {
    to_the_end(receiver, vec![], next)
}

pub(crate) fn recv_cancelled(mut receiver: Receiver<Message>) -> Received {
    let first = poll_and_drop(receiver.recv()).flatten();
    to_the_end(receiver, first.iter().map(Message::id).collect(), next)
}

pub(crate) fn recv_cancelled_once(mut receiver: Receiver<Message>) -> Received {
    let first = poll_and_drop(receiver.recv()).flatten();
    Received { ids: first.iter().map(Message::id).collect(), receiver: Some(receiver) }
}

/// The future is handed from a task to another between its polls.
fn recv_with_another_waker(mut receiver: Receiver<Message>) -> Received {
    let first = {
        let mut future = core::pin::pin!(receiver.recv());
        poll_and_drop(future.as_mut()).unwrap_or_else(|| block_on(future))
    };
    to_the_end(receiver, first.iter().map(Message::id).collect(), next)
}

fn try_recv(receiver: Receiver<Message>) -> Received {
    to_the_end(receiver, vec![], |receiver| match receiver.try_recv() {
        Ok(message) => Some(message),
        Err(TryRecvError::Closed) => None,
        Err(TryRecvError::Empty) => next(receiver),
    })
}

pub(crate) fn try_recv_once(mut receiver: Receiver<Message>) -> Received {
    let first = receiver.try_recv();
    Received { ids: first.iter().map(Message::id).collect(), receiver: Some(receiver) }
}

fn peek(receiver: Receiver<Message>) -> Received {
    to_the_end(receiver, vec![], |receiver| {
        let id = block_on(receiver.peek()).map(Message::id);
        let message = receiver.try_recv();
        assert_eq!(message.as_ref().ok().map(Message::id), id);
        message.ok()
    })
}

fn peek_cancelled(mut receiver: Receiver<Message>) -> Received {
    let seen = poll_and_drop(receiver.peek()).flatten().map(Message::id);
    let received = recv(receiver);
    assert!(seen.is_none() || received.ids.first() == seen.as_ref());
    received
}

fn recv_many_cancelled(mut receiver: Receiver<Message>) -> Received {
    let mut messages = Vec::new();
    let received = poll_and_drop(receiver.recv_many(&mut messages, 2));
    assert_eq!(received.unwrap_or(0), messages.len());
    to_the_end(receiver, messages.iter().map(Message::id).collect(), next)
}

pub(crate) fn recv_many(mut receiver: Receiver<Message>) -> Received {
    let mut messages = Vec::new();
    while block_on(receiver.recv_many(&mut messages, 2)) > 0 {}
    Received { ids: messages.iter().map(Message::id).collect(), receiver: Some(receiver) }
}

pub(crate) fn blocking_recv(receiver: Receiver<Message>) -> Received {
    to_the_end(receiver, vec![], Receiver::blocking_recv)
}

fn blocking_recv_many(mut receiver: Receiver<Message>) -> Received {
    let mut messages = Vec::new();
    while receiver.blocking_recv_many(&mut messages, 2) > 0 {}
    Received { ids: messages.iter().map(Message::id).collect(), receiver: Some(receiver) }
}

fn blocking_recv_timeout(receiver: Receiver<Message>) -> Received {
    to_the_end(receiver, vec![], |receiver| match receiver.blocking_recv_timeout(Duration::ZERO) {
        Ok(message) => Some(message),
        Err(RecvTimeoutError::Closed) => None,
        Err(RecvTimeoutError::Timeout) => next(receiver),
    })
}

pub(crate) fn close(mut receiver: Receiver<Message>) -> Received {
    receiver.close();
    whole(recv(receiver))
}

/// The end of a closed channel is seen when all capacity is back, not before.
fn whole(received: Received) -> Received {
    let receiver = received.receiver.as_ref().expect("it has received to the end");
    assert_eq!(receiver.capacity(), receiver.max_capacity(), "all capacity is back at the end");
    received
}

pub(crate) fn close_only(mut receiver: Receiver<Message>) -> Received {
    receiver.close();
    Received { ids: vec![], receiver: Some(receiver) }
}

pub(crate) fn recv_and_close(mut receiver: Receiver<Message>) -> Received {
    let first = next(&mut receiver);
    receiver.close();
    whole(to_the_end(receiver, first.iter().map(Message::id).collect(), next))
}

fn close_and_drop(mut receiver: Receiver<Message>) -> Received {
    receiver.close();
    drop_at_once(receiver)
}

pub(crate) fn drop_at_once(_: Receiver<Message>) -> Received {
    Received { ids: vec![], receiver: None }
}

/// Leaves a waker in the channel, perhaps.
pub(crate) fn recv_and_drop(mut receiver: Receiver<Message>) -> Received {
    let first = poll_and_drop(poll_fn(|context| receiver.poll_recv(context))).flatten();
    Received { ids: first.iter().map(Message::id).collect(), receiver: None }
}
