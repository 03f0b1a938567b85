//! What holds at the end of every model.

use super::{actions::receivers::Received, alive::Message, model::named, task::Waiting};
use sakia::mpsc::{Builder, Receiver, Sender};

/// The channels that models are run with: their capacity, their order, and how many messages are in them from the
/// beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) capacity: usize,
    pub(crate) overtaking: u32,
    pub(crate) filled: u8,
    /// The messages are in blocks, not in a ring.
    pub(crate) in_blocks: bool,
}

impl core::fmt::Display for Setup {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { capacity, overtaking, filled, in_blocks } = self;
        write!(f, "{filled} of {capacity}, overtaking {overtaking}{}", if *in_blocks { ", in blocks" } else { "" })
    }
}

/// The overtaking limits that differ: the narrow packing is always strict.
pub(crate) const ORDERS: &[u32] = if cfg!(sakia_narrow) { &[0] } else { &[0, 1] };

impl Setup {
    /// A full channel.
    pub(crate) fn full(capacity: usize, overtaking: u32) -> Self {
        Self { filled: capacity as u8, ..Self::empty(capacity, overtaking) }
    }

    /// An empty channel.
    pub(crate) fn empty(capacity: usize, overtaking: u32) -> Self {
        Self { capacity, overtaking, filled: 0, in_blocks: false }
    }

    /// The same with the messages in blocks.
    pub(crate) fn in_blocks(self) -> Self {
        Self { in_blocks: true, ..self }
    }

    /// Makes the channel. The messages in it count from 0.
    pub(crate) fn channel(self) -> (Sender<Message>, Receiver<Message>) {
        let builder = Builder::new(self.capacity).overtaking(self.overtaking);
        let builder = if self.in_blocks { builder.on_demand() } else { builder };
        let (sender, receiver) = builder.channel();
        for id in 0..self.filled {
            sender.try_send(Message::new(id)).expect("there is room");
        }
        (sender, receiver)
    }
}

/// Runs `f` on each order.
pub(crate) fn each_order(preemptions: usize, f: fn(u32)) {
    for &order in ORDERS {
        named(&format!("(overtaking {order})"), preemptions, move || f(order));
    }
}

/// A sender that waits behind those before it. It gives what it sent.
pub(crate) fn waiting(sender: &Sender<Message>, id: u8) -> Waiting<Vec<u8>> {
    let sender = sender.clone();
    Waiting::new(async move { sender.send(Message::new(id)).await.map_or(vec![], |()| vec![id]) })
}

/// Receives without waiting.
pub(crate) fn take(receiver: &mut Receiver<Message>) -> Option<u8> {
    receiver.try_recv().ok().map(|message| message.id())
}

/// With all threads done: receives, and lets go on who was woken, until nothing happens any more. Gives what was received.
pub(crate) fn settle<const N: usize>(
    receiver: &mut Receiver<Message>,
    mut waiters: [&mut Waiting<Vec<u8>>; N],
) -> Vec<u8> {
    let mut ids = Vec::new();
    loop {
        let before = ids.len();
        ids.extend(core::iter::from_fn(|| take(receiver)));
        let ended = waiters.iter_mut().filter_map(|waiter| waiter.go_on().then_some(())).count();
        if ids.len() == before && ended == 0 {
            return ids;
        }
    }
}

/// All senders are gone: `sent` tells what each sent in its order, the first what was in the channel from the beginning.
pub(crate) fn all_is_accounted_for(sent: &[Vec<u8>], received: Received) {
    let Received { ids, receiver } = received;
    for sent in sent {
        let from_this: Vec<u8> = ids.iter().copied().filter(|id| sent.contains(id)).collect();
        let dropped = if receiver.is_some() { 0 } else { sent.len() - from_this.len() };
        assert_eq!(from_this, sent[..sent.len() - dropped], "received exactly once, in the order of sending");
    }
    assert!(ids.iter().all(|id| sent.iter().any(|sent| sent.contains(id))), "received, but not sent: {ids:?}");
    if let Some(mut receiver) = receiver {
        is_at_its_end(&mut receiver);
    }
}

/// The channel is closed, empty and whole.
pub(crate) fn is_at_its_end(receiver: &mut Receiver<Message>) {
    assert!(receiver.try_recv().is_err_and(|error| error.is_closed()));
    assert!(receiver.is_closed() && receiver.is_empty());
    assert_eq!(receiver.capacity(), receiver.max_capacity());
}

/// The channel is open, empty and whole.
pub(crate) fn is_as_new(receiver: &mut Receiver<Message>) {
    assert!(receiver.try_recv().is_err_and(|error| error.is_empty()));
    assert!(!receiver.is_closed() && receiver.is_empty());
    assert_eq!(receiver.capacity(), receiver.max_capacity());
}

/// What each count may be at any time.
pub(crate) fn counts_are_in_bounds(sender: &Sender<Message>) {
    assert!(sender.len() <= sender.max_capacity());
    assert!(sender.capacity() <= sender.max_capacity());
}
