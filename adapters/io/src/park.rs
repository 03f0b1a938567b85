//! A thread that waits: it polls as a task does, with a waker that unparks it.

use alloc::{sync::Arc, task::Wake};
use core::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};
use std::thread::{self, Thread};

struct Parker {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Release pairs with the Acquire in `block_on`: what the waker did is seen by the poll that follows.
        if !self.woken.swap(true, Ordering::Release) {
            self.thread.unpark();
        }
    }
}

std::thread_local! {
    /// The parker of this thread, made once; taken out while in use, since a waker's code may block again in itself.
    static PARKER: Cell<Option<Arc<Parker>>> = const { Cell::new(None) };
}

/// Blocks this thread until `poll` is ready.
pub(crate) fn block_on<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    // Where the thread is ending, there is no place to keep a parker.
    let kept = PARKER.try_with(Cell::take).ok().flatten();
    let parker = kept.unwrap_or_else(|| Arc::new(Parker { thread: thread::current(), woken: AtomicBool::new(false) }));
    let waker = Waker::from(parker.clone());
    let mut context = Context::from_waker(&waker);
    let output = loop {
        if let Poll::Ready(output) = poll(&mut context) {
            break output;
        }
        // Acquire: see `wake_by_ref`.
        while !parker.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    };
    let _ = PARKER.try_with(|cell| cell.set(Some(parker)));
    output
}
