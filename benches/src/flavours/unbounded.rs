//! The channels without a bound.

use futures_util::StreamExt;

use super::{AsyncChannel, Class, Crossfire, Flavour, Flume, Futures, Kanal, Message, Sakia, SakiaTokio, Tokio};

/// A channel's variant without a bound; the capacity that is asked for is ignored.
#[derive(Debug)]
pub struct Unbounded<F>(F);

/// Implements [`Flavour`] for one of them: its handles, how they are made, and the calls that differ.
macro_rules! unbounded {
    ($of:ty, $tx:ty, $rx:ty, $make:expr, |$sender:ident, $value:ident| $send:expr, |$receiver:ident| $recv:expr, $try_recv:expr) => {
        impl Flavour for Unbounded<$of> {
            const NAME: &'static str = <$of as Flavour>::NAME;
            const CLASS: Class = <$of as Flavour>::CLASS;

            type Tx<T: Message> = $tx;
            type Rx<T: Message> = $rx;

            fn channel<T: Message>(_: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
                Some($make)
            }

            async fn send<T: Message>($sender: &mut Self::Tx<T>, $value: T) -> bool {
                $send
            }

            async fn recv<T: Message>($receiver: &mut Self::Rx<T>) -> Option<T> {
                $recv
            }

            fn try_send<T: Message>($sender: &mut Self::Tx<T>, $value: T) -> bool {
                $send
            }

            fn try_recv<T: Message>($receiver: &mut Self::Rx<T>) -> Option<T> {
                $try_recv
            }
        }
    };
}

unbounded!(
    Sakia<false>,
    sakia::mpsc::UnboundedSender<T>,
    sakia::mpsc::Receiver<T>,
    sakia::mpsc::unbounded(),
    |tx, value| tx.send(value).is_ok(),
    |rx| rx.recv().await,
    rx.try_recv().ok()
);
unbounded!(
    SakiaTokio,
    sakia_tokio::mpsc::UnboundedSender<T>,
    sakia_tokio::mpsc::UnboundedReceiver<T>,
    sakia_tokio::mpsc::unbounded_channel(),
    |tx, value| tx.send(value).is_ok(),
    |rx| rx.recv().await,
    rx.try_recv().ok()
);
unbounded!(
    Tokio,
    tokio::sync::mpsc::UnboundedSender<T>,
    tokio::sync::mpsc::UnboundedReceiver<T>,
    tokio::sync::mpsc::unbounded_channel(),
    |tx, value| tx.send(value).is_ok(),
    |rx| rx.recv().await,
    rx.try_recv().ok()
);
unbounded!(
    Futures,
    futures_channel::mpsc::UnboundedSender<T>,
    futures_channel::mpsc::UnboundedReceiver<T>,
    futures_channel::mpsc::unbounded(),
    |tx, value| tx.unbounded_send(value).is_ok(),
    |rx| rx.next().await,
    rx.try_recv().ok()
);
unbounded!(
    Flume,
    flume::Sender<T>,
    flume::Receiver<T>,
    flume::unbounded(),
    |tx, value| tx.send(value).is_ok(),
    |rx| rx.recv_async().await.ok(),
    rx.try_recv().ok()
);
unbounded!(
    AsyncChannel,
    async_channel::Sender<T>,
    async_channel::Receiver<T>,
    async_channel::unbounded(),
    |tx, value| tx.try_send(value).is_ok(),
    |rx| rx.recv().await.ok(),
    rx.try_recv().ok()
);
unbounded!(
    Kanal,
    kanal::AsyncSender<T>,
    kanal::AsyncReceiver<T>,
    kanal::unbounded_async(),
    |tx, value| tx.try_send(value).is_ok(),
    |rx| rx.recv().await.ok(),
    rx.try_recv().ok().flatten()
);
unbounded!(
    Crossfire,
    crossfire::MTx<crossfire::mpsc::List<T>>,
    crossfire::AsyncRx<crossfire::mpsc::List<T>>,
    crossfire::mpsc::unbounded_async(),
    |tx, value| tx.send(value).is_ok(),
    |rx| rx.recv().await.ok(),
    rx.try_recv().ok()
);
