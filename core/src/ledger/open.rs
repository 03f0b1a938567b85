//! A channel without a bound: a position is there for the asking, and nothing is counted.
//!
//! There are no permits, so closing is at once for good: the tail's GONE refuses new positions. Nobody waits for credits,
//! so what the waiters' lock guards is empty but for those who wait for the closing.
//!
//! # Atomic operations
//! A send is one compare-exchange and the store that publishes; a receive one store.

use super::{Claim, Refused, View, split::Split};
use crate::{position::Position, tail};
use core::ops::Deref;

/// The ledger, as one of this kind. What is not said here is as in [`Split`].
#[derive(Clone, Copy)]
pub(super) struct Open<'a>(pub(super) Split<'a>);

impl<'a> Deref for Open<'a> {
    type Target = Split<'a>;

    #[inline(always)]
    fn deref(&self) -> &Split<'a> {
        &self.0
    }
}

impl Open<'_> {
    pub(super) fn claim<const CHAINED: bool>(self) -> Result<Claim, Refused> {
        self.producers.tail.claim::<true>(1).ok_or(Refused::Closed)
    }

    #[inline(always)]
    pub(super) fn is_attended(self, _head: Position) -> bool {
        false
    }

    #[inline(always)]
    pub(super) fn advance<const CHAINED: bool>(self, head: Position, n: usize) -> bool {
        self.move_head::<true>(head, n);
        true
    }

    pub(super) fn look(self, head: Position) -> View {
        view(self.producers.tail.view(), head)
    }

    pub(super) fn park(self, head: Position) -> View {
        view(self.producers.tail.park(), head)
    }

    pub(super) fn close(self) {
        self.producers.tail.close_for_good();
    }

    pub(super) fn close_for_good(self) -> Position {
        self.producers.tail.close_for_good()
    }

    pub(super) fn drained_to(self, head: Position) {
        self.move_head::<true>(head, 0);
    }

    pub(super) fn is_closed(self) -> bool {
        self.producers.tail.view().is_gone()
    }

    pub(super) fn free(self) -> usize {
        self.bound()
    }
}

fn view(tail: tail::View, head: Position) -> View {
    if tail.position() != head {
        View::Claimed
    } else if tail.is_hung_up() || tail.is_gone() {
        View::Finished
    } else {
        View::Empty
    }
}
