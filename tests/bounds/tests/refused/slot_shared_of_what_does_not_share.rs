//! A slot in hand is shared only if the message in it may be.

use std::{cell::Cell, thread};

fn main() {
    let (sender, _receiver) = sakia::mpsc::recycled::channel::<Cell<u8>>(1);
    let slot = sender.try_send_ref().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| slot.set(1));
    });
}
