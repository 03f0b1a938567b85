//! Positions: where in the endless sequence of messages a message stands, and which slot that is.
//!
//! A position is `{ lap, index }`: the index names a slot (`0 .. capacity`), the lap counts the turns of the wheel and
//! sits in the bits above. So the capacity is exact and any number, the storage has no slot more, and no division is
//! needed to find a slot. When the lap overflows its bits it starts again at zero; the arithmetic here is modulo that.

#[cfg(target_pointer_width = "16")]
compile_error!("sakia needs pointers of 32 bits at the least");

/// The machine word that holds a position.
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
pub(crate) type Position = u64;
/// The machine word that holds a position.
#[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
pub(crate) type Position = u32;

/// An atomic machine word of that size.
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
pub(crate) type AtomicPosition = crate::sync::atomic::AtomicU64;
/// An atomic machine word of that size.
#[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
pub(crate) type AtomicPosition = crate::sync::atomic::AtomicU32;

/// Bits of a position. Loom's are few, so that its models pass the wrap-around.
pub(crate) const POSITION_BITS: u32 = if cfg!(sakia_loom) {
    4
} else if cfg!(all(target_has_atomic = "64", not(sakia_narrow))) {
    35
} else {
    29
};

/// All bits that a position can have.
pub(crate) const POSITION_MASK: Position = (1 << POSITION_BITS) - 1;

/// The largest number of slots in a ring, and of credits that are counted beside a position in one word.
pub(crate) const MAX_SLOTS: usize = if cfg!(sakia_loom) { 3 } else { (1 << 23) - 1 };

/// Bits of an index that no ring has: see [`Layout::endless`].
const ENDLESS_BITS: u32 = if POSITION_BITS > 31 { 31 } else { POSITION_BITS - 1 };

/// What is written beside a message to publish it (see [`crate::ring`]).
pub(crate) type Stamp = u32;

/// How positions are made up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Slots in the ring.
    slots: u32,
    /// What must be added to an index that reached `slots` to carry into the lap.
    gap: u32,
    /// The bits of a position that are its index.
    mask: u32,
}

impl Layout {
    /// For a ring of that many slots.
    pub(crate) const fn new(slots: usize) -> Self {
        assert!(slots > 0 && slots <= MAX_SLOTS);
        let laps = slots.next_power_of_two();
        Self { slots: slots as u32, gap: (laps - slots) as u32, mask: (laps - 1) as u32 }
    }

    /// For messages in a chain of blocks (see [`crate::chain`]): positions follow each other without a gap.
    #[cfg(feature = "alloc")]
    pub(crate) const fn endless() -> Self {
        Self { slots: 1 << ENDLESS_BITS, gap: 0, mask: (1 << ENDLESS_BITS) - 1 }
    }

    /// False: for a ring.
    #[inline(always)]
    pub(crate) const fn is_endless(self) -> bool {
        self.slots == 1 << ENDLESS_BITS
    }

    #[inline(always)]
    pub(crate) const fn slots(self) -> usize {
        self.slots as usize
    }

    /// The first position: lap 1, since a slot that was never written carries the stamp of lap 0.
    pub(crate) const fn first(self) -> Position {
        if cfg!(all(sakia_near_wrap, not(sakia_loom))) { self.near_wrap() } else { self.mask as Position + 1 }
    }

    /// Where tests start with `sakia_near_wrap`: two laps before the wrap-around, or few messages where laps are endless.
    const fn near_wrap(self) -> Position {
        let before = if self.is_endless() { 1 << 6 } else { 2 * (self.mask as Position + 1) };
        (POSITION_MASK + 1 - before) & POSITION_MASK
    }

    /// The slot of `position`.
    #[inline(always)]
    pub(crate) const fn index(self, position: Position) -> usize {
        (position & self.mask as Position) as usize
    }

    /// The stamp of a message published at `position`: the position itself, above the mark bit. Of its lap the eight low
    /// bits fit in at the least, and laps that follow each other differ in them.
    #[inline(always)]
    pub(crate) const fn stamp(self, position: Position) -> Stamp {
        (position as Stamp) << 1
    }

    /// The position `n` messages after `position`, `n` at most the number of slots.
    #[inline(always)]
    pub(crate) const fn advance(self, position: Position, n: usize) -> Position {
        debug_assert!(n <= self.slots());
        let next = position.wrapping_add(n as Position);
        if self.index(position) + n >= self.slots() { self.carry(next) } else { next }
    }

    /// As [`Self::advance`]; CHAINED: the layout is endless, and need not be asked.
    #[inline(always)]
    pub(crate) const fn advance_in<const CHAINED: bool>(self, position: Position, n: usize) -> Position {
        debug_assert!(!CHAINED || self.is_endless());
        if CHAINED { position.wrapping_add(n as Position) & POSITION_MASK } else { self.advance(position, n) }
    }

    /// Out of line, so that the usual case is a branch that is foreseen, not one more step that all wait for.
    #[cold]
    const fn carry(self, next: Position) -> Position {
        next.wrapping_add(self.gap as Position) & POSITION_MASK
    }

    /// How many messages lie from `from` to `to`, exact up to the number of slots; a number above that where they are
    /// further apart or `to` lies before `from` (both were read while others move them).
    #[inline(always)]
    pub(crate) const fn distance(self, from: Position, to: Position) -> u64 {
        let raw = to.wrapping_sub(from) & POSITION_MASK;
        let gap = if (to ^ from) & !(self.mask as Position) == 0 { 0 } else { self.gap as Position };
        let distance = raw.wrapping_sub(gap);
        #[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
        let distance = distance as u64;
        distance
    }
}

