//! Who has to wait may look again before it does: what it takes is counted, and it passes nobody who waits.
#![cfg(not(sakia_loom))]

mod behaviour;

use behaviour::{now, parked};
use sakia::mpsc::{self, Builder};

/// Enough for every state of a channel's patience on one thread.
const WAITS: usize = 20_000;

#[test]
fn who_wants_two_is_not_content_with_one() {
    for overtaking in [0, 1_000] {
        let (sender, receiver) = Builder::new(3).overtaking(overtaking).channel::<u8>();
        let taken = sender.try_reserve_many(2).unwrap();
        for _ in 0..WAITS {
            drop(parked(sender.reserve_many(2)));
            assert_eq!(receiver.capacity(), 1);
        }
        drop(taken);
        assert_eq!(now(sender.reserve_many(2)).unwrap().len(), 2);
        assert_eq!(receiver.capacity(), 3);
    }
}

#[test]
fn what_a_look_takes_is_taken_once() {
    for capacity in [1, 8] {
        let (sender, mut receiver) = mpsc::channel(capacity);
        for n in 0..WAITS {
            (0..capacity).for_each(|_| sender.try_send(n).unwrap());
            drop(parked(sender.send(n)));
            assert_eq!(receiver.try_recv(), Ok(n));
            drop(now(sender.reserve_in_turn()).unwrap());
            assert_eq!(sender.capacity(), 1);
            assert_eq!(receiver.try_iter().count(), capacity - 1);
            drop(parked(receiver.recv()));
        }
    }
}

#[test]
fn nobody_passes_who_waits_in_the_strict_order() {
    let (sender, mut receiver) = Builder::new(1).overtaking(0).channel();
    for n in 0..WAITS {
        sender.try_send(n).unwrap();
        let mut first = parked(sender.send(n + 1));
        drop(parked(sender.send(0)));
        assert_eq!(receiver.try_recv(), Ok(n));
        drop(parked(sender.send(0)));
        first.ready().unwrap();
        assert_eq!(receiver.try_recv(), Ok(n + 1));
    }
}
