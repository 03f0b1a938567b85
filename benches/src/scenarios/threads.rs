//! Two threads that block.

use std::thread;

use super::Measured;
use super::senders::{drain, produce};
use crate::block_on::block_on;
use crate::flavours::Flavour;

/// One sending and one receiving thread, parked whenever they wait.
pub(super) fn spsc<F: Flavour>(capacity: usize, messages: u64) -> Option<Measured> {
    let (tx, rx) = F::channel(capacity, 1)?;
    Some(Measured::time(messages, || {
        let sending = thread::spawn(move || block_on(produce::<F, u64>(tx, messages)));
        assert_eq!(block_on(drain::<F, u64>(rx)), messages);
        sending.join().expect("the sending thread does not panic");
    }))
}
