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
//! With a limit above 0, one credit is granted so and the sender is made *courier*: when it runs, it sees to the next
//! in the queue. Until then, what is freed is open to senders that run. That saves most switches of tasks: a sender that
//! runs fills what there is. Once as many messages as the limit allows have passed the longest waiting sender, newcomers
//! are stopped (see the ledger), and what comes back is granted as above until it is served.
//!
//! While senders wait and there is neither room nor a courier, or strictly, the receiver's head moves only by way of the
//! lock (ATTEND). A courier that never comes must not hold up those behind it. So a receiver that finds the ring empty
//! gives up its turn once, waking itself; if it finds the same courier still on its way, all get what there is. To send
//! another courier at once would be one more wake for each time that the ring has run empty, and with several threads a
//! dear one: it has another thread woken (10 senders at capacity 10 on two threads: 218 ns a message instead of 87).

use crate::{
    counts::Counts,
    ledger::{Ledger, Refused, Returned},
    listening::Listened,
    patience::Patience,
    position::{Layout, Position},
    receiver_waker::ReceiverWaker,
    sync::{Lock, OnDrop, const_unless_loom},
    waiters::{self, Courier, List, Queue, Waiter, WakeBatch},
};
use core::{ptr::NonNull, task::Waker};

mod waiting;

/// The channel was closed before there was room.
#[derive(Debug)]
pub(crate) struct Closed;

/// In the order of memory: the counts, which are rarely touched, keep the lock apart from what each receive reads.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Channel {
    pub(crate) ledger: Ledger,
    pub(crate) receiver: ReceiverWaker,
    pub(crate) patience: Patience,
    pub(crate) counts: Counts,
    queue: Lock<Queue>,
}

impl Channel {
    const_unless_loom! {
        pub(crate) fn new(layout: Layout, bound: usize, overtaking: u32, counts: Counts) -> Self {
            Self {
                ledger: Ledger::new(layout, bound, overtaking),
                receiver: ReceiverWaker::new(),
                patience: Patience::new(bound),
                counts,
                queue: Queue::locked(),
            }
        }
    }

    // ===== newcomers =====

    /// Takes `n` credits, all or none, for a sender that does not wait.
    #[inline]
    pub(crate) fn reserve(&self, n: usize) -> Result<(), Refused> {
        if self.ledger.reserve(n)? {
            // If a waker panics in there, the credits go back.
            let credits = OnDrop(|| self.give_back(n));
            self.passed();
            core::mem::forget(credits);
        }
        Ok(())
    }

    /// A newcomer has passed senders that wait. If it was the last that may, what is free, or will be, goes to them.
    #[cold]
    pub(crate) fn passed(&self) {
        if self.ledger.is_barred() {
            let mut batch = WakeBatch::new();
            self.queue.with(|queue| self.serve(queue, &mut 0, None, false, &mut batch));
            self.finish(&mut batch);
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
            Returned::Waited => self.deal(n, true),
        }
    }

    /// The receiver has emptied `n` slots from `head` on.
    #[inline]
    pub(crate) fn free_slots<const CHAINED: bool>(&self, head: Position, n: usize) {
        if self.ledger.is_attended::<CHAINED>(head) {
            self.free_attended::<CHAINED>(head, n);
        } else {
            self.free_unattended::<CHAINED>(head, n);
        }
    }

    /// The same, where it was not seen that senders are to be served.
    #[inline(always)]
    pub(crate) fn free_unattended<const CHAINED: bool>(&self, head: Position, n: usize) {
        if !self.ledger.advance::<CHAINED>(head, n) {
            self.free_waited(head, n);
        }
    }

    /// The same, where it was seen that senders are to be served.
    #[inline(always)]
    pub(crate) fn free_attended<const CHAINED: bool>(&self, head: Position, n: usize) {
        self.ledger.advance_attended::<CHAINED>(head, n);
        self.free_waited(head, n);
    }

    #[cold]
    #[inline(never)]
    fn free_waited(&self, head: Position, n: usize) {
        if n == 1 {
            return self.free_one_waited(head);
        }
        // Under the lock: who joins the queue must not see the one without the other.
        self.queue.with(|_| {
            self.ledger.advance_in_hand(head, n);
            self.ledger.raise(n);
        });
        self.deal(n, false);
    }

