//! The bytes of a pipe's slots, and the word of each slot by which a writer and the reader share it while it is being filled.
//!
//! A slot is published, which makes it readable, with its first bytes, and its writer goes on to fill it. The word says how far it is filled,
//! and who may do what:
//!
//! | word | meaning | the writer may | the reader may |
//! |---|---|---|---|
//! | SEALED | not published, or given back | fill it afresh, with a permit of the channel | - |
//! | filled | open | claim it | read up to `filled`; seal it |
//! | filled, BUSY | claimed: bytes beyond `filled` are being written | write there, then end the claim | read up to `filled`; lay itself to sleep |
//! | filled, BUSY, PARKED | the reader sleeps | the same, and wakes it | - |
//!
//! | transition | by | how |
//! |---|---|---|
//! | SEALED → open | the writer that has a permit | store, before the slot is published |
//! | open → BUSY | the writer that opened it | compare-exchange of what it left: it fails if the reader was faster |
//! | BUSY → BUSY, PARKED | the reader | compare-exchange: it fails if the claim has ended |
//! | BUSY, or that with PARKED → open, with more bytes | the writer | swap |
//! | open → SEALED | the reader, when it has read all of it | compare-exchange of what it has read: it fails if there is more |
//!
//! So ownership of a slot ends when the reader has caught up with it. The reader never waits for a slot to be filled further, only
//! for the end of a claim, and a claim lasts as long as copying takes.
//!
//! # Turns
//!
//! A writer may fill its slot further only while no other writer has published one: bytes that it writes after those others
//! must not come before them. `turns` is raised before and after each publication. A slot stays open to its writer if these two
//! follow one another, and only as long as nothing else raises it. Proof: let A's publication be later than B's in the channel, A's write have
//! returned, and B still see the value it left. A's second raise is before B's first, or after B's second, for nothing is in between.
//! After: B sees it, and fills no further. Before: it synchronises with B's first, so A published first, against the premise.
//!
//! The claim is checked against `turns` once it is made: a writer that comes late might find its slot's number in the
//! hands of another, filled just as far as it had left it. That one has raised `turns` before it stored the word.

use crate::sync::{
    AtomicWaker,
    atomic::{AtomicUsize, Ordering},
    spin_for,
};
use core::{ptr::NonNull, slice, task::Waker};

/// A writer is copying into the slot.
const BUSY: usize = 1;
/// The reader sleeps until it has.
const PARKED: usize = 2;
/// The slot is no writer's.
const SEALED: usize = 4;
/// One byte that is filled.
const BYTE: usize = 8;

/// The largest slot: what a word can count, and an allocation can hold.
pub(crate) const MAX_SLOT_SIZE: usize = isize::MAX as usize / BYTE;

/// The word of a slot, on a cache line of its own where lines matter.
#[derive(Debug)]
#[cfg_attr(target_pointer_width = "64", repr(align(64)))]
pub(crate) struct Word(AtomicUsize);

impl Word {
    crate::sync::const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self(AtomicUsize::new(SEALED))
        }
    }

    /// For who has the pipe alone.
    pub(crate) fn reset(&self) {
        // Relaxed: handed to other threads with the ends.
        self.0.store(SEALED, Ordering::Relaxed);
    }
}

/// What there is once in a pipe.
#[derive(Debug)]
pub(crate) struct Common {
    turns: AtomicUsize,
    /// The reader's, while a word is PARKED.
    reader: AtomicWaker,
}

impl Common {
    crate::sync::const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { turns: AtomicUsize::new(0), reader: AtomicWaker::new() }
        }
    }
}

/// The slots of a pipe, in its allocation or its `static`.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    common: NonNull<Common>,
    words: NonNull<Word>,
    bytes: NonNull<u8>,
    size: usize,
    /// None in a `static`.
    #[cfg(feature = "alloc")]
    owner: Option<alloc::sync::Arc<Heap>>,
}

// SAFETY: what the pointers lead to is Sync, or reached as the table above says, and lives as long as this.
unsafe impl Send for Store {}
// SAFETY: as above.
unsafe impl Sync for Store {}

/// A slot that its writer may still fill.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    slot: usize,
    filled: usize,
    /// The value of `turns` that it is open at.
    turn: usize,
}

impl Open {
    pub(crate) fn room(&self, store: &Store) -> usize {
        store.size - self.filled
    }
}

/// The raise after a publication, when that has not come to its end.
struct RaiseOnDrop<'a>(&'a AtomicUsize);

impl Drop for RaiseOnDrop<'_> {
    fn drop(&mut self) {
        // AcqRel: as in `Store::open`.
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// What the reader finds in a slot that it has read up to some byte.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is filled up to here.
    Filled(usize),
    /// It is sealed.
    Sealed,
    /// A writer is about to add to it.
    Busy,
}

