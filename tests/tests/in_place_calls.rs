//! All calls of channels of recycled slots: closing, waiting in the queue, sending by polls, batches, by value, statics, messages of
//! all shapes.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{
    fmt::Write as _,
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    task::Poll,
};
use std::{io::Write as _, panic::catch_unwind, thread};

use behaviour::{
    now, panic_of, parked,
    strings::{drain, send, strict},
};
use sakia::{
    mpsc::{
        Builder, PollReceive,
        recycled::{OwnedRecvRef, PollSender, RecvRef, Sender, StaticChannel, channel},
        with_recycle,
    },
    recycling::WithCapacity,
};
use sakia_tests::{FlagWaker, Runtime, for_each_runtime, poll_once, task};

#[test]
fn after_close_a_slot_that_a_sender_has_is_waited_for() {
    for given_up in [false, true] {
        let (sender, mut receiver) = strict(3);
        send(&sender, "queued");
        let first = sender.try_send_ref().unwrap();
        let permit = sender.try_reserve_ref().unwrap();
        receiver.close();
        assert!(sender.try_send_ref().unwrap_err().is_closed() && sender.is_closed() && receiver.is_closed());
        assert_eq!(drain(&mut receiver), ["queued"]);
        let mut receiving = parked(receiver.recv_ref());
        first.abort();
        receiving.assert_pending();
        receiving.wakes();
        if given_up {
            permit.release()
        } else {
            permit.send()
        }
        assert_eq!(receiving.wakes(), 1);
        assert_eq!(receiving.ready().is_some(), !given_up);
        drop(receiving);
        assert!(now(receiver.recv_ref()).is_none());
    }
}

#[test]
fn closing_tells_who_waits() {
    let (sender, mut receiver) = strict(1);
    send(&sender, "there");
    let mut waiting = parked(sender.send_ref());
    let mut owned = parked(sender.clone().reserve_ref_owned());
    let mut closed = parked(sender.closed());
    receiver.close();
    assert_eq!((waiting.wakes(), owned.wakes(), closed.wakes()), (1, 1, 1));
    assert!(waiting.ready().is_err() && owned.ready().is_err());
    closed.ready();
    assert_eq!(drain(&mut receiver), ["there"]);
    assert!(now(receiver.recv_ref()).is_none());
}

#[test]
fn an_end_that_is_dropped_in_a_panic_closes() {
    let (sender, mut receiver) = strict(1);
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _sender = sender;
        std::panic::resume_unwind(Box::new(()));
    }));
    assert!(unwound.is_err());
    assert!(receiver.blocking_recv_ref().is_none());

    let (sender, receiver) = strict(1);
    send(&sender, "there");
    let mut waiting = parked(sender.send_ref());
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _receiver = receiver;
        std::panic::resume_unwind(Box::new(()));
    }));
    assert!(unwound.is_err());
    assert!(waiting.ready().is_err());
}

#[test]
fn waiting_senders_are_served_in_their_order() {
    let (sender, mut receiver) = strict(1);
    send(&sender, "0");
    let waiters: Vec<_> = (1..=5).map(|_| parked(sender.send_ref())).collect();
    for (n, mut waiter) in waiters.into_iter().enumerate() {
        assert_eq!(drain(&mut receiver), [n.to_string()]);
        assert!(sender.try_send_ref().unwrap_err().is_full(), "the slot is the next one's");
        assert_eq!(waiter.wakes(), 1);
        write!(waiter.ready().unwrap(), "{}", n + 1).unwrap();
    }
    assert_eq!(drain(&mut receiver), ["5"]);
}

#[test]
fn one_that_is_cancelled_passes_its_slot_on() {
    for overtaking in behaviour::LIMITS {
        let (sender, mut receiver) = Builder::new(1).overtaking(overtaking).recycled::<String>();
        send(&sender, "0");
        let first = parked(sender.send_ref());
        let second = parked(sender.reserve_ref());
        let mut third = parked(sender.send_ref());
        drop(second);
        assert_eq!(drain(&mut receiver), ["0"]);
        assert_eq!(first.wakes(), 1);
        drop(first);
        assert_eq!(third.wakes(), 1);
        third.ready().unwrap().push_str("third");
        assert_eq!(drain(&mut receiver), ["third"]);
        assert_eq!(sender.capacity(), 1);
    }
}

