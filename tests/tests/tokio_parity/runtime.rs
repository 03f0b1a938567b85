// In a runtime: the budget, the ban on blocking, the timer.

use super::mpsc::{self, error::*};
use crate::support::{Flag, panic_of, ready};
use core::{pin::pin, task::Poll, time::Duration};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

const NO_BLOCKING: &str = "Cannot block the current thread from within a runtime. This happens because a function \
                           attempted to block the current thread while the thread is being used to drive asynchronous tasks.";

/// A task receives 128 messages in a turn, and then lets others run.
#[test]
fn a_task_that_drains_a_channel_starves_nobody() {
    runtime().block_on(async {
        let (tx, mut rx) = mpsc::channel(1_000);
        (0..1_000).for_each(|n| tx.try_send(n).unwrap());
        let mut received = 0;
        let turn = core::future::poll_fn(|context| {
            while rx.poll_recv(context).is_ready() {
                received += 1;
            }
            Poll::Ready(received)
        });
        assert_eq!(turn.await, 128);
        tokio::task::yield_now().await;
        let many = core::future::poll_fn(|context| {
            let mut calls = 0;
            while rx.poll_recv_many(context, &mut Vec::new(), 2).is_ready() {
                calls += 1;
            }
            Poll::Ready(calls)
        });
        assert_eq!(many.await, 128, "a unit a call");
        tokio::task::yield_now().await;
        assert_eq!(rx.len(), 1_000 - 128 - 256);
        // What is pending costs nothing.
        while rx.try_recv().is_ok() {}
        let pending = core::future::poll_fn(|context| {
            let pending = (0..1_000).filter(|_| rx.poll_recv(context).is_pending()).count();
            tx.try_send(1).unwrap();
            Poll::Ready((pending, rx.poll_recv(context)))
        });
        assert_eq!(pending.await, (1_000, Poll::Ready(Some(1))));
    });
}

/// A task sends 128 messages in a turn. Out of budget, it holds its room.
#[test]
fn a_task_that_sends_lets_others_run() {
    runtime().block_on(async {
        let (tx, mut rx) = mpsc::channel(1_000);
        let turn = core::future::poll_fn(|context| {
            let mut sent = 0;
            while pin!(tx.send(sent)).poll(context).is_ready() {
                sent += 1;
            }
            let mut reserve = Box::pin(tx.reserve());
            assert!(reserve.as_mut().poll(context).is_pending());
            assert_eq!(tx.capacity(), 1_000 - 128 - 1, "held");
            drop(reserve);
            assert!(pin!(tx.reserve_many(3)).poll(context).is_pending());
            assert!(pin!(tx.clone().reserve_owned()).poll(context).is_pending());
            // What needs no budget.
            tx.try_send(1_000).unwrap();
            drop(tx.try_reserve().unwrap());
            assert_eq!(rx.try_recv(), Ok(0));
            Poll::Ready(sent)
        });
        assert_eq!(turn.await, 128);
        assert_eq!(tx.capacity(), 1_000 - 128);
    });
}

/// Errors cost nothing.
#[test]
fn a_closed_channel_is_told_without_budget() {
    runtime().block_on(async {
        let (tx, rx) = mpsc::channel(1);
        drop(rx);
        let turn = core::future::poll_fn(|context| {
            Poll::Ready((0..1_000).all(|n| pin!(tx.send(n)).poll(context) == Poll::Ready(Err(SendError(n)))))
        });
        assert!(turn.await);
    });
}

#[test]
fn an_unbounded_sender_needs_no_budget_and_its_receiver_does() {
    runtime().block_on(async {
        let (tx, mut rx) = mpsc::unbounded_channel();
        (0..1_000).for_each(|n| tx.send(n).unwrap());
        let turn = core::future::poll_fn(|context| {
            let mut received = 0;
            while rx.poll_recv(context).is_ready() {
                received += 1;
            }
            Poll::Ready(received)
        });
        assert_eq!(turn.await, 128);
    });
}

