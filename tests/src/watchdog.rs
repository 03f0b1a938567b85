//! A guard against hangs. It times nothing else.

use core::{panic::Location, time::Duration};
use std::{
    io::{self, Write as _},
    process,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
};

/// Runs `body`, and aborts the process with this thread's name and the caller's line if it takes longer
/// than `limit`.
#[track_caller]
pub fn with_watchdog<T>(limit: Duration, body: impl FnOnce() -> T) -> T {
    let thread = thread::current();
    let name = format!("{} ({})", thread.name().unwrap_or("a thread"), Location::caller());
    with_named_watchdog(&name, limit, body)
}

/// Runs `body`, and aborts the process with `name` if it takes longer than `limit`.
///
/// Under Miri, whose clock runs apart from the speed of the program, it only runs `body`.
pub fn with_named_watchdog<T>(name: &str, limit: Duration, body: impl FnOnce() -> T) -> T {
    if cfg!(miri) {
        return body();
    }
    let name = name.to_owned();
    // Dropped when `body` returns or unwinds.
    let (_alive, ended) = mpsc::channel::<()>();
    thread::spawn(move || {
        if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            bite(&name, limit);
        }
    });
    body()
}

/// Ends the process, since a hanging thread cannot be ended.
fn bite(name: &str, limit: Duration) -> ! {
    // Not `eprintln!`: the output that a test's threads inherit is captured, and lost on abort.
    let _ = writeln!(io::stderr(), "\nwatchdog: {name} hangs: not done after {limit:?}");
    process::abort();
}