#[test]
fn newcomers_pass_one_who_waits_up_to_the_limit() {
    let (sender, mut receiver) = Builder::new(4).overtaking(3).recycled::<String>();
    if receiver.overtaking() == 0 {
        return; // this build is strict
    }
    (0..4).for_each(|_| send(&sender, "0"));
    // The first is given a slot and never runs; the second is the one that is passed.
    let stuck = parked(sender.send_ref());
    let mut passed = parked(sender.send_ref());
    assert_eq!(drain(&mut receiver).len(), 4);
    let overtakers = core::iter::from_fn(|| sender.try_send_ref().ok()).take(10).count();
    assert!((1..=3).contains(&overtakers), "{overtakers}");
    drop(stuck);
    while passed.wakes() == 0 {
        assert!(!drain(&mut receiver).is_empty(), "its turn comes");
    }
    assert!(passed.ready().is_ok());
}

#[test]
fn sending_by_polls() {
    let (sender, mut receiver) = strict(1);
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let mut polled = pin!(PollSender::new(sender.clone()));
    let ready = |mut sender: Pin<&mut PollSender<String>>| {
        poll_once(pin!(poll_fn(|context| sender.as_mut().poll_ready(context))), &waker)
    };
    assert!(panic_of(AssertUnwindSafe(|| drop(polled.as_mut().start_send_ref()))).is_some(), "not ready");
    assert!(ready(polled.as_mut()).is_ready() && ready(polled.as_mut()).is_ready());
    assert_eq!(sender.capacity(), 0);
    polled.as_mut().start_send_ref().unwrap().push_str("by ref");
    assert!(ready(polled.as_mut()).is_pending());
    assert_eq!(drain(&mut receiver), ["by ref"]);
    assert_eq!(flag.take(), 1);
    assert!(ready(polled.as_mut()).is_ready());
    polled.as_mut().start_send("by value".into()).unwrap();
    assert_eq!(drain(&mut receiver), ["by value"]);
    assert!(ready(polled.as_mut()).is_ready() && polled.as_mut().abort() && !polled.as_mut().abort());
    assert_eq!(sender.capacity(), 1);
    let clone = (*polled).clone();
    assert!(ready(polled.as_mut()).is_ready());
    polled.as_mut().close();
    assert_eq!((sender.capacity(), sender.strong_count()), (1, 2));
    assert!(matches!(ready(polled.as_mut()), Poll::Ready(Err(_))));
    drop(clone);
    assert_eq!(sender.strong_count(), 1);
}

