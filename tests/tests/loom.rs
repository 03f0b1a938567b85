//! Models of the channel, checked by loom over all interleavings (up to a number of preemptions) and all values that weak
//! memory allows.
//!
//! They run with `RUSTFLAGS="--cfg sakia_loom" cargo test --release -p sakia-tests --test loom`; those whose names begin
//! with `quick_` take seconds. `--cfg sakia_narrow` and `--cfg sakia_marked` pick the other variants of the library.
#![cfg(sakia_loom)]

#[path = "loom/mod.rs"]
mod models;
