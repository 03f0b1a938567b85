//! What allocates: a channel of slots once, its elements until they have what they need, and then nothing.
#![cfg(not(sakia_loom))]

use core::{fmt::Write as _, future::poll_fn, pin::pin, task::Context};

use sakia::{
    mpsc::recycled::{PollSender, StaticChannel, channel},
    queue::Queue,
};
use sakia_tests::{CountingAllocator, FlagWaker, allocations_during, poll_once};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn one_allocation_for_the_channel_and_none_per_message() {
    let ((sender, mut receiver), made) = allocations_during(|| channel::<String>(4));
    assert_eq!(made, 1);
    let round = |n: usize| {
        for line in 0..4 {
            write!(sender.try_send_ref().unwrap(), "{n:>100} {line}").unwrap();
        }
    };
    let mut take = || receiver.try_iter_ref().map(|line| line.len()).sum::<usize>();
    (0..3).for_each(|n| {
        round(n);
        take();
    });
    let (bytes, allocations) = allocations_during(|| {
        (0..1_000)
            .map(|n| {
                round(n);
                take()
            })
            .sum::<usize>()
    });
    assert_eq!((bytes, allocations), (1_000 * 4 * 102, 0));
}

#[test]
fn none_to_wait() {
    let (sender, mut receiver) = channel::<String>(1);
    sender.try_send_ref().unwrap().push_str("warm");
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let ((), allocations) = allocations_during(|| {
        for _ in 0..100 {
            {
                let mut waiting = pin!(sender.send_ref());
                assert!(poll_once(waiting.as_mut(), &waker).is_pending());
                drop(receiver.try_recv_ref().unwrap());
                assert!(poll_once(waiting.as_mut(), &waker).is_ready());
            }
            let mut polled = pin!(PollSender::new(sender.clone()));
            assert!(polled.as_mut().poll_ready(&mut Context::from_waker(&waker)).is_pending());
            drop(receiver.try_recv_ref_owned().unwrap());
            let sent = pin!(poll_fn(|context| polled.as_mut().poll_send_ref(context).map(|slot| slot.map(drop))));
            assert!(poll_once(sent, &waker).is_ready());
        }
    });
    assert_eq!(allocations, 0);
}

#[test]
fn none_in_a_static() {
    static CHANNEL: StaticChannel<[u8; 32], 2> = StaticChannel::new();
    let ((), allocations) = allocations_during(|| {
        let (sender, mut receiver) = CHANNEL.split();
        sender.try_send_ref().unwrap()[0] = 1;
        assert_eq!(receiver.try_recv_ref_owned().unwrap()[0], 1);
    });
    assert_eq!(allocations, 0);
}

#[test]
fn two_for_a_queue() {
    let (queue, made) = allocations_during(|| Queue::<u64>::new(8));
    assert_eq!(made, 2);
    let ((), allocations) = allocations_during(|| {
        for n in 0..100 {
            *queue.push_ref().unwrap() = n;
            assert_eq!(queue.pop(), Some(n));
        }
    });
    assert_eq!(allocations, 0);
}
