//! Running a model.

use super::alive;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::{sync::Arc, time::Instant};

/// Checks `f` in all its interleavings with at most this many preemptions, or as many as `LOOM_MAX_PREEMPTIONS` says.
/// Whatever it does, nothing that is counted as [`alive`] may be left.
pub(crate) fn model(preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    named("", preemptions, f);
}

/// The same, with a name to print beside the test's own.
pub(crate) fn named(name: &str, preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    let bound = *builder.preemption_bound.get_or_insert(preemptions);
    // Some go round all positions before they begin.
    builder.max_branches = 20_000;
    let iterations = Arc::new(AtomicUsize::new(0));
    let counter = iterations.clone();
    let thread = std::thread::current();
    let label = format!("{} {name}", thread.name().unwrap_or("a model"));
    let begin = Instant::now();
    alive::reset();
    eprintln!("{label}...");
    builder.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        f();
        assert_eq!(alive::alive(), 0, "messages or wakers leaked, or were dropped twice");
    });
    let iterations = iterations.load(Ordering::Relaxed);
    println!("{label}: {bound} preemptions, {iterations} iterations, {:.2} s", begin.elapsed().as_secs_f64());
}
