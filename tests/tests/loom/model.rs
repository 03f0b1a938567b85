//! Running a model.

use super::alive;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::{sync::Arc, time::Instant};

/// How many interleavings of a model are checked that is one of many, in the quick set and in the whole: a few have millions.
const MOST: [usize; 2] = [1_000, 10_000];

/// Checks `f` in all its interleavings with at most this many preemptions, or as many as `LOOM_MAX_PREEMPTIONS` says.
/// Whatever it does, nothing that is counted as [`alive`] may be left.
pub(crate) fn model(preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    named("", preemptions, f);
}

/// The same, with a name to print beside the test's own.
pub(crate) fn named(name: &str, preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    run(name, preemptions, None, f);
}

/// The same, for one of many: up to a number of interleavings. What was cut short says so.
pub(crate) fn one_of_many(name: &str, preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    let quick = std::thread::current().name().is_some_and(|name| name.contains("quick_"));
    run(name, preemptions, Some(MOST[usize::from(!quick)]), f);
}

fn run(name: &str, preemptions: usize, most: Option<usize>, f: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    let bound = *builder.preemption_bound.get_or_insert(preemptions);
    // Some go round all positions before they begin.
    builder.max_branches = 20_000;
    builder.max_permutations = most;
    // Loom looks at that only so often, before the iteration.
    builder.checkpoint_interval = most.unwrap_or(builder.checkpoint_interval);
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
    let cut = if most.is_some_and(|most| iterations + 1 >= most) { ", cut short" } else { "" };
    println!("{label}: {bound} preemptions, {iterations} iterations, {:.2} s{cut}", begin.elapsed().as_secs_f64());
}
