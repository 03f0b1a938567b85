//! References to elements: a slot in hand.
//!
//! | | `send` | dropped | dropped in unwinding | given up |
//! |---|---|---|---|---|
//! | `PushRef` | publishes | publishes | gives back | `abort` |

use super::view::View;
use crate::{
    pool::Index,
    recycling::{DefaultRecycle, Recycle},
    sync,
};
use core::{marker::PhantomData, mem::ManuallyDrop};

/// A slot to write an element in, which is published when this is dropped. Made by `push_ref` of
/// [`StaticQueue`](super::StaticQueue) and `Queue`.
///
/// It is used as the element.
///
/// ```
/// let queue = sakia::queue::StaticQueue::<String, 2>::new();
/// let mut first = queue.push_ref().unwrap();
/// first.push_str("begun first");
/// queue.push_ref().unwrap().push_str("published first");
/// first.send();
/// assert_eq!(*queue.pop_ref().unwrap(), "published first");
/// ```
///
/// It is `Sync` only if the element is:
///
/// ```compile_fail
/// use std::cell::Cell;
/// fn shared(_: impl Sync) {}
/// let queue = sakia::queue::StaticQueue::<Cell<u8>, 1>::new();
/// shared(queue.push_ref().unwrap());
/// ```
#[must_use = "dropped at once, it publishes the element unwritten"]
pub struct PushRef<'a, T, R: Recycle<T> = DefaultRecycle> {
    held: Held<'a, T, R>,
    publish: Publish,
}

/// When a reference that is dropped publishes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Publish {
    /// But for when the thread began to unwind since.
    UnlessUnwinding,
    /// The thread was unwinding already.
    Always,
    Never,
}

/// Invariant: the slot `index` is the owner's, and has an element.
struct Held<'a, T, R> {
    view: View<'a, T, R>,
    index: Index,
    // It gives `&T` and `&mut T`.
    _element: PhantomData<T>,
}

impl<T, R> Held<'_, T, R> {
    #[inline]
    fn element(&self) -> &T {
        // SAFETY: the invariant; the owner is borrowed.
        unsafe { self.view.element(self.index).get() }
    }

    #[inline]
    fn element_mut(&mut self) -> &mut T {
        // SAFETY: the invariant; the owner is borrowed mutably.
        unsafe { self.view.element(self.index).get_mut() }
    }
}

impl<'a, T, R: Recycle<T>> PushRef<'a, T, R> {
    /// # Safety
    /// The slot is the caller's, as a producer, and has an element.
    #[inline]
    pub(super) unsafe fn new(view: View<'a, T, R>, index: Index) -> Self {
        let publish = if sync::is_unwinding() { Publish::Always } else { Publish::UnlessUnwinding };
        Self { held: Held { view, index, _element: PhantomData }, publish }
    }

    /// Only [`send`](Self::send) publishes.
    pub(super) fn on_drop_give_back(mut self) -> Self {
        self.publish = Publish::Never;
        self
    }

    /// Publishes the element, as dropping this does.
    pub fn send(self) {
        let this = ManuallyDrop::new(self);
        this.held.view.publish(this.held.index);
    }

    /// Gives the slot back unpublished.
    ///
    /// ```
    /// let queue = sakia::queue::StaticQueue::<String, 1>::new();
    /// queue.push_ref().unwrap().abort();
    /// assert!(queue.is_empty() && queue.remaining() == 1);
    /// ```
    pub fn abort(self) {
        ManuallyDrop::new(self).give_back();
    }

    fn give_back(&self) {
        let Held { view, index, .. } = self.held;
        // SAFETY: the invariant; callers don't use the slot again.
        unsafe { view.recycle(index, || view.give_back(index)) };
    }

    fn held(&self) -> &Held<'a, T, R> {
        &self.held
    }

    fn held_mut(&mut self) -> &mut Held<'a, T, R> {
        &mut self.held
    }
}

impl<T, R: Recycle<T>> Drop for PushRef<'_, T, R> {
    #[inline]
    fn drop(&mut self) {
        let publish = match self.publish {
            Publish::UnlessUnwinding => !sync::is_unwinding(),
            Publish::Always => true,
            Publish::Never => false,
        };
        if publish { self.held.view.publish(self.held.index) } else { self.give_back() }
    }
}

/// The element at the head of a queue, taken out of the order, where it is. Made by `pop_ref` of
/// [`StaticQueue`](super::StaticQueue) and `Queue`.
///
/// It is used as the element, and may change it. Dropped, it gives the slot back, and the element is
/// [recycled](crate::recycling).
#[must_use = "dropped, the element is gone"]
pub struct PopRef<'a, T, R: Recycle<T> = DefaultRecycle> {
    held: Held<'a, T, R>,
}

impl<'a, T, R: Recycle<T>> PopRef<'a, T, R> {
    /// # Safety
    /// The slot is the caller's, as a consumer.
    #[inline]
    pub(super) unsafe fn new(view: View<'a, T, R>, index: Index) -> Self {
        Self { held: Held { view, index, _element: PhantomData } }
    }

    /// Takes the element out. The slot gets a fresh one when it is next written in place.
    ///
    /// ```
    /// use sakia::queue::{PopRef, StaticQueue};
    ///
    /// let queue = StaticQueue::<String, 1>::new();
    /// queue.push_ref().unwrap().push_str("kept");
    /// let element: String = PopRef::into_inner(queue.pop_ref().unwrap());
    /// assert_eq!(element, "kept");
    /// ```
    pub fn into_inner(this: Self) -> T {
        let Held { view, index, .. } = ManuallyDrop::new(this).held;
        // SAFETY: the invariant; the slot is not used again.
        let element = unsafe { view.element(index).replace(None) };
        view.release(index);
        match element {
            Some(element) => element,
            None => unreachable!("a slot in hand has an element"),
        }
    }

    fn held(&self) -> &Held<'a, T, R> {
        &self.held
    }

    fn held_mut(&mut self) -> &mut Held<'a, T, R> {
        &mut self.held
    }
}

impl<T, R: Recycle<T>> Drop for PopRef<'_, T, R> {
    #[inline]
    fn drop(&mut self) {
        let Held { view, index, .. } = self.held;
        // SAFETY: the invariant; the slot is not used again.
        unsafe { view.recycle(index, || view.release(index)) };
    }
}

crate::forward::forward_to_element!(['a] PushRef);
crate::forward::forward_to_element!(['a] PopRef);
