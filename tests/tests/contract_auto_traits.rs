//! The contract of the auto traits: which handles and futures may go to other threads, move, and be seen after a panic.
//! All of it is checked when this is compiled.
#![cfg(not(sakia_loom))]

use core::{
    cell::Cell,
    marker::PhantomPinned,
    panic::{RefUnwindSafe, UnwindSafe},
};
use std::rc::Rc;

use sakia::mpsc::{
    BoxedPollSender, IntoIter, OwnedPermit, Permit, PermitIterator, PollSender, Receiver, Sender, StaticChannel,
    WeakSender, blocking,
    errors::{SendError, SendTimeoutError, TrySendError},
};

/// Send and Sync.
type Both = u8;
/// Send, not Sync.
type Sends = Cell<u8>;
/// Neither.
type Stays = Rc<u8>;

/// Fails to compile if the type has the trait: with it, there are two ways to infer `_`.
macro_rules! assert_not {
    ($type:ty: $trait:path) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn some() {}
            }
            struct Has;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
            let _ = <$type as Ambiguous<_>>::some;
        };
    };
}

/// Fails to compile if the type does not have the trait.
macro_rules! assert_is {
    ($type:ty: $trait:path) => {
        const _: fn() = || {
            fn has<T: ?Sized + $trait>() {}
            has::<$type>();
        };
    };
}

/// Handles: Send and Sync if the message is Send, whether it is Sync or not; never otherwise.
macro_rules! send_and_sync_if_the_message_is_send {
    ($($handle:ident),+) => {$(
        assert_is!($handle<Both>: Send);
        assert_is!($handle<Both>: Sync);
        assert_is!($handle<Sends>: Send);
        assert_is!($handle<Sends>: Sync);
        assert_not!($handle<Stays>: Send);
        assert_not!($handle<Stays>: Sync);
    )+};
}

type Permit_<T> = Permit<'static, T>;
type PermitIterator_<T> = PermitIterator<'static, T>;
type BlockingSender<T> = blocking::Sender<T>;
type BlockingReceiver<T> = blocking::Receiver<T>;

#[test]
fn bug_32_handles_are_send_and_sync_if_the_message_is_send() {
    send_and_sync_if_the_message_is_send!(
        Sender,
        Receiver,
        WeakSender,
        OwnedPermit,
        Permit_,
        PermitIterator_,
        PollSender,
        BoxedPollSender,
        IntoIter,
        BlockingSender,
        BlockingReceiver
    );
}

#[test]
fn bug_32_a_static_channel_is_shared_if_the_message_is_send() {
    assert_is!(StaticChannel<Both, 1>: Sync);
    assert_is!(StaticChannel<Sends, 1>: Sync);
    assert_not!(StaticChannel<Stays, 1>: Sync);
    assert_not!(blocking::StaticChannel<Stays, 1>: Sync);
}

#[test]
fn bug_32_a_message_that_is_looked_at_is_a_reference_as_any() {
    // What `try_peek` lends is sent to other threads by nobody unless the message is Sync.
    assert_not!(&'static Sends: Send);
    fn lends(receiver: &mut Receiver<Sends>) -> &Sends {
        receiver.try_peek().unwrap()
    }
    let _ = lends;
}

#[test]
fn handles_are_unpin_whatever_the_message_is() {
    macro_rules! unpin {
        ($($handle:ident),+) => {$( assert_is!($handle<PhantomPinned>: Unpin); )+};
    }
    unpin!(Sender, Receiver, WeakSender, OwnedPermit, Permit_, PermitIterator_, BoxedPollSender, IntoIter);
    unpin!(BlockingSender, BlockingReceiver);
    // Its place in the queue is inside it.
    assert_not!(PollSender<u8>: Unpin);
}

#[test]
fn handles_are_unwind_safe_whatever_the_message_is() {
    fn safe<T: UnwindSafe + RefUnwindSafe>() {}
    fn all<T: 'static>() {
        safe::<Sender<T>>();
        safe::<Receiver<T>>();
        safe::<WeakSender<T>>();
        safe::<OwnedPermit<T>>();
        safe::<Permit<'_, T>>();
        safe::<PermitIterator<'_, T>>();
        safe::<BoxedPollSender<T>>();
        safe::<blocking::Sender<T>>();
        safe::<blocking::Receiver<T>>();
    }
    all::<&'static mut Stays>();
}

#[test]
fn errors_have_what_the_message_has() {
    macro_rules! errors {
        ($($error:ident),+) => {$(
            assert_is!($error<Both>: Send);
            assert_is!($error<Both>: Sync);
            assert_is!($error<Both>: Unpin);
            assert_is!($error<Both>: Copy);
            assert_is!($error<Both>: Eq);
            assert_is!($error<Sends>: Send);
            assert_not!($error<Sends>: Sync);
            assert_not!($error<Stays>: Send);
            assert_not!($error<Stays>: Sync);
            assert_not!($error<Stays>: Copy);
            assert_not!($error<PhantomPinned>: Unpin);
            assert_is!($error<Stays>: core::error::Error);
        )+};
    }
    errors!(SendError, TrySendError, SendTimeoutError);
}

