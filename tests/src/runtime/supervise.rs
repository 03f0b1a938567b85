//! Telling how tasks ended, on runtimes that spawn.

use core::{
    any::Any,
    mem,
    panic::AssertUnwindSafe,
    task::{Poll, Waker},
};
use std::{
    panic::resume_unwind,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::FutureExt as _;

use super::Task;

/// Wraps tasks so that their panics are caught, and returns a future that waits for them.
///
/// The future ends when all tasks have ended, or when one has panicked, with that panic.
pub(super) fn supervise(tasks: impl IntoIterator<Item = Task>) -> (Vec<Task>, impl Future<Output = ()>) {
    let tasks: Vec<Task> = tasks.into_iter().collect();
    let end = Arc::new(End { state: Mutex::new(State::new(tasks.len())) });
    let watched = tasks.into_iter().map(|task| watch(task, end.clone())).collect();
    (watched, async move { end.wait().await })
}

fn watch(task: Task, end: Arc<End>) -> Task {
    Box::pin(async move {
        // The task is dropped before its end is told.
        let result = AssertUnwindSafe(task).catch_unwind().await;
        end.tell(result);
    })
}

/// Where tasks tell their end.
struct End {
    state: Mutex<State>,
}

struct State {
    running: usize,
    panic: Option<Box<dyn Any + Send>>,
    waker: Waker,
}

impl State {
    fn new(running: usize) -> Self {
        Self { running, panic: None, waker: Waker::noop().clone() }
    }
}

impl End {
    fn tell(&self, result: Result<(), Box<dyn Any + Send>>) {
        let mut state = self.lock();
        state.running -= 1;
        state.panic = state.panic.take().or(result.err());
        let waker = mem::replace(&mut state.waker, Waker::noop().clone());
        drop(state);
        waker.wake();
    }

    async fn wait(&self) {
        let panic = core::future::poll_fn(|cx| {
            let mut state = self.lock();
            if state.running == 0 || state.panic.is_some() {
                return Poll::Ready(state.panic.take());
            }
            state.waker = cx.waker().clone();
            Poll::Pending
        })
        .await;
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
