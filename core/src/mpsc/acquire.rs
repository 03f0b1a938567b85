//! The futures behind all waiting of senders.

use crate::{
    channel::{Channel, Closed},
    ledger::Refused,
    waiters::Waiter,
};
use core::{
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

/// Waits for `n` credits, which are the caller's when it is Ready(Ok). Dropped, it gives back what it has gathered.
#[derive(Debug)]
pub(crate) struct Acquire<'a> {
    channel: &'a Channel,
    n: usize,
    waiter: Waiter,
}

impl<'a> Acquire<'a> {
    /// Waits in the queue of `channel`, behind all who wait there already; before it joins them, it may look again for room.
    pub(crate) fn new(channel: &'a Channel, n: usize) -> Self {
        Self { channel, n, waiter: Waiter::new() }
    }

    fn waiter(self: Pin<&Self>) -> Pin<&Waiter> {
        // SAFETY: the waiter is pinned with this: it is never moved out, and `drop` treats it as pinned.
        unsafe { self.map_unchecked(|this| &this.waiter) }
    }
}

impl Future for Acquire<'_> {
    type Output = Result<(), Closed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.as_ref();
        // SAFETY: the waiter is of this channel and this `n` alone, and `drop` cancels it.
        unsafe { this.channel.poll_reserve(this.waiter(), this.n, context) }
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        let waiter = unsafe { Pin::new_unchecked(&self.waiter) };
        // SAFETY: the waiter is of this channel alone.
        unsafe { self.channel.cancel(waiter) };
    }
}

/// The same, and is Ready with what `then` has made of it.
#[derive(Debug)]
pub(crate) struct AcquireThen<'a, F> {
    acquire: Acquire<'a>,
    /// None: it was Ready.
    then: Option<F>,
}

impl<'a, F> AcquireThen<'a, F> {
    #[inline]
    pub(crate) fn new(channel: &'a Channel, n: usize, then: F) -> Self {
        Self { acquire: Acquire::new(channel, n), then: Some(then) }
    }
}

impl<O, F: FnOnce(Result<(), Closed>) -> O> Future for AcquireThen<'_, F> {
    type Output = O;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        // SAFETY: `acquire` is not moved out, and is pinned with this; `then` is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        assert!(this.then.is_some(), "polled after it was ready");
        // SAFETY: as above.
        let outcome = ready!(unsafe { Pin::new_unchecked(&mut this.acquire) }.poll(context));
        Poll::Ready(this.then.take().expect("as asserted")(outcome))
    }
}

/// Takes `n` credits, waiting for them if need be.
pub(crate) async fn acquire(channel: &Channel, n: usize) -> Result<(), Closed> {
    match channel.reserve(n) {
        Ok(()) => Ok(()),
        Err(Refused::Closed) => Err(Closed),
        Err(Refused::Full) => pin!(Acquire::new(channel, n)).await,
    }
}

/// Takes a credit, blocking this thread until there is one. It looks for one that is free before it waits in the queue: who waits
/// there is woken for each credit, and who passes takes all that there are.
#[cfg(feature = "std")]
pub(crate) fn blocking_acquire(channel: &Channel) -> Result<(), Closed> {
    let attempt = || channel.reserve_if_free();
    attempt()
        .or_else(|| crate::park::find_soon(attempt))
        .unwrap_or_else(|| crate::park::block_on(Acquire::new(channel, 1)))
}
