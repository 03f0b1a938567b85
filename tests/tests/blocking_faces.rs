//! The faces for threads, call by call: each does what the call behind it does, and both ends convert there and back.
#![cfg(not(sakia_loom))]

use core::time::Duration;
use sakia::mpsc::{self, blocking, errors::*, recycled};

const NOW: Duration = Duration::ZERO;

#[test]
fn a_sender_by_value() {
    let (sender, mut receiver) = blocking::channel(2);
    sender.send(1).unwrap();
    sender.clone().try_send(2).unwrap();
    assert!(sender.try_send(3).is_err_and(|error| error.is_full() && error.into_inner() == 3));
    assert_eq!(sender.send_timeout(3, NOW), Err(SendTimeoutError::Timeout(3)));
    assert_eq!((sender.len(), sender.capacity(), sender.strong_count()), (2, 0, 1));
    assert_eq!(receiver.iter().take(2).collect::<Vec<_>>(), [1, 2]);
    receiver.close();
    assert_eq!(sender.send(4), Err(SendError(4)));
    assert_eq!(sender.send_timeout(4, NOW), Err(SendTimeoutError::Closed(4)));
}

#[test]
fn a_receiver_by_value() {
    let (sender, mut receiver) = blocking::channel(4);
    assert_eq!(receiver.recv_timeout(NOW), Err(RecvTimeoutError::Timeout));
    assert_eq!(receiver.try_peek(), Err(TryRecvError::Empty));
    (0..4).for_each(|n| sender.send(n).unwrap());
    assert_eq!(receiver.try_peek(), Ok(&0));
    assert_eq!(receiver.len(), 4);
    assert_eq!((receiver.try_recv(), receiver.recv_timeout(NOW), receiver.recv()), (Ok(0), Ok(1), Some(2)));
    let mut rest = Vec::new();
    assert_eq!((receiver.recv_many(&mut rest, 8), &rest), (1, &vec![3]));
    (4..8).for_each(|n| sender.send(n).unwrap());
    assert_eq!(receiver.try_iter().take(2).collect::<Vec<_>>(), [4, 5]);
    assert_eq!((&mut receiver).into_iter().next(), Some(6));
    drop(sender);
    assert_eq!(receiver.into_iter().collect::<Vec<_>>(), [7]);
}

#[test]
fn ends_by_value_convert_there_and_back() {
    let (sender, receiver) = mpsc::channel(1);
    let (sender, mut receiver) = (blocking::Sender::from(sender), blocking::Receiver::from(receiver));
    sender.send(1).unwrap();
    assert_eq!(receiver.recv(), Some(1));
    let (sender, mut receiver) = (mpsc::Sender::from(sender), mpsc::Receiver::from(receiver));
    sender.try_send(2).unwrap();
    assert_eq!(receiver.try_recv(), Ok(2));
    drop(blocking::Sender::from(sender).into_async());
    assert!(blocking::Receiver::from(receiver).into_async().is_closed());
}

#[test]
fn a_static_by_value() {
    static CHANNEL: blocking::StaticChannel<u8, 2> = blocking::StaticChannel::new();
    let (sender, mut receiver) = CHANNEL.split();
    assert!(CHANNEL.try_split().is_none());
    sender.send(1).unwrap();
    assert_eq!(receiver.recv(), Some(1));
    drop((sender, receiver));
    let (sender, receiver) = CHANNEL.try_split().expect("all handles are gone");
    drop(sender);
    assert_eq!(receiver.into_iter().next(), None);
    let made_at_run_time: &'static blocking::StaticChannel<u8, 1> = Box::leak(Box::default());
    assert_eq!(made_at_run_time.split().0.max_capacity(), 1);
}

#[test]
fn a_sender_in_place() {
    let (sender, mut receiver) = recycled::blocking::channel::<String>(2);
    sender.send_ref().unwrap().push('a');
    assert!(sender.clone().reserve_ref().is_ok_and(|permit| permit.is_empty()));
    assert_eq!((sender.len(), sender.capacity()), (1, 1));
    sender.send_ref_timeout(NOW).unwrap().push('b');
    assert_eq!(sender.send_ref_timeout(NOW).map(drop), Err(SendTimeoutError::Timeout(())));
    assert!(sender.try_send("c".into()).is_err_and(|error| error.into_inner() == "c"));
    assert_eq!(sender.send_timeout("c".into(), NOW), Err(SendTimeoutError::Timeout("c".into())));
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), ["a", "b"]);
    sender.send("c".into()).unwrap();
    sender.try_send("d".into()).unwrap();
    receiver.close();
    assert_eq!(sender.send("e".into()), Err(SendError("e".into())));
    assert_eq!((sender.send_ref().map(drop), sender.reserve_ref().map(drop)), (Err(SendError(())), Err(SendError(()))));
    assert_eq!(sender.send_ref_timeout(NOW).map(drop), Err(SendTimeoutError::Closed(())));
    assert_eq!(receiver.into_iter().collect::<Vec<_>>(), ["c", "d"]);
}

