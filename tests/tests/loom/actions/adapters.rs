//! The same through the adapters: streams, sinks, and the drop-in for tokio's channel, outside a runtime, where there is no
//! budget to run out of.

use super::{
    receivers::{self, Received},
    senders, unbounded,
};
use crate::models::{
    alive::Message,
    task::{block_on, poll_and_drop},
};
use core::future::poll_fn;
use futures_util::{SinkExt, StreamExt};
use sakia::mpsc::{Receiver, Sender, UnboundedSender};
use sakia_futures::{ReceiverExt, SenderExt};
use sakia_tokio::{PollSender, mpsc, wrappers};

/// Senders of channels in the strict order, which tokio's are.
pub(crate) const SENDERS: &[(&str, senders::Action)] = &[
    ("sink, send", sink_send),
    ("sink, send, cancelled", sink_send_cancelled),
    ("sink, ready, drop", sink_ready_and_drop),
    ("sink, ready, close", sink_ready_and_close),
    ("sink, ready, abort", sink_ready_and_abort),
    ("pinned sink, feed two", pinned_sink),
    ("tokio send", tokio_send),
    ("tokio send, cancelled", tokio_send_cancelled),
    ("tokio reserve_owned", tokio_reserve_owned),
    ("tokio PollSender, send", tokio_poll_sender),
    ("tokio PollSender, abort", tokio_poll_sender_aborted),
    ("tokio upgrade", tokio_upgrade),
];

/// Senders without a bound.
pub(crate) const UNBOUNDED: &[(&str, unbounded::Action)] =
    &[("sink, send", unbounded_sink), ("tokio send", tokio_unbounded), ("send, three times", unbounded::send_three)];

/// Receivers of either kind.
pub(crate) const RECEIVERS: &[(&str, receivers::Action)] = &[
    ("stream", stream),
    ("stream, next cancelled", stream_cancelled),
    ("batches", batches),
    ("stream, close", stream_closed),
    ("stream, drop", stream_dropped),
    ("tokio recv", tokio_recv),
    ("tokio recv, cancelled", tokio_recv_cancelled),
    ("tokio recv_many", tokio_recv_many),
    ("tokio stream, close", tokio_stream_closed),
    ("tokio drop", tokio_drop),
];

/// What was sent if `sent` is true.
fn if_sent(id: u8, sent: bool) -> Vec<u8> {
    if sent { vec![id] } else { vec![] }
}

// ===== sinks =====

fn sink_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sink = sender.into_sink();
    if_sent(id, block_on(sink.send(Message::new(id))).is_ok())
}

fn sink_send_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sink = sender.into_sink();
    if_sent(id, poll_and_drop(sink.send(Message::new(id))).is_some_and(|sent| sent.is_ok()))
}

fn sink_ready_and_drop(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let mut sink = sender.into_sink();
    let _ = block_on(poll_fn(|context| sink.poll_ready_unpin(context)));
    vec![]
}

fn sink_ready_and_close(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let mut sink = sender.into_sink();
    let _ = poll_and_drop(poll_fn(|context| sink.poll_ready_unpin(context)));
    block_on(poll_fn(|context| sink.poll_close_unpin(context))).expect("it always closes");
    vec![]
}

fn sink_ready_and_abort(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sink = sender.into_sink();
    let _ = poll_and_drop(poll_fn(|context| sink.poll_ready_unpin(context)));
    sink.get_mut().abort();
    if_sent(id, block_on(sink.send(Message::new(id))).is_ok())
}

fn pinned_sink(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sink = core::pin::pin!(sender.into_pinned_sink());
    let ids = [id, id + 1].into_iter();
    ids.take_while(|id| block_on(sink.feed(Message::new(*id))).is_ok()).collect()
}

fn unbounded_sink(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    let mut sink = sender.into_sink();
    if_sent(id, block_on(sink.send(Message::new(id))).is_ok())
}

// ===== streams =====

fn stream(receiver: Receiver<Message>) -> Received {
    let mut stream = receiver.into_stream();
    let mut ids = Vec::new();
    while let Some(message) = block_on(stream.next()) {
        ids.push(message.id());
    }
    assert!(block_on(stream.next()).is_none(), "it has ended");
    Received { ids, receiver: Some(stream.into_inner()) }
}

fn stream_cancelled(mut receiver: Receiver<Message>) -> Received {
    let first = poll_and_drop(receiver.stream().next()).flatten();
    let mut received = stream(receiver);
    received.ids.splice(0..0, first.iter().map(Message::id));
    received
}

fn batches(receiver: Receiver<Message>) -> Received {
    let mut batches = receiver.into_batches(2);
    let mut ids = Vec::new();
    while let Some(batch) = block_on(batches.next()) {
        assert!((1..=2).contains(&batch.len()));
        ids.extend(batch.iter().map(Message::id));
    }
    Received { ids, receiver: Some(batches.into_inner()) }
}

fn stream_closed(receiver: Receiver<Message>) -> Received {
    let mut closed = receiver.into_stream();
    closed.close();
    stream(closed.into_inner())
}

