//! Making channels on the heap.

use crate::ledger;

/// The largest capacity of a channel, in messages: `usize::MAX >> 3`.
pub const MAX_CAPACITY: usize = ledger::MAX_BOUND;

/// How many messages may overtake a waiting sender, unless a [`Builder`] says otherwise: 0 below a capacity of 4, which is
/// first come, first served; from there on 256 times the capacity, but 16,000 at the least and 2<sup>24</sup> at the most.
///
/// Overtaking saves switches of tasks where a sender that runs finds several free slots; where there are few, it only
/// costs. At the limit, all who wait are served one after another, with a switch for each: with a hundred of them, that would be felt
/// if it came after some thousand messages.
///
/// ```
/// use sakia::mpsc;
///
/// let (_sender, receiver) = mpsc::channel::<u8>(100);
/// assert!(receiver.overtaking() <= mpsc::default_overtaking(100));
/// ```
#[must_use]
pub const fn default_overtaking(capacity: usize) -> u32 {
    match capacity {
        0..4 => 0,
        4..63 => 16_000,
        63..0x1_0000 => 256 * capacity as u32,
        _ => 1 << 24,
    }
}

#[cfg(feature = "alloc")]
pub use heap::{Builder, channel, unbounded};

#[cfg(feature = "alloc")]
mod heap {
    use super::{MAX_CAPACITY, clamp, default_overtaking};
    use crate::{
        handle::{Handle, heap},
        ledger::UNBOUNDED,
        mpsc::{Receiver, Sender, UnboundedSender, recycled},
        patience::Patience,
        position::{Layout, MAX_SLOTS},
        recycling::{DefaultRecycle, Recycle},
        slots::{self, Slots},
    };

    /// Up to this capacity, a channel has all its slots from the start unless it is made [`Builder::on_demand`]. The cfg
    /// `sakia_on_demand` makes all so, for tests.
    const MAX_AT_ONCE: usize = if cfg!(sakia_on_demand) {
        0
    } else if cfg!(sakia_loom) {
        MAX_SLOTS
    } else {
        1_024
    };

    /// Up to this capacity it has them all the same: a block would take as much.
    const FEW: usize = 16;

    /// Makes a channel that holds up to `capacity` messages.
    ///
    /// Up to a capacity of 1,024, the one allocation that the channel ever makes is made here: the header (at most 384
    /// bytes) and the slots. Above, it is made [on demand](Builder::on_demand): a large capacity costs nothing until it is
    /// used.
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

