//! A block of the chain: its memory, and the states of its places.
//!
//! ```text
//!  [ message len - 1 | .. | message 1 | message 0 | Block | state SHORTEST | .. | state len - 1 ]
//!                                                   ^ where pointers lead
//! ```
//!
//! So where a message or a state is does not depend on how long the block is.

use crate::{
    position::{AtomicPosition, POSITION_MASK, Position},
    ring::MARKED,
    sync::{
        UnsafeCell,
        atomic::{AtomicPtr, AtomicU8, Ordering},
    },
};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::{
    alloc::Layout,
    mem::{self, MaybeUninit},
    ptr::{self, NonNull},
};

/// Messages in the first block of a chain.
pub(crate) const SHORTEST: usize = if cfg!(sakia_loom) { 2 } else { 15 };

/// Messages in the longest blocks.
const LONGEST: usize = if cfg!(sakia_loom) { 3 } else { 63 };
const _: () = assert!(LONGEST <= u8::MAX as usize);

/// Messages in the longest blocks of a channel of `T` for `bound` messages: of 2 KiB at most, or the shortest.
pub(crate) const fn longest<T>(bound: usize) -> usize {
    if bound > 1_024 && size_of::<T>() <= 32 { LONGEST } else { SHORTEST }
}

/// What may be done with a place in a block.
#[derive(Debug)]
pub(crate) struct State(AtomicU8);

/// Not yet published, though a sender may be writing.
const EMPTY: u8 = 0;
/// The message may be taken, or was taken.
const PUBLISHED: u8 = 1;
/// As EMPTY, and the receiver sleeps: who publishes wakes it.
const MARK: u8 = 2;
/// The message was dropped out of turn, after the receiver.
const DROPPED: u8 = 3;

impl State {
    fn new() -> Self {
        Self(AtomicU8::new(EMPTY))
    }

    /// Makes the message that was written visible. True: the receiver has left a mark and is to be woken.
    #[inline(always)]
    pub(crate) fn publish(&self) -> bool {
        if MARKED {
            // Release pairs with the Acquire in `is_published`, Acquire with the Release in `mark`: the waker is out.
            self.0.swap(PUBLISHED, Ordering::AcqRel) == MARK
        } else {
            // Release pairs with the Acquire in `is_published`: the message is written.
            self.0.store(PUBLISHED, Ordering::Release);
            false
        }
    }

    #[inline(always)]
    pub(crate) fn is_published(&self) -> bool {
        // Acquire pairs with the Release in `publish`.
        self.0.load(Ordering::Acquire) == PUBLISHED
    }

    /// Asks the sender who is about to publish to wake the receiver. False: it has published.
    pub(crate) fn mark(&self) -> bool {
        // Release pairs with the swap in `publish`. Failure: the state is read again, with Acquire, by who is told false,
        // unless the mark of last time is still there.
        let before = self.0.compare_exchange(EMPTY, MARK, Ordering::Release, Ordering::Relaxed);
        matches!(before, Ok(_) | Err(MARK))
    }

    /// Makes a message that was taken out of turn look unpublished, so that it is not taken again.
    pub(crate) fn unpublish(&self) {
        // Relaxed: read again only by the last handle, which the count of handles orders.
        self.0.store(DROPPED, Ordering::Relaxed);
    }
}

/// See the module's documentation.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Block {
    pub(super) next: AtomicPtr<Block>,
    /// `[ position | 1 ]`: see "released" in [`crate::chain`]; 0 before.
    pub(super) released: AtomicPosition,
    /// The position of its first message. In a spare one: how many there are from this one on.
    start: Position,
    /// By which loom tells that nobody looks at a block any more when it is given away.
    #[cfg(sakia_loom)]
    visits: UnsafeCell<()>,
    /// How many messages it has room for.
    len: u8,
    /// Of the first places.
    states: [State; SHORTEST],
}

// It ends with these states: a reference to it does not cover those that follow.
const _: () = assert!(mem::offset_of!(Block, states) + SHORTEST * size_of::<State>() == size_of::<Block>());

impl Block {
    fn new(start: Position, len: usize) -> Self {
        Self {
            next: AtomicPtr::new(ptr::null_mut()),
            released: AtomicPosition::new(0),
            start,
            #[cfg(sakia_loom)]
            visits: UnsafeCell::new(()),
            len: len as u8,
            states: core::array::from_fn(|_| State::new()),
        }
    }

    /// A sender looks at the block.
    #[inline(always)]
    pub(super) fn visit(&self) {
        #[cfg(sakia_loom)]
        self.visits.with(|_| ());
    }

    /// The caller has the block alone, which loom checks.
    pub(super) fn end_of_visits(&self) {
        #[cfg(sakia_loom)]
        self.visits.with_mut(|_| ());
    }

