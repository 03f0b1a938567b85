//! The harness of sakia's tests.
//!
//! An async test is written once, as a generic function over its [`Runtime`], and run on five of them by
//! [`for_each_runtime!`]. The rest are helpers for polling by hand, for hangs, and for counting
//! allocations. Under `cfg(sakia_loom)` only those helpers are left.

mod alloc;
mod poll;
#[cfg(not(sakia_loom))]
mod runtime;
mod waker;
mod watchdog;

pub use alloc::{CountingAllocator, allocations_during, allocations_in_process_during, bytes_kept_by};
pub use poll::{CountPolls, count_polls, poll_once};
#[cfg(not(sakia_loom))]
pub use runtime::{
    AsyncStd, BODY_LIMIT, Minimal, Runtime, Smol, Task, TokioCurrentThread, TokioMultiThread, check, task,
};
pub use sakia_executor::{YieldNow, yield_now};
pub use waker::FlagWaker;
pub use watchdog::{with_named_watchdog, with_watchdog};
