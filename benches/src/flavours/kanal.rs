use super::{Class, Flavour, Message};

/// `kanal::bounded_async`.
#[derive(Debug)]
pub struct Kanal;

impl Flavour for Kanal {
    const NAME: &'static str = "kanal";
    const CLASS: Class = Class::Loose;

    type Tx<T: Message> = kanal::AsyncSender<T>;
    type Rx<T: Message> = kanal::AsyncReceiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(kanal::bounded_async(capacity))
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send(value).await.is_ok()
    }

    async fn recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.try_send(value) == Ok(true)
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv().ok().flatten()
    }
}