    /// The message at `position` is in this block.
    // A block does not go beyond the last position there is, so it lies between numbers.
    #[inline(always)]
    pub(super) fn has(&self, position: Position) -> bool {
        position.wrapping_sub(self.start) < Position::from(self.len)
    }

    pub(super) fn len(&self) -> usize {
        self.len.into()
    }

    /// The position behind its last message.
    pub(super) fn end(&self) -> Position {
        (self.start + Position::from(self.len)) & POSITION_MASK
    }

    pub(super) fn next(&self) -> Option<NonNull<Self>> {
        // Acquire pairs with the Release exchange in `Chain::next_or_new`: the next block is made.
        NonNull::new(self.next.load(Ordering::Acquire))
    }

    /// Of a spare one: how many there are from this one on.
    pub(super) fn spares(&self) -> usize {
        self.start as usize
    }

    /// Makes it the first of `spares` spare ones.
    ///
    /// # Safety
    /// The caller has the block alone.
    pub(super) unsafe fn become_spare(block: NonNull<Self>, next: *mut Self, spares: usize) {
        // SAFETY: the caller's promise.
        let this = unsafe { &mut *block.as_ptr() };
        // Relaxed: published with the list.
        this.next.store(next, Ordering::Relaxed);
        this.start = spares as Position;
    }
}

/// Where the message at `position` is kept, and its state.
///
/// # Safety
/// The block is a valid one for messages of `T`, it has the position, and lives as long as what is returned.
#[inline(always)]
pub(crate) unsafe fn place<'a, T>(
    block: NonNull<Block>,
    position: Position,
) -> (&'a State, &'a UnsafeCell<MaybeUninit<T>>) {
    // SAFETY: before and behind the block, in its allocation, are as many messages and states as it is long.
    unsafe {
        debug_assert!(block.as_ref().has(position));
        let index = position.wrapping_sub((*block.as_ptr()).start) as usize;
        let states = block.byte_add(mem::offset_of!(Block, states)).cast::<State>();
        (states.add(index).as_ref(), block.cast::<UnsafeCell<MaybeUninit<T>>>().sub(index + 1).as_ref())
    }
}

/// True if all its messages are published: nobody will look for a place in it any more.
///
/// # Safety
/// The block is valid.
#[inline]
pub(super) unsafe fn is_full(block: NonNull<Block>) -> bool {
    // Relaxed: what the publishers did before is acquired by the receiver, message by message, before it gives the
    // block away.
    let all = |states: &[State]| states.iter().fold(PUBLISHED, |all, state| all & state.0.load(Ordering::Relaxed)) != 0;
    // SAFETY: the block has as many states as it is long.
    let (first, more) = unsafe {
        let this = block.as_ref();
        let more = block.byte_add(size_of::<Block>()).cast::<State>();
        (&this.states, NonNull::slice_from_raw_parts(more, this.len().saturating_sub(SHORTEST)).as_ref())
    };
    // A branch for many, not for each.
    all(first) && more.chunks(16).all(all)
}

/// What a block takes, and how far behind the beginning of that it is. None: it does not fit into the address space.
pub(crate) fn layout_of<T>(len: usize) -> Option<(Layout, usize)> {
    let messages = Layout::array::<UnsafeCell<MaybeUninit<T>>>(len).ok()?;
    let align = messages.align().max(align_of::<Block>());
    let before = messages.size().checked_next_multiple_of(align)?;
    let size = before.checked_add(size_of::<Block>() + len.saturating_sub(SHORTEST) * size_of::<State>())?;
    Some((Layout::from_size_align(size, align).ok()?, before))
}

/// Allocates a block.
#[cold]
pub(super) fn allocate<T>(start: Position, len: usize) -> NonNull<Block> {
    let (layout, before) = layout_of::<T>(len).expect("checked when the channel was made");
    // SAFETY: the layout has a block's size at least.
    let Some(memory) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
    // SAFETY: the allocation has room for the messages, the block, and the other states. A real cell needs no
    // initialisation.
    unsafe {
        let block = memory.add(before).cast::<Block>();
        write(block, start, len);
        #[cfg(sakia_loom)]
        for index in 0..len {
            block.cast::<UnsafeCell<MaybeUninit<T>>>().sub(index + 1).write(UnsafeCell::new(MaybeUninit::uninit()));
        }
        block
    }
}

/// Makes an empty block.
///
/// # Safety
/// There is memory for one of that length, which the caller has alone.
unsafe fn write(block: NonNull<Block>, start: Position, len: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        block.write(Block::new(start, len));
        // Places that a block before the last position there is doesn't have: they are not waited for.
        for state in (*block.as_ptr()).states.iter_mut().skip(len) {
            *state = State(AtomicU8::new(PUBLISHED));
        }
        for index in SHORTEST..len {
            block.byte_add(mem::offset_of!(Block, states)).cast::<State>().add(index).write(State::new());
        }
    }
}

