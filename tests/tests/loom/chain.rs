//! Channels whose messages are in blocks, of two messages here: blocks are appended, read, given away and used again while
//! others look for theirs.

use super::{
    alive::Message,
    model::model,
    task::{Flag, block_on},
};
use core::pin::pin;
use loom::thread;
use sakia::mpsc::{Builder, Receiver, UnboundedSender, unbounded};

/// Sends that many messages, counted from `first`, and goes.
fn sending(sender: UnboundedSender<Message>, first: u8, messages: u8) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for id in first..first + messages {
            sender.send(Message::new(id)).expect("the receiver is there");
        }
    })
}

/// Receives a few messages while senders send, and the rest when they are done.
fn receive_beside<const N: usize>(receiver: &mut Receiver<Message>, senders: [thread::JoinHandle<()>; N]) -> Vec<u8> {
    let mut received = Vec::new();
    let mut take =
        |receiver: &mut Receiver<Message>| receiver.try_recv().map(|message| received.push(message.id())).is_ok();
    for _ in 0..3 {
        take(receiver);
    }
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    while take(receiver) {}
    assert!(receiver.try_recv().unwrap_err().is_closed());
    received
}

/// The messages of each sender are there, in their order.
fn check(received: &[u8], first: u8, messages: u8) {
    let of_one: Vec<u8> = received.iter().copied().filter(|id| (first..first + messages).contains(id)).collect();
    assert_eq!(of_one, Vec::from_iter(first..first + messages));
}

#[test]
fn quick_two_senders_need_their_first_block_at_once() {
    model(1, || {
        let (sender, mut receiver) = unbounded();
        let threads = [sending(sender.clone(), 10, 1), sending(sender, 20, 2)];
        let received = receive_beside(&mut receiver, threads);
        check(&received, 10, 1);
        check(&received, 20, 2);
    });
}

#[test]
fn quick_one_sender_goes_through_blocks_that_are_read() {
    model(1, || {
        let (sender, mut receiver) = unbounded();
        let thread = sending(sender, 10, 5);
        check(&receive_beside(&mut receiver, [thread]), 10, 5);
    });
}

#[test]
fn two_senders_go_through_blocks_that_are_read() {
    model(1, || {
        let (sender, mut receiver) = unbounded();
        let threads = [sending(sender.clone(), 10, 3), sending(sender, 20, 3)];
        let received = receive_beside(&mut receiver, threads);
        check(&received, 10, 3);
        check(&received, 20, 3);
    });
}

/// A sender that has claimed a message in a block sleeps there while another fills the next one.
#[test]
fn quick_a_sender_sleeps_while_another_goes_on() {
    model(1, || {
        let (sender, mut receiver) = unbounded();
        sender.send(Message::new(0)).unwrap();
        let threads = [sending(sender.clone(), 10, 1), sending(sender, 20, 2)];
        let received = receive_beside(&mut receiver, threads);
        check(&received, 0, 1);
        check(&received, 10, 1);
        check(&received, 20, 2);
    });
}

/// A sender that has claimed a message looks for its block from one that another sender has just left, and the receiver is
/// about to give away.
#[test]
fn a_block_is_given_away_while_a_sender_looks_for_its_own() {
    model(2, || {
        let (sender, mut receiver) = unbounded();
        (0..2).for_each(|id| sender.send(Message::new(id)).unwrap());
        let threads = [sending(sender.clone(), 10, 1), sending(sender, 20, 1)];
        // One look more than there may be messages: it gives blocks away when there is nothing.
        let first: Vec<u8> = (0..4).filter_map(|_| receiver.try_recv().ok()).map(|message| message.id()).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let received = [first, receive_beside(&mut receiver, [])].concat();
        check(&received, 0, 2);
        check(&received, 10, 1);
        check(&received, 20, 1);
    });
}

/// Positions go round all there are, with blocks used again on the way.
#[test]
fn quick_positions_wrap() {
    model(1, || {
        let (sender, mut receiver) = unbounded();
        for id in 0..20 {
            sender.send(Message::new(id)).unwrap();
            sender.send(Message::new(100 + id)).unwrap();
            assert_eq!(receiver.try_recv().map(|message| message.id()), Ok(id));
            assert_eq!(receiver.try_recv().map(|message| message.id()), Ok(100 + id));
        }
        let thread = sending(sender, 40, 3);
        check(&receive_beside(&mut receiver, [thread]), 40, 3);
    });
}

/// The receiver goes while blocks are appended: each message is dropped once, or comes back.
#[test]
fn quick_the_receiver_goes_beside_two_senders() {
    model(2, || {
        let (sender, receiver) = unbounded();
        sender.send(Message::new(0)).unwrap();
        let send = |sender: UnboundedSender<Message>, first: u8| {
            thread::spawn(move || (first..first + 2).for_each(|id| drop(sender.send(Message::new(id)))))
        };
        let threads = [send(sender.clone(), 10), send(sender, 20)];
        drop(receiver);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn quick_closing_beside_a_send_loses_nothing() {
    model(3, || {
        let (sender, mut receiver) = unbounded();
        let other = sender.clone();
        let thread = thread::spawn(move || {
            let sent = (0..3_u8).filter(|id| other.send(Message::new(*id)).is_ok());
            sent.collect::<Vec<_>>()
        });
        receiver.close();
        let mut received = Vec::new();
        while let Some(message) = block_on(receiver.recv()) {
            received.push(message.id());
        }
        assert_eq!(received, thread.join().unwrap());
        assert!(sender.is_closed());
    });
}

#[test]
fn quick_a_parked_receiver_of_an_unbounded_channel_is_woken() {
    model(3, || {
        let (sender, mut receiver) = unbounded();
        let flag = Flag::new();
        assert!(flag.poll(pin!(receiver.recv())).is_pending());
        let threads = [sending(sender.clone(), 10, 1), sending(sender, 20, 1)];
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(flag.wakes(), 1);
        assert_eq!(receive_beside(&mut receiver, []).len(), 2);
    });
}

/// A bound that does not fit beside a position has its credits in a word of their own.
#[test]
fn quick_a_large_bound_is_kept() {
    model(1, || {
        let (sender, mut receiver) = Builder::new(4).channel();
        let permits = sender.try_reserve_many(3).unwrap();
        let send = |id: u8| {
            let sender = sender.clone();
            thread::spawn(move || block_on(sender.send(Message::new(id))).is_ok())
        };
        let threads = [send(10), send(20)];
        let first = block_on(receiver.recv()).unwrap().id();
        drop(permits);
        let second = block_on(receiver.recv()).unwrap().id();
        assert_eq!(first + second, 30);
        threads.into_iter().for_each(|thread| assert!(thread.join().unwrap()));
        assert_eq!((sender.capacity(), sender.max_capacity()), (4, 4));
    });
}
