//! See [`crate::patience`].

use super::Again;
use crate::sync::{
    atomic::{AtomicU8, AtomicU16, AtomicU32, Ordering},
    spin,
};
use core::cell::Cell;

/// For how many pauses one looks again by each bit of luck: half a microsecond or so, less than it takes to sleep and to be
/// woken.
const SHORT: u32 = 16;
/// The most luck: some microseconds, spent once, in the wait that ends it.
const MAX_LUCK: u8 = 15;
/// How much luck in a row makes good for what was in vain before.
const ENOUGH_LUCK: u8 = 4;
/// That of a new channel. Its first waits do not look: it may be one of many, and for a few messages.
const FIRST_GAP: u8 = 5;
/// The largest gap where waits are on several threads.
const SOON: u8 = 6;
/// The largest gap.
const MAX_GAP: u8 = 12;
/// After how many finds on a thread it is the turn of other tasks.
pub(crate) const MAX_FOUND: u8 = 128;
/// The most pauses before a look.
const MAX_STRIDE: usize = SHORT as usize;

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Patience {
    /// On which thread the last wait was that did not look.
    thread: AtomicU32,
    /// How many waits are to go by before one looks again.
    skip: AtomicU16,
    /// A [`Fortune`].
    fortune: AtomicU8,
    /// How many pauses come before each look. 0: nobody looks.
    stride: AtomicU8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Fortune {
    /// How many looks in a row have found something.
    luck: u8,
    /// How many that were not followed by enough luck have not, about.
    gap: u8,
}

impl Fortune {
    const fn new(luck: u8, gap: u8) -> Self {
        Self { luck, gap }
    }

    const fn to_byte(self) -> u8 {
        self.luck << 4 | self.gap
    }

    fn of_byte(byte: u8) -> Self {
        Self { luck: byte >> 4, gap: byte & 0xF }
    }

    /// How many waits go by before the next look. An even number: of two who wait in turn, it is not always the same that looks.
    const fn skip(self) -> u16 {
        if self.luck > 0 { 0 } else { (1 << self.gap) - 2 }
    }

    /// For how many pauses to look.
    fn pauses(self) -> u32 {
        SHORT * u32::from(self.luck.max(1))
    }

    /// What it is after a look that has `found` something, or not.
    fn after(self, found: bool) -> Self {
        match found {
            true if self.luck < ENOUGH_LUCK => Self { luck: self.luck + 1, ..self },
            true => Self { luck: (self.luck + 1).min(MAX_LUCK), gap: 1 },
            false => Self { luck: 0, gap: (self.gap + 1).min(MAX_GAP) },
        }
    }
}

std::thread_local! {
    /// How many looks on this thread have found something since one has yielded. Its address is a name of the thread.
    static FOUND: Cell<u8> = const { Cell::new(0) };
}

/// A thread that is ending, whose name is gone, is no other than another that is.
fn this_thread() -> u32 {
    // Cut off: that two threads have the same name is harmless.
    FOUND.try_with(|found| (found as *const Cell<u8>).addr() as u32).unwrap_or(0)
}

// Relaxed everywhere: the state is a guess, and a change that is lost makes it no worse.
impl Patience {
    /// Of a channel with room for `bound` messages.
    pub(crate) const fn new(bound: usize) -> Self {
        let stride = if bound < 8 {
            1
        } else if bound / 4 < MAX_STRIDE {
            bound / 4
        } else {
            MAX_STRIDE
        };
        Self {
            thread: AtomicU32::new(0),
            skip: AtomicU16::new(Fortune::new(0, FIRST_GAP).skip()),
            fortune: AtomicU8::new(Fortune::new(0, FIRST_GAP).to_byte()),
            stride: AtomicU8::new(stride as u8),
        }
    }

    /// With this, nobody looks again.
    pub(crate) const fn lost() -> Self {
        Self { stride: AtomicU8::new(0), ..Self::new(1) }
    }

    /// The next wait does not look: what it waits for is up to one that was just woken, perhaps to run on this very thread.
    #[inline]
    pub(crate) fn pass_over(&self) {
        if self.skip.load(Ordering::Relaxed) == 0 {
            self.skip.store(1, Ordering::Relaxed);
        }
    }

    /// From now on, nobody looks again.
    pub(crate) fn lose(&self) {
        self.stride.store(0, Ordering::Relaxed);
    }

    /// One has to wait: whether to look again first.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        let skip = self.skip.load(Ordering::Relaxed);
        if skip == 0 {
            return self.stride.load(Ordering::Relaxed) != 0;
        }
        self.skip.store(skip - 1, Ordering::Relaxed);
        let thread = this_thread();
        if self.thread.load(Ordering::Relaxed) != thread {
            self.look_soon(thread);
        }
        false
    }

    /// A wait is on another thread than the last.
    #[cold]
    fn look_soon(&self, thread: u32) {
        self.thread.store(thread, Ordering::Relaxed);
        if Fortune::of_byte(self.fortune.load(Ordering::Relaxed)).gap > SOON {
            self.fortune.store(Fortune::new(0, SOON).to_byte(), Ordering::Relaxed);
        }
        let soon = Fortune::new(0, SOON).skip();
        if self.skip.load(Ordering::Relaxed) > soon {
            self.skip.store(soon, Ordering::Relaxed);
        }
    }

    /// Looks again, which is due. Bounded.
    #[cold]
    #[inline(never)]
    pub(crate) fn look_again<T>(&self, look: impl FnMut() -> Option<T>) -> Again<T> {
        let Ok(count) = FOUND.try_with(Cell::get) else { return Again::Nothing };
        if count == MAX_FOUND {
            FOUND.set(0);
            return Again::Yield;
        }
        match self.find(look) {
            Some(found) => {
                FOUND.set(count + 1);
                Again::Found(found)
            }
            None => Again::Nothing,
        }
    }

    fn find<T>(&self, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        let fortune = Fortune::of_byte(self.fortune.load(Ordering::Relaxed));
        let stride = u32::from(self.stride.load(Ordering::Relaxed));
        // With patience lost, no look is due, and this is not called.
        let looks = fortune.pauses().checked_div(stride)?;
        let found = (0..looks).find_map(|_| {
            (0..stride).for_each(|_| spin());
            look()
        });
        let next = fortune.after(found.is_some());
        // Nothing is written while luck lasts.
        if next != fortune {
            self.fortune.store(next.to_byte(), Ordering::Relaxed);
        }
        if next.skip() != self.skip.load(Ordering::Relaxed) {
            self.skip.store(next.skip(), Ordering::Relaxed);
        }
        found
    }
}

