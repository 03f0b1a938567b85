//! Tokio, with one thread and with two.

use tokio::runtime::Builder;

use super::{Runtime, Task, supervise::supervise};

/// Tokio's executor of one thread.
#[derive(Debug)]
pub struct TokioCurrentThread;

impl Runtime for TokioCurrentThread {
    const NAME: &'static str = "tokio, current thread";

    fn run_all(tasks: impl IntoIterator<Item = Task>) {
        run_all(&mut Builder::new_current_thread(), tasks);
    }
}

/// Tokio's executor of many threads, with two workers.
#[derive(Debug)]
pub struct TokioMultiThread;

impl Runtime for TokioMultiThread {
    const NAME: &'static str = "tokio, two workers";

    fn run_all(tasks: impl IntoIterator<Item = Task>) {
        run_all(Builder::new_multi_thread().worker_threads(2), tasks);
    }
}

fn run_all(builder: &mut Builder, tasks: impl IntoIterator<Item = Task>) {
    let runtime = builder.enable_time().build().expect("tokio starts");
    let (tasks, end) = supervise(tasks);
    for task in tasks {
        runtime.spawn(task);
    }
    runtime.block_on(end);
}
