//! The pool as a stack, linked through the slots (R. K. Treiber, "Systems Programming: Coping with Parallelism", 1986).
//!
//! ```text
//! [ tag: 37 | top: 24 | ATTEND | CLOSED | WAITING ]
//! ```
//!
//! | bit | set by | cleared by | means |
//! |---|---|---|---|
//! | WAITING | lock holder | lock holder | the queue of senders is not empty |
//! | CLOSED | receiver | - | no slot is taken any more |
//! | ATTEND | lock holder, who finds no slot | lock holder | slots come back only by way of the lock |
//!
//! `top` is the capacity when the stack is empty. The tag counts the slots ever taken. For a compare-exchange to be fooled
//! into linking in a stale `next`, its slot must have been taken and put back between, so a taker would have to
//! sleep while others take 2^37 slots (ten minutes at 5 ns each) to the slot, with the same slot on top.
//!
//! # Overtaking
//! While senders wait, newcomers may take slots until the tag reaches `limit`: as many as the channel allows since the
//! longest waiting sender began to wait, not counting those that waiting senders took (`bias`). `limit` never goes
//! down, and is raised before WAITING is set, so a newcomer that reads an old one only waits needlessly.

use super::{Index, Links, Spare};
use crate::{
    ledger::{Passed, Refused},
    position::Position,
    sync::{
        self,
        atomic::{AtomicU64, Ordering},
        const_unless_loom,
    },
};

/// The most slots a pool can have.
pub(crate) const MAX_SLOTS: usize = crate::position::MAX_SLOTS;

const WAITING: u64 = 1;
const CLOSED: u64 = 1 << 1;
const ATTEND: u64 = 1 << 2;
const TOP_SHIFT: u32 = 3;
const TOP_BITS: u32 = 24;
const TOP_MASK: u64 = ((1 << TOP_BITS) - 1) << TOP_SHIFT;
const TAG_SHIFT: u32 = TOP_SHIFT + TOP_BITS;
const TAG_MASK: u64 = u64::MAX >> TAG_SHIFT;
const _: () = assert!(MAX_SLOTS < 1 << TOP_BITS);

/// What is kept in a slot: `[ depth: 32 | next: 32 ]`, how many slots the stack has from this one down and which is the next,
/// both less what they are at first, when every slot is followed by its neighbour: so all links are 0 then.
#[derive(Debug)]
pub(crate) struct Link(AtomicU64);

impl Link {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self(AtomicU64::new(0))
        }
    }
}

/// A value of the word.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word(u64);

impl Word {
    #[inline(always)]
    fn top(self) -> Index {
        ((self.0 & TOP_MASK) >> TOP_SHIFT) as Index
    }

    #[inline(always)]
    fn tag(self) -> u64 {
        self.0 >> TAG_SHIFT
    }

