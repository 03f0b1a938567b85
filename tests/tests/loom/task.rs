//! Polling: a thread that waits for a future, and a future that is polled once.

use super::alive::Alive;
use core::{
    pin::{Pin, pin},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
};
use loom::{
    sync::Notify,
    thread::{self, ThreadId},
};
use std::{sync::Arc, task::Wake};

/// Unblocks the thread in [`block_on`].
struct Unblock {
    thread: ThreadId,
    notify: Notify,
    woken_by_itself: AtomicBool,
    _alive: Alive,
}

impl Wake for Unblock {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if thread::current().id() == self.thread {
            self.woken_by_itself.store(true, Ordering::Relaxed);
        } else {
            self.notify.notify();
        }
    }
}

impl Unblock {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            thread: thread::current().id(),
            notify: Notify::new(),
            woken_by_itself: AtomicBool::new(false),
            _alive: Alive::new(),
        })
    }

    /// A task that wakes itself gives way to others: what it waits for is theirs to do.
    fn wait(&self) {
        if self.woken_by_itself.swap(false, Ordering::Relaxed) {
            thread::yield_now();
        } else {
            self.notify.wait();
        }
    }
}

/// Waits for `future`. Once in its life it may be polled without having been woken.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let unblock = Unblock::new();
    let waker = Waker::from(unblock.clone());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        unblock.wait();
    }
}

/// Counts its wakes.
pub(crate) struct Flag {
    wakes: AtomicUsize,
    _alive: Alive,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::Relaxed);
    }
}

impl Flag {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { wakes: AtomicUsize::new(0), _alive: Alive::new() })
    }

    /// How many wakes there were, those of threads that were joined at the least.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.load(Ordering::Relaxed)
    }

    /// Polls with a waker of this.
    pub(crate) fn poll<F: Future + ?Sized>(self: &Arc<Self>, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&self.clone().into()))
    }
}

/// Polls once and drops the future. None: it was cancelled.
pub(crate) fn poll_and_drop<F: Future>(future: F) -> Option<F::Output> {
    match Flag::new().poll(pin!(future)) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// A future that is polled by hand: once at first, when it has to wait, and then when it was woken.
pub(crate) struct Waiting<T> {
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    flag: Arc<Flag>,
    /// The wakes that were followed by a poll.
    seen: usize,
    pub(crate) output: Option<T>,
}

impl<T> Waiting<T> {
    pub(crate) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        let mut waiting = Self { future: Box::pin(future), flag: Flag::new(), seen: 0, output: None };
        waiting.poll();
        assert!(waiting.output.is_none(), "it has to wait");
        waiting
    }

    /// Polls, woken or not, if it is not yet done.
    pub(crate) fn poll(&mut self) {
        self.seen = self.flag.wakes();
        if self.output.is_none() {
            let Poll::Ready(output) = self.flag.poll(self.future.as_mut()) else { return };
            self.output = Some(output);
        }
    }

    /// Polls with a new waker; the old one may be forgotten.
    pub(crate) fn change_task(&mut self) {
        (self.flag, self.seen) = (Flag::new(), 0);
        self.poll();
    }

    /// Polls if it was woken. True if that ended it.
    pub(crate) fn go_on(&mut self) -> bool {
        let woken = self.output.is_none() && self.flag.wakes() > self.seen;
        if woken {
            self.poll();
        }
        woken && self.output.is_some()
    }
}
