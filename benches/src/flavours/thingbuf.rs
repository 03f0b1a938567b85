use super::{Class, Flavour, Message};

/// `thingbuf::mpsc`, by value.
#[derive(Debug)]
pub struct Thingbuf;

impl Flavour for Thingbuf {
    const NAME: &'static str = "thingbuf";
    const CLASS: Class = Class::Careful;

    type Tx<T: Message> = thingbuf::mpsc::Sender<T>;
    type Rx<T: Message> = thingbuf::mpsc::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(thingbuf::mpsc::channel(capacity))
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
}
