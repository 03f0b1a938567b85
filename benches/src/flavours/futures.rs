use core::future::poll_fn;

use futures_channel::mpsc;

use super::{Class, Flavour, Message};

/// `futures_channel::mpsc::channel`.
///
/// It holds its buffer and one message for each sender, so the buffer is made that much smaller,
/// and capacities below the number of senders do not exist.
#[derive(Debug)]
pub struct Futures;

impl Flavour for Futures {
    const NAME: &'static str = "futures-channel";
    const CLASS: Class = Class::Careful;

    type Tx<T: Message> = mpsc::Sender<T>;
    type Rx<T: Message> = mpsc::Receiver<T>;

    fn channel<T: Message>(capacity: usize, senders: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(mpsc::channel(capacity.checked_sub(senders)?))
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        poll_fn(|cx| tx.poll_ready(cx)).await.is_ok() && tx.start_send(value).is_ok()
    }

    async fn recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.try_send(value).is_ok()
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
