//! Counts the words of files: reader tasks send lines through one sakia channel, one consumer task counts.
//!
//! - `args`: the command line
//! - `input`: finding files, and the reader task
//! - `count`: the consumer task, and what is a word
//! - `runtimes`: the same tasks on four runtimes
//! - `report`: what is printed
//! - `progress`: what is said meanwhile

mod args;
mod count;
mod input;
mod progress;
mod report;
mod runtimes;

use std::{env, io, io::Write as _, process::ExitCode, sync::Arc, time::Instant};

use args::{Args, Command};
use count::{Counts, consume};
use input::{Files, Reader};
use progress::Progress;
use report::{Report, Sum};
use runtimes::Task;
use sakia::mpsc;
use sakia_examples::allocations::{CountingAllocator, count, pause_in_wakers, total};

/// How many lines the channel holds.
const CAPACITY: usize = 256;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() -> ExitCode {
    match args::parse(env::args_os().skip(1)) {
        Ok(Command::Run(args)) => {
            let report = run(&args);
            let printed = print(&report.to_string());
            if report.sum.is_failure() { ExitCode::FAILURE } else { printed }
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
    let started = Instant::now();

    // What is counted as the channel's are the allocations made in these calls and in the polls of its own futures: see
    // `allocations`. So the lines, which readers allocate before they send them, are not among them.
    let (sender, receiver) = count(|| mpsc::channel(CAPACITY));
    let at_creation = total();
    let reader = || {
        let reader = Reader::new(files.clone(), progress.clone(), count(|| sender.clone()));
        Box::pin(pause_in_wakers(reader.run())) as Task
    };
    let readers = (0..args.readers).map(|_| reader()).collect();
    drop(sender);
    let consumer = pause_in_wakers(consume(receiver, progress.clone(), files.clone()));
    let counts: Counts = runtimes::run(args.runtime, readers, consumer);

    progress.end();
    Report {
        runtime: args.runtime,
        readers: args.readers,
        sum: Sum { read: files.read(), failed: progress.failures() },
        counts,
        elapsed: started.elapsed(),
        allocations: (at_creation, total() - at_creation),
    }
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
