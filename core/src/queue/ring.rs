//! The order of a queue's elements: a ring of tickets, the numbers of their slots.
//!
//! There are as many places as slots, so the ring is never full. A producer claims a place by moving the tail, writes its
//! ticket there and then the place's stamp, which is the position (as in D. Vyukov's bounded queue). A consumer reads stamp
//! and ticket first and then moves the head: if that succeeds, the head has not moved meanwhile, and no other producer
//! can have got to that place, since all slots but the producer's would have to be in the ring for that.
//!
//! A consumer would be fooled only if it slept between the two while the head goes round all positions, to the message: 2^35
//! elements, minutes at 5 ns each (2^29 on targets without 64-bit atomics, minutes at 1 us).

use crate::{
    ledger::CacheLine,
    pool::Index,
    position::{AtomicPosition, Layout, Position, Stamp},
    sync::{
        atomic::{AtomicU32, Ordering},
        const_unless_loom, spin_for,
    },
    tail::Tail,
};

/// A place in the ring.
#[derive(Debug)]
pub(super) struct Place {
    stamp: AtomicU32,
    ticket: AtomicU32,
}

impl Place {
    const_unless_loom! {
        pub(super) fn new() -> Self {
            Self { stamp: AtomicU32::new(0), ticket: AtomicU32::new(0) }
        }
    }

    fn is_published(&self, stamp: Stamp) -> bool {
        // Acquire pairs with the Release in `push`: the ticket and the element are written.
        self.stamp.load(Ordering::Acquire) == stamp
    }
}

/// The ends of the ring.
#[derive(Debug)]
pub(super) struct Ring {
    tail: CacheLine<Tail>,
    head: CacheLine<AtomicPosition>,
}

impl Ring {
    const_unless_loom! {
        pub(super) fn new(capacity: usize) -> Self {
            let layout = Layout::new(capacity);
            let head = AtomicPosition::new(layout.first());
            Self { tail: CacheLine(Tail::new(layout)), head: CacheLine(head) }
        }
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        self.tail.layout()
    }

    pub(super) fn capacity(&self) -> usize {
        self.layout().slots()
    }

    #[inline(always)]
    fn place<'a>(&self, places: &'a [Place], position: Position) -> &'a Place {
        debug_assert_eq!(places.len(), self.capacity());
        // SAFETY: callers pass the queue's places, of which there are as many as the layout has indices.
        unsafe { places.get_unchecked(self.layout().index(position)) }
    }

    /// Publishes the slot `ticket`, which the caller has.
    #[inline]
    pub(super) fn push(&self, places: &[Place], ticket: Index) {
        // Nobody closes this tail.
        let Some(claim) = self.tail.claim::<false>(1) else { return };
        let place = self.place(places, claim.position);
        // Relaxed: published by the stamp. Who reads the old ticket still will fail to move the head.
        place.ticket.store(ticket, Ordering::Relaxed);
        // Release pairs with the Acquire in `is_published`.
        place.stamp.store(self.layout().stamp(claim.position), Ordering::Release);
    }

    /// Takes the next slot: it is the caller's.
    #[inline]
    pub(super) fn pop(&self, places: &[Place]) -> Option<Index> {
        // Acquire pairs with the Release half of the exchange: whose head is seen, that consumer's reads are over.
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let place = self.place(places, head);
            if !place.is_published(self.layout().stamp(head)) {
                head = self.look_again(place, head)?;
                continue;
            }
            // Relaxed: the stamp was acquired. It may be the ticket of a lap later; then the exchange fails.
            let ticket = place.ticket.load(Ordering::Relaxed);
            let next = self.layout().advance(head, 1);
            match self.head.compare_exchange_weak(head, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(ticket),
                Err(found) => head = found,
            }
        }
    }

    /// Nothing is published at `head`: finds out where to look again. None: there is nothing, or its producer is not done.
    #[cold]
    fn look_again(&self, place: &Place, head: Position) -> Option<Position> {
        // Acquire as in `pop`.
        let again = self.head.load(Ordering::Acquire);
        let moved = again != head;
        let claimed = || self.tail.view().position() != head;
        (moved || claimed() && spin_for(|| place.is_published(self.layout().stamp(head)))).then_some(again)
    }

    /// Elements that are published, at some moment of the call.
    pub(super) fn len(&self) -> usize {
        // The head first: a tail read later is never behind it. Acquire as in `pop`.
        let head = self.head.load(Ordering::Acquire);
        let distance = self.layout().distance(head, self.tail.view().position());
        distance.min(self.capacity() as u64) as usize
    }
}
