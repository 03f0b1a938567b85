//! The ledger in 32-bit words, for targets without 64-bit atomics: a semaphore of credits beside the tail.
//!
//! ```text
//! credits' word   [ free credits: 30 | CLOSED | WAITING ]
//! tail            see `tail`
//! head            the receiver's position, for counting only
//! ```
//!
//! A position is taken only with a credit in hand, and a credit is free only when its slot has been emptied. So nothing
//! here compares positions of different ages, and none of it minds how long anybody sleeps.
//!
//! While senders wait there are no free credits: what comes back is dealt out under the waiters' lock. So a newcomer
//! never passes a waiting sender, whatever the overtaking limit: a limit is an upper bound.
//!
//! # Atomic operations
//! A send is two compare-exchanges and the store that publishes; a receive one compare-exchange and a store.

use super::{CacheLine, Claim, Refused, Returned, View};
use crate::{
    position::{Layout, MAX_CAPACITY, Position},
    sync::{
        atomic::{AtomicU32, Ordering},
        const_unless_loom,
    },
    tail::{self, Tail},
};

const WAITING: u32 = 1;
const CLOSED: u32 = 1 << 1;
const CREDIT_SHIFT: u32 = 2;
const CREDIT: u32 = 1 << CREDIT_SHIFT;

const _: () = assert!(MAX_CAPACITY < 1 << (32 - CREDIT_SHIFT));

/// Here nothing passes a waiting sender, so there is nothing to mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed;

#[derive(Debug)]
struct Producers {
    tail: Tail,
    credits: AtomicU32,
}

#[derive(Debug)]
struct Consumer {
    head: AtomicU32,
    layout: Layout,
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Ledger {
    producers: CacheLine<Producers>,
    consumer: CacheLine<Consumer>,
}

/// Replaces the word by what `next` makes of it, until that succeeds or `next` says None; gives the value replaced.
///
/// AcqRel and Acquire: each word's changes are all read-modify-writes, so whoever acquires it sees what came before
/// (a slot emptied before its credit was freed, a waker stored before PARKED was set).
fn update(word: &AtomicU32, mut next: impl FnMut(u32) -> Option<u32>) -> Result<u32, u32> {
    let mut old = word.load(Ordering::Acquire);
    loop {
        let Some(new) = next(old) else { return Err(old) };
        match word.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return Ok(old),
            Err(found) => old = found,
        }
    }
}

fn free(credits: u32) -> usize {
    (credits >> CREDIT_SHIFT) as usize
}

impl Ledger {
    const_unless_loom! {
        pub(crate) fn new(layout: Layout, _overtaking: u32) -> Self {
            let first = layout.first();
            Self {
                producers: CacheLine(Producers {
                    tail: Tail::new(layout),
                    credits: AtomicU32::new((layout.capacity() as u32) << CREDIT_SHIFT),
                }),
                consumer: CacheLine(Consumer { head: AtomicU32::new(first), layout }),
            }
        }
    }

    #[inline(always)]
    pub(crate) fn layout(&self) -> Layout {
        self.producers.tail.layout()
    }

    pub(crate) fn overtaking(&self) -> u32 {
        0
    }

    // Acquire pairs with the Release half of `update`.
    fn credits(&self) -> u32 {
        self.producers.credits.load(Ordering::Acquire)
    }

    // ===== senders =====

    /// Takes a credit and a position.
    #[inline]
    pub(crate) fn claim(&self) -> Result<Claim, Refused> {
        self.reserve(1)?;
        self.claim_reserved(1).ok_or(Refused::Closed)
    }

    /// Takes `n` credits, all or none. False: nobody was passed, here as always.
    #[inline]
    pub(crate) fn reserve(&self, n: usize) -> Result<bool, Refused> {
        let enough = |word: u32| word & CLOSED == 0 && free(word) >= n && word & WAITING == 0;
        match update(&self.producers.credits, |word| enough(word).then(|| word - n as u32 * CREDIT)) {
            Ok(_) => Ok(false),
            Err(word) if word & CLOSED != 0 => Err(Refused::Closed),
            Err(_) => Err(Refused::Full),
        }
    }

