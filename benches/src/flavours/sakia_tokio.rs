use core::ops::Range;

use sakia_tokio::mpsc;

use super::{Class, Flavour, Message};

/// `sakia_tokio::mpsc`: as `tokio::sync::mpsc`, first come, first served and with the runtime's budget.
#[derive(Debug)]
pub struct SakiaTokio;

impl Flavour for SakiaTokio {
    const NAME: &'static str = "sakia-tokio";
    const CLASS: Class = Class::Own;

    type Tx<T: Message> = mpsc::Sender<T>;
    type Rx<T: Message> = mpsc::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(mpsc::channel(capacity))
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

    async fn send_batch(tx: &mut Self::Tx<u64>, batch: Range<u64>) -> bool {
        let Ok(permits) = tx.reserve_many(batch.clone().count()).await else { return false };
        permits.zip(batch).for_each(|(permit, message)| permit.send(message));
        true
    }

    async fn recv_batch(rx: &mut Self::Rx<u64>, buffer: &mut Vec<u64>, limit: usize) -> usize {
        rx.recv_many(buffer, limit).await
    }

    fn overtaking(_: usize) -> Option<u32> {
        Some(0)
    }
}
