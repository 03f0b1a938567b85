//! The queue on the heap.

use super::{
    Full, MAX_CAPACITY, PopRef, PushRef, queue_methods, queue_ref_methods,
    ring::Place,
    view::{Core, View},
};
use crate::{
    recycling::{DefaultRecycle, Recycle},
    slots::Element,
};
use alloc::boxed::Box;
use core::fmt;

/// A bounded queue for many producers and many consumers.
///
/// It can be shared if the elements can be sent:
///
/// ```
/// use std::cell::Cell;
/// fn shared(_: impl Send + Sync) {}
/// shared(sakia::queue::Queue::<Cell<u8>>::new(1));
/// ```
///
/// and not otherwise:
///
/// ```compile_fail
/// use std::rc::Rc;
/// fn shared(_: impl Sync) {}
/// shared(sakia::queue::Queue::<Rc<u8>>::new(1));
/// ```
pub struct Queue<T, R = DefaultRecycle> {
    core: Core<R>,
    places: Box<[Place]>,
    elements: Box<[Element<T>]>,
}

// SAFETY: elements are reached only by who has their slot, which moves them between threads; the policy is shared.
unsafe impl<T: Send, R: Sync> Sync for Queue<T, R> {}

impl<T: Default + Clone> Queue<T> {
    /// Makes a queue of `capacity` slots, with elements that are `T::default()`. All that it ever allocates itself is
    /// allocated here.
    ///
    /// # Panics
    /// If `capacity` is 0 or above [`MAX_CAPACITY`].
    #[must_use]
    #[track_caller]
    pub fn new(capacity: usize) -> Self {
        Self::with_recycle(capacity, DefaultRecycle::new())
    }
}

impl<T, R> Queue<T, R> {
    /// Makes a queue of `capacity` slots, with elements that `recycle` makes and recycles.
    ///
    /// # Panics
    /// As [`new`](Queue::new).
    ///
    /// ```
    /// use sakia::{queue::Queue, recycling::WithCapacity};
    ///
    /// let queue = Queue::<String, _>::with_recycle(2, WithCapacity::new().with_min_capacity(80));
    /// assert!(queue.push_ref().unwrap().capacity() >= 80);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_recycle(capacity: usize, recycle: R) -> Self {
        assert!(capacity > 0, "sakia: a queue needs a capacity above 0");
        assert!(capacity <= MAX_CAPACITY, "sakia: a queue's capacity is at most queue::MAX_CAPACITY");
        Self {
            core: Core::new(capacity, recycle),
            places: (0..capacity).map(|_| Place::new()).collect(),
            elements: (0..capacity).map(|_| Element::new()).collect(),
        }
    }

    #[inline(always)]
    fn view(&self) -> View<'_, T, R> {
        View::new(&self.core, &self.places, &self.elements)
    }

    queue_methods!();
}

impl<T, R: Recycle<T>> Queue<T, R> {
    queue_ref_methods!();
}

impl<T, R> fmt::Debug for Queue<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("len", &self.len()).field("capacity", &self.capacity()).finish()
    }
}
