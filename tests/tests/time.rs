//! Waiting with a limit: the longest and the shortest, and any runtime's timer.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{future::ready, time::Duration};
use std::thread;

use behaviour::{Polled, drain, now, parked, strict};
use sakia::mpsc::{
    channel,
    errors::{RecvTimeoutError, SendTimeoutError},
};
use sakia_tests::with_watchdog;
use tokio::sync::oneshot;

const LIMIT: Duration = Duration::from_secs(60);
/// The longest ones that could overflow: all, the signed seconds, and one that some clocks can add.
const LONG: [Duration; 4] = [
    Duration::MAX,
    Duration::from_secs(u64::MAX),
    Duration::from_secs(i64::MAX as u64),
    Duration::from_secs(u32::MAX as u64),
];

#[test]
fn bug_47_the_longest_timeouts_wait_for_a_message() {
    with_watchdog(LIMIT, || {
        for timeout in LONG {
            let (sender, mut receiver) = channel(1);
            thread::scope(|scope| {
                let receiving = scope.spawn(move || (receiver.blocking_recv_timeout(timeout), receiver));
                thread::yield_now();
                sender.try_send(1).unwrap();
                let (received, mut receiver) = receiving.join().unwrap();
                assert_eq!(received, Ok(1));
                drop(sender);
                assert_eq!(receiver.blocking_recv_timeout(timeout), Err(RecvTimeoutError::Closed));
            });
        }
    });
}

#[test]
fn bug_47_the_longest_timeouts_wait_for_room() {
    with_watchdog(LIMIT, || {
        for timeout in LONG {
            let (sender, mut receiver) = channel(1);
            assert_eq!(sender.blocking_send_timeout(1, timeout), Ok(()));
            thread::scope(|scope| {
                let sender = &sender;
                let sending = scope.spawn(move || sender.blocking_send_timeout(2, timeout));
                thread::yield_now();
                assert_eq!(receiver.blocking_recv(), Some(1));
                assert_eq!(sending.join().unwrap(), Ok(()));
                let sending = scope.spawn(move || sender.blocking_send_timeout(3, timeout));
                thread::yield_now();
                receiver.close();
                assert_eq!(sending.join().unwrap(), Err(SendTimeoutError::Closed(3)));
            });
            assert_eq!(drain(&mut receiver), [2]);
        }
    });
}

#[test]
fn bug_47_no_time_at_all_still_does_what_can_be_done() {
    let (sender, mut receiver) = channel(1);
    assert_eq!(receiver.blocking_recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout));
    assert_eq!(sender.blocking_send_timeout(1, Duration::ZERO), Ok(()));
    assert_eq!(sender.blocking_send_timeout(2, Duration::ZERO), Err(SendTimeoutError::Timeout(2)));
    assert_eq!(receiver.blocking_recv_timeout(Duration::ZERO), Ok(1));
    receiver.close();
    assert_eq!(sender.blocking_send_timeout(3, Duration::ZERO), Err(SendTimeoutError::Closed(3)));
    assert_eq!(receiver.blocking_recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Closed));
}

#[test]
fn a_send_that_timed_out_has_left_the_queue() {
    let (sender, mut receiver) = strict(1);
    sender.try_send(1).unwrap();
    let short = Duration::from_millis(1);
    assert_eq!(sender.blocking_send_timeout(2, short), Err(SendTimeoutError::Timeout(2)));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(sender.try_send(3), Ok(()), "nobody waits any more");
    assert_eq!(drain(&mut receiver), [3]);
    assert_eq!(receiver.blocking_recv_timeout(short), Err(RecvTimeoutError::Timeout));
    assert_eq!(sender.try_send(4), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(4));
}

#[test]
fn a_deadline_that_has_passed_still_lets_a_send_through_that_need_not_wait() {
    let (sender, mut receiver) = channel(1);
    assert_eq!(now(sender.send_before(1, ready(()))), Ok(()));
    assert_eq!(now(sender.send_before(2, ready(()))), Err(SendTimeoutError::Timeout(2)));
    receiver.close();
    assert_eq!(now(sender.send_before(3, ready(()))), Err(SendTimeoutError::Closed(3)));
    assert_eq!(drain(&mut receiver), [1]);
}

#[test]
fn a_deadline_wakes_the_sender_that_waits() {
    let (sender, mut receiver) = strict(1);
    sender.try_send(1).unwrap();
    let (ring, bell) = oneshot::channel::<()>();
    let mut late = parked(sender.send_before(2, bell));
    let mut behind = parked(sender.send(3));
    ring.send(()).unwrap();
    assert_eq!(late.wakes(), 1);
    assert_eq!(late.ready(), Err(SendTimeoutError::Timeout(2)));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!((late.wakes(), behind.wakes()), (0, 1), "the next has its turn");
    assert_eq!(behind.ready(), Ok(()));
    // Room that comes with the deadline is taken: the message is sent.
    let (ring, bell) = oneshot::channel::<()>();
    let mut both = parked(sender.send_before(4, bell));
    ring.send(()).unwrap();
    assert_eq!(receiver.try_recv(), Ok(3));
    assert_eq!(both.ready(), Ok(()));
    drop(both);
    assert_eq!(drain(&mut receiver), [4]);
    drop(Polled::new(sender.send_before(5, ready(()))));
    assert!(receiver.is_empty());
}
