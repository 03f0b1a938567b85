//! Messages in a chain of blocks, for channels whose memory is by use and not by bound.
//!
//! Blocks follow each other by position, each with room for [`BLOCK`] messages. Senders append them as they come to need
//! them and the receiver takes them away behind itself, so the chain is as long as the queue. A block that was taken away
//! is kept to be appended again, until the queue has drained.
//!
//! ```text
//!  oldest             head                                 tail
//!    v                  v                                    v
//!  [ read, released ]-[ being read ]-[ full ]-[ full ]-[ being written ]-[ maybe one more ]
//! ```
//!
//! | pointer | moved by | means |
//! |---|---|---|
//! | `oldest` | receiver | the blocks from here to `head` are read, and wait until no sender looks at them any more |
//! | `head` | receiver (the first time: who appends the first block) | where the next message is |
//! | `tail` | senders | where senders begin to look for their block |
//! | `spare` | who has swapped BUSY in | blocks to be used again |
//!
//! The algorithm is that of tokio's `mpsc::list`. A sender looks for its block only after it has claimed a position, and
//! never finds `tail` beyond that block: `tail` leaves a block only when all its messages are published. Who moves it on
//! then reads the position that will be claimed next, by a read-modify-write, and leaves it in the block as `released`.
//! Whoever claims later sees the new `tail`; whoever has claimed before is done when the receiver has got to `released`.
//! So from then on the block is the receiver's alone.

use crate::{
    position::{AtomicPosition, Layout, POSITION_BITS, POSITION_MASK, Position},
    ring::MARKED,
    sync::{
        UnsafeCell,
        atomic::{AtomicPtr, AtomicU8, Ordering},
        const_unless_loom,
    },
};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::{
    alloc::Layout as MemoryLayout,
    mem::MaybeUninit,
    ptr::{self, NonNull},
};

/// Messages in a block.
pub(crate) const BLOCK: usize = if cfg!(sakia_loom) { 2 } else { 16 };

/// How many blocks are kept to be used again.
const MAX_SPARES: Position = if cfg!(sakia_loom) { 1 } else { 64 };

/// What `spare` is while somebody changes the list.
const BUSY: *mut Block = ptr::without_provenance_mut(1);

// States of a place in a block.

/// Not yet published, though a sender may be writing.
const EMPTY: u8 = 0;
/// The message may be taken, or was taken.
const PUBLISHED: u8 = 1;
/// As EMPTY, and the receiver sleeps: who publishes wakes it.
const MARK: u8 = 2;
/// The message was dropped out of turn, after the receiver.
const DROPPED: u8 = 3;

/// A block. Behind it, in the same allocation, are the messages.
#[derive(Debug)]
pub(crate) struct Block {
    /// The position of its first message. In a spare one: how many there are from this one on.
    start: AtomicPosition,
    next: AtomicPtr<Block>,
    /// `[ position | 1 ]`: see "released" in the module's documentation; 0 before.
    released: AtomicPosition,
    states: [AtomicU8; BLOCK],
    /// By which loom tells that nobody looks at a block any more when it is given away.
    #[cfg(sakia_loom)]
    visits: UnsafeCell<()>,
}

impl Block {
    fn new(start: Position) -> Self {
        Self {
            start: AtomicPosition::new(start),
            next: AtomicPtr::new(ptr::null_mut()),
            released: AtomicPosition::new(0),
            states: core::array::from_fn(|_| AtomicU8::new(EMPTY)),
            #[cfg(sakia_loom)]
            visits: UnsafeCell::new(()),
        }
    }

    /// A sender looks at the block.
    #[inline(always)]
    fn visit(&self) {
        #[cfg(sakia_loom)]
        self.visits.with(|_| ());
    }

    #[inline(always)]
    fn start(&self) -> Position {
        // Relaxed: written before the block became visible.
        self.start.load(Ordering::Relaxed)
    }

    fn next(&self) -> Option<NonNull<Block>> {
        // Acquire pairs with the Release exchange in `next_or_new`: the next block is made.
        NonNull::new(self.next.load(Ordering::Acquire))
    }

