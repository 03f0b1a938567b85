//! Channels in an allocation of their own.

use super::{Shared, slots_offset};
use crate::{position, ring::Slot};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::{alloc::Layout, ptr::NonNull};

/// Panics if the slots don't fit into the address space.
#[track_caller]
pub(crate) fn layout<T>(capacity: usize) -> Layout {
    let slots = Layout::array::<Slot<T>>(capacity).ok();
    let whole = slots.and_then(|slots| Layout::new::<Shared>().extend(slots).ok());
    let (layout, offset) = whole.expect("sakia: the channel's messages don't fit into memory");
    debug_assert_eq!(offset, slots_offset::<T>());
    layout
}

/// Allocates a channel for two handles.
#[track_caller]
pub(crate) fn allocate<T>(capacity: usize, overtaking: u32) -> NonNull<Shared> {
    let layout = layout::<T>(capacity);
    // SAFETY: the layout has the header's size at least.
    let Some(shared) = NonNull::new(unsafe { alloc(layout) }.cast::<Shared>()) else {
        handle_alloc_error(layout);
    };
    // SAFETY: the allocation has room for the header and, behind it, the slots; both are written before use.
    unsafe {
        shared.write(Shared::new(position::Layout::new(capacity), overtaking, false));
        let slots = shared.byte_add(slots_offset::<T>()).cast::<Slot<T>>();
        for index in 0..capacity {
            slots.add(index).write(Slot::new());
        }
    }
    shared
}

/// Frees a channel.
///
/// # Safety
/// [`allocate`] has made it for the same `T`, no message is left in it, and no handle but the caller's.
pub(crate) unsafe fn free<T>(shared: NonNull<Shared>) {
    // SAFETY: the caller's promise; the layout is the one of `allocate`.
    unsafe {
        let capacity = shared.as_ref().channel.ledger.layout().capacity();
        // Loom wants its objects dropped; a real slot has nothing to drop.
        #[cfg(sakia_loom)]
        for index in 0..capacity {
            shared.byte_add(slots_offset::<T>()).cast::<Slot<T>>().add(index).drop_in_place();
        }
        shared.drop_in_place();
        dealloc(shared.as_ptr().cast(), layout::<T>(capacity));
    }
}
