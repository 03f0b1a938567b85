//! What a thread with a sender does. Each gives the messages that were sent, and drops the sender.

use crate::models::{
    alive::Message,
    task::{block_on, poll_and_drop},
};
use core::{future::poll_fn, pin::pin, time::Duration};
use sakia::mpsc::{OwnedPermit, Permit, PermitIterator, PollSender, Sender, errors::SendError};
use sakia_tests::yield_now;

/// Takes the number of its first message.
pub(crate) type Action = fn(Sender<Message>, u8) -> Vec<u8>;

/// Those that send one message at most, with their names.
pub(crate) const SINGLE: &[(&str, Action)] = &[
    ("send", send),
    ("try_send", try_send),
    ("send, cancelled", send_cancelled),
    ("send, another waker", send_with_another_waker),
    ("send_before", send_before),
    ("reserve, send", reserve_and_send),
    ("reserve, drop", reserve_and_drop),
    ("reserve, cancelled", reserve_cancelled),
    ("reserve_in_turn", reserve_in_turn),
    ("try_reserve", try_reserve),
    ("try_reserve, drop", try_reserve_and_drop),
    ("reserve_owned, send", reserve_owned_and_send),
    ("reserve_owned, drop", reserve_owned_and_drop),
    ("reserve_owned, release", reserve_owned_and_release),
    ("reserve_owned, cancelled", reserve_owned_cancelled),
    ("poll_ready, start_send", poll_ready_and_send),
    ("poll_ready, drop", poll_ready_and_drop),
    ("poll_ready, cancelled", poll_ready_cancelled),
    ("poll_ready, abort", poll_ready_and_abort),
    ("closed, cancelled", closed_cancelled),
    ("drop", drop_at_once),
    ("upgrade", upgrade),
    ("blocking_send", blocking_send),
    ("blocking_send_timeout", blocking_send_timeout),
];

/// Those that send two, where there is room.
pub(crate) const DOUBLE: &[(&str, Action)] = &[
    ("send, twice", send_twice),
    ("reserve_many", reserve_many),
    ("reserve_many, one used", reserve_many_and_use_one),
    ("reserve_many, drop", reserve_many_and_drop),
    ("reserve_many, cancelled", reserve_many_cancelled),
    ("try_reserve_many", try_reserve_many),
    ("send_iter", send_iter),
    ("send_iter, cancelled", send_iter_cancelled),
];

/// Those that never wait for long, and end whatever the others do.
pub(crate) const BRIEF: &[(&str, Action)] = &[
    ("try_send", try_send),
    ("send, cancelled", send_cancelled),
    ("reserve, cancelled", reserve_cancelled),
    ("reserve_many, cancelled", reserve_many_cancelled),
    ("reserve_owned, cancelled", reserve_owned_cancelled),
    ("send_iter, cancelled", send_iter_cancelled),
    ("poll_ready, cancelled", poll_ready_cancelled),
    ("upgrade", upgrade),
    ("blocking_send_timeout", blocking_send_timeout),
];

/// Those that never wait and are not above.
pub(crate) const OTHER_BRIEF: &[(&str, Action)] = &[
    ("try_reserve", try_reserve),
    ("try_reserve, drop", try_reserve_and_drop),
    ("try_reserve_many", try_reserve_many),
    ("poll_ready, abort", poll_ready_and_abort),
    ("closed, cancelled", closed_cancelled),
    ("drop", drop_at_once),
];

/// One message, which came back if it was not sent.
fn one(id: u8, outcome: Result<(), Message>) -> Vec<u8> {
    match outcome {
        Ok(()) => vec![id],
        Err(message) => {
            assert_eq!(message.id(), id);
            vec![]
        }
    }
}

pub(crate) fn send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    one(id, block_on(sender.send(Message::new(id))).map_err(SendError::into_inner))
}

pub(crate) fn send_twice(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sent = send(sender.clone(), id);
    sent.extend(send(sender, id + 1));
    sent
}

pub(crate) fn try_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    one(id, sender.try_send(Message::new(id)).map_err(|error| error.into_inner()))
}

pub(crate) fn send_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let outcome = poll_and_drop(sender.send(Message::new(id)));
    outcome.map_or(vec![], |outcome| one(id, outcome.map_err(SendError::into_inner)))
}

/// The future is handed from a task to another between its polls.
pub(crate) fn send_with_another_waker(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut future = pin!(sender.send(Message::new(id)));
    let outcome = poll_and_drop(future.as_mut()).unwrap_or_else(|| block_on(future));
    one(id, outcome.map_err(SendError::into_inner))
}

/// The deadline comes with the second poll.
fn send_before(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let outcome = block_on(sender.send_before(Message::new(id), yield_now()));
    one(id, outcome.map_err(|error| error.into_inner()))
}

fn use_permit(id: u8, permit: Result<Permit<'_, Message>, SendError<()>>) -> Vec<u8> {
    permit.map_or(vec![], |permit| {
        permit.send(Message::new(id));
        vec![id]
    })
}

pub(crate) fn reserve_and_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permit(id, block_on(sender.reserve()))
}

