//! Bugs of others' senders that are polled: `poll_ready` and what it reserves.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
};
use std::sync::Arc;

use behaviour::{drain, panic_of, parked, poll_recv, strict};
use futures_util::{FutureExt as _, future::ready, select_biased};
use sakia::mpsc::{
    BoxedPollSender, Builder, PollSend, PollSender, Sender, channel,
    errors::{SendError, TrySendError},
};
use sakia_tests::{CountingAllocator, FlagWaker, Runtime, allocations_during, for_each_runtime, task, yield_now};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

type Dyn = Pin<Box<dyn PollSend<u32>>>;

/// A sender that is pinned where it is, and one in a box of its own.
fn both(sender: &Sender<u32>) -> [Dyn; 2] {
    [Box::pin(PollSender::new(sender.clone())), Box::pin(BoxedPollSender::new(sender.clone()))]
}

fn poll_ready(sender: &mut Dyn, flag: &Arc<FlagWaker>) -> Poll<Result<(), SendError<()>>> {
    sender.as_mut().poll_ready(&mut Context::from_waker(&flag.waker()))
}

#[test]
fn bug_22_a_wake_for_a_sender_that_is_given_up_goes_to_the_next() {
    let ends: [fn(&mut Dyn); 2] = [|sender| assert!(sender.as_mut().abort()), |sender| sender.as_mut().close()];
    for end in ends {
        let (sender, mut receiver) = strict(1);
        for mut polled in both(&sender) {
            let flag = FlagWaker::new();
            sender.try_send(1).unwrap();
            assert!(poll_ready(&mut polled, &flag).is_pending());
            let mut behind = parked(sender.send(2));
            assert_eq!(receiver.try_recv(), Ok(1));
            assert_eq!((flag.take(), behind.wakes()), (1, 0));
            end(&mut polled);
            assert_eq!((flag.take(), behind.wakes()), (0, 1));
            assert_eq!(behind.ready(), Ok(()));
            assert_eq!(receiver.try_recv(), Ok(2));
        }
    }
}

#[test]
fn bug_22_a_sender_dropped_waiting_or_ready_passes_its_turn_on() {
    for ready in [false, true] {
        let (sender, mut receiver) = strict(1);
        for mut polled in both(&sender) {
            let flag = FlagWaker::new();
            sender.try_send(1).unwrap();
            assert!(poll_ready(&mut polled, &flag).is_pending());
            let mut behind = parked(sender.send(2));
            assert_eq!(receiver.try_recv(), Ok(1));
            if ready {
                assert_eq!(poll_ready(&mut polled, &flag), Poll::Ready(Ok(())));
            }
            drop(polled);
            assert_eq!(behind.wakes(), 1);
            assert_eq!((behind.ready(), receiver.try_recv()), (Ok(()), Ok(2)));
        }
    }
}

#[test]
fn bug_22_a_sender_that_is_never_polled_again_stops_no_others_with_room_for_them() {
    for limit in [0, 1_000] {
        let (sender, mut receiver) = Builder::new(2).overtaking(limit).channel();
        (0..2).for_each(|_| sender.try_send(0).unwrap());
        let flag = FlagWaker::new();
        let mut idle: Dyn = Box::pin(BoxedPollSender::new(sender.clone()));
        assert!(poll_ready(&mut idle, &flag).is_pending());
        let mut others: Vec<_> = (1..=4).map(|n| parked(sender.send(n))).collect();
        let mut received = vec![];
        for _ in 0..10 {
            received.extend(drain(&mut receiver));
            others.retain_mut(|other| other.wakes() == 0 || other.poll().is_pending());
        }
        assert_eq!((received, others.len()), (vec![0, 0, 1, 2, 3, 4], 0), "limit {limit}");
        // Its turn is still there when it comes.
        assert_eq!(poll_ready(&mut idle, &flag), Poll::Ready(Ok(())));
        drop(others);
    }
}

