//! Spawning, completing, and the end of a run.

use core::{cell::Cell, pin::pin};

use sakia_executor::{Full, block_on, executor, yield_now};

fn no_idle() {
    panic!("idle was called although a task was woken");
}

#[test]
fn runs_every_task_to_completion() {
    let done = Cell::new(0);
    let task = |steps: u32| {
        let done = &done;
        async move {
            for _ in 0..steps {
                yield_now().await;
            }
            done.set(done.get() + 1);
        }
    };
    let (mut none, mut some, mut more) = (pin!(task(0)), pin!(task(3)), pin!(task(7)));
    let mut executor = executor!(3);
    executor.spawn(none.as_mut()).unwrap();
    executor.spawn(some.as_mut()).unwrap();
    executor.spawn(more.as_mut()).unwrap();
    executor.run(no_idle);
    assert_eq!(done.get(), 3);
    assert_eq!((executor.pending(), executor.polls(), executor.wakes()), (0, 1 + 4 + 8, 3 + 7));
}

#[test]
fn without_tasks_a_run_ends_at_once() {
    let mut executor = executor!(2);
    executor.run(no_idle);
    assert_eq!((executor.polls(), executor.is_woken()), (0, false));
}

#[test]
fn tasks_take_turns() {
    let order = Cell::new(0_u32);
    let task = |name: u32| {
        let order = &order;
        async move {
            for _ in 0..2 {
                order.set(order.get() * 10 + name);
                yield_now().await;
            }
        }
    };
    let (mut one, mut two) = (pin!(task(1)), pin!(task(2)));
    let mut executor = executor!(2);
    executor.spawn(one.as_mut()).unwrap();
    executor.spawn(two.as_mut()).unwrap();
    executor.run(no_idle);
    assert_eq!(order.get(), 1212);
}

#[test]
fn a_full_executor_refuses_and_a_completed_task_makes_room() {
    let (mut one, mut two) = (pin!(async {}), pin!(async {}));
    let mut executor = executor!(1);
    assert_eq!(executor.spawn(one.as_mut()), Ok(0));
    assert_eq!(executor.spawn(two.as_mut()), Err(Full));
    executor.run(no_idle);
    let mut three = pin!(async {});
    assert_eq!(executor.spawn(three.as_mut()), Ok(0));
    executor.run(no_idle);
    assert_eq!(executor.polls(), 2);
}

#[test]
fn tasks_may_be_dropped_before_their_executor() {
    let mut executor = executor!(1);
    let mut task = pin!(core::future::pending());
    executor.spawn(task.as_mut()).unwrap();
    assert_eq!(executor.run_until_stalled(), 1);
}

#[test]
fn block_on_returns_the_output_and_nests() {
    let output = block_on(
        async {
            yield_now().await;
            block_on(async { 20 }, no_idle) + 1
        },
        no_idle,
    );
    assert_eq!(output, 21);
}
