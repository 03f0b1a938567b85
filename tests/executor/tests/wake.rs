//! What is polled, and when: by wakes only.

mod common;

use core::{
    pin::{Pin, pin},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use std::thread;

use common::Gate;
use sakia_executor::{block_on, executor};

type Task<'a> = Pin<&'a mut dyn Future<Output = ()>>;

#[test]
fn an_idle_executor_makes_no_poll() {
    let gate = Gate::default();
    let mut task = pin!(gate.pass());
    let mut executor = executor!(1);
    executor.spawn(task.as_mut()).unwrap();
    assert_eq!(executor.poll_round(), 1);
    for _ in 0..100 {
        assert!(!executor.is_woken());
        assert_eq!(executor.poll_round(), 0);
    }
    assert_eq!((executor.polls(), executor.wakes()), (1, 0));
}

#[test]
fn only_the_woken_task_is_polled() {
    let polls = [const { AtomicUsize::new(0) }; 3];
    let gates: [Gate; 3] = Default::default();
    let wait = async |place: usize| {
        let mut pass = pin!(gates[place].pass());
        core::future::poll_fn(|cx| {
            polls[place].fetch_add(1, Relaxed);
            pass.as_mut().poll(cx)
        })
        .await;
    };
    let (mut zero, mut one, mut two) = (pin!(wait(0)), pin!(wait(1)), pin!(wait(2)));
    let mut executor = executor!(3);
    for task in [zero.as_mut() as Task<'_>, one.as_mut(), two.as_mut()] {
        executor.spawn(task).unwrap();
    }
    assert_eq!(executor.run_until_stalled(), 3);
    gates[1].open();
    assert_eq!(executor.run_until_stalled(), 2);
    assert_eq!(polls.each_ref().map(|polls| polls.load(Relaxed)), [1, 2, 1]);
}

#[test]
fn wakes_before_a_poll_are_answered_by_one_poll() {
    let gate = Gate::default();
    let mut task = pin!(gate.pass());
    let mut executor = executor!(1);
    executor.spawn(task.as_mut()).unwrap();
    executor.poll_round();
    for _ in 0..5 {
        gate.waker().unwrap().wake();
    }
    assert!(executor.is_woken());
    assert_eq!(executor.run_until_stalled(), 1);
    assert_eq!((executor.polls(), executor.wakes()), (2, 5));
}

#[test]
fn a_wake_of_a_completed_task_polls_nothing() {
    let gate = Gate::default();
    let mut task = pin!(gate.pass());
    let mut executor = executor!(1);
    executor.spawn(task.as_mut()).unwrap();
    executor.poll_round();
    gate.open();
    executor.run(|| panic!("the task was woken"));
    gate.waker().unwrap().wake();
    assert!(!executor.is_woken());
    assert_eq!(executor.poll_round(), 0);
}

#[test]
fn wakers_of_one_task_are_equal_and_of_two_are_not() {
    let gates: [Gate; 2] = Default::default();
    let (mut one, mut two) = (pin!(gates[0].pass()), pin!(gates[1].pass()));
    let mut executor = executor!(2);
    executor.spawn(one.as_mut()).unwrap();
    executor.spawn(two.as_mut()).unwrap();
    executor.poll_round();
    let first = gates[0].waker().unwrap();
    assert!(!first.will_wake(&gates[1].waker().unwrap()));
    first.wake_by_ref();
    assert_eq!(executor.poll_round(), 1);
    assert!(first.will_wake(&gates[0].waker().unwrap()));
}

#[test]
fn another_thread_wakes_an_idle_executor() {
    let gate = Gate::default();
    let idled = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while idled.load(Relaxed) < 10 {
                thread::yield_now();
            }
            gate.open();
        });
        block_on(gate.pass(), || {
            idled.fetch_add(1, Relaxed);
            thread::yield_now();
        });
    });
}

#[test]
fn no_wake_from_another_thread_is_lost() {
    let rounds = if cfg!(miri) { 20 } else { 10_000 };
    let gates: Vec<Gate> = (0..rounds).map(|_| Gate::default()).collect();
    let pass_all = async {
        for gate in &gates {
            gate.pass().await;
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| gates.iter().for_each(Gate::open));
        block_on(pass_all, thread::yield_now);
    });
}
