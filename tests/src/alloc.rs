//! A global allocator that counts, for tests of what allocates and what does not.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use std::alloc::System;

/// Allocations of all threads.
static PROCESS: AtomicUsize = AtomicUsize::new(0);

std::thread_local! {
    /// Allocations of this thread. Constant and without a destructor, so that counting never allocates.
    static THREAD: Cell<usize> = const { Cell::new(0) };
    /// The bytes that this thread has asked for, and not given back.
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting allocations and reallocations.
///
/// # Examples
///
/// ```
/// use sakia_tests::{CountingAllocator, allocations_during};
///
/// #[global_allocator]
/// static ALLOCATOR: CountingAllocator = CountingAllocator;
///
/// let (boxed, allocations) = allocations_during(|| Box::new(1));
/// assert_eq!((*boxed, allocations), (1, 1));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct CountingAllocator;

// SAFETY: Every call is handed to `System` as it is, and counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: Forwarded from the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: Forwarded from the caller.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size.wrapping_sub(layout.size()));
        // SAFETY: Forwarded from the caller.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BYTES.set(BYTES.get().wrapping_sub(layout.size()));
        // SAFETY: Forwarded from the caller.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Runs `body` and returns its output with the number of allocations this thread made in it.
///
/// # Panics
///
/// If [`CountingAllocator`] is not the global allocator.
pub fn allocations_during<T>(body: impl FnOnce() -> T) -> (T, usize) {
    assert_installed();
    let before = THREAD.get();
    let output = body();
    (output, THREAD.get() - before)
}

/// Runs `body` and returns its output with the number of allocations all threads made meanwhile.
///
/// Tests that run at the same time are counted too: use it in a test file with a single test.
///
/// # Panics
///
/// If [`CountingAllocator`] is not the global allocator.
pub fn allocations_in_process_during<T>(body: impl FnOnce() -> T) -> (T, usize) {
    assert_installed();
    let before = PROCESS.load(Relaxed);
    let output = body();
    (output, PROCESS.load(Relaxed) - before)
}

/// Runs `body` and returns its output with the bytes that this thread allocated in it and did not free.
///
/// # Panics
///
/// If [`CountingAllocator`] is not the global allocator, or `body` frees more than it allocates.
pub fn bytes_kept_by<T>(body: impl FnOnce() -> T) -> (T, usize) {
    assert_installed();
    let before = BYTES.get();
    let output = body();
    let kept = BYTES.get().wrapping_sub(before);
    assert!(kept <= usize::MAX / 2, "more bytes were freed than allocated");
    (output, kept)
}

fn count(bytes: usize) {
    PROCESS.fetch_add(1, Relaxed);
    THREAD.set(THREAD.get() + 1);
    BYTES.set(BYTES.get().wrapping_add(bytes));
}

/// Without the allocator in place every count would be zero, and every test of it would pass.
fn assert_installed() {
    let before = THREAD.get();
    drop(black_box(Box::new(0_u8)));
    assert_ne!(THREAD.get(), before, "CountingAllocator is not the global allocator of this test");
}
