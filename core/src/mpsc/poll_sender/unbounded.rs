//! A sender by polls that never waits.

use crate::mpsc::{PollSend, UnboundedSender, errors::SendError};
use core::{
    pin::Pin,
    task::{Context, Poll},
};

/// An [`UnboundedSender`] that is polled: ready as long as the channel is open. It need not be pinned, and allocates nothing.
///
/// ```
/// use core::{future::poll_fn, pin::Pin};
/// use sakia::mpsc::{PollSend, UnboundedPollSender};
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = sakia::mpsc::unbounded();
/// let mut sender = UnboundedPollSender::new(sender);
/// poll_fn(|context| Pin::new(&mut sender).poll_ready(context)).await.unwrap();
/// Pin::new(&mut sender).start_send("hello").unwrap();
/// Pin::new(&mut sender).close();
/// assert_eq!((receiver.recv().await, receiver.recv().await), (Some("hello"), None));
/// # });
/// ```
#[derive(Debug)]
pub struct UnboundedPollSender<T> {
    /// None when closed.
    sender: Option<UnboundedSender<T>>,
}

impl<T> Unpin for UnboundedPollSender<T> {}

impl<T> UnboundedPollSender<T> {
    /// Makes a sender that is polled.
    pub fn new(sender: UnboundedSender<T>) -> Self {
        Self { sender: Some(sender) }
    }

    /// The sender inside; `None` when closed.
    pub fn sender(&self) -> Option<&UnboundedSender<T>> {
        self.sender.as_ref()
    }
}

/// There is nothing to reserve, so `start_send` does not ask for `poll_ready`, and there is nothing to abort.
impl<T> PollSend<T> for UnboundedPollSender<T> {
    fn poll_ready(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        let open = self.sender.as_ref().is_some_and(|sender| !sender.is_closed());
        Poll::Ready(if open { Ok(()) } else { Err(SendError(())) })
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError<T>> {
        match &self.sender {
            Some(sender) => sender.send(value),
            None => Err(SendError(value)),
        }
    }

    fn abort(self: Pin<&mut Self>) -> bool {
        false
    }

    fn close(self: Pin<&mut Self>) {
        self.get_mut().sender = None;
    }
}

impl<T> Clone for UnboundedPollSender<T> {
    /// The clone of a closed sender is closed.
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone() }
    }
}
