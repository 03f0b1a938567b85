//! A multi-producer, single-consumer queue for sending values between tasks: [`tokio::sync::mpsc`], over sakia's channels.
//!
//! See the [crate's documentation](crate) for what differs.

mod bounded;
mod permit;
mod sender;
mod sending;
mod unbounded;
mod weak;

pub use bounded::{Receiver, channel};
pub use permit::{OwnedPermit, Permit, PermitIterator};
pub use sender::Sender;
pub use unbounded::{UnboundedReceiver, UnboundedSender, unbounded_channel};
pub use weak::{WeakSender, WeakUnboundedSender};

/// The errors of these channels: tokio's own types.
pub mod error {
    pub use tokio::sync::mpsc::error::*;
}

/// The methods that a receiver of either kind has.
macro_rules! receiver_methods {
    () => {
        /// Receives the next message. `None`: the channel is closed and there is none left, and never will be.
        ///
        /// # Cancel safety
        /// If the future is dropped, no message was taken.
        pub async fn recv(&mut self) -> Option<T> {
            core::future::poll_fn(|context| self.poll_recv(context)).await
        }

        /// Receives up to `limit` messages into `buffer`, behind what is in it, waiting for the first. Gives their number;
        /// 0 with a `limit` above 0 means that the channel is closed and there are none left.
        ///
        /// # Cancel safety
        /// If the future is dropped, no message was taken.
        pub async fn recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
            core::future::poll_fn(|context| self.poll_recv_many(context, buffer, limit)).await
        }

        /// Receives the next message without waiting.
        ///
        /// # Errors
        /// If there is no message, or there never will be one.
        pub fn try_recv(&mut self) -> Result<T, crate::mpsc::error::TryRecvError> {
            self.inner.try_recv().map_err(|error| match error {
                sakia::mpsc::errors::TryRecvError::Empty => crate::mpsc::error::TryRecvError::Empty,
                sakia::mpsc::errors::TryRecvError::Closed => crate::mpsc::error::TryRecvError::Disconnected,
            })
        }

        /// Receives the next message, blocking this thread until there is one.
        ///
        /// # Panics
        /// On a thread that drives a tokio runtime's tasks.
        #[track_caller]
        #[cfg_attr(docsrs, doc(alias = "recv_blocking"))]
        pub fn blocking_recv(&mut self) -> Option<T> {
            crate::budget::forbid_in_runtime();
            self.inner.blocking_recv()
        }

        /// Receives up to `limit` messages into `buffer`, blocking this thread until there is one. As
        /// [`recv_many`](Self::recv_many).
        ///
        /// # Panics
        /// On a thread that drives a tokio runtime's tasks.
        #[track_caller]
        #[cfg_attr(docsrs, doc(alias = "recv_many_blocking"))]
        pub fn blocking_recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
            crate::budget::forbid_in_runtime();
            self.inner.blocking_recv_many(buffer, limit)
        }

        /// Closes the channel for new messages. Those that are queued can be received, and those of permits that are out.
        pub fn close(&mut self) {
            self.inner.close();
        }

        /// True if the channel was [closed](Self::close) or the last sender is gone. There may be messages left.
        pub fn is_closed(&self) -> bool {
            self.inner.is_closed()
        }

        /// True if there is no message in the channel.
        pub fn is_empty(&self) -> bool {
            self.inner.is_empty()
        }

        /// How many messages are in the channel.
        pub fn len(&self) -> usize {
            self.inner.len()
        }

        /// Receives the next message, or sees to it that the task of this call is woken when there is one.
        ///
        /// It may be Pending although there is a message, when the task has used up its budget or the message is just being
        /// written; the task is woken then.
        pub fn poll_recv(&mut self, context: &mut core::task::Context<'_>) -> core::task::Poll<Option<T>> {
            let unit = core::task::ready!(crate::budget::poll_proceed(context));
            // Not taken apart, lest a large message is copied once more.
            let received = self.inner.poll_recv(context);
            if received.is_ready() {
                unit.made_progress();
            }
            received
        }

        /// As [`recv_many`](Self::recv_many), in the manner of [`poll_recv`](Self::poll_recv).
        pub fn poll_recv_many(
            &mut self,
            context: &mut core::task::Context<'_>,
            buffer: &mut Vec<T>,
            limit: usize,
        ) -> core::task::Poll<usize> {
            let unit = core::task::ready!(crate::budget::poll_proceed(context));
            let received = core::task::ready!(self.inner.poll_recv_many(context, buffer, limit));
            unit.made_progress();
            core::task::Poll::Ready(received)
        }

        /// How many senders there are, owned permits included.
        pub fn sender_strong_count(&self) -> usize {
            self.inner.sender_strong_count()
        }

        /// How many weak senders there are.
        pub fn sender_weak_count(&self) -> usize {
            self.inner.sender_weak_count()
        }
    };
}
use receiver_methods;
