//! Senders that do not keep the channel open.

use super::Sender;
use crate::handle::Handle;
use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

/// A sender that does not keep the channel open for the receiver. Made by [`Sender::downgrade`].
///
/// It keeps the channel's memory.
pub struct WeakSender<T> {
    handle: Handle<T>,
}

impl<T> UnwindSafe for WeakSender<T> {}
impl<T> RefUnwindSafe for WeakSender<T> {}

impl<T> WeakSender<T> {
    pub(super) fn new(handle: Handle<T>) -> Self {
        handle.channel.counts.weak_senders.increment();
        Self { handle }
    }

    /// Makes a sender of it, if there still is one; it does not matter whether the channel is closed.
    ///
    /// Once the last sender is gone there will never be one again.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        self.handle.channel.counts.senders.increment_unless_zero().then(|| Sender::new(self.handle.clone()))
    }

    /// How many senders there are, owned permits included.
    pub fn strong_count(&self) -> usize {
        self.handle.channel.counts.senders.get()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.handle.channel.counts.weak_senders.get()
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> Self {
        Self::new(self.handle.clone())
    }
}

impl<T> Drop for WeakSender<T> {
    fn drop(&mut self) {
        self.handle.channel.counts.weak_senders.decrement();
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").field("strong_count", &self.strong_count()).finish()
    }
}
