//! Making channels on the heap.

use crate::position;

/// The largest capacity of a channel, in messages: 8,388,607.
pub const MAX_CAPACITY: usize = position::MAX_CAPACITY;

/// How many messages may overtake a waiting sender, unless a [`Builder`] says otherwise: 0 below a capacity of 4, which is
/// first come, first served, and 1,000 from there on.
///
/// Overtaking saves switches of tasks where a sender that runs finds several free slots; where there are few, it only
/// costs.
///
/// ```
/// use sakia::mpsc;
///
/// let (_sender, receiver) = mpsc::channel::<u8>(100);
/// assert!(receiver.overtaking() <= mpsc::default_overtaking(100));
/// ```
#[must_use]
pub const fn default_overtaking(capacity: usize) -> u32 {
    if capacity < 4 { 0 } else { 1_000 }
}

#[cfg(feature = "alloc")]
pub use heap::{Builder, channel};

#[cfg(feature = "alloc")]
mod heap {
    use super::{MAX_CAPACITY, clamp, default_overtaking};
    use crate::{
        handle::{Handle, heap},
        mpsc::{Receiver, Sender, recycled},
        recycling::{DefaultRecycle, Recycle},
        slots::{self, Slots},
    };

    /// Makes a channel that holds up to `capacity` messages.
    ///
    /// The one allocation that the channel ever makes is made here: the header (at most 512 bytes) and the slots.
    ///
    /// # Panics
    /// If `capacity` is 0 or above [`MAX_CAPACITY`], or the messages don't fit into the address space.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::channel(2);
    /// sender.try_send("a")?;
    /// sender.try_send("b")?;
    /// assert!(sender.try_send("c").unwrap_err().is_full());
    /// assert_eq!(receiver.try_recv(), Ok("a"));
    /// # Ok::<(), sakia::mpsc::errors::TrySendError<&str>>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        Builder::new(capacity).channel()
    }

    /// A channel's settings.
    ///
    /// ```
    /// use sakia::mpsc::Builder;
    ///
    /// let (sender, receiver) = Builder::new(100).overtaking(1_000).channel::<u8>();
    /// assert_eq!(sender.max_capacity(), 100);
    /// assert!(receiver.overtaking() <= 1_000);
    /// ```
    #[derive(Clone, Copy, Debug)]
    #[must_use]
    pub struct Builder {
        capacity: usize,
        overtaking: u32,
    }

    impl Builder {
        /// Settings for a channel that holds up to `capacity` messages.
        ///
        /// # Panics
        /// If `capacity` is 0 or above [`MAX_CAPACITY`].
        #[track_caller]
        pub const fn new(capacity: usize) -> Self {
            assert!(capacity > 0, "sakia: a channel needs a capacity above 0");
            assert!(capacity <= MAX_CAPACITY, "sakia: a channel's capacity is at most mpsc::MAX_CAPACITY");
            Self { capacity, overtaking: default_overtaking(capacity) }
        }

        /// How many messages may overtake a sender that waits, before what is freed goes to waiting senders alone.
        ///
        /// 0 is strict: first come, first served. A larger number lets running senders go on while others are being
        /// woken, which saves a switch of tasks a message. On targets without 64-bit atomics every channel is
        /// strict, which is within any limit. Numbers above 2<sup>24</sup> count as that.
        pub const fn overtaking(mut self, messages: u32) -> Self {
            self.overtaking = messages;
            self
        }

        /// Makes the channel.
        ///
        /// # Panics
        /// If the messages don't fit into the address space.
        #[track_caller]
        #[must_use]
        pub fn channel<T>(self) -> (Sender<T>, Receiver<T>) {
            let shared = heap::allocate::<T>(self.capacity, clamp(self.overtaking));
            // SAFETY: made for `T` just now.
            let (sender, receiver) = unsafe { Handle::pair(shared) };
            (Sender::new(sender), Receiver::new(receiver))
        }

        /// Makes a channel whose messages are written in place, into elements that are recycled by default.
        ///
        /// # Panics
        /// If the capacity is above [`recycled::MAX_CAPACITY`], or the messages don't fit into the address space.
        #[track_caller]
        #[must_use]
        pub fn recycled<T: Default + Clone>(self) -> (recycled::Sender<T>, recycled::Receiver<T>) {
            self.with_recycle(DefaultRecycle::new())
        }

        /// Makes a channel whose messages are written in place, into elements that `policy` recycles.
        ///
        /// # Panics
        /// As [`Self::recycled`].
        ///
        /// ```
        /// use sakia::{mpsc::Builder, recycling::WithCapacity};
        ///
        /// let (sender, mut receiver) = Builder::new(2).overtaking(0).with_recycle::<String, _>(WithCapacity::new());
        /// sender.try_send_ref().unwrap().push_str("hello");
        /// assert_eq!(*receiver.try_recv_ref().unwrap(), "hello");
        /// ```
        #[track_caller]
        #[must_use]
        pub fn with_recycle<T, R: Recycle<T>>(self, policy: R) -> (recycled::Sender<T, R>, recycled::Receiver<T, R>) {
            assert!(
                self.capacity <= recycled::MAX_CAPACITY,
                "sakia: a recycled channel's capacity is at most mpsc::recycled::MAX_CAPACITY"
            );
            let header = slots::heap::allocate::<T, R>(self.capacity, clamp(self.overtaking), policy);
            // SAFETY: made for `T` and `R` just now.
            let (sender, receiver) = unsafe { Slots::pair(header) };
            (recycled::Sender::new(sender), recycled::Receiver::new(receiver))
        }
    }
}

/// The largest limit that the ledger can count, with room to spare.
pub(crate) const fn clamp(overtaking: u32) -> u32 {
    let most = if cfg!(sakia_loom) { 2 } else { 1 << 24 };
    if overtaking > most { most } else { overtaking }
}
