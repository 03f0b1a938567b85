//! The contract: making channels, and what does not fit.
#![cfg(not(sakia_loom))]

mod behaviour;

use behaviour::{drain, now, overtaking, panic_of};
use sakia::mpsc::{
    BoxedPollSender, Builder, MAX_CAPACITY, PollSender, Receiver, Sender, StaticChannel, blocking, channel,
    default_overtaking,
    errors::{SendIterError, SendTimeoutError, TryRecvError, TrySendError},
};

/// The panic of `body`, which must be told to have happened in this file.
#[track_caller]
fn panics_here<T>(body: impl FnOnce() -> T) -> String {
    let panic = panic_of(body).expect("it panics");
    assert!(panic.file.ends_with("contract_constructors.rs"), "the panic is at {}:{}", panic.file, panic.line);
    panic.message
}

#[test]
fn a_capacity_of_0_panics_at_the_caller() {
    for message in
        [panics_here(|| channel::<u8>(0)), panics_here(|| blocking::channel::<u8>(0)), panics_here(|| Builder::new(0))]
    {
        assert!(message.contains("capacity above 0"), "{message}");
    }
}

#[test]
fn a_capacity_beyond_the_largest_panics_at_the_caller() {
    for capacity in [MAX_CAPACITY + 1, usize::MAX] {
        for message in [
            panics_here(|| channel::<u8>(capacity)),
            panics_here(|| blocking::channel::<u8>(capacity)),
            panics_here(|| Builder::new(capacity)),
        ] {
            assert!(message.contains("MAX_CAPACITY"), "{message}");
        }
    }
}

/// With 64 bits such messages are larger than any stack.
#[cfg(target_pointer_width = "32")]
#[test]
fn messages_that_fit_into_no_memory_panic_at_the_caller() {
    type Huge = [u8; 1 << 22];
    for message in [
        panics_here(|| channel::<Huge>(1_024)),
        panics_here(|| blocking::channel::<Huge>(1_024)),
        panics_here(|| Builder::new(1_024).channel::<Huge>()),
    ] {
        assert!(message.contains("don't fit into memory"), "{message}");
    }
}

#[test]
fn a_static_channel_that_is_split_twice_panics_at_the_caller() {
    static CHANNEL: StaticChannel<u8, 1> = StaticChannel::new();
    static BLOCKING: blocking::StaticChannel<u8, 1> = blocking::StaticChannel::new();
    let _ends = (CHANNEL.split(), BLOCKING.split());
    for message in [panics_here(|| CHANNEL.split()), panics_here(|| BLOCKING.split())] {
        assert!(message.contains("split already"), "{message}");
    }
    assert!(CHANNEL.try_split().is_none() && BLOCKING.try_split().is_none());
}

#[test]
fn a_send_without_being_ready_panics_at_the_caller() {
    let (sender, _receiver) = channel::<u8>(1);
    let mut boxed = BoxedPollSender::new(sender.clone());
    assert!(panics_here(|| boxed.start_send(1)).contains("poll_ready"));
    let mut pinned = Box::pin(PollSender::new(sender));
    assert!(panics_here(|| pinned.as_mut().start_send(1)).contains("poll_ready"));
}

#[test]
fn a_static_channel_can_be_split_again_when_every_handle_is_gone() {
    static CHANNEL: StaticChannel<String, 2> = StaticChannel::with_overtaking(7);
    for round in 0..300 {
        let (sender, mut receiver) = CHANNEL.split();
        assert_eq!((sender.max_capacity(), sender.capacity(), receiver.overtaking()), (2, 2, overtaking(7)));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty), "nothing is left of round {round}");
        sender.try_send(round.to_string()).unwrap();
        assert_eq!(receiver.try_peek(), Ok(&round.to_string()));
        if round % 2 == 0 {
            assert_eq!(drain(&mut receiver), [round.to_string()]);
            receiver.close();
        }
        // Each handle of any kind keeps it split.
        let mut rest: Vec<Box<dyn core::any::Any>> = vec![Box::new(sender.downgrade()), Box::new(receiver)];
        rest.push(Box::new(sender));
        while let Some(handle) = rest.pop() {
            assert!(CHANNEL.try_split().is_none());
            drop(handle);
        }
    }
}

#[test]
fn the_capacity_is_exact_and_large_ones_work() {
    for capacity in [1, 3, 1_000, if cfg!(miri) { 1_001 } else { MAX_CAPACITY }] {
        let (sender, receiver) = channel::<u8>(capacity);
        assert_eq!((sender.max_capacity(), sender.capacity()), (capacity, capacity));
        assert_eq!((receiver.max_capacity(), receiver.capacity()), (capacity, capacity));
        assert_eq!(sender.try_reserve_many(capacity).unwrap().len(), capacity);
    }
}

#[test]
fn a_builder_keeps_its_settings() {
    static SMALL: StaticChannel<u8, 1> = StaticChannel::new();
    static LARGE: StaticChannel<u8, 64> = StaticChannel::new();
    for capacity in [1, 3, 4, 64, 1_000] {
        let default = overtaking(default_overtaking(capacity));
        assert_eq!(Builder::new(capacity).channel::<u8>().1.overtaking(), default);
        assert_eq!(channel::<u8>(capacity).1.overtaking(), default);
    }
    assert_eq!((SMALL.split().1.overtaking(), LARGE.split().1.overtaking()), (0, overtaking(default_overtaking(64))));
    let builder = Builder::new(5).overtaking(3);
    for _ in 0..2 {
        let (sender, receiver) = builder.channel::<u8>();
        assert_eq!((sender.max_capacity(), receiver.overtaking()), (5, overtaking(3)));
    }
    let (_sender, receiver) = Builder::new(1).overtaking(u32::MAX).channel::<u8>();
    assert_eq!(receiver.overtaking(), overtaking(1 << 24));
}

