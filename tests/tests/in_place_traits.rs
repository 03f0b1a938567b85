//! Which handles, references and queues may go to other threads and be shared. All of it is checked when this is compiled.
#![cfg(not(sakia_loom))]

use core::{
    cell::Cell,
    panic::{RefUnwindSafe, UnwindSafe},
};
use std::rc::Rc;

use sakia::{
    mpsc::recycled::{
        BoxedPollSender, OwnedRecvRef, OwnedRefPermit, OwnedSendRef, PollSender, Receiver, RecvRef, RecvRefs,
        RefPermit, SendRef, Sender, StaticChannel, WeakSender,
    },
    queue::{PopRef, PushRef, Queue, StaticQueue},
    recycling::{DefaultRecycle, Recycle},
};

/// Send, not Sync.
type Sends = Cell<u8>;
/// Neither.
type Stays = Rc<u8>;

/// A policy that may not be shared.
struct Lonely(Cell<u8>);

impl<T: Default> Recycle<T> for Lonely {
    fn new_element(&self) -> T {
        self.0.set(1);
        T::default()
    }

    fn recycle(&self, _: &mut T) {}
}

/// Fails to compile if the type has the trait: with it, there are two ways to infer `_`.
macro_rules! assert_not {
    ($($type:ty),* : $trait:path) => { $(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn some() {}
            }
            struct Has;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
            let _ = <$type as Ambiguous<_>>::some;
        };
    )* };
}

/// Fails to compile if the type does not have the trait.
macro_rules! assert_is {
    ($($type:ty),* : $trait:path) => { $(
        const _: fn() = || {
            fn has<T: ?Sized + $trait>() {}
            has::<$type>();
        };
    )* };
}

type D = DefaultRecycle;

// To share a channel, it is enough that the messages can be sent.
assert_is!(Sender<Sends>, Receiver<Sends>, WeakSender<Sends>, PollSender<Sends>, BoxedPollSender<Sends>: Send);
assert_is!(Sender<Sends>, Receiver<Sends>, WeakSender<Sends>, PollSender<Sends>, BoxedPollSender<Sends>: Sync);
assert_is!(StaticChannel<Sends, 1>, Queue<Sends>, StaticQueue<Sends, 1>: Sync);
assert_is!(Queue<Sends>, StaticQueue<Sends, 1>: Send);
assert_not!(Sender<Stays>, Receiver<Stays>, WeakSender<Stays>, PollSender<Stays>, BoxedPollSender<Stays>: Send);
assert_not!(Sender<Stays>, Receiver<Stays>, WeakSender<Stays>, PollSender<Stays>, BoxedPollSender<Stays>: Sync);
assert_not!(StaticChannel<Stays, 1>, Queue<Stays>, StaticQueue<Stays, 1>: Sync);
assert_not!(Queue<Stays>, StaticQueue<Stays, 1>: Send);

// A policy is shared by all ends.
assert_not!(Sender<u8, Lonely>, Receiver<u8, Lonely>, StaticChannel<u8, 1, Lonely>, Queue<u8, Lonely>: Sync);
assert_not!(Sender<u8, Lonely>, Receiver<u8, Lonely>, SendRef<'static, u8, Lonely>, OwnedRecvRef<u8, Lonely>: Send);
assert_not!(PushRef<'static, u8, Lonely>, PopRef<'static, u8, Lonely>, StaticQueue<u8, 1, Lonely>: Sync);
assert_is!(Queue<u8, Lonely>, StaticQueue<u8, 1, Lonely>: Send);

// References give `&mut T`: they can be sent if messages can, and shared only if messages can be shared.
assert_is!(
    SendRef<'static, Sends>, OwnedSendRef<Sends>, RefPermit<'static, Sends>, OwnedRefPermit<Sends>,
    RecvRef<'static, Sends>, OwnedRecvRef<Sends>, RecvRefs<'static, Sends>, PushRef<'static, Sends>, PopRef<'static, Sends>
    : Send
);
assert_is!(
    SendRef<'static, u8>, OwnedSendRef<u8>, RefPermit<'static, u8>, OwnedRefPermit<u8>,
    RecvRef<'static, u8>, OwnedRecvRef<u8>, RecvRefs<'static, u8>, PushRef<'static, u8>, PopRef<'static, u8>
    : Sync
);
assert_not!(
    SendRef<'static, Sends>, OwnedSendRef<Sends>, RefPermit<'static, Sends>, OwnedRefPermit<Sends>,
    RecvRef<'static, Sends>, OwnedRecvRef<Sends>, RecvRefs<'static, Sends>, PushRef<'static, Sends>, PopRef<'static, Sends>
    : Sync
);
assert_not!(
    SendRef<'static, Stays>, OwnedSendRef<Stays>, RefPermit<'static, Stays>, OwnedRefPermit<Stays>,
    RecvRef<'static, Stays>, OwnedRecvRef<Stays>, RecvRefs<'static, Stays>, PushRef<'static, Stays>, PopRef<'static, Stays>
    : Send
);

assert_is!(Receiver<Stays>, Sender<Stays>, BoxedPollSender<Stays>, OwnedRecvRef<u8>, SendRef<'static, u8>: Unpin);
assert_not!(PollSender<u8>: Unpin);
assert_is!(Sender<Stays>, Receiver<Stays>, WeakSender<Stays>: UnwindSafe);
assert_is!(OwnedSendRef<u8>, OwnedRefPermit<u8>: UnwindSafe);
assert_is!(OwnedSendRef<u8>, OwnedRefPermit<u8>: RefUnwindSafe);
assert_is!(Sender<Stays>, Receiver<Stays>, WeakSender<Stays>: RefUnwindSafe);

/// The futures of a channel can be sent if its messages can.
#[test]
fn futures_can_be_sent() {
    fn sent<T: Send>(_: T) {}
    let (sender, mut receiver) = sakia::mpsc::recycled::channel::<Sends>(1);
    sent(sender.send_ref());
    sent(sender.reserve_ref());
    sent(sender.send_ref_before(core::future::ready(())));
    sent(sender.closed());
    sent(sender.clone().send_ref_owned());
    sent(receiver.recv_ref());
    sent(receiver.recv_ref_owned());
    sent(receiver.recv_many_ref(1));
    sent(receiver.recv());
    let _: D = DefaultRecycle::new();
}
