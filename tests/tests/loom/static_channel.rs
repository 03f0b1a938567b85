//! A channel in a `static`: split again when the last handle of any kind is gone, and as good as new then.

use super::{
    actions::senders,
    alive::Message,
    check::{each_order, is_as_new, take},
};
use loom::thread;
use sakia::mpsc::StaticChannel;

/// Lends `f` a channel as if it were in a static, since loom's types have no constant values.
fn with_static(overtaking: u32, f: impl FnOnce(&'static StaticChannel<Message, 1>)) {
    let channel = Box::into_raw(Box::new(StaticChannel::with_overtaking(overtaking)));
    // SAFETY: made just above, and freed below after the last use.
    f(unsafe { &*channel });
    // SAFETY: made by `Box::into_raw`; `f` has joined its threads, and dropped its handles.
    drop(unsafe { Box::from_raw(channel) });
}

/// Whoever drops the last handle makes the channel whole for who splits it next.
fn split_again(channel: &'static StaticChannel<Message, 1>) {
    let (sender, receiver) = channel.split();
    let sending = thread::spawn(move || senders::try_send(sender, 10));
    let dropping = thread::spawn(move || drop(receiver));
    let early = channel.try_split();
    sending.join().unwrap();
    dropping.join().unwrap();
    let (sender, mut receiver) = early.or_else(|| channel.try_split()).expect("all handles are gone");
    assert!(channel.try_split().is_none());
    is_as_new(&mut receiver);
    assert_eq!(senders::try_send(sender, 20), [20]);
    assert_eq!(take(&mut receiver), Some(20));
}

#[test]
fn quick_a_static_channel_is_split_again() {
    each_order(2, |overtaking| with_static(overtaking, split_again));
}

/// Of two that split, one succeeds.
fn split_by_two(channel: &'static StaticChannel<Message, 1>) {
    let thread = thread::spawn(|| channel.try_split());
    let here = channel.try_split();
    let there = thread.join().unwrap();
    assert!(here.is_some() != there.is_some());
}

#[test]
fn quick_a_static_channel_is_split_by_one() {
    each_order(3, |overtaking| with_static(overtaking, split_by_two));
}