#[test]
fn blocking_in_a_runtime_panics_at_the_caller() {
    let check = |panic: Option<(String, String)>| {
        let (message, file) = panic.expect("a panic");
        assert_eq!(message, NO_BLOCKING);
        assert!(file.ends_with("runtime.rs"), "{file}");
    };
    runtime().block_on(async {
        let (tx, mut rx) = mpsc::channel(4);
        tx.try_send(1).unwrap();
        check(panic_of(|| tx.blocking_send(2)));
        check(panic_of(|| rx.blocking_recv()));
        check(panic_of(|| rx.blocking_recv_many(&mut Vec::new(), 0)));
        let (tx, mut rx) = mpsc::unbounded_channel();
        tx.send(1).unwrap();
        check(panic_of(|| rx.blocking_recv()));
        check(panic_of(|| rx.blocking_recv_many(&mut Vec::new(), 0)));
    });
}

#[test]
fn blocking_is_allowed_where_it_harms_nobody() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async {
        let (tx, mut rx) = mpsc::channel(1);
        let sending = tokio::task::spawn_blocking(move || (0..3).for_each(|n| tx.blocking_send(n).unwrap()));
        for n in 0..3 {
            assert_eq!(rx.recv().await, Some(n));
        }
        sending.await.unwrap();
        let (tx, mut rx) = mpsc::channel(1);
        tx.try_send(1).unwrap();
        let received = tokio::spawn(async move { tokio::task::block_in_place(|| rx.blocking_recv()) });
        assert_eq!(received.await.unwrap(), Some(1));
    });
    let _guard = runtime.enter();
    let (tx, mut rx) = mpsc::channel(1);
    tx.blocking_send(1).unwrap();
    assert_eq!(rx.blocking_recv(), Some(1));
}

#[test]
fn sends_with_a_timeout() {
    runtime().block_on(async {
        let (tx, mut rx) = mpsc::channel(1);
        assert_eq!(tx.send_timeout(1, Duration::ZERO).await, Ok(()));
        let error = tx.send_timeout(2, Duration::from_millis(1)).await.unwrap_err();
        assert_eq!((error, format!("{error:?}")), (SendTimeoutError::Timeout(2), "\"Timeout(..)\"".into()));
        assert_eq!(error.to_string(), "timed out waiting on send operation");
        assert_eq!(rx.recv().await, Some(1));
        assert!(tx.send_timeout(3, Duration::from_secs(3_600)).await.is_ok());
        drop(rx);
        assert_eq!(tx.send_timeout(4, Duration::from_secs(3_600)).await, Err(SendTimeoutError::Closed(4)));
    });
}

#[test]
fn a_timeout_without_a_timer_panics_when_it_is_polled() {
    let (tx, _rx) = mpsc::channel(1);
    let send = tx.send_timeout(1, Duration::from_secs(1));
    let (message, _) = panic_of(|| ready(send)).unwrap();
    assert_eq!(message, "there is no reactor running, must be called from the context of a Tokio 1.x runtime");
}

#[test]
fn outside_a_runtime_nothing_is_needed() {
    let (tx, mut rx) = mpsc::channel(1_000);
    let flag = Flag::new();
    for n in 0..1_000 {
        assert!(flag.poll(pin!(tx.send(n))).is_ready());
    }
    for n in 0..1_000 {
        assert_eq!(flag.poll(pin!(rx.recv())), Poll::Ready(Some(n)));
    }
}

#[test]
fn tasks_meet() {
    let multi = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    for runtime in [runtime(), multi] {
        for capacity in [1, 2, 10, 100] {
            runtime.block_on(async {
                let (tx, mut rx) = mpsc::channel(capacity);
                let tasks: Vec<_> = (0..10)
                    .map(|task| {
                        let tx = tx.clone();
                        tokio::spawn(async move {
                            for n in 0..500 {
                                tx.send((task, n)).await.unwrap();
                            }
                        })
                    })
                    .collect();
                drop(tx);
                let mut next = [0; 10];
                while let Some((task, n)) = rx.recv().await {
                    assert_eq!(n, next[task]);
                    next[task] += 1;
                }
                assert_eq!(next, [500; 10]);
                for task in tasks {
                    task.await.unwrap();
                }
            });
        }
    }
}
