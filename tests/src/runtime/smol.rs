//! smol.

use super::{Runtime, Task, supervise::supervise};

/// smol's global executor.
#[derive(Debug)]
pub struct Smol;

impl Runtime for Smol {
    const NAME: &'static str = "smol";

    fn run_all(tasks: impl IntoIterator<Item = Task>) {
        let (tasks, end) = supervise(tasks);
        // Kept until the end, since dropping a handle cancels its task.
        let _handles: Vec<_> = tasks.into_iter().map(smol::spawn).collect();
        smol::block_on(end);
    }
}