#[test]
fn messages_of_any_size_pass() {
    fn pass<T: Clone + PartialEq + core::fmt::Debug>(value: T) {
        let (sender, mut receiver) = channel(3);
        for _ in 0..5 {
            (0..3).for_each(|_| sender.try_send(value.clone()).unwrap());
            assert_eq!(sender.try_send(value.clone()), Err(TrySendError::Full(value.clone())));
            assert_eq!(drain(&mut receiver), [value.clone(), value.clone(), value.clone()]);
        }
    }
    #[derive(Clone, PartialEq, Debug)]
    #[repr(align(256))]
    struct Aligned(u8);
    pass(());
    pass(1_u8);
    pass([7_u64; 100]);
    pass(Aligned(1));
    pass(String::from("on the heap"));
    pass(None::<Box<u8>>);
}

#[test]
fn messages_may_borrow() {
    let words = String::from("one two");
    let (sender, mut receiver) = channel(2);
    words.split(' ').for_each(|word| sender.try_send(word).unwrap());
    assert_eq!(drain(&mut receiver), ["one", "two"]);
}

/// Has no trait at all.
struct Plain;

/// Any message can be sent in all ways, printed as a handle, and returned in an error.
#[test]
fn nothing_is_asked_of_messages() {
    let (sender, mut receiver): (Sender<Plain>, Receiver<Plain>) = channel(8);
    assert!(sender.try_send(Plain).is_ok() && now(sender.send(Plain)).is_ok() && sender.blocking_send(Plain).is_ok());
    sender.try_reserve().unwrap().send(Plain);
    let clone = sender.clone().try_reserve_owned().unwrap().send(Plain);
    for permit in sender.try_reserve_many(2).unwrap() {
        permit.send(Plain);
    }
    assert!(now(clone.send_iter(&mut [Plain].into_iter())).is_ok());
    assert_eq!(format!("{:?}", sender.try_send(Plain).unwrap_err()), "Full(..)");
    assert!(now(receiver.recv()).is_some() && receiver.try_recv().is_ok() && receiver.try_peek().is_ok());
    assert_eq!(receiver.try_iter().count(), 6);
    drop(receiver);
    assert_eq!(format!("{:?}", now(sender.send(Plain)).unwrap_err()), "SendError(..)");
}

#[test]
fn handles_print_without_their_messages() {
    fn prints(handle: &dyn core::fmt::Debug, name: &str) {
        let printed = format!("{handle:?}");
        assert!(printed.starts_with(name), "{printed}");
        assert!(format!("{handle:#?}").starts_with(name));
    }
    static CHANNEL: StaticChannel<Plain, 1> = StaticChannel::new();
    let (sender, mut receiver) = channel::<Plain>(8);
    prints(&sender, "Sender");
    prints(&receiver, "Receiver");
    prints(&sender.downgrade(), "WeakSender");
    prints(&sender.try_reserve().unwrap(), "Permit");
    prints(&sender.try_reserve_many(1).unwrap(), "PermitIterator");
    prints(&sender.clone().try_reserve_owned().unwrap(), "OwnedPermit");
    prints(&PollSender::new(sender.clone()), "PollSender");
    prints(&BoxedPollSender::new(sender.clone()), "BoxedPollSender");
    prints(&Builder::new(1), "Builder");
    prints(&CHANNEL, "StaticChannel");
    let (blocking_sender, blocking_receiver) = blocking::channel::<u8>(1);
    prints(&blocking_sender, "Sender");
    prints(&blocking_receiver, "Receiver");
    prints(&blocking_receiver.into_iter(), "IntoIter");
    {
        let (_sender, mut receiver) = channel::<u8>(1);
        prints(&receiver.try_iter(), "TryIter");
        prints(&receiver.iter(), "Iter");
    }
    receiver.close();
    prints(&receiver, "Receiver");
}

#[test]
fn errors_say_what_is_wrong_and_have_no_source() {
    use core::error::Error;
    use sakia::mpsc::errors::{RecvTimeoutError, SendError};
    let errors: [(&dyn Error, &str); 11] = [
        (&SendError(Plain), "the channel is closed"),
        (&TrySendError::Full(Plain), "the channel is full"),
        (&TrySendError::Closed(Plain), "the channel is closed"),
        (&SendTimeoutError::Timeout(Plain), "the channel had no room until the deadline"),
        (&SendTimeoutError::Closed(Plain), "the channel is closed"),
        (&SendIterError { sent: 3 }, "the channel was closed after 3 messages of the batch"),
        (&TryRecvError::Empty, "the channel is empty"),
        (&TryRecvError::Closed, "the channel is closed"),
        (&RecvTimeoutError::Timeout, "no message came until the deadline"),
        (&RecvTimeoutError::Closed, "the channel is closed"),
        (&TrySendError::from(SendError(Plain)), "the channel is closed"),
    ];
    for (error, text) in errors {
        assert_eq!(error.to_string(), text);
        assert!(error.source().is_none());
    }
    assert_eq!(TrySendError::from(SendError(1)), TrySendError::Closed(1));
    assert_eq!(SendTimeoutError::from(SendError(1)), SendTimeoutError::Closed(1));
    assert_eq!(TrySendError::Full(1).into_inner() + TrySendError::Closed(2).into_inner(), 3);
}
