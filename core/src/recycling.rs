//! How a slot's element is made, and made ready to be written again.
//!
//! A channel or queue whose messages are written in place ([`mpsc::recycled`](crate::mpsc::recycled),
//! [`queue`](crate::queue)) owns its elements. When a slot is released, its element is recycled and waits for the next
//! message: a `String` is cleared and keeps its allocation. So what a message holds is let go of then.
//!
//! A policy may have it later: [`Recycle::is_lazy`]. The [default](DefaultRecycle) does so with elements that hold nothing, such as
//! numbers and arrays of them.
//!
//! | event | calls |
//! |---|---|
//! | the channel is made | none |
//! | a sender gets a slot by reference that has no element: at first, and after one was taken out by value | `new_element` |
//! | a sender gets a slot by reference that has one | none; of a lazy policy `recycle` |
//! | a slot is released: a received reference is dropped, or a sender gives it up unsent | `recycle`; of a lazy policy none |
//! | sent by value | none: the slot's idle element is dropped |
//! | received by value | none |
//! | released after the receiver is gone | none: the element is dropped |
//! | `new_element` panics | the slot goes back without an element |
//! | `recycle` panics | the element is dropped, and the slot goes back |

#[cfg(feature = "alloc")]
use alloc::{
    collections::{BinaryHeap, VecDeque},
    string::String,
    sync::Arc,
    vec::Vec,
};
#[cfg(feature = "std")]
use core::hash::{BuildHasher, Hash};
use core::mem::needs_drop;
#[cfg(feature = "std")]
use std::collections::{HashMap, HashSet};

/// Makes elements, and makes them ready to be written again.
///
/// ```
/// use sakia::recycling::Recycle;
///
/// /// Frames that keep their pixels' allocation.
/// struct Frames;
///
/// impl Recycle<Vec<u8>> for Frames {
///     fn new_element(&self) -> Vec<u8> {
///         Vec::with_capacity(640 * 480)
///     }
///
///     fn recycle(&self, frame: &mut Vec<u8>) {
///         frame.clear();
///     }
/// }
///
/// let (sender, mut receiver) = sakia::mpsc::with_recycle(2, Frames);
/// sender.try_send_ref().unwrap().push(1);
/// assert!(receiver.try_recv_ref().unwrap().capacity() >= 640 * 480);
/// ```
pub trait Recycle<T> {
    /// Makes an element.
    fn new_element(&self) -> T;

    /// Makes an element as new, keeping what is costly to make.
    fn recycle(&self, element: &mut T);

    /// Whether an element stays as it is when its slot is released, and is recycled when a sender gets the slot again, if ever.
    ///
    /// False unless a policy says otherwise: what a message holds is let go of when it was read. If it holds nothing, lazy is
    /// faster: where the message is written the compiler may see that it is written over what recycling writes, and leave that
    /// out. Always the same for the same policy.
    fn is_lazy(&self) -> bool {
        false
    }
}

/// Elements are `T::default()`, and recycled by being cloned from that, which keeps the allocation of a `String` or a `Vec`.
///
/// It is lazy with elements that have nothing to drop ([`core::mem::needs_drop`]). What has to be wiped when it was read belongs
/// in a type that has a `Drop`.
///
/// ```
/// use sakia::recycling::{DefaultRecycle, Recycle};
///
/// let mut text = String::from("hello");
/// DefaultRecycle::new().recycle(&mut text);
/// assert!(text.is_empty() && text.capacity() >= 5);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultRecycle(());

impl DefaultRecycle {
    /// Makes the policy.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl<T: Default + Clone> Recycle<T> for DefaultRecycle {
    #[inline]
    fn new_element(&self) -> T {
        T::default()
    }

    #[inline]
    fn recycle(&self, element: &mut T) {
        element.clone_from(&T::default());
    }

    #[inline]
    fn is_lazy(&self) -> bool {
        !needs_drop::<T>()
    }
}

/// Collections are made with a capacity, cleared when they are recycled, and shrunk if they have grown too large.
///
/// Capacities are in what the collection counts them in: elements, or bytes for a `String`.
///
/// ```
/// use sakia::recycling::{Recycle, WithCapacity};
///
/// let policy = WithCapacity::new().with_min_capacity(16).with_max_capacity(1_024);
/// let mut buffer: Vec<u8> = policy.new_element();
/// assert!(buffer.capacity() >= 16);
/// buffer.resize(100_000, 0);
/// policy.recycle(&mut buffer);
/// assert!(buffer.is_empty() && buffer.capacity() < 100_000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WithCapacity {
    min: usize,
    max: usize,
}

