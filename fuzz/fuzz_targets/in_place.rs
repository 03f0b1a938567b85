//! Channels of slots.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/tests/behaviour/mod.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod behaviour;
#[path = "../../tests/tests/model/in_place.rs"]
mod channel;

const CAPACITIES: [usize; 11] = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257];

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, bytes)) = bytes.split_first() else { return };
    channel::run(CAPACITIES[usize::from(size) % CAPACITIES.len()], bytes.as_chunks().0.iter().map(|&step| channel::Step::of(step)));
});
