//! Running one future to its end.

use core::pin::pin;

use crate::{Executor, WakeFlags};

/// Flags for every `block_on` of the program.
static FLAGS: WakeFlags<1, 64> = WakeFlags::new();

/// Runs one future to completion and returns its output, calling `idle` whenever it is not woken.
///
/// What `idle` may do is said at [`Executor::run`].
///
/// # Panics
///
/// If 64 calls are under way on other threads, or around this one.
///
/// # Examples
///
/// ```
/// let output = sakia_executor::block_on(async { 1 + 1 }, std::thread::yield_now);
/// assert_eq!(output, 2);
/// ```
#[track_caller]
pub fn block_on<F: Future>(future: F, idle: impl FnMut()) -> F::Output {
    let mut output = None;
    {
        let mut task = pin!(async { output = Some(future.await) });
        let mut executor = Executor::new(&FLAGS);
        executor.spawn(task.as_mut()).expect("a new executor has a place");
        executor.run(idle);
    }
    output.expect("a completed task has stored its output")
}
