use super::{Class, Flavour, Message};

/// `async_channel::bounded`.
#[derive(Debug)]
pub struct AsyncChannel;

impl Flavour for AsyncChannel {
    const NAME: &'static str = "async-channel";
    const CLASS: Class = Class::Careful;

    type Tx<T: Message> = async_channel::Sender<T>;
    type Rx<T: Message> = async_channel::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(async_channel::bounded(capacity))
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
