//! What travels through the channel: the numbers of slots. The bytes stay where they are, in the [`Store`](crate::store::Store).

use crate::sync::{
    atomic::{AtomicUsize, Ordering},
    const_unless_loom,
};
use sakia::{
    mpsc::recycled::{OwnedRecvRef, Receiver, RefPermit, Sender},
    recycling::Recycle,
};

/// The number of a slot. The element of a channel's slot, made once and never changed: who has the one has the other.
#[derive(Debug)]
pub(crate) struct Number(usize);

impl Number {
    pub(crate) fn get(&self) -> usize {
        self.0
    }
}

/// Hands the numbers out.
///
/// A channel makes an element for a slot that has none, and drops elements only when the receiver is gone, after which no
/// sender gets a slot until all handles are gone. So between two such ends it makes each number once: `slots` of them in a row.
#[derive(Debug)]
pub(crate) struct Numbers {
    next: AtomicUsize,
    slots: usize,
}

impl Numbers {
    const_unless_loom! {
        pub(crate) fn new(slots: usize) -> Self {
            Self { next: AtomicUsize::new(0), slots }
        }
    }
}

impl Recycle<Number> for Numbers {
    fn new_element(&self) -> Number {
        let next = |number: usize| Some((number + 1) % self.slots);
        // Relaxed: the number is all there is to it, and handed on by the channel.
        let number = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        Number(number.unwrap_or_else(|number| number))
    }

    fn recycle(&self, _number: &mut Number) {}
}

/// A pipe's channel: a slot is published in it when it has its first bytes, and received when the reader begins with it.
pub(crate) type Slots = Sender<Number, Numbers>;
/// The other end.
pub(crate) type Filled = Receiver<Number, Numbers>;
/// The right to write into a slot that nobody reads.
pub(crate) type Fresh<'a> = RefPermit<'a, Number, Numbers>;
/// The right to read a slot. Dropped, it gives the slot back.
pub(crate) type Reading = OwnedRecvRef<Number, Numbers>;
