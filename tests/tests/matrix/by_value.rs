//! The async calls of channels by value.

use core::{
    future::{pending, poll_fn},
    pin::pin,
};

use sakia::mpsc::{BoxedPollSender, Builder, PollSender, Receiver, Sender, StaticChannel};

use super::{MESSAGES, Place, Row, Tasks, expect_all, tasks};

static CHANNEL: StaticChannel<u64, 3> = StaticChannel::with_overtaking(0);

pub(crate) fn channel(place: Place) -> (Sender<u64>, Receiver<u64>) {
    match place {
        Place::Heap => Builder::new(3).overtaking(0).channel(),
        Place::Static => CHANNEL.split(),
    }
}

/// A row for a call that sends.
macro_rules! sends {
    ($call:literal, |$sender:ident, $n:ident| $body:expr) => {
        Row::new("sender", $call, |place| {
            let ($sender, mut receiver) = channel(place);
            tasks!(
                async move {
                    for $n in 0..MESSAGES {
                        $body
                    }
                },
                async move {
                    expect_all!(receiver.recv().await);
                }
            )
        })
    };
}

/// A row for a call that receives.
macro_rules! receives {
    ($call:literal, |$receiver:ident| $body:expr) => {
        Row::new("receiver", $call, |place| {
            let (sender, mut $receiver) = channel(place);
            tasks!(
                async move {
                    for n in 0..MESSAGES {
                        sender.send(n).await.unwrap();
                    }
                },
                async move {
                    $body;
                }
            )
        })
    };
}

fn closed(place: Place) -> Tasks {
    let (sender, mut receiver) = channel(place);
    tasks!(async move { sender.closed().await }, async move { receiver.close() })
}

fn reserve_owned(place: Place) -> Tasks {
    let (mut sender, mut receiver) = channel(place);
    tasks!(
        async move {
            for n in 0..MESSAGES {
                sender = sender.reserve_owned().await.unwrap().send(n);
            }
        },
        async move {
            expect_all!(receiver.recv().await);
        }
    )
}

fn poll_sender(place: Place) -> Tasks {
    let (sender, mut receiver) = channel(place);
    tasks!(
        async move {
            let mut sender = pin!(PollSender::new(sender));
            for n in 0..MESSAGES {
                poll_fn(|context| sender.as_mut().poll_ready(context)).await.unwrap();
                sender.as_mut().start_send(n).unwrap();
            }
        },
        async move {
            expect_all!(receiver.recv().await);
        }
    )
}

fn boxed_poll_sender(place: Place) -> Tasks {
    let (sender, mut receiver) = channel(place);
    tasks!(
        async move {
            let mut sender = BoxedPollSender::new(sender);
            for n in 0..MESSAGES {
                poll_fn(|context| sender.poll_ready(context)).await.unwrap();
                sender.start_send(n).unwrap();
            }
        },
        async move {
            expect_all!(receiver.recv().await);
        }
    )
}

pub(crate) const ROWS: &[Row] = &[
    sends!("send", |sender, n| sender.send(n).await.unwrap()),
    sends!("send_before", |sender, n| sender.send_before(n, pending::<()>()).await.unwrap()),
    sends!("send_iter", |sender, n| assert_eq!(sender.send_iter(&mut core::iter::once(n)).await.unwrap(), 1)),
    sends!("reserve", |sender, n| sender.reserve().await.unwrap().send(n)),
    sends!("reserve_in_turn", |sender, n| sender.reserve_in_turn().await.unwrap().send(n)),
    sends!("reserve_many", |sender, n| sender.reserve_many(1).await.unwrap().for_each(|permit| permit.send(n))),
    Row::new("sender", "reserve_owned", reserve_owned),
    Row::new("sender", "closed", closed),
    Row::new("PollSender", "poll_ready", poll_sender),
    Row::new("BoxedPollSender", "poll_ready", boxed_poll_sender),
    receives!("recv", |receiver| expect_all!(receiver.recv().await)),
    receives!("poll_recv", |receiver| expect_all!(poll_fn(|context| receiver.poll_recv(context)).await)),
    receives!("peek", |receiver| expect_all!({
        let peeked = receiver.peek().await.copied();
        assert_eq!(peeked, receiver.recv().await);
        peeked
    })),
    receives!("recv_many", |receiver| {
        let mut all = vec![];
        while receiver.recv_many(&mut all, 7).await > 0 {}
        assert!(all.into_iter().eq(0..MESSAGES));
    }),
    receives!("poll_recv_many", |receiver| {
        let mut all = vec![];
        while poll_fn(|context| receiver.poll_recv_many(context, &mut all, 7)).await > 0 {}
        assert!(all.into_iter().eq(0..MESSAGES));
    }),
];
