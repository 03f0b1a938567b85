//! The channels that the models are run with, and what holds at their end.

use crate::models::{alive::Message, task::Waiting};
use sakia::{
    mpsc::{
        Builder,
        recycled::{Receiver, SendRef, Sender},
    },
    recycling::Recycle,
};

/// Elements that hold a message or none.
#[derive(Debug)]
pub(crate) struct Pots;

impl Recycle<Option<Message>> for Pots {
    fn new_element(&self) -> Option<Message> {
        None
    }

    fn recycle(&self, element: &mut Option<Message>) {
        *element = None;
    }
}

pub(crate) type Tx = Sender<Option<Message>, Pots>;
pub(crate) type Rx = Receiver<Option<Message>, Pots>;

/// Writes a message into a slot, which is as new.
pub(crate) fn write(slot: &mut Option<Message>, id: u8) {
    assert!(slot.is_none(), "recycled before it is written");
    *slot = Some(Message::new(id));
}

/// What a message is, where it is.
pub(crate) fn id(slot: &Option<Message>) -> u8 {
    slot.as_ref().expect("it was written").id()
}

/// Makes a channel with `filled` messages in it, which count from 0.
pub(crate) fn channel(capacity: usize, overtaking: u32, filled: usize) -> (Tx, Rx) {
    let (sender, receiver) = Builder::new(capacity).overtaking(overtaking).with_recycle(Pots);
    for id in 0..filled {
        write(&mut sender.try_send_ref().expect("there is room"), id as u8);
    }
    (sender, receiver)
}

/// A sender that waits behind those before it. It gives what it sent.
pub(crate) fn waiting(sender: &Tx, id: u8) -> Waiting<Vec<u8>> {
    let sender = sender.clone();
    Waiting::new(async move { publish(sender.send_ref().await.ok(), id) })
}

/// Writes and publishes, with a slot that was had or not.
pub(crate) fn publish(slot: Option<SendRef<'_, Option<Message>, Pots>>, id: u8) -> Vec<u8> {
    slot.map_or(vec![], |mut slot| {
        write(&mut slot, id);
        vec![id]
    })
}

/// What was received, and the receiver if it was not dropped.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) ids: Vec<u8>,
    pub(crate) receiver: Option<Rx>,
}

/// With all threads done: receives, and lets go on who was woken, until nothing happens any more.
pub(crate) fn settle(receiver: &mut Rx, waiter: &mut Waiting<Vec<u8>>) -> Vec<u8> {
    let mut ids = Vec::new();
    loop {
        let before = ids.len();
        ids.extend(receiver.try_iter_ref().map(|message| id(&message)));
        if !waiter.go_on() && ids.len() == before {
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
        assert!(receiver.try_recv_ref().is_err_and(|error| error.is_closed()));
        assert!(receiver.is_closed() && receiver.is_empty());
        assert_eq!(receiver.capacity(), receiver.max_capacity(), "all slots are back");
    }
}
