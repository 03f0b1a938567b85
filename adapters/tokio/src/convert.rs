//! Between these handles and the core's: to the core always, back if nothing is lost by it.

use crate::mpsc::{OwnedPermit, Receiver, Sender, UnboundedReceiver, UnboundedSender, WeakSender, WeakUnboundedSender};
use core::{error::Error, fmt};

/// A handle of the core, which is in here, is of a channel that keeps no promises of tokio's: it lets senders overtake each other
/// ([`Builder::overtaking`](sakia::mpsc::Builder::overtaking)), or it has a bound where there must be none, or none where
/// there must be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotConvertible<H>(pub H);

impl<H> fmt::Display for NotConvertible<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the channel's settings are not those of a tokio channel")
    }
}

impl<H: fmt::Debug> Error for NotConvertible<H> {}

/// Declares the conversions to the core.
macro_rules! into_core {
    ($($handle:ident => $core:ident),*) => {
        $(
            impl<T> From<$handle<T>> for sakia::mpsc::$core<T> {
                fn from(handle: $handle<T>) -> Self {
                    handle.inner
                }
            }
        )*
    };
}

into_core! {
    Sender => Sender,
    Receiver => Receiver,
    OwnedPermit => OwnedPermit,
    WeakSender => WeakSender,
    UnboundedSender => UnboundedSender,
    UnboundedReceiver => Receiver,
    WeakUnboundedSender => WeakUnboundedSender
}

/// Declares the conversions from the core that depend on the channel.
macro_rules! try_from_core {
    ($($core:ident => $handle:ident, $inner:ident if $fits:expr;)*) => {
        $(
            impl<T> TryFrom<sakia::mpsc::$core<T>> for $handle<T> {
                type Error = NotConvertible<sakia::mpsc::$core<T>>;

                fn try_from($inner: sakia::mpsc::$core<T>) -> Result<Self, Self::Error> {
                    if $fits { Ok(Self { inner: $inner }) } else { Err(NotConvertible($inner)) }
                }
            }
        )*
    };
}

try_from_core! {
    Sender => Sender, inner if inner.overtaking() == 0;
    Receiver => Receiver, inner if inner.overtaking() == 0 && !inner.is_unbounded();
    Receiver => UnboundedReceiver, inner if inner.is_unbounded();
}

/// Declares the conversions from the core that always hold.
macro_rules! from_core {
    ($($core:ident),*) => {
        $(
            impl<T> From<sakia::mpsc::$core<T>> for $core<T> {
                fn from(inner: sakia::mpsc::$core<T>) -> Self {
                    Self { inner }
                }
            }
        )*
    };
}

from_core!(UnboundedSender, WeakUnboundedSender);
