//! The blocking calls of the channels, and the channels that only block.

use super::{AsyncChannel, Class, Crossfire, Flavour, Flume, Kanal, Sakia, SakiaTokio, Thingbuf, Tokio};

/// A bounded many-sender, one-receiver channel of numbers whose calls block.
pub trait Blocking: 'static {
    /// The name it goes by in tables and in `--peers`.
    const NAME: &'static str;
    /// What it promises.
    const CLASS: Class;

    /// The sending handle.
    type Tx: Clone + Send + 'static;
    /// The receiving handle.
    type Rx: Send + 'static;

    /// Makes a channel.
    fn channel(capacity: usize) -> (Self::Tx, Self::Rx);

    /// Sends, waiting for room; false if the receiver is gone.
    fn send(tx: &Self::Tx, value: u64) -> bool;

    /// Receives, waiting for a message; None if all senders are gone and nothing is left.
    fn recv(rx: &mut Self::Rx) -> Option<u64>;
}

/// `std::sync::mpsc::sync_channel`.
#[derive(Debug)]
pub struct Std;

/// `crossbeam_channel::bounded`.
#[derive(Debug)]
pub struct Crossbeam;

/// Implements [`Blocking`]: name and class, handles, how they are made, and the calls.
macro_rules! blocking {
    ($of:ty as $name:expr, $class:expr, $tx:ty, $rx:ty, $make:expr, $send:ident, |$receiver:ident| $recv:expr) => {
        impl Blocking for $of {
            const NAME: &'static str = $name;
            const CLASS: Class = $class;

            type Tx = $tx;
            type Rx = $rx;

            fn channel(capacity: usize) -> (Self::Tx, Self::Rx) {
                $make(capacity)
            }

            fn send(tx: &Self::Tx, value: u64) -> bool {
                tx.$send(value).is_ok()
            }

            fn recv($receiver: &mut Self::Rx) -> Option<u64> {
                $recv
            }
        }
    };
    // Those that have async calls too.
    ($of:ty, $tx:ty, $rx:ty, $make:expr, $send:ident, |$receiver:ident| $recv:expr) => {
        blocking!($of as <Self as Flavour>::NAME, <Self as Flavour>::CLASS, $tx, $rx, $make, $send, |$receiver| $recv);
    };
}

blocking!(
    Sakia<false>,
    sakia::mpsc::Sender<u64>,
    sakia::mpsc::Receiver<u64>,
    sakia::mpsc::channel,
    blocking_send,
    |rx| rx.blocking_recv()
);
blocking!(Sakia<true>, sakia::mpsc::Sender<u64>, sakia::mpsc::Receiver<u64>, strict, blocking_send, |rx| rx
    .blocking_recv());
blocking!(
    SakiaTokio,
    sakia_tokio::mpsc::Sender<u64>,
    sakia_tokio::mpsc::Receiver<u64>,
    sakia_tokio::mpsc::channel,
    blocking_send,
    |rx| rx.blocking_recv()
);
blocking!(
    Tokio,
    tokio::sync::mpsc::Sender<u64>,
    tokio::sync::mpsc::Receiver<u64>,
    tokio::sync::mpsc::channel,
    blocking_send,
    |rx| rx.blocking_recv()
);
blocking!(
    Thingbuf,
    thingbuf::mpsc::blocking::Sender<u64>,
    thingbuf::mpsc::blocking::Receiver<u64>,
    thingbuf::mpsc::blocking::channel,
    send,
    |rx| rx.recv()
);
blocking!(Flume, flume::Sender<u64>, flume::Receiver<u64>, flume::bounded, send, |rx| rx.recv().ok());
blocking!(
    AsyncChannel,
    async_channel::Sender<u64>,
    async_channel::Receiver<u64>,
    async_channel::bounded,
    send_blocking,
    |rx| rx.recv_blocking().ok()
);
blocking!(Kanal, kanal::Sender<u64>, kanal::Receiver<u64>, kanal::bounded, send, |rx| rx.recv().ok());
blocking!(
    Crossfire,
    crossfire::MTx<crossfire::mpsc::Array<u64>>,
    crossfire::Rx<crossfire::mpsc::Array<u64>>,
    crossfire::mpsc::bounded_blocking,
    send,
    |rx| rx.recv().ok()
);
blocking!(
    Std as "std",
    Class::Careful,
    std::sync::mpsc::SyncSender<u64>,
    std::sync::mpsc::Receiver<u64>,
    std::sync::mpsc::sync_channel,
    send,
    |rx| rx.recv().ok()
);
blocking!(
    Crossbeam as "crossbeam-channel",
    Class::Careful,
    crossbeam_channel::Sender<u64>,
    crossbeam_channel::Receiver<u64>,
    crossbeam_channel::bounded,
    send,
    |rx| rx.recv().ok()
);

/// First come, first served.
fn strict(capacity: usize) -> (sakia::mpsc::Sender<u64>, sakia::mpsc::Receiver<u64>) {
    sakia::mpsc::Builder::new(capacity).overtaking(0).channel()
}
