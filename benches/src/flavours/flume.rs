use super::{Class, Flavour, Message};

/// `flume::bounded`, its async calls.
#[derive(Debug)]
pub struct Flume;

impl Flavour for Flume {
    const NAME: &'static str = "flume";
    const CLASS: Class = Class::Loose;

    type Tx<T: Message> = flume::Sender<T>;
    type Rx<T: Message> = flume::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(flume::bounded(capacity))
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send_async(value).await.is_ok()
    }

    async fn recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv_async().await.ok()
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.try_send(value).is_ok()
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
