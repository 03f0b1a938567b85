//! A channel of slots that are written in place, without the slots: who may write one, who waits, who is woken.
//!
//! A slot comes from the pool, is written for as long as its sender likes, and is published: its number, the ticket, goes
//! into the ring, and with that the message has its place in the order. The receiver reads it for as long as it likes
//! and puts it back. The ring has as many tickets as there are slots, so it is never full.
//!
//! | who has a slot | gets it by | leaves it by |
//! |---|---|---|
//! | the pool | `put_back`, `release` | `take`, `poll_take` |
//! | a sender | `take`, `poll_take` | `publish`, `put_back` |
//! | the ring | `publish` | `receive` |
//! | the receiver's side | `receive` | `release` |
//!
//! Nothing here knows the type of a message, so it is compiled once; [`crate::slots`] does.
//!
//! # Waiting senders
//! As in [`crate::channel`], with slots for credits: with an overtaking limit of 0, or once that many newcomers have passed
//! the longest waiting sender, a slot that comes back goes to that sender. Else one sender is given a slot and made
//! courier: until it runs and sees to the next, what comes back is open to senders that run. While senders wait and there is
//! neither a free slot nor a courier, or strictly, slots come back by way of the lock (ATTEND).

use crate::{
    counts::Counts,
    ledger::{CacheLine, Refused, View},
    listening::Listened,
    patience::Patience,
    pool::{Index, Links, Pool, Spare},
    position::{AtomicPosition, Layout, Position, Stamp},
    receiver_waker::ReceiverWaker,
    ring::Slot,
    sync::{Lock, OnDrop, atomic::Ordering, const_unless_loom},
    tail::{self, Tail},
    waiters::{self, Courier, Queue, Waiter, WakeBatch},
};
use core::{ptr::NonNull, task::Waker};

mod waiting;

pub(crate) use waiting::TakeSlot;

/// The receiver's side; only the receiver writes it.
#[derive(Debug)]
struct Consumer {
    head: AtomicPosition,
    /// Messages received since the channel was made, modulo 2^(the bits of a position's type).
    received: AtomicPosition,
    layout: Layout,
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Wheel {
    pool: CacheLine<Pool>,
    tail: CacheLine<Tail>,
    consumer: CacheLine<Consumer>,
    receiver: CacheLine<ReceiverWaker>,
    patience: Patience,
    queue: Lock<Queue>,
    pub(crate) counts: Counts,
}

#[cfg(not(sakia_loom))]
const _: () = assert!(size_of::<Wheel>() <= 512);

/// The numbers of slots on their way to the receiver.
pub(crate) type Ticket = Slot<Index>;

impl Wheel {
    const_unless_loom! {
        pub(crate) fn new(slots: usize, overtaking: u32, is_static: bool) -> Self {
            let layout = Layout::new(slots);
            let consumer =
                Consumer { head: AtomicPosition::new(layout.first()), received: AtomicPosition::new(0), layout };
            Self {
                pool: CacheLine(Pool::new(slots, overtaking)),
                tail: CacheLine(Tail::new(layout)),
                consumer: CacheLine(consumer),
                receiver: CacheLine(ReceiverWaker::new()),
                // With more slots, to look for one disturbs who puts one back, which is at the same words.
                patience: if slots == 1 { Patience::new(slots) } else { Patience::lost() },
                queue: Queue::locked(),
                counts: Counts::new(is_static),
            }
        }
    }

    pub(crate) const fn set_overtaking(&mut self, overtaking: u32) {
        self.pool.0.set_overtaking(overtaking);
    }

    pub(crate) fn overtaking(&self) -> u32 {
        self.pool.overtaking()
    }

    #[inline(always)]
    pub(crate) fn layout(&self) -> Layout {
        self.consumer.layout
    }

    // ===== taking slots and putting them back =====

    /// Takes a slot for a sender that does not wait.
    #[inline(always)]
    pub(crate) fn take(&self, links: Links<'_>) -> Result<Index, Refused> {
        let (index, passed) = self.pool.take(links)?;
        if passed {
            self.passed(links, index);
        }
        Ok(index)
    }

    /// A newcomer has passed senders that wait, with the slot `index`. If it was the last that may, what is free goes to them.
    #[cold]
    #[inline(never)]
    fn passed(&self, links: Links<'_>, index: Index) {
        if self.pool.is_barred() {
            // If a waker panics in there, the slot goes back.
            let slot = OnDrop(|| self.put_back(links, index));
            self.deal(links, None, false);
            core::mem::forget(slot);
        }
    }

