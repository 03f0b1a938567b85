//! The drop-in for tokio's channels. Its handles of a static are the core's, converted.

use core::{future::poll_fn, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc::StaticChannel;
use sakia_tests::yield_now;
use sakia_tokio::{
    PollSender,
    mpsc::{self, Receiver, Sender},
    wrappers::{ReceiverStream, UnboundedReceiverStream},
};

use super::{MESSAGES, Place, Row, Tasks, expect_all, tasks, unbounded::GROWS};

/// The order of tokio's channels.
static CHANNEL: StaticChannel<u64, 3> = StaticChannel::with_overtaking(0);

fn channel(place: Place) -> (Sender<u64>, Receiver<u64>) {
    match place {
        Place::Heap => mpsc::channel(3),
        Place::Static => {
            let (sender, receiver) = CHANNEL.split();
            (sender.try_into().unwrap(), receiver.try_into().unwrap())
        }
    }
}

/// A row for a call that sends.
macro_rules! sends {
    ($call:literal, |$sender:ident, $n:ident| $body:expr) => {
        Row::new("tokio sender", $call, |place| {
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

/// A row for what receives.
macro_rules! receives {
    ($of:literal, $call:literal, |$receiver:ident| $body:expr) => {
        Row::new($of, $call, |place| {
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
            let mut sink = PollSender::new(sender);
            assert!(sink.send_all(&mut stream::iter((0..MESSAGES).map(Ok))).await.is_ok());
        },
        async move {
            expect_all!(receiver.recv().await);
        }
    )
}

fn unbounded(place: Place) -> Tasks {
    if place == Place::Static {
        return Err(GROWS);
    }
    let (sender, receiver) = mpsc::unbounded_channel();
    tasks!(
        async move {
            for n in 0..MESSAGES {
                sender.send(n).unwrap();
                yield_now().await;
            }
        },
        async move {
            let all: Vec<u64> = UnboundedReceiverStream::new(receiver).collect().await;
            assert!(all.into_iter().eq(0..MESSAGES));
        }
    )
}

pub(crate) const ROWS: &[Row] = &[
    sends!("send", |sender, n| sender.send(n).await.unwrap()),
    Row {
        only_tokio: Some("its timer is tokio's, and panics outside of its runtime"),
        ..sends!("send_timeout", |sender, n| sender.send_timeout(n, Duration::from_secs(60)).await.unwrap())
    },
    sends!("reserve", |sender, n| sender.reserve().await.unwrap().send(n)),
    sends!("reserve_many", |sender, n| sender.reserve_many(1).await.unwrap().for_each(|permit| permit.send(n))),
    Row::new("tokio sender", "reserve_owned", reserve_owned),
    Row::new("tokio sender", "closed", closed),
    Row::new("tokio PollSender", "send_all", poll_sender),
    receives!("tokio receiver", "recv", |receiver| expect_all!(receiver.recv().await)),
    receives!("tokio receiver", "poll_recv", |receiver| {
        expect_all!(poll_fn(|context| receiver.poll_recv(context)).await)
    }),
    receives!("tokio receiver", "recv_many", |receiver| {
        let mut all = vec![];
        while receiver.recv_many(&mut all, 7).await > 0 {}
        assert!(all.into_iter().eq(0..MESSAGES));
    }),
    receives!("tokio ReceiverStream", "next", |receiver| {
        let mut stream = ReceiverStream::new(receiver);
        expect_all!(stream.next().await);
        receiver = stream.into_inner();
        assert!(receiver.is_closed());
    }),
    Row::new("tokio UnboundedReceiverStream", "collect", unbounded),
];
