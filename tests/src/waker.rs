//! A waker that counts.

use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Waker,
};
use std::{sync::Arc, task::Wake};

/// Counts how often its wakers are woken.
///
/// # Examples
///
/// ```
/// use core::{pin::pin, task::Poll};
/// use sakia_tests::{FlagWaker, poll_once, yield_now};
///
/// let flag = FlagWaker::new();
/// let mut future = pin!(yield_now());
/// assert_eq!(poll_once(future.as_mut(), &flag.waker()), Poll::Pending);
/// assert_eq!(flag.take(), 1);
/// assert_eq!(poll_once(future.as_mut(), &flag.waker()), Poll::Ready(()));
/// assert_eq!(flag.take(), 0);
/// ```
#[derive(Debug, Default)]
pub struct FlagWaker {
    total: AtomicUsize,
    taken: AtomicUsize,
}

impl FlagWaker {
    /// Makes a counter at zero.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A waker that counts here. Those of one counter are equal by `will_wake`.
    #[must_use]
    pub fn waker(self: &Arc<Self>) -> Waker {
        self.clone().into()
    }

    /// How many wakers of this counter exist, as long as the `Arc` of `new` has no clone of its own.
    #[must_use]
    pub fn wakers(self: &Arc<Self>) -> usize {
        Arc::strong_count(self) - 1
    }

    /// How many wakes there were.
    #[must_use]
    pub fn wakes(&self) -> usize {
        self.total.load(SeqCst)
    }

    /// How many wakes there were since the last call of this.
    pub fn take(&self) -> usize {
        let total = self.wakes();
        total - self.taken.swap(total, SeqCst)
    }
}

impl Wake for FlagWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.total.fetch_add(1, SeqCst);
    }
}
