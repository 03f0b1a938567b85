//! A multi-producer, single-consumer channel, bounded or not.
//!
//! See the [crate's documentation](crate) for what it is, and [`channel`] to begin with.

pub(crate) mod acquire;
mod batch;
#[cfg(feature = "std")]
pub mod blocking;
mod builder;
mod deadline;
pub mod errors;
mod permit;
mod poll;
mod poll_sender;
mod receiver;
pub mod recycled;
mod sender;
mod sending;
mod static_channel;
#[cfg(feature = "alloc")]
mod unbounded;
mod weak;

#[cfg(feature = "alloc")]
pub use builder::{Builder, channel, unbounded};
pub use builder::{MAX_CAPACITY, default_overtaking};
pub use permit::{OwnedPermit, Permit, PermitIterator};
pub use poll::{PollReceive, PollSend};
pub use poll_sender::PollSender;
#[cfg(feature = "alloc")]
pub use poll_sender::{BoxedPollSender, UnboundedPollSender};
#[cfg(feature = "std")]
pub use receiver::{IntoIter, Iter};
pub use receiver::{Receiver, TryIter};
#[cfg(feature = "alloc")]
pub use recycled::with_recycle;
pub use sender::Sender;
pub use static_channel::{StaticChannel, StaticReceiver, StaticSender};
#[cfg(feature = "alloc")]
pub use unbounded::{UnboundedSender, WeakUnboundedSender};
pub use weak::WeakSender;
