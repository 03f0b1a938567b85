//! Two words on the senders' side: a semaphore of credits beside the tail. For bounds that are too large for one word, and for
//! targets without 64-bit atomics.
//!
//! ```text
//! credits' word   [ free credits | CLOSED | WAITING ]
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

use super::{Claim, HEAD_SHIFT, Ledger, MAX_BOUND, Passed, Refused, Returned, View};
use crate::{
    position::{AtomicPosition, Layout, Position},
    sync::atomic::Ordering,
    tail,
};
use core::ops::Deref;

const WAITING: Position = 1;
const CLOSED: Position = 1 << 1;
const CREDIT_SHIFT: u32 = 2;
const CREDIT: Position = 1 << CREDIT_SHIFT;

const _: () =
    assert!(MAX_BOUND <= usize::MAX >> CREDIT_SHIFT && MAX_BOUND as Position <= Position::MAX >> CREDIT_SHIFT);

/// The first words of the tail and of the credits.
pub(super) const fn initial(layout: Layout, bound: usize) -> (Position, Position) {
    // Without a bound, nobody asks for credits.
    let credits = if bound <= MAX_BOUND { bound } else { 0 };
    (tail::first(layout), (credits as Position) << CREDIT_SHIFT)
}

/// The ledger, as one of this kind.
#[derive(Clone, Copy)]
pub(super) struct Split<'a>(pub(super) &'a Ledger);

impl Deref for Split<'_> {
    type Target = Ledger;

    #[inline(always)]
    fn deref(&self) -> &Ledger {
        self.0
    }
}

/// Replaces the word by what `next` makes of it, until that succeeds or `next` says None; gives the value replaced.
///
/// AcqRel and Acquire: each word's changes are all read-modify-writes, so whoever acquires it sees what came before
/// (a slot emptied before its credit was freed, a waker stored before PARKED was set).
fn update(word: &AtomicPosition, mut next: impl FnMut(Position) -> Option<Position>) -> Result<Position, Position> {
    let mut old = word.load(Ordering::Acquire);
    loop {
        let Some(new) = next(old) else { return Err(old) };
        match word.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return Ok(old),
            Err(found) => old = found,
        }
    }
}

fn free(credits: Position) -> usize {
    (credits >> CREDIT_SHIFT) as usize
}

fn credits(n: usize) -> Position {
    n as Position * CREDIT
}

