//! Waiting for a slot: the polls and the cancellation of one [`Waiter`].

use super::Wheel;
use crate::{
    channel::Closed,
    ledger::Refused,
    patience::Again,
    pool::{Index, Links},
    sync::OnDrop,
    waiters::{self, Queue, Waiter, WakeBatch},
};
use core::{
    pin::Pin,
    ptr::NonNull,
    task::{Context, Poll, Waker, ready},
};

/// What a visit to the queue came to.
enum Visit {
    /// The waiter has a slot.
    Granted,
    Closed,
    Waiting,
    /// The visit has to be made again with a clone of the task's waker, which can't be made under the lock.
    NeedsWaker,
}

impl Wheel {
    /// Waits for a slot. Ready(Ok): it is the caller's, and the waiter is as new.
    ///
    /// # Safety
    /// The waiter is used with this channel only, and is given to [`Self::cancel`] before it goes away.
    pub(crate) unsafe fn poll_take(
        &self,
        links: Links<'_>,
        waiter: Pin<&Waiter>,
        context: &mut Context<'_>,
    ) -> Poll<Result<Index, Closed>> {
        let state = waiter.state();
        if state == waiters::IDLE
            && self.patience.is_due()
            && let Some(poll) = self.take_soon(links).poll(context)
        {
            return poll;
        }
        let visit = match state {
            waiters::GRANTED | waiters::COURIER => Visit::Granted,
            waiters::CLOSED => Visit::Closed,
            // SAFETY: the caller's promise.
            _ => unsafe { self.visit_with_waker(links, waiter, state == waiters::IDLE, context) },
        };
        match visit {
            Visit::Granted if !self.pool.is_closed() => {
                // First: if a waker panics here, the slot is still the waiter's, and not lost.
                self.relay_if(links, waiter.state());
                waiter.set_state(waiters::IDLE);
                // SAFETY: out of the list, so the fields are ours.
                Poll::Ready(Ok(unsafe { waiter.inner(|inner| inner.held as Index) }))
            }
            Visit::Granted | Visit::Closed => {
                // SAFETY: the caller's promise.
                unsafe { self.cancel(links, waiter) };
                Poll::Ready(Err(Closed))
            }
            Visit::Waiting | Visit::NeedsWaker => Poll::Pending,
        }
    }

    /// Takes a slot, if one comes back before long.
    #[cold]
    #[inline(never)]
    fn take_soon(&self, links: Links<'_>) -> Again<Result<Index, Closed>> {
        // In the strict order it comes back for those who wait.
        if self.overtaking() == 0 && self.pool.has_waiting() {
            return Again::Nothing;
        }
        // What was there all along is no luck.
        match self.take_if_free(links) {
            Some(outcome) => Again::Found(outcome),
            None => self.patience.look_again(|| self.take_if_free(links)),
        }
    }

    /// Takes a slot if there is one; None: there is not.
    fn take_if_free(&self, links: Links<'_>) -> Option<Result<Index, Closed>> {
        match self.take(links) {
            Ok(index) => Some(Ok(index)),
            Err(Refused::Closed) => Some(Err(Closed)),
            Err(Refused::Full) => None,
        }
    }

    /// # Safety
    /// As [`Self::poll_take`].
    unsafe fn visit_with_waker(
        &self,
        links: Links<'_>,
        waiter: Pin<&Waiter>,
        new: bool,
        context: &mut Context<'_>,
    ) -> Visit {
        let mut waker = new.then(|| context.waker().clone());
        loop {
            let mut batch = WakeBatch::new();
            let visit = self.queue.with(|queue| {
                // SAFETY: the caller's promise.
                let visit = unsafe { self.visit(links, queue, waiter, &mut batch) };
                if !matches!(visit, Visit::Waiting) {
                    return visit;
                }
                // SAFETY: the waiter is queued and the lock is held.
                match unsafe { waiter.inner(|inner| inner.keep_waker(&mut waker, context)) } {
                    true => visit,
                    false => Visit::NeedsWaker,
                }
            });
            self.finish(links, &mut batch);
            match visit {
                // Dropped here, outside the lock: a waker that was replaced.
                Visit::NeedsWaker => waker = Some(context.waker().clone()),
                visit => return visit,
            }
        }
    }

    /// Under the lock: joins the queue, or tries again where it stands.
    ///
    /// # Safety
    /// As [`Self::poll_take`].
    unsafe fn visit(&self, links: Links<'_>, queue: &mut Queue, waiter: Pin<&Waiter>, batch: &mut WakeBatch) -> Visit {
        let node = NonNull::from(waiter.get_ref());
        match waiter.state() {
            waiters::GRANTED | waiters::COURIER => return Visit::Granted,
            waiters::CLOSED => return Visit::Closed,
            waiters::IDLE if queue.senders.is_empty() => {
                // SAFETY: as the caller's.
                return unsafe { self.wait_first(links, queue, node) };
            }
            waiters::IDLE if self.pool.is_closed() => return Visit::Closed,
            waiters::IDLE => {
                let mark = self.pool.mark();
                // SAFETY: IDLE, so the fields are ours; pinned, and cancelled before it goes away.
                unsafe {
                    waiter.prepare(0, 0, mark);
                    queue.senders.push(node);
                }
            }
            _ => {}
        }
        if self.overtaking() > 0 {
            self.serve(links, queue, &mut None, Some(node), false, batch);
        }
        if waiter.state() == waiters::GRANTED { Visit::Granted } else { Visit::Waiting }
    }