    /// All its messages are published, so nobody will look for a place in it any more.
    fn is_full(&self) -> bool {
        // Relaxed: what the publishers did before is acquired by the receiver, message by message, before it gives the
        // block away.
        self.states.iter().all(|state| state.load(Ordering::Relaxed) & PUBLISHED != 0)
    }

    #[inline(always)]
    fn state(&self, position: Position) -> &AtomicU8 {
        &self.states[index_of(position)]
    }

    /// Makes the message that was written visible. True: the receiver has left a mark and is to be woken.
    #[inline(always)]
    pub(crate) fn publish(&self, position: Position) -> bool {
        if MARKED {
            // Release pairs with the Acquire in `is_published`, Acquire with the Release in `mark`: the waker is out.
            self.state(position).swap(PUBLISHED, Ordering::AcqRel) == MARK
        } else {
            // Release pairs with the Acquire in `is_published`: the message is written.
            self.state(position).store(PUBLISHED, Ordering::Release);
            false
        }
    }

    #[inline(always)]
    pub(crate) fn is_published(&self, position: Position) -> bool {
        // Acquire pairs with the Release in `publish`.
        self.state(position).load(Ordering::Acquire) == PUBLISHED
    }

    /// Asks the sender who is about to publish to wake the receiver. False: it has published.
    pub(crate) fn mark(&self, position: Position) -> bool {
        // Release pairs with the swap in `publish`. Failure: the state is read again, with Acquire, by who is told false,
        // unless the mark of last time is still there.
        let before = self.state(position).compare_exchange(EMPTY, MARK, Ordering::Release, Ordering::Relaxed);
        matches!(before, Ok(_) | Err(MARK))
    }

    /// Makes a message that was taken out of turn look unpublished, so that it is not taken again.
    pub(crate) fn unpublish(&self, position: Position) {
        // Relaxed: read again only by the last handle, which the count of handles orders.
        self.state(position).store(DROPPED, Ordering::Relaxed);
    }
}

/// Where in its block a message stands.
#[inline(always)]
fn index_of(position: Position) -> usize {
    position as usize % BLOCK
}

/// The first position of the block of `position`.
#[inline(always)]
fn start_of(position: Position) -> Position {
    position & !(BLOCK as Position - 1)
}

/// Where the messages begin, from the start of the block.
const fn values_offset<T>() -> usize {
    size_of::<Block>().next_multiple_of(align_of::<T>())
}

/// Where the message at `position` is kept, in its block.
///
/// # Safety
/// The block is a valid one for messages of `T`.
#[inline(always)]
pub(crate) unsafe fn value<T>(block: NonNull<Block>, position: Position) -> NonNull<UnsafeCell<MaybeUninit<T>>> {
    // SAFETY: behind the block, in its allocation, are as many cells as there are indices.
    unsafe { block.byte_add(values_offset::<T>()).cast::<UnsafeCell<MaybeUninit<T>>>().add(index_of(position)) }
}

/// What a block of `T` takes. None: it does not fit into the address space.
pub(crate) fn layout_of<T>() -> Option<MemoryLayout> {
    let values = MemoryLayout::array::<UnsafeCell<MaybeUninit<T>>>(BLOCK).ok()?;
    let (layout, offset) = MemoryLayout::new::<Block>().extend(values).ok()?;
    debug_assert_eq!(offset, values_offset::<T>());
    Some(layout.pad_to_align())
}

/// Allocates a block.
#[cold]
fn allocate<T>(start: Position) -> NonNull<Block> {
    let layout = layout_of::<T>().expect("checked when the channel was made");
    // SAFETY: the layout has the block's size at least.
    let Some(block) = NonNull::new(unsafe { alloc(layout) }.cast::<Block>()) else { handle_alloc_error(layout) };
    // SAFETY: the allocation has room for the block and, behind it, the cells. A real cell needs no initialisation.
    unsafe {
        block.write(Block::new(start));
        #[cfg(sakia_loom)]
        for index in 0..BLOCK as Position {
            value::<T>(block, index).write(UnsafeCell::new(MaybeUninit::uninit()));
        }
    }
    block
}

