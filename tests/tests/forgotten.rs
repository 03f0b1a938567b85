//! What is forgotten (`mem::forget`) at every state keeps what it holds, and the channel goes on with what is left: in place,
//! without a bound, in the drop-in, and through sinks. By value, see `soundness.rs`.
#![cfg(not(sakia_loom))]

mod behaviour;

use core::{mem::forget, pin::pin, task::Poll};

use behaviour::{Polled, now, parked};
use futures_util::SinkExt as _;
use sakia::{
    mpsc::{
        Builder, StaticChannel,
        recycled::{self, Receiver, Sender},
    },
    queue::Queue,
};
use sakia_futures::{ReceiverExt as _, SenderExt as _};
use sakia_tests::{FlagWaker, poll_once};

const CAPACITY: usize = 3;

fn slots() -> (Sender<u32>, Receiver<u32>) {
    Builder::new(CAPACITY).overtaking(0).recycled()
}

/// So many slots are left, and each goes round.
fn check_slots(name: &str, sender: &Sender<u32>, receiver: &mut Receiver<u32>, left: usize) {
    while receiver.try_recv_ref().is_ok() {}
    assert_eq!(sender.capacity(), left, "{name}");
    for n in 0..10 {
        for k in 0..left as u32 {
            *now(sender.send_ref()).unwrap() = n + k;
        }
        assert!(sender.try_send_ref().is_err(), "{name}");
        for k in 0..left as u32 {
            assert_eq!(*now(receiver.recv_ref()).unwrap(), n + k, "{name}");
        }
        assert!(receiver.try_recv_ref().is_err(), "{name}");
    }
}

#[test]
fn a_slot_costs_itself_in_whichever_hands_it_is_forgotten() {
    type Forget = fn(&Sender<u32>, &mut Receiver<u32>);
    let ways: [(&str, Forget); 9] = [
        ("SendRef", |sender, _| forget(sender.try_send_ref().unwrap())),
        ("OwnedSendRef", |sender, _| forget(sender.clone().try_send_ref_owned().unwrap())),
        ("RefPermit", |sender, _| forget(sender.try_reserve_ref().unwrap())),
        ("OwnedRefPermit", |sender, _| forget(sender.clone().try_reserve_ref_owned().unwrap())),
        ("RecvRef", |sender, receiver| {
            sender.try_send(1).unwrap();
            forget(receiver.try_recv_ref().unwrap());
        }),
        ("OwnedRecvRef", |sender, receiver| {
            sender.try_send(1).unwrap();
            forget(receiver.try_recv_ref_owned().unwrap());
        }),
        ("a future that has its slot", |sender, receiver| {
            (0..CAPACITY as u32).for_each(|n| sender.try_send(n).unwrap());
            let waiting = parked(sender.clone().reserve_ref_owned());
            drop(receiver.try_recv_ref());
            assert_eq!(waiting.wakes(), 1);
            waiting.forget();
        }),
        ("a polled sender that is ready", |sender, _| {
            let mut sink = sender.clone().into_sink();
            assert!(poll_once(pin!(sink.feed(7)), &FlagWaker::new().waker()).is_ready());
            assert!(
                poll_once(pin!(core::future::poll_fn(|cx| sink.poll_ready_unpin(cx))), &FlagWaker::new().waker())
                    .is_ready()
            );
            forget(sink);
        }),
        ("a handle", |sender, _| {
            forget(sender.try_reserve_ref().unwrap());
            forget((sender.clone(), sender.downgrade()));
        }),
    ];
    for (name, way) in ways {
        let (sender, mut receiver) = slots();
        way(&sender, &mut receiver);
        check_slots(name, &sender, &mut receiver, CAPACITY - 1);
        drop(receiver);
        assert!(sender.is_closed(), "{name}");
    }
}

