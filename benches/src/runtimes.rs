//! The runtimes that the tasks run on.

use core::hint::spin_loop;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::thread;

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

/// As [`MultiThread`], with both workers on one core.
#[derive(Debug)]
pub struct OneCore;

/// Tokio's multi-thread runtime with eight workers per core.
#[derive(Debug)]
pub struct Crowd;

/// As [`MultiThread`], beside a thread that spins all the while.
#[derive(Debug)]
pub struct Hogged;

static MULTI_THREAD: LazyLock<TokioRuntime> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(2).build();
    runtime.expect("the runtime's threads can be started")
});

static ONE_CORE: LazyLock<TokioRuntime> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(2).on_thread_start(pin_to_first_core).build();
    runtime.expect("the runtime's threads can be started")
});

static CROWD: LazyLock<TokioRuntime> = LazyLock::new(|| {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let runtime = Builder::new_multi_thread().worker_threads(8 * cores).build();
    runtime.expect("the runtime's threads can be started")
});

static HOG: LazyLock<Hog> = LazyLock::new(Hog::start);

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

impl Runtime for OneCore {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        ONE_CORE.block_on(spawn_on_tokio(main))
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        join(tokio::spawn(task))
    }
}

impl Runtime for Crowd {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        CROWD.block_on(spawn_on_tokio(main))
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        join(tokio::spawn(task))
    }
}

impl Runtime for Hogged {
    fn run<O: Send + 'static>(main: impl Future<Output = O> + Send + 'static) -> O {
        HOG.spin();
        let output = MultiThread::run(main);
        HOG.rest();
        output
    }

    fn spawn<O: Send + 'static>(task: impl Future<Output = O> + Send + 'static) -> impl Future<Output = O> + Send {
        join(tokio::spawn(task))
    }
}

fn pin_to_first_core() {
    let first = core_affinity::get_core_ids().and_then(|cores| cores.first().copied());
    assert!(first.is_some_and(core_affinity::set_for_current), "threads can be pinned on this system");
}

/// A thread that takes a core's time while it is told to.
struct Hog {
    busy: Arc<AtomicBool>,
    thread: thread::Thread,
}

impl Hog {
    fn start() -> Self {
        let busy = Arc::new(AtomicBool::new(false));
        let spins = busy.clone();
        let thread = thread::spawn(move || {
            loop {
                // Relaxed: nothing but the flag is read.
                while spins.load(Relaxed) {
                    spin_loop();
                }
                thread::park();
            }
        });
        Self { busy, thread: thread.thread().clone() }
    }

    fn spin(&self) {
        self.busy.store(true, Relaxed);
        self.thread.unpark();
    }

    fn rest(&self) {
        self.busy.store(false, Relaxed);
    }
}
