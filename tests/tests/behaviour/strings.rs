//! Channels of recycled strings.

use sakia::mpsc::{
    Builder,
    recycled::{Receiver, Sender},
};

/// A channel in which nobody overtakes.
pub(crate) fn strict(capacity: usize) -> (Sender<String>, Receiver<String>) {
    Builder::new(capacity).overtaking(0).recycled()
}

pub(crate) fn send(sender: &Sender<String>, text: &str) {
    sender.try_send_ref().unwrap().push_str(text);
}

pub(crate) fn drain(receiver: &mut Receiver<String>) -> Vec<String> {
    receiver.try_iter_ref().map(|message| message.clone()).collect()
}
