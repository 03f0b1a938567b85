//! Running programs and holding what comes of them against the models.

use super::{
    exact::Exact,
    loose::{Before, Loose},
    place::Place,
    program::Op,
    world::World,
};

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

/// Holds a strict channel against the model, step by step.
pub(crate) fn runs_as_the_model_says(place: Place, capacity: usize, ops: &[Op], forgets: bool) {
    let (mut world, mut model) = (World::new(place, capacity, 0), Exact::new(capacity));
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

/// Checks what any channel promises. Gives how many overtook somebody.
pub(crate) fn keeps_what_it_promises(
    place: Place,
    capacity: usize,
    overtaking: u32,
    ops: &[Op],
    forgets: bool,
) -> usize {
    let mut world = World::new(place, capacity, overtaking);
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
