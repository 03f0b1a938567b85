//! Counts the words of files: reader tasks send lines through one sakia channel, one consumer task counts.
//!
//! - `args`: the command line
//! - `input`: finding files, and the reader task
//! - `by_value`, `in_place`: how lines get to the consumer task
//! - `count`: what is counted, and what is a word
//! - `runtimes`: the same tasks on four runtimes
//! - `report`: what is printed
//! - `progress`: what is said meanwhile

mod args;
mod by_value;
mod count;
mod in_place;
mod input;
mod progress;
mod report;
mod runtimes;

use core::iter::repeat_n;
use std::{env, io, io::Write as _, process::ExitCode, sync::Arc, time::Instant};

use args::{Args, Command};
use count::Counts;
use input::{Files, Outlet, Reader};
use progress::Progress;
use report::{Allocations, Report, Run, Sum};
use runtimes::Task;
use sakia_examples::allocations::{Counter, CountingAllocator, pause_in_wakers, total};

/// How many lines the channel holds.
const CAPACITY: usize = 256;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// What the elements of slots allocate when they are made.
static ELEMENTS: Counter = Counter::new();
/// What the lines allocate otherwise.
static MESSAGES: Counter = Counter::new();

fn main() -> ExitCode {
    match args::parse(env::args_os().skip(1)) {
        Ok(Command::Run(args)) => {
            let report = run(&args);
            let printed = print(&report.to_string());
            if !report.agrees() {
                eprintln!("pipeline: what was read in place is not what was read by value");
            }
            if report.sum.is_failure() || !report.agrees() { ExitCode::FAILURE } else { printed }
        }
        Ok(Command::Help) => print(args::HELP),
        Err(error) => {
            eprintln!("pipeline: {error}\n\n{}", args::USAGE);
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Report {
    let progress = Arc::new(Progress::new());
    let files = Arc::new(Files::find(&args.paths, &progress));
    let again = files.again();
    let by_value = measure(args, &progress, &files, by_value::channel);
    let in_place = || measure(args, &Arc::new(Progress::again()), &Arc::new(again), in_place::channel);
    Report {
        runtime: args.runtime,
        readers: args.readers,
        sum: Sum { read: files.read(), failed: progress.failures() },
        by_value,
        in_place: args.in_place.then(in_place),
    }
}

/// Has all files read and counted, by way of a channel that is given as its first sender and the consumer.
fn measure<O: Outlet, C: Future<Output = Counts> + Send + 'static>(
    args: &Args,
    progress: &Arc<Progress>,
    files: &Arc<Files>,
    channel: impl FnOnce(Arc<Progress>, Arc<Files>) -> (O, C),
) -> Run {
    let started = Instant::now();

    // What is counted as the channel's are the allocations made in these calls and in the polls of its own futures: see
    // `allocations`. The lines' are counted apart.
    let before = [total(), MESSAGES.total()];
    let (outlet, consumer) = channel(progress.clone(), files.clone());
    let at_creation = total() - before[0];
    let reader = |outlet| {
        let reader = Reader { files: files.clone(), progress: progress.clone(), outlet };
        Box::pin(pause_in_wakers(reader.run())) as Task
    };
    let readers = repeat_n(outlet, args.readers).map(reader).collect();
    let counts = runtimes::run(args.runtime, readers, pause_in_wakers(consumer));

    progress.end();
    let allocations = Allocations {
        at_creation,
        channel: total() - before[0] - at_creation,
        elements: ELEMENTS.total(),
        messages: MESSAGES.total() - before[1],
    };
    Run { counts, elapsed: started.elapsed(), allocations }
}

/// Prints to stdout. It is no error if whoever reads that has seen enough.
fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("pipeline: cannot write the report: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