#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
impl Layout {
    /// As [`Self::advance_in`], of the position in the bits of `word` from SHIFT on, which it has to itself; those below stay.
    ///
    /// Within a lap that is an addition: the exchange that follows has to wait for nothing more.
    #[inline(always)]
    pub(crate) const fn advance_at<const CHAINED: bool, const SHIFT: u32>(self, word: u64, n: usize) -> u64 {
        debug_assert!(!CHAINED || self.is_endless());
        let position = word >> SHIFT;
        let next = word.wrapping_add((n as u64) << SHIFT);
        if CHAINED {
            next & (POSITION_MASK << SHIFT | ((1 << SHIFT) - 1))
        } else if self.index(position) + n >= self.slots() {
            self.advance(position, n) << SHIFT | word & ((1 << SHIFT) - 1)
        } else {
            next
        }
    }

    /// How far ahead of a position the next has its slot, less one.
    #[inline(always)]
    pub(crate) const fn mask(self) -> Position {
        self.mask as Position
    }

    /// True if `position` lies before `limit`, of which it is never as far as half of all positions away.
    #[inline(always)]
    pub(crate) const fn is_before(self, position: Position, limit: Position) -> bool {
        limit.wrapping_sub(position).wrapping_sub(1) & POSITION_MASK < 1 << (POSITION_BITS - 1)
    }

    /// A position `n` messages after `position` or less, by whole laps.
    pub(crate) const fn at_most_ahead(self, position: Position, n: usize) -> Position {
        let by = if self.is_endless() {
            n as Position
        } else {
            (n / self.slots()) as Position * (self.mask as Position + 1)
        };
        position.wrapping_add(by) & POSITION_MASK
    }
}

/// Counting without gaps, for the overtaking limit: laps times slots plus index.
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
impl Layout {
    /// How many messages lie before `position`, modulo [`Self::cycle`].
    pub(crate) const fn linear(self, position: Position) -> u64 {
        (position >> self.mask.count_ones()) * self.slots as u64 + self.index(position) as u64
    }

    /// The number of positions there are.
    pub(crate) const fn cycle(self) -> u64 {
        (self.slots as u64) << (POSITION_BITS - self.mask.count_ones())
    }

    /// `a + b` in the cycle.
    pub(crate) const fn cycle_add(self, a: u64, b: u64) -> u64 {
        let sum = a + b;
        if sum < self.cycle() { sum } else { sum - self.cycle() }
    }

    /// `a - b` in the cycle.
    pub(crate) const fn cycle_sub(self, a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + self.cycle() - b }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITIES: [usize; 12] = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, MAX_SLOTS];

    #[test]
    fn every_slot_is_visited_in_order_and_laps_differ_in_their_stamp() {
        for capacity in CAPACITIES {
            let layout = Layout::new(capacity);
            let mut position = layout.first();
            for n in 0..(3 * capacity).min(10_000) {
                assert_eq!(layout.index(position), n % capacity);
                assert_ne!(layout.stamp(position), layout.stamp(layout.advance(position, capacity)));
                position = layout.advance(position, 1);
            }
        }
    }

    #[test]
    fn distance_is_exact_up_to_the_capacity_over_the_wrap() {
        for capacity in CAPACITIES {
            let layout = Layout::new(capacity);
            // The last lap there is.
            let last = POSITION_MASK & !(layout.mask as Position);
            for start in [layout.first(), last] {
                let steps = [0, 1, capacity / 2, capacity - 1, capacity];
                for n in steps.into_iter().filter(|n| *n <= capacity) {
                    let from = layout.advance(start, capacity - 1);
                    assert_eq!(layout.distance(from, layout.advance(from, n)), n as u64, "{capacity} {n}");
                }
                let next = layout.advance(start, 1);
                assert!(layout.distance(next, start) > capacity as u64, "{capacity}: a stale tail looks full");
            }
        }
    }

    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    #[test]
    fn a_position_in_a_word_moves_as_by_itself_and_leaves_the_rest() {
        fn check<const CHAINED: bool, const SHIFT: u32>(layout: Layout, position: Position, n: usize) {
            for below in [0, 1, (1 << SHIFT) - 1] {
                let next = layout.advance_at::<CHAINED, SHIFT>(position << SHIFT | below, n);
                assert_eq!(
                    next,
                    layout.advance_in::<CHAINED>(position, n) << SHIFT | below,
                    "{layout:?} {position} {n}"
                );
            }
        }
        for capacity in CAPACITIES {
            let layout = Layout::new(capacity);
            let last = POSITION_MASK & !(layout.mask as Position);
            for start in [layout.first(), last] {
                for (at, n) in [(0, 1), (capacity - 1, 1), (capacity / 2, capacity / 2), (capacity / 2, capacity)] {
                    let position = layout.advance(start, at);
                    check::<false, 1>(layout, position, n);
                    check::<false, 29>(layout, position, n);
                }
            }
        }
        #[cfg(feature = "alloc")]
        for position in [0, 1 << 20, POSITION_MASK - 1, POSITION_MASK] {
            for n in [1, 2, 1 << 20] {
                check::<true, 1>(Layout::endless(), position, n);
                check::<true, 29>(Layout::endless(), position, n);
            }
        }
    }

    #[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
    #[test]
    fn linear_counts_without_gaps() {
        let layout = Layout::new(5);
        let mut position = layout.first();
        let first = layout.linear(position);
        for n in 0..40 {
            assert_eq!(layout.cycle_sub(layout.linear(position), first), n);
            position = layout.advance(position, 1);
        }
    }
}