impl Store {
    /// # Safety
    /// As long as the store and its clones are used: the pointers are valid, and all memory beyond them that `size` and the numbers
    /// of slots lead to; the bytes are initialised and reached by these alone.
    pub(crate) unsafe fn new(common: NonNull<Common>, words: NonNull<Word>, bytes: NonNull<u8>, size: usize) -> Self {
        Self {
            common,
            words,
            bytes,
            size,
            #[cfg(feature = "alloc")]
            owner: None,
        }
    }

    /// The bytes of a slot.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    #[inline]
    fn common(&self) -> &Common {
        // SAFETY: valid as long as this, by `new`.
        unsafe { self.common.as_ref() }
    }

    #[inline]
    fn word(&self, slot: usize) -> &AtomicUsize {
        // SAFETY: valid as long as this, by `new`; the numbers of slots come from its channel.
        unsafe { &self.words.add(slot).as_ref().0 }
    }

    /// Fills a slot with its first `len` bytes.
    ///
    /// # Safety
    /// The caller has the permit for this slot.
    #[inline]
    pub(crate) unsafe fn fill(&self, slot: usize, len: usize, write: impl FnOnce(&mut [u8])) {
        // SAFETY: the permit is the caller's, so nobody else reaches the slot's bytes: its word is SEALED.
        write(unsafe { self.bytes_mut(slot, 0, len) });
    }

    /// Opens a slot that has its first `len` bytes, and publishes it. Gives it if it may be filled further.
    ///
    /// # Safety
    /// The caller has the permit for this slot, which `publish` publishes, and has filled it that far.
    pub(crate) unsafe fn open(&self, slot: usize, len: usize, publish: impl FnOnce()) -> Option<Open> {
        let turns = &self.common().turns;
        // AcqRel: pairs with the other raises, see above.
        let before = turns.fetch_add(1, Ordering::AcqRel);
        // Release pairs with the Acquire of who claims it, and the reader's in `look`: the bytes and the raise above are seen.
        self.word(slot).store(len * BYTE, Ordering::Release);
        // Also if a waker panics in there: what was published ends other writers' open slots all the same.
        let raise = RaiseOnDrop(turns);
        publish();
        core::mem::forget(raise);
        // AcqRel: as above.
        let after = turns.fetch_add(1, Ordering::AcqRel);
        let alone = after == before.wrapping_add(1);
        (alone && len < self.size).then_some(Open { slot, filled: len, turn: after.wrapping_add(1) })
    }

    /// Fills a slot further by `len` bytes, which it has room for. False: it is not this writer's any more.
    pub(crate) fn append(&self, open: &mut Open, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        assert!(len <= open.room(self), "sakia: a slot is filled to its end at most");
        let word = self.word(open.slot);
        let left = open.filled * BYTE;
        // Acquire: pairs with the Release of who left the word so: see `open`.
        if word.compare_exchange(left, left | BUSY, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return false;
        }
        // Relaxed: what must be seen happened before, see above.
        let ours = self.common().turns.load(Ordering::Relaxed) == open.turn;
        if ours {
            // SAFETY: the slot is claimed, so the bytes beyond `filled` are reached by nobody else.
            write(unsafe { self.bytes_mut(open.slot, open.filled, len) });
            open.filled += len;
        }
        // Release pairs with the reader's Acquire in `look`: the bytes are there. Acquire pairs with the Release in `park`:
        // the waker is there.
        if word.swap(open.filled * BYTE, Ordering::AcqRel) & PARKED != 0 {
            self.common().reader.wake();
        }
        ours
    }

    /// Looks how far a slot is filled that was read up to `read`, and seals it if that is all.
    ///
    /// # Safety
    /// The caller is the reader, and has the slot.
    pub(crate) unsafe fn look(&self, slot: usize, read: usize) -> Found {
        // Acquire pairs with the Release in `open` and `append`: the bytes are there.
        let seen = self.word(slot).load(Ordering::Acquire);
        if seen / BYTE > read {
            return Found::Filled(seen / BYTE);
        }
        if seen & BUSY != 0 {
            return Found::Busy;
        }
        // Relaxed: the slot is given back by the channel, which orders what was read before what is written next.
        // Acquire, if there is more: as above.
        match self.word(slot).compare_exchange(seen, SEALED, Ordering::Relaxed, Ordering::Acquire) {
            Ok(_) => Found::Sealed,
            Err(seen) if seen / BYTE > read => Found::Filled(seen / BYTE),
            Err(_) => Found::Busy,
        }
    }

    /// Waits for the end of the claim on a slot that was read up to `read`. False: it has ended.
    ///
    /// # Safety
    /// As [`look`](Self::look).
    pub(crate) unsafe fn park(&self, slot: usize, read: usize, waker: &Waker) -> bool {
        let word = self.word(slot);
        // Relaxed: whoever sees the end of the claim looks again.
        if spin_for(|| word.load(Ordering::Relaxed) & BUSY == 0) {
            return false;
        }
        self.common().reader.register(waker);
        let (claimed, parked) = ((read * BYTE) | BUSY, (read * BYTE) | BUSY | PARKED);
        // Release pairs with the Acquire of the swap that ends the claim: it finds the waker. It is a read-modify-write even if
        // the reader is parked already, so that this waker is as good as the one before.
        let park = |from| word.compare_exchange(from, parked, Ordering::Release, Ordering::Relaxed).is_ok();
        park(claimed) || park(parked)
    }