/// The same as `assert_not`, for a value whose type has no name.
macro_rules! value_is_not {
    ($value:expr, $trait:path) => {{
        trait Ambiguous<A> {
            fn some(&self) {}
        }
        struct Has;
        impl<T: ?Sized> Ambiguous<()> for T {}
        impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
        Ambiguous::some(&$value);
    }};
}

fn is_send<T: Send>(_: &T) {}
fn is_sync<T: Sync>(_: &T) {}

/// What the futures are made of, for a message.
fn any<T>() -> T {
    unreachable!("this is compiled and not run")
}

/// Checks every future of a message type: which are Send, which are Sync.
macro_rules! futures {
    ($type:ty, send: $send:ident, sync: $sync:ident, sync with a message in it: $holding:ident) => {
        let _ = |sender: Sender<$type>, mut receiver: Receiver<$type>| {
            let mut buffer: Vec<$type> = vec![];
            futures!(@each [$send $sync] receiver.recv());
            futures!(@each [$send $holding] receiver.recv_many(&mut buffer, 1));
            futures!(@each [$send $sync] sender.closed());
            futures!(@each [$send $sync] sender.reserve());
            futures!(@each [$send $sync] sender.reserve_many(1));
            futures!(@each [$send $sync] sender.clone().reserve_owned());
            futures!(@each [$send $holding] sender.send(any()));
            futures!(@each [$send $holding] sender.send_before(any(), core::future::pending::<()>()));
        };
    };
    (@each [$send:ident $sync:ident] $future:expr) => {{
        let future = $future;
        futures!(@$send future, is_send, Send);
        futures!(@$sync future, is_sync, Sync);
        value_is_not!(future, Unpin);
    }};
    (@yes $future:ident, $has:ident, $trait:path) => { $has(&$future) };
    (@no $future:ident, $has:ident, $trait:path) => { value_is_not!($future, $trait) };
}

#[test]
fn bug_32_futures_are_send_if_the_message_is_and_never_unpin() {
    futures!(Both, send: yes, sync: yes, sync with a message in it: yes);
    futures!(Sends, send: yes, sync: yes, sync with a message in it: no);
    futures!(Stays, send: no, sync: no, sync with a message in it: no);
}

mod flavours {
    //! Channels without a bound, the drop-in, streams and sinks.

    use sakia::mpsc::{UnboundedPollSender, UnboundedSender, WeakUnboundedSender};
    use sakia_futures::{ReceiverStream, SenderSink};
    use sakia_tokio::{
        PollSender as TokioPollSender,
        mpsc::{self as tokio_mpsc, UnboundedReceiver},
        wrappers,
    };

    use super::{Both, Receiver, RefUnwindSafe, Sends, Stays, UnwindSafe};

    type TokioSender<T> = tokio_mpsc::Sender<T>;
    type TokioReceiver<T> = tokio_mpsc::Receiver<T>;
    type TokioWeak<T> = tokio_mpsc::WeakSender<T>;
    type TokioOwnedPermit<T> = tokio_mpsc::OwnedPermit<T>;
    type TokioPermit<T> = tokio_mpsc::Permit<'static, T>;
    type TokioUnbounded<T> = tokio_mpsc::UnboundedSender<T>;
    type TokioStream<T> = wrappers::ReceiverStream<T>;
    type Stream<T> = ReceiverStream<Receiver<T>>;
    type Sink<T> = SenderSink<sakia::mpsc::BoxedPollSender<T>>;
    type PinnedSink<T> = SenderSink<sakia::mpsc::PollSender<T>>;

    #[test]
    fn handles_of_all_flavours_are_send_and_sync_if_the_message_is_send() {
        send_and_sync_if_the_message_is_send!(
            UnboundedSender,
            WeakUnboundedSender,
            UnboundedPollSender,
            TokioSender,
            TokioReceiver,
            TokioWeak,
            TokioOwnedPermit,
            TokioPermit,
            TokioUnbounded,
            UnboundedReceiver,
            TokioStream,
            Stream,
            Sink,
            PinnedSink
        );
        assert_not!(TokioPollSender<Stays>: Send);
        assert_is!(TokioPollSender<Sends>: Send);
    }

    #[test]
    fn what_has_to_be_pinned_is_not_unpin_and_the_rest_is() {
        assert_is!(UnboundedSender<Both>: Unpin);
        assert_is!(TokioReceiver<Both>: Unpin);
        assert_is!(TokioPollSender<Both>: Unpin);
        assert_is!(Stream<Both>: Unpin);
        assert_is!(Sink<Both>: Unpin);
        assert_not!(PinnedSink<Both>: Unpin);
    }

    #[test]
    fn handles_are_seen_after_a_panic() {
        assert_is!(UnboundedSender<Both>: UnwindSafe);
        assert_is!(UnboundedSender<Both>: RefUnwindSafe);
        assert_is!(WeakUnboundedSender<Both>: UnwindSafe);
    }
}
