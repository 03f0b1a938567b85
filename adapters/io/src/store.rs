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
//! | filled, BUSY, PARKED | the reader sleeps | the same, and wakes it | take its waker back |
//! | filled, PARKED | its waker is being taken | end the claim | - |
//!
//! | transition | by | how |
//! |---|---|---|
//! | SEALED → open | the writer that has a permit | store, before the slot is published |
//! | open → BUSY | the writer that opened it | compare-exchange of what it left: it fails if the reader was faster |
//! | BUSY → BUSY, PARKED | the reader, when its waker is in its place | compare-exchange: it fails if the claim has ended |
//! | BUSY, PARKED → BUSY | the reader, to lay out another waker or to go | compare-exchange: it fails if its waker is being taken |
//! | BUSY → open, with more bytes | the writer | compare-exchange: it fails if the reader sleeps |
//! | BUSY, PARKED → PARKED → open, with more bytes | the writer, which takes the waker in between | compare-exchange; store |
//! | open → SEALED | the reader, when it has read all of it | compare-exchange of what it has read: it fails if there is more |
//!
//! So ownership of a slot ends when the reader has caught up with it. The reader never waits for a slot to be filled further, only
//! for the end of a claim, and a claim lasts as long as copying takes. While it sleeps, its waker is in a place that is the
//! reader's unless the word is PARKED, and its writer's while it is PARKED and not BUSY.
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
    UnsafeCell,
    atomic::{AtomicUsize, Ordering},
    spin_for,
};
use core::{mem, ptr::NonNull, slice, task::Waker};

/// A writer is copying into the slot.
const BUSY: usize = 1;
/// The reader sleeps until it has; without BUSY, it is being woken.
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
    /// The waker of a reader that sleeps: see the top. There is one only while a word is PARKED.
    sleeper: UnsafeCell<Option<Waker>>,
}

impl Common {
    crate::sync::const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { turns: AtomicUsize::new(0), sleeper: UnsafeCell::new(None) }
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
    /// Kept alive; none in a `static`.
    #[cfg(feature = "alloc")]
    #[cfg_attr(not(sakia_loom), expect(dead_code, reason = "what it is good for is its drop"))]
    owner: Option<alloc::sync::Arc<crate::heap::Heap>>,
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

    /// Keeps the heap that the pointers lead into.
    #[cfg(feature = "alloc")]
    pub(crate) fn owned_by(self, heap: alloc::sync::Arc<crate::heap::Heap>) -> Self {
        Self { owner: Some(heap), ..self }
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
        let turns = &self.common().turns;
        // Relaxed: a look that saves most claims that come too late. What counts is the one below.
        if turns.load(Ordering::Relaxed) != open.turn {
            return false;
        }
        let word = self.word(open.slot);
        let left = open.filled * BYTE;
        // Acquire: pairs with the Release of who left the word so: see `open`.
        if word.compare_exchange(left, left | BUSY, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return false;
        }
        // Relaxed: what must be seen happened before, see above.
        let ours = turns.load(Ordering::Relaxed) == open.turn;
        if ours {
            // SAFETY: the slot is claimed, so the bytes beyond `filled` are reached by nobody else.
            write(unsafe { self.bytes_mut(open.slot, open.filled, len) });
            open.filled += len;
        }
        self.end_claim(word, left | BUSY, open.filled * BYTE);
        ours
    }

    /// Ends a claim, and wakes the reader if it sleeps.
    fn end_claim(&self, word: &AtomicUsize, claimed: usize, opened: usize) {
        // Each turn that fails is one in which the reader lay down anew.
        loop {
            // Release pairs with the reader's Acquire in `look`: the bytes are there.
            if word.compare_exchange(claimed, opened, Ordering::Release, Ordering::Relaxed).is_ok() {
                return;
            }
            // Acquire pairs with the Release in `park`: the waker is there.
            let taking = claimed & !BUSY | PARKED;
            if word.compare_exchange(claimed | PARKED, taking, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                break;
            }
        }
        // SAFETY: the word is PARKED and not BUSY, so the place is this writer's.
        let sleeper = unsafe { self.replace_sleeper(None) };
        // Release: as above; and with the Acquire in `look` for the place, which is the reader's again.
        word.store(opened, Ordering::Release);
        if let Some(sleeper) = sleeper {
            sleeper.wake();
        }
    }

