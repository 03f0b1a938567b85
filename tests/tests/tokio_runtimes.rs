//! The drop-in on other runtimes and on tokio's, and its conversions to the core's handles and back.
#![cfg(not(sakia_loom))]

use sakia::mpsc::Builder;
use sakia_tests::{Runtime, for_each_runtime, task, yield_now};
use sakia_tokio::{NotConvertible, PollSender, mpsc, wrappers};

use core::future::poll_fn;
use futures_util::{SinkExt as _, StreamExt as _, stream};

const MANY: u64 = if cfg!(miri) { 100 } else { 2_000 };

/// Each sender in its order, and all of them received.
async fn check_senders(mut receiver: mpsc::Receiver<(usize, u64)>, senders: usize) {
    let mut next = vec![0; senders];
    while let Some((sender, n)) = receiver.recv().await {
        assert_eq!(n, next[sender]);
        next[sender] += 1;
    }
    assert_eq!(next, vec![MANY; senders]);
}

fn every_way_of_sending<R: Runtime>() {
    for capacity in [1, 2, 40] {
        let (sender, receiver) = mpsc::channel(capacity);
        let [one, two, three, four] = [0; 4].map(|_| sender.clone());
        let mut sink = PollSender::new(sender);
        R::run_all([
            task(async move {
                for n in 0..MANY {
                    one.send((0, n)).await.unwrap();
                }
            }),
            task(async move {
                for n in 0..MANY {
                    two.reserve().await.unwrap().send((1, n));
                }
            }),
            task(async move {
                let mut sender = three;
                for n in 0..MANY {
                    sender = sender.reserve_owned().await.unwrap().send((2, n));
                }
            }),
            task(async move {
                let mut n = 0;
                while n < MANY {
                    let some = capacity.min((MANY - n) as usize);
                    for permit in four.reserve_many(some).await.unwrap() {
                        permit.send((3, n));
                        n += 1;
                    }
                }
            }),
            task(async move { sink.send_all(&mut stream::iter((0..MANY).map(|n| Ok((4, n))))).await.unwrap() }),
            task(check_senders(receiver, 5)),
        ]);
    }
}

fn batches_and_streams<R: Runtime>() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let (bounded, bounded_receiver) = mpsc::channel(3);
    R::run_all([
        task(async move {
            for n in 0..MANY {
                sender.send(n).unwrap();
                if n % 100 == 0 {
                    yield_now().await;
                }
            }
        }),
        task(async move {
            let mut batch = Vec::new();
            while receiver.recv_many(&mut batch, 16).await > 0 {
                for n in batch.drain(..) {
                    bounded.send(n).await.unwrap();
                }
            }
        }),
        task(async move {
            let numbers = wrappers::ReceiverStream::new(bounded_receiver).collect::<Vec<_>>().await;
            assert_eq!(numbers, (0..MANY).collect::<Vec<_>>());
        }),
    ]);
}

fn close_and_weak_senders<R: Runtime>() {
    let (sender, mut receiver) = mpsc::channel::<u64>(1);
    let weak = sender.downgrade();
    let watched = sender.clone();
    R::run_all([
        task(async move {
            let mut sent = 0;
            while sender.send(sent).await.is_ok() {
                sent += 1;
            }
            assert!(sent >= 10);
        }),
        task(async move { watched.closed().await }),
        task(async move {
            for n in 0..10 {
                assert_eq!(receiver.recv().await, Some(n));
            }
            receiver.close();
            while receiver.recv().await.is_some() {}
            assert!(poll_fn(|context| receiver.poll_recv(context)).await.is_none());
        }),
    ]);
    assert!(weak.upgrade().is_none());
}

for_each_runtime!(every_way_of_sending, batches_and_streams, close_and_weak_senders);

#[test]
fn handles_become_the_cores_and_messages_stay() {
    let (sender, receiver) = mpsc::channel(3);
    sender.try_send(1).unwrap();
    let permit = sender.clone().try_reserve_owned().unwrap();
    let weak = sakia::mpsc::WeakSender::from(sender.downgrade());
    let sender = sakia::mpsc::Sender::from(sender);
    let mut receiver = sakia::mpsc::Receiver::from(receiver);
    assert_eq!((receiver.max_capacity(), receiver.len(), sender.overtaking()), (3, 1, 0));
    drop(sakia::mpsc::OwnedPermit::from(permit).send(2));
    weak.upgrade().unwrap().try_send(3).unwrap();
    assert_eq!((0..3).map(|_| receiver.try_recv().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);

    let sender = mpsc::Sender::try_from(sender).unwrap();
    let mut receiver = mpsc::Receiver::try_from(receiver).unwrap();
    sender.try_send(4).unwrap();
    assert_eq!(receiver.try_recv(), Ok(4));
}

#[test]
fn unbounded_handles_become_the_cores_and_come_back() {
    let (sender, receiver) = mpsc::unbounded_channel();
    sender.send(1).unwrap();
    let weak = sakia::mpsc::WeakUnboundedSender::from(sender.downgrade());
    let sender = sakia::mpsc::UnboundedSender::from(sender);
    let receiver = sakia::mpsc::Receiver::from(receiver);
    assert!(receiver.is_unbounded());
    let NotConvertible(receiver) = mpsc::Receiver::try_from(receiver).expect_err("it has no bound");
    let mut receiver = mpsc::UnboundedReceiver::try_from(receiver).unwrap();
    mpsc::UnboundedSender::from(sender).send(2).unwrap();
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Ok(2)));
    assert!(mpsc::WeakUnboundedSender::from(weak).upgrade().is_none(), "the last sender is gone");
}

#[test]
fn handles_of_channels_with_another_order_come_back_whole() {
    let (sender, receiver) = Builder::new(8).overtaking(1).channel::<u8>();
    if sender.overtaking() == 0 {
        return; // without 64-bit atomics every channel is strict
    }
    let NotConvertible(sender) = mpsc::Sender::try_from(sender).unwrap_err();
    let error = mpsc::Receiver::try_from(receiver).unwrap_err();
    assert_eq!(error.to_string(), "the channel's settings are not those of a tokio channel");
    sender.try_send(7).unwrap();
    assert_eq!({ error.0 }.try_recv(), Ok(7));

    let (_sender, receiver) = sakia::mpsc::channel::<u8>(1);
    assert!(mpsc::UnboundedReceiver::try_from(receiver).is_err(), "it has a bound");
}
