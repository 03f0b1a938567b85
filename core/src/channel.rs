//! The channel without its messages: who may send, who waits, who is woken.
//!
//! Nothing here knows the type of a message, so it is compiled once. The ring with the slots is [`crate::ring`]; the two
//! meet in the handles.
//!
//! # Waiting senders
//! A sender that finds no credit joins the queue. With the strict order (an overtaking limit of 0), each credit that
//! comes back while anybody waits is *granted* to the longest waiting: it becomes reserved in that sender's name before
//! it could be seen free, and the sender is woken to use it.
//!
//! With a limit above 0, credits come back to the pool, where running senders may take them, and the longest waiting
//! sender is *woken* to compete. That saves a switch of tasks a message. Once as many messages as the limit allows have
//! passed it, newcomers are stopped (see the ledger), and what comes back is granted as above until it is served.
//!
//! While a sender waits that has not been woken, or strictly, the receiver's head moves only by way of the lock (ATTEND).
//! A woken sender that is slow to come must not hold up those behind it, so a receiver that finds the ring empty grants
//! it its credit and wakes the next one.

use crate::{
    ledger::{CacheLine, Ledger, Returned},
    position::{Layout, Position},
    receiver_waker::ReceiverWaker,
    sync::{Lock, const_unless_loom},
    waiters::{self, List, Queue, Waiter, WakeBatch},
};
use core::{ptr::NonNull, task::Waker};

mod waiting;

pub(crate) use waiting::Closed;

#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) ledger: Ledger,
    pub(crate) receiver: CacheLine<ReceiverWaker>,
    queue: Lock<Queue>,
}

/// Credits in hand, to be dealt out even if a waker panics.
struct Spare<'a> {
    channel: &'a Channel,
    credits: usize,
}

impl Drop for Spare<'_> {
    fn drop(&mut self) {
        if self.credits > 0 {
            self.channel.deal(core::mem::take(&mut self.credits));
        }
    }
}

impl Channel {
    const_unless_loom! {
        pub(crate) fn new(layout: Layout, overtaking: u32) -> Self {
            Self {
                ledger: Ledger::new(layout, overtaking),
                receiver: CacheLine(ReceiverWaker::new()),
                queue: Lock::new(Queue::new()),
            }
        }
    }

    // ===== giving credits back =====

    /// Gives back `n` credits that a permit held.
    pub(crate) fn give_back(&self, n: usize) {
        if n == 0 {
            return;
        }
        match self.ledger.give_back(n) {
            Returned::Pooled => {}
            Returned::Idle => self.wake_unparked(),
            Returned::Waited => self.deal(n),
        }
    }

    /// The receiver has emptied `n` slots from `head` on.
    #[inline]
    pub(crate) fn free_slots(&self, head: Position, n: usize) {
        if !self.ledger.advance(head, n) {
            if n == 1 {
                self.free_one_waited(head);
            } else {
                self.ledger.advance_in_hand(head, n);
                self.queue.with(|_| self.ledger.raise(n));
                self.deal(n);
            }
        }
    }

