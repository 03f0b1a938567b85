//! Read-modify-writes, with a stand-in for targets that have only loads and stores.
//!
//! The stand-in is for one core, where only an interrupt can come between the load and the store. Its
//! callers are written so that this loses no wake: see each of them.

#[cfg(target_has_atomic = "32")]
use core::sync::atomic::Ordering::AcqRel;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
#[cfg(not(target_has_atomic = "32"))]
use core::sync::atomic::{Ordering::SeqCst, fence};

/// Stores `value` and returns what was there.
#[cfg(target_has_atomic = "32")]
pub(crate) fn swap(flag: &AtomicBool, value: bool) -> bool {
    // Ordering: acquires from, and releases to, every earlier and later swap of the same flag.
    flag.swap(value, AcqRel)
}

/// Stores `value` and returns what was there.
#[cfg(not(target_has_atomic = "32"))]
pub(crate) fn swap(flag: &AtomicBool, value: bool) -> bool {
    // Ordering: on one core, keeping the compiler from moving code across is all that is needed.
    fence(SeqCst);
    let old = flag.load(Relaxed);
    flag.store(value, Relaxed);
    fence(SeqCst);
    old
}

/// Adds one to a statistic.
#[cfg(target_has_atomic = "32")]
pub(crate) fn increment(counter: &AtomicU32) {
    // Ordering: Relaxed, since the counter guards nothing.
    counter.fetch_add(1, Relaxed);
}

/// Adds one to a statistic. An interrupt that counts at the same moment may go uncounted.
#[cfg(not(target_has_atomic = "32"))]
pub(crate) fn increment(counter: &AtomicU32) {
    counter.store(counter.load(Relaxed).wrapping_add(1), Relaxed);
}