    /// What [`Self::deal`] comes to for one slot, in as few steps as it takes.
    fn free_one_waited(&self, head: Position) {
        let waker = self.queue.with(|queue| {
            let Some(first) = queue.senders.first_ref() else {
                self.ledger.advance_unattended(head);
                return None;
            };
            // SAFETY: the lock is held and `first` is in the list.
            let (missing, held) = unsafe { first.inner(|inner| (inner.missing, inner.held)) };
            let strictly = self.ledger.is_strict() || held > 0 || missing > 1 || self.ledger.is_barred();
            if !strictly && queue.courier != Courier::None {
                self.ledger.advance_unattended(head);
                return None;
            }
            let last = missing == 1 && queue.senders.is_single();
            self.ledger.hand_over(head, last, strictly && !last);
            // SAFETY: as above.
            unsafe { first.inner(|inner| (inner.held, inner.missing) = (held + 1, missing - 1)) };
            (missing == 1).then(|| self.grant_first(queue, !strictly)).flatten()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Deals `n` spare credits out to those who wait, and puts what is left into the pool. `surprise`: the receiver does
    /// not know of them, so it may be asleep.
    #[cold]
    fn deal(&self, n: usize, surprise: bool) {
        Dealing { channel: self, credits: n, surprise, more: true }.run();
    }

    /// Under the lock: makes the queue and the ledger agree. Grants credits to those entitled, `spare` ones first; sends a
    /// courier if there is room beyond; pools what is left of `spare`. `present` is a waiter that is just being polled: it
    /// takes what is free. `surprise`: if the ring is empty, nobody else will look whether a courier is late, so all get
    /// what there is. Stops when `batch` is full, to be called again.
    ///
    /// True: a closed channel became idle, and its parked receiver must be woken.
    fn serve(
        &self,
        queue: &mut Queue,
        spare: &mut usize,
        present: Option<NonNull<Waiter>>,
        surprise: bool,
        batch: &mut WakeBatch,
    ) -> bool {
        let strict = self.ledger.is_strict();
        let mut idle = false;
        let (mut head, mut frozen) = self.ledger.look_at_head();
        while let Some(first) = queue.senders.first_ref() {
            if batch.is_full() || strict && *spare == 0 {
                return idle;
            }
            // SAFETY: the lock is held and `first` is in the list.
            let (missing, held) = unsafe { first.inner(|inner| (inner.missing, inner.held)) };
            let entitled = strict || held > 0 || missing > 1 || queue.senders.first() == present;
            let mut courier = false;
            let taken = if entitled && *spare > 0 {
                let taken = missing.min(*spare);
                *spare -= taken;
                taken
            } else {
                idle |= self.pool(spare);
                courier = !entitled && !self.ledger.is_barred();
                if courier && queue.courier != Courier::None && !(surprise && self.ledger.len() == 0) {
                    self.ledger.unfreeze();
                    return idle;
                }
                match self.ledger.reserve_waited(head, missing, queue.senders.is_single()) {
                    // No room: who frees the next slot comes here by way of ATTEND and WAITING.
                    0 if frozen => return idle,
                    0 => {
                        (head, frozen) = (self.ledger.freeze(), true);
                        continue;
                    }
                    taken => taken,
                }
            };
            // SAFETY: as above.
            unsafe { first.inner(|inner| (inner.held, inner.missing) = (held + taken, missing - taken)) };
            if taken == missing {
                batch.push(self.grant_first(queue, courier));
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

    /// The longest waiting sender has all its credits: takes it out of the list and gives its waker.
    fn grant_first(&self, queue: &mut Queue, courier: bool) -> Option<Waker> {
        let waker = queue.senders.pop(if courier { waiters::COURIER } else { waiters::GRANTED });
        queue.left(courier);
        // Those who come next wait as well, for one that was woken.
        if !courier && self.ledger.bound() < 4 && !queue.senders.is_empty() {
            self.patience.pass_over();
        }
        self.limit_by_first(&queue.senders);
        waker
    }

    /// A courier runs, or will never: the first in the queue is seen to, and no longer its affair.
    #[cold]
    fn relay(&self) {
        let mut batch = WakeBatch::new();
        self.queue.with(|queue| {
            queue.courier = Courier::None;
            batch.push(self.send_courier(queue));
            if !self.is_seen_to(queue) {
                self.serve(queue, &mut 0, None, false, &mut batch);
            }
        });
        self.finish(&mut batch);
    }

    /// Under the lock, where there is no courier: what the first step of [`Self::serve`] usually comes to, by itself. The longest
    /// waiting sender becomes the courier, and its waker is given. If there is no room for it, the head stands still; if newcomers may
    /// not pass it, nothing is done.
    fn send_courier(&self, queue: &mut Queue) -> Option<Waker> {
        let first = queue.senders.first_ref().filter(|first| self.may_be_passed(first))?;
        let last = queue.senders.is_single();
        let (mut head, mut frozen) = self.ledger.look_at_head();
        while self.ledger.reserve_waited(head, 1, last) == 0 {
            if frozen {
                return None;
            }
            (head, frozen) = (self.ledger.freeze(), true);
        }
        if frozen {
            self.ledger.unfreeze();
        }
        // SAFETY: the lock is held and `first` is in the list.
        unsafe { first.inner(|inner| (inner.held, inner.missing) = (1, 0)) };
        self.grant_first(queue, true)
    }

    /// Under the lock, of a queue that is not empty: there is nothing to serve. A courier is on its way, and newcomers may pass the
    /// first in the queue; or there is no room, and whoever frees the next slot comes by way of the lock.
    fn is_seen_to(&self, queue: &Queue) -> bool {
        // By that way alone it is not certain: a receiver that was sent there may come when there is room again.
        let no_room = || self.ledger.look_at_head().1 && self.ledger.free() == 0;
        let Some(first) = queue.senders.first_ref() else { return false };
        queue.courier != Courier::None && self.may_be_passed(first) || no_room()
    }

    /// Under the lock: newcomers may pass `first`, which waits the longest and has gathered no credit.
    fn may_be_passed(&self, first: &Waiter) -> bool {
        // SAFETY: the lock is held and `first` is in the list.
        let is_simple = unsafe { first.inner(|inner| (inner.missing, inner.held) == (1, 0)) };
        is_simple && !self.ledger.is_strict() && !self.ledger.is_barred()
    }

    /// Wakes those in the batch, and serves on if it was full.
    #[inline]
    fn finish(&self, batch: &mut WakeBatch) {
        // Most are empty.
        if !batch.is_empty() {
            self.finish_some(batch);
        }
    }

    #[inline(never)]
    fn finish_some(&self, batch: &mut WakeBatch) {
        let _rest = Dealing { channel: self, credits: 0, surprise: false, more: batch.is_full() };
        batch.wake();
    }

    /// Newcomers are stopped by who has waited longest.
    fn limit_by_first(&self, senders: &List) {
        if let Some(first) = senders.first_ref() {
            // SAFETY: the lock is held and the node is in the list.
            self.ledger.set_limit(unsafe { first.inner(|inner| inner.mark) });
        }
    }

    /// The receiver finds the ring empty: if senders wait, their courier is late. True: the receiver should look again
    /// soon.
    #[inline]
    pub(crate) fn relieve(&self) -> bool {
        !self.ledger.is_strict() && self.ledger.has_waiting() && self.relieve_courier()
    }

    #[cold]
    fn relieve_courier(&self) -> bool {
        match self.queue.with(Queue::find_courier_late) {
            Courier::None => self.relay(),
            Courier::Sent => {}
            Courier::Late => {
                self.deal(0, true);
                return false;
            }
        }
        // Without room there is nothing to see to.
        self.ledger.has_waiting() && self.ledger.free() > 0
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

    /// A sender is gone; if it was the last, the receiver is told.
    #[inline]
    pub(crate) fn sender_gone(&self) {
        if self.counts.senders.decrement() && self.ledger.hang_up() {
            self.wake_unparked();
        }
    }

    // ===== closing =====

    /// Under the lock: ends the waiting of as many as fit into the batch.
    fn close_some(&self, Queue { senders, courier, listeners }: &mut Queue, batch: &mut WakeBatch) {
        while !batch.is_full() && !senders.is_empty() {
            batch.push(senders.pop(waiters::CLOSED));
        }
        if senders.is_empty() {
            *courier = Courier::None;
            self.ledger.none_waits();
            self.ledger.unfreeze();
        }
        while !batch.is_full() && !listeners.is_empty() {
            batch.push(listeners.pop(waiters::CLOSED));
        }
    }

    /// Ends the waiting of all, after the ledger was closed.
    pub(crate) fn close_waiters(&self) {
        Closing { channel: self, more: true }.run();
    }
}

/// Deals credits out, batch by batch; also if a waker panics.
struct Dealing<'a> {
    channel: &'a Channel,
    credits: usize,
    surprise: bool,
    more: bool,
}

impl Dealing<'_> {
    fn run(&mut self) {
        while self.more {
            let mut batch = WakeBatch::new();
            let channel = self.channel;
            let idle =
                channel.queue.with(|queue| channel.serve(queue, &mut self.credits, None, self.surprise, &mut batch));
            self.more = batch.is_full();
            if idle {
                channel.wake_unparked();
            }
            batch.wake();
        }
    }
}

impl Drop for Dealing<'_> {
    fn drop(&mut self) {
        self.run();
    }
}

/// Ends the waiting of all, batch by batch; also if a waker panics.
struct Closing<'a> {
    channel: &'a Channel,
    more: bool,
}

impl Closing<'_> {
    fn run(&mut self) {
        while self.more {
            let mut batch = WakeBatch::new();
            self.channel.queue.with(|queue| self.channel.close_some(queue, &mut batch));
            self.more = batch.is_full();
            batch.wake();
        }
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.run();
    }
}

impl Listened for Channel {
    fn is_closed(&self) -> bool {
        self.ledger.is_closed()
    }

    fn queue(&self) -> &Lock<Queue> {
        &self.queue
    }
}