#[test]
fn bug_39_ready_means_that_the_next_message_can_be_sent() {
    let (sender, mut receiver) = channel(1);
    for mut polled in both(&sender) {
        let flag = FlagWaker::new();
        for n in 0..if cfg!(miri) { 20 } else { 1_000 } {
            // Ready stays ready, without reserving more.
            for _ in 0..3 {
                assert_eq!(poll_ready(&mut polled, &flag), Poll::Ready(Ok(())));
            }
            assert_eq!((sender.capacity(), sender.try_send(9)), (0, Err(TrySendError::Full(9))));
            assert_eq!(polled.as_mut().start_send(n), Ok(()));
            assert!(poll_ready(&mut polled, &flag).is_pending());
            let panic = panic_of(|| polled.as_mut().start_send(n)).expect("nothing is reserved");
            assert!(panic.message.contains("poll_ready"), "{}", panic.message);
            assert_eq!(receiver.try_recv(), Ok(n));
            assert_eq!(flag.take(), 1);
        }
    }
}

fn bug_39_ten_thousand_messages_pass_over_one_slot<R: Runtime>() {
    const MESSAGES: u32 = if cfg!(miri) { 50 } else { 10_000 };
    for boxed in [false, true] {
        let (sender, mut receiver) = channel(1);
        let mut sender: Pin<Box<dyn PollSend<u32> + Send>> =
            if boxed { Box::pin(BoxedPollSender::new(sender)) } else { Box::pin(PollSender::new(sender)) };
        R::run_all([
            task(async move {
                for n in 0..MESSAGES {
                    poll_fn(|context| sender.as_mut().poll_ready(context)).await.unwrap();
                    sender.as_mut().start_send(n).unwrap();
                }
            }),
            task(async move {
                let mut next = 0;
                while let Some(n) = receiver.recv().await {
                    assert_eq!(n, next, "on {}", R::NAME);
                    next += 1;
                    if n % 64 == 0 {
                        yield_now().await;
                    }
                }
                assert_eq!(next, MESSAGES, "on {}", R::NAME);
            }),
        ]);
    }
}

fn bug_40_a_hundred_senders_never_exceed_the_capacity<R: Runtime>() {
    const CAPACITY: usize = 3;
    let (sender, mut receiver) = channel(CAPACITY);
    let senders: Vec<_> = (0..100).map(|_| BoxedPollSender::new(sender.clone())).collect();
    // The minimal executor runs 32 tasks at most.
    let tasks = senders.chunks(5).map(|senders| {
        let senders = senders.to_vec();
        task(async move {
            for mut sender in senders {
                for _ in 0..5 {
                    poll_fn(|context| sender.poll_ready(context)).await.unwrap();
                    yield_now().await;
                    sender.start_send(()).unwrap();
                }
            }
        })
    });
    let mut tasks: Vec<_> = tasks.collect();
    drop((sender, senders));
    tasks.push(task(async move {
        let mut received = 0;
        loop {
            assert!(receiver.len() <= CAPACITY && receiver.capacity() <= CAPACITY);
            if receiver.recv().await.is_none() {
                break;
            }
            received += 1;
        }
        assert_eq!(received, 500, "on {}", R::NAME);
    }));
    R::run_all(tasks);
}

for_each_runtime!(bug_39_ten_thousand_messages_pass_over_one_slot, bug_40_a_hundred_senders_never_exceed_the_capacity);

#[test]
fn bug_40_a_hundred_ready_senders_and_their_messages_are_as_many_as_the_capacity() {
    let (sender, mut receiver) = strict(3);
    let flag = FlagWaker::new();
    let mut senders: Vec<Dyn> = (0..100).map(|_| Box::pin(BoxedPollSender::new(sender.clone())) as Dyn).collect();
    let ready = senders.iter_mut().map(|sender| poll_ready(sender, &flag).is_ready()).collect::<Vec<_>>();
    assert!(ready.iter().enumerate().all(|(number, ready)| *ready == (number < 3)));
    for (number, n) in (0..100).zip(0..) {
        assert_eq!(senders[number].as_mut().start_send(n), Ok(()));
        let ready = (99 - number).min(2);
        assert_eq!((receiver.len(), receiver.capacity()), (1, 2 - ready));
        assert_eq!(receiver.try_recv(), Ok(n));
        if let Some(next) = senders.get_mut(number + 3) {
            assert_eq!(flag.take(), 1);
            assert_eq!(poll_ready(next, &flag), Poll::Ready(Ok(())));
        }
    }
    assert_eq!(receiver.capacity(), 3);
}

