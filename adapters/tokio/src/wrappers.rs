//! Receivers as [`Stream`]s: the wrappers of the `tokio-stream` crate.

use crate::mpsc::{Receiver, UnboundedReceiver};
use core::{
    pin::Pin,
    task::{Context, Poll},
};
use futures_core::Stream;

/// Declares a wrapper; `most` is how many messages can still come to a closed receiver.
macro_rules! receiver_stream {
    ($(#[$meta:meta])* $stream:ident of $receiver:ident, $inner:ident => $most:expr) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $stream<T> {
            inner: $receiver<T>,
        }

        impl<T> $stream<T> {
            /// Wraps a receiver.
            pub fn new(recv: $receiver<T>) -> Self {
                Self { inner: recv }
            }

            /// Gives the receiver back.
            pub fn into_inner(self) -> $receiver<T> {
                self.inner
            }

            /// Closes the channel for new messages. What is queued still comes.
            pub fn close(&mut self) {
                self.inner.close();
            }
        }

        impl<T> Stream for $stream<T> {
            type Item = T;

            fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
                self.inner.poll_recv(context)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                let $inner = &self.inner;
                ($inner.len(), $inner.is_closed().then(|| $most))
            }
        }

        impl<T> AsRef<$receiver<T>> for $stream<T> {
            fn as_ref(&self) -> &$receiver<T> {
                &self.inner
            }
        }

        impl<T> AsMut<$receiver<T>> for $stream<T> {
            fn as_mut(&mut self) -> &mut $receiver<T> {
                &mut self.inner
            }
        }

        impl<T> From<$receiver<T>> for $stream<T> {
            fn from(recv: $receiver<T>) -> Self {
                Self::new(recv)
            }
        }
    };
}

receiver_stream! {
    /// A [`Receiver`] as a [`Stream`].
    ///
    /// ```
    /// use futures_core::Stream;
    /// use sakia_tokio::{mpsc, wrappers::ReceiverStream};
    ///
    /// let (sender, receiver) = mpsc::channel(2);
    /// sender.try_send(1).unwrap();
    /// drop(sender);
    /// assert_eq!(ReceiverStream::new(receiver).size_hint(), (1, Some(1)));
    /// ```
    ReceiverStream of Receiver, inner => inner.max_capacity() - inner.capacity()
}

receiver_stream! {
    /// An [`UnboundedReceiver`] as a [`Stream`].
    UnboundedReceiverStream of UnboundedReceiver, inner => inner.len()
}
