//! The minimal executor of this repository.

use std::thread;

use super::{Runtime, Task};

/// The minimal executor, for up to 32 tasks on one thread.
#[derive(Debug)]
pub struct Minimal;

impl Runtime for Minimal {
    const NAME: &'static str = "the minimal executor";

    fn run_all(tasks: impl IntoIterator<Item = Task>) {
        let mut tasks: Vec<Task> = tasks.into_iter().collect();
        let mut executor = sakia_executor::executor!(32);
        for task in &mut tasks {
            executor.spawn(task.as_mut()).expect("at most 32 tasks");
        }
        // A panic of a task unwinds through here.
        executor.run(thread::yield_now);
    }
}
