//! The slots, and how a message gets into one and out again.
//!
//! A slot's stamp tells for which position its message was published. Only senders write it, so the receiver needs no
//! write to free a slot; that the slot is free, the ledger says.
//!
//! | stamp | means for the receiver at position P |
//! |---|---|
//! | P | published: the message may be taken |
//! | another | not yet, though a sender may be writing it |
//! | another and MARK | the same, and the receiver sleeps: who publishes wakes it |
//!
//! # A sender between claiming and publishing
//! If the receiver comes to a slot that is claimed and not published, it spins a little and then gives up its turn,
//! waking itself. That costs a send nothing, but where tasks have strict priorities (interrupts) the sender might never
//! run. So on bare metal (`target_os = "none"`, and anywhere with the cfg `sakia_marked`) publishing is a swap, which
//! finds the MARK that the receiver left, at the price of one read-modify-write a message.

use crate::{
    position::Stamp,
    sync::{
        UnsafeCell,
        atomic::{AtomicU32, Ordering},
    },
};
use core::mem::MaybeUninit;

/// Whether publishing looks for a mark.
pub(crate) const MARKED: bool = cfg!(any(sakia_marked, target_os = "none"));

const MARK: Stamp = 1;

/// One pot of the wheel.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    stamp: AtomicU32,
    value: UnsafeCell<MaybeUninit<T>>,
}

impl<T> Slot<T> {
    crate::sync::const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { stamp: AtomicU32::new(0), value: UnsafeCell::new(MaybeUninit::uninit()) }
        }
    }

    /// Writes a message.
    ///
    /// # Safety
    /// The caller has claimed this slot's position and not published it yet.
    #[inline(always)]
    pub(crate) unsafe fn write(&self, value: T) {
        // SAFETY: between claim and publication the slot is the claimer's.
        self.value.with_mut(|slot| unsafe { (*slot).write(value) });
    }

    /// Makes the message that was written visible. True: the receiver has left a mark and is to be woken.
    ///
    /// # Safety
    /// The caller has claimed this slot's position, whose stamp is `stamp`, and written the message.
    #[inline(always)]
    pub(crate) unsafe fn publish(&self, stamp: Stamp) -> bool {
        if MARKED {
            // Release pairs with the Acquire in `is_published`, Acquire with the Release in `mark`: the waker is out.
            self.stamp.swap(stamp, Ordering::AcqRel) & MARK != 0
        } else {
            // Release pairs with the Acquire in `is_published`: the message is written.
            self.stamp.store(stamp, Ordering::Release);
            false
        }
    }

    #[inline(always)]
    pub(crate) fn is_published(&self, stamp: Stamp) -> bool {
        // Acquire pairs with the Release in `publish`.
        self.stamp.load(Ordering::Acquire) == stamp
    }

    /// Asks the sender who is about to publish `stamp` here to wake the receiver. False: it has published.
    pub(crate) fn mark(&self, stamp: Stamp) -> bool {
        // Relaxed: a published stamp is read again, with Acquire, by who is told false.
        let before = self.stamp.load(Ordering::Relaxed);
        // Release pairs with the swap in `publish`.
        let marked = || self.stamp.compare_exchange(before, before | MARK, Ordering::Release, Ordering::Relaxed);
        before != stamp && marked().is_ok()
    }

    /// Takes the message out.
    ///
    /// # Safety
    /// It is published, the caller is the receiver (or has the channel alone), and it is taken once.
    #[inline(always)]
    pub(crate) unsafe fn take(&self) -> T {
        // SAFETY: published, so written; until the slot's credit is freed it is the receiver's.
        self.value.with_mut(|slot| unsafe { (*slot).assume_init_read() })
    }

    /// Where the message is, for looking at it in place.
    #[inline(always)]
    pub(crate) fn message(&self) -> *const T {
        self.value.with(|slot| slot.cast())
    }

    /// Makes a message that was taken out of turn look unpublished, so that it is not taken again.
    pub(crate) fn unpublish(&self) {
        // Relaxed: read again only by the last handle, which the count of handles orders. No message has this stamp.
        self.stamp.store(MARK, Ordering::Relaxed);
    }
}