/// As if so much had been found on this thread that who looks next yields.
#[cfg(test)]
pub(crate) fn has_found_much() {
    FOUND.set(MAX_FOUND);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread, vec::Vec};

    /// How often each of `waits` waits looks, where it is found at once, or never.
    fn looks(patience: &Patience, waits: u16, found: bool) -> Vec<u32> {
        let looks_once = |_| {
            let mut looks = 0;
            let look = || {
                looks += 1;
                found.then_some(())
            };
            FOUND.set(0);
            let outcome = if patience.is_due() { patience.look_again(look) } else { Again::Nothing };
            assert_eq!(outcome == Again::Found(()), found && looks > 0);
            looks
        };
        (0..waits).map(looks_once).collect()
    }

    /// Lets waits go by that do not look.
    fn skip(patience: &Patience, waits: u16) {
        assert_eq!(looks(patience, waits, true), [0].repeat(waits.into()));
    }

    #[test]
    fn who_looks_in_vain_looks_ever_more_rarely() {
        let patience = Patience::new(1);
        skip(&patience, 30);
        for gap in (6..=12).chain([12; 3]) {
            assert_eq!(looks(&patience, 1, false), [16]);
            skip(&patience, (1 << gap) - 2);
        }
    }

    #[test]
    fn who_finds_looks_each_time_and_the_look_that_ends_that_is_in_proportion() {
        for (found, last, gap) in [(1, 16, 6), (2, 32, 6), (4, 64, 6), (5, 80, 2), (15, 240, 2), (1_000, 240, 2)] {
            let patience = Patience::new(1);
            skip(&patience, 30);
            assert_eq!(looks(&patience, found, true), [1].repeat(found.into()));
            assert_eq!(looks(&patience, 1, false), [last]);
            skip(&patience, (1 << gap) - 2);
            assert_eq!(looks(&patience, 1, false), [16]);
        }
    }

    #[test]
    fn who_finds_as_often_as_not_looks_ever_more_rarely() {
        let patience = Patience::new(1);
        skip(&patience, 30);
        for gap in (6..=12).chain([12; 3]) {
            assert_eq!(looks(&patience, 1, true), [1]);
            assert_eq!(looks(&patience, 1, false), [16]);
            skip(&patience, (1 << gap) - 2);
        }
    }

    #[test]
    fn a_wait_on_another_thread_brings_the_next_look_nearer() {
        let patience = Patience::new(1);
        while patience.skip.load(Ordering::Relaxed) < 1_000 {
            looks(&patience, 1, false);
        }
        let waits = thread::scope(|scope| scope.spawn(|| looks(&patience, 100, true)).join().unwrap());
        assert_eq!(
            waits.iter().position(|&looks| looks > 0),
            Some(1 + 62),
            "the one that finds out, and what it leaves"
        );
    }

    #[test]
    fn a_wait_that_is_passed_over_does_not_look_and_luck_lasts() {
        let patience = Patience::new(1);
        skip(&patience, 30);
        looks(&patience, 100, true);
        patience.pass_over();
        skip(&patience, 1);
        assert_eq!(looks(&patience, 1, false), [240]);
    }

    #[test]
    fn who_has_found_often_yields_once() {
        let patience = Patience::new(1);
        skip(&patience, 30);
        FOUND.set(0);
        let outcomes: Vec<_> = (0..300).map(|_| patience.look_again(|| Some(()))).collect();
        let yields = |&(_, outcome): &(usize, &Again<()>)| *outcome == Again::Yield;
        let yields: Vec<_> = outcomes.iter().enumerate().filter(yields).map(|(at, _)| at).collect();
        assert_eq!(yields, [128, 128 + 129]);
        assert!(outcomes.iter().all(|outcome| *outcome != Again::Nothing));
    }

    #[test]
    fn the_more_room_the_rarer_are_the_looks_of_one_wait() {
        for (bound, expected) in [(1, 16), (7, 16), (8, 8), (12, 5), (64, 1), (usize::MAX / 2, 1), (usize::MAX, 1)] {
            let patience = Patience::new(bound);
            skip(&patience, 30);
            assert_eq!(looks(&patience, 1, false), [expected], "{bound}");
        }
    }

    #[test]
    fn who_has_lost_patience_never_looks() {
        let patience = Patience::new(1);
        patience.lose();
        skip(&patience, 1_000);
        skip(&Patience::lost(), 1_000);
    }
}
