//! The ledger while senders wait: for who holds the waiters' lock.

use super::{ATTEND, CLOSED, Packed, RESERVED_ONE, WAITING, Word};
use crate::{
    ledger::{HEAD_SHIFT, Passed, Producers, Refused, Returned},
    position::{Layout, Position},
    sync::atomic::Ordering,
};

impl Packed<'_> {
    /// True if all that is freed goes to waiting senders first: then none of the calls below finds free credits.
    pub(in crate::ledger) fn is_strict(self) -> bool {
        self.producers.overtaking == 0
    }

    /// For the receiver: moves the head from `head` by one, whose credit is free then.
    pub(in crate::ledger) fn advance_unattended(self, head: Position) {
        // Release as in `advance`. A store: but for the receiver, only lock holders change this word.
        self.consumer.word.store(self.consumer.layout.advance(head, 1) << HEAD_SHIFT, Ordering::Release);
    }

    /// For the receiver: moves the head from `head` by one, and its credit into the name of the longest waiting sender;
    /// `last`: nobody waits behind that; `attend`: the next step of the head is by way of the lock again.
    pub(in crate::ledger) fn hand_over(self, head: Position, last: bool, attend: bool) {
        // WAITING is set, so it is cleared by subtraction. `reserved` goes up before `head`, so that no newcomer sees
        // the credit free.
        let waiting = if last { WAITING } else { 0 };
        let attend = if attend { ATTEND } else { 0 };
        self.keep_copy_young(head);
        self.producers_word().fetch_add(RESERVED_ONE - waiting, Ordering::AcqRel);
        // As in `advance_unattended`.
        let next = self.consumer.layout.advance(head, 1) << HEAD_SHIFT;
        self.consumer.word.store(next | attend, Ordering::Release);
        self.raise(1);
    }

    /// The head, and whether it moves only by way of the lock.
    pub(in crate::ledger) fn look_at_head(self) -> (Position, bool) {
        // Acquire pairs with the receiver's Release in `advance`.
        let word = self.consumer.word.load(Ordering::Acquire);
        (word >> HEAD_SHIFT, word & ATTEND != 0)
    }

    /// Makes the head stand still, but by way of the lock.
    pub(in crate::ledger) fn freeze(self) -> Position {
        // Acquire pairs with the receiver's Release in `advance`. Only lock holders set ATTEND, so it is set by addition.
        let word = self.consumer.word.load(Ordering::Acquire);
        let frozen = if word & ATTEND != 0 { word } else { self.consumer.word.fetch_add(ATTEND, Ordering::AcqRel) };
        frozen >> HEAD_SHIFT
    }

    /// Lets the head move freely again.
    pub(in crate::ledger) fn unfreeze(self) {
        // Relaxed: only lock holders set ATTEND.
        if self.consumer.word.load(Ordering::Relaxed) & ATTEND != 0 {
            self.consumer.word.fetch_and(!ATTEND, Ordering::AcqRel);
        }
    }

    /// Takes up to `n` credits for the first sender that waits and announces it as waiting if those are too few.
    /// `head` is frozen.
    pub(in crate::ledger) fn reserve_or_wait(self, head: Position, n: usize) -> Result<(usize, Passed), Refused> {
        self.keep_copy_young(head);
        let mut taken = 0;
        let mut mark = Passed::NEVER;
        let old = self.update(|word| {
            taken = self.room(word, head).min(n);
            if taken < n {
                mark = self.mark_of(word.reserve(taken));
                self.set_limit(mark);
            }
            (!word.has(CLOSED)).then(|| if taken < n { Word(word.reserve(taken).0 | WAITING) } else { word.reserve(n) })
        });
        old.map(|_| (taken, mark)).map_err(|_| Refused::Closed)
    }

    /// The mark for a sender that starts to wait now, behind others.
    pub(in crate::ledger) fn mark(self) -> Passed {
        self.mark_of(self.word())
    }

    fn mark_of(&self, word: Word) -> Passed {
        if self.is_strict() {
            return Passed::NEVER;
        }
        let count = self.layout().cycle_sub(self.taken(word), self.producers.bias.load(Ordering::Relaxed));
        Passed { count, tail: word.tail() }
    }

    /// Makes `first` the mark by which newcomers are stopped.
    pub(in crate::ledger) fn set_limit(self, first: Passed) {
        if self.is_strict() {
            return;
        }
        let layout = self.layout();
        let bias = self.producers.bias.load(Ordering::Relaxed);
        let limit = layout.cycle_add(layout.cycle_add(first.count, bias), self.overtaking() as u64);
        let uncounted = (self.overtaking() as usize).saturating_sub(5 * self.bound());
        // Release pairs with the Acquire loads in `may_overtake` and `may_surely_overtake`.
        self.producers.uncounted.store(layout.at_most_ahead(first.tail, uncounted), Ordering::Release);
        self.producers.limit.store(limit, Ordering::Release);
    }

    /// Takes up to `n` credits for the longest waiting sender, from those that are free; `last`: nobody waits behind it.
    pub(in crate::ledger) fn reserve_waited(self, head: Position, n: usize, last: bool) -> usize {
        // Most calls find nothing.
        if self.room(self.word(), head) == 0 {
            return 0;
        }
        // Before the exchange, which may clear WAITING: until then, the head does not get far away.
        self.keep_copy_young(head);
        let mut taken = 0;
        // Err: there are none. With WAITING set, only newcomers change their number without the lock, and take away.
        let _ = self.update(|word| {
            taken = self.room(word, head).min(n);
            let next = word.reserve(taken);
            (taken > 0).then_some(if last && taken == n { next.without(WAITING) } else { next })
        });
        self.raise(taken);
        taken
    }

    /// True if newcomers may not pass the longest waiting sender any more.
    pub(in crate::ledger) fn is_barred(self) -> bool {
        let word = self.word();
        !self.may_surely_overtake(word) && !self.may_overtake(word, 1)
    }

    /// Credits that the receiver handed over instead of freeing, or that were waited for and given up, count as given to
    /// waiting senders.
    pub(in crate::ledger) fn raise(self, n: usize) {
        self.shift(|layout, value| layout.cycle_add(value, n as u64));
    }

    /// Gives `n` spare credits to the pool although senders wait.
    pub(in crate::ledger) fn pool_spare(self, n: usize) -> Returned {
        self.shift(|layout, value| layout.cycle_sub(value, n as u64));
        self.pool(n, 0)
    }

    /// The queue is empty.
    pub(in crate::ledger) fn none_waits(self) {
        // Only lock holders change WAITING.
        if self.word().has(WAITING) {
            self.producers_word().fetch_and(!WAITING, Ordering::AcqRel);
        }
    }

    // Relaxed loads and the store of `bias`: the lock orders them. Release pairs with the Acquire in `may_overtake`.
    fn shift(&self, change: impl Fn(Layout, u64) -> u64) {
        let Producers { limit, bias, tail, .. } = &self.producers;
        if self.is_strict() {
            return;
        }
        bias.store(change(tail.layout(), bias.load(Ordering::Relaxed)), Ordering::Relaxed);
        limit.store(change(tail.layout(), limit.load(Ordering::Relaxed)), Ordering::Release);
    }

    /// True if newcomers need not be counted: see "Overtaking".
    #[inline(always)]
    pub(super) fn may_surely_overtake(&self, word: Word) -> bool {
        // Acquire: as in `may_overtake`. A strict ledger never says how far.
        !self.is_strict() && self.layout().is_before(word.tail(), self.producers.uncounted.load(Ordering::Acquire))
    }

    /// True if a newcomer may take `n` credits past the senders that wait.
    #[inline(never)]
    pub(super) fn may_overtake(&self, word: Word, n: usize) -> bool {
        if self.is_strict() {
            return false;
        }
        // Acquire: see "Overtaking". `word` was read before.
        let limit = self.producers.limit.load(Ordering::Acquire);
        let left = self.layout().cycle_sub(limit, self.taken(word));
        left >= n as u64 && left <= self.layout().cycle() / 2
    }

    /// `G` of "Overtaking".
    fn taken(&self, word: Word) -> u64 {
        self.layout().cycle_add(self.layout().linear(word.tail()), word.reserved())
    }
}