#[test]
fn a_receiver_in_place() {
    let (sender, mut receiver) = recycled::blocking::channel::<u8>(4);
    let send = |messages: &[u8]| messages.iter().for_each(|message| sender.send(*message).unwrap());
    assert_eq!(receiver.recv_timeout(NOW), Err(RecvTimeoutError::Timeout));
    assert_eq!(receiver.recv_ref_timeout(NOW).map(|message| *message), Err(RecvTimeoutError::Timeout));
    send(&[0, 1, 2, 3]);
    assert_eq!(*receiver.recv_ref().unwrap(), 0);
    assert_eq!(*receiver.recv_ref_timeout(NOW).unwrap(), 1);
    assert_eq!(*receiver.recv_ref_owned().unwrap(), 2);
    assert_eq!(*receiver.try_recv_ref().unwrap(), 3);
    send(&[4, 5, 6, 7]);
    assert_eq!(receiver.recv_many_ref(2).iter().copied().collect::<Vec<_>>(), [4, 5]);
    assert_eq!(receiver.try_iter_ref().map(|message| *message).collect::<Vec<_>>(), [6, 7]);
    send(&[8, 9, 10, 11]);
    assert_eq!((receiver.recv(), receiver.try_recv(), receiver.recv_timeout(NOW)), (Some(8), Ok(9), Ok(10)));
    assert_eq!((&mut receiver).into_iter().next(), Some(11));
    send(&[12, 13]);
    assert_eq!(receiver.iter_ref().next().map(|message| *message), Some(12));
    assert_eq!(receiver.iter().next(), Some(13));
    drop(sender);
    assert_eq!(receiver.recv_ref().map(|message| *message), None);
    assert_eq!(receiver.recv_ref_timeout(NOW).map(|message| *message), Err(RecvTimeoutError::Closed));
    assert!(receiver.recv_ref_owned().is_none() && receiver.recv_many_ref(2).is_empty());
}

#[test]
fn owned_references_with_a_deadline() {
    let (sender, receiver) = recycled::blocking::channel::<u8>(1);
    let mut receiver: recycled::Receiver<u8> = receiver.into();
    let next =
        |receiver: &mut recycled::Receiver<u8>| receiver.blocking_recv_ref_owned_timeout(NOW).map(|message| *message);
    assert_eq!(next(&mut receiver), Err(RecvTimeoutError::Timeout));
    sender.send(1).unwrap();
    assert_eq!(next(&mut receiver), Ok(1));
    drop(recycled::Sender::from(sender));
    assert_eq!(next(&mut receiver), Err(RecvTimeoutError::Closed));
    assert!(recycled::blocking::Receiver::from(receiver).into_async().is_closed());
}

#[test]
fn a_weak_sender_in_place() {
    let (sender, receiver) = recycled::channel::<u8>(1);
    let weak = sender.downgrade();
    let other = weak.clone();
    assert_eq!((weak.strong_count(), weak.weak_count(), sender.weak_count()), (1, 2, 2));
    assert!(
        format!("{weak:?}").starts_with("WeakSender")
            && weak.upgrade().is_some_and(|again| again.same_channel(&sender))
    );
    drop((sender, other));
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count(), receiver.is_closed()), (0, 1, true));
}

#[test]
fn a_static_in_place() {
    use recycled::blocking::StaticChannel;
    use sakia::recycling::WithCapacity;

    static CHANNEL: StaticChannel<String, 2, WithCapacity> =
        StaticChannel::with_recycle(WithCapacity::new().with_min_capacity(32));
    static PLAIN: recycled::StaticChannel<u8, 1> = recycled::StaticChannel::new();
    let (sender, mut receiver) = CHANNEL.split();
    assert!(CHANNEL.try_split().is_none());
    sender.send_ref().unwrap().push('a');
    assert!(receiver.recv_ref().is_some_and(|message| *message == "a" && message.capacity() >= 32));
    drop((sender, receiver));
    assert!(CHANNEL.try_split().is_some());
    let (sender, receiver) = PLAIN.split();
    assert!(PLAIN.try_split().is_none());
    assert_eq!((sender.max_capacity(), receiver.max_capacity()), (1, 1));
    let made_at_run_time: &'static StaticChannel<u8, 3> = Box::leak(Box::default());
    assert_eq!(made_at_run_time.split().0.max_capacity(), 3);
    assert!(format!("{PLAIN:?}{CHANNEL:?}").contains("StaticChannel"));
}
