//! What handles and errors say of themselves, and slots as writers of text and bytes.
#![cfg(not(sakia_loom))]

use core::{fmt::Write as _, time::Duration};
use sakia::mpsc::{self, errors::SendTimeoutError, recycled};
use std::io::{IoSlice, Write as _};

#[test]
fn handles_without_a_bound_say_what_they_are() {
    let (sender, receiver) = mpsc::unbounded::<u8>();
    let weak = sender.downgrade();
    assert!(format!("{sender:?}").starts_with("UnboundedSender"));
    assert!(format!("{:?}", weak.clone()).starts_with("WeakUnboundedSender"));
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 1));
    assert!(weak.upgrade().is_some() && receiver.is_unbounded() && receiver.is_empty());
}

#[test]
fn handles_in_place_say_what_they_are() {
    let (sender, mut receiver) = recycled::channel::<String>(2);
    assert!(sender.is_empty() && receiver.is_empty());
    sender.try_send_ref().unwrap().push('a');
    assert!(format!("{sender:?}").starts_with("Sender { len: 1, max_capacity: 2"));
    assert!(format!("{receiver:?}").starts_with("Receiver"));
    let message = receiver.try_iter_ref().next().unwrap();
    assert_eq!(format!("{message:?} {message}"), "\"a\" a");
}

#[test]
fn errors_say_why() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(1).unwrap();
    let full = sender.try_send(2).unwrap_err();
    assert!(full.is_full() && !full.is_closed());
    assert_eq!(format!("{full} {full:?}"), "the channel is full Full(..)");
    let late = sender.blocking_send_timeout(2, Duration::ZERO).unwrap_err();
    assert!(late.is_timeout() && !late.is_closed());
    assert_eq!(format!("{late:?}"), "Timeout(..)");
    receiver.close();
    let closed = sender.try_send(2).unwrap_err();
    assert_eq!(format!("{closed} {closed:?}"), "the channel is closed Closed(..)");
    assert!(SendTimeoutError::Closed(()).is_closed());
    assert_eq!(receiver.try_recv(), Ok(1));
    assert!(receiver.try_recv().is_err_and(|error| error.is_closed() && !error.is_empty()));
    assert!(
        receiver.blocking_recv_timeout(Duration::ZERO).is_err_and(|error| error.is_closed() && !error.is_timeout())
    );
}

#[test]
fn slots_are_written_as_text() {
    let (sender, mut receiver) = recycled::channel::<String>(2);
    let mut slot = sender.try_send_ref().unwrap();
    write!(slot, "{}", 1).unwrap();
    slot.write_char('2').unwrap();
    slot.write_str("3").unwrap();
    slot.send();
    let mut permit = sender.try_reserve_ref().unwrap();
    permit.write_char('4').unwrap();
    assert_eq!(format!("{permit} {permit:?}"), "4 \"4\"");
    permit.send();
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), ["123", "4"]);
}

#[test]
fn slots_are_written_as_bytes() {
    let (sender, mut receiver) = recycled::channel::<Vec<u8>>(1);
    let mut slot = sender.try_send_ref().unwrap();
    slot.write_all(b"one").unwrap();
    assert_eq!(slot.write_vectored(&[IoSlice::new(b" two"), IoSlice::new(b" three")]).unwrap(), 10);
    slot.flush().unwrap();
    slot.send();
    assert_eq!(receiver.try_recv().unwrap(), b"one two three");
}
