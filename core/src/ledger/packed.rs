//! Two 64-bit words: credits and positions change at once.
//!
//! ```text
//! producers' word   [ tail: 35 | reserved: 24 | HANGUP | GONE | CLOSED | WAITING | PARKED ]
//! consumer's word   [ head: 35 | ATTEND ]
//! ```
//!
//! A credit is free while `tail + reserved - head < capacity`. Only the receiver moves `head`; all else is in the
//! producers' word and changes by read-modify-write, so whoever acquires that word sees what came before.
//!
//! | bit | set by | cleared by | means |
//! |---|---|---|---|
//! | PARKED | the parking receiver | whoever takes over waking it | the receiver's waker is in its cell |
//! | WAITING | lock holder | lock holder | the queue of senders is not empty |
//! | CLOSED | receiver | - | no new credits |
//! | GONE | dropped receiver | - | no new positions either |
//! | HANGUP | last sender | - | nothing will come any more |
//! | ATTEND | lock holder | lock holder; the end of the receiver | `head` moves only by way of the lock |
//!
//! # Atomic operations
//! A send is one compare-exchange and the store that publishes; a receive one compare-exchange. A permit costs one more.
//!
//! A sender takes its credit and its position in up to three steps, each with what the one before can't do: `claim_next` by the
//! remembered head, small enough to be inlined; `claim_once` by the receiver's own head, without a loop; `claim` in whatever case.
//! Who has failed at an exchange in the first or the third backs off before the next try (see `sync::back_off`).
//!
//! # The head that senders remember
//! `head_seen` is a copy of `head` on the producers' side, so that the receiver's line is touched only when the ring looks
//! full. A copy that is old looks fuller, which is harmless. It must not be older than the positions take to wrap, so it is
//! replaced by a compare-exchange from the copy that was read: a sender that slept over its own refresh changes nothing.
//! Who finds no room all the same leaves the old copy, unless it is OLD; so does who gives a waiting sender its credit.
//!
//! A sender may also sleep between reading the producers' word and its compare-exchange. To be fooled it has to sleep
//! for a multiple of 2^35 messages to the message: three minutes at 5 ns a message, and then one chance in 2^35.
//!
//! # Overtaking
//! Let `G = tail + reserved`, all credits ever taken less those given back unused. With senders waiting, a newcomer may
//! take a credit only while `G < limit`, where `limit` is such that it is reached when the longest waiting sender was passed
//! by as many messages as the channel allows. Credits that go to waiting senders raise `limit` with `G`, those given back
//! unused lower it with `G`. `limit` is lowered before `G` and raised after it, so a newcomer that compares an old value
//! either waits needlessly, or fails at its compare-exchange because `G` has changed (unless it has changed back: a
//! credit given to a waiting sender, and given up by it, between two of the newcomer's instructions).
//!
//! To count costs more than the rest of a send. So as long as the tail is before `uncounted`, the limit is surely not
//! reached, and nothing is counted. With `t` the tail when the longest waiting sender began to wait, `b` the bound and `l`
//! the limit of the channel, `uncounted <= t + l - 5b`. For `limit` is `G` of that moment, which is at least `t`, and `l`,
//! and all that was given to waiting senders since less what was given back: more than `2b` can't be, as so much was not out.
//! `G` is the tail and at most `2b` reserved (see `MAX_SLOTS` there), and at most `b` are asked for.

mod waited;

use super::{Claim, HEAD_SHIFT, Ledger, Refused, Returned, View};
use crate::{
    position::{AtomicPosition, Layout, MAX_SLOTS, POSITION_BITS, POSITION_MASK, Position},
    sync::{self, atomic::Ordering},
};
use core::ops::Deref;

const ATTEND: u64 = 1;