    /// Puts back a slot that a sender had.
    pub(crate) fn put_back(&self, links: Links<'_>, index: Index) {
        // Also if a waker panics.
        let _closed = OnDrop(|| self.tell_if_settled());
        if let Err(spare) = self.pool.put_unsent(links, index) {
            self.deal(links, Some(spare), true);
        }
    }

    /// Puts back a slot of the receiver's side, whose message has been received.
    #[inline]
    pub(crate) fn release(&self, links: Links<'_>, index: Index) {
        if let Err(spare) = self.pool.put_unwaited(links, index) {
            self.deal(links, Some(spare), true);
        }
    }

    /// As [`Self::release`], for the receiver when it is about to look for the next message: it will see to senders whose
    /// turn is late.
    #[inline]
    pub(crate) fn release_by_receiver(&self, links: Links<'_>, index: Index) {
        if let Err(spare) = self.pool.put(links, index) {
            self.deal(links, Some(spare), false);
        }
    }

    /// Deals slots out to those who wait, `spare` first. `surprise`: the receiver does not know of it, so it may be asleep.
    #[cold]
    fn deal(&self, links: Links<'_>, spare: Option<Spare>, surprise: bool) {
        Dealing { wheel: self, links, spare, surprise, more: true }.run();
    }

    /// Under the lock: makes the queue and the pool agree. Gives slots to those entitled, `spare` first; sends a courier if
    /// there are more; puts `spare` into the pool if it is left. `present` is a waiter that is just being polled: as the first
    /// it takes what is free. `surprise`: if no message is queued, nobody else will look whether a courier is late, so all
    /// get what there is. Stops when `batch` is full, to be called again.
    fn serve(
        &self,
        links: Links<'_>,
        queue: &mut Queue,
        spare: &mut Option<Spare>,
        present: Option<NonNull<Waiter>>,
        surprise: bool,
        batch: &mut WakeBatch,
    ) {
        // Closed, those who wait are about to be told so, and nobody is given a slot any more.
        while !queue.senders.is_empty() && !self.pool.is_closed() {
            if batch.is_full() {
                return;
            }
            let strictly = self.pool.is_barred() || queue.senders.first() == present;
            if !strictly && queue.courier != Courier::None && !(surprise && self.len() == 0) {
                self.pool.open();
                break;
            }
            let slot = match spare.take() {
                Some(spare) => {
                    self.pool.granted(&spare);
                    Some(spare.index)
                }
                None => self.pool.take_waited(links),
            };
            // None: who puts the next slot back comes here by way of ATTEND.
            let Some(index) = slot else { return };
            batch.push(self.grant_first(queue, index, !strictly));
        }
        if queue.senders.is_empty() {
            self.pool.none_waits();
        }
        if let Some(spare) = spare.take() {
            self.pool.put_spare(links, spare);
        }
    }

    /// Gives a slot to the longest waiting sender, takes it out of the list and gives its waker.
    fn grant_first(&self, queue: &mut Queue, index: Index, courier: bool) -> Option<Waker> {
        if let Some(first) = queue.senders.first_ref() {
            // SAFETY: the lock is held and the node is in the list.
            unsafe { first.inner(|inner| inner.held = index as usize) };
        }
        let waker = queue.senders.pop(if courier { waiters::COURIER } else { waiters::GRANTED });
        queue.left(courier);
        self.limit_by_first(queue);
        waker
    }

    /// Newcomers are stopped by who has waited longest.
    fn limit_by_first(&self, queue: &Queue) {
        if let Some(first) = queue.senders.first_ref() {
            // SAFETY: the lock is held and the node is in the list.
            self.pool.set_limit(unsafe { first.inner(|inner| inner.mark) });
        }
    }

    /// A courier runs, or will never: the first in the queue is seen to, and no longer its affair.
    #[cold]
    fn relay(&self, links: Links<'_>) {
        let mut batch = WakeBatch::new();
        self.queue.with(|queue| {
            queue.courier = Courier::None;
            self.serve(links, queue, &mut None, None, false, &mut batch);
        });
        self.finish(links, &mut batch);
    }

    /// Wakes those in the batch, and serves on if it was full.
    #[inline]
    fn finish(&self, links: Links<'_>, batch: &mut WakeBatch) {
        // Most are empty.
        if !batch.is_empty() {
            self.finish_some(links, batch);
        }
    }

    #[inline(never)]
    fn finish_some(&self, links: Links<'_>, batch: &mut WakeBatch) {
        let more = batch.is_full();
        let _rest = Dealing { wheel: self, links, spare: None, surprise: false, more };
        batch.wake();
    }

