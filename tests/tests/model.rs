//! Random programs on one thread, against a model.
//!
//! A program is a list of steps, with every future polled by hand. In the strict order the model foretells each result,
//! count and wake; with overtaking, what a channel may decide is checked for what must hold of it.
#![cfg(not(sakia_loom))]

use core::time::Duration;

use proptest::test_runner::{Config, TestError, TestRunner};
use sakia_tests::with_watchdog;

#[path = "model/mod.rs"]
mod models;

use models::{
    exact::Exact,
    loose::{Before, Loose},
    program::{Op, program},
    world::World,
};

const WATCHDOG: Duration = Duration::from_secs(300);
const CAPACITIES: [usize; 11] = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257];
/// Small enough to be reached by a program, and the usual one.
const LIMITS: [u32; 4] = [1, 3, 10, 1_000];

/// Runs programs for every capacity with every limit, and shrinks one that fails.
fn check_programs(forgets: bool, limits: &[u32], run: impl Fn(usize, u32, &[Op])) {
    // PROPTEST_CASES asks for more.
    let usual = Config::default().cases / limits.len() as u32;
    with_watchdog(WATCHDOG, || {
        for (capacity, &limit) in CAPACITIES.into_iter().flat_map(|capacity| limits.iter().map(move |n| (capacity, n)))
        {
            // Programs for large channels take longer.
            let cases = if cfg!(miri) { 1 } else { usual / if capacity > 9 { 4 } else { 1 } };
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            let result = TestRunner::new(config).run(&program(capacity, forgets), |ops| {
                run(capacity, limit, &ops);
                Ok(())
            });
            if let Err(error) = result {
                panic!("capacity {capacity}, overtaking {limit}: {}", failure(error));
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

/// What is left to do so that nothing waits any more; None when nothing does.
fn finish(world: &World, round: usize) -> Option<Op> {
    let sight = world.last();
    match round % 4 {
        _ if world.waiting().is_empty() => None,
        0 => Some(Op::Settle),
        1 if sight.permits > 0 => Some(Op::DropPermit(0)),
        2 if world.pollers() > 0 => Some(Op::StartSend(round / 4)),
        _ => Some(Op::RecvMany(usize::MAX, false)),
    }
}

/// Runs a program, then sees to it that nothing waits any more.
fn run(world: &mut World, ops: &[Op], finishes: bool, mut step: impl FnMut(&mut World, Op)) {
    let mut step = |world: &mut World, op: Op| {
        if !matches!(op, Op::Settle) {
            return step(world, op);
        }
        while let Some(woken) = world.waiting().into_iter().find(|waiting| waiting.woken) {
            step(world, woken.poll);
        }
        step(world, op);
    };
    ops.iter().for_each(|&op| step(world, op));
    if finishes {
        let mut round = 0;
        while let Some(op) = finish(world, round) {
            step(world, op);
            round += 1;
            assert!(round < 20_000, "some wait for ever");
        }
    }
}

fn runs_as_the_model_says(capacity: usize, ops: &[Op], forgets: bool) {
    let (mut world, mut model) = (World::new(capacity, 0), Exact::new(capacity));
    run(&mut world, ops, !forgets, |world, op| {
        if matches!(op, Op::Settle) {
            assert!(model.waits_for_room(&world.waiting()));
            return;
        }
        let (outcome, expected) = (world.step(op), model.step(op));
        assert_eq!(outcome, expected, "{op:?}");
        let sight = world.sight();
        assert_eq!(sight, model.sight(&sight), "{op:?}: {outcome:?}");
    });
    let (alive, wakers) = world.end(ops.len());
    assert_eq!(alive, model.leaked(), "messages that were dropped by nobody");
    assert!(forgets || wakers == 0, "wakers that were dropped by nobody");
}

fn keeps_what_it_promises(capacity: usize, overtaking: u32, ops: &[Op], forgets: bool) -> usize {
    let mut world = World::new(capacity, overtaking);
    let mut loose = Loose::new(capacity, world.overtaking());
    run(&mut world, ops, !forgets, |world, op| {
        if matches!(op, Op::Settle) {
            loose.check_settled(world);
            return;
        }
        let before = Before::of(world, op);
        let outcome = world.step(op);
        loose.check(world, op, &outcome, &before);
    });
    let (alive, wakers) = world.end(ops.len());
    assert!(forgets || (alive, wakers) == (0, 0), "messages or wakers that were dropped by nobody");
    loose.most
}

#[test]
fn a_strict_channel_does_what_the_model_does() {
    check_programs(false, &[0], |capacity, _, ops| runs_as_the_model_says(capacity, ops, false));
}

#[test]
#[cfg_attr(miri, ignore = "leaks, as it is meant to")]
fn a_strict_channel_does_what_the_model_does_with_permits_and_futures_leaked() {
    check_programs(true, &[0], |capacity, _, ops| runs_as_the_model_says(capacity, ops, true));
}

#[test]
fn a_channel_with_overtaking_keeps_what_it_promises() {
    check_programs(false, &LIMITS, |capacity, limit, ops| {
        keeps_what_it_promises(capacity, limit, ops, false);
    });
}

#[test]
#[cfg_attr(miri, ignore = "leaks, as it is meant to")]
fn a_channel_with_overtaking_keeps_what_it_promises_with_permits_and_futures_leaked() {
    check_programs(true, &LIMITS, |capacity, limit, ops| {
        keeps_what_it_promises(capacity, limit, ops, true);
    });
}

#[test]
fn the_promises_of_overtaking_are_kept_by_a_strict_channel_too() {
    check_programs(false, &[0], |capacity, limit, ops| {
        assert_eq!(keeps_what_it_promises(capacity, limit, ops, false), 0, "somebody was overtaken");
    });
}
