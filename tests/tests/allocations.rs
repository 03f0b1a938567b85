//! Tests of the counting allocator, and by it of the minimal executor.
#![cfg(not(sakia_loom))]

use core::pin::pin;
use std::thread;

use sakia_executor::executor;
use sakia_tests::{CountingAllocator, allocations_during, allocations_in_process_during, yield_now};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn allocations_and_reallocations_are_counted() {
    let ((), allocations) = allocations_during(|| {
        let mut bytes = Vec::<u8>::with_capacity(1);
        bytes.reserve_exact(1000);
    });
    assert_eq!(allocations, 2);
}

#[test]
fn another_threads_allocations_are_not_ours() {
    thread::scope(|scope| {
        let other = scope.spawn(|| drop(vec![0_u8; 100]));
        let (result, allocations) = allocations_during(|| other.join());
        result.unwrap();
        assert_eq!(allocations, 0);
    });
}

#[test]
fn the_processs_allocations_are_those_of_all_threads() {
    let (joined, allocations) = allocations_in_process_during(|| thread::spawn(|| drop(vec![0_u8; 100])).join());
    joined.unwrap();
    assert!(allocations >= 1);
}

#[test]
fn the_minimal_executor_does_not_allocate() {
    let ((), allocations) = allocations_during(|| {
        let (mut one, mut two) = (pin!(yield_now()), pin!(yield_now()));
        let mut executor = executor!(2);
        executor.spawn(one.as_mut()).unwrap();
        executor.spawn(two.as_mut()).unwrap();
        executor.run(thread::yield_now);
    });
    assert_eq!(allocations, 0);
}
