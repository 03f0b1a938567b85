//! Slots that the receiver's side reads.

use crate::{
    forward::forward_to_element,
    pool::Index,
    position::Position,
    receiving::Source,
    recycling::{DefaultRecycle, Recycle},
    slots::{Element, Held, Slots},
};
use core::{fmt, marker::PhantomData, mem::ManuallyDrop};

type Borrowed<'a, T, R> = Held<&'a Slots<T, R>, T, R>;
type Owned<T, R> = Held<Slots<T, R>, T, R>;

/// A received message, where it is. Made by [`Receiver::recv_ref`](super::Receiver::recv_ref) and the like.
///
/// It is used as the element, and may change it. Dropped, it gives the slot back, and the element is
/// [recycled](crate::recycling).
#[must_use = "dropped, the message is gone"]
pub struct RecvRef<'a, T, R: Recycle<T> = DefaultRecycle> {
    held: Borrowed<'a, T, R>,
    /// The receiver is borrowed until this is dropped.
    alone: bool,
}

impl<'a, T, R: Recycle<T>> RecvRef<'a, T, R> {
    /// # Safety
    /// The slot is the caller's, as the receiver; `alone` only if that is borrowed for `'a`, and mutably.
    #[inline]
    pub(super) unsafe fn new(slots: &'a Slots<T, R>, index: Index, alone: bool) -> Self {
        // SAFETY: the caller's promise.
        Self { held: unsafe { Held::to_read(slots, index) }, alone }
    }

    /// Takes the message out. The slot gets a fresh element when it is next written in place.
    ///
    /// ```
    /// use sakia::mpsc::recycled::{self, RecvRef};
    ///
    /// let (sender, mut receiver) = recycled::channel::<String>(1);
    /// sender.try_send_ref().unwrap().push_str("kept");
    /// let message: String = RecvRef::into_inner(receiver.try_recv_ref().unwrap());
    /// assert_eq!(message, "kept");
    /// ```
    pub fn into_inner(this: Self) -> T {
        let this = ManuallyDrop::new(this);
        // SAFETY: not used again.
        unsafe { this.held.take() }
    }

    fn held(&self) -> &Borrowed<'a, T, R> {
        &self.held
    }

    fn held_mut(&mut self) -> &mut Borrowed<'a, T, R> {
        &mut self.held
    }
}

impl<T, R: Recycle<T>> Drop for RecvRef<'_, T, R> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: not used again.
        unsafe { if self.alone { self.held.release_by_receiver() } else { self.held.release() } }
    }
}

/// A received message, where it is, to be kept or moved anywhere. Made by
/// [`Receiver::recv_ref_owned`](super::Receiver::recv_ref_owned) and the like.
///
/// It keeps its own slot and the channel's memory; the receiver goes on meanwhile. It may outlive all handles. Dropped, it
/// gives the slot back, and the element is [recycled](crate::recycling).
///
/// ```
/// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(2);
/// sender.try_send_ref().unwrap().push_str("first");
/// sender.try_send_ref().unwrap().push_str("second");
/// let first = receiver.try_recv_ref_owned().unwrap();
/// assert_eq!(*receiver.try_recv_ref().unwrap(), "second");
/// drop((sender, receiver));
/// assert_eq!(*first, "first");
/// ```
#[must_use = "dropped, the message is gone"]
pub struct OwnedRecvRef<T, R: Recycle<T> = DefaultRecycle> {
    /// None only after the message was taken out.
    held: Option<Owned<T, R>>,
}

impl<T, R: Recycle<T>> OwnedRecvRef<T, R> {
    /// # Safety
    /// The slot is the caller's, as the receiver.
    pub(super) unsafe fn new(slots: Slots<T, R>, index: Index) -> Self {
        // SAFETY: the caller's promise.
        Self { held: Some(unsafe { Held::to_read(slots, index) }) }
    }

    /// Takes the message out. As [`RecvRef::into_inner`].
    pub fn into_inner(mut this: Self) -> T {
        let held = this.held.take().expect("a slot is used once");
        // SAFETY: not used again.
        unsafe { held.take() }
    }

    fn held(&self) -> &Owned<T, R> {
        self.held.as_ref().expect("a slot is used once")
    }

    fn held_mut(&mut self) -> &mut Owned<T, R> {
        self.held.as_mut().expect("a slot is used once")
    }
}

impl<T, R: Recycle<T>> Drop for OwnedRecvRef<T, R> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            // SAFETY: not used again.
            unsafe { held.release() };
        }
    }
}

