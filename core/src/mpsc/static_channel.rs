//! Channels in a `static`, without an allocator.

use super::{Receiver, Sender, builder};
use crate::{
    handle::{Handle, Line, Shared},
    position::Layout,
    ring::Slot,
};
use core::{fmt, ptr::NonNull};

/// The sender of a [`StaticChannel`] is the one of any channel.
pub type StaticSender<T> = Sender<T>;
/// The receiver of a [`StaticChannel`] is the one of any channel.
pub type StaticReceiver<T> = Receiver<T>;

/// A channel for `N` messages, to be put into a `static` and split into its ends there.
///
/// ```
/// use sakia::mpsc::{StaticChannel, StaticSender};
///
/// // First come, first served: then `try_send` takes no lock, as it must in an interrupt.
/// static CHANNEL: StaticChannel<u32, 4> = StaticChannel::with_overtaking(0);
///
/// fn interrupt(sender: &StaticSender<u32>) {
///     let _ = sender.try_send(1);
/// }
///
/// let (sender, mut receiver) = CHANNEL.split();
/// interrupt(&sender);
/// assert_eq!(receiver.try_recv(), Ok(1));
/// ```
///
/// A capacity of 0 does not compile:
///
/// ```compile_fail
/// static CHANNEL: sakia::mpsc::StaticChannel<u32, 0> = sakia::mpsc::StaticChannel::new();
/// ```
#[repr(C, align(64))]
pub struct StaticChannel<T, const N: usize> {
    shared: Shared,
    _line: [Line; 0],
    slots: [Slot<T>; N],
}

// SAFETY: messages in it are reached only through its handles, which move them between threads.
unsafe impl<T: Send, const N: usize> Sync for StaticChannel<T, N> {}

impl<T, const N: usize> StaticChannel<T, N> {
    crate::sync::const_unless_loom! {
        /// Makes a channel in which senders that wait are served as by [`channel`](super::channel).
        #[must_use]
        pub fn new() -> Self {
            Self::with_overtaking(builder::default_overtaking(N))
        }
    }

    /// Makes a channel in which up to `messages` may overtake a waiting sender, as
    /// [`Builder::overtaking`](super::Builder::overtaking) says.
    #[must_use]
    #[cfg(not(sakia_loom))]
    pub const fn with_overtaking(messages: u32) -> Self {
        const { assert!(N > 0 && N <= crate::position::MAX_SLOTS, "sakia: a static channel's capacity is 1 to 8,388,607") };
        const { assert!(core::mem::offset_of!(Self, slots) == crate::handle::slots_offset::<T>()) };
        let shared = Shared::new(Layout::new(N), N, builder::clamp(messages), true);
        Self { shared, _line: [], slots: [const { Slot::new() }; N] }
    }

    /// As above, for loom.
    #[must_use]
    #[cfg(sakia_loom)]
    pub fn with_overtaking(messages: u32) -> Self {
        let shared = Shared::new(Layout::new(N), N, builder::clamp(messages), true);
        Self { shared, _line: [], slots: core::array::from_fn(|_| Slot::new()) }
    }

    /// Splits the channel into its ends.
    ///
    /// # Panics
    /// If it was split before and not every handle of any kind is gone since. A handle that was forgotten
    /// ([`core::mem::forget`]) is never gone.
    #[track_caller]
    #[must_use]
    pub fn split(&'static self) -> (Sender<T>, Receiver<T>) {
        self.try_split().expect("sakia: the static channel is split already")
    }

    /// Splits the channel into its ends, unless it was split before and a handle of any kind is left.
    ///
    /// ```
    /// static CHANNEL: sakia::mpsc::StaticChannel<u8, 1> = sakia::mpsc::StaticChannel::new();
    ///
    /// let ends = CHANNEL.try_split();
    /// assert!(ends.is_some());
    /// assert!(CHANNEL.try_split().is_none());
    /// drop(ends);
    /// assert!(CHANNEL.try_split().is_some());
    /// ```
    #[must_use]
    pub fn try_split(&'static self) -> Option<(Sender<T>, Receiver<T>)> {
        if !self.shared.channel.counts.begin_split() {
            return None;
        }
        // The pointer is made from the whole, so it may be used for the slots as well.
        let shared = NonNull::from(self).cast::<Shared>();
        // SAFETY: `repr(C)` puts the header first and the slots at `slots_offset`; it lives for ever, and the last
        // handles are gone.
        let (sender, receiver) = unsafe { Handle::pair(shared) };
        Some((Sender::new(sender), Receiver::new(receiver)))
    }
}

impl<T, const N: usize> Default for StaticChannel<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> fmt::Debug for StaticChannel<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticChannel").field("capacity", &self.slots.len()).finish_non_exhaustive()
    }
}