    /// The receiver finds no message: if senders wait, their courier is late. True: the receiver should look again soon.
    #[inline]
    pub(crate) fn relieve(&self, links: Links<'_>) -> bool {
        self.overtaking() > 0 && self.pool.has_waiting() && self.relieve_courier(links)
    }

    #[cold]
    fn relieve_courier(&self, links: Links<'_>) -> bool {
        match self.queue.with(Queue::find_courier_late) {
            Courier::None => self.relay(links),
            Courier::Sent => {}
            Courier::Late => {
                self.deal(links, None, true);
                return false;
            }
        }
        // Without a free slot there is nothing to see to.
        self.pool.has_waiting() && self.pool.free(links) > 0
    }

    // ===== publishing and receiving =====

    /// Where the ticket of `position` is.
    #[inline(always)]
    fn place(tickets: &[Ticket], layout: Layout, position: Position) -> &Ticket {
        debug_assert_eq!(tickets.len(), layout.slots());
        // SAFETY: callers pass this wheel's tickets, of which there are as many as its layout has indices.
        unsafe { tickets.get_unchecked(layout.index(position)) }
    }

    /// Sends the slot `index`, which the caller has as a sender. False: the receiver is gone, and the slot is still the
    /// caller's.
    #[inline]
    pub(crate) fn publish(&self, tickets: &[Ticket], index: Index) -> bool {
        let Some(claim) = self.tail.claim::<false>(1) else { return false };
        // Counted after the claim, lest the receiver of a closed channel find no slot out and no message; and before the
        // message can be received, lest its slot be out again and counted twice. Told also if the receiver's waker panics.
        let _closed = self.pool.published().then(|| OnDrop(|| self.tell_if_settled()));
        let layout = self.tail.layout();
        let ticket = Self::place(tickets, layout, claim.position);
        // SAFETY: the position was claimed, once; its ticket has been read, since all slots but ours can't be in the ring
        // while the ring turns once.
        let marked = unsafe {
            ticket.write(index);
            ticket.publish(layout.stamp(claim.position))
        };
        if claim.wake || marked && self.tail.unpark() {
            self.wake_unparked();
        }
        true
    }

