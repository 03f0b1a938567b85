//! Senders that are polled: abandoned, aborted and handed on at any moment.

use super::{
    actions::senders,
    alive::Message,
    check::{Setup, each_order, is_as_new, settle, take, waiting},
    task::{Flag, poll_and_drop},
};
use core::{future::poll_fn, pin::pin};
use loom::thread;
use sakia::mpsc::BoxedPollSender;

/// What a sender that waits does with its place in the queue.
type Leave = fn(BoxedPollSender<Message>);

/// Somebody waits behind, who gets the slot in the end.
fn left(overtaking: u32, leave: Leave) {
    let (sender, mut receiver) = Setup::full(1, overtaking).channel();
    let mut polled = BoxedPollSender::new(sender.clone());
    let flag = Flag::new();
    assert!(flag.poll(pin!(poll_fn(|context| polled.poll_ready(context)))).is_pending());
    let mut behind = waiting(&sender, 20);
    let leaving = thread::spawn(move || leave(polled));
    assert_eq!(take(&mut receiver), Some(0));
    behind.poll();
    leaving.join().unwrap();
    let ids = settle(&mut receiver, [&mut behind]);
    assert_eq!(ids.last(), Some(&20));
    drop(behind);
    is_as_new(&mut receiver);
    assert_eq!(senders::try_send(sender, 30), [30]);
}

#[test]
fn quick_a_polled_sender_is_dropped() {
    each_order(3, |overtaking| left(overtaking, drop));
}

#[test]
fn quick_a_polled_sender_is_aborted() {
    each_order(3, |overtaking| left(overtaking, |mut sender| assert!(sender.abort())));
}

#[test]
fn quick_a_polled_sender_is_closed_and_forgotten() {
    each_order(3, |overtaking| {
        left(overtaking, |mut sender| {
            sender.close();
            assert!(sender.sender().is_none());
        });
    });
}

/// On another thread and with another waker, ready or not.
#[test]
fn quick_a_polled_sender_is_polled_again_and_dropped() {
    each_order(3, |overtaking| {
        left(overtaking, |mut sender| {
            let _ = poll_and_drop(poll_fn(|context| sender.poll_ready(context)));
        });
    });
}

/// If it is ready, it sends; and if not, it waits anew after having been aborted.
#[test]
fn quick_a_polled_sender_sends_or_waits_anew() {
    each_order(2, |overtaking| {
        left(overtaking, |mut sender| {
            let mut ready = || poll_and_drop(poll_fn(|context| sender.poll_ready(context))).is_some();
            if ready() {
                sender.start_send(Message::new(10)).unwrap();
            } else {
                sender.abort();
                let _ = poll_and_drop(poll_fn(|context| sender.poll_ready(context)));
            }
        });
    });
}
