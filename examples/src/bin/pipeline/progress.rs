//! What is said on stderr meanwhile.

use core::{
    fmt::Display,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};
use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Instant,
};

const INTERVAL: Duration = Duration::from_millis(100);
/// To the start of the line, and clear it.
const CLEAR: &str = "\r\x1b[K";

/// Tells how far it is, on a terminal, and what can't be read, everywhere.
#[derive(Debug)]
pub(crate) struct Progress {
    /// It says what can't be read.
    tells: bool,
    /// When the line was last written, if stderr is a terminal.
    line: Option<Mutex<Instant>>,
    failures: AtomicUsize,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let line = io::stderr().is_terminal().then(|| Mutex::new(Instant::now()));
        Self { tells: true, line, failures: AtomicUsize::new(0) }
    }

    /// For reading again what was read: what can't be was told then.
    pub(crate) fn again() -> Self {
        Self { tells: false, ..Self::new() }
    }

    /// Shows a line in place of the last, unless that was a moment ago.
    pub(crate) fn show(&self, line: impl FnOnce() -> String) {
        let Some(last) = &self.line else { return };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= INTERVAL {
            *last = Instant::now();
            self.write(&line());
        }
    }

    /// Says what can't be read, and why.
    pub(crate) fn cannot_read(&self, path: &Path, error: &dyn Display) {
        self.failures.fetch_add(1, Relaxed);
        if self.tells {
            self.write(&format!("pipeline: cannot read {}: {error}\n", path.display()));
        }
    }

    /// How often something could not be read.
    pub(crate) fn failures(&self) -> usize {
        self.failures.load(Relaxed)
    }

    /// Leaves the terminal as it was.
    pub(crate) fn end(&self) {
        self.write("");
    }

    /// Writes to stderr. If that is gone, there is nobody to tell.
    fn write(&self, text: &str) {
        let clear = if self.line.is_some() { CLEAR } else { "" };
        _ = io::stderr().lock().write_all(format!("{clear}{text}").as_bytes());
    }
}