    /// # Safety
    /// The place is the caller's.
    unsafe fn replace_sleeper(&self, sleeper: Option<Waker>) -> Option<Waker> {
        // SAFETY: it is, by the caller's promise.
        self.common().sleeper.with_mut(|place| mem::replace(unsafe { &mut *place }, sleeper))
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
        if seen & (BUSY | PARKED) != 0 {
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

    /// Waits a moment for the end of the claim on a slot. True: it has ended.
    pub(crate) fn is_soon_free(&self, slot: usize) -> bool {
        // Relaxed: whoever sees the end of the claim looks again.
        spin_for(|| self.word(slot).load(Ordering::Relaxed) & (BUSY | PARKED) == 0)
    }

    /// Waits for the end of the claim on a slot that was read up to `read`. False: it has ended.
    ///
    /// # Safety
    /// As [`look`](Self::look).
    pub(crate) unsafe fn park(&self, slot: usize, read: usize, waker: &Waker) -> bool {
        if self.is_soon_free(slot) {
            return false;
        }
        let word = self.word(slot);
        // Before anything else, since it may panic.
        let ours = waker.clone();
        // Dropped when all is done, since that may panic too.
        // SAFETY: the caller is the reader, and has the slot.
        let _before = unsafe { self.unpark(slot, read) };
        let busy = (read * BYTE) | BUSY;
        // Acquire pairs with the Release in `end_claim`: the claim may be another than the one that was looked at, by another writer,
        // and the place was in between that of who ended the first.
        match word.load(Ordering::Acquire) {
            seen if seen == busy => {}
            seen if seen & PARKED != 0 => {
                // The waker that it had is just being woken, which may be another task's.
                ours.wake();
                return true;
            }
            _ => return false,
        }
        // SAFETY: the word was not PARKED, which it becomes by the reader alone.
        unsafe { self.replace_sleeper(Some(ours)) };
        // Release pairs with the Acquire in `end_claim`: the waker is found.
        let parked = word.compare_exchange(busy, busy | PARKED, Ordering::Release, Ordering::Relaxed).is_ok();
        if !parked {
            // SAFETY: as above. It would keep its task alive.
            drop(unsafe { self.replace_sleeper(None) });
        }
        parked
    }

    /// The reader sleeps no more, or is just being woken. Gives the waker that it slept with.
    ///
    /// # Safety
    /// As [`look`](Self::look).
    pub(crate) unsafe fn unpark(&self, slot: usize, read: usize) -> Option<Waker> {
        let busy = (read * BYTE) | BUSY;
        // Relaxed: the place has been the reader's own.
        self.word(slot).compare_exchange(busy | PARKED, busy, Ordering::Relaxed, Ordering::Relaxed).ok()?;
        // SAFETY: the word was PARKED and BUSY, and is not PARKED any more.
        unsafe { self.replace_sleeper(None) }
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
        &self.owner.as_ref().expect("models are of pipes on the heap").touched()
    }
}

#[cfg(all(test, feature = "std", not(sakia_loom)))]
mod tests {
    use super::Found;
    use crate::heap::Heap;
    use core::{
        panic::AssertUnwindSafe,
        sync::atomic::{AtomicBool, Ordering},
        task::{RawWaker, RawWakerVTable, Waker},
    };
    use std::panic::{catch_unwind, resume_unwind};

    static WOKEN: AtomicBool = AtomicBool::new(false);

    /// Wakers of no data, of which one panics when it is cloned, and the other sets the flag when it is woken.
    static WAKERS: [RawWakerVTable; 2] = [
        RawWakerVTable::new(|_| resume_unwind(std::boxed::Box::new(())), |_| {}, |_| {}, |_| {}),
        RawWakerVTable::new(
            |_| RawWaker::new(core::ptr::null(), &WAKERS[1]),
            |_| WOKEN.store(true, Ordering::Relaxed),
            |_| {},
            |_| {},
        ),
    ];

    fn waker(of: usize) -> Waker {
        // SAFETY: the functions take any pointer, and touch it not.
        unsafe { Waker::from_raw(RawWaker::new(core::ptr::null(), &WAKERS[of])) }
    }

    #[test]
    fn a_waker_that_panics_when_cloned_stands_in_nobodys_way() {
        let store = Heap::store(1, 8);
        // SAFETY: nobody else has the slot; this test is its reader too.
        let mut open = unsafe { store.open(0, 1, || {}) }.expect("nobody else publishes");
        // SAFETY: as above.
        let park = |of| unsafe { store.park(0, 1, &waker(of)) };
        let panics = || assert!(catch_unwind(AssertUnwindSafe(|| park(0))).is_err());
        let appended = store.append(&mut open, 1, |_| {
            panics();
            assert!(park(1), "the claim lasts");
            panics();
        });
        assert!(appended && WOKEN.load(Ordering::Relaxed));
        // SAFETY: as above.
        assert_eq!(unsafe { store.look(0, 1) }, Found::Filled(2));
    }

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

#[cfg(all(test, sakia_loom))]
mod models {
    use super::{Found, Open, Store};
    use crate::heap::Heap;
    use core::sync::atomic::{AtomicUsize, Ordering};
    use loom::{model::Builder, thread};
    use std::{sync::Arc, task::Wake};

    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn append(store: &Store, mut open: Open) -> thread::JoinHandle<bool> {
        let store = store.clone();
        thread::spawn(move || store.append(&mut open, 1, |_| {}))
    }

    /// A writer comes too late for its slot, which is another's that has filled it just as far, and claims it for a moment; meanwhile
    /// the reader waits, with one task and then with another.
    #[test]
    fn quick_a_claim_that_comes_too_late() {
        let mut builder = Builder::new();
        builder.preemption_bound = Some(4);
        builder.check(|| {
            let store = Heap::store(1, 4);
            // SAFETY: here and below, this thread is the reader, and gives the slot from one writer to the other.
            let late = unsafe { store.open(0, 1, || {}) }.expect("nobody else publishes");
            let late = append(&store, late);
            // SAFETY: as above.
            if unsafe { store.look(0, 1) } != Found::Sealed {
                late.join().unwrap();
                return;
            }
            // SAFETY: as above.
            let owner = unsafe { store.open(0, 1, || {}) }.expect("nobody else publishes");
            let owner = append(&store, owner);
            let woken = [(); 2].map(|()| Arc::new(Woken(AtomicUsize::new(0))));
            let mut asleep = false;
            for task in &woken {
                // SAFETY: as above.
                asleep = unsafe { store.look(0, 1) == Found::Busy && store.park(0, 1, &task.clone().into()) };
            }
            assert!(!late.join().unwrap(), "it filled another's slot");
            // The other's claim fails if it meets that one.
            owner.join().unwrap();
            // SAFETY: as above.
            drop(unsafe { store.unpark(0, 1) });
            let wakes: usize = woken.iter().map(|task| task.0.load(Ordering::SeqCst)).sum();
            assert!(!asleep || wakes > 0, "nobody has told the reader");
        });
    }
}
