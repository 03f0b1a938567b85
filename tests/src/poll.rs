//! Polling by hand, and counting polls.

use core::{
    fmt,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::{Context, Poll, Waker},
};
use std::sync::Arc;

/// Polls a future once, with this waker.
pub fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Wraps a future so that its polls are counted, and returns the counter too.
pub fn count_polls<F: Future>(future: F) -> (CountPolls<F>, Arc<AtomicUsize>) {
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = CountPolls { future: Box::pin(future), polls: polls.clone() };
    (counted, polls)
}

/// A future whose polls are counted, made by [`count_polls`].
#[must_use = "futures do nothing unless awaited"]
pub struct CountPolls<F> {
    future: Pin<Box<F>>,
    polls: Arc<AtomicUsize>,
}

impl<F: Future> Future for CountPolls<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.polls.fetch_add(1, Relaxed);
        self.future.as_mut().poll(cx)
    }
}

impl<F> fmt::Debug for CountPolls<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountPolls").field("polls", &self.polls).finish_non_exhaustive()
    }
}
