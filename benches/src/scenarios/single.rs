//! One thread, no waiting: the price of the calls themselves.

use core::hint::black_box;

use super::Measured;
use crate::block_on::block_on;
use crate::flavours::{Flavour, Written};

const CAPACITY: usize = 128;

/// Fills with `burst` messages by `try_send`, then empties by `try_recv`. The messages read as their numbers.
pub(super) fn bursts<F: Flavour, T: Written>(burst: u64, messages: u64) -> Option<Measured> {
    let (mut tx, mut rx) = F::channel::<T>(CAPACITY, 1)?;
    let rounds = messages.div_ceil(burst);
    Some(Measured::time(rounds * burst, || {
        for _ in 0..rounds {
            for i in 0..burst {
                assert!(F::try_send_written(&mut tx, black_box(i)));
            }
            for i in 0..burst {
                assert_eq!(black_box(F::try_recv_read(&mut rx)), Some(i));
            }
        }
    }))
}

/// Sends and receives in turn within one task: neither ever waits.
pub(super) fn ready<F: Flavour>(messages: u64) -> Option<Measured> {
    let (mut tx, mut rx) = F::channel::<u64>(CAPACITY, 1)?;
    Some(Measured::time(messages, || {
        block_on(async {
            for i in 0..messages {
                assert!(F::send_written(&mut tx, black_box(i)).await);
                assert_eq!(black_box(F::recv_read(&mut rx).await), Some(i));
            }
        });
    }))
}

/// Makes and drops channels of capacity 32; a "message" is a channel.
pub(super) fn creation<F: Flavour>(channels: u64) -> Option<Measured> {
    F::channel::<u64>(32, 1)?;
    Some(Measured::time(channels, || {
        for _ in 0..channels {
            drop(black_box(F::channel::<u64>(black_box(32), 1)));
        }
    }))
}
