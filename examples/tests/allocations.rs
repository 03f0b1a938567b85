//! What is counted, and what is not. One test, since the counter is one for all threads.

use core::{
    future::poll_fn,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};
use std::{sync::Arc, task::Wake};

use sakia_examples::allocations::{Counter, CountingAllocator, count, count_polls, pause, pause_in_wakers, total};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

static OTHER: Counter = Counter::new();

fn allocate() {
    drop(black_box(Box::new(1_u8)));
}

/// A waker that allocates when it is woken, as that of a runtime may.
struct Allocating;

impl Wake for Allocating {
    fn wake(self: Arc<Self>) {
        allocate();
    }
}

/// Wakes itself, allocates, and is pending once.
async fn wake_and_allocate() {
    let mut woken = false;
    poll_fn(|context| {
        if core::mem::replace(&mut woken, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        let kept = context.waker().clone();
        kept.wake();
        allocate();
        Poll::Pending
    })
    .await;
}

fn run(task: impl Future) {
    let waker = Waker::from(Arc::new(Allocating));
    let mut task = pin!(task);
    while task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        allocate();
    }
}

#[test]
fn what_is_counted() {
    allocate();
    assert_eq!(total(), 0, "outside, nothing is counted");
    count(allocate);
    assert_eq!(total(), 1);
    count(|| {
        pause(allocate);
        allocate();
    });
    assert_eq!(total(), 2, "a pause ends");
    count(|| OTHER.count(allocate));
    assert_eq!((total(), OTHER.total()), (2, 1), "each is counted once");
    count(|| std::thread::spawn(allocate)).join().unwrap();
    let spawned = total();
    allocate();
    assert_eq!(total(), spawned, "counting ends");

    run(count_polls(wake_and_allocate()));
    assert_eq!(total(), spawned + 3, "the poll's, and those of two wakes");
    run(pause_in_wakers(count_polls(wake_and_allocate())));
    assert_eq!(total(), spawned + 4, "the poll's alone");
    run(pause_in_wakers(wake_and_allocate()));
    assert_eq!(total(), spawned + 4);
}
