//! Messages in a chain of blocks, for channels whose memory is by use and not by bound.
//!
//! Blocks follow each other by position. Senders append them as they come to need them and the receiver takes them away
//! behind itself, so the chain is as long as the queue. A block that was taken away is kept to be appended again, until the
//! queue has drained.
//!
//! The first block has room for [`SHORTEST`] messages. Where many small ones may be queued, each block has room for twice as
//! many as the one before, up to [`longest`]: what happens once a block is then shared by more messages.
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

mod block;

use crate::{
    position::{Layout, POSITION_BITS, POSITION_MASK, Position},
    sync::{
        atomic::{AtomicPtr, Ordering},
        const_unless_loom,
    },
};
pub(crate) use block::{Block, SHORTEST, State, layout_of, longest, place};
use core::ptr::{self, NonNull};

/// For how many messages the blocks that are kept to be used again have room, about.
const MAX_SPARE: usize = if cfg!(sakia_loom) { 2 } else { 1024 };

/// What `spare` is while somebody changes the list.
const BUSY: *mut Block = ptr::without_provenance_mut(1);

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
        this.has(position).then_some(block)
    }

    /// The block of `position`, which is appended if need be; brings `tail` nearer. For who has claimed `position` and not
    /// published it yet; `next_claim` tells which position is claimed next, by a read-modify-write.
    #[cold]
    pub(crate) fn find<T>(
        &self,
        position: Position,
        longest: usize,
        next_claim: impl Fn() -> Position,
    ) -> NonNull<Block> {
        // Acquire as in `tail_at`.
        let tail = NonNull::new(self.tail.load(Ordering::Acquire));
        let mut block = tail.unwrap_or_else(|| self.begin::<T>());
        let mut moving = true;
        loop {
            // SAFETY: a block from `tail` on, which the caller's claim protects: see the module's documentation.
            let this = unsafe { block.as_ref() };
            this.visit();
            if this.has(position) {
                return block;
            }
            let next = self.next_or_new::<T>(this, longest);
            // SAFETY: as above.
            moving = moving && unsafe { block::is_full(block) } && self.move_tail(block, next, &next_claim);
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
        let new = self.make::<T>(Layout::endless().first(), SHORTEST);
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
    fn next_or_new<T>(&self, block: &Block, longest: usize) -> NonNull<Block> {
        if let Some(next) = block.next() {
            return next;
        }
        let new = self.make::<T>(block.end(), (2 * block.len() + 1).clamp(SHORTEST, longest));
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
        unsafe { block.as_ref() }.has(head).then_some(block)
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
        while !unsafe { block.as_ref() }.has(position) {
            // SAFETY: as above.
            block = unsafe { block.as_ref() }.next()?;
        }
        Some(block)
    }

    /// The block of `head`, which is appended if need be.
    pub(crate) fn head_or_new<T>(&self, head: Position, longest: usize) -> NonNull<Block> {
        match (self.head_at(head), self.head()) {
            (Some(block), _) => block,
            // SAFETY: as in `head_at`. The block of `head` is the next: the receiver has read this one to its end.
            (None, Some(block)) => self.next_or_new::<T>(unsafe { block.as_ref() }, longest),
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

    /// A block that begins at `start`, with room for `len` messages unless that is beyond the last position: a spare one if
    /// there is one like that.
    fn make<T>(&self, start: Position, len: usize) -> NonNull<Block> {
        // Compared as positions, which may have more bits than a `usize`.
        let len = (len as Position).min(POSITION_MASK - start + 1) as usize;
        match self.take_spare() {
            // SAFETY: it was in the list, from which only we have taken it.
            Some(block) if unsafe { block.as_ref() }.len() == len => unsafe {
                block::renew(block, start);
                block
            },
            other => {
                // SAFETY: as above.
                other.inspect(|block| unsafe { block::free::<T>(*block) });
                block::allocate::<T>(start, len)
            }
        }
    }

    /// Takes a spare block, if there is one and nobody else is at the list.
    fn take_spare(&self) -> Option<NonNull<Block>> {
        // Relaxed: a look that saves the exchange.
        if self.spare.load(Ordering::Relaxed).is_null() {
            return None;
        }
        let list = self.take_spares();
        if list == BUSY {
            return None;
        }
        let block = NonNull::new(list);
        // SAFETY: BUSY is ours, and with it the list.
        self.give_spares(block.map_or(list, |block| unsafe { block.as_ref() }.next.load(Ordering::Relaxed)));
        block
    }

    /// Keeps a block that the caller has alone, to be used again.
    fn keep<T>(&self, block: NonNull<Block>) {
        // SAFETY: the caller's promise.
        let this = unsafe { block.as_ref() };
        this.end_of_visits();
        let list = self.take_spares();
        if list == BUSY {
            // SAFETY: the caller's promise.
            return unsafe { block::free::<T>(block) };
        }
        // SAFETY: BUSY is ours, and with it the list.
        let spares = NonNull::new(list).map_or(0, |list| unsafe { list.as_ref() }.spares());
        if spares * this.len() >= MAX_SPARE {
            self.give_spares(list);
            // SAFETY: the caller's promise.
            return unsafe { block::free::<T>(block) };
        }
        // SAFETY: the caller's promise.
        unsafe { Block::become_spare(block, list, spares + 1) };
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
            unsafe { block::free_from::<T>(list) };
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
            block::free_from::<T>(first);
            block::free_from::<T>(self.spare.load(Ordering::Relaxed));
        }
    }
}

/// The head has come to `position`, of which it is never as far as half of all positions away.
fn is_reached(position: Position, head: Position) -> bool {
    (head.wrapping_sub(position) & POSITION_MASK) >> (POSITION_BITS - 1) == 0
}

#[cfg(all(test, not(sakia_loom)))]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    /// Blocks from `start` on, as senders append them: the position and the length of each.
    fn appended(start: Position, longest: usize, n: usize) -> Vec<(Position, usize)> {
        let chain = Chain::new();
        let first = chain.make::<u8>(start, SHORTEST);
        chain.head.store(first.as_ptr(), Ordering::Relaxed);
        let mut blocks = vec![first];
        while blocks.len() < n {
            // SAFETY: the blocks are freed at the end.
            blocks.push(chain.next_or_new::<u8>(unsafe { blocks[blocks.len() - 1].as_ref() }, longest));
        }
        // SAFETY: as above; there is no message, and nobody else has them.
        unsafe {
            let starts = blocks.iter().scan(start, |at, block| Some(core::mem::replace(at, block.as_ref().end())));
            let found = starts.zip(blocks.iter().map(|block| block.as_ref().len())).collect();
            chain.end::<u8>();
            found
        }
    }

    #[test]
    fn blocks_grow_up_to_the_longest() {
        let lengths = |longest| appended(0, longest, 5).into_iter().map(|(_, len)| len).collect::<Vec<_>>();
        assert_eq!(lengths(longest::<u8>(1_024)), [15; 5]);
        assert_eq!(lengths(longest::<[u64; 5]>(usize::MAX)), [15; 5]);
        assert_eq!(lengths(longest::<u8>(1_025)), [15, 31, 63, 63, 63]);
    }

    #[test]
    fn no_block_goes_beyond_the_last_position() {
        let start = POSITION_MASK + 1 - 20;
        assert_eq!(appended(start, 63, 4), [(start, 15), (start + 15, 5), (0, 15), (15, 31)]);
    }

    #[test]
    fn a_spare_block_of_another_length_is_not_used() {
        let chain = Chain::new();
        chain.keep::<u8>(chain.make::<u8>(0, 31));
        let [other, same] = [15, 31].map(|len| chain.make::<u8>(0, len));
        chain.keep::<u8>(same);
        let again = chain.make::<u8>(0, 31);
        assert_eq!(again, same);
        // SAFETY: nobody else has them, and no message is in them.
        unsafe {
            assert_eq!(other.as_ref().len(), 15);
            block::free::<u8>(other);
            block::free::<u8>(again);
            chain.end::<u8>();
        }
    }
}
