//! Channels whose messages are written in place, into slots that are recycled.
//!
//! Messages don't move. A sender is lent a slot, writes the message into the element that is there, and publishes it; the
//! receiver reads it where it is, and gives the slot back. The element stays, with what it has allocated, for the next
//! message: after a while nothing is allocated any more.
//!
//! ```
//! use core::fmt::Write as _;
//! use sakia::mpsc::recycled;
//!
//! # futures_executor::block_on(async {
//! let (sender, mut receiver) = recycled::channel::<String>(8);
//! write!(sender.send_ref().await.unwrap(), "line {}", 1).unwrap();
//! let line = receiver.recv_ref().await.unwrap();
//! assert_eq!(*line, "line 1");
//! # });
//! ```
//!
//! # Two ways to write
//!
//! | | [`send_ref`](Sender::send_ref) | [`reserve_ref`](Sender::reserve_ref) |
//! |---|---|---|
//! | gives | a [`SendRef`] | a [`RefPermit`] |
//! | `send(self)` | publishes | publishes |
//! | dropped | publishes; while unwinding, gives the slot back (with `std`) | gives the slot back |
//! | given up | `abort(self)` | `release(self)`, or dropped |
//! | for | writing at once | writing across awaits: a cancelled future must not publish half a message |
//!
//! A message has its place in the order when it is published, so a slot that is being written delays nobody. It keeps
//! one slot of the capacity, as one that is read does.
//!
//! ```
//! use sakia::mpsc::recycled;
//!
//! # async fn read(buffer: &mut Vec<u8>) { buffer.extend(b"hello"); }
//! # futures_executor::block_on(async {
//! let (sender, mut receiver) = recycled::channel::<Vec<u8>>(2);
//! let mut slot = sender.reserve_ref().await.unwrap();
//! read(&mut slot).await; // cancelled in here, nothing is sent and the slot is free again
//! slot.send();
//! assert_eq!(*receiver.recv_ref().await.unwrap(), b"hello");
//! # });
//! ```
//!
//! # What is recycled when
//! See [`recycling`](crate::recycling).
//!
//! # Capacity
//! Up to [`MAX_CAPACITY`] slots, exactly as many as asked for. A slot is free, with a sender (a [`SendRef`] or
//! [`RefPermit`]), queued, or with the receiver's side (a [`RecvRef`], [`OwnedRecvRef`] or [`RecvRefs`]). If none is free,
//! `try_` calls say so at once. A reference that is forgotten ([`core::mem::forget`]) keeps its slot for ever.
//!
//! # What happens when
//!
//! | event | messages |
//! |---|---|
//! | the last [`Sender`] is dropped, owned references to write included | stay receivable, then `None` |
//! | [`Receiver::close`] | stay receivable, and those of slots that senders still have; then `None` |
//! | the [`Receiver`] is dropped | those queued are dropped at once, within its `drop` |
//! | a slot is published afterwards | its element is dropped at once |
//! | an [`OwnedRecvRef`] is dropped afterwards | its element is dropped with it |
//! | the last handle of any kind is dropped | idle elements are dropped |

#[cfg(feature = "std")]
pub mod blocking;
mod poll_sender;
mod received;
mod receiver;
mod sender;
mod static_channel;
mod weak;
mod written;

#[cfg(feature = "alloc")]
pub use constructors::{channel, with_recycle};
#[cfg(feature = "alloc")]
pub use poll_sender::BoxedPollSender;
pub use poll_sender::PollSender;
pub use received::{OwnedRecvRef, RecvRef, RecvRefs, RefIter, RefIterMut};
#[cfg(feature = "std")]
pub use receiver::{IntoIter, Iter, IterRef};
pub use receiver::{Receiver, TryIter, TryIterRef};
pub use sender::Sender;
pub use static_channel::{StaticChannel, StaticReceiver, StaticSender};
pub use weak::WeakSender;
pub use written::{OwnedRefPermit, OwnedSendRef, RefPermit, SendRef};

/// The largest capacity of a channel of slots: 8,388,607, or 32,767 on targets without 64-bit atomics.
pub const MAX_CAPACITY: usize = crate::pool::MAX_SLOTS;

#[cfg(feature = "alloc")]
mod constructors {
    use super::{Receiver, Sender};
    use crate::{mpsc::Builder, recycling::Recycle};

    /// Makes a channel of `capacity` slots, with elements that are `T::default()` and recycled by being cloned from that.
    ///
    /// The one allocation that the channel itself ever makes is made here. Elements are made when they are first written.
    ///
    /// # Panics
    /// If `capacity` is 0 or above [`MAX_CAPACITY`](super::MAX_CAPACITY), or the messages don't fit into the address space.
    ///
    /// ```
    /// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<Vec<u8>>(2);
    /// sender.try_send_ref().unwrap().extend(b"hello");
    /// assert_eq!(*receiver.try_recv_ref().unwrap(), b"hello");
    /// ```
    #[track_caller]
    #[must_use]
    pub fn channel<T: Default + Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        Builder::new(capacity).recycled()
    }

    /// Makes a channel of `capacity` slots, with elements that `recycle` makes and recycles.
    ///
    /// # Panics
    /// As [`channel`].
    ///
    /// ```
    /// use sakia::{mpsc, recycling::WithCapacity};
    ///
    /// let policy = WithCapacity::new().with_min_capacity(80);
    /// let (sender, _receiver) = mpsc::with_recycle::<String, _>(2, policy);
    /// assert!(sender.try_send_ref().unwrap().capacity() >= 80);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn with_recycle<T, R: Recycle<T>>(capacity: usize, recycle: R) -> (Sender<T, R>, Receiver<T, R>) {
        Builder::new(capacity).with_recycle(recycle)
    }
}
