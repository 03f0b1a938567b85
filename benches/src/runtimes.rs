//! The runtimes that the tasks run on.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime as TokioRuntime};

/// Spawns tasks, and runs a first one to its end.
///
/// A spawned task must be awaited: on some runtimes it is cancelled otherwise.
pub trait Runtime: 'static {
    /// Runs `main` as a task and blocks this thread until it is done.
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O;

    /// Spawns a task from within another.
    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send;
}

/// Tokio's multi-thread runtime with two workers.
#[derive(Debug)]
pub struct MultiThread;

/// Tokio's current-thread runtime.
#[derive(Debug)]
pub struct CurrentThread;

/// Smol's global executor, by default one thread.
#[derive(Debug)]
pub struct Smol;

/// async-std's global executor, by default a thread per core.
#[derive(Debug)]
pub struct AsyncStd;

static MULTI_THREAD: LazyLock<TokioRuntime> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(2).build();
    runtime.expect("the runtime's threads can be started")
});

static CURRENT_THREAD: LazyLock<TokioRuntime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("the runtime can be made")
});

async fn spawn_on_tokio<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> O {
    join(tokio::spawn(task)).await
}

async fn join<O>(handle: tokio::task::JoinHandle<O>) -> O {
    handle.await.expect("the task does not panic")
}

impl Runtime for MultiThread {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        MULTI_THREAD.block_on(spawn_on_tokio(main))
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        join(tokio::spawn(task))
    }
}

impl Runtime for CurrentThread {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        CURRENT_THREAD.block_on(spawn_on_tokio(main))
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        join(tokio::spawn(task))
    }
}

impl Runtime for Smol {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        smol::block_on(smol::spawn(main))
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        smol::spawn(task)
    }
}

impl Runtime for AsyncStd {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        async_std::task::block_on(async_std::task::spawn(main))
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        async_std::task::spawn(task)
    }
}
