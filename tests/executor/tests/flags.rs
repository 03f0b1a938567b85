//! Who has the wake flags, and wakers that outlive it.

mod common;

use core::{pin::pin, task::Waker};
use std::{sync::Barrier, thread};

use common::Gate;
use sakia_executor::{Executor, InUse, WakeFlags, executor};

/// Polls a task once on an executor over `flags`, and returns its waker after the executor is gone.
fn leftover_waker(flags: &'static WakeFlags<1>) -> Waker {
    let gate = Gate::default();
    let mut task = pin!(gate.pass());
    let mut executor = Executor::new(flags);
    executor.spawn(task.as_mut()).unwrap();
    executor.poll_round();
    gate.waker().unwrap()
}

#[test]
fn flags_serve_one_executor_at_a_time() {
    static FLAGS: WakeFlags<1> = WakeFlags::new();
    let first = Executor::try_new(&FLAGS).unwrap();
    assert_eq!(Executor::try_new(&FLAGS).err(), Some(InUse));
    drop(first);
    assert!(Executor::try_new(&FLAGS).is_ok());
}

#[test]
fn sets_are_given_out_one_by_one() {
    static FLAGS: WakeFlags<1, 2> = WakeFlags::new();
    let first = Executor::try_new(&FLAGS).unwrap();
    let _second = Executor::try_new(&FLAGS).unwrap();
    assert!(Executor::try_new(&FLAGS).is_err());
    drop(first);
    assert!(Executor::try_new(&FLAGS).is_ok());
}

#[test]
#[should_panic(expected = "all wake flags of this static are in use")]
fn claiming_twice_panics_with_the_reason() {
    static FLAGS: WakeFlags<1> = WakeFlags::new();
    let _first = Executor::new(&FLAGS);
    let _second = Executor::new(&FLAGS);
}

#[test]
fn a_waker_may_outlive_its_executor() {
    static FLAGS: WakeFlags<1> = WakeFlags::new();
    let waker = leftover_waker(&FLAGS);
    let clone = waker.clone();
    thread::spawn(move || clone.wake()).join().unwrap();
    waker.wake_by_ref();
    drop(waker);
}

#[test]
fn a_wake_before_the_flag_is_claimed_again_is_forgotten() {
    static FLAGS: WakeFlags<1> = WakeFlags::new();
    leftover_waker(&FLAGS).wake();
    let mut task = pin!(core::future::pending());
    let mut executor = Executor::new(&FLAGS);
    assert!(!executor.is_woken());
    executor.spawn(task.as_mut()).unwrap();
    executor.run_until_stalled();
    assert_eq!((executor.polls(), executor.wakes()), (1, 0));
}

#[test]
fn a_wake_after_the_flag_is_claimed_again_costs_one_poll() {
    static FLAGS: WakeFlags<1> = WakeFlags::new();
    let stale = leftover_waker(&FLAGS);
    let mut task = pin!(core::future::pending());
    let mut executor = Executor::new(&FLAGS);
    executor.spawn(task.as_mut()).unwrap();
    executor.run_until_stalled();
    stale.wake();
    assert_eq!(executor.run_until_stalled(), 1);
    assert_eq!((executor.polls(), executor.wakes()), (2, 1));
}

#[test]
fn one_place_in_the_source_serves_many_threads() {
    const THREADS: usize = 16;
    let (barrier, gates) = (Barrier::new(THREADS), <[Gate; THREADS]>::default());
    let run = |gate: &Gate| {
        let mut task = pin!(gate.pass());
        let mut executor = executor!(1);
        executor.spawn(task.as_mut()).unwrap();
        executor.poll_round();
        barrier.wait();
        gate.open();
        executor.run(|| panic!("the task was woken"));
        assert_eq!((executor.polls(), executor.wakes()), (2, 1));
    };
    thread::scope(|scope| {
        for gate in &gates {
            scope.spawn(|| run(gate));
        }
    });
}

#[test]
#[should_panic(expected = "all wake flags of this static are in use")]
fn the_macro_panics_when_its_pool_is_used_up() {
    let _executors: Vec<_> = (0..65).map(|_| executor!(1)).collect();
}