    /// What [`Self::deal`] comes to for one slot, in as few steps as it takes.
    #[cold]
    fn free_one_waited(&self, head: Position) {
        let waker = self.queue.with(|Queue { senders, .. }| {
            let Some(first) = senders.first_ref() else {
                self.ledger.advance_unattended(head);
                return None;
            };
            // SAFETY: the lock is held and `first` is in the list.
            let (missing, held) = unsafe { first.inner(|inner| (inner.missing, inner.held)) };
            let gathers = held > 0 || missing > 1;
            if !(self.ledger.is_strict() || gathers || self.ledger.is_barred()) {
                self.ledger.advance_unattended(head);
                return Self::invite(first);
            }
            self.ledger.hand_over(head, missing == 1 && senders.is_single());
            // SAFETY: as above.
            unsafe { first.inner(|inner| (inner.held, inner.missing) = (held + 1, missing - 1)) };
            (missing == 1).then(|| self.grant_first(senders)).flatten()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Deals `n` spare credits out to those who wait, and puts what is left into the pool.
    #[cold]
    fn deal(&self, n: usize) {
        let mut spare = Spare { channel: self, credits: n };
        loop {
            let mut batch = WakeBatch::new();
            let idle = self.queue.with(|queue| self.serve(&mut queue.senders, &mut spare.credits, None, &mut batch));
            if idle {
                self.wake_unparked();
            }
            let all = !batch.is_full();
            batch.wake();
            if all {
                debug_assert!(spare.credits == 0);
                break;
            }
        }
    }

    /// Under the lock: makes the queue and the ledger agree. Grants credits to those entitled, `spare` ones first; wakes
    /// the longest waiting if there is room to compete for; pools what is left of `spare`. `present` is a waiter that is
    /// just being polled: it needs no wake, and takes what is free. Stops when `batch` is full, to be called again.
    ///
    /// True: a closed channel became idle, and its parked receiver must be woken.
    fn serve(
        &self,
        senders: &mut List,
        spare: &mut usize,
        present: Option<NonNull<Waiter>>,
        batch: &mut WakeBatch,
    ) -> bool {
        let strict = self.ledger.is_strict();
        let mut idle = false;
        let (mut head, mut frozen) = (self.ledger.head_seen_by_others(), false);
        while let Some(first) = senders.first_ref() {
            if batch.is_full() || strict && *spare == 0 {
                return idle;
            }
            // SAFETY: the lock is held and `first` is in the list.
            let (missing, gathers) =
                unsafe { first.inner(|inner| (inner.missing, inner.held > 0 || inner.missing > 1)) };
            let entitled = strict || gathers || senders.first() == present;
            let taken = if entitled && *spare > 0 {
                let taken = missing.min(*spare);
                *spare -= taken;
                taken
            } else {
                idle |= self.pool(spare);
                match self.ledger.reserve_waited(head, missing, entitled, senders.is_single()) {
                    // No room: who frees the next slot comes here by way of ATTEND and WAITING.
                    Some(0) if frozen => return idle,
                    Some(0) => {
                        (head, frozen) = (self.ledger.freeze(), true);
                        continue;
                    }
                    Some(taken) => taken,
                    None => {
                        self.ledger.unfreeze();
                        batch.push(Self::invite(first));
                        return idle;
                    }
                }
            };
            // SAFETY: as above.
            unsafe { first.inner(|inner| (inner.held, inner.missing) = (inner.held + taken, missing - taken)) };
            if taken == missing {
                batch.push(self.grant_first(senders));
            }
        }
        self.ledger.none_waits();
        self.ledger.unfreeze();
        idle | self.pool(spare)
    }

    /// Puts the spare credits into the pool. True: see [`Self::serve`].
    fn pool(&self, spare: &mut usize) -> bool {
        match core::mem::take(spare) {
            0 => false,
            n => self.ledger.pool_spare(n) == Returned::Idle,
        }
    }

    /// Tells the longest waiting sender, once, that there is room to compete for.
    fn invite(first: &Waiter) -> Option<Waker> {
        let again = first.state() == waiters::WOKEN;
        first.set_state(waiters::WOKEN);
        if again {
            return None;
        }
        // SAFETY: the lock is held and `first` is in the list.
        unsafe { first.inner(|inner| inner.waker.take()) }
    }

    /// The longest waiting sender has all its credits: takes it out of the list and gives its waker.
    fn grant_first(&self, senders: &mut List) -> Option<Waker> {
        let waker = senders.pop(waiters::GRANTED);
        self.limit_by_first(senders);
        waker
    }

    /// Newcomers are stopped by who has waited longest.
    fn limit_by_first(&self, senders: &List) {
        // SAFETY: the lock is held and the node is in the list.
        if let Some(mark) = senders.first_ref().and_then(|first| unsafe { first.inner(|inner| inner.mark) }) {
            self.ledger.set_limit(mark);
        }
    }

    /// The receiver found nothing to receive although senders wait: one that was woken is late. Grants it its credit, so
    /// that the next can be woken.
    pub(crate) fn relieve(&self) {
        if self.ledger.is_strict() {
            return;
        }
        let mut batch = WakeBatch::new();
        self.queue.with(|queue| {
            let late = queue.senders.first_ref().is_some_and(|first| first.state() == waiters::WOKEN);
            if late {
                let present = queue.senders.first();
                self.serve(&mut queue.senders, &mut 0, present, &mut batch);
            }
        });
        batch.wake();
    }

    // ===== waking the receiver =====

    /// Wakes the receiver. PARKED was set and has been cleared by the caller.
    #[cold]
    pub(crate) fn wake_unparked(&self) {
        // SAFETY: callers have cleared PARKED.
        if let Some(waker) = unsafe { self.receiver.take() } {
            waker.wake();
        }
    }

    /// The last sender is gone.
    pub(crate) fn hang_up(&self) {
        if self.ledger.hang_up() {
            self.wake_unparked();
        }
    }

    // ===== closing =====

    /// Ends the waiting of all, after the ledger was closed.
    pub(crate) fn close_waiters(&self) {
        loop {
            let mut batch = WakeBatch::new();
            self.queue.with(|Queue { senders, listeners }| {
                while !batch.is_full() && !senders.is_empty() {
                    batch.push(senders.pop(waiters::CLOSED));
                }
                if senders.is_empty() {
                    self.ledger.none_waits();
                    self.ledger.unfreeze();
                }
                while !batch.is_full() && !listeners.is_empty() {
                    batch.push(listeners.pop(waiters::CLOSED));
                }
            });
            let all = !batch.is_full();
            batch.wake();
            if all {
                break;
            }
        }
    }
}
