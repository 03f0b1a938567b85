//! Senders that do not keep the channel open.

use super::Sender;
use crate::{recycling::DefaultRecycle, slots::Slots};
use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

/// A sender that does not keep the channel open for the receiver. Made by [`Sender::downgrade`].
///
/// It keeps the channel's memory.
pub struct WeakSender<T, R = DefaultRecycle> {
    slots: Slots<T, R>,
}

impl<T, R> UnwindSafe for WeakSender<T, R> {}
impl<T, R> RefUnwindSafe for WeakSender<T, R> {}

impl<T, R> WeakSender<T, R> {
    pub(super) fn new(slots: Slots<T, R>) -> Self {
        slots.wheel().counts.weak_senders.increment();
        Self { slots }
    }

    /// Makes a sender of it, if there still is one; it does not matter whether the channel is closed.
    ///
    /// Once the last sender is gone there will never be one again.
    pub fn upgrade(&self) -> Option<Sender<T, R>> {
        self.slots.wheel().counts.senders.increment_unless_zero().then(|| Sender::new(self.slots.clone()))
    }

    /// How many senders there are, owned references to write included.
    pub fn strong_count(&self) -> usize {
        self.slots.wheel().counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.slots.wheel().counts.weak_senders.get()
    }
}

impl<T, R> Clone for WeakSender<T, R> {
    fn clone(&self) -> Self {
        Self::new(self.slots.clone())
    }
}

impl<T, R> Drop for WeakSender<T, R> {
    fn drop(&mut self) {
        self.slots.wheel().counts.weak_senders.decrement();
    }
}

impl<T, R> fmt::Debug for WeakSender<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").field("strong_count", &self.strong_count()).finish()
    }
}
