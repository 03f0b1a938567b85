//! Channels by value, on the heap, in blocks and static, strict and with overtaking.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/tests/model/mod.rs"]
#[allow(dead_code, reason = "the model test uses more of it")]
mod models;

use models::{check, place::Place, program::program_of};

const CAPACITIES: [usize; 11] = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257];
const LIMITS: [u32; 4] = [1, 3, 10, 1_000];

fuzz_target!(|bytes: &[u8]| {
    let Some((&[size, kind], bytes)) = bytes.split_first_chunk() else { return };
    let (size, kind) = (usize::from(size), usize::from(kind));
    let (place, capacity) = (Place::ALL[kind % 3], CAPACITIES[size % CAPACITIES.len()]);
    let ops = program_of(bytes, capacity);
    match kind / 3 % 8 {
        0..4 => check::runs_as_the_model_says(place, capacity, &ops, false),
        limit => {
            check::keeps_what_it_promises(place, capacity, LIMITS[limit - 4], &ops, false);
        }
    }
});
