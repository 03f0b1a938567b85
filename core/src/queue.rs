//! A bounded queue for many producers and many consumers that never waits, with elements that are written in place and
//! recycled.
//!
//! [`Queue`] is on the heap; [`StaticQueue`] can be in a `static` or on the stack, without an allocator. Both have the same
//! methods.
//!
//! ```
//! use sakia::queue::Queue;
//!
//! let queue = Queue::<String>::new(2);
//! queue.push_ref().unwrap().push_str("in place");
//! queue.push("by value".into()).unwrap();
//! assert!(queue.push("no room".into()).is_err());
//! assert_eq!(*queue.pop_ref().unwrap(), "in place");
//! assert_eq!(queue.pop().as_deref(), Some("by value"));
//! ```
//!
//! An element has its place in the order when it is published, so one that is being written delays nobody; one that is read
//! keeps only its own slot. With no slot free, pushing says so at once. What is recycled when, [`recycling`](crate::recycling)
//! tells: popping is receiving, pushing is sending.
//!
//! A pop may say that there is nothing while another thread is in the few instructions between claiming the next place in the
//! order and publishing there; it looks again a few times before that. A reference that is forgotten
//! ([`core::mem::forget`]) keeps its slot for ever.

#[cfg(feature = "alloc")]
mod heap;
mod refs;
mod ring;
mod static_queue;
mod view;

#[cfg(feature = "alloc")]
pub use heap::Queue;
pub use refs::{PopRef, PushRef};
pub use static_queue::StaticQueue;

use core::{error::Error, fmt};

/// The largest capacity of a queue: 8,388,607, or 32,767 on targets without 64-bit atomics.
pub const MAX_CAPACITY: usize = crate::pool::MAX_SLOTS;

/// There is no free slot. Holds what was to be pushed.
///
/// ```
/// let queue = sakia::queue::Queue::new(1);
/// queue.push(1).unwrap();
/// assert_eq!(queue.push(2).unwrap_err().into_inner(), 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Full<T = ()>(T);

impl<T> Full<T> {
    /// What was not pushed.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is full")
    }
}

impl<T> Error for Full<T> {}

/// The methods that both queues have, by way of their `view`.
macro_rules! queue_methods {
    () => {
        /// Pushes an element by value. The one that is in the slot is dropped.
        ///
        /// # Errors
        /// If no slot is free. The element comes back.
        #[inline]
        pub fn push(&self, value: T) -> Result<(), Full<T>> {
            self.view().push(value)
        }

        /// Takes the next element out.
        #[inline]
        pub fn pop(&self) -> Option<T> {
            self.view().pop()
        }

        /// How many elements are queued. Slots that are being written or read do not count.
        pub fn len(&self) -> usize {
            self.view().len()
        }

        /// True if no element is queued.
        pub fn is_empty(&self) -> bool {
            self.len() == 0
        }

        /// How many slots are free.
        pub fn remaining(&self) -> usize {
            self.view().remaining()
        }

        /// How many slots there are.
        pub fn capacity(&self) -> usize {
            self.view().capacity()
        }
    };
}

/// The methods that both queues have if the policy fits.
macro_rules! queue_ref_methods {
    () => {
        /// Gives a slot to write an element in, which is published when the reference is dropped.
        ///
        /// # Errors
        /// If no slot is free.
        ///
        /// # Panics
        /// If the policy panics; the slot is free again.
        #[inline]
        pub fn push_ref(&self) -> Result<PushRef<'_, T, R>, Full> {
            self.view().push_ref()
        }

        /// Gives the next element where it is. Its slot is given back when the reference is dropped.
        #[inline]
        pub fn pop_ref(&self) -> Option<PopRef<'_, T, R>> {
            self.view().pop_ref()
        }

        /// Writes an element with `write` and publishes it. If that panics, the slot is given back.
        ///
        /// # Errors
        /// If no slot is free; `write` was not called then.
        pub fn push_with<U>(&self, write: impl FnOnce(&mut T) -> U) -> Result<U, Full> {
            let mut slot = self.view().push_ref()?.on_drop_give_back();
            let result = write(&mut slot);
            slot.send();
            Ok(result)
        }

        /// Reads the next element with `read`; None if there is none.
        pub fn pop_with<U>(&self, read: impl FnOnce(&mut T) -> U) -> Option<U> {
            self.pop_ref().map(|mut element| read(&mut element))
        }
    };
}

use {queue_methods, queue_ref_methods};