/// Drops a block and its states, as loom wants its objects dropped; real ones have nothing to drop.
///
/// # Safety
/// The caller alone has the block.
unsafe fn drop_in_place(block: NonNull<Block>) {
    // SAFETY: the caller's promise; the block has as many states as it is long.
    #[cfg(sakia_loom)]
    unsafe {
        for index in SHORTEST..block.as_ref().len() {
            block.byte_add(mem::offset_of!(Block, states)).cast::<State>().add(index).drop_in_place();
        }
        block.drop_in_place();
    }
    #[cfg(not(sakia_loom))]
    let _ = block;
}

/// Makes a block that was used an empty one again.
///
/// # Safety
/// No message is left in it, and the caller alone has it.
pub(super) unsafe fn renew(block: NonNull<Block>, start: Position) {
    // SAFETY: the caller's promise.
    unsafe {
        let len = block.as_ref().len();
        drop_in_place(block);
        write(block, start, len);
    }
}

/// Frees a block.
///
/// # Safety
/// [`allocate`] has made it for the same `T`, no message is left in it, and the caller alone has it.
pub(super) unsafe fn free<T>(block: NonNull<Block>) {
    // SAFETY: the caller's promise. Loom wants its objects dropped; real ones have nothing to drop.
    unsafe {
        let (layout, before) = layout_of::<T>(block.as_ref().len()).expect("it was allocated with this layout");
        #[cfg(sakia_loom)]
        for index in 0..block.as_ref().len() {
            block.cast::<UnsafeCell<MaybeUninit<T>>>().sub(index + 1).drop_in_place();
        }
        drop_in_place(block);
        dealloc(block.as_ptr().cast::<u8>().sub(before), layout);
    }
}

/// Frees a list of blocks.
///
/// # Safety
/// As [`free`], for each of them.
pub(super) unsafe fn free_from<T>(mut block: *mut Block) {
    while let Some(this) = NonNull::new(block) {
        // SAFETY: the caller's promise.
        unsafe {
            block = this.as_ref().next.load(Ordering::Relaxed);
            free::<T>(this);
        }
    }
}

#[cfg(all(test, not(sakia_loom)))]
mod tests {
    use super::*;
    use alloc::vec;

    #[repr(align(64))]
    struct Wide {
        _bytes: [u8; 64],
    }

    /// All bytes that messages and states take lie in the block's memory, each in one of them, and none in the header.
    fn all_is_apart<T>(len: usize) {
        let (layout, before) = layout_of::<T>(len).unwrap();
        let block = allocate::<T>(1_000, len);
        let memory = block.addr().get() - before;
        let mut taken = vec![false; layout.size()];
        let mut take = |address: usize, size: usize| {
            taken[address - memory..][..size].iter_mut().for_each(|byte| assert!(!core::mem::replace(byte, true)));
        };
        take(block.addr().get(), mem::offset_of!(Block, states));
        for position in 1_000..1_000 + len as Position {
            // SAFETY: the block is of this type and has these positions.
            let (state, value) = unsafe { place::<T>(block, position) };
            let value = ptr::from_ref(value).cast::<T>();
            assert!(value.is_aligned());
            take(value.addr(), size_of::<T>());
            take(ptr::from_ref(state).addr(), 1);
        }
        // SAFETY: no message was written, and nobody else has it.
        unsafe { free::<T>(block) };
    }

    #[test]
    fn messages_states_and_header_are_apart_and_aligned() {
        for len in [1, SHORTEST - 1, SHORTEST, SHORTEST + 1, 2 * SHORTEST + 1, LONGEST] {
            all_is_apart::<()>(len);
            all_is_apart::<u8>(len);
            all_is_apart::<[u8; 3]>(len);
            all_is_apart::<u64>(len);
            all_is_apart::<[u64; 5]>(len);
            all_is_apart::<Wide>(len);
        }
    }

    #[test]
    fn a_block_is_full_when_all_that_it_has_is_published_and_empty_when_it_is_renewed() {
        for len in [1, SHORTEST - 1, SHORTEST, SHORTEST + 1, 2 * SHORTEST + 1, LONGEST] {
            let block = allocate::<u8>(0, len);
            // SAFETY: the block is of this type, has these positions, no message is written, and nobody else has it.
            unsafe {
                for _ in 0..2 {
                    for position in (0..len as Position).rev() {
                        assert!(!is_full(block), "{len} {position}");
                        place::<u8>(block, position).0.publish();
                    }
                    assert!(is_full(block), "{len}");
                    renew(block, 0);
                }
                free::<u8>(block);
            }
        }
    }
}
