//! Why a `Sink` did not send.

use core::{error::Error, fmt};
use sakia::mpsc::errors::SendError;

/// The channel is closed, or this sink is. The message comes back if there was one: `start_send` had it, `poll_ready`
/// had none.
///
/// A `Sink` has one type of error for all its calls, hence the `Option`. It is an [`Error`] whatever `T` is, and prints
/// without it. Both ends of a `forward` have one type of error too: `stream.map(Ok).forward(sink)` takes this one, and
/// `sink.sink_map_err(..)` makes any other of it.
///
/// ```
/// use futures_util::SinkExt;
/// use sakia_futures::{SenderExt, SinkError};
///
/// # futures_executor::block_on(async {
/// let (sender, receiver) = sakia::mpsc::channel::<u8>(1);
/// let mut sink = sender.into_sink();
/// drop(receiver);
/// let error: SinkError<u8> = sink.send(1).await.unwrap_err();
/// assert_eq!(error.to_string(), "the channel is closed");
/// assert_eq!(error.into_inner(), None);
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SinkError<T>(Option<T>);

impl<T> SinkError<T> {
    /// The message that was not sent, if the call that failed had one.
    pub fn into_inner(self) -> Option<T> {
        self.0
    }

    /// That there was none.
    pub(crate) fn empty() -> Self {
        Self(None)
    }
}

impl<T> fmt::Debug for SinkError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "SinkError(Some(..))" } else { "SinkError(None)" })
    }
}

impl<T> fmt::Display for SinkError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SendError(()).fmt(f)
    }
}

impl<T> Error for SinkError<T> {}

impl<T> From<SendError<T>> for SinkError<T> {
    fn from(SendError(message): SendError<T>) -> Self {
        Self(Some(message))
    }
}

impl<T> From<SinkError<T>> for SendError<()> {
    fn from(_: SinkError<T>) -> Self {
        SendError(())
    }
}

/// Why an [`EncoderSink`](crate::EncoderSink) did not send.
///
/// ```
/// use core::fmt::{self, Write as _};
/// use futures_util::SinkExt;
/// use sakia_futures::{EncodeError, SenderExt};
///
/// fn encode(n: u32, slot: &mut String) -> fmt::Result {
///     write!(slot, "{n}")?;
///     if n > 9 { Err(fmt::Error) } else { Ok(()) }
/// }
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = sakia::mpsc::recycled::channel::<String>(1);
/// let mut sink = sender.into_encoder_sink(encode);
/// assert_eq!(sink.send(10).await, Err(EncodeError::Encode(fmt::Error)));
/// sink.send(9).await.unwrap();
/// assert_eq!(*receiver.recv_ref().await.unwrap(), "9");
/// drop(receiver);
/// assert_eq!(sink.send(8).await, Err(EncodeError::Closed));
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError<E> {
    /// The channel is closed, or this sink is.
    Closed,
    /// The encoder has failed; the slot went back unsent.
    Encode(E),
}

impl<E> fmt::Display for EncodeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => SendError(()).fmt(f),
            Self::Encode(_) => f.write_str("the message could not be encoded"),
        }
    }
}

impl<E: Error + 'static> Error for EncodeError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Closed => None,
            Self::Encode(error) => Some(error),
        }
    }
}

impl<E> From<SendError<()>> for EncodeError<E> {
    fn from(SendError(()): SendError<()>) -> Self {
        Self::Closed
    }
}