const PARKED: u64 = 1;
const WAITING: u64 = 1 << 1;
const CLOSED: u64 = 1 << 2;
const GONE: u64 = 1 << 3;
const HANGUP: u64 = 1 << 4;
const RESERVED_SHIFT: u32 = 5;
const RESERVED_ONE: u64 = 1 << RESERVED_SHIFT;
const RESERVED_BITS: u32 = 24;
const RESERVED_MASK: u64 = (1 << RESERVED_BITS) - 1;
const TAIL_SHIFT: u32 = RESERVED_SHIFT + RESERVED_BITS;
// All slots reserved, and as many credits in transit from the receiver to waiting senders.
const _: () = assert!(2 * MAX_SLOTS as u64 <= RESERVED_MASK && TAIL_SHIFT + POSITION_BITS <= 64);

/// All flags and counts but PARKED: what is in the word only if something is closed, hung up, reserved, or waited for.
const UNUSUAL: u64 = (1 << TAIL_SHIFT) - 1 - PARKED;

/// How far the copy of the head may be behind, where a younger one is of no use.
const OLD: Position = 1 << (POSITION_BITS / 2);

/// A value of the producers' word.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word(u64);

impl Word {
    #[inline(always)]
    fn tail(self) -> Position {
        self.0 >> TAIL_SHIFT
    }

    #[inline(always)]
    fn reserved(self) -> u64 {
        (self.0 >> RESERVED_SHIFT) & RESERVED_MASK
    }

    #[inline(always)]
    fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }

    #[inline(always)]
    fn with_tail(self, tail: Position) -> Self {
        Self(self.0 & ((1 << TAIL_SHIFT) - 1) | tail << TAIL_SHIFT)
    }

    #[inline(always)]
    fn without(self, flag: u64) -> Self {
        Self(self.0 & !flag)
    }

    #[inline(always)]
    fn reserve(self, n: usize) -> Self {
        Self(self.0 + n as u64 * RESERVED_ONE)
    }

    #[inline(always)]
    fn unreserve(self, n: usize) -> Self {
        debug_assert!(self.reserved() >= n as u64);
        Self(self.0 - n as u64 * RESERVED_ONE)
    }
}

/// The first words of the tail and of the head that senders remember.
pub(super) const fn initial(layout: Layout) -> (Position, Position) {
    (layout.first() << TAIL_SHIFT, layout.first() << TAIL_SHIFT)
}

/// The ledger, as one of this kind.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a>(pub(super) &'a Ledger);

impl Deref for Packed<'_> {
    type Target = Ledger;

    #[inline(always)]
    fn deref(&self) -> &Ledger {
        self.0
    }
}

