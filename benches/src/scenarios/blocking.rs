//! Threads that use the blocking calls.

use std::thread;

use super::Measured;
use crate::flavours::Blocking;

/// `senders` threads that send, and this one receives.
pub(super) fn fan_in<B: Blocking>(senders: usize, capacity: usize, messages: u64) -> Option<Measured> {
    let (tx, mut rx) = B::channel(capacity);
    let each = messages.div_ceil(senders as u64);
    let total = each * senders as u64;
    Some(Measured::time(total, || {
        let sending: Vec<_> =
            core::iter::repeat_n(tx, senders).map(|tx| thread::spawn(move || produce::<B>(&tx, each))).collect();
        let mut count = 0;
        while B::recv(&mut rx).is_some() {
            count += 1;
        }
        assert_eq!(count, total);
        for thread in sending {
            thread.join().expect("a sending thread does not panic");
        }
    }))
}

fn produce<B: Blocking>(tx: &B::Tx, count: u64) {
    for i in 0..count {
        assert!(B::send(tx, i));
    }
}