    #[inline(always)]
    fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }

    #[inline(always)]
    fn with_top(self, top: Index) -> Self {
        Self(self.0 & !TOP_MASK | (top as u64) << TOP_SHIFT)
    }

    /// With the top taken, and `next` in its place. The tag is in the highest bits, so that a carry falls off.
    #[inline(always)]
    fn taken(self, next: Index) -> Self {
        Self(self.with_top(next).0.wrapping_add(1 << TAG_SHIFT))
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Pool {
    word: AtomicU64,
    /// The tag from which newcomers are stopped while senders wait. Written under the waiters' lock.
    limit: AtomicU64,
    /// Slots that waiting senders took from the stack. Only touched under the waiters' lock.
    bias: AtomicU64,
    /// Slots that senders got without the tag counting them, less those that they gave back.
    uncounted: AtomicU64,
    slots: u32,
    overtaking: u32,
}

impl Pool {
    const_unless_loom! {
        pub(crate) fn new(slots: usize, overtaking: u32) -> Self {
            Self {
                word: AtomicU64::new(0),
                limit: AtomicU64::new(0),
                bias: AtomicU64::new(0),
                uncounted: AtomicU64::new(0),
                slots: slots as u32,
                overtaking,
            }
        }
    }

    pub(crate) const fn set_overtaking(&mut self, overtaking: u32) {
        self.overtaking = overtaking;
    }

    pub(crate) fn overtaking(&self) -> u32 {
        self.overtaking
    }

    // Acquire pairs with the Release half of each read-modify-write of the word: the links and the slots' contents that
    // were written before are seen.
    #[inline(always)]
    fn word(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// One try to replace `old`; false if that failed. Release passes on the links and contents of slots that are put back;
    /// Acquire as in `word`.
    #[inline(always)]
    fn exchange(&self, old: Word, new: Word) -> bool {
        self.word.compare_exchange_weak(old.0, new.0, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Replaces the word by what `next` makes of it, until that succeeds or `next` says None; gives the value replaced,
    /// or the one that `next` declined.
    fn update(&self, mut next: impl FnMut(Word) -> Option<Word>) -> Result<Word, Word> {
        loop {
            let old = self.word();
            let Some(new) = next(old) else { return Err(old) };
            if self.exchange(old, new) {
                return Ok(old);
            }
        }
    }

    // ===== the stack =====

    #[inline(always)]
    fn is_empty(&self, word: Word) -> bool {
        word.top() == self.slots
    }

    /// The word without its top slot. What is read of the links is right if the word is unchanged.
    #[inline(always)]
    fn pop(&self, word: Word, links: Links<'_>) -> Word {
        // Relaxed: written before the slot was put on top, which the word's Acquire saw.
        let link = links.get(word.top()).0.load(Ordering::Relaxed);
        word.taken((word.top() + 1).wrapping_add(link as u32))
    }

    /// The word with `index` on top, which is linked in.
    #[inline(always)]
    fn push(&self, word: Word, links: Links<'_>, index: Index) -> Word {
        let depth = self.depth(word, links) + 1;
        let (depth, next) = (depth.wrapping_sub(self.slots - index), word.top().wrapping_sub(index + 1));
        // Relaxed: published by the exchange of the word.
        links.get(index).0.store((depth as u64) << 32 | next as u64, Ordering::Relaxed);
        word.with_top(index)
    }

    /// The number of slots in the stack, if the word is unchanged.
    #[inline(always)]
    fn depth(&self, word: Word, links: Links<'_>) -> u32 {
        let top = word.top();
        // Relaxed: as in `pop`.
        let stored = || (links.get(top).0.load(Ordering::Relaxed) >> 32) as u32;
        if self.is_empty(word) { 0 } else { (self.slots - top).wrapping_add(stored()) }
    }

    // ===== anybody =====

    /// Takes a slot for a sender that does not wait. True with it: senders wait, and we have passed them.
    #[inline(always)]
    pub(crate) fn take(&self, links: Links<'_>) -> Result<(Index, bool), Refused> {
        self.try_take(links).unwrap_or_else(|| self.take_later(links))
    }

    /// One try. None: the exchange has failed.
    #[inline(always)]
    fn try_take(&self, links: Links<'_>) -> Option<Result<(Index, bool), Refused>> {
        let word = self.word();
        if word.has(CLOSED) {
            return Some(Err(Refused::Closed));
        }
        if self.is_empty(word) || word.has(WAITING) && !self.may_overtake(word) {
            return Some(Err(Refused::Full));
        }
        self.exchange(word, self.pop(word, links)).then(|| Ok((word.top(), word.has(WAITING))))
    }

    #[cold]
    #[inline(never)]
    fn take_later(&self, links: Links<'_>) -> Result<(Index, bool), Refused> {
        loop {
            sync::back_off();
            if let Some(outcome) = self.try_take(links) {
                return outcome;
            }
        }
    }

    /// Puts a slot back, for the receiver: it looks after senders whose turn is late.
    #[inline]
    pub(crate) fn put(&self, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.put_unless(ATTEND, links, index)
    }

    /// Puts a slot back, for anybody.
    #[inline]
    pub(crate) fn put_unwaited(&self, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.put_unless(WAITING, links, index)
    }

    #[inline(always)]
    fn put_unless(&self, refuse: u64, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.try_put(refuse, links, index).unwrap_or_else(|| self.put_later(refuse, links, index))
    }

    /// One try. None: the exchange has failed.
    #[inline(always)]
    fn try_put(&self, refuse: u64, links: Links<'_>, index: Index) -> Option<Result<(), Spare>> {
        let word = self.word();
        if word.has(refuse) {
            return Some(Err(Spare { index, unsent: false }));
        }
        self.exchange(word, self.push(word, links, index)).then_some(Ok(()))
    }

    #[cold]
    #[inline(never)]
    fn put_later(&self, refuse: u64, links: Links<'_>, index: Index) -> Result<(), Spare> {
        loop {
            sync::back_off();
            if let Some(outcome) = self.try_put(refuse, links, index) {
                return outcome;
            }
        }
    }

    /// Puts back a slot that a sender had and did not publish.
    pub(crate) fn put_unsent(&self, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.put_unwaited(links, index).map_err(|spare| Spare { unsent: true, ..spare })?;
        self.unsent();
        Ok(())
    }

    /// A slot that was with a sender is in the stack again, and not before: a closed channel that is settled has all its
    /// slots.
    fn unsent(&self) {
        // AcqRel, as all of this count's changes: `is_settled` by who comes after sees what came before.
        self.uncounted.fetch_sub(1, Ordering::AcqRel);
    }

    /// A sender is about to publish the slot that it has. True: the receiver may have to be told.
    #[inline(always)]
    pub(crate) fn published(&self) -> bool {
        false
    }

    /// No sender has a slot, on a closed channel of which the receiver has received `received` messages and no more are queued.
    pub(crate) fn is_settled(&self, received: Position) -> bool {
        let word = self.word();
        // Acquire pairs with `unsent` and `granted`. Closed, slots are neither taken nor granted: the count only falls.
        let uncounted = self.uncounted.load(Ordering::Acquire);
        let taken = word.tag().wrapping_add(uncounted);
        word.has(CLOSED) && taken.wrapping_sub(received) & TAG_MASK == 0
    }

    pub(crate) fn close(&self) {
        self.word.fetch_or(CLOSED, Ordering::AcqRel);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.word().has(CLOSED)
    }

    pub(crate) fn has_waiting(&self) -> bool {
        self.word().has(WAITING)
    }

    /// The number of free slots.
    pub(crate) fn free(&self, links: Links<'_>) -> usize {
        let mut word = self.word();
        loop {
            let depth = self.depth(word, links);
            let again = self.word();
            if again == word {
                return depth as usize;
            }
            word = again;
        }
    }

    /// Makes the pool as new, with all slots in it; `received` as in [`Self::is_settled`]. For who has the channel alone.
    pub(crate) fn reopen(&self, links: Links<'_>, received: Position) {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        for index in 0..self.slots {
            links.get(index).0.store(0, Ordering::Relaxed);
        }
        let tag = Word(self.word.load(Ordering::Relaxed)).tag();
        self.word.store(tag << TAG_SHIFT, Ordering::Relaxed);
        self.uncounted.store(received.wrapping_sub(tag), Ordering::Relaxed);
    }

    fn may_overtake(&self, word: Word) -> bool {
        self.overtaking > 0 && self.left(word) > 0
    }

    /// How many slots newcomers may still take past the senders that wait.
    fn left(&self, word: Word) -> u64 {
        // Acquire pairs with the Release in `set_limit`.
        let left = self.limit.load(Ordering::Acquire).wrapping_sub(word.tag()) & TAG_MASK;
        if left > TAG_MASK / 2 { 0 } else { left }
    }
}

/// For who holds the waiters' lock.
impl Pool {
    /// Takes a slot for the first sender that waits, or announces it as waiting.
    pub(crate) fn take_or_wait(&self, links: Links<'_>) -> Result<(Option<Index>, Passed), Refused> {
        let mut mark = Passed::NEVER;
        let old = self.update(|word| {
            mark = self.unbiased(word);
            self.set_limit(mark);
            let next = || if self.is_empty(word) { Word(word.0 | WAITING | ATTEND) } else { self.pop(word, links) };
            (!word.has(CLOSED)).then(next)
        });
        let word = old.map_err(|_| Refused::Closed)?;
        Ok(((!self.is_empty(word)).then_some(word.top()), mark))
    }

    /// Takes a slot for the longest waiting sender. None: who puts one back comes by way of the lock.
    pub(crate) fn take_waited(&self, links: Links<'_>) -> Option<Index> {
        let next = |word: Word| if self.is_empty(word) { Word(word.0 | ATTEND) } else { self.pop(word, links) };
        let (Ok(word) | Err(word)) = self.update(|word| Some(next(word)));
        (!self.is_empty(word)).then(|| {
            // Relaxed: under the lock.
            self.bias.store(self.bias.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
            word.top()
        })
    }

    /// A spare slot goes to a waiting sender.
    pub(crate) fn granted(&self, spare: &Spare) {
        if !spare.unsent {
            // AcqRel: see `unsent`.
            self.uncounted.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Puts a spare slot back although senders wait.
    pub(crate) fn put_spare(&self, links: Links<'_>, spare: Spare) {
        let _ = self.update(|word| Some(self.push(word, links, spare.index)));
        if spare.unsent {
            self.unsent();
        }
    }

    /// Lets slots come back without the lock, although senders wait.
    pub(crate) fn open(&self) {
        // Only lock holders change ATTEND.
        if self.word().has(ATTEND) {
            self.word.fetch_and(!ATTEND, Ordering::AcqRel);
        }
    }

    /// The queue is empty.
    pub(crate) fn none_waits(&self) {
        // Only lock holders change these.
        if self.word().has(WAITING | ATTEND) {
            self.word.fetch_and(!(WAITING | ATTEND), Ordering::AcqRel);
        }
    }

    /// True if newcomers are stopped, so that waiting senders get all that comes back.
    pub(crate) fn is_barred(&self) -> bool {
        !self.may_overtake(self.word())
    }

    /// The mark for a sender that starts to wait now, behind others.
    pub(crate) fn mark(&self) -> Passed {
        self.unbiased(self.word())
    }

    fn unbiased(&self, word: Word) -> Passed {
        Passed::at(word.tag().wrapping_sub(self.bias.load(Ordering::Relaxed)))
    }

    /// Makes `first` the mark by which newcomers are stopped.
    pub(crate) fn set_limit(&self, first: Passed) {
        let limit = first.count.wrapping_add(self.bias.load(Ordering::Relaxed)).wrapping_add(self.overtaking as u64);
        // Release pairs with the Acquire in `left`.
        self.limit.store(limit, Ordering::Release);
    }
}