#[test]
fn futures_that_are_forgotten_before_they_hold_a_slot_cost_none() {
    type Forget = fn(&Sender<u32>, &mut Receiver<u32>);
    let ways: [(&str, Forget); 6] = [
        ("send_ref, never polled", |sender, _| forget(sender.clone().send_ref_owned())),
        ("closed", |sender, _| {
            let sender = sender.clone();
            parked(async move { sender.closed().await }).forget();
        }),
        ("recv_ref", |_, receiver| {
            let mut waiting = Box::pin(receiver.recv_ref());
            assert!(poll_once(waiting.as_mut(), &FlagWaker::new().waker()).is_pending());
            forget(waiting);
        }),
        ("recv_many_ref", |_, receiver| {
            let mut waiting = Box::pin(receiver.recv_many_ref(2));
            assert!(poll_once(waiting.as_mut(), &FlagWaker::new().waker()).is_pending());
            forget(waiting);
        }),
        ("RecvRefs", |sender, receiver| {
            sender.try_send(1).unwrap();
            // They stay in the channel, to be received again.
            forget(receiver.try_recv_many_ref(4).unwrap());
            assert_eq!(receiver.len(), 1);
        }),
        ("weak sender", |sender, _| forget(sender.downgrade())),
    ];
    for (name, way) in ways {
        let (sender, mut receiver) = slots();
        way(&sender, &mut receiver);
        check_slots(name, &sender, &mut receiver, CAPACITY);
    }
}

#[test]
fn a_waiter_that_is_forgotten_keeps_its_turn_and_the_others_are_served() {
    let (sender, mut receiver) = slots();
    (0..CAPACITY as u32).for_each(|n| sender.try_send(n).unwrap());
    parked(sender.clone().reserve_ref_owned()).forget();
    let mut behind = parked(sender.send(7));
    drop(receiver.try_recv_ref());
    assert_eq!(behind.wakes(), 0, "that slot is the first one's");
    drop(receiver.try_recv_ref());
    assert_eq!(behind.wakes(), 1);
    behind.ready().unwrap();
    drop(behind);
    check_slots("behind a forgotten one", &sender, &mut receiver, CAPACITY - 1);
}

#[test]
fn slots_of_a_queue_cost_themselves() {
    let queue = Queue::<u32>::new(CAPACITY);
    forget(queue.push_ref().unwrap());
    queue.push(1).unwrap();
    forget(queue.pop_ref().unwrap());
    for n in 0..10 {
        queue.push(n).unwrap();
        assert!(queue.push(n).is_err());
        assert_eq!(queue.pop(), Some(n));
    }
    assert_eq!(queue.remaining(), 1);
}

#[test]
fn without_a_bound_nothing_that_is_forgotten_is_missed() {
    let (sender, mut receiver) = sakia::mpsc::unbounded();
    forget((sender.clone(), sender.downgrade()));
    {
        let other = sender.clone();
        parked(async move { other.closed().await }).forget();
    }
    let mut waiting = Box::pin(receiver.recv());
    assert!(poll_once(waiting.as_mut(), &FlagWaker::new().waker()).is_pending());
    forget(waiting);
    for n in 0..100 {
        sender.send(n).unwrap();
        assert_eq!(now(receiver.recv()), Some(n));
    }
    drop(sender);
    assert!(receiver.try_recv().unwrap_err().is_empty(), "a forgotten sender is one still");
    receiver.close();
    assert_eq!(now(receiver.recv()), None);
}

#[test]
fn the_drop_in_goes_on_without_what_is_forgotten() {
    use sakia_tokio::{PollSender, mpsc::channel};

    let (sender, mut receiver) = channel(CAPACITY);
    forget(sender.try_reserve().unwrap());
    let mut polled = PollSender::new(sender.clone());
    assert!(poll_once(pin!(core::future::poll_fn(|cx| polled.poll_reserve(cx))), &FlagWaker::new().waker()).is_ready());
    forget(polled);
    assert_eq!(sender.capacity(), 1);
    sender.try_send(1).unwrap();
    parked({
        let sender = sender.clone();
        async move { sender.send(2).await }
    })
    .forget();
    {
        let mut waiting = parked(sender.send(3));
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(waiting.poll(), Poll::Pending, "the place is the forgotten one's, as in tokio");
    }
    receiver.close();
    assert_eq!(now(sender.send(4)).unwrap_err().0, 4);
}

#[test]
fn streams_that_are_forgotten_take_nothing() {
    use futures_util::StreamExt as _;

    let (sender, mut receiver) = sakia::mpsc::channel(CAPACITY);
    {
        let mut stream = receiver.stream();
        let mut waiting = Polled::new(stream.next());
        assert!(waiting.poll().is_pending());
        waiting.forget();
    }
    // It borrows, and has nothing to drop: to forget it is to let it go.
    let _: sakia_futures::ReceiverStream<_> = receiver.stream();
    sender.try_send(1).unwrap();
    assert_eq!(now(receiver.recv()), Some(1));
    forget(receiver.into_stream());
    assert!(!sender.is_closed(), "the receiver was never dropped");
    (0..CAPACITY as u32).for_each(|n| sender.try_send(n).unwrap());
    assert!(sender.try_send(9).unwrap_err().is_full());
}

