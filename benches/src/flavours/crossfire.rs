use crossfire::mpsc::Array;

use super::{Class, Flavour, Message};

/// `crossfire::mpsc::bounded_async`.
#[derive(Debug)]
pub struct Crossfire;

impl Flavour for Crossfire {
    const NAME: &'static str = "crossfire";
    const CLASS: Class = Class::Loose;

    type Tx<T: Message> = crossfire::MAsyncTx<Array<T>>;
    type Rx<T: Message> = crossfire::AsyncRx<Array<T>>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(crossfire::mpsc::bounded_async(capacity))
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send(value).await.is_ok()
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
