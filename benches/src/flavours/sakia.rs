use core::ops::Range;

use sakia::mpsc;

use super::{Class, Flavour, Message};

/// `sakia::mpsc`, with its default overtaking limit or, if `STRICT`, first come, first served.
#[derive(Debug)]
pub struct Sakia<const STRICT: bool>;

impl<const STRICT: bool> Flavour for Sakia<STRICT> {
    const NAME: &'static str = if STRICT { "sakia-strict" } else { "sakia" };
    const CLASS: Class = Class::Own;

    type Tx<T: Message> = mpsc::Sender<T>;
    type Rx<T: Message> = mpsc::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(if STRICT { mpsc::Builder::new(capacity).overtaking(0).channel() } else { mpsc::channel(capacity) })
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send(value).await.is_ok()
    }

    async fn recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv().await
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.try_send(value).is_ok()
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv().ok()
    }

    async fn send_batch(tx: &mut Self::Tx<u64>, mut batch: Range<u64>) -> bool {
        tx.send_iter(&mut batch).await.is_ok()
    }

    async fn recv_batch(rx: &mut Self::Rx<u64>, buffer: &mut Vec<u64>, limit: usize) -> usize {
        rx.recv_many(buffer, limit).await
    }

    fn overtaking(capacity: usize) -> Option<u32> {
        Some(if STRICT { 0 } else { mpsc::default_overtaking(capacity) })
    }
}
