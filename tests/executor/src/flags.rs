//! Wake flags: what a waker points at, and who may use them.

use core::{
    fmt,
    sync::atomic::{
        AtomicBool, AtomicU32,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::atomic;

/// Storage for the wake flags of up to `SETS` executors of `N` tasks each, to be put in a `static`.
///
/// # Examples
///
/// ```
/// use sakia_executor::{Executor, WakeFlags};
///
/// static FLAGS: WakeFlags<2> = WakeFlags::new();
///
/// let first = Executor::try_new(&FLAGS).unwrap();
/// assert!(Executor::try_new(&FLAGS).is_err());
/// drop(first);
/// assert!(Executor::try_new(&FLAGS).is_ok());
/// ```
pub struct WakeFlags<const N: usize, const SETS: usize = 1> {
    sets: [FlagSet<N>; SETS],
}

impl<const N: usize, const SETS: usize> WakeFlags<N, SETS> {
    /// Makes flags that no executor uses yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { sets: [const { FlagSet::new() }; SETS] }
    }

    /// Takes a set that no other executor uses.
    pub(crate) fn claim(&'static self) -> Result<Claim<N>, InUse> {
        self.sets.iter().find_map(FlagSet::claim).ok_or(InUse)
    }
}

impl<const N: usize, const SETS: usize> Default for WakeFlags<N, SETS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, const SETS: usize> fmt::Debug for WakeFlags<N, SETS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let claimed = |set: &&FlagSet<N>| set.in_use.load(Relaxed);
        f.debug_struct("WakeFlags")
            .field("sets", &SETS)
            .field("in_use", &self.sets.iter().filter(claimed).count())
            .finish_non_exhaustive()
    }
}

/// The error of an executor that found all of its [`WakeFlags`] in use by other executors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse;

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("all wake flags of this static are in use by other executors")
    }
}

impl core::error::Error for InUse {}

/// The flags of one executor.
struct FlagSet<const N: usize> {
    in_use: AtomicBool,
    flags: [WakeFlag; N],
}

impl<const N: usize> FlagSet<N> {
    const fn new() -> Self {
        Self { in_use: AtomicBool::new(false), flags: [const { WakeFlag::new() }; N] }
    }

    fn claim(&'static self) -> Option<Claim<N>> {
        if atomic::swap(&self.in_use, true) {
            return None;
        }
        self.flags.iter().for_each(WakeFlag::reset);
        Some(Claim { set: self })
    }
}

/// The right to poll by one set of flags, given back on drop.
///
/// Wakers do not hold it: they may raise a flag at any time, whoever has claimed it by then.
pub(crate) struct Claim<const N: usize> {
    set: &'static FlagSet<N>,
}

impl<const N: usize> Claim<N> {
    pub(crate) fn flags(&self) -> &'static [WakeFlag; N] {
        &self.set.flags
    }
}

impl<const N: usize> Drop for Claim<N> {
    fn drop(&mut self) {
        // Ordering: Release, for the swap in the next `FlagSet::claim`.
        self.set.in_use.store(false, Release);
    }
}

/// Whether one task has been woken since it was last polled.
pub(crate) struct WakeFlag {
    woken: AtomicBool,
    wakes: AtomicU32,
}

impl WakeFlag {
    const fn new() -> Self {
        Self { woken: AtomicBool::new(false), wakes: AtomicU32::new(0) }
    }

    fn reset(&self) {
        self.lower();
        // Ordering: Relaxed, since the counter guards nothing.
        self.wakes.store(0, Relaxed);
    }

    /// Raises the flag without counting a wake, for a task's first poll.
    pub(crate) fn raise(&self) {
        // Always to true, so a wake between the halves of a swap that is not atomic changes nothing.
        atomic::swap(&self.woken, true);
    }

    /// Counts a wake and raises the flag.
    pub(crate) fn wake(&self) {
        atomic::increment(&self.wakes);
        self.raise();
    }

    /// Lowers the flag, and says whether it was raised. The task must be polled after, not before.
    pub(crate) fn take(&self) -> bool {
        // Only the executor lowers the flag, so it is still raised at the swap. A wake that comes before
        // the swap is answered by the poll that follows, one that comes after it raises the flag again.
        self.is_raised() && self.lower()
    }

    pub(crate) fn is_raised(&self) -> bool {
        // Ordering: Acquire, for what the waker did before its swap.
        self.woken.load(Acquire)
    }

    pub(crate) fn wakes(&self) -> u32 {
        // Ordering: Relaxed, since the counter guards nothing.
        self.wakes.load(Relaxed)
    }

    fn lower(&self) -> bool {
        atomic::swap(&self.woken, false)
    }
}