    /// Turns `n` reserved credits into as many positions in a row. None when the receiver is gone: then the credits
    /// are given back and nothing may be written.
    #[inline]
    pub(crate) fn claim_reserved(&self, n: usize) -> Option<Claim> {
        let claim = self.producers.tail.claim(n);
        if claim.is_none() {
            // Nobody is woken: the receiver is gone, and with it all that waited.
            self.producers.credits.fetch_add(n as u32 * CREDIT, Ordering::AcqRel);
        }
        claim
    }

    /// Gives `n` reserved credits back, if nobody waits for them.
    pub(crate) fn give_back(&self, n: usize) -> Returned {
        self.pool(n, WAITING)
    }

    fn pool(&self, n: usize, refuse: u32) -> Returned {
        let returned = update(&self.producers.credits, |word| (word & refuse == 0).then(|| word + n as u32 * CREDIT));
        let Ok(old) = returned else { return Returned::Waited };
        // All credits at home and no new ones: nothing is queued and no permit is out. The receiver parks before it looks
        // at the credits, and we look for a parked receiver after having changed them: one of us sees the other.
        let idle = old & CLOSED != 0 && free(old) + n == self.layout().capacity();
        if idle && self.unpark() { Returned::Idle } else { Returned::Pooled }
    }

    // ===== the receiver =====

    /// [`Self::layout`], read from the receiver's side.
    #[inline(always)]
    pub(crate) fn receiver_layout(&self) -> Layout {
        self.consumer.layout
    }

    /// Where the receiver stands. For the receiver, which alone moves it.
    #[inline(always)]
    pub(crate) fn head(&self) -> Position {
        // Relaxed: this thread's own writes, or handed over with the receiver.
        self.consumer.head.load(Ordering::Relaxed)
    }

    /// Moves the head from `head` by `n`, whose credits are free then. False: they are not, since senders are to be served.
    #[inline]
    pub(crate) fn advance(&self, head: Position, n: usize) -> bool {
        // Release pairs with the Acquire loads in `len`, which must not see a credit free whose head has not moved.
        self.consumer.head.store(self.consumer.layout.advance(head, n), Ordering::Release);
        update(&self.producers.credits, |word| (word & WAITING == 0).then(|| word + n as u32 * CREDIT)).is_ok()
    }

    /// After [`Self::advance`] said false: the credits are the caller's, as spare.
    pub(crate) fn advance_in_hand(&self, _head: Position, _n: usize) {}

    /// What there is at `head`.
    #[inline]
    pub(crate) fn look(&self, head: Position) -> View {
        self.view(self.producers.tail.view(), head)
    }

    /// Announces that the receiver's waker is in its cell; the view is of the same moment. From then on, whoever changes
    /// the view clears PARKED and must wake.
    pub(crate) fn park(&self, head: Position) -> View {
        self.view(self.producers.tail.park(), head)
    }

    /// Withdraws that. False: somebody else was faster and is about to take the waker.
    pub(crate) fn unpark(&self) -> bool {
        self.producers.tail.unpark()
    }

    fn view(&self, tail: tail::View, head: Position) -> View {
        if tail.position() != head {
            return View::Claimed;
        }
        let credits = self.credits();
        // A message sent since `tail` was read still holds its credit.
        let idle = credits & CLOSED != 0 && free(credits) == self.layout().capacity();
        if tail.is_hung_up() || idle { View::Finished } else { View::Empty }
    }

    // ===== opening and closing =====

    /// Refuses new credits.
    pub(crate) fn close(&self) {
        self.producers.credits.fetch_or(CLOSED, Ordering::AcqRel);
    }

    /// Refuses new positions too, and gives the last tail.
    pub(crate) fn close_for_good(&self) -> Position {
        self.close();
        self.producers.tail.close_for_good()
    }

    /// The last sender is gone. True: the parked receiver must be woken.
    pub(crate) fn hang_up(&self) -> bool {
        self.producers.tail.hang_up()
    }

