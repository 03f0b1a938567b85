//! One test body on five executors.

mod async_std;
mod matrix;
mod minimal;
mod smol;
mod supervise;
mod tokio;

use core::pin::Pin;

pub use self::{
    async_std::AsyncStd,
    matrix::{BODY_LIMIT, check},
    minimal::Minimal,
    smol::Smol,
    tokio::{TokioCurrentThread, TokioMultiThread},
};

/// What a [`Runtime`] runs.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Boxes a future as a [`Task`].
pub fn task(future: impl Future<Output = ()> + Send + 'static) -> Task {
    Box::pin(future)
}

/// An executor that the tests run on.
pub trait Runtime {
    /// The name by which failures tell the executors apart.
    const NAME: &'static str;

    /// Runs all tasks at the same time, until each has completed.
    ///
    /// # Panics
    ///
    /// If a task panics, with its payload, and without waiting for the others.
    fn run_all(tasks: impl IntoIterator<Item = Task>);

    /// Runs one task until it has completed.
    ///
    /// # Panics
    ///
    /// If the task panics.
    fn run(future: impl Future<Output = ()> + Send + 'static) {
        Self::run_all([task(future)]);
    }
}
