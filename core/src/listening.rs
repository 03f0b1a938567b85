//! Waiting until a channel is closed.

use crate::{
    ledger::Passed,
    sync::Lock,
    waiters::{self, Queue, Waiter},
};
use core::{
    pin::Pin,
    ptr::NonNull,
    task::{Context, Poll},
};

/// A channel whose closing can be waited for: it wakes the listeners in its queue after it was closed.
pub(crate) trait Listened {
    fn is_closed(&self) -> bool;

    fn queue(&self) -> &Lock<Queue>;
}

/// Waits until the channel is closed.
#[derive(Debug)]
pub(crate) struct UntilClosed<'a, C: Listened> {
    channel: &'a C,
    waiter: Waiter,
}

impl<'a, C: Listened> UntilClosed<'a, C> {
    pub(crate) fn new(channel: &'a C) -> Self {
        Self { channel, waiter: Waiter::new() }
    }
}

impl<C: Listened> Future for UntilClosed<'_, C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.channel.is_closed() {
            return Poll::Ready(());
        }
        let mut waker = Some(context.waker().clone());
        self.channel.queue().with(|queue| {
            if self.channel.is_closed() {
                return Poll::Ready(());
            }
            // SAFETY: IDLE and ours, or queued under the lock; pinned with this, whose `drop` takes it out.
            unsafe {
                if self.waiter.state() == waiters::IDLE {
                    self.waiter.prepare(0, 0, Passed::NEVER);
                    queue.listeners.push(NonNull::from(&self.waiter));
                }
                // The waker that was kept is dropped outside the lock.
                self.waiter.inner(|inner| core::mem::swap(&mut *inner.waker, &mut waker));
            }
            Poll::Pending
        })
    }
}

impl<C: Listened> Drop for UntilClosed<'_, C> {
    fn drop(&mut self) {
        if self.waiter.state() != waiters::QUEUED {
            return;
        }
        let waker = self.channel.queue().with(|queue| {
            let queued = self.waiter.state() == waiters::QUEUED;
            // SAFETY: QUEUED, so it is in this channel's list of listeners and the fields are the lock holder's.
            queued.then(|| unsafe {
                queue.listeners.remove(NonNull::from(&self.waiter));
                self.waiter.inner(|inner| inner.waker.take())
            })
        });
        drop(waker);
    }
}
