//! Where one message is kept: in a slot of the ring or in a block of the chain.

#[cfg(feature = "alloc")]
use crate::{
    chain::{self, Block, State},
    position::Position,
    sync::UnsafeCell,
};
use crate::{position::Stamp, ring::Slot};
#[cfg(feature = "alloc")]
use core::{mem::MaybeUninit, ptr::NonNull};

/// The place of the message at one position.
pub(crate) enum Place<'a, T> {
    Slot {
        slot: &'a Slot<T>,
        stamp: Stamp,
    },
    #[cfg(feature = "alloc")]
    Block {
        state: &'a State,
        value: &'a UnsafeCell<MaybeUninit<T>>,
    },
}

impl<T> Place<'_, T> {
    /// The place of `position` in its block.
    ///
    /// # Safety
    /// The block is a valid one for messages of `T`, has the position, and lives as long as the place.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(super) unsafe fn in_block(block: NonNull<Block>, position: Position) -> Self {
        // SAFETY: the caller's promise.
        let (state, value) = unsafe { chain::place(block, position) };
        Self::Block { state, value }
    }

    /// Writes a message.
    ///
    /// # Safety
    /// The caller has claimed this place's position and not published it yet.
    #[inline(always)]
    pub(super) unsafe fn write(&self, message: T) {
        match self {
            // SAFETY: the caller's promise.
            Self::Slot { slot, .. } => unsafe { slot.write(message) },
            #[cfg(feature = "alloc")]
            // SAFETY: between claim and publication the place is the claimer's.
            Self::Block { value, .. } => value.with_mut(|value| unsafe {
                (*value).write(message);
            }),
        }
    }

    /// Makes the message that was written visible. True: the receiver has left a mark and is to be woken.
    ///
    /// # Safety
    /// The caller has claimed this place's position, and written the message.
    #[inline(always)]
    pub(super) unsafe fn publish(&self) -> bool {
        match self {
            // SAFETY: the caller's promise.
            Self::Slot { slot, stamp } => unsafe { slot.publish(*stamp) },
            #[cfg(feature = "alloc")]
            Self::Block { state, .. } => state.publish(),
        }
    }

    #[inline(always)]
    pub(crate) fn is_published(&self) -> bool {
        match self {
            Self::Slot { slot, stamp } => slot.is_published(*stamp),
            #[cfg(feature = "alloc")]
            Self::Block { state, .. } => state.is_published(),
        }
    }

    /// Asks the sender who is about to publish here to wake the receiver. False: it has published.
    pub(super) fn mark(&self) -> bool {
        match self {
            Self::Slot { slot, stamp } => slot.mark(*stamp),
            #[cfg(feature = "alloc")]
            Self::Block { state, .. } => state.mark(),
        }
    }

    /// Takes the message out.
    ///
    /// # Safety
    /// It is published, the caller is the receiver (or has the channel alone), and it is taken once.
    #[inline(always)]
    pub(crate) unsafe fn take(&self) -> T {
        match self {
            // SAFETY: the caller's promise.
            Self::Slot { slot, .. } => unsafe { slot.take() },
            #[cfg(feature = "alloc")]
            // SAFETY: published, so written; and the receiver's until it moves on.
            Self::Block { value, .. } => value.with_mut(|value| unsafe { (*value).assume_init_read() }),
        }
    }

    /// Where the message is, for looking at it in place.
    #[inline(always)]
    pub(crate) fn message(&self) -> *const T {
        match self {
            Self::Slot { slot, .. } => slot.message(),
            #[cfg(feature = "alloc")]
            Self::Block { value, .. } => value.with(|value| value.cast()),
        }
    }

    /// Makes a message that was taken out of turn look unpublished, so that it is not taken again.
    pub(super) fn unpublish(&self) {
        match self {
            Self::Slot { slot, .. } => slot.unpublish(),
            #[cfg(feature = "alloc")]
            Self::Block { state, .. } => state.unpublish(),
        }
    }
}
