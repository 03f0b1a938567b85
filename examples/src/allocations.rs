//! Counting what a channel allocates, and nothing else.
//!
//! The program's allocator counts only while its thread is inside [`count`] or [`count_polls`], which go around the calls
//! into the channel. Buffers, messages, tasks and the rest of the program are outside, and so are the wakers: a channel
//! that wakes a task runs code of the runtime, which may allocate a place in its run queue. [`pause_in_wakers`] keeps that
//! out. What else is to be counted has a [`Counter`] of its own.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::{Context, Waker},
};
use std::{alloc::System, sync::Arc, task::Wake};

/// The channel's.
static CHANNEL: Counter = Counter::new();

std::thread_local! {
    /// Constant and without a destructor, so that looking at it never allocates.
    static COUNTING: Cell<Option<&'static Counter>> = const { Cell::new(None) };
}

/// A count of allocations, by all threads.
#[derive(Debug, Default)]
pub struct Counter(AtomicUsize);

impl Counter {
    /// A count of none.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// How many allocations were counted so far.
    pub fn total(&self) -> usize {
        self.0.load(Relaxed)
    }

    /// Calls `body` and counts what it allocates on this thread, here and nowhere else.
    pub fn count<T>(&'static self, body: impl FnOnce() -> T) -> T {
        let _scope = Scope::enter(Some(self));
        body()
    }
}

/// The system's allocator, which counts allocations and reallocations where it was asked to. To be the program's
/// `#[global_allocator]`; without that, every count is 0.
#[derive(Debug)]
pub struct CountingAllocator;

// SAFETY: every call is handed to `System` as it is, and `tally` neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        tally();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        tally();
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        tally();
        // SAFETY: the caller's promise.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

fn tally() {
    if let Some(counter) = COUNTING.get() {
        counter.0.fetch_add(1, Relaxed);
    }
}

/// How many allocations of the channel were counted so far, by all threads.
pub fn total() -> usize {
    CHANNEL.total()
}

/// Calls `body` and counts what it allocates on this thread as the channel's.
pub fn count<T>(body: impl FnOnce() -> T) -> T {
    CHANNEL.count(body)
}

/// Calls `body` without counting, be it inside [`count`].
pub fn pause<T>(body: impl FnOnce() -> T) -> T {
    let _scope = Scope::enter(None);
    body()
}

/// Counts what the polls of `future` allocate; not what happens between them.
pub async fn count_polls<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| count(|| future.as_mut().poll(context))).await
}

/// Runs `task` with wakers that don't count what the runtime allocates when it is woken.
pub async fn pause_in_wakers<F: Future>(task: F) -> F::Output {
    let mut task = pin!(task);
    let mut wakers: Option<(Waker, Waker)> = None;
    poll_fn(move |context| {
        let outer = context.waker();
        if !wakers.as_ref().is_some_and(|(known, _)| known.will_wake(outer)) {
            wakers = Some((outer.clone(), Arc::new(PausingWaker(outer.clone())).into()));
        }
        let inner = wakers.as_ref().map_or(outer, |(_, inner)| inner);
        task.as_mut().poll(&mut Context::from_waker(inner))
    })
    .await
}

struct PausingWaker(Waker);

impl Wake for PausingWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        pause(|| self.0.wake_by_ref());
    }
}

/// Counts, or doesn't, until it is dropped.
struct Scope {
    before: Option<&'static Counter>,
}

impl Scope {
    fn enter(counting: Option<&'static Counter>) -> Self {
        Self { before: COUNTING.replace(counting) }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        COUNTING.set(self.before);
    }
}
