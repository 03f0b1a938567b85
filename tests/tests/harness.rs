//! Tests of the harness itself.
#![cfg(not(sakia_loom))]

use core::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Poll,
};
use std::{sync::Arc, thread};

use sakia_tests::{FlagWaker, Runtime, count_polls, for_each_runtime, poll_once, task, yield_now};
use tokio::sync::oneshot;

fn three_tasks_pass_a_message_on<R: Runtime>() {
    let seen = Arc::new(AtomicUsize::new(0));
    let (first_tx, first_rx) = oneshot::channel::<usize>();
    let (second_tx, second_rx) = oneshot::channel();
    let last_seen = seen.clone();
    R::run_all([
        task(async move { last_seen.store(second_rx.await.unwrap(), SeqCst) }),
        task(async move { second_tx.send(first_rx.await.unwrap() + 1).unwrap() }),
        task(async move {
            yield_now().await;
            first_tx.send(1).unwrap();
        }),
    ]);
    assert_eq!(seen.load(SeqCst), 2, "on {}", R::NAME);
}

fn a_task_may_be_woken_by_a_thread<R: Runtime>() {
    R::run(async {
        let (tx, rx) = oneshot::channel();
        let sender = thread::spawn(move || tx.send(()).unwrap());
        rx.await.unwrap();
        sender.join().unwrap();
    });
}

fn no_tasks_end_at_once<R: Runtime>() {
    R::run_all([]);
}

fn tasks_are_dropped_before_the_run_ends<R: Runtime>() {
    let shared = Arc::new(());
    let hold = || {
        let held = shared.clone();
        task(async move {
            yield_now().await;
            drop(held);
        })
    };
    R::run_all([hold(), hold(), hold()]);
    assert_eq!(Arc::strong_count(&shared), 1, "on {}", R::NAME);
}

fn a_panic_fails_the_run<R: Runtime>() {
    R::run_all([
        task(core::future::pending()),
        task(async {
            yield_now().await;
            panic!("the task's own message");
        }),
        task(async {}),
    ]);
}

for_each_runtime!(
    three_tasks_pass_a_message_on,
    a_task_may_be_woken_by_a_thread,
    no_tasks_end_at_once,
    tasks_are_dropped_before_the_run_ends,
    #[should_panic(expected = "the task's own message")]
    a_panic_fails_the_run,
);

#[test]
fn polls_are_counted() {
    let flag = FlagWaker::new();
    let (future, polls) = count_polls(async {
        yield_now().await;
        5
    });
    let mut future = pin!(future);
    assert_eq!(poll_once(future.as_mut(), &flag.waker()), Poll::Pending);
    assert_eq!(poll_once(future.as_mut(), &flag.waker()), Poll::Ready(5));
    assert_eq!(polls.load(SeqCst), 2);
}

#[test]
fn wakes_and_wakers_are_counted() {
    let flag = FlagWaker::new();
    let waker = flag.waker();
    waker.wake_by_ref();
    assert!(waker.will_wake(&flag.waker()));
    assert_eq!((flag.wakers(), flag.wakes()), (1, 1));
    waker.wake();
    assert_eq!((flag.wakers(), flag.take(), flag.take(), flag.wakes()), (0, 2, 0, 2));
}