#[test]
fn bug_41_polls_without_end_cost_no_memory() {
    const POLLS: usize = if cfg!(miri) { 100 } else { 100_000 };
    let (sender, mut receiver) = channel::<u32>(1);
    sender.try_send(0).unwrap();
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let mut context = Context::from_waker(&waker);
    let mut polled = pin!(PollSender::new(sender.clone()));
    let mut boxed = BoxedPollSender::new(sender.clone());
    let mut reserving = pin!(sender.reserve());
    let (mut other, mut empty) = channel::<u32>(1);
    let ((), allocations) = allocations_during(|| {
        for _ in 0..POLLS {
            assert!(polled.as_mut().poll_ready(&mut context).is_pending());
            assert!(boxed.poll_ready(&mut context).is_pending());
            assert!(reserving.as_mut().poll(&mut context).is_pending());
            assert!(empty.poll_recv(&mut context).is_pending());
        }
    });
    assert_eq!(allocations, 0);
    // One waker for each that waits, beside the one here.
    assert_eq!(flag.wakers(), 5);
    assert_eq!((sender.strong_count(), flag.wakes()), (3, 0));
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!(flag.take(), 1, "it waits once");
    other = other.clone();
    drop(other);
    assert_eq!(flag.take(), 1);
}

#[test]
fn bug_41_a_select_with_a_ready_branch_leaves_nobody_waiting() {
    const ROUNDS: usize = if cfg!(miri) { 100 } else { 20_000 };
    let (sender, mut receiver) = channel::<u32>(1);
    let (full, _kept) = channel(1);
    full.try_send(0).unwrap();
    let mut select = async || {
        select_biased! {
            _ = pin!(receiver.recv().fuse()) => panic!("nothing was sent"),
            _ = pin!(full.send(1).fuse()) => panic!("it is full"),
            () = ready(()) => {}
        }
    };
    let ((), allocations) = allocations_during(|| {
        (0..ROUNDS).for_each(|_| assert_eq!(select().now_or_never(), Some(())));
    });
    assert_eq!(allocations, 0);
    let flag = FlagWaker::new();
    assert!(poll_recv(&mut receiver, &flag).is_pending());
    sender.try_send(1).unwrap();
    assert_eq!(flag.take(), 1);
}

#[test]
fn a_clone_waits_for_nothing_and_that_of_a_closed_one_is_closed() {
    let (sender, mut receiver) = strict::<u32>(1);
    let weak = sender.downgrade();
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let mut context = Context::from_waker(&waker);
    let mut ready = BoxedPollSender::new(sender);
    assert_eq!(ready.poll_ready(&mut context), Poll::Ready(Ok(())));
    let mut clone = ready.clone();
    assert!(panic_of(|| clone.start_send(1)).is_some());
    assert!(clone.poll_ready(&mut context).is_pending());
    assert_eq!(ready.start_send(1), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(clone.poll_ready(&mut context), Poll::Ready(Ok(())));
    clone.close();
    assert!(clone.sender().is_none() && clone.clone().sender().is_none());
    assert_eq!(clone.poll_ready(&mut context), Poll::Ready(Err(SendError(()))));
    assert_eq!((receiver.capacity(), weak.strong_count()), (1, 1));
    drop(receiver);
    assert_eq!(ready.poll_ready(&mut context), Poll::Ready(Err(SendError(()))));
    assert!(ready.sender().is_some_and(Sender::is_closed));
}