    /// The receiver, which is gone for good, has dropped what lay before `head`.
    pub(crate) fn drained_to(&self, head: Position) {
        let freed = self.layout().distance(self.head(), head);
        self.consumer.head.store(head, Ordering::Release);
        self.producers.credits.fetch_add(freed as u32 * CREDIT, Ordering::AcqRel);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.credits() & CLOSED != 0
    }

    /// True if senders wait.
    pub(crate) fn has_waiting(&self) -> bool {
        self.credits() & WAITING != 0
    }

    pub(crate) fn is_hung_up(&self) -> bool {
        self.producers.tail.view().is_hung_up()
    }

    /// Makes the ledger as new but for the position, which goes on. For who has the channel alone.
    pub(crate) fn reopen(&self) {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        let tail = self.producers.tail.reopen();
        self.producers.credits.store((self.layout().capacity() as u32) << CREDIT_SHIFT, Ordering::Relaxed);
        self.consumer.head.store(tail, Ordering::Relaxed);
    }

    // ===== counts, true at some moment of the call =====

    /// Messages sent and not yet received.
    pub(crate) fn len(&self) -> usize {
        // The head first: a tail read later is never behind it.
        let head = self.consumer.head.load(Ordering::Acquire);
        self.layout().distance(head, self.tail()).min(self.layout().capacity() as u64) as usize
    }

    /// Credits that are neither used by a message nor reserved.
    pub(crate) fn free(&self) -> usize {
        free(self.credits())
    }

    /// The positions from `head` to the tail are the ring's content.
    pub(crate) fn tail(&self) -> Position {
        self.producers.tail.view().position()
    }
}

/// For who holds the waiters' lock. Nothing waits while credits are free, so most of the wide packing's care is not needed.
impl Ledger {
    /// True if all that is freed goes to waiting senders first: then none of the calls below finds free credits.
    pub(crate) fn is_strict(&self) -> bool {
        true
    }

    /// For the receiver, after [`Self::advance`] said false: its one credit is free.
    pub(crate) fn advance_unattended(&self, _head: Position) {
        self.producers.credits.fetch_add(CREDIT, Ordering::AcqRel);
    }

    /// For the receiver, after [`Self::advance`] said false: its one credit is the longest waiting sender's; `last`: nobody
    /// waits behind that.
    pub(crate) fn hand_over(&self, _head: Position, last: bool, _attend: bool) {
        if last {
            self.none_waits();
        }
    }

    pub(crate) fn head_seen_by_others(&self) -> Position {
        0
    }

    pub(crate) fn is_barred(&self) -> bool {
        true
    }

    pub(crate) fn freeze(&self) -> Position {
        0
    }

    pub(crate) fn unfreeze(&self) {}

    /// Takes up to `n` credits for the first sender that waits and announces it as waiting if those are too few.
    pub(crate) fn reserve_or_wait(&self, _head: Position, n: usize) -> Result<(usize, Passed), Refused> {
        let old = update(&self.producers.credits, |word| {
            let taken = free(word).min(n);
            let rest = word - taken as u32 * CREDIT;
            (word & CLOSED == 0).then_some(if taken < n { rest | WAITING } else { rest })
        });
        old.map(|word| (free(word).min(n), Passed)).map_err(|_| Refused::Closed)
    }

    pub(crate) fn mark(&self) -> Passed {
        Passed
    }

    pub(crate) fn set_limit(&self, _first: Passed) {}

    pub(crate) fn reserve_waited(&self, _head: Position, _n: usize, _last: bool) -> usize {
        0
    }

    pub(crate) fn raise(&self, _n: usize) {}

    /// Gives `n` spare credits to the pool. The queue is empty.
    pub(crate) fn pool_spare(&self, n: usize) -> Returned {
        self.pool(n, 0)
    }

    /// The queue is empty.
    pub(crate) fn none_waits(&self) {
        self.producers.credits.fetch_and(!WAITING, Ordering::AcqRel);
    }
}
