//! The queue without an allocator.

use super::{
    Full, MAX_CAPACITY, PopRef, PushRef, queue_methods, queue_ref_methods,
    ring::Place,
    view::{Core, View},
};
use crate::{
    recycling::{DefaultRecycle, Recycle},
    slots::Element,
};
use core::fmt;

/// A bounded queue of `N` slots for many producers and many consumers, to be put into a `static` or on the stack.
///
/// ```
/// use sakia::queue::StaticQueue;
///
/// static QUEUE: StaticQueue<u32, 4> = StaticQueue::new();
///
/// std::thread::spawn(|| QUEUE.push(7)).join().unwrap().unwrap();
/// assert_eq!(QUEUE.pop(), Some(7));
/// ```
///
/// A capacity of 0 does not compile:
///
/// ```compile_fail
/// use sakia::queue::StaticQueue;
/// static QUEUE: StaticQueue<u32, 0> = StaticQueue::new();
/// ```
pub struct StaticQueue<T, const N: usize, R = DefaultRecycle> {
    core: Core<R>,
    places: [Place; N],
    elements: [Element<T>; N],
}

// SAFETY: elements are reached only by who has their slot, which moves them between threads; the policy is shared.
unsafe impl<T: Send, const N: usize, R: Sync> Sync for StaticQueue<T, N, R> {}

impl<T, const N: usize> StaticQueue<T, N> {
    crate::sync::const_unless_loom! {
        /// Makes a queue with elements that are `T::default()`.
        #[must_use]
        pub fn new() -> Self {
            Self::with_recycle(DefaultRecycle::new())
        }
    }
}

impl<T, const N: usize, R> StaticQueue<T, N, R> {
    /// Makes a queue with elements that `recycle` makes and recycles.
    #[must_use]
    #[cfg(not(sakia_loom))]
    pub const fn with_recycle(recycle: R) -> Self {
        const { assert!(N > 0 && N <= MAX_CAPACITY, "sakia: a queue's capacity is 1 to queue::MAX_CAPACITY") };
        Self {
            core: Core::new(N, recycle),
            places: [const { Place::new() }; N],
            elements: [const { Element::new() }; N],
        }
    }

    /// As above, for loom.
    #[must_use]
    #[cfg(sakia_loom)]
    pub fn with_recycle(recycle: R) -> Self {
        assert!(N > 0 && N <= MAX_CAPACITY);
        Self {
            core: Core::new(N, recycle),
            places: core::array::from_fn(|_| Place::new()),
            elements: core::array::from_fn(|_| Element::new()),
        }
    }

    #[inline(always)]
    fn view(&self) -> View<'_, T, R> {
        View::new(&self.core, &self.places, &self.elements)
    }

    queue_methods!();
}

impl<T, const N: usize, R: Recycle<T>> StaticQueue<T, N, R> {
    queue_ref_methods!();
}

impl<T, const N: usize> Default for StaticQueue<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize, R> fmt::Debug for StaticQueue<T, N, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticQueue").field("len", &self.len()).field("capacity", &self.capacity()).finish()
    }
}