    /// Joins an empty queue, unless there is a slot.
    ///
    /// # Safety
    /// As [`Self::poll_take`]; the node is IDLE.
    unsafe fn wait_first(&self, links: Links<'_>, queue: &mut Queue, node: NonNull<Waiter>) -> Visit {
        let Ok((slot, mark)) = self.pool.take_or_wait(links) else { return Visit::Closed };
        // SAFETY: the node is valid and IDLE, so its fields are ours; pinned, and cancelled before it goes away.
        unsafe {
            node.as_ref().prepare(0, slot.unwrap_or_default() as usize, mark);
            if slot.is_some() {
                // The slot is in the node at once: not lost, whatever panics from here.
                node.as_ref().set_state(waiters::GRANTED);
                return Visit::Granted;
            }
            queue.senders.push(node);
        }
        Visit::Waiting
    }

    /// Ends the waiting of a waiter in any state; a slot that it was given goes to the next. Then it is as new.
    ///
    /// # Safety
    /// The waiter was used with this channel only.
    #[inline]
    pub(crate) unsafe fn cancel(&self, links: Links<'_>, waiter: Pin<&Waiter>) {
        if waiter.state() != waiters::IDLE {
            // SAFETY: the caller's promise.
            unsafe { self.cancel_waiting(links, waiter) }
        }
    }

    /// # Safety
    /// As [`Self::cancel`].
    #[inline(never)]
    unsafe fn cancel_waiting(&self, links: Links<'_>, waiter: Pin<&Waiter>) {
        let mut state = waiter.state();
        // Dropped last: whatever that does, the queue is in order by then.
        let _waker;
        if state == waiters::QUEUED {
            // SAFETY: the caller's promise.
            let left = self.queue.with(|queue| unsafe { self.leave(queue, waiter) });
            (state, _waker) = left;
        }
        waiter.set_state(waiters::IDLE);
        match state {
            // The queue may be empty now, or led by another.
            waiters::QUEUED => self.deal(links, None, false),
            waiters::GRANTED | waiters::COURIER => {
                let _after = OnDrop(|| self.relay_if(links, state));
                // SAFETY: out of the list, so the fields are ours.
                self.put_back(links, unsafe { waiter.inner(|inner| inner.held as Index) });
            }
            _ => {}
        }
    }

    #[inline]
    fn relay_if(&self, links: Links<'_>, state: usize) {
        if state == waiters::COURIER && self.pool.has_waiting() {
            self.relay(links);
        }
    }

    /// Under the lock: takes the waiter out of the queue, if it is in it; gives its state and its waker.
    ///
    /// # Safety
    /// As [`Self::cancel`].
    unsafe fn leave(&self, queue: &mut Queue, waiter: Pin<&Waiter>) -> (usize, Option<Waker>) {
        let state = waiter.state();
        if state != waiters::QUEUED {
            return (state, None);
        }
        let node = NonNull::from(waiter.get_ref());
        let first = queue.senders.first() == Some(node);
        // SAFETY: QUEUED, so it is in the list of senders of the channel that it was used with.
        let waker = unsafe {
            queue.senders.remove(node);
            waiter.inner(|inner| inner.waker.take())
        };
        queue.left(false);
        if first {
            self.limit_by_first(queue);
        }
        (state, waker)
    }
}

/// Takes a slot, waiting for it if need be, and is Ready with what `then` has made of that. Dropped, it gives back the slot
/// that it was given.
#[derive(Debug)]
pub(crate) struct TakeSlot<'a, F> {
    wheel: &'a Wheel,
    links: Links<'a>,
    then: F,
    /// None until it has to wait.
    waiter: Option<Waiter>,
}

impl<'a, F> TakeSlot<'a, F> {
    #[inline]
    pub(crate) fn new(wheel: &'a Wheel, links: Links<'a>, then: F) -> Self {
        Self { wheel, links, then, waiter: None }
    }

    /// Waits in the queue, behind all who wait there already; before it joins them, it may look again.
    #[cold]
    fn poll_waiter(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<Index, Closed>> {
        // SAFETY: the waiter is pinned with this: it is never moved out or replaced, and `drop` treats it as pinned.
        let this = unsafe { self.get_unchecked_mut() };
        if this.waiter.is_none() {
            this.waiter = Some(Waiter::new());
        }
        let waiter = this.waiter.as_ref().unwrap();
        // SAFETY: as above; the waiter is of this channel alone, and `drop` cancels it.
        unsafe { this.wheel.poll_take(this.links, Pin::new_unchecked(waiter), context) }
    }
}

impl<O, F: FnMut(Result<Index, Closed>) -> O> Future for TakeSlot<'_, F> {
    type Output = O;

    // Inlined, what it gives stays in registers: copied through memory it costs more than all the rest.
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let newcomer = self.waiter.is_none();
        let outcome = match newcomer.then(|| self.wheel.take(self.links)) {
            Some(Ok(index)) => Ok(index),
            Some(Err(Refused::Closed)) => Err(Closed),
            _ => ready!(self.as_mut().poll_waiter(context)),
        };
        // SAFETY: `then` is not pinned.
        Poll::Ready((unsafe { &mut self.get_unchecked_mut().then })(outcome))
    }
}

impl<F> Drop for TakeSlot<'_, F> {
    #[inline]
    fn drop(&mut self) {
        if let Some(waiter) = &self.waiter {
            // SAFETY: a value that is being dropped is not moved any more.
            let waiter = unsafe { Pin::new_unchecked(waiter) };
            // SAFETY: the waiter is of this channel alone.
            unsafe { self.wheel.cancel(self.links, waiter) };
        }
    }
}
