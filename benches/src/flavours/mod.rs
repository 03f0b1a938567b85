//! The channels that are compared, each behind the same few calls.

mod adapters;
mod async_channel;
mod blocking;
mod crossfire;
mod flume;
mod futures;
mod kanal;
mod sakia;
mod sakia_ref;
mod sakia_tokio;
mod tachyonix;
mod thingbuf;
mod thingbuf_ref;
mod tokio;
mod unbounded;
mod written;

use core::ops::Range;

pub use self::adapters::{Adapted, Streamed, Sunk};
pub use self::async_channel::AsyncChannel;
pub use self::blocking::{Blocking, Crossbeam, Std};
pub use self::crossfire::Crossfire;
pub use self::flume::Flume;
pub use self::futures::Futures;
pub use self::kanal::Kanal;
pub use self::sakia::Sakia;
pub use self::sakia_ref::SakiaRef;
pub use self::sakia_tokio::SakiaTokio;
pub use self::tachyonix::Tachyonix;
pub use self::thingbuf::Thingbuf;
pub use self::thingbuf_ref::ThingbufRef;
pub use self::tokio::Tokio;
pub use self::unbounded::Unbounded;
pub use self::written::{Bytes, Page, Written};

/// What a message must be for every channel to take it: thingbuf asks for `Default` and `Clone`,
/// and for `Sync` to share its slots, crossfire for `Unpin`.
pub trait Message: Default + Clone + Unpin + Send + Sync + 'static {}

impl<T: Default + Clone + Unpin + Send + Sync + 'static> Message for T {}

/// What a channel promises, which decides whom it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The channel under test: never the reference that others are divided by.
    Own,
    /// A cancelled send was not sent, a message taken by a cancelled receive is not lost, and the
    /// capacity is exact.
    Careful,
    /// Gives up one of those.
    Loose,
}

impl Class {
    /// A word for tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Careful => "careful",
            Self::Loose => "loose",
        }
    }
}

/// A bounded many-sender, one-receiver async channel.
///
/// The handles are taken by `&mut`, which is what the most demanding channel needs.
pub trait Flavour: 'static {
    /// The name it goes by in tables and in `--peers`.
    const NAME: &'static str;
    /// What it promises.
    const CLASS: Class;

    /// The sending handle.
    type Tx<T: Message>: Clone + Send + 'static;
    /// The receiving handle.
    type Rx<T: Message>: Send + 'static;

    /// Makes a channel that holds `capacity` messages while it has `senders` senders, or None if
    /// this channel cannot.
    fn channel<T: Message>(capacity: usize, senders: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)>;

    /// Sends, waiting for room; false if the receiver is gone.
    fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> impl Future<Output = bool> + Send;

    /// Receives, waiting for a message; None if all senders are gone and nothing is left.
    fn recv<T: Message>(rx: &mut Self::Rx<T>) -> impl Future<Output = Option<T>> + Send;

    /// Sends if there is room at once; false if not.
    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool;

    /// Receives if there is a message at once.
    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T>;

    /// Sends the message `i`, waiting for room: written in place if the channel can do that, in a new one if not.
    fn send_written<T: Written>(tx: &mut Self::Tx<T>, i: u64) -> impl Future<Output = bool> + Send {
        async move { Self::send(tx, T::written(i)).await }
    }

    /// Receives and reads a message, in place if the channel can do that.
    fn recv_read<T: Written>(rx: &mut Self::Rx<T>) -> impl Future<Output = Option<u64>> + Send {
        async { Self::recv(rx).await.map(|message| message.read()) }
    }

    /// As [`send_written`](Self::send_written), if there is room at once.
    fn try_send_written<T: Written>(tx: &mut Self::Tx<T>, i: u64) -> bool {
        Self::try_send(tx, T::written(i))
    }

    /// As [`recv_read`](Self::recv_read), if there is a message at once.
    fn try_recv_read<T: Written>(rx: &mut Self::Rx<T>) -> Option<u64> {
        Self::try_recv(rx).map(|message| message.read())
    }

    /// Sends the messages of a batch, by one call if the channel has it; false if the receiver is gone.
    fn send_batch(tx: &mut Self::Tx<u64>, batch: Range<u64>) -> impl Future<Output = bool> + Send {
        async move {
            for message in batch {
                if !Self::send(tx, message).await {
                    return false;
                }
            }
            true
        }
    }

    /// Waits for a message and takes up to `limit` of those that are there, by one call if the channel has it; 0 if all
    /// senders are gone and nothing is left.
    fn recv_batch(rx: &mut Self::Rx<u64>, buffer: &mut Vec<u64>, limit: usize) -> impl Future<Output = usize> + Send {
        async move {
            let Some(first) = Self::recv(rx).await else { return 0 };
            buffer.push(first);
            let rest = core::iter::from_fn(|| Self::try_recv(rx)).take(limit - 1);
            buffer.extend(rest);
            buffer.len()
        }
    }

    /// How many messages may overtake a waiting sender at this capacity; None if that is not known of this channel.
    #[must_use]
    fn overtaking(_capacity: usize) -> Option<u32> {
        None
    }
}
