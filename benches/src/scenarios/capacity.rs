//! What a message costs in a channel of another capacity.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use super::Measured;
use crate::flavours::Flavour;

/// Fills the whole channel by `try_send` and empties it by `try_recv`, so that each slot is touched; less what writing and
/// reading an array of that many messages takes.
pub(super) fn walk_through<F: Flavour>(capacity: usize, messages: u64) -> Option<Measured> {
    let (mut tx, mut rx) = F::channel::<u64>(capacity, 1)?;
    let rounds = messages.div_ceil(capacity as u64);
    let array = plain_walk(capacity, rounds);
    let mut measured = Measured::time(rounds * capacity as u64, || {
        for _ in 0..rounds {
            for i in 0..capacity as u64 {
                assert!(F::try_send(&mut tx, black_box(i)));
            }
            for i in 0..capacity as u64 {
                assert_eq!(black_box(F::try_recv(&mut rx)), Some(i));
            }
        }
    });
    measured.elapsed = measured.elapsed.saturating_sub(array);
    Some(measured)
}

fn plain_walk(elements: usize, rounds: u64) -> Duration {
    let mut array = vec![0; elements];
    let start = Instant::now();
    for _ in 0..rounds {
        for (i, element) in array.iter_mut().enumerate() {
            *element = black_box(i);
        }
        for (i, element) in array.iter().enumerate() {
            assert_eq!(black_box(*element), i);
        }
    }
    start.elapsed()
}