    /// The reader goes: a waker that was laid out for a claim that had just ended would keep its task alive.
    pub(crate) fn forget_reader(&self) {
        drop(self.common().reader.take());
    }

    /// The bytes of a slot from one to another.
    ///
    /// # Safety
    /// The caller is the reader, and has the slot, for as long as it uses the bytes; it has found it filled up to `end`, by
    /// [`look`](Self::look).
    #[inline]
    pub(crate) unsafe fn bytes(&self, slot: usize, start: usize, end: usize) -> &[u8] {
        #[cfg(sakia_loom)]
        self.touched().read(slot * self.size + start..slot * self.size + end);
        // SAFETY: within the slot; nobody writes what is filled until the reader has given the slot back.
        unsafe { slice::from_raw_parts(self.bytes.add(slot * self.size + start).as_ptr(), end - start) }
    }

    /// # Safety
    /// The bytes are within the slot, and reached by nobody else.
    #[inline]
    #[expect(clippy::mut_from_ref, reason = "the caller has the bytes to itself")]
    unsafe fn bytes_mut(&self, slot: usize, start: usize, len: usize) -> &mut [u8] {
        assert!(start <= self.size && len <= self.size - start, "sakia: a slot is filled to its end at most");
        #[cfg(sakia_loom)]
        self.touched().write(slot * self.size + start..slot * self.size + start + len);
        // SAFETY: within the slot, by the assertion, and the caller's alone, by its promise; initialised, by `new`.
        unsafe { slice::from_raw_parts_mut(self.bytes.add(slot * self.size + start).as_ptr(), len) }
    }

    #[cfg(sakia_loom)]
    fn touched(&self) -> &crate::sync::Touched {
        &self.owner.as_ref().expect("models are of pipes on the heap").touched
    }
}

/// The memory of a pipe on the heap.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(crate) struct Heap {
    common: Common,
    words: alloc::boxed::Box<[Word]>,
    /// Owned: made from a box, as long as `len`.
    bytes: NonNull<[u8]>,
    #[cfg(sakia_loom)]
    touched: crate::sync::Touched,
}

// SAFETY: the bytes are plain memory, which stores reach as the table above says.
#[cfg(feature = "alloc")]
unsafe impl Send for Heap {}
// SAFETY: as above.
#[cfg(feature = "alloc")]
unsafe impl Sync for Heap {}

#[cfg(feature = "alloc")]
impl Heap {
    /// Makes the memory for `slots` slots of `size` bytes, zeros, and the store that has it.
    pub(crate) fn store(slots: usize, size: usize) -> Store {
        let bytes = alloc::vec![0_u8; slots * size].into_boxed_slice();
        let heap = alloc::sync::Arc::new(Self {
            common: Common::new(),
            words: (0..slots).map(|_| Word::new()).collect(),
            bytes: NonNull::from(alloc::boxed::Box::leak(bytes)),
            #[cfg(sakia_loom)]
            touched: crate::sync::Touched::new(slots * size),
        });
        let (common, words) = (NonNull::from(&heap.common), NonNull::from(&*heap.words).cast());
        // SAFETY: the heap is kept by the store, and as long as it and its clones are; `words` and `bytes` have `slots` slots.
        let mut store = unsafe { Store::new(common, words, heap.bytes.cast(), size) };
        store.owner = Some(heap);
        store
    }
}

#[cfg(feature = "alloc")]
impl Drop for Heap {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` and freed here alone, when the last store is gone.
        drop(unsafe { alloc::boxed::Box::from_raw(self.bytes.as_ptr()) });
    }
}

#[cfg(all(test, feature = "std", not(sakia_loom)))]
mod tests {
    use super::Heap;
    use core::panic::AssertUnwindSafe;
    use std::panic::catch_unwind;

    #[test]
    fn a_publication_that_unwinds_ends_the_open_slots_of_others() {
        let store = Heap::store(2, 8);
        let mut others = None;
        let publish = || {
            // The other publishes from beginning to end, before this one.
            // SAFETY: nobody else has slot 1.
            others = unsafe { store.open(1, 1, || {}) };
            panic!("a waker");
        };
        // SAFETY: nobody else has slot 0.
        let unwound = catch_unwind(AssertUnwindSafe(|| unsafe { store.open(0, 1, publish) }));
        assert!(unwound.is_err());
        let mut open = others.expect("it was alone in between");
        assert!(!store.append(&mut open, 1, |_| unreachable!("its bytes would come before what is published")));
    }
}