#[test]
fn a_batch_is_read_where_it_is() {
    let (sender, mut receiver) = strict(4);
    ["a", "b", "c", "d"].iter().for_each(|text| send(&sender, text));
    let mut batch = receiver.try_recv_many_ref(3).unwrap();
    assert_eq!(
        (batch.len(), batch.is_empty(), batch.get(1).map(String::as_str), batch.get(3)),
        (3, false, Some("b"), None)
    );
    batch.iter_mut().for_each(|text| text.push('!'));
    batch.get_mut(0).unwrap().push('?');
    assert_eq!(format!("{batch:?}"), r#"["a!?", "b!", "c!"]"#);
    assert!(sender.try_send_ref().unwrap_err().is_full());
    drop(batch);
    assert_eq!((sender.capacity(), sender.len()), (3, 1));
    assert_eq!(now(receiver.recv_many_ref(10)).len(), 1);
    assert!(receiver.try_recv_many_ref(0).unwrap().is_empty());
    drop(sender);
    assert!(now(receiver.recv_many_ref(10)).is_empty());
    assert!(receiver.blocking_recv_many_ref(10).is_empty());
}

#[test]
fn by_value_and_in_place_mix() {
    let (sender, mut receiver) = strict(4);
    sender.try_send("by value".into()).unwrap();
    now(sender.send("again".into())).unwrap();
    send(&sender, "in place");
    sender.blocking_send("blocking".into()).unwrap();
    assert_eq!(*receiver.try_recv_ref().unwrap(), "by value");
    assert_eq!(receiver.try_recv().unwrap(), "again");
    assert_eq!(RecvRef::into_inner(receiver.try_recv_ref().unwrap()), "in place");
    assert_eq!(OwnedRecvRef::into_inner(receiver.try_recv_ref_owned().unwrap()), "blocking");
    assert_eq!((sender.capacity(), sender.len()), (4, 0));
    drop(receiver);
    assert_eq!(sender.try_send("back".into()).unwrap_err().into_inner(), "back");
    assert_eq!(now(sender.send("back".into())).unwrap_err().into_inner(), "back");
}

#[test]
fn references_are_used_as_the_element() {
    let (sender, mut receiver) = channel::<Vec<u8>>(1);
    let mut slot = sender.try_send_ref().unwrap();
    slot.write_all(b"io").unwrap();
    assert_eq!(format!("{slot:?}"), "[105, 111]");
    drop(slot);
    assert_eq!(*receiver.try_recv_ref().unwrap(), b"io");
    let (sender, mut receiver) = channel::<String>(1);
    let mut slot = sender.try_reserve_ref().unwrap();
    write!(slot, "{}", 7).unwrap();
    assert_eq!(format!("{slot} {slot:?}"), "7 \"7\"");
    slot.send();
    let message = receiver.try_recv_ref().unwrap();
    assert_eq!(format!("{message} {message:?}"), "7 \"7\"");
}

#[test]
fn messages_of_all_shapes() {
    #[derive(Clone, Default)]
    #[repr(align(128))]
    struct Aligned(u8);
    #[derive(Clone)]
    struct Large([u8; 65_536]);
    impl Default for Large {
        fn default() -> Self {
            Self([0; 65_536])
        }
    }
    let (sender, mut receiver) = channel::<()>(3);
    (0..3).for_each(|_| sender.try_send_ref().unwrap().send());
    assert_eq!((size_of::<()>(), receiver.try_iter_ref().count()), (0, 3));
    let (sender, mut receiver) = channel::<Aligned>(3);
    (0..3).for_each(|n| sender.try_send_ref().unwrap().0 = n);
    for (n, message) in receiver.try_iter_ref().enumerate() {
        assert_eq!((message.0, (&raw const *message).addr() % 128), (n as u8, 0));
    }
    let (sender, mut receiver) = channel::<Large>(2);
    sender.try_send_ref().unwrap().0[65_535] = 7;
    assert_eq!(receiver.try_recv_ref().unwrap().0[65_535], 7);
    let text = String::from("borrowed");
    let (sender, mut receiver) = channel::<&str>(1);
    *sender.try_send_ref().unwrap() = &text;
    assert_eq!(*receiver.try_recv_ref().unwrap(), "borrowed");
}

#[test]
fn capacity_is_exact() {
    for capacity in [1, 2, 3, 7, 8, 9, 255, 256, 257] {
        let (sender, mut receiver) = with_recycle::<u64, _>(capacity, Zero);
        for lap in 0..3 {
            for n in 0..capacity {
                assert_eq!((sender.capacity(), sender.len()), (capacity - n, n));
                *sender.try_send_ref().unwrap() = (lap * capacity + n) as u64;
            }
            assert!(sender.try_send_ref().unwrap_err().is_full());
            for n in 0..capacity {
                assert_eq!(*receiver.try_recv_ref().unwrap(), (lap * capacity + n) as u64);
            }
            assert!(receiver.try_recv_ref().unwrap_err().is_empty());
        }
        assert_eq!((sender.max_capacity(), receiver.capacity()), (capacity, capacity));
    }
}

struct Zero;

impl sakia::recycling::Recycle<u64> for Zero {
    fn new_element(&self) -> u64 {
        0
    }

    fn recycle(&self, element: &mut u64) {
        *element = 0;
    }
}

#[test]
fn bad_capacities_panic_at_the_call() {
    for capacity in [0, sakia::mpsc::recycled::MAX_CAPACITY + 1] {
        let panic = panic_of(|| drop(channel::<u8>(capacity))).unwrap();
        assert!(panic.message.contains("capacity") && panic.file.ends_with("in_place_calls.rs"), "{panic:?}");
    }
}

#[test]
fn a_static_channel_is_split_again_when_all_is_back() {
    static CHANNEL: StaticChannel<String, 2, WithCapacity> =
        StaticChannel::with_recycle(WithCapacity::new().with_min_capacity(64)).overtaking(0);
    for round in 0..3 {
        let (sender, mut receiver) = CHANNEL.split();
        assert!(CHANNEL.try_split().is_none());
        assert!(sender.try_send_ref().unwrap().capacity() >= 64);
        send_to(&sender, "second");
        let held = receiver.try_recv_ref_owned().unwrap();
        if round == 1 {
            core::mem::forget(receiver.try_recv_ref().unwrap());
        }
        drop((sender, receiver));
        assert!(CHANNEL.try_split().is_none(), "a message is held");
        drop(held);
        let (sender, receiver) = CHANNEL.split();
        assert_eq!((sender.capacity(), receiver.len()), (2, 0), "also the slot that was forgotten");
    }
}

fn send_to(sender: &Sender<String, WithCapacity>, text: &str) {
    sender.try_send_ref().unwrap().push_str(text);
}

fn blocking_and_async_ends_mix<R: Runtime>() {
    let (sender, mut receiver) = channel::<String>(2);
    let thread = thread::spawn(move || {
        for n in 0..1_000 {
            write!(sender.blocking_send_ref().unwrap(), "{n}").unwrap();
        }
    });
    R::run(async move {
        for n in 0..1_000 {
            assert_eq!(*receiver.recv_ref().await.unwrap(), n.to_string());
        }
        assert!(receiver.recv_ref().await.is_none());
    });
    thread.join().unwrap();
}
for_each_runtime!(blocking_and_async_ends_mix);

fn every_async_call<R: Runtime>() {
    let (sender, mut receiver) = channel::<String>(1);
    let sending = task(async move {
        sender.send_ref().await.unwrap().push('0');
        sender.send("1".into()).await.unwrap();
        let mut slot = sender.reserve_ref().await.unwrap();
        slot.push('2');
        slot.send();
        let mut slot = sender.send_ref_owned().await.unwrap();
        slot.push('3');
        let mut slot = slot.send().reserve_ref_owned().await.unwrap();
        slot.push('4');
        let sender = slot.send();
        sender.send_ref_before(core::future::pending::<()>()).await.unwrap().push('5');
        let mut slot = sender.reserve_ref_before(core::future::pending::<()>()).await.unwrap();
        slot.push('6');
        slot.send();
        sender.send_before("7".into(), core::future::pending::<()>()).await.unwrap();
        sender.closed().await;
    });
    let receiving = task(async move {
        assert_eq!(*receiver.recv_ref().await.unwrap(), "0");
        assert_eq!(*receiver.recv_ref_owned().await.unwrap(), "1");
        assert_eq!(receiver.recv().await.unwrap(), "2");
        assert_eq!(receiver.recv_many_ref(4).await.get(0).unwrap(), "3");
        let mut messages = Vec::new();
        assert_eq!(receiver.recv_many(&mut messages, 4).await, 1);
        let polled = poll_fn(|context| receiver.poll_recv_many(context, &mut messages, 4)).await;
        assert_eq!((polled, messages.join(" ")), (1, "4 5".into()));
        let owned = poll_fn(|context| PollReceive::poll_recv(&mut receiver, context)).await;
        assert_eq!(*owned.unwrap(), "6");
        assert_eq!(*receiver.recv_ref().await.unwrap(), "7");
        assert_eq!(receiver.size_hint().0, 0);
    });
    R::run_all([sending, receiving]);
}
for_each_runtime!(every_async_call);
