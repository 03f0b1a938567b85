//! The async calls of channels whose messages are written in place.

use core::future::{pending, poll_fn};

use sakia::mpsc::{
    Builder,
    recycled::{BoxedPollSender, Receiver, Sender, StaticChannel},
};

use super::{MESSAGES, Place, Row, Tasks, expect_all, tasks};

static CHANNEL: StaticChannel<u64, 3> = StaticChannel::new();

pub(crate) fn channel(place: Place) -> (Sender<u64>, Receiver<u64>) {
    match place {
        Place::Heap => Builder::new(3).recycled(),
        Place::Static => CHANNEL.split(),
    }
}

/// A row for a call that sends.
macro_rules! sends {
    ($call:literal, |$sender:ident, $n:ident| $body:expr) => {
        Row::new("sender of slots", $call, |place| {
            let ($sender, mut receiver) = channel(place);
            tasks!(
                async move {
                    for $n in 0..MESSAGES {
                        $body
                    }
                },
                async move {
                    expect_all!(receiver.recv_ref().await.map(|slot| *slot));
                }
            )
        })
    };
}

/// A row for a call that receives.
macro_rules! receives {
    ($call:literal, |$receiver:ident| $body:expr) => {
        Row::new("receiver of slots", $call, |place| {
            let (sender, mut $receiver) = channel(place);
            tasks!(
                async move {
                    for n in 0..MESSAGES {
                        *sender.send_ref().await.unwrap() = n;
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

pub(crate) const ROWS: &[Row] = &[
    sends!("send_ref", |sender, n| *sender.send_ref().await.unwrap() = n),
    sends!("send_ref_before", |sender, n| *sender.send_ref_before(pending::<()>()).await.unwrap() = n),
    sends!("send_ref_owned", |sender, n| *sender.clone().send_ref_owned().await.unwrap() = n),
    sends!("reserve_ref", |sender, n| {
        let mut slot = sender.reserve_ref().await.unwrap();
        *slot = n;
        slot.send();
    }),
    sends!("reserve_ref_before", |sender, n| {
        let mut slot = sender.reserve_ref_before(pending::<()>()).await.unwrap();
        *slot = n;
        slot.send();
    }),
    sends!("reserve_ref_owned", |sender, n| {
        let mut slot = sender.clone().reserve_ref_owned().await.unwrap();
        *slot = n;
        drop(slot.send());
    }),
    sends!("send", |sender, n| sender.send(n).await.unwrap()),
    sends!("send_before", |sender, n| sender.send_before(n, pending::<()>()).await.unwrap()),
    Row::new("sender of slots", "closed", closed),
    receives!("recv_ref", |receiver| expect_all!(receiver.recv_ref().await.map(|slot| *slot))),
    receives!("poll_recv_ref", |receiver| {
        expect_all!(poll_fn(|context| receiver.poll_recv_ref(context).map(|slot| slot.map(|slot| *slot))).await)
    }),
    receives!("recv_ref_owned", |receiver| expect_all!(receiver.recv_ref_owned().await.map(|slot| *slot))),
    receives!("recv", |receiver| expect_all!(receiver.recv().await)),
    receives!("recv_many_ref", |receiver| {
        let mut all = vec![];
        loop {
            let batch = receiver.recv_many_ref(7).await;
            if batch.is_empty() {
                break;
            }
            all.extend(batch.iter().copied());
        }
        assert!(all.into_iter().eq(0..MESSAGES));
    }),
    receives!("recv_many", |receiver| {
        let mut all = vec![];
        while receiver.recv_many(&mut all, 7).await > 0 {}
        assert!(all.into_iter().eq(0..MESSAGES));
    }),
    Row::new("BoxedPollSender of slots", "poll_ready", |place| {
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
    }),
];
