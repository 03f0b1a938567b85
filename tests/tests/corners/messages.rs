//! Messages of all shapes, on the heap and in a static.

use core::{
    cell::Cell,
    marker::PhantomPinned,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};
use std::thread;

use sakia::mpsc::{Receiver, Sender, StaticChannel, channel};

use crate::behaviour::{Drops, drain, now, parked};

/// Fills and empties the channel for several laps, at every offset, with messages made of numbers.
fn laps<T>((sender, mut receiver): (Sender<T>, Receiver<T>), make: impl Fn(u8) -> T, check: impl Fn(&T, u8)) {
    let capacity = sender.max_capacity() as u8;
    let (mut sent, mut received) = (0_u8, 0_u8);
    for lap in 0..4 * (capacity + 1) {
        for _ in 0..capacity {
            assert!(sender.try_send(make(sent)).is_ok());
            sent += 1;
        }
        let mut waiting = parked(sender.send(make(sent)));
        check(receiver.try_peek().ok().unwrap(), received);
        check(&now(receiver.recv()).unwrap(), received);
        assert!(waiting.ready().is_ok());
        let mut rest = vec![];
        // One stays in the channel each second lap, so that each lap begins elsewhere.
        let limit = usize::from(capacity) - usize::from(lap % 2 == 0).min(usize::from(capacity) - 1);
        assert_eq!(now(receiver.recv_many(&mut rest, limit)), limit);
        received += 1;
        for message in rest.iter().chain(&drain(&mut receiver)) {
            check(message, received);
            received += 1;
        }
        sent += 1;
        assert_eq!(sent, received);
    }
}

#[repr(align(64))]
struct Aligned64(u8);

#[repr(align(4096))]
struct Aligned4096(u8);

fn is_aligned<T>(value: &T) -> bool {
    core::ptr::from_ref(value).addr().is_multiple_of(align_of::<T>())
}

#[test]
fn aligned_messages_lie_where_they_should_on_the_heap_and_in_a_static() {
    static CHANNEL_64: StaticChannel<Aligned64, 3> = StaticChannel::new();
    static CHANNEL_4096: StaticChannel<Aligned4096, 3> = StaticChannel::new();
    for ends in [channel(3), CHANNEL_64.split()] {
        laps(ends, Aligned64, |message, n| assert!(message.0 == n && is_aligned(message)));
    }
    for ends in [channel(3), CHANNEL_4096.split()] {
        laps(ends, Aligned4096, |message, n| assert!(message.0 == n && is_aligned(message)));
    }
}

#[test]
fn messages_larger_than_a_page_arrive_whole() {
    static CHANNEL: StaticChannel<[u8; 10_001], 2> = StaticChannel::new();
    for ends in [channel(2), CHANNEL.split()] {
        laps(ends, |n| [n; 10_001], |message, n| assert!(message.iter().all(|&byte| byte == n)));
    }
}

/// Zero-sized, and its drops are counted for each test's own `N`.
struct Nothing<const N: usize>;

static NOTHINGS: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

impl<const N: usize> Drop for Nothing<N> {
    fn drop(&mut self) {
        NOTHINGS[N].fetch_add(1, SeqCst);
    }
}

#[test]
fn zero_sized_messages_are_counted_and_dropped_once() {
    static CHANNEL: StaticChannel<Nothing<1>, 5> = StaticChannel::new();
    assert_eq!(size_of::<Nothing<0>>(), 0);
    // Of 24 laps with 6 messages each.
    laps(channel(5), |_| Nothing::<0>, |_, _| {});
    assert_eq!(NOTHINGS[0].load(SeqCst), 24 * 6);
    laps(CHANNEL.split(), |_| Nothing::<1>, |_, _| {});
    assert_eq!(NOTHINGS[1].load(SeqCst), 24 * 6);
    let (sender, receiver) = CHANNEL.split();
    (0..5).for_each(|_| assert!(sender.try_send(Nothing).is_ok()));
    assert!(sender.try_send(Nothing).is_err());
    assert_eq!((receiver.len(), NOTHINGS[1].load(SeqCst)), (5, 24 * 6 + 1));
    drop(receiver);
    assert_eq!(NOTHINGS[1].load(SeqCst), 24 * 6 + 6);
}

#[test]
fn messages_that_may_not_be_moved_once_pinned_are_moved_like_any() {
    struct Fixed(u8, PhantomPinned);
    laps(channel(3), |n| Fixed(n, PhantomPinned), |message, n| assert_eq!(message.0, n));
}

#[test]
fn messages_that_may_not_be_shared_cross_threads() {
    let (sender, mut receiver) = channel::<Cell<u32>>(2);
    thread::scope(|scope| {
        scope.spawn(move || (0..100).for_each(|n| sender.blocking_send(Cell::new(n)).unwrap()));
        for n in 0..100 {
            assert_eq!(receiver.blocking_recv().map(Cell::into_inner), Some(n));
        }
    });
}

#[test]
fn messages_may_borrow() {
    let text = String::from("one two three four five");
    let received: Vec<&str> = {
        let (sender, mut receiver) = channel::<&str>(1);
        thread::scope(|scope| {
            let words = text.split(' ');
            scope.spawn(move || words.for_each(|word| sender.blocking_send(word).unwrap()));
            receiver.iter().collect()
        })
    };
    assert!(received.into_iter().eq(text.split(' ')));
}

#[test]
fn what_is_queued_when_all_is_dropped_is_dropped_once() {
    for order in 0..3 {
        let drops = Drops::new();
        let (sender, mut receiver) = channel(4);
        (0..4).for_each(|n| assert!(sender.try_send(drops.message(n)).is_ok()));
        drop(now(receiver.recv()));
        let permit = sender.try_reserve().unwrap();
        if order == 0 {
            permit.send(drops.message(4));
            drop(sender);
            assert_eq!(drops.count(), 1);
            drop(receiver);
        } else {
            drop(receiver);
            assert_eq!(drops.count(), 4);
            // There is nobody to receive it, now or later.
            if order == 1 {
                permit.send(drops.message(4))
            } else {
                drop(permit)
            }
            drop(sender);
        }
        assert_eq!(drops.count(), if order == 2 { 4 } else { 5 });
    }
}
