//! The future of a send.

use super::{Sender, acquire::Acquire, errors::SendError};
use crate::{channel::Closed, ledger::Refused};
use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};

/// Sends a message, waiting for room.
///
/// By hand, and not an async fn: there the message would be moved from the argument to where it is kept, and what may give it back to
/// where that is returned, although it is usually nothing. From here it is moved once, to where the receiver takes it.
pub(super) struct Sending<'a, T> {
    sender: &'a Sender<T>,
    /// There since there was no room. Pinned with this, and dropped before the message, whose drop may use the channel.
    acquire: Option<Acquire<'a>>,
    /// None: it was sent, or has come back.
    value: Option<T>,
}

impl<'a, T> Sending<'a, T> {
    #[inline]
    pub(super) fn new(sender: &'a Sender<T>, value: T) -> Self {
        Self { sender, acquire: None, value: Some(value) }
    }
}

impl<T> Future for Sending<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: `acquire` is not moved once it is there; the others are not pinned.
        let Self { sender, value, acquire } = unsafe { self.get_unchecked_mut() };
        assert!(value.is_some(), "polled after it was ready");
        let mut take = || value.take().expect("as asserted");
        if acquire.is_none() {
            match sender.try_send_with(&mut take) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err((Refused::Closed, _)) => return Poll::Ready(Err(SendError(take()))),
                Err((Refused::Full, _)) => {}
            }
        }
        let acquire = acquire.get_or_insert_with(|| Acquire::new(&sender.handle.channel, 1));
        // SAFETY: as above.
        Poll::Ready(match ready!(unsafe { Pin::new_unchecked(acquire) }.poll(context)) {
            Ok(()) => sender.handle.send_reserved_with(take).map_err(|mut take| SendError(take())),
            Err(Closed) => Err(SendError(take())),
        })
    }
}
