//! Channels of slots in an allocation of their own.

use super::{Element, Header, elements_offset, tickets_offset};
use crate::wheel::{Ticket, Wheel};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::{alloc::Layout, ptr::NonNull};

/// Panics if the slots don't fit into the address space.
#[track_caller]
fn layout<T, R>(slots: usize) -> Layout {
    let whole = || {
        let (layout, tickets) = Layout::new::<Header<R>>().extend(Layout::array::<Ticket>(slots).ok()?).ok()?;
        let (layout, elements) = layout.extend(Layout::array::<Element<T>>(slots).ok()?).ok()?;
        debug_assert_eq!((tickets, elements), (tickets_offset::<R>(), elements_offset::<T, R>(slots)));
        Some(layout)
    };
    whole().expect("sakia: the channel's messages don't fit into memory")
}

/// Allocates a channel for two handles.
#[track_caller]
pub(crate) fn allocate<T, R>(slots: usize, overtaking: u32, policy: R) -> NonNull<Header<R>> {
    let layout = layout::<T, R>(slots);
    // SAFETY: the layout has the header's size at least.
    let Some(header) = NonNull::new(unsafe { alloc(layout) }.cast::<Header<R>>()) else {
        handle_alloc_error(layout);
    };
    // SAFETY: the allocation has room for the header and, behind it, the tickets and the elements; all are written before
    // use.
    unsafe {
        header.write(Header { wheel: Wheel::new(slots, overtaking, false), policy });
        let tickets = header.byte_add(tickets_offset::<R>()).cast::<Ticket>();
        let elements = header.byte_add(elements_offset::<T, R>(slots)).cast::<Element<T>>();
        for index in 0..slots {
            tickets.add(index).write(Ticket::new());
            elements.add(index).write(Element::new());
        }
    }
    header
}

/// Frees a channel.
///
/// # Safety
/// [`allocate`] has made it for the same types, its elements are empty, and there is no handle but the caller's.
pub(crate) unsafe fn free<T, R>(header: NonNull<Header<R>>) {
    // SAFETY: the caller's promise; the layout is the one of `allocate`.
    unsafe {
        let slots = header.as_ref().wheel.layout().slots();
        // Loom wants its objects dropped; real tickets and empty elements have nothing to drop.
        #[cfg(sakia_loom)]
        for index in 0..slots {
            header.byte_add(tickets_offset::<R>()).cast::<Ticket>().add(index).drop_in_place();
            header.byte_add(elements_offset::<T, R>(slots)).cast::<Element<T>>().add(index).drop_in_place();
        }
        // Also if dropping the policy panics.
        let _free = crate::sync::OnDrop(|| dealloc(header.as_ptr().cast(), layout::<T, R>(slots)));
        header.drop_in_place();
    }
}
