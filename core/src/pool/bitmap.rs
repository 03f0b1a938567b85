//! The pool as a bitmap of its slots and a count of those that are free.
//!
//! ```text
//! [ free: 15 | written: 15 | CLOSED | WAITING ]
//! ```
//!
//! `free` is a semaphore: who has counted it down finds a free slot in the bitmap, since a slot is marked free there
//! before it is counted. `written` is the number of slots that senders have, which is never more than there are. Bit
//! `i % 32` of the link of slot `i / 32` says that slot `i` is in use; so all links are 0 at first.
//!
//! While senders wait there are no free slots: what comes back is dealt out under the waiters' lock. So a newcomer never
//! passes a waiting sender, whatever the overtaking limit: a limit is an upper bound.

use super::{Index, Links, Spare};
use crate::{
    ledger::{Passed, Refused},
    position::Position,
    sync::{
        atomic::{AtomicU32, Ordering},
        const_unless_loom,
    },
};

/// The most slots a pool can have.
pub(crate) const MAX_SLOTS: usize = (1 << COUNT_BITS) - 1;

const WAITING: u32 = 1;
const CLOSED: u32 = 1 << 1;
const COUNT_BITS: u32 = if cfg!(sakia_loom) { 2 } else { 15 };
const COUNT_MASK: u32 = (1 << COUNT_BITS) - 1;
const WRITTEN_SHIFT: u32 = 2;
const WRITTEN: u32 = 1 << WRITTEN_SHIFT;
const FREE_SHIFT: u32 = WRITTEN_SHIFT + COUNT_BITS;
const FREE: u32 = 1 << FREE_SHIFT;

/// What is kept in a slot: a word of the bitmap.
#[derive(Debug)]
pub(crate) struct Link(AtomicU32);

impl Link {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self(AtomicU32::new(0))
        }
    }
}

fn free(word: u32) -> u32 {
    word >> FREE_SHIFT
}

fn written(word: u32) -> u32 {
    word >> WRITTEN_SHIFT & COUNT_MASK
}

