//! Channels without a bound.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/tests/model/unbounded.rs"]
mod channel;

fuzz_target!(|bytes: &[u8]| channel::run(bytes));
