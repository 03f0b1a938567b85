use core::mem::take;

use sakia::mpsc::{Builder, default_overtaking, recycled};

use super::{Class, Flavour, Message, Written};

/// `sakia::mpsc::recycled`, in place, with its default overtaking limit or, if `STRICT`, first come, first served.
#[derive(Debug)]
pub struct SakiaRef<const STRICT: bool>;

impl<const STRICT: bool> Flavour for SakiaRef<STRICT> {
    const NAME: &'static str = if STRICT { "sakia-ref-strict" } else { "sakia-ref" };
    const CLASS: Class = Class::Own;

    type Tx<T: Message> = recycled::Sender<T>;
    type Rx<T: Message> = recycled::Receiver<T>;

    fn channel<T: Message>(capacity: usize, _: usize) -> Option<(Self::Tx<T>, Self::Rx<T>)> {
        Some(if STRICT { Builder::new(capacity).overtaking(0).recycled() } else { recycled::channel(capacity) })
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

    fn overtaking(capacity: usize) -> Option<u32> {
        Some(if STRICT { 0 } else { default_overtaking(capacity) })
    }
}
