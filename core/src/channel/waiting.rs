//! Waiting for credits: the polls and the cancellation of one [`Waiter`].

use super::{Channel, Closed};
use crate::{
    ledger::{Passed, Refused},
    patience::Again,
    sync::OnDrop,
    waiters::{self, Queue, Waiter, WakeBatch},
};
use core::{
    pin::Pin,
    ptr::NonNull,
    task::{Context, Poll, Waker},
};

/// What a visit to the queue came to.
enum Visit {
    /// The waiter has its credits.
    Granted,
    Closed,
    Waiting,
    /// The visit has to be made again with a clone of the task's waker, which can't be made under the lock.
    NeedsWaker,
}

impl Channel {
    /// Waits for `n` credits. Ready(Ok): they are the caller's, and the waiter is as new.
    ///
    /// # Safety
    /// The waiter is used with this channel only and with the same `n` until it is Ready, and is given to
    /// [`Self::cancel`] before it goes away.
    #[inline]
    pub(crate) unsafe fn poll_reserve(
        &self,
        waiter: Pin<&Waiter>,
        n: usize,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        // The usual end of waiting, by itself.
        if waiter.state() == waiters::GRANTED && !self.ledger.is_closed() {
            waiter.set_state(waiters::IDLE);
            return Poll::Ready(Ok(()));
        }
        // SAFETY: the caller's promise.
        unsafe { self.poll_reserve_slowly(waiter, n, context) }
    }

    /// # Safety
    /// As [`Self::poll_reserve`].
    #[inline(never)]
    unsafe fn poll_reserve_slowly(
        &self,
        waiter: Pin<&Waiter>,
        n: usize,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        let state = waiter.state();
        if state == waiters::IDLE
            && n == 1
            && self.patience.is_due()
            && let Some(poll) = self.reserve_soon().poll(context)
        {
            return poll;
        }
        let visit = match state {
            waiters::GRANTED | waiters::COURIER => Visit::Granted,
            waiters::CLOSED => Visit::Closed,
            // SAFETY: the caller's promise.
            _ => unsafe { self.visit_with_waker(waiter, n, state == waiters::IDLE, context) },
        };
        match visit {
            Visit::Granted if !self.ledger.is_closed() => {
                // First: if a waker panics here, the credits are still the waiter's, and not lost.
                self.relay_if(waiter.state());
                waiter.set_state(waiters::IDLE);
                Poll::Ready(Ok(()))
            }
            Visit::Granted | Visit::Closed => {
                // SAFETY: the caller's promise.
                unsafe { self.cancel(waiter) };
                Poll::Ready(Err(Closed))
            }
            Visit::Waiting | Visit::NeedsWaker => Poll::Pending,
        }
    }

    /// Takes a credit, if one comes back before long.
    #[cold]
    #[inline(never)]
    fn reserve_soon(&self) -> Again<Result<(), Closed>> {
        // In the strict order it comes back for those who wait.
        if self.ledger.is_strict() && self.ledger.has_waiting() {
            return Again::Nothing;
        }
        // What was there all along is no luck.
        match self.reserve_if_free() {
            Some(outcome) => Again::Found(outcome),
            None => self.patience.look_again(|| self.reserve_if_free()),
        }
    }

    /// Takes a credit if it is there; None: it is not.
    pub(crate) fn reserve_if_free(&self) -> Option<Result<(), Closed>> {
        match self.reserve(1) {
            Ok(()) => Some(Ok(())),
            Err(Refused::Closed) => Some(Err(Closed)),
            Err(Refused::Full) => None,
        }
    }

