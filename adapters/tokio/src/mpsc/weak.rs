//! Senders that do not keep the channel open.

use super::{Sender, UnboundedSender};
use core::fmt;

/// Declares a weak sender.
macro_rules! weak_sender {
    ($(#[$meta:meta])* $weak:ident of $sender:ident) => {
        $(#[$meta])*
        pub struct $weak<T> {
            pub(crate) inner: sakia::mpsc::$weak<T>,
        }

        impl<T> $weak<T> {
            /// Makes a sender of it, if there still is one; it does not matter whether the channel is closed.
            pub fn upgrade(&self) -> Option<$sender<T>> {
                self.inner.upgrade().map(|inner| $sender { inner })
            }

            /// How many senders there are, owned permits included.
            pub fn strong_count(&self) -> usize {
                self.inner.strong_count()
            }

            /// How many weak senders there are.
            pub fn weak_count(&self) -> usize {
                self.inner.weak_count()
            }
        }

        impl<T> Clone for $weak<T> {
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone() }
            }
        }

        impl<T> fmt::Debug for $weak<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($weak))
            }
        }
    };
}

weak_sender! {
    /// A [`Sender`] that does not keep the channel open for the receiver. Made by [`Sender::downgrade`].
    WeakSender of Sender
}

weak_sender! {
    /// An [`UnboundedSender`] that does not keep the channel open for the receiver. Made by
    /// [`UnboundedSender::downgrade`].
    WeakUnboundedSender of UnboundedSender
}