/// Those who were forgotten in the queue of a channel in a `static` are not found there when it is split again.
#[test]
fn a_static_that_is_split_again_has_forgotten_them_too() {
    static BY_VALUE: StaticChannel<u32, 1> = StaticChannel::new();
    static IN_PLACE: recycled::StaticChannel<u32, 1> = recycled::StaticChannel::new();
    for receiver_goes_last in [false, true] {
        let (sender, receiver) = BY_VALUE.split();
        sender.try_send(1).unwrap();
        parked(sender.send(2)).forget();
        parked(sender.closed()).forget();
        drop_both(sender, receiver, receiver_goes_last);
        let (sender, mut receiver) = BY_VALUE.split();
        sender.try_send(1).unwrap();
        let mut waiting = parked(sender.send(2));
        assert_eq!(now(receiver.recv()), Some(1));
        waiting.ready().unwrap();
        assert_eq!((receiver.try_recv(), sender.capacity()), (Ok(2), 1));

        let (sender, receiver) = IN_PLACE.split();
        sender.try_send(1).unwrap();
        parked(sender.reserve_ref()).forget();
        parked(sender.closed()).forget();
        drop_both(sender, receiver, receiver_goes_last);
        let (sender, mut receiver) = IN_PLACE.split();
        sender.try_send(1).unwrap();
        let mut waiting = parked(sender.send(2));
        assert_eq!(now(receiver.recv()), Some(1));
        waiting.ready().unwrap();
        assert_eq!((receiver.try_recv(), sender.capacity()), (Ok(2), 1));
    }
}

fn drop_both<S, R>(sender: S, receiver: R, receiver_goes_last: bool) {
    if receiver_goes_last {
        drop(sender);
        drop(receiver);
    } else {
        drop(receiver);
        drop(sender);
    }
}

/// A task is aborted at each of its awaits: nothing it had not sent is there, and all it had is free again.
#[test]
fn a_task_aborted_at_each_await_leaves_nothing_behind() {
    async fn work(sender: Sender<u32>, other: sakia::mpsc::Sender<u32>) {
        let mut slot = sender.reserve_ref().await.unwrap();
        *slot = 1;
        other.send(1).await.unwrap();
        slot.send();
        sender.send(2).await.unwrap();
        let permit = other.reserve().await.unwrap();
        *sender.send_ref().await.unwrap() = 3;
        permit.send(2);
        other.send_iter(&mut [3, 4].into_iter()).await.unwrap();
        let owned = sender.clone().reserve_ref_owned().await.unwrap();
        other.reserve_many(1).await.unwrap().for_each(|permit| permit.send(5));
        drop(owned.send());
        sender.closed().await;
    }
    for polls in 0..40 {
        let (sender, mut receiver): (recycled::Sender<u32>, _) = Builder::new(1).overtaking(0).recycled();
        let (other, mut others) = Builder::new(1).overtaking(0).channel();
        let mut task = Polled::new(work(sender.clone(), other.clone()));
        let (mut sent, mut got) = (vec![], vec![]);
        for poll in 0..polls {
            assert!(task.poll().is_pending());
            // One at a time, so that each await is one to be aborted at.
            if poll % 2 == 0 {
                sent.extend(receiver.try_recv());
            } else {
                got.extend(others.try_recv());
            }
        }
        drop(task);
        sent.extend(receiver.try_recv());
        got.extend(others.try_recv());
        assert!(
            sent.iter().copied().eq((1..=sent.len() as u32).map(|n| if n == 4 { 1 } else { n })) || sent.len() == 4
        );
        assert!(got.iter().copied().eq(1..=got.len() as u32), "{got:?}");
        assert_eq!((sender.capacity(), other.capacity()), (1, 1), "aborted after {polls} polls");
        assert_eq!((sender.strong_count(), other.strong_count()), (1, 1));
        sender.try_send(9).unwrap();
        other.try_send(9).unwrap();
        assert_eq!((receiver.try_recv(), others.try_recv()), (Ok(9), Ok(9)));
    }
}