fn stream_dropped(receiver: Receiver<Message>) -> Received {
    let mut stream = receiver.into_stream();
    let first = poll_and_drop(stream.next()).flatten();
    Received { ids: first.iter().map(Message::id).collect(), receiver: None }
}

// ===== the drop-in =====

fn tokio_sender(sender: Sender<Message>) -> mpsc::Sender<Message> {
    sender.try_into().expect("the order is strict")
}

fn tokio_send(sender: Sender<Message>, id: u8) -> Vec<u8> {
    if_sent(id, block_on(tokio_sender(sender).send(Message::new(id))).is_ok())
}

fn tokio_send_cancelled(sender: Sender<Message>, id: u8) -> Vec<u8> {
    if_sent(id, poll_and_drop(tokio_sender(sender).send(Message::new(id))).is_some_and(|sent| sent.is_ok()))
}

fn tokio_reserve_owned(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let permit = block_on(tokio_sender(sender).reserve_owned());
    if_sent(id, permit.map(|permit| permit.send(Message::new(id))).is_ok())
}

fn tokio_poll_sender(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let mut sender = PollSender::new(tokio_sender(sender));
    let ready = block_on(poll_fn(|context| sender.poll_reserve(context))).is_ok();
    if_sent(id, ready && sender.send_item(Message::new(id)).is_ok())
}

fn tokio_poll_sender_aborted(sender: Sender<Message>, _: u8) -> Vec<u8> {
    let mut sender = PollSender::new(tokio_sender(sender));
    let _ = poll_and_drop(poll_fn(|context| sender.poll_reserve(context)));
    sender.abort_send();
    let _ = poll_and_drop(poll_fn(|context| sender.poll_reserve(context)));
    vec![]
}

fn tokio_upgrade(sender: Sender<Message>, id: u8) -> Vec<u8> {
    let sender = tokio_sender(sender);
    let weak = sender.downgrade();
    drop(sender);
    if_sent(id, weak.upgrade().is_some_and(|sender| sender.try_send(Message::new(id)).is_ok()))
}

fn tokio_unbounded(sender: UnboundedSender<Message>, id: u8) -> Vec<u8> {
    if_sent(id, mpsc::UnboundedSender::from(sender).send(Message::new(id)).is_ok())
}

/// The drop-in's receivers, by whether there is a bound.
enum Tokio {
    Bounded(mpsc::Receiver<Message>),
    Unbounded(mpsc::UnboundedReceiver<Message>),
}

/// Calls a method of either.
macro_rules! either {
    ($self:expr, $receiver:ident => $call:expr) => {
        match $self {
            Tokio::Bounded($receiver) => $call,
            Tokio::Unbounded($receiver) => $call,
        }
    };
}

impl Tokio {
    fn new(receiver: Receiver<Message>) -> Self {
        match mpsc::UnboundedReceiver::try_from(receiver) {
            Ok(receiver) => Self::Unbounded(receiver),
            Err(error) => Self::Bounded(error.0.try_into().expect("the order is strict")),
        }
    }

    fn next(&mut self) -> Option<Message> {
        either!(self, receiver => block_on(receiver.recv()))
    }

    /// Receives to the end, after `ids`.
    fn rest(mut self, mut ids: Vec<u8>) -> Received {
        while let Some(message) = self.next() {
            ids.push(message.id());
        }
        Received { ids, receiver: Some(either!(self, receiver => receiver.into())) }
    }
}

fn tokio_recv(receiver: Receiver<Message>) -> Received {
    Tokio::new(receiver).rest(vec![])
}

fn tokio_recv_cancelled(receiver: Receiver<Message>) -> Received {
    let mut receiver = Tokio::new(receiver);
    let first = either!(&mut receiver, receiver => poll_and_drop(receiver.recv())).flatten();
    receiver.rest(first.iter().map(Message::id).collect())
}

fn tokio_recv_many(receiver: Receiver<Message>) -> Received {
    let mut receiver = Tokio::new(receiver);
    let mut messages = Vec::new();
    while either!(&mut receiver, receiver => block_on(receiver.recv_many(&mut messages, 2))) > 0 {}
    receiver.rest(messages.iter().map(Message::id).collect())
}

fn tokio_stream_closed(receiver: Receiver<Message>) -> Received {
    match Tokio::new(receiver) {
        Tokio::Bounded(receiver) => {
            let mut stream = wrappers::ReceiverStream::new(receiver);
            let first = block_on(stream.next());
            stream.close();
            Tokio::Bounded(stream.into_inner()).rest(first.iter().map(Message::id).collect())
        }
        Tokio::Unbounded(receiver) => {
            let mut stream = wrappers::UnboundedReceiverStream::new(receiver);
            stream.close();
            Tokio::Unbounded(stream.into_inner()).rest(vec![])
        }
    }
}

fn tokio_drop(receiver: Receiver<Message>) -> Received {
    let mut receiver = Tokio::new(receiver);
    let first = either!(&mut receiver, receiver => receiver.try_recv()).ok();
    Received { ids: first.iter().map(Message::id).collect(), receiver: None }
}
