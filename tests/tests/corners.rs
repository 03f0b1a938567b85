//! Unusual messages, sizes and places, and code of others that re-enters the channel or panics in it.
//!
//! Not here: the overflow of a count of handles, which takes 2^63 handles to come to.
#![cfg(not(sakia_loom))]

mod behaviour;

#[path = "corners/messages.rs"]
mod messages;
#[path = "corners/panics.rs"]
mod panics;
#[path = "corners/reentering.rs"]
mod reentering;
#[path = "corners/sizes.rs"]
mod sizes;
#[path = "corners/statics.rs"]
mod statics;

use behaviour::{drain, now, parked};
use sakia::mpsc::{Receiver, Sender};

/// Nothing is lost of an open, empty channel: all its slots, the order, waiting and waking.
#[track_caller]
fn assert_whole(sender: &Sender<u32>, receiver: &mut Receiver<u32>) {
    let capacity = sender.max_capacity() as u32;
    assert_eq!((receiver.len(), receiver.capacity()), (0, capacity as usize));
    for _ in 0..3 {
        (0..capacity).for_each(|n| sender.try_send(n).unwrap());
        assert!(sender.try_send(0).unwrap_err().is_full());
        let mut waiting = parked(sender.send(capacity));
        assert_eq!(now(receiver.recv()), Some(0));
        assert_eq!(waiting.wakes(), 1);
        assert_eq!(waiting.ready(), Ok(()));
        assert!(drain(receiver).into_iter().eq(1..=capacity));
        let mut receiving = parked(receiver.recv());
        sender.try_send(7).unwrap();
        assert_eq!(receiving.wakes(), 1);
        assert_eq!(receiving.ready(), Some(7));
    }
}
