//! Where messages are published, when who publishes has a slot in hand already: positions are claimed and nothing is
//! counted.
//!
//! ```text
//! [ tail | HANGUP | GONE | PARKED ]
//! ```
//!
//! | bit | set by | cleared by | means |
//! |---|---|---|---|
//! | PARKED | the parking receiver | whoever takes over waking it | the receiver's waker is in its cell |
//! | GONE | dropped receiver | - | nothing may be published any more |
//! | HANGUP | last sender | - | nothing will come any more |
//!
//! A claim takes nothing from the word but the position that it moves, so it does not matter how long the claimer slept.

use crate::{
    ledger::Claim,
    position::{AtomicPosition, Layout, POSITION_BITS, Position},
    sync::{self, atomic::Ordering, const_unless_loom},
};

const PARKED: Position = 1;
const GONE: Position = 1 << 1;
const HANGUP: Position = 1 << 2;
const SHIFT: u32 = 3;
const FLAGS: Position = (1 << SHIFT) - 1;
const _: () = assert!(SHIFT + POSITION_BITS <= Position::BITS);

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Tail {
    word: AtomicPosition,
    layout: Layout,
}

/// The first value of the word.
pub(crate) const fn first(layout: Layout) -> Position {
    layout.first() << SHIFT
}

/// A value of the word.
#[derive(Clone, Copy)]
pub(crate) struct View(pub(crate) Position);

impl View {
    /// The next position that will be claimed.
    #[inline(always)]
    pub(crate) fn position(self) -> Position {
        self.0 >> SHIFT
    }

    pub(crate) fn is_hung_up(self) -> bool {
        self.0 & HANGUP != 0
    }

    pub(crate) fn is_gone(self) -> bool {
        self.0 & GONE != 0
    }
}

// AcqRel for each change and Acquire for each load: all changes are read-modify-writes, so whoever acquires the word sees
// what came before (a slot emptied before it was claimed again, a waker stored before PARKED was set).
impl Tail {
    const_unless_loom! {
        pub(crate) fn new(layout: Layout) -> Self {
            Self::starting(first(layout), layout)
        }
    }

    const_unless_loom! {
        /// For who keeps more in the word than is said here, and uses it by [`Self::word`] alone.
        pub(crate) fn starting(word: Position, layout: Layout) -> Self {
            Self { word: AtomicPosition::new(word), layout }
        }
    }

    /// What [`Self::starting`] is for: a ledger that counts in the word, or has no bound.
    #[cfg(any(feature = "alloc", all(target_has_atomic = "64", not(sakia_narrow))))]
    #[inline(always)]
    pub(crate) fn word(&self) -> &AtomicPosition {
        &self.word
    }

    #[inline(always)]
    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// Replaces the word by what `next` makes of it, until that succeeds or `next` says None; gives the value replaced.
    #[inline(always)]
    fn update(&self, mut next: impl FnMut(Position) -> Option<Position>) -> Option<Position> {
        let old = self.word.load(Ordering::Acquire);
        match self.word.compare_exchange_weak(old, next(old)?, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Some(old),
            Err(found) => self.update_later(found, next),
        }
    }

    /// The same, for whom another was faster.
    #[cold]
    #[inline(never)]
    fn update_later(
        &self,
        mut found: Position,
        mut next: impl FnMut(Position) -> Option<Position>,
    ) -> Option<Position> {
        loop {
            let old = sync::back_off_from(found, || self.word.load(Ordering::Acquire));
            match self.word.compare_exchange_weak(old, next(old)?, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(old),
                Err(other) => found = other,
            }
        }
    }

    /// Takes `n` positions in a row, CHAINED: of an endless layout. None: the receiver is gone, and nothing may be written.
    #[inline(always)]
    pub(crate) fn claim<const CHAINED: bool>(&self, n: usize) -> Option<Claim> {
        let old = self.update(|word| {
            let next = self.layout.advance_in::<CHAINED>(word >> SHIFT, n) << SHIFT;
            (word & GONE == 0).then_some(next | word & FLAGS & !PARKED)
        })?;
        Some(Claim { position: old >> SHIFT, wake: old & PARKED != 0, passed: false })
    }

    pub(crate) fn view(&self) -> View {
        View(self.word.load(Ordering::Acquire))
    }

    /// Announces that the receiver's waker is in its cell, which was not announced; the view is of the same moment. From then
    /// on, whoever changes it clears PARKED and must wake.
    pub(crate) fn park(&self) -> View {
        // It is clear, so it is set by addition, which is one instruction.
        let word = self.word.fetch_add(PARKED, Ordering::AcqRel);
        debug_assert!(word & PARKED == 0);
        View(word)
    }

    /// Withdraws that. False: somebody else was faster and is about to take the waker.
    pub(crate) fn unpark(&self) -> bool {
        self.word.fetch_and(!PARKED, Ordering::AcqRel) & PARKED != 0
    }

    /// Refuses new positions, and gives the last one.
    pub(crate) fn close_for_good(&self) -> Position {
        self.word.fetch_or(GONE, Ordering::AcqRel) >> SHIFT
    }

    /// The last sender is gone. True: the parked receiver must be woken.
    pub(crate) fn hang_up(&self) -> bool {
        let old = self.update(|word| Some((word | HANGUP) & !PARKED));
        old.is_some_and(|word| word & PARKED != 0)
    }

    /// Makes the tail as new but for the position, which goes on. For who has the channel alone.
    pub(crate) fn reopen(&self) -> Position {
        // Relaxed: nobody else is there; handles to come are handed out after this.
        let position = self.word.load(Ordering::Relaxed) >> SHIFT;
        self.word.store(position << SHIFT, Ordering::Relaxed);
        position
    }
}