impl Split<'_> {
    #[inline(always)]
    fn credits_word(&self) -> &AtomicPosition {
        &self.producers.aside
    }

    // Acquire pairs with the Release half of `update`.
    fn credits(&self) -> Position {
        self.credits_word().load(Ordering::Acquire)
    }

    pub(super) fn overtaking_limit(self) -> u32 {
        0
    }

    #[cfg(feature = "alloc")]
    pub(super) fn tail_of(self, word: Position) -> Position {
        tail::View(word).position()
    }

    // ===== senders =====

    pub(super) fn claim<const CHAINED: bool>(self) -> Result<Claim, Refused> {
        self.reserve(1)?;
        self.claim_reserved::<CHAINED>(1).ok_or(Refused::Closed)
    }

    #[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
    pub(super) fn claim_once(self, _word: Position) -> Result<Claim, Option<Refused>> {
        Err(None)
    }

    /// There is no shorter way here: the word is of no use.
    #[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
    pub(super) fn claim_next<const CHAINED: bool>(self) -> Result<Claim, Option<Position>> {
        Err(Some(0))
    }

    /// False: nobody was passed, here as always.
    pub(super) fn reserve(self, n: usize) -> Result<bool, Refused> {
        let enough = |word: Position| word & CLOSED == 0 && free(word) >= n && word & WAITING == 0;
        match update(self.credits_word(), |word| enough(word).then(|| word - credits(n))) {
            Ok(_) => Ok(false),
            Err(word) if word & CLOSED != 0 => Err(Refused::Closed),
            Err(_) => Err(Refused::Full),
        }
    }

    pub(super) fn claim_reserved<const CHAINED: bool>(self, n: usize) -> Option<Claim> {
        let claim = self.producers.tail.claim::<CHAINED>(n);
        if claim.is_none() {
            // Nobody is woken: the receiver is gone, and with it all that waited.
            self.credits_word().fetch_add(credits(n), Ordering::AcqRel);
        }
        claim
    }

    pub(super) fn give_back(self, n: usize) -> Returned {
        self.pool(n, WAITING)
    }

    fn pool(&self, n: usize, refuse: Position) -> Returned {
        let returned = update(self.credits_word(), |word| (word & refuse == 0).then(|| word + credits(n)));
        let Ok(old) = returned else { return Returned::Waited };
        // All credits at home and no new ones: nothing is queued and no permit is out. The receiver parks before it looks
        // at the credits, and we look for a parked receiver after having changed them: one of us sees the other.
        let idle = old & CLOSED != 0 && free(old) + n == self.bound();
        if idle && self.unpark() { Returned::Idle } else { Returned::Pooled }
    }

    // ===== the receiver =====

    /// Moves the head without freeing anything.
    #[inline(always)]
    pub(super) fn move_head<const CHAINED: bool>(self, head: Position, n: usize) {
        // Release pairs with the Acquire loads in `len`, which must not see a credit free whose head has not moved.
        self.consumer.word.store(self.consumer.layout.advance_in::<CHAINED>(head, n) << HEAD_SHIFT, Ordering::Release);
    }

    #[inline(always)]
    pub(super) fn is_attended(self, _head: Position) -> bool {
        // Relaxed: it saves an exchange that would fail.
        self.credits_word().load(Ordering::Relaxed) & WAITING != 0
    }

    #[inline(always)]
    pub(super) fn advance_attended<const CHAINED: bool>(self, head: Position, n: usize) {
        self.move_head::<CHAINED>(head, n);
    }

    // Out of line where it is the exception.
    #[cfg_attr(all(target_has_atomic = "64", not(sakia_narrow)), inline(never))]
    pub(super) fn advance<const CHAINED: bool>(self, head: Position, n: usize) -> bool {
        self.move_head::<CHAINED>(head, n);
        update(self.credits_word(), |word| (word & WAITING == 0).then(|| word + credits(n))).is_ok()
    }

    pub(super) fn advance_in_hand(self, _head: Position, _n: usize) {}

    pub(super) fn look(self, head: Position) -> View {
        self.view(self.producers.tail.view(), head)
    }

    pub(super) fn park(self, head: Position) -> View {
        self.view(self.producers.tail.park(), head)
    }

    pub(super) fn unpark(self) -> bool {
        self.producers.tail.unpark()
    }

    fn view(&self, tail: tail::View, head: Position) -> View {
        if tail.position() != head {
            return View::Claimed;
        }
        let credits = self.credits();
        // A message sent since `tail` was read still holds its credit.
        let idle = credits & CLOSED != 0 && free(credits) == self.bound();
        if tail.is_hung_up() || idle { View::Finished } else { View::Empty }
    }

    // ===== opening and closing =====

    pub(super) fn close(self) {
        self.credits_word().fetch_or(CLOSED, Ordering::AcqRel);
    }

    pub(super) fn close_for_good(self) -> Position {
        self.close();
        self.producers.tail.close_for_good()
    }

    pub(super) fn hang_up(self) -> bool {
        self.producers.tail.hang_up()
    }

    pub(super) fn drained_to(self, head: Position) {
        let freed = self.layout().distance(self.head(), head);
        self.consumer.word.store(head << HEAD_SHIFT, Ordering::Release);
        self.credits_word().fetch_add(credits(freed as usize), Ordering::AcqRel);
    }

    pub(super) fn is_closed(self) -> bool {
        self.credits() & CLOSED != 0
    }

    pub(super) fn has_waiting(self) -> bool {
        self.credits() & WAITING != 0
    }

    pub(super) fn is_hung_up(self) -> bool {
        self.producers.tail.view().is_hung_up()
    }

    pub(super) fn reopen(self) {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        let tail = self.producers.tail.reopen();
        self.credits_word().store(credits(self.bound()), Ordering::Relaxed);
        self.consumer.word.store(tail << HEAD_SHIFT, Ordering::Relaxed);
    }

    // ===== counts =====

    pub(super) fn free(self) -> usize {
        free(self.credits())
    }

    pub(super) fn tail(self) -> Position {
        self.producers.tail.view().position()
    }
}

/// For who holds the waiters' lock. Nothing waits while credits are free, so most of the packed kind's care is not needed.
impl Split<'_> {
    pub(super) fn is_strict(self) -> bool {
        true
    }

    pub(super) fn advance_unattended(self, _head: Position) {
        self.credits_word().fetch_add(CREDIT, Ordering::AcqRel);
    }

    pub(super) fn hand_over(self, _head: Position, last: bool, _attend: bool) {
        if last {
            self.none_waits();
        }
    }

    pub(super) fn is_barred(self) -> bool {
        true
    }

    pub(super) fn look_at_head(self) -> (Position, bool) {
        (0, true)
    }

    pub(super) fn freeze(self) -> Position {
        0
    }

    pub(super) fn unfreeze(self) {}

    pub(super) fn reserve_or_wait(self, _head: Position, n: usize) -> Result<(usize, Passed), Refused> {
        let old = update(self.credits_word(), |word| {
            let taken = free(word).min(n);
            let rest = word - credits(taken);
            (word & CLOSED == 0).then_some(if taken < n { rest | WAITING } else { rest })
        });
        old.map(|word| (free(word).min(n), Passed::NEVER)).map_err(|_| Refused::Closed)
    }

    pub(super) fn mark(self) -> Passed {
        Passed::NEVER
    }

    pub(super) fn set_limit(self, _first: Passed) {}

    pub(super) fn reserve_waited(self, _head: Position, _n: usize, _last: bool) -> usize {
        0
    }

    pub(super) fn raise(self, _n: usize) {}

    pub(super) fn pool_spare(self, n: usize) -> Returned {
        self.pool(n, 0)
    }

    pub(super) fn none_waits(self) {
        self.credits_word().fetch_and(!WAITING, Ordering::AcqRel);
    }
}
