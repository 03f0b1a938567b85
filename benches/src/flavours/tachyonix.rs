use super::{Class, Flavour, Message};

/// `tachyonix::channel`.
#[derive(Debug)]
pub struct Tachyonix;

impl Flavour for Tachyonix {
    const NAME: &'static str = "tachyonix";
    const CLASS: Class = Class::Careful;

    type Tx<T: Message> = tachyonix::Sender<T>;
    type Rx<T: Message> = tachyonix::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(tachyonix::channel(capacity))
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
