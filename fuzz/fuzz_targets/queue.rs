//! The queue for many producers and consumers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sakia::queue::Queue;

#[path = "../../tests/tests/model/queue.rs"]
mod queue;

const CAPACITIES: [usize; 11] = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257];

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, bytes)) = bytes.split_first() else { return };
    let steps = bytes.iter().map(|byte| (byte % 7, usize::from(byte / 7 % 4)));
    queue::run(&Queue::new(CAPACITIES[usize::from(size) % CAPACITIES.len()]), steps);
});