    #[inline(always)]
    pub(crate) fn head(&self) -> Position {
        // Relaxed: this thread's own writes, or handed over with the receiver.
        self.consumer.head.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn is_published(&self, tickets: &[Ticket], head: Position, stamp: Stamp) -> bool {
        Self::place(tickets, self.layout(), head).is_published(stamp)
    }

    pub(crate) fn mark(&self, tickets: &[Ticket], head: Position, stamp: Stamp) -> bool {
        Self::place(tickets, self.layout(), head).mark(stamp)
    }

    /// Takes the ticket at `head`: its slot is the receiver's.
    ///
    /// # Safety
    /// The caller is the receiver, `head` is its position, and the ticket there is published.
    #[inline(always)]
    pub(crate) unsafe fn receive(&self, tickets: &[Ticket], head: Position) -> Index {
        // SAFETY: published, and taken once, since the head moves on.
        let index = unsafe { Self::place(tickets, self.layout(), head).take() };
        // Relaxed: only the receiver writes and reads it.
        let received = self.consumer.received.load(Ordering::Relaxed);
        self.consumer.received.store(received.wrapping_add(1), Ordering::Relaxed);
        // Release pairs with the Acquire in `len`.
        self.consumer.head.store(self.layout().advance(head, 1), Ordering::Release);
        index
    }

    /// The slot of the message at `position`, which is published and not received.
    pub(crate) fn ticket(&self, tickets: &[Ticket], position: Position) -> Index {
        // SAFETY: published, so written; the receiver, which calls, does not take it meanwhile.
        unsafe { *Self::place(tickets, self.layout(), position).message() }
    }

    // ===== the receiver, waiting =====

    pub(crate) fn waker(&self) -> &ReceiverWaker {
        &self.receiver
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.patience
    }

    pub(crate) fn look(&self, head: Position) -> View {
        self.view(self.tail.view(), head)
    }

    /// See [`Tail::park`].
    pub(crate) fn park(&self, head: Position) -> View {
        self.view(self.tail.park(), head)
    }

    pub(crate) fn unpark(&self) -> bool {
        self.tail.unpark()
    }

    fn view(&self, tail: tail::View, head: Position) -> View {
        // A sender that has put back the last slot of a closed channel looks for a parked receiver after that, and the
        // receiver parks before it looks here: one of the two sees the other. A sender may have published since `tail`
        // was read, hence the second look.
        let finished = || tail.is_hung_up() || self.is_settled() && self.tail.view().position() == head;
        if tail.position() != head {
            View::Claimed
        } else if finished() {
            View::Finished
        } else {
            View::Empty
        }
    }

    fn is_settled(&self) -> bool {
        // Relaxed: exact for the receiver; for others, who look again after it has parked, old is as if it had not parked.
        self.pool.is_settled(self.consumer.received.load(Ordering::Relaxed))
    }

    /// Wakes the parked receiver of a closed channel in which a slot has left its sender.
    fn tell_if_settled(&self) {
        if self.pool.is_closed() && self.tail.unpark() {
            self.wake_unparked();
        }
    }

    /// Wakes the receiver. PARKED was set and has been cleared by the caller.
    #[cold]
    fn wake_unparked(&self) {
        // SAFETY: callers have cleared PARKED.
        if let Some(waker) = unsafe { self.receiver.take() } {
            waker.wake();
        }
    }

    // ===== closing =====

    /// A sender is gone; if it was the last, the receiver is told.
    #[inline]
    pub(crate) fn sender_gone(&self) {
        if self.counts.senders.decrement() && self.tail.hang_up() {
            self.wake_unparked();
        }
    }

    /// Lets no sender take a slot any more, and ends the waiting of all.
    pub(crate) fn close(&self) {
        self.pool.close();
        self.close_waiters();
    }

    /// The receiver is gone: nothing may be published any more. Gives the end of the ring's content. The waiting are still
    /// to be told, by [`Self::close_waiters`].
    pub(crate) fn close_for_good(&self) -> Position {
        self.pool.close();
        self.tail.close_for_good()
    }

    /// Ends the waiting of all, after the channel was closed.
    pub(crate) fn close_waiters(&self) {
        Closing { wheel: self, more: true }.run();
    }

    /// Under the lock: ends the waiting of as many as fit into the batch.
    fn close_some(&self, Queue { senders, courier, listeners }: &mut Queue, batch: &mut WakeBatch) {
        while !batch.is_full() && !senders.is_empty() {
            batch.push(senders.pop(waiters::CLOSED));
        }
        if senders.is_empty() {
            *courier = Courier::None;
            self.pool.none_waits();
        }
        while !batch.is_full() && !listeners.is_empty() {
            batch.push(listeners.pop(waiters::CLOSED));
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    pub(crate) fn is_hung_up(&self) -> bool {
        self.tail.view().is_hung_up()
    }

    /// The receiver is gone: what still comes back is not to be used again.
    pub(crate) fn is_gone(&self) -> bool {
        self.tail.view().is_gone()
    }

    /// Makes the wheel as new but for its positions, with all slots in the pool. For who has the channel alone.
    pub(crate) fn reopen(&self, links: Links<'_>) {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        self.consumer.head.store(self.tail.reopen(), Ordering::Relaxed);
        self.pool.reopen(links, self.consumer.received.load(Ordering::Relaxed));
    }

    // ===== counts, true at some moment of the call =====

    /// Messages published and not yet received.
    pub(crate) fn len(&self) -> usize {
        // The head first: a tail read later is never behind it. Acquire pairs with the Release in `receive`.
        let head = self.consumer.head.load(Ordering::Acquire);
        self.layout().distance(head, self.tail.view().position()).min(self.layout().slots() as u64) as usize
    }

    /// Slots that are free.
    pub(crate) fn free(&self, links: Links<'_>) -> usize {
        self.pool.free(links)
    }
}

impl Listened for Wheel {
    fn is_closed(&self) -> bool {
        self.is_closed()
    }

    fn queue(&self) -> &Lock<Queue> {
        &self.queue
    }
}

/// Deals slots out, batch by batch; also if a waker panics.
struct Dealing<'a> {
    wheel: &'a Wheel,
    links: Links<'a>,
    spare: Option<Spare>,
    surprise: bool,
    more: bool,
}

impl Dealing<'_> {
    fn run(&mut self) {
        while self.more {
            let mut batch = WakeBatch::new();
            self.wheel.queue.with(|queue| {
                self.wheel.serve(self.links, queue, &mut self.spare, None, self.surprise, &mut batch);
            });
            self.more = batch.is_full();
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
    wheel: &'a Wheel,
    more: bool,
}

impl Closing<'_> {
    fn run(&mut self) {
        while self.more {
            let mut batch = WakeBatch::new();
            self.wheel.queue.with(|queue| self.wheel.close_some(queue, &mut batch));
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
