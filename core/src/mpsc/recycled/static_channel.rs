//! Channels of slots in a `static`, without an allocator.

use super::{Receiver, Sender};
use crate::{
    mpsc::{builder, default_overtaking},
    recycling::DefaultRecycle,
    slots::{Element, Header, Slots},
    wheel::{Ticket, Wheel},
};
use core::{fmt, ptr::NonNull};

/// The sender of a [`StaticChannel`] is the one of any channel of slots.
pub type StaticSender<T, R = DefaultRecycle> = Sender<T, R>;
/// The receiver of a [`StaticChannel`] is the one of any channel of slots.
pub type StaticReceiver<T, R = DefaultRecycle> = Receiver<T, R>;

/// A channel of `N` slots, to be put into a `static` and split into its ends there.
///
/// ```
/// use sakia::mpsc::recycled::StaticChannel;
///
/// static FRAMES: StaticChannel<[u8; 4], 2> = StaticChannel::new();
///
/// let (sender, mut receiver) = FRAMES.split();
/// sender.try_send_ref().unwrap()[0] = 7;
/// assert_eq!(*receiver.try_recv_ref().unwrap(), [7, 0, 0, 0]);
/// ```
///
/// With any policy:
///
/// ```
/// use sakia::{mpsc::recycled::StaticChannel, recycling::WithCapacity};
///
/// static LINES: StaticChannel<String, 2, WithCapacity> =
///     StaticChannel::with_recycle(WithCapacity::new().with_max_capacity(1_024));
///
/// let (sender, _receiver) = LINES.split();
/// sender.try_send_ref().unwrap().push_str("hello");
/// ```
///
/// A capacity of 0 does not compile:
///
/// ```compile_fail
/// use sakia::mpsc::recycled::StaticChannel;
/// static CHANNEL: StaticChannel<u32, 0> = StaticChannel::new();
/// ```
#[repr(C)]
pub struct StaticChannel<T, const N: usize, R = DefaultRecycle> {
    header: Header<R>,
    tickets: [Ticket; N],
    elements: [Element<T>; N],
}

// SAFETY: what is in it is reached only through its handles, which move messages between threads and share the policy.
unsafe impl<T: Send, const N: usize, R: Send + Sync> Sync for StaticChannel<T, N, R> {}

impl<T, const N: usize> StaticChannel<T, N> {
    crate::sync::const_unless_loom! {
        /// Makes a channel with elements as those of [`channel`](super::channel).
        #[must_use]
        pub fn new() -> Self {
            Self::with_recycle(DefaultRecycle::new())
        }
    }
}

impl<T, const N: usize, R> StaticChannel<T, N, R> {
    /// Makes a channel with elements that `recycle` makes and recycles.
    #[must_use]
    #[cfg(not(sakia_loom))]
    pub const fn with_recycle(recycle: R) -> Self {
        const {
            assert!(
                N > 0 && N <= super::MAX_CAPACITY,
                "sakia: a channel's capacity is 1 to mpsc::recycled::MAX_CAPACITY"
            );
            assert!(core::mem::offset_of!(Self, tickets) == crate::slots::tickets_offset::<R>());
            assert!(core::mem::offset_of!(Self, elements) == crate::slots::elements_offset::<T, R>(N));
        };
        let wheel = Wheel::new(N, default_overtaking(N), true);
        Self {
            header: Header { wheel, policy: recycle },
            tickets: [const { Ticket::new() }; N],
            elements: [const { Element::new() }; N],
        }
    }

    /// As above, for loom.
    #[must_use]
    #[cfg(sakia_loom)]
    pub fn with_recycle(recycle: R) -> Self {
        Self {
            header: Header { wheel: Wheel::new(N, default_overtaking(N), true), policy: recycle },
            tickets: core::array::from_fn(|_| Ticket::new()),
            elements: core::array::from_fn(|_| Element::new()),
        }
    }

    /// Makes a channel of it in which up to `messages` may overtake a waiting sender, as
    /// [`Builder::overtaking`](crate::mpsc::Builder::overtaking) says.
    #[must_use]
    pub const fn overtaking(mut self, messages: u32) -> Self {
        self.header.wheel.set_overtaking(builder::clamp(messages));
        self
    }

    /// Splits the channel into its ends.
    ///
    /// # Panics
    /// If it was split before and not every handle of any kind is gone since. A handle that was forgotten
    /// ([`core::mem::forget`]) is never gone.
    #[track_caller]
    #[must_use]
    pub fn split(&'static self) -> (Sender<T, R>, Receiver<T, R>) {
        self.try_split().expect("sakia: the static channel is split already")
    }

    /// Splits the channel into its ends, unless it was split before and a handle of any kind is left: owned references
    /// are handles.
    #[must_use]
    pub fn try_split(&'static self) -> Option<(Sender<T, R>, Receiver<T, R>)> {
        if !self.header.wheel.counts.begin_split() {
            return None;
        }
        // The pointer is made from the whole, so it may be used for the tickets and elements as well.
        let header = NonNull::from(self).cast::<Header<R>>();
        // SAFETY: `repr(C)` puts the header first and the others at their offsets; it lives for ever, and the last
        // handles are gone.
        let (sender, receiver) = unsafe { Slots::pair(header) };
        Some((Sender::new(sender), Receiver::new(receiver)))
    }
}

impl<T, const N: usize> Default for StaticChannel<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize, R> fmt::Debug for StaticChannel<T, N, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticChannel").field("capacity", &self.tickets.len()).finish_non_exhaustive()
    }
}