impl Default for WithCapacity {
    fn default() -> Self {
        Self::new()
    }
}

impl WithCapacity {
    /// No least capacity and no largest one.
    #[must_use]
    pub const fn new() -> Self {
        Self { min: 0, max: usize::MAX }
    }

    /// The capacity that elements are made with.
    ///
    /// # Panics
    /// If it is above the largest.
    #[must_use]
    #[track_caller]
    pub const fn with_min_capacity(self, min: usize) -> Self {
        assert!(min <= self.max, "sakia: the least capacity is above the largest");
        Self { min, ..self }
    }

    /// The largest capacity that an idle element keeps. One in use may grow beyond.
    ///
    /// # Panics
    /// If it is below the least.
    #[must_use]
    #[track_caller]
    pub const fn with_max_capacity(self, max: usize) -> Self {
        assert!(self.min <= max, "sakia: the largest capacity is below the least");
        Self { max, ..self }
    }

    /// The capacity that elements are made with.
    #[must_use]
    pub const fn min_capacity(&self) -> usize {
        self.min
    }

    /// The largest capacity that an idle element keeps.
    #[must_use]
    pub const fn max_capacity(&self) -> usize {
        self.max
    }
}

/// A reference to a policy is one, so that several channels can share it.
impl<T, R: Recycle<T> + ?Sized> Recycle<T> for &R {
    fn new_element(&self) -> T {
        (**self).new_element()
    }

    fn recycle(&self, element: &mut T) {
        (**self).recycle(element);
    }

    fn is_lazy(&self) -> bool {
        (**self).is_lazy()
    }
}

/// As a reference.
#[cfg(feature = "alloc")]
impl<T, R: Recycle<T> + ?Sized> Recycle<T> for Arc<R> {
    fn new_element(&self) -> T {
        (**self).new_element()
    }

    fn recycle(&self, element: &mut T) {
        (**self).recycle(element);
    }

    fn is_lazy(&self) -> bool {
        (**self).is_lazy()
    }
}

/// Collections that have `with_capacity`, `clear` and `shrink_to`.
#[cfg(feature = "alloc")]
macro_rules! with_capacity {
    ($collection:ty $(, $parameter:ident $(: $bound:path)?)*) => {
        impl<$($parameter $(: $bound)?),*> Recycle<$collection> for WithCapacity {
            fn new_element(&self) -> $collection {
                <$collection>::with_capacity(self.min)
            }

            fn recycle(&self, element: &mut $collection) {
                element.clear();
                element.shrink_to(self.max);
            }
        }
    };
}

#[cfg(feature = "alloc")]
with_capacity!(String);
#[cfg(feature = "alloc")]
with_capacity!(Vec<T>, T);
#[cfg(feature = "alloc")]
with_capacity!(VecDeque<T>, T);
#[cfg(feature = "alloc")]
with_capacity!(BinaryHeap<T>, T: Ord);

#[cfg(feature = "std")]
impl<K: Hash + Eq, V, S: BuildHasher + Default> Recycle<HashMap<K, V, S>> for WithCapacity {
    fn new_element(&self) -> HashMap<K, V, S> {
        HashMap::with_capacity_and_hasher(self.min, S::default())
    }

    fn recycle(&self, element: &mut HashMap<K, V, S>) {
        element.clear();
        element.shrink_to(self.max);
    }
}

#[cfg(feature = "std")]
impl<K: Hash + Eq, S: BuildHasher + Default> Recycle<HashSet<K, S>> for WithCapacity {
    fn new_element(&self) -> HashSet<K, S> {
        HashSet::with_capacity_and_hasher(self.min, S::default())
    }

    fn recycle(&self, element: &mut HashSet<K, S>) {
        element.clear();
        element.shrink_to(self.max);
    }
}

/// A buffer whose memory is still shared with what was split off it is replaced.
#[cfg(feature = "bytes")]
impl Recycle<bytes::BytesMut> for WithCapacity {
    fn new_element(&self) -> bytes::BytesMut {
        bytes::BytesMut::with_capacity(self.min)
    }

    fn recycle(&self, element: &mut bytes::BytesMut) {
        element.clear();
        if element.capacity() > self.max || !element.try_reclaim(self.min) {
            *element = self.new_element();
        }
    }
}
