//! Channels in an allocation of their own.

use super::{Shared, slots_offset};
use crate::{chain, position, ring::Slot};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::{alloc::Layout, ptr::NonNull};

/// What a channel takes. None: its messages don't fit into the address space.
///
/// With a ring, the header begins with a line of the cache: what the two sides write lies on different lines, as laid out
/// there. The allocator is not asked for that: for more than it gives anyway (16 bytes) it takes longer than for all the
/// rest, so there is room to begin later.
fn layout<T>(positions: position::Layout, bound: usize) -> Option<Layout> {
    let header = Layout::new::<Shared>();
    if positions.is_endless() {
        return chain::layout_of::<T>(chain::longest::<T>(bound)).map(|_| header);
    }
    let slots = Layout::array::<Slot<T>>(positions.slots()).ok()?;
    let header = Layout::from_size_align(slots_offset::<T>(), header.align()).ok()?;
    let (layout, offset) = header.extend(slots).ok()?;
    debug_assert_eq!(offset, slots_offset::<T>());
    Layout::from_size_align(layout.size().checked_add(CACHE_LINE.saturating_sub(layout.align()))?, layout.align()).ok()
}

const CACHE_LINE: usize = 64;

/// How far behind the beginning of its allocation, at `begin`, a channel is put.
fn shift_of(begin: *mut u8, positions: position::Layout) -> u8 {
    if positions.is_endless() { 0 } else { (begin.addr().wrapping_neg() % CACHE_LINE) as u8 }
}

/// Allocates a channel for two handles; `positions` are a ring's, or endless for a chain.
///
/// # Panics
/// If the messages don't fit into the address space.
#[track_caller]
pub(crate) fn allocate<T>(positions: position::Layout, bound: usize, overtaking: u32) -> NonNull<Shared> {
    let layout = layout::<T>(positions, bound).expect("sakia: the channel's messages don't fit into memory");
    // SAFETY: the layout has the header's size at least.
    let Some(begin) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
    let shift = shift_of(begin.as_ptr(), positions);
    // SAFETY: the allocation has room for the header and, behind it, the slots, however far it is shifted; both are written
    // before use.
    unsafe {
        let shared = begin.add(shift as usize).cast::<Shared>();
        shared.write(Shared::new(positions, bound, overtaking, false));
        (*shared.as_ptr()).shift = shift;
        for index in 0..slots_of(positions) {
            shared.byte_add(slots_offset::<T>()).cast::<Slot<T>>().add(index).write(Slot::new());
        }
        shared
    }
}

/// Frees a channel.
///
/// # Safety
/// [`allocate`] has made it for the same `T`, no message is left in it, and no handle but the caller's.
pub(crate) unsafe fn free<T>(shared: NonNull<Shared>) {
    // SAFETY: the caller's promise; the layout is the one of `allocate`.
    unsafe {
        let (positions, bound) = (shared.as_ref().channel.ledger.layout(), shared.as_ref().channel.ledger.bound());
        // Loom wants its objects dropped; a real slot has nothing to drop.
        #[cfg(sakia_loom)]
        for index in 0..slots_of(positions) {
            shared.byte_add(slots_offset::<T>()).cast::<Slot<T>>().add(index).drop_in_place();
        }
        let begin = shared.cast::<u8>().sub(shared.as_ref().shift as usize);
        shared.drop_in_place();
        dealloc(begin.as_ptr(), layout::<T>(positions, bound).expect("it was allocated with this layout"));
    }
}

/// How many slots there are behind the header.
fn slots_of(positions: position::Layout) -> usize {
    if positions.is_endless() { 0 } else { positions.slots() }
}
