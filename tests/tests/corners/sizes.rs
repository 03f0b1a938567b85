//! Capacities, from those that are none to those that are too large, and ends that block or don't.

use core::{panic::Location, time::Duration};
use std::thread;

use sakia::mpsc::{Builder, MAX_CAPACITY, blocking, channel, errors::TrySendError};
use sakia_tests::with_watchdog;

use crate::behaviour::{LIMITS, drain, now, panic_of, parked};

/// Of 1, 2, 3, and about each power of two to 257.
const CAPACITIES: [usize; 19] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 255, 256, 257];

/// The message of a panic, which must name the caller's line.
#[track_caller]
fn panics_here<T>(body: impl FnOnce() -> T) -> String {
    let panic = panic_of(body).expect("a panic");
    let here = Location::caller();
    assert_eq!((panic.file.as_str(), panic.line), (here.file(), here.line()));
    panic.message
}

#[test]
fn capacities_that_cannot_be_panic_at_the_caller() {
    let messages =
        [panics_here(|| channel::<u8>(0)), panics_here(|| Builder::new(0)), panics_here(|| blocking::channel::<u8>(0))];
    assert!(messages.iter().all(|message| message.contains("capacity above 0")), "{messages:?}");
    for capacity in [MAX_CAPACITY + 1, usize::MAX] {
        let messages = [
            panics_here(|| channel::<u8>(capacity)),
            panics_here(|| Builder::new(capacity)),
            panics_here(|| blocking::channel::<()>(capacity)),
        ];
        assert!(messages.iter().all(|message| message.contains("MAX_CAPACITY")), "{messages:?}");
    }
}

/// Only optimised: else the messages, each larger than any stack, have room in frames on it.
#[cfg(all(target_pointer_width = "64", not(debug_assertions), not(miri)))]
#[test]
fn messages_that_fit_into_no_memory_panic_at_the_caller() {
    type Large = [u8; 1 << 60];
    let messages = [
        panics_here(|| channel::<Large>(100)),
        panics_here(|| Builder::new(100).channel::<Large>()),
        panics_here(|| Builder::new(100).on_demand().channel::<Large>()),
        panics_here(|| blocking::channel::<Large>(MAX_CAPACITY)),
        panics_here(|| sakia::mpsc::unbounded::<Large>()),
    ];
    assert!(messages.iter().all(|message| message.contains("don't fit into memory")), "{messages:?}");
    // The slots alone would fit, the header beside them does not. A slot has four bytes beside the message.
    const CAPACITY: usize = 16;
    const SLOT: usize = (1 << 59) - 16;
    const _: () = assert!(CAPACITY * SLOT == isize::MAX as usize - 255);
    let message = panics_here(|| channel::<[u8; SLOT - 4]>(CAPACITY));
    assert!(message.contains("don't fit into memory"), "{message}");
}

#[test]
fn the_largest_capacity_is_allowed_and_kept() {
    let (sender, mut receiver) = channel(MAX_CAPACITY);
    let permits = sender.try_reserve_many(MAX_CAPACITY - 1).unwrap();
    assert_eq!((sender.capacity(), sender.max_capacity()), (1, MAX_CAPACITY));
    sender.try_send(1_u8).unwrap();
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    drop(permits);
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!((receiver.len(), receiver.capacity()), (0, MAX_CAPACITY));
}

#[test]
fn every_capacity_is_exact_for_many_laps() {
    for capacity in CAPACITIES {
        for limit in LIMITS {
            let (sender, mut receiver) = Builder::new(capacity).overtaking(limit).channel();
            let (mut sent, mut received) = (0, 0);
            for lap in 0..5 {
                // Permits and messages fill it together.
                let mut permits = sender.try_reserve_many(capacity.div_ceil(2)).unwrap();
                while sent - received < capacity - permits.len() {
                    sender.try_send(sent).unwrap();
                    sent += 1;
                }
                assert_eq!(sender.try_send(0), Err(TrySendError::Full(0)), "capacity {capacity}");
                let permit = permits.next().unwrap();
                permit.send(sent);
                drop(permits);
                sent += 1;
                while sent - received < capacity {
                    now(sender.send(sent)).unwrap();
                    sent += 1;
                }
                let mut waiting = parked(sender.send(sent));
                assert_eq!((sender.len(), sender.capacity()), (capacity, 0));
                assert_eq!(receiver.try_recv(), Ok(received));
                assert_eq!((waiting.wakes(), waiting.ready()), (1, Ok(())));
                sent += 1;
                let all = drain(&mut receiver);
                assert!(all.into_iter().eq(received + 1..sent), "capacity {capacity}, lap {lap}");
                received = sent;
            }
        }
    }
}

#[test]
fn ends_that_block_and_ends_that_do_not_meet_at_every_capacity() {
    with_watchdog(Duration::from_secs(120), || {
        for capacity in CAPACITIES {
            let messages = if cfg!(miri) { 5 } else { 4 * capacity.min(64) };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            // The sender blocks, and then the receiver does.
            let (sender, receiver) = blocking::channel(capacity);
            let mut receiver = receiver.into_async();
            thread::scope(|scope| {
                scope.spawn(move || (0..messages).for_each(|n| sender.send(n).unwrap()));
                runtime.block_on(async {
                    for n in 0..messages {
                        assert_eq!(receiver.recv().await, Some(n));
                    }
                    assert_eq!(receiver.recv().await, None);
                });
            });
            let (sender, receiver) = channel(capacity);
            let mut receiver = blocking::Receiver::from(receiver);
            thread::scope(|scope| {
                scope.spawn(move || assert!((&mut receiver).into_iter().eq(0..messages)));
                runtime.block_on(async {
                    for n in 0..messages {
                        sender.send(n).await.unwrap();
                    }
                    drop(sender);
                });
            });
        }
    });
}
