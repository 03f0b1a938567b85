use core::mem::take;

use thingbuf::mpsc;

use super::{Class, Flavour, Message, Written};

/// `thingbuf::mpsc`, in place.
#[derive(Debug)]
pub struct ThingbufRef;

impl Flavour for ThingbufRef {
    const NAME: &'static str = "thingbuf-ref";
    const CLASS: Class = Class::Careful;

    type Tx<T: Message> = mpsc::Sender<T>;
    type Rx<T: Message> = mpsc::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(mpsc::channel(capacity))
    }

    async fn send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.send_ref().await.map(|mut slot| *slot = value).is_ok()
    }

    async fn recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv_ref().await.map(|mut message| take(&mut *message))
    }

    fn try_send<T: Message>(tx: &mut Self::Tx<T>, value: T) -> bool {
        tx.try_send_ref().map(|mut slot| *slot = value).is_ok()
    }

    fn try_recv<T: Message>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv_ref().ok().map(|mut message| take(&mut *message))
    }

    async fn send_written<T: Written>(tx: &mut Self::Tx<T>, i: u64) -> bool {
        tx.send_ref().await.map(|mut slot| slot.write(i)).is_ok()
    }

    async fn recv_read<T: Written>(rx: &mut Self::Rx<T>) -> Option<u64> {
        rx.recv_ref().await.map(|message| message.read())
    }

    fn try_send_written<T: Written>(tx: &mut Self::Tx<T>, i: u64) -> bool {
        tx.try_send_ref().map(|mut slot| slot.write(i)).is_ok()
    }

    fn try_recv_read<T: Written>(rx: &mut Self::Rx<T>) -> Option<u64> {
        rx.try_recv_ref().ok().map(|message| message.read())
    }
}
