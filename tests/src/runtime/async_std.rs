//! async-std.

use async_std::task;

use super::{Runtime, Task, supervise::supervise};

/// async-std's global executor.
#[derive(Debug)]
pub struct AsyncStd;

impl Runtime for AsyncStd {
    const NAME: &'static str = "async-std";

    fn run_all(tasks: impl IntoIterator<Item = Task>) {
        let (tasks, end) = supervise(tasks);
        for task in tasks {
            task::spawn(task);
        }
        task::block_on(end);
    }
}
