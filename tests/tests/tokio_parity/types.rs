// Bounds, auto traits and forms.

use super::{PollSender, mpsc::*, wrappers};
use core::{cell::Cell, fmt::Debug, marker::PhantomPinned, panic::{RefUnwindSafe, UnwindSafe}};
use std::{rc::Rc, sync::MutexGuard};

/// No traits, no `'static`.
struct Plain<'a>(#[allow(dead_code, reason = "it is there to borrow")] &'a mut u8, PhantomPinned);

/// Send and not Sync.
type OnlySend = Cell<u8>;

fn send<T: Send>() {}
fn sync<T: Sync>() {}
fn unpin<T: Unpin>() {}
fn unwind_safe<T: UnwindSafe + RefUnwindSafe>() {}
fn debug<T: Debug>(_: &T) {}
fn is_send<T: Send>(value: T) -> T {
    value
}
fn is_sync<T: Sync>(value: T) -> T {
    value
}

/// For each handle of messages of this type.
macro_rules! handles {
    ($check:ident, $message:ty) => {
        $check::<Sender<$message>>();
        $check::<Receiver<$message>>();
        $check::<UnboundedSender<$message>>();
        $check::<UnboundedReceiver<$message>>();
        $check::<WeakSender<$message>>();
        $check::<WeakUnboundedSender<$message>>();
        $check::<OwnedPermit<$message>>();
        $check::<Permit<'_, $message>>();
        $check::<PermitIterator<'_, $message>>();
    };
}

#[test]
fn auto_traits() {
    handles!(send, OnlySend);
    handles!(sync, OnlySend);
    handles!(unpin, PhantomPinned);
    handles!(unwind_safe, Rc<Cell<u8>>);
    handles!(unwind_safe, MutexGuard<'static, u8>);
    send::<PollSender<OnlySend>>();
    sync::<PollSender<OnlySend>>();
    unpin::<PollSender<OnlySend>>();
    send::<wrappers::ReceiverStream<OnlySend>>();
    sync::<wrappers::UnboundedReceiverStream<OnlySend>>();
    unpin::<wrappers::ReceiverStream<PhantomPinned>>();
}

#[test]
fn futures() {
    let (tx, mut rx) = channel::<OnlySend>(1);
    drop(is_send(is_sync(rx.recv())));
    drop(is_send(is_sync(tx.closed())));
    drop(is_send(is_sync(tx.reserve())));
    drop(is_send(is_sync(tx.reserve_many(1))));
    drop(is_send(tx.send(Cell::new(1))));
    drop(is_send(is_sync(tx.reserve_owned())));
    drop(is_send(rx.recv_many(&mut Vec::new(), 1)));
    let (tx, _rx) = channel::<u8>(1);
    drop(is_sync(tx.send(1)));
    let (tx, mut rx) = unbounded_channel::<OnlySend>();
    drop(is_send(is_sync(rx.recv())));
    drop(is_send(is_sync(tx.closed())));
}

#[test]
fn no_bound_on_messages() {
    let (mut a, mut b) = (1, 2);
    let (tx, mut rx) = channel(2);
    debug(&tx);
    debug(&rx);
    let weak = tx.downgrade();
    debug(&weak);
    assert_eq!(format!("{weak:?}"), "WeakSender");
    let permit = tx.try_reserve().unwrap();
    debug(&permit);
    permit.send(Plain(&mut a, PhantomPinned));
    let many = tx.try_reserve_many(1).unwrap();
    debug(&many);
    drop(many);
    let owned = tx.clone().try_reserve_owned().unwrap();
    debug(&owned);
    drop(owned.send(Plain(&mut b, PhantomPinned)));
    assert!(rx.try_recv().is_ok() && rx.blocking_recv().is_some());
    let mut c = 3;
    let (tx, mut rx) = unbounded_channel();
    debug(&tx);
    debug(&rx);
    assert_eq!(format!("{:?}", tx.downgrade()), "WeakUnboundedSender");
    assert!(tx.send(Plain(&mut c, PhantomPinned)).is_ok());
    assert!(rx.try_recv().is_ok());
}

#[test]
fn messages_of_no_size_and_of_much() {
    let (tx, mut rx) = channel(100);
    (0..100).for_each(|_| tx.try_send(()).unwrap());
    assert!(tx.try_send(()).is_err());
    (0..100).for_each(|_| assert_eq!(rx.try_recv(), Ok(())));
    let (tx, mut rx) = channel(3);
    (0..3).for_each(|n| tx.try_send([n; 4096]).unwrap());
    (0..3).for_each(|n| assert_eq!(rx.try_recv(), Ok([n; 4096])));
}