pub(crate) fn reserve_and_drop(sender: Sender<Message>, _: u8) -> Vec<u8> {
    drop(block_on(sender.reserve()));
    vec![]
}

pub(crate) fn reserve_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    poll_and_drop(sender.reserve()).map_or(vec![], |permit| use_permit(id, permit))
}

/// Waits in the queue, even if there is room.
fn reserve_in_turn(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permit(id, block_on(sender.reserve_in_turn()))
}

fn try_reserve_and_drop(sender: Sender<Message>, _: u8) -> Vec<u8> {
    drop(sender.try_reserve());
    vec![]
}

fn try_reserve(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permit(id, sender.try_reserve().map_err(|_| SendError(())))
}

/// Uses up to `n` permits and drops the rest.
fn use_permits(id: u8, n: usize, permits: Result<PermitIterator<'_, Message>, SendError<()>>) -> Vec<u8> {
    let Ok(mut permits) = permits else { return vec![] };
    let use_one = |(permit, id): (Permit<'_, Message>, u8)| {
        permit.send(Message::new(id));
        id
    };
    permits.by_ref().take(n).zip(id..).map(use_one).collect()
}

/// Two, or as many as there can be.
fn two(sender: &Sender<Message>) -> usize {
    sender.max_capacity().min(2)
}

pub(crate) fn reserve_many(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permits(id, 2, block_on(sender.reserve_many(two(&sender))))
}

fn reserve_many_and_drop(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permits(id, 0, block_on(sender.reserve_many(two(&sender))))
}

fn try_reserve_many(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permits(id, 2, sender.try_reserve_many(two(&sender)).map_err(|_| SendError(())))
}

fn reserve_many_and_use_one(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_permits(id, 1, block_on(sender.reserve_many(two(&sender))))
}

pub(crate) fn reserve_many_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    poll_and_drop(sender.reserve_many(two(&sender))).map_or(vec![], |permits| use_permits(id, 2, permits))
}

fn use_owned(id: u8, permit: Result<OwnedPermit<Message>, SendError<()>>) -> Vec<u8> {
    permit.map_or(vec![], |permit| {
        drop(permit.send(Message::new(id)));
        vec![id]
    })
}

pub(crate) fn reserve_owned_and_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    use_owned(id, block_on(sender.reserve_owned()))
}

pub(crate) fn reserve_owned_and_drop(sender: Sender<Message>, _: u8) -> Vec<u8> {
    drop(block_on(sender.reserve_owned()));
    vec![]
}

fn reserve_owned_and_release(sender: Sender<Message>, id: u8) -> Vec<u8> {
    block_on(sender.reserve_owned()).map_or(vec![], |permit| try_send(permit.release(), id))
}

pub(crate) fn reserve_owned_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    poll_and_drop(sender.reserve_owned()).map_or(vec![], |permit| use_owned(id, permit))
}

pub(crate) fn send_iter(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let sent = match block_on(sender.send_iter(&mut (id..id + 2).map(Message::new))) {
        Ok(sent) => {
            assert_eq!(sent, 2);
            sent
        }
        Err(error) => error.sent,
    };
    (id..).take(sent).collect()
}

fn send_iter_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut messages = (id..id + 2).map(Message::new);
    let _ = poll_and_drop(sender.send_iter(&mut messages));
    (id..).take(2 - messages.len()).collect()
}

pub(crate) fn poll_ready_and_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    match block_on(poll_fn(|context| sender.as_mut().poll_ready(context))) {
        Ok(()) => one(id, sender.start_send(Message::new(id)).map_err(SendError::into_inner)),
        Err(SendError(())) => vec![],
    }
}

pub(crate) fn poll_ready_and_drop(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    let _ = block_on(poll_fn(|context| sender.as_mut().poll_ready(context)));
    vec![]
}

pub(crate) fn poll_ready_cancelled(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    let _ = poll_and_drop(poll_fn(|context| sender.as_mut().poll_ready(context)));
    vec![]
}

/// What is reserved or waited for is given up, and waited for anew.
fn poll_ready_and_abort(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let mut sender = pin!(PollSender::new(sender));
    let _ = poll_and_drop(poll_fn(|context| sender.as_mut().poll_ready(context)));
    sender.as_mut().abort();
    let _ = poll_and_drop(poll_fn(|context| sender.as_mut().poll_ready(context)));
    vec![]
}

/// Perhaps the last.
pub(crate) fn drop_at_once(_: Sender<Message>, _: u8) -> Vec<u8> {
    vec![]
}

fn closed_cancelled(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let _ = poll_and_drop(sender.closed());
    vec![]
}

/// Lets go of its sender for a moment, which may have been the last.
pub(crate) fn upgrade(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let weak = sender.downgrade();
    drop(sender);
    weak.upgrade().map_or(vec![], |sender| try_send(sender, id))
}

pub(crate) fn blocking_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    one(id, sender.blocking_send(Message::new(id)).map_err(SendError::into_inner))
}

pub(crate) fn blocking_send_timeout(sender: Sender<Message>, id: u8) -> Vec<u8> {
    one(id, sender.blocking_send_timeout(Message::new(id), Duration::ZERO).map_err(|error| error.into_inner()))
}
