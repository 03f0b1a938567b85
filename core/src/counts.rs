//! How many handles a channel has, of which kind, and whether a channel in a `static` is split.

use crate::sync::{
    self,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// A count of handles may not reach this, lest it overflow while many threads count at once.
const MAX_COUNT: usize = usize::MAX / 2;

/// A count of handles.
#[derive(Debug)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    sync::const_unless_loom! {
        fn new(n: usize) -> Self {
            Self(AtomicUsize::new(n))
        }
    }

    pub(crate) fn get(&self) -> usize {
        // Acquire pairs with the Release half of `decrement`.
        self.0.load(Ordering::Acquire)
    }

    /// One more. Aborts where the count could overflow.
    pub(crate) fn increment(&self) {
        // Relaxed: a new handle is made from one that exists, and whoever passes it on orders that.
        if self.0.fetch_add(1, Ordering::Relaxed) > MAX_COUNT {
            sync::abort("a count of handles overflowed");
        }
    }

    /// One more, if there is one yet.
    pub(crate) fn increment_unless_zero(&self) -> bool {
        let mut count = self.0.load(Ordering::Relaxed);
        while count != 0 {
            if count > MAX_COUNT {
                sync::abort("a count of handles overflowed");
            }
            // Acquire pairs with `decrement` by the others; failure is tried again with what was found.
            match self.0.compare_exchange_weak(count, count + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(found) => count = found,
            }
        }
        false
    }

    /// The caller's is the only one left. So it stays: whoever counts one more has one.
    #[inline]
    pub(crate) fn is_single(&self) -> bool {
        // Acquire pairs with the Release half of `decrement`: what the others did is seen.
        self.0.load(Ordering::Acquire) == 1
    }

    /// One less; true for the last.
    pub(crate) fn decrement(&self) -> bool {
        // Release: what this handle did comes before what the last one does. Acquire: the last one sees it.
        self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

/// The counts of a channel with one sender and one receiver.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) senders: Count,
    pub(crate) weak_senders: Count,
    /// Handles of any kind: the last one ends the channel.
    pub(crate) handles: Count,
    /// For a channel in a `static`: it is split and not all handles are gone.
    split: AtomicBool,
    pub(crate) is_static: bool,
    /// No gap that nobody writes. Where there are gaps, a compiler makes a new channel elsewhere and copies it in pieces other
    /// than it was written in; a core has to wait for those.
    _filled: [u8; size_of::<usize>() - 2],
}

impl Counts {
    sync::const_unless_loom! {
        pub(crate) fn new(is_static: bool) -> Self {
            Self {
                senders: Count::new(1),
                weak_senders: Count::new(0),
                handles: Count::new(2),
                split: AtomicBool::new(false),
                is_static,
                _filled: [0; size_of::<usize>() - 2],
            }
        }
    }

    /// The caller's handle is the last, and the channel goes with it, so nobody need be told that the receiver goes. A channel in a
    /// `static` stays, and with it those whose futures were forgotten in the queue.
    #[inline]
    pub(crate) fn is_the_end(&self) -> bool {
        self.handles.is_single() && !self.is_static
    }

    /// Claims a channel in a `static`. False: it is split.
    pub(crate) fn begin_split(&self) -> bool {
        // Acquire pairs with the Release in `end_split`: the last use is over.
        self.split.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Makes the counts as new and the channel free to be split again, which has been made as new before.
    pub(crate) fn end_split(&self) {
        // Relaxed: ordered by the store below.
        self.senders.0.store(1, Ordering::Relaxed);
        self.handles.0.store(2, Ordering::Relaxed);
        // Release pairs with the Acquire in `begin_split`.
        self.split.store(false, Ordering::Release);
    }
}
