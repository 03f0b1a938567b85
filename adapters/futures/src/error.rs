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