/// What a slot that becomes free adds to the word: one that was with a sender changes both counts at once.
fn freed(unsent: bool) -> u32 {
    if unsent { FREE - WRITTEN } else { FREE }
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Pool {
    word: AtomicU32,
    slots: u32,
}

impl Pool {
    const_unless_loom! {
        pub(crate) fn new(slots: usize, _overtaking: u32) -> Self {
            Self { word: AtomicU32::new((slots as u32) << FREE_SHIFT), slots: slots as u32 }
        }
    }

    pub(crate) const fn set_overtaking(&mut self, _overtaking: u32) {}

    pub(crate) fn overtaking(&self) -> u32 {
        0
    }

    // Acquire pairs with the Release half of each read-modify-write of the word.
    fn word(&self) -> u32 {
        self.word.load(Ordering::Acquire)
    }

    /// Replaces the word by what `next` makes of it, until that succeeds or `next` says None; gives the value replaced,
    /// or the one that `next` declined.
    fn update(&self, mut next: impl FnMut(u32) -> Option<u32>) -> Result<u32, u32> {
        let mut old = self.word();
        loop {
            let Some(new) = next(old) else { return Err(old) };
            // Release passes on what was done to a slot that is put back; Acquire as in `word`.
            match self.word.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(old),
                Err(found) => old = found,
            }
        }
    }

    // ===== the bitmap =====

    /// Finds a slot, for who has counted `free` down. There is one; others that look as well may only get at another first,
    /// so each round lost is another's gain.
    fn find(&self, links: Links<'_>) -> Index {
        loop {
            for word in 0..self.slots.div_ceil(u32::BITS) {
                // Relaxed: the exchange below tells.
                let bits = links.get(word).0.load(Ordering::Relaxed);
                let bit = bits.trailing_ones();
                let index = word * u32::BITS + bit;
                // Acquire pairs with the Release in `mark_free`: the slot was emptied.
                if bit < u32::BITS
                    && index < self.slots
                    && links.get(word).0.fetch_or(1 << bit, Ordering::Acquire) & 1 << bit == 0
                {
                    return index;
                }
            }
        }
    }

    fn mark_free(&self, links: Links<'_>, index: Index) {
        // Release pairs with the Acquire in `find`.
        links.get(index / u32::BITS).0.fetch_and(!(1 << (index % u32::BITS)), Ordering::Release);
    }

    // ===== anybody =====

    /// Takes a slot for a sender that does not wait. False with it: nobody was passed, here as always.
    pub(crate) fn take(&self, links: Links<'_>) -> Result<(Index, bool), Refused> {
        let may_take = |word: u32| word & (CLOSED | WAITING) == 0 && free(word) > 0;
        match self.update(|word| may_take(word).then(|| word - FREE + WRITTEN)) {
            Ok(_) => Ok((self.find(links), false)),
            Err(word) if word & CLOSED != 0 => Err(Refused::Closed),
            Err(_) => Err(Refused::Full),
        }
    }

    /// Puts a slot back, for the receiver.
    pub(crate) fn put(&self, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.put_as(false, links, index)
    }

    fn put_as(&self, unsent: bool, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.mark_free(links, index);
        let put = self.update(|word| (word & WAITING == 0).then(|| word + freed(unsent)));
        // Not counted, so there is one more marked free than who counts down will look for.
        put.map(drop).map_err(|_| Spare { index: self.find(links), unsent })
    }

    /// Puts a slot back, for anybody.
    pub(crate) fn put_unwaited(&self, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.put(links, index)
    }

    /// A sender is about to publish the slot that it has. True: the receiver, which waits for those, may have to be told.
    pub(crate) fn published(&self) -> bool {
        self.word.fetch_sub(WRITTEN, Ordering::AcqRel) & CLOSED != 0
    }

    /// Puts back a slot that a sender had and did not publish.
    pub(crate) fn put_unsent(&self, links: Links<'_>, index: Index) -> Result<(), Spare> {
        self.put_as(true, links, index)
    }

    /// No sender has a slot, on a closed channel.
    pub(crate) fn is_settled(&self, _received: Position) -> bool {
        let word = self.word();
        word & CLOSED != 0 && written(word) == 0
    }

    pub(crate) fn close(&self) {
        self.word.fetch_or(CLOSED, Ordering::AcqRel);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.word() & CLOSED != 0
    }

    pub(crate) fn has_waiting(&self) -> bool {
        self.word() & WAITING != 0
    }

    /// The number of free slots.
    pub(crate) fn free(&self, _links: Links<'_>) -> usize {
        free(self.word()) as usize
    }

    /// Makes the pool as new, with all slots in it. For who has the channel alone.
    pub(crate) fn reopen(&self, links: Links<'_>, _received: Position) {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        for index in 0..self.slots {
            links.get(index).0.store(0, Ordering::Relaxed);
        }
        self.word.store(self.slots << FREE_SHIFT, Ordering::Relaxed);
    }
}

/// For who holds the waiters' lock. Nothing waits while slots are free, so most of the stack's care is not needed.
impl Pool {
    /// Takes a slot for the first sender that waits, or announces it as waiting.
    pub(crate) fn take_or_wait(&self, links: Links<'_>) -> Result<(Option<Index>, Passed), Refused> {
        let next = |word: u32| if free(word) == 0 { word | WAITING } else { word - FREE + WRITTEN };
        let old = self.update(|word| (word & CLOSED == 0).then(|| next(word)));
        let word = old.map_err(|_| Refused::Closed)?;
        Ok(((free(word) > 0).then(|| self.find(links)), Passed::NEVER))
    }

    pub(crate) fn take_waited(&self, _links: Links<'_>) -> Option<Index> {
        None
    }

    /// A spare slot goes to a waiting sender.
    pub(crate) fn granted(&self, spare: &Spare) {
        if !spare.unsent {
            self.word.fetch_add(WRITTEN, Ordering::AcqRel);
        }
    }

    /// Puts a spare slot back. The queue is empty or about to be.
    pub(crate) fn put_spare(&self, links: Links<'_>, spare: Spare) {
        self.mark_free(links, spare.index);
        self.word.fetch_add(freed(spare.unsent), Ordering::AcqRel);
    }

    pub(crate) fn open(&self) {}

    /// The queue is empty.
    pub(crate) fn none_waits(&self) {
        self.word.fetch_and(!WAITING, Ordering::AcqRel);
    }

    pub(crate) fn is_barred(&self) -> bool {
        true
    }

    pub(crate) fn mark(&self) -> Passed {
        Passed::NEVER
    }

    pub(crate) fn set_limit(&self, _first: Passed) {}
}