forward_to_element!(['a] RecvRef);
forward_to_element!([] OwnedRecvRef);

/// Several received messages, where they are, oldest first. Made by
/// [`Receiver::recv_many_ref`](super::Receiver::recv_many_ref) and the like.
///
/// Until it is dropped they count as queued. Dropped, it gives the slots back, and the elements are
/// [recycled](crate::recycling).
///
/// ```
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(4);
/// for word in ["a", "bc", "def"] {
///     sender.send_ref().await.unwrap().push_str(word);
/// }
/// let batch = receiver.recv_many_ref(2).await;
/// assert_eq!(batch.iter().map(String::len).sum::<usize>(), 3);
/// drop(batch);
/// assert_eq!(receiver.len(), 1);
/// # });
/// ```
#[must_use = "dropped, the messages are gone"]
pub struct RecvRefs<'a, T, R: Recycle<T> = DefaultRecycle> {
    slots: &'a Slots<T, R>,
    /// The first `len` tickets from the receiver's position on are published.
    len: usize,
    /// It gives `&T` and `&mut T`, and holds the receiver.
    _messages: PhantomData<&'a mut T>,
}

impl<'a, T, R: Recycle<T>> RecvRefs<'a, T, R> {
    /// # Safety
    /// The receiver is borrowed for `'a`, and mutably; the first `len` tickets from its position on are published.
    pub(super) unsafe fn new(slots: &'a Slots<T, R>, len: usize) -> Self {
        Self { slots, len, _messages: PhantomData }
    }

    /// How many messages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if there are none: the channel is closed and there are none left, or the limit was 0.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One of the messages; the oldest is at 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        // SAFETY: of the batch, which is borrowed.
        (index < self.len).then(|| unsafe { self.element(index).get() })
    }

    /// One of the messages, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        // SAFETY: of the batch, which is borrowed mutably.
        (index < self.len).then(|| unsafe { self.element(index).get_mut() })
    }

    /// The messages, oldest first.
    pub fn iter(&self) -> RefIter<'_, 'a, T, R> {
        RefIter { batch: self, next: 0 }
    }

    /// The messages, oldest first, to be changed.
    pub fn iter_mut(&mut self) -> RefIterMut<'_, 'a, T, R> {
        RefIterMut { next: 0, batch: self }
    }

    fn position(&self, index: usize) -> Position {
        self.slots.wheel().layout().advance(self.slots.head(), index)
    }

    fn element(&self, index: usize) -> &Element<T> {
        self.slots.message(self.position(index))
    }

    fn release(&mut self) {
        while let Some(rest) = self.len.checked_sub(1) {
            self.len = rest;
            // SAFETY: published; the receiver is ours, and so is the slot then.
            unsafe {
                let index = self.slots.wheel().receive(self.slots.tickets(), self.slots.head());
                drop(RecvRef::new(self.slots, index, true));
            }
        }
    }
}

impl<T, R: Recycle<T>> Drop for RecvRefs<'_, T, R> {
    fn drop(&mut self) {
        /// Goes on after an element whose recycling panicked.
        struct GoOn<'a, 'b, T, R: Recycle<T>>(&'a mut RecvRefs<'b, T, R>);
        impl<T, R: Recycle<T>> Drop for GoOn<'_, '_, T, R> {
            fn drop(&mut self) {
                self.0.release();
            }
        }
        GoOn(self).0.release();
    }
}

impl<T: fmt::Debug, R: Recycle<T>> fmt::Debug for RecvRefs<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'b, 'a, T, R: Recycle<T>> IntoIterator for &'b RecvRefs<'a, T, R> {
    type Item = &'b T;
    type IntoIter = RefIter<'b, 'a, T, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'b, 'a, T, R: Recycle<T>> IntoIterator for &'b mut RecvRefs<'a, T, R> {
    type Item = &'b mut T;
    type IntoIter = RefIterMut<'b, 'a, T, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

/// The messages of a batch. Made by [`RecvRefs::iter`].
pub struct RefIter<'b, 'a, T, R: Recycle<T>> {
    batch: &'b RecvRefs<'a, T, R>,
    next: usize,
}

impl<'b, T, R: Recycle<T>> Iterator for RefIter<'b, '_, T, R> {
    type Item = &'b T;

    fn next(&mut self) -> Option<&'b T> {
        let message = self.batch.get(self.next)?;
        self.next += 1;
        Some(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batch.len() - self.next;
        (left, Some(left))
    }
}

/// The messages of a batch, to be changed. Made by [`RecvRefs::iter_mut`].
pub struct RefIterMut<'b, 'a, T, R: Recycle<T>> {
    batch: &'b mut RecvRefs<'a, T, R>,
    next: usize,
}

impl<'b, T, R: Recycle<T>> Iterator for RefIterMut<'b, '_, T, R> {
    type Item = &'b mut T;

    fn next(&mut self) -> Option<&'b mut T> {
        if self.next == self.batch.len() {
            return None;
        }
        self.next += 1;
        // SAFETY: of the batch, which is borrowed mutably for `'b`; each is given once.
        Some(unsafe { self.batch.element(self.next - 1).get_mut() })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batch.len() - self.next;
        (left, Some(left))
    }
}

impl<T, R: Recycle<T>> ExactSizeIterator for RefIter<'_, '_, T, R> {}
impl<T, R: Recycle<T>> ExactSizeIterator for RefIterMut<'_, '_, T, R> {}

impl<T: fmt::Debug, R: Recycle<T>> fmt::Debug for RefIter<'_, '_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefIter").field("batch", &self.batch).field("next", &self.next).finish()
    }
}

impl<T: fmt::Debug, R: Recycle<T>> fmt::Debug for RefIterMut<'_, '_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefIterMut").field("left", &(self.batch.len() - self.next)).finish()
    }
}