    /// Makes a channel that takes any number of messages: sending never waits. Its memory is that of the messages in it,
    /// as with [`Builder::on_demand`].
    ///
    /// Nothing slows a sender down that is faster than the receiver, so the memory may run out; where that can be, a bound
    /// is better, however large.
    ///
    /// # Panics
    /// If 15 messages don't fit into the address space.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::unbounded();
    /// for n in 0..1_000 {
    ///     sender.send(n)?;
    /// }
    /// assert_eq!(receiver.len(), 1_000);
    /// assert_eq!(receiver.try_recv(), Ok(0));
    /// # Ok::<(), sakia::mpsc::errors::SendError<i32>>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn unbounded<T>() -> (UnboundedSender<T>, Receiver<T>) {
        let shared = heap::allocate::<T>(Layout::endless(), UNBOUNDED, 0);
        // SAFETY: made for `T` just now.
        let (sender, receiver) = unsafe { Handle::pair(shared) };
        (UnboundedSender::new(sender), Receiver::new(receiver))
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
        on_demand: bool,
        spinning: bool,
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
            Self {
                capacity,
                overtaking: default_overtaking(capacity),
                on_demand: capacity > MAX_AT_ONCE,
                spinning: true,
            }
        }

        /// How many messages may overtake a sender that waits, before what is freed goes to waiting senders alone.
        ///
        /// 0 is strict: first come, first served. A larger number lets running senders go on while others are being
        /// woken, which saves a switch of tasks a message. On targets without 64-bit atomics every channel is
        /// strict, which is within any limit; so is, anywhere, one with a capacity above 8,388,607. Numbers above
        /// 2<sup>24</sup> count as that.
        pub const fn overtaking(mut self, messages: u32) -> Self {
            self.overtaking = messages;
            self
        }

        /// Allocates memory for messages as they come, in blocks, and not for the whole capacity at the start.
        ///
        /// A block is for 15 messages; above a capacity of 1,024, later ones are for up to 63 messages of 32 bytes or less. Blocks
        /// are used again, and freed when the receiver finds the channel empty, but for one. It takes less memory where
        /// a channel is rarely full, and a little more time a message. A capacity of 16 or less is allocated
        /// at the start all the same. Above a capacity of 1,024, all channels are made so, but for those whose messages are
        /// written in place, which never are.
        ///
        /// ```
        /// use sakia::mpsc::Builder;
        ///
        /// let (sender, mut receiver) = Builder::new(1_000).on_demand().channel();
        /// sender.try_send(1)?;
        /// assert_eq!(receiver.try_recv(), Ok(1));
        /// # Ok::<(), sakia::mpsc::errors::TrySendError<i32>>(())
        /// ```
        pub const fn on_demand(mut self) -> Self {
            // For loom always: its models are of capacities 1 and 2.
            self.on_demand = self.capacity > FEW || cfg!(sakia_loom);
            self
        }

        /// Whether a send or a receive that has to wait may first look again for a while, without giving up its thread. It may
        /// unless said otherwise; with a channel in a `static` and one without a bound it may.
        ///
        /// With the `std` feature it does so in each wait as long as that pays off, which it does where both ends run on two
        /// threads at the same time; else ever more rarely, and not in the first waits of a channel. To look in vain takes half a
        /// microsecond or so, and up to about ten where many looks before it were not in vain. After 128 that were not, it lets
        /// other tasks run.
        ///
        /// Blocking calls look again in any case, before their thread sleeps.
        ///
        /// ```
        /// use sakia::mpsc::Builder;
        ///
        /// let (sender, mut receiver) = Builder::new(1).spinning(false).channel();
        /// sender.try_send(1)?;
        /// assert_eq!(receiver.try_recv(), Ok(1));
        /// # Ok::<(), sakia::mpsc::errors::TrySendError<i32>>(())
        /// ```
        pub const fn spinning(mut self, spinning: bool) -> Self {
            self.spinning = spinning;
            self
        }

        /// Makes the channel.
        ///
        /// # Panics
        /// If the messages don't fit into the address space.
        #[track_caller]
        #[must_use]
        pub fn channel<T>(self) -> (Sender<T>, Receiver<T>) {
            let layout = if self.on_demand { Layout::endless() } else { Layout::new(self.capacity) };
            let shared = heap::allocate::<T>(layout, self.capacity, clamp(self.overtaking));
            // SAFETY: made for `T` just now.
            let (sender, receiver) = unsafe { Handle::pair(shared) };
            self.settle(&receiver.channel.patience);
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
            self.settle(receiver.wheel().patience());
            (recycled::Sender::new(sender), recycled::Receiver::new(receiver))
        }

        /// For a new channel's patience.
        fn settle(self, patience: &Patience) {
            if !self.spinning {
                patience.lose();
            }
        }
    }

    #[cfg(all(test, feature = "std", not(sakia_loom)))]
    mod tests {
        use super::*;
        use crate::patience::Again;

        #[test]
        fn who_may_not_spin_never_looks_again() {
            let is_ever_due = |patience: &Patience| {
                (0..1_000).any(|_| patience.is_due() && patience.look_again(|| Some(())) != Again::Nothing)
            };
            for spinning in [true, false] {
                let builder = Builder::new(1).spinning(spinning);
                assert_eq!(is_ever_due(builder.channel::<u8>().1.patience()), spinning);
                assert_eq!(is_ever_due(builder.recycled::<u8>().1.patience()), spinning);
            }
        }
    }
}

/// The largest limit that the ledger can count, with room to spare.
pub(crate) const fn clamp(overtaking: u32) -> u32 {
    let most = if cfg!(sakia_loom) { 2 } else { 1 << 24 };
    if overtaking > most { most } else { overtaking }
}