/// Frees a block.
///
/// # Safety
/// [`allocate`] has made it for the same `T`, no message is left in it, and the caller alone has it.
unsafe fn free<T>(block: NonNull<Block>) {
    // SAFETY: the caller's promise. Loom wants its objects dropped; real ones have nothing to drop.
    unsafe {
        #[cfg(sakia_loom)]
        for index in 0..BLOCK as Position {
            value::<T>(block, index).drop_in_place();
        }
        block.drop_in_place();
        dealloc(block.as_ptr().cast(), layout_of::<T>().expect("it was allocated with this layout"));
    }
}

/// See the module's documentation.
///
/// Invariant: the pointers are null or lead to valid blocks of the channel's type of message, which is the `T` of all calls.
#[derive(Debug)]
pub(crate) struct Chain {
    oldest: AtomicPtr<Block>,
    head: AtomicPtr<Block>,
    spare: AtomicPtr<Block>,
    tail: AtomicPtr<Block>,
}

impl Chain {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self {
                oldest: AtomicPtr::new(ptr::null_mut()),
                head: AtomicPtr::new(ptr::null_mut()),
                spare: AtomicPtr::new(ptr::null_mut()),
                tail: AtomicPtr::new(ptr::null_mut()),
            }
        }
    }

    // ===== senders =====

    /// The block of `position`, if that is where senders are. For who has claimed `position` and not published it yet.
    #[inline(always)]
    pub(crate) fn tail_at(&self, position: Position) -> Option<NonNull<Block>> {
        // Acquire pairs with the Release exchanges of `tail`: the block is made.
        let block = NonNull::new(self.tail.load(Ordering::Acquire))?;
        // SAFETY: `tail` leads to a block that the caller's claim protects.
        let this = unsafe { block.as_ref() };
        this.visit();
        (this.start() == start_of(position)).then_some(block)
    }

    /// The block of `position`, which is appended if need be; brings `tail` nearer. For who has claimed `position` and not
    /// published it yet; `next_claim` tells which position is claimed next, by a read-modify-write.
    #[cold]
    pub(crate) fn find<T>(&self, position: Position, next_claim: impl Fn() -> Position) -> NonNull<Block> {
        // Acquire as in `tail_at`.
        let tail = NonNull::new(self.tail.load(Ordering::Acquire));
        let mut block = tail.unwrap_or_else(|| self.begin::<T>());
        let mut moving = true;
        loop {
            // SAFETY: a block from `tail` on, which the caller's claim protects: see the module's documentation.
            let this = unsafe { block.as_ref() };
            this.visit();
            if this.start() == start_of(position) {
                return block;
            }
            let next = self.next_or_new::<T>(this);
            moving = moving && this.is_full() && self.move_tail(block, next, &next_claim);
            block = next;
        }
    }

    /// Moves `tail` on from `block`, where nobody has anything to do any more. False: somebody else has.
    fn move_tail(&self, block: NonNull<Block>, next: NonNull<Block>, next_claim: impl Fn() -> Position) -> bool {
        // Release pairs with the Acquire loads of `tail`: the next block is made.
        let moved = self.tail.compare_exchange(block.as_ptr(), next.as_ptr(), Ordering::Release, Ordering::Relaxed);
        if moved.is_ok() {
            // SAFETY: it can't be given away before `released` says so.
            let released = unsafe { &block.as_ref().released };
            // Release pairs with the Acquire in `reclaim`: this was our last look at the block.
            released.store(next_claim() << 1 | 1, Ordering::Release);
        }
        moved.is_ok()
    }

    /// The first block of all, unless it is there.
    fn begin<T>(&self) -> NonNull<Block> {
        let new = self.make::<T>(start_of(Layout::endless().first()));
        // AcqRel: the block is made. The receiver reads `head`; of the senders, only those that find no `tail`, and as
        // long as there is none, the first block is the head.
        let head = self.head.compare_exchange(ptr::null_mut(), new.as_ptr(), Ordering::AcqRel, Ordering::Acquire);
        let first = head.map_or_else(|first| first, |_| new.as_ptr());
        if first != new.as_ptr() {
            self.keep::<T>(new);
        }
        let tail = self.tail.compare_exchange(ptr::null_mut(), first, Ordering::AcqRel, Ordering::Acquire);
        let tail = tail.map_or_else(|tail| tail, |_| first);
        // SAFETY: neither can be null again.
        unsafe { NonNull::new_unchecked(tail) }
    }

    /// The block behind `block`, which is appended if need be.
    fn next_or_new<T>(&self, block: &Block) -> NonNull<Block> {
        if let Some(next) = block.next() {
            return next;
        }
        let new = self.make::<T>(block.start().wrapping_add(BLOCK as Position) & POSITION_MASK);
        // Release pairs with the Acquire in `next` and here: the block is made.
        match block.next.compare_exchange(ptr::null_mut(), new.as_ptr(), Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => new,
            Err(next) => {
                self.keep::<T>(new);
                // SAFETY: not null, or the exchange had not failed.
                unsafe { NonNull::new_unchecked(next) }
            }
        }
    }

    // ===== the receiver =====

    /// The block of `head`, if that is where the receiver is.
    #[inline(always)]
    pub(crate) fn head_at(&self, head: Position) -> Option<NonNull<Block>> {
        let block = self.head()?;
        // SAFETY: the receiver gives a block away only after it has moved on.
        (unsafe { block.as_ref() }.start() == start_of(head)).then_some(block)
    }

    #[inline(always)]
    pub(crate) fn head(&self) -> Option<NonNull<Block>> {
        // Acquire pairs with the exchange in `begin`: the block is made.
        NonNull::new(self.head.load(Ordering::Acquire))
    }

    /// Moves the receiver on to the block of `head`, if there is one.
    pub(crate) fn move_head(&self, head: Position) -> Option<NonNull<Block>> {
        let block = self.head()?;
        if self.oldest.load(Ordering::Relaxed).is_null() {
            self.oldest.store(block.as_ptr(), Ordering::Relaxed);
        }
        let next = self.walk(block, head)?;
        // Release pairs with the Acquire exchange in `begin`, by a sender that has found no `tail`: by now there is one, and
        // whoever sees this head sees it too. All others that read the head are this thread.
        self.head.store(next.as_ptr(), Ordering::Release);
        Some(next)
    }

    /// The block of `position`, which is `from` or comes after it, if there is one. For the receiver, or who has the channel
    /// alone.
    pub(crate) fn walk(&self, from: NonNull<Block>, position: Position) -> Option<NonNull<Block>> {
        let mut block = from;
        // SAFETY: the receiver gives the blocks from `head` on away only after it has moved on.
        while unsafe { block.as_ref() }.start() != start_of(position) {
            // SAFETY: as above.
            block = unsafe { block.as_ref() }.next()?;
        }
        Some(block)
    }

    /// The block of `head`, which is appended if need be.
    pub(crate) fn head_or_new<T>(&self, head: Position) -> NonNull<Block> {
        match (self.head_at(head), self.head()) {
            (Some(block), _) => block,
            // SAFETY: as in `head_at`. The block of `head` is the next: the receiver has read this one to its end.
            (None, Some(block)) => self.next_or_new::<T>(unsafe { block.as_ref() }),
            (None, None) => self.begin::<T>(),
        }
    }

    /// Takes the blocks away that lie before the head and that no sender looks at any more.
    pub(crate) fn reclaim<T>(&self, head: Position) {
        // Relaxed: both are the receiver's.
        let current = self.head.load(Ordering::Relaxed);
        let mut oldest = self.oldest.load(Ordering::Relaxed);
        while let Some(block) = NonNull::new(oldest).filter(|block| block.as_ptr() != current) {
            // SAFETY: blocks from `oldest` on are given away here only.
            let this = unsafe { block.as_ref() };
            // Acquire pairs with the Release in `move_tail`.
            let released = this.released.load(Ordering::Acquire);
            if released == 0 || !is_reached(released >> 1, head) {
                break;
            }
            // Relaxed: acquired when the head moved there.
            oldest = this.next.load(Ordering::Relaxed);
            self.keep::<T>(block);
        }
        self.oldest.store(oldest, Ordering::Relaxed);
    }

    // ===== spare blocks =====

    /// Takes the list of spare blocks, for the moment; BUSY: somebody else has it.
    fn take_spares(&self) -> *mut Block {
        // Acquire pairs with the Release in `give_spares`: the list is as they left it.
        self.spare.swap(BUSY, Ordering::Acquire)
    }

    /// Gives back the list that was taken. A read-modify-write, though a store would do: loom lets a `swap` read what a
    /// store has replaced already.
    fn give_spares(&self, list: *mut Block) {
        self.spare.swap(list, Ordering::Release);
    }

    /// A block that begins at `start`: a spare one if there is one.
    fn make<T>(&self, start: Position) -> NonNull<Block> {
        // Relaxed: a look that saves the exchange.
        if self.spare.load(Ordering::Relaxed).is_null() {
            return allocate::<T>(start);
        }
        match NonNull::new(self.take_spares()) {
            Some(busy) if busy.as_ptr() == BUSY => allocate::<T>(start),
            None => {
                self.give_spares(ptr::null_mut());
                allocate::<T>(start)
            }
            Some(block) => {
                // SAFETY: BUSY is ours, and with it the list. The block is ours alone then, and as it is to begin.
                unsafe {
                    self.give_spares(block.as_ref().next.load(Ordering::Relaxed));
                    #[cfg(sakia_loom)]
                    block.drop_in_place();
                    block.write(Block::new(start));
                }
                block
            }
        }
    }

    /// Keeps a block that the caller has alone, to be used again.
    fn keep<T>(&self, block: NonNull<Block>) {
        // SAFETY: the caller's promise, which loom checks.
        #[cfg(sakia_loom)]
        unsafe { block.as_ref() }.visits.with_mut(|_| ());
        let list = self.take_spares();
        if list == BUSY {
            // SAFETY: the caller's promise.
            return unsafe { free::<T>(block) };
        }
        // SAFETY: BUSY is ours, and with it the list.
        let spares = NonNull::new(list).map_or(0, |list| unsafe { list.as_ref() }.start());
        if spares == MAX_SPARES {
            self.give_spares(list);
            // SAFETY: the caller's promise.
            return unsafe { free::<T>(block) };
        }
        // SAFETY: the caller has it alone. Relaxed: published by `give_spares`.
        let this = unsafe { block.as_ref() };
        this.next.store(list, Ordering::Relaxed);
        this.start.store(spares + 1, Ordering::Relaxed);
        self.give_spares(block.as_ptr());
    }

    /// Frees the spare blocks.
    pub(crate) fn trim<T>(&self) {
        // Relaxed: a look that saves the exchange. What comes later is freed next time, or at the end.
        let seen = self.spare.load(Ordering::Relaxed);
        if seen.is_null() || seen == BUSY {
            return;
        }
        let list = self.take_spares();
        if list != BUSY {
            self.give_spares(ptr::null_mut());
            // SAFETY: the list was ours when BUSY was.
            unsafe { free_from::<T>(list) };
        }
    }

    /// Frees all blocks.
    ///
    /// # Safety
    /// No message is left, and nobody else has the channel.
    pub(crate) unsafe fn end<T>(&self) {
        // Relaxed: the count of handles orders this.
        let oldest = self.oldest.load(Ordering::Relaxed);
        let first = if oldest.is_null() { self.head.load(Ordering::Relaxed) } else { oldest };
        // SAFETY: the caller's promise; spare blocks are in no other list.
        unsafe {
            free_from::<T>(first);
            free_from::<T>(self.spare.load(Ordering::Relaxed));
        }
    }
}

/// Frees a list of blocks.
///
/// # Safety
/// As [`free`], for each of them.
unsafe fn free_from<T>(mut block: *mut Block) {
    while let Some(this) = NonNull::new(block) {
        // SAFETY: the caller's promise.
        unsafe {
            block = this.as_ref().next.load(Ordering::Relaxed);
            free::<T>(this);
        }
    }
}

/// The head has come to `position`, of which it is never as far as half of all positions away.
fn is_reached(position: Position, head: Position) -> bool {
    (head.wrapping_sub(position) & POSITION_MASK) >> (POSITION_BITS - 1) == 0
}