    /// # Safety
    /// As [`Self::poll_reserve`].
    unsafe fn visit_with_waker(&self, waiter: Pin<&Waiter>, n: usize, new: bool, context: &mut Context<'_>) -> Visit {
        let mut waker = new.then(|| context.waker().clone());
        loop {
            let mut batch = WakeBatch::new();
            let visit = self.queue.with(|queue| {
                // SAFETY: the caller's promise.
                let visit = unsafe { self.visit(queue, waiter, n, &mut batch) };
                if !matches!(visit, Visit::Waiting) {
                    return visit;
                }
                // SAFETY: the waiter is queued and the lock is held.
                match unsafe { waiter.inner(|inner| inner.keep_waker(&mut waker, context)) } {
                    true => visit,
                    false => Visit::NeedsWaker,
                }
            });
            self.finish(&mut batch);
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
    /// As [`Self::poll_reserve`].
    unsafe fn visit(&self, queue: &mut Queue, waiter: Pin<&Waiter>, n: usize, batch: &mut WakeBatch) -> Visit {
        let node = NonNull::from(waiter.get_ref());
        match waiter.state() {
            waiters::GRANTED | waiters::COURIER => return Visit::Granted,
            waiters::CLOSED => return Visit::Closed,
            waiters::IDLE if queue.senders.is_empty() => {
                // SAFETY: as the caller's.
                return unsafe { self.wait_first(queue, node, n) };
            }
            waiters::IDLE if self.ledger.is_closed() => return Visit::Closed,
            waiters::IDLE => {
                let mark = self.ledger.mark();
                // SAFETY: IDLE, so the fields are ours; pinned, and cancelled before it goes away.
                unsafe {
                    waiter.prepare(n, 0, mark);
                    queue.senders.push(node);
                }
                if self.is_seen_to(queue) {
                    return Visit::Waiting;
                }
            }
            _ => {}
        }
        if !self.ledger.is_strict() {
            self.serve(queue, &mut 0, Some(node), false, batch);
        }
        if waiter.state() == waiters::GRANTED { Visit::Granted } else { Visit::Waiting }
    }

    /// Joins an empty queue, unless there is room.
    ///
    /// # Safety
    /// As [`Self::poll_reserve`]; the node is IDLE.
    unsafe fn wait_first(&self, queue: &mut Queue, node: NonNull<Waiter>, n: usize) -> Visit {
        let head = self.ledger.freeze();
        match self.ledger.reserve_or_wait(head, n) {
            Ok((held, mark)) if held < n => {
                // SAFETY: IDLE, so the fields are ours; pinned, and cancelled before it goes away.
                unsafe {
                    node.as_ref().prepare(n - held, held, mark);
                    queue.senders.push(node);
                }
                Visit::Waiting
            }
            Ok(_) => {
                self.ledger.unfreeze();
                // The credits are in the node at once: not lost, whatever panics from here.
                // SAFETY: IDLE, so the fields are ours.
                unsafe { node.as_ref().prepare(0, n, Passed::NEVER) };
                // SAFETY: the node is valid.
                unsafe { node.as_ref() }.set_state(waiters::GRANTED);
                Visit::Granted
            }
            Err(_) => {
                self.ledger.unfreeze();
                Visit::Closed
            }
        }
    }

    /// Ends the waiting of a waiter in any state; the credits that it holds go to the next. Then it is as new.
    ///
    /// # Safety
    /// The waiter was used with this channel only.
    #[inline]
    pub(crate) unsafe fn cancel(&self, waiter: Pin<&Waiter>) {
        if waiter.state() != waiters::IDLE {
            // SAFETY: the caller's promise.
            unsafe { self.cancel_waiting(waiter) }
        }
    }

    /// # Safety
    /// As [`Self::cancel`].
    #[inline(never)]
    unsafe fn cancel_waiting(&self, waiter: Pin<&Waiter>) {
        let mut state = waiter.state();
        let mut credits = 0;
        // Dropped last: whatever that does, the queue is in order by then.
        let _waker;
        if state == waiters::QUEUED {
            // SAFETY: the caller's promise.
            let (left, held, waker) = self.queue.with(|queue| unsafe { self.leave(queue, waiter) });
            (state, credits, _waker) = (left, held, waker);
        }
        waiter.set_state(waiters::IDLE);
        if state == waiters::QUEUED {
            // Also with none to give: the queue may be empty now, or led by another.
            self.deal(credits, credits > 0);
        } else {
            let _after = OnDrop(|| self.relay_if(state));
            // SAFETY: out of the list, so the fields are ours.
            self.give_back(unsafe { waiter.inner(|inner| core::mem::take(&mut inner.held)) });
        }
    }

    #[inline]
    fn relay_if(&self, state: usize) {
        if state == waiters::COURIER && self.ledger.has_waiting() {
            self.relay();
        }
    }

    /// Under the lock: takes the waiter out of the queue, if it is in it; gives its state, its credits and its waker.
    ///
    /// # Safety
    /// As [`Self::cancel`].
    unsafe fn leave(&self, queue: &mut Queue, waiter: Pin<&Waiter>) -> (usize, usize, Option<Waker>) {
        let state = waiter.state();
        if state != waiters::QUEUED {
            return (state, 0, None);
        }
        let node = NonNull::from(waiter.get_ref());
        let first = queue.senders.first() == Some(node);
        // SAFETY: QUEUED, so it is in the list of senders of the channel that it was used with.
        unsafe {
            queue.senders.remove(node);
            queue.left(false);
            if first {
                self.limit_by_first(&queue.senders);
            }
            waiter.inner(|inner| (state, core::mem::take(&mut inner.held), inner.waker.take()))
        }
    }
}

#[cfg(all(test, feature = "alloc", feature = "std", not(sakia_loom)))]
mod tests {
    use super::*;
    use crate::{counts::Counts, patience::has_found_much, position::Layout};
    use alloc::sync::Arc;
    use core::{pin::pin, sync::atomic::AtomicBool, sync::atomic::Ordering};

    struct Flag(AtomicBool);

    impl alloc::task::Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_sender_that_yields_wakes_itself_and_waits_nowhere() {
        let channel = Channel::new(Layout::new(1), 1, 0, Counts::new(false));
        assert!(channel.reserve(1).is_ok());
        while !channel.patience.is_due() {}
        has_found_much();
        let flag = Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(flag.clone());
        let waiter = pin!(Waiter::new());
        // SAFETY: used with this channel and one credit only, and cancelled below.
        let poll = || unsafe { channel.poll_reserve(waiter.as_ref(), 1, &mut Context::from_waker(&waker)) };
        assert!(poll().is_pending());
        assert!(flag.0.swap(false, Ordering::Relaxed) && !channel.ledger.has_waiting());
        assert!(poll().is_pending());
        assert!(!flag.0.load(Ordering::Relaxed) && channel.ledger.has_waiting(), "the next time it waits");
        // SAFETY: as above.
        unsafe { channel.cancel(waiter.as_ref()) };
        assert!(!channel.ledger.has_waiting());
    }

    /// The receiver is held up before the lock, to which it was sent when there was no room.
    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    #[test]
    fn who_needs_more_than_one_slot_is_served_although_the_receiver_hands_one_over_beside_free_ones() {
        use crate::mpsc::acquire::Acquire;
        use alloc::boxed::Box;

        let channel = &Channel::new(Layout::new(6), 6, 2, Counts::new(false));
        let woken = Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let polled = |acquire: &mut Pin<Box<Acquire<'_>>>, waker| {
            acquire.as_mut().poll(&mut Context::from_waker(waker)).is_ready()
        };
        let waiting = |n, waker| {
            let mut acquire = Box::pin(Acquire::new(channel, n));
            assert!(!polled(&mut acquire, waker));
            acquire
        };
        let reserve = || assert!(channel.reserve(1).is_ok());
        (0..6).for_each(|_| reserve());
        let head = channel.ledger.claim_reserved::<false>(1).unwrap().position;
        let [mut first, mut second, mut third] = [(); 3].map(|()| waiting(1, Waker::noop()));
        (0..2).for_each(|_| channel.give_back(1));
        reserve();
        let mut large = waiting(2, &waker);
        assert!(polled(&mut first, Waker::noop()), "it was woken, and there is no room for the second");
        assert!(channel.ledger.is_attended::<false>(head), "the receiver has seen that");
        (0..4).for_each(|_| channel.give_back(1));
        assert_eq!(channel.ledger.free(), 3, "the second has its slot");
        assert!(
            matches!(channel.ledger.reserve(1), Ok(true)),
            "one passes, and does not yet look whether it was the last"
        );
        channel.free_attended::<false>(head, 1);
        channel.passed();
        assert!(polled(&mut second, Waker::noop()) && polled(&mut third, Waker::noop()));
        assert!(woken.0.load(Ordering::Relaxed), "the second has seen to it");
        assert!(polled(&mut large, &waker));
        channel.give_back(6);
    }
}
