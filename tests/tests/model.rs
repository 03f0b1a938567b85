//! Random programs on one thread, against a model.
//!
//! A program is a list of steps, with every future polled by hand. In the strict order the model foretells each result,
//! count and wake; with overtaking, what a channel may decide is checked for what must hold of it.
#![cfg(not(sakia_loom))]

use core::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestError, TestRunner},
};
use sakia_tests::with_watchdog;

#[path = "model/mod.rs"]
mod models;

use models::{
    check::{keeps_what_it_promises, runs_as_the_model_says},
    place::Place,
    program::{Op, program},
};

const WATCHDOG: Duration = Duration::from_secs(300);
const CAPACITIES: [usize; 11] = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257];
/// Small enough to be reached by a program, and the usual one.
const LIMITS: [u32; 4] = [1, 3, 10, 1_000];

/// Runs programs for every capacity with every limit, and shrinks one that fails.
fn check_programs(forgets: bool, limits: &[u32], run: impl Fn(Place, usize, u32, &[Op])) {
    // PROPTEST_CASES asks for more.
    let usual = Config::default().cases / limits.len() as u32;
    let kinds = Place::ALL.into_iter().flat_map(|place| CAPACITIES.map(|capacity| (place, capacity)));
    with_watchdog(WATCHDOG, || {
        for ((place, capacity), &limit) in kinds.flat_map(|kind| limits.iter().map(move |n| (kind, n))) {
            // Programs for large channels take longer, and places differ in little.
            let fewer = if capacity > 9 { 4 } else { 1 } * if place == Place::Heap { 1 } else { 3 };
            let cases = if cfg!(miri) { 1 } else { (usual / fewer).max(1) };
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            let result = TestRunner::new(config).run(&program(capacity, forgets), |ops| {
                run(place, capacity, limit, &ops);
                Ok(())
            });
            if let Err(error) = result {
                panic!("{place:?}, capacity {capacity}, overtaking {limit}: {}", failure(error));
            }
        }
    });
}

fn failure(error: TestError<Vec<Op>>) -> String {
    match error {
        TestError::Fail(reason, ops) => format!("{reason}\nthe program: {ops:?}"),
        TestError::Abort(reason) => format!("{reason}"),
    }
}

#[test]
fn a_strict_channel_does_what_the_model_does() {
    check_programs(false, &[0], |place, capacity, _, ops| runs_as_the_model_says(place, capacity, ops, false));
}

#[test]
#[cfg_attr(miri, ignore = "leaks, as it is meant to")]
fn a_strict_channel_does_what_the_model_does_with_permits_and_futures_leaked() {
    check_programs(true, &[0], |place, capacity, _, ops| runs_as_the_model_says(place, capacity, ops, true));
}

#[test]
fn a_channel_with_overtaking_keeps_what_it_promises() {
    check_programs(false, &LIMITS, |place, capacity, limit, ops| {
        keeps_what_it_promises(place, capacity, limit, ops, false);
    });
}

#[test]
#[cfg_attr(miri, ignore = "leaks, as it is meant to")]
fn a_channel_with_overtaking_keeps_what_it_promises_with_permits_and_futures_leaked() {
    check_programs(true, &LIMITS, |place, capacity, limit, ops| {
        keeps_what_it_promises(place, capacity, limit, ops, true);
    });
}

#[test]
fn the_promises_of_overtaking_are_kept_by_a_strict_channel_too() {
    check_programs(false, &[0], |place, capacity, limit, ops| {
        assert_eq!(keeps_what_it_promises(place, capacity, limit, ops, false), 0, "somebody was overtaken");
    });
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_channel_without_a_bound_does_as_its_model(bytes in vec(any::<u8>(), 0..400)) {
        models::unbounded::run(&bytes);
    }
}
