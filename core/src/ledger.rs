//! The accounts of a channel: which positions are claimed, who holds capacity, and how far the receiver is.
//!
//! A *credit* is the right to fill one slot. A sender takes a credit and a position at once ([`Ledger::claim`]) or the
//! credit alone, as a permit does ([`Ledger::reserve`]), and turns it into a position later ([`Ledger::claim_reserved`]):
//! a permit holds capacity, not a place in the order. The receiver gives a slot's credit back when it has emptied the
//! slot ([`Ledger::advance`]).
//!
//! While senders wait, credits that come back must not reach the pool past them. So the methods that give credits back
//! are of two kinds: the fast ones refuse when somebody waits, and then the caller holds the credits as *spare* and deals
//! them out under the waiters' lock (see [`crate::channel`]).
//!
//! There are two packings, with the same methods: `wide`, one 64-bit word a side, and `narrow`, for targets without
//! 64-bit atomics. The cfg `sakia_narrow` picks the narrow one anywhere.

#[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
mod narrow;
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
mod wide;

#[cfg(not(all(target_has_atomic = "64", not(sakia_narrow))))]
pub(crate) use narrow::{Ledger, Passed};
#[cfg(all(target_has_atomic = "64", not(sakia_narrow)))]
pub(crate) use wide::{Ledger, Passed};

use crate::position::Position;

/// A position that is ours to fill.
#[derive(Debug)]
#[must_use]
pub(crate) struct Claim {
    pub(crate) position: Position,
    /// The receiver is parked, and it is us who must wake it, after publishing.
    pub(crate) wake: bool,
    /// Senders wait, and we have passed them.
    pub(crate) passed: bool,
}

/// Why there is no credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// All slots are used or reserved, or they are for senders that have waited longer.
    Full,
    /// The receiver has closed the channel or is gone.
    Closed,
}

/// What the receiver sees at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// A message is there, or its sender is writing it.
    Claimed,
    /// Nothing yet.
    Empty,
    /// Nothing, for ever.
    Finished,
}

/// How giving credits back went.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Returned {
    /// They are in the pool.
    Pooled,
    /// They are in the pool, and with that a closed channel is idle: the parked receiver must be woken.
    Idle,
    /// Senders wait: the credits are still the caller's.
    Waited,
}

/// Keeps what different threads write apart: one line of the cache each.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct CacheLine<T>(pub(crate) T);

impl<T> core::ops::Deref for CacheLine<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}
