//! Random programs of calls on a channel of slots against a model that is a few queues: every result, who waits, who is woken,
//! and every count, after each step. A program that fails is shrunk.
#![cfg(not(sakia_loom))]

mod behaviour;
#[path = "model/in_place.rs"]
mod channel;
#[path = "model/queue.rs"]
mod queue;

use channel::Step;
use proptest::prelude::*;
use sakia::queue::Queue;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::TrySend),
        2 => Just(Step::TrySendValue),
        3 => any::<bool>().prop_map(|permit| Step::Hold { permit }),
        4 => (0..8_usize).prop_map(Step::Publish),
        2 => (0..8_usize).prop_map(Step::GiveUp),
        5 => Just(Step::Wait),
        4 => (0..8_usize).prop_map(Step::PollWaiter),
        2 => (0..8_usize).prop_map(Step::CancelWaiter),
        6 => Just(Step::Receive),
        2 => Just(Step::ReceiveValue),
        3 => Just(Step::Keep),
        4 => (0..8_usize).prop_map(Step::Release),
        2 => (1..5_usize).prop_map(Step::Batch),
        1 => Just(Step::Close),
        1 => Just(Step::DropReceiver),
    ]
}

fn capacity() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1_usize), Just(2), Just(3), Just(4), Just(7), Just(8), Just(9), 255..258_usize]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 5 } else { 2_000 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_channel_of_slots_does_as_its_model(capacity in capacity(), steps in prop::collection::vec(step(), 0..80)) {
        channel::run(capacity, steps);
    }

    #[test]
    fn a_queue_does_as_its_model(capacity in capacity(), steps in prop::collection::vec((0..7_u8, 0..4_usize), 0..80)) {
        queue::run(&Queue::new(capacity), steps);
    }
}