impl Packed<'_> {
    #[inline(always)]
    fn producers_word(&self) -> &AtomicPosition {
        self.producers.tail.word()
    }

    #[inline(always)]
    fn head_seen(&self) -> &AtomicPosition {
        &self.producers.aside
    }

    pub(super) fn overtaking_limit(self) -> u32 {
        self.producers.overtaking
    }

    #[cfg(feature = "alloc")]
    pub(super) fn tail_of(self, word: Position) -> Position {
        Word(word).tail()
    }

    // Acquire pairs with the Release half of each read-modify-write of the word.
    #[inline(always)]
    fn word(&self) -> Word {
        Word(self.producers_word().load(Ordering::Acquire))
    }

    /// One try to replace `old`. Success releases what this side did (a limit lowered, a waker stored) and acquires
    /// what was done before `old` (slots emptied by the receiver, for whose credits somebody else looked).
    #[inline(always)]
    fn swap(&self, old: Word, new: Word) -> Result<(), Word> {
        self.producers_word()
            .compare_exchange_weak(old.0, new.0, Ordering::AcqRel, Ordering::Acquire)
            .map_or_else(|found| Err(Word(found)), |_| Ok(()))
    }

    /// Replaces the word by what `next` makes of it, until that succeeds or `next` says None; gives the value replaced.
    #[inline]
    fn update(&self, mut next: impl FnMut(Word) -> Option<Word>) -> Result<Word, Word> {
        let mut old = self.word();
        loop {
            let Some(new) = next(old) else { return Err(old) };
            match self.swap(old, new) {
                Ok(()) => return Ok(old),
                Err(found) => old = found,
            }
        }
    }

    // ===== senders =====

    /// Takes a credit and a position, in whatever case.
    pub(super) fn claim<const CHAINED: bool>(self) -> Result<Claim, Refused> {
        let old = self.take(self.word(), 1, |word| self.claimed::<CHAINED>(word))?;
        Ok(Claim { position: old.tail(), wake: old.has(PARKED), passed: self.is_to_be_counted(old) })
    }

    /// Takes a credit and a position in the usual case. Err: the word, for [`Self::claim_once`], in which there was not surely
    /// room; None: the exchange has failed.
    #[inline(always)]
    pub(super) fn claim_next<const CHAINED: bool>(self) -> Result<Claim, Option<Position>> {
        let word = self.word();
        // Two branches to the same end: in the first, the compiler knows that the bits below the tail are clear.
        if !word.has(UNUSUAL) {
            self.claim_if::<CHAINED>(word, self.ahead(word) <= self.most_ahead::<CHAINED>())
        } else {
            self.claim_if::<CHAINED>(word, self.is_surely_free::<CHAINED>(word))
        }
    }

    #[inline(always)]
    fn claim_if<const CHAINED: bool>(&self, word: Word, is_free: bool) -> Result<Claim, Option<Position>> {
        if !is_free {
            return Err(Some(word.0));
        }
        match self.swap(word, self.claimed::<CHAINED>(word)) {
            Ok(()) => Ok(Claim { position: word.tail(), wake: word.has(PARKED), passed: false }),
            Err(_) => Err(None),
        }
    }

    /// How far the tail is ahead of the copy of the head, with what lies between the laps of a ring.
    #[inline(always)]
    fn ahead(&self, word: Word) -> u64 {
        // Acquire as in `seen`. The copy is kept where the tail is in the word, so that neither has to be moved.
        word.0.wrapping_sub(self.head_seen().load(Ordering::Acquire)) >> TAIL_SHIFT & POSITION_MASK
    }

    /// With nothing reserved, there is room if [`Self::ahead`] is no more than this.
    #[inline(always)]
    fn most_ahead<const CHAINED: bool>(&self) -> u64 {
        if CHAINED { self.bound() as u64 - 1 } else { self.layout().mask() }
    }

    /// Takes a credit and a position in a ring, in one try without a loop, for whom the word was not surely free. Err(None): it
    /// takes more than that.
    #[inline(always)]
    pub(super) fn claim_once(self, word: Position) -> Result<Claim, Option<Refused>> {
        let word = Word(word);
        if word.has(CLOSED) {
            return Err(Some(Refused::Closed));
        }
        if self.is_to_be_counted(word) {
            return Err(self.is_strict().then_some(Refused::Full));
        }
        let seen = self.seen();
        if !self.refresh(seen, word, 1) {
            // As in `take`.
            return Err((self.word() == word).then_some(Refused::Full));
        }
        match self.swap(word, self.claimed::<false>(word)) {
            Ok(()) => Ok(Claim { position: word.tail(), wake: word.has(PARKED), passed: false }),
            Err(_) => Err(None),
        }
    }

    /// By the copy of the head, there is room for a sender that does not wait.
    #[inline(always)]
    fn is_surely_free<const CHAINED: bool>(&self, word: Word) -> bool {
        let ahead = if CHAINED { self.ahead(word) } else { self.layout().distance(self.seen(), word.tail()) };
        !word.has(CLOSED) && ahead + word.reserved() < self.bound() as u64 && !self.is_to_be_counted(word)
    }

    /// The word after a position was claimed.
    #[inline(always)]
    fn claimed<const CHAINED: bool>(&self, word: Word) -> Word {
        Word(self.layout().advance_at::<CHAINED, TAIL_SHIFT>(word.without(PARKED).0, 1))
    }

    /// Takes `n` credits, all or none. True: senders wait, and we may have been the last to pass them.
    #[inline]
    pub(super) fn reserve(self, n: usize) -> Result<bool, Refused> {
        self.take(self.word(), n, |word| word.reserve(n)).map(|old| self.is_to_be_counted(old))
    }

    /// Does `then` to the word, which was just read, if there are `n` credits for a sender that does not wait.
    #[inline(always)]
    fn take(&self, mut word: Word, n: usize, then: impl Fn(Word) -> Word) -> Result<Word, Refused> {
        loop {
            if word.has(CLOSED) {
                return Err(Refused::Closed);
            }
            // Nobody is passed then, whatever room there is: the receiver's line is left alone.
            if word.has(WAITING) && self.is_strict() {
                return Err(Refused::Full);
            }
            if !self.has_room(word, n) {
                // The head that was read may be younger than `word`: only an unchanged word tells.
                let again = self.word();
                if again == word {
                    return Err(Refused::Full);
                }
                word = again;
                continue;
            }
            match self.swap(word, then(word)) {
                Ok(()) => return Ok(word),
                Err(found) => word = sync::back_off_from(found, || self.word()),
            }
        }
    }

    #[inline(always)]
    fn has_room(&self, word: Word, n: usize) -> bool {
        let seen = self.seen();
        let room = self.used(word, seen) + n as u64 <= self.bound() as u64 || self.refresh(seen, word, n);
        room && (!self.is_to_be_counted(word) || self.may_overtake(word, n))
    }

    /// The copy of the head.
    #[inline(always)]
    fn seen(&self) -> Position {
        // Acquire pairs with the Release exchange in `remember`: the slots up to this head are empty.
        self.head_seen().load(Ordering::Acquire) >> TAIL_SHIFT
    }

    /// Senders wait, and whether a newcomer may pass them has to be counted.
    #[inline(always)]
    fn is_to_be_counted(&self, word: Word) -> bool {
        word.has(WAITING) && !self.may_surely_overtake(word)
    }

    /// Looks at the receiver's own head.
    // Inlined as `claim_once`: with little room, each claim comes here.
    #[inline(always)]
    fn refresh(&self, seen: Position, word: Word, n: usize) -> bool {
        // Acquire pairs with the receiver's Release in `advance`: it has emptied the slots up to this head.
        let head = self.consumer.word.load(Ordering::Acquire) >> HEAD_SHIFT;
        let used = self.used(word, head) + n as u64;
        // A copy that shows no room beyond these credits is of no use to the next sender.
        self.remember(seen, head, used < self.bound() as u64);
        used <= self.bound() as u64
    }

    /// Replaces the copy of the head, which was `seen`, if that is worth it or the copy is about to be too old.
    #[inline]
    fn remember(&self, seen: Position, head: Position, worth: bool) {
        let age = head.wrapping_sub(seen) & POSITION_MASK;
        if age != 0 && (worth || age > OLD) {
            // Release passes on what was acquired with `head`. Failure: somebody else brought a younger one.
            let (seen, head) = (seen << TAIL_SHIFT, head << TAIL_SHIFT);
            let _ = self.head_seen().compare_exchange(seen, head, Ordering::Release, Ordering::Relaxed);
        }
    }

    /// Replaces the copy of the head if it is about to be too old: for who gives credits to waiting senders, which take their
    /// positions without a look at it. `head` may be older than the copy is by then: that looks fuller, and no more.
    #[inline]
    fn keep_copy_young(&self, head: Position) {
        self.remember(self.seen(), head, false);
    }

    #[inline(always)]
    fn used(&self, word: Word, head: Position) -> u64 {
        self.layout().distance(head, word.tail()) + word.reserved()
    }

    /// The credits that are free, with this word and this head.
    fn room(&self, word: Word, head: Position) -> usize {
        (self.bound() as u64).saturating_sub(self.used(word, head)) as usize
    }

    /// Turns `n` reserved credits into as many positions in a row. None when the receiver is gone: then the credits
    /// are given back and nothing may be written.
    #[inline]
    pub(super) fn claim_reserved<const CHAINED: bool>(self, n: usize) -> Option<Claim> {
        let layout = self.layout();
        let old = self.update(|word| {
            let rest = word.unreserve(n);
            Some(if word.has(GONE) {
                rest
            } else {
                rest.with_tail(layout.advance_in::<CHAINED>(word.tail(), n)).without(PARKED)
            })
        });
        let (Ok(old) | Err(old)) = old;
        (!old.has(GONE)).then(|| Claim { position: old.tail(), wake: old.has(PARKED), passed: false })
    }

    /// Gives `n` reserved credits back, if nobody waits for them.
    pub(super) fn give_back(self, n: usize) -> Returned {
        self.pool(n, WAITING)
    }

    fn pool(&self, n: usize, refuse: u64) -> Returned {
        let idle = |word: Word| word.has(CLOSED) && word.has(PARKED) && word.reserved() == n as u64;
        match self.update(|word| {
            let rest = word.unreserve(n);
            (!word.has(refuse)).then(|| if idle(word) { rest.without(PARKED) } else { rest })
        }) {
            Err(_) => Returned::Waited,
            Ok(old) if idle(old) => Returned::Idle,
            Ok(_) => Returned::Pooled,
        }
    }

    // ===== the receiver =====

    /// The head is not to move but by way of the lock.
    #[inline(always)]
    pub(super) fn is_attended(self, head: Position) -> bool {
        // Relaxed: it saves an exchange that would fail.
        self.consumer.word.load(Ordering::Relaxed) != head << HEAD_SHIFT
    }

    #[inline(always)]
    pub(super) fn advance_attended<const CHAINED: bool>(self, _head: Position, _n: usize) {}

    /// Moves the head from `head` by `n`, whose credits are free then. False: it did not, since senders are to be served.
    #[inline]
    pub(super) fn advance<const CHAINED: bool>(self, head: Position, n: usize) -> bool {
        let word = head << HEAD_SHIFT;
        let next = self.consumer.layout.advance_at::<CHAINED, HEAD_SHIFT>(word, n);
        // Release: the slots were emptied before. Pairs with the Acquire loads of the head.
        self.consumer.word.compare_exchange(word, next, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// Moves the head from `head` by `n` and keeps the credits, as spare. `reserved` goes up before `head`, so that no
    /// newcomer sees them free.
    pub(super) fn advance_in_hand(self, head: Position, n: usize) {
        self.keep_copy_young(head);
        self.producers_word().fetch_add(n as u64 * RESERVED_ONE, Ordering::AcqRel);
        let next = self.consumer.layout.advance(head, n) << HEAD_SHIFT;
        // Release as in `advance`. ATTEND may change meanwhile, so the difference is added.
        self.consumer.word.fetch_add(next.wrapping_sub(head << HEAD_SHIFT), Ordering::AcqRel);
    }

    /// What there is at `head`.
    #[inline]
    pub(super) fn look(self, head: Position) -> View {
        Self::view(self.word(), head)
    }

    /// Announces that the receiver's waker is in its cell, which was not announced; the view is of the same moment. From then
    /// on, whoever changes the view clears PARKED and must wake.
    pub(super) fn park(self, head: Position) -> View {
        // It is clear, so it is set by addition, which is one instruction.
        let word = Word(self.producers_word().fetch_add(PARKED, Ordering::AcqRel));
        debug_assert!(!word.has(PARKED));
        Self::view(word, head)
    }

    /// Withdraws that. False: somebody else was faster and is about to take the waker.
    pub(super) fn unpark(self) -> bool {
        Word(self.producers_word().fetch_and(!PARKED, Ordering::AcqRel)).has(PARKED)
    }

    fn view(word: Word, head: Position) -> View {
        if word.tail() != head {
            View::Claimed
        } else if word.has(HANGUP) || word.has(CLOSED) && word.reserved() == 0 {
            View::Finished
        } else {
            View::Empty
        }
    }

    // ===== opening and closing =====

    /// Refuses new credits.
    pub(super) fn close(self) {
        self.producers_word().fetch_or(CLOSED, Ordering::AcqRel);
    }

    /// Refuses new positions too, and gives the last tail.
    pub(super) fn close_for_good(self) -> Position {
        Word(self.producers_word().fetch_or(CLOSED | GONE, Ordering::AcqRel)).tail()
    }

    /// The last sender is gone. True: the parked receiver must be woken.
    pub(super) fn hang_up(self) -> bool {
        let old = self.update(|word| Some(Word(word.0 | HANGUP).without(PARKED)));
        matches!(old, Ok(word) if word.has(PARKED))
    }

    /// The receiver, which is gone for good, has dropped what lay before `head`.
    pub(super) fn drained_to(self, head: Position) {
        // Release pairs with the Acquire loads of the head.
        self.consumer.word.store(head << HEAD_SHIFT, Ordering::Release);
    }

    pub(super) fn is_closed(self) -> bool {
        self.word().has(CLOSED)
    }

    /// True if senders wait.
    #[inline]
    pub(super) fn has_waiting(self) -> bool {
        self.word().has(WAITING)
    }

    pub(super) fn is_hung_up(self) -> bool {
        self.word().has(HANGUP)
    }

    /// Makes the ledger as new but for the position, which goes on. For who has the channel alone.
    pub(super) fn reopen(self) {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        let tail = Word(self.producers_word().load(Ordering::Relaxed)).tail();
        self.producers_word().store(tail << TAIL_SHIFT, Ordering::Relaxed);
        self.head_seen().store(tail << TAIL_SHIFT, Ordering::Relaxed);
        self.consumer.word.store(tail << HEAD_SHIFT, Ordering::Relaxed);
    }

    /// Credits that are neither used by a message nor reserved.
    pub(super) fn free(self) -> usize {
        let head = self.consumer.word.load(Ordering::Acquire) >> HEAD_SHIFT;
        self.room(self.word(), head)
    }

    /// The positions from `head` to the tail are the ring's content.
    pub(super) fn tail(self) -> Position {
        self.word().tail()
    }
}

#[cfg(all(test, not(sakia_loom)))]
mod tests {
    use super::*;

    /// Nobody looks at the copy of the head there, so that only those who give the credits keep it from wrapping.
    fn copy_stays_young(give: impl Fn(Packed<'_>, Position)) {
        let layout = Layout::new(1);
        let ledger = Ledger::new(layout, 1, 1);
        let packed = Packed(&ledger);
        let mut head = packed.claim_next::<false>().unwrap().position;
        assert_eq!(packed.reserve_or_wait(packed.freeze(), 1).unwrap().0, 0);
        for _ in 0..3 * OLD {
            give(packed, head);
            head = packed.claim_reserved::<false>(1).unwrap().position;
            let age = head.wrapping_sub(packed.seen()) & POSITION_MASK;
            assert!(age <= 2 * OLD, "the copy is {age} behind");
        }
    }

    #[test]
    fn the_copy_of_the_head_stays_young_while_all_who_send_wait() {
        copy_stays_young(|packed, head| packed.hand_over(head, false, true));
    }

    #[test]
    fn the_copy_of_the_head_stays_young_while_all_who_send_wait_and_are_given_what_is_free() {
        copy_stays_young(|packed, head| {
            packed.advance_unattended(head);
            assert_eq!(packed.reserve_waited(packed.layout().advance(head, 1), 1, false), 1);
        });
    }
}
