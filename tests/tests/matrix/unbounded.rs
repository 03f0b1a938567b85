//! The async calls of channels without a bound.

use core::future::poll_fn;

use sakia::mpsc::{Receiver, UnboundedSender, unbounded};
use sakia_tests::yield_now;

use super::{MESSAGES, Place, Reason, Row, Tasks, expect_all, tasks};

pub(crate) const GROWS: Reason = "a channel without a bound grows, on the heap";

fn channel(place: Place) -> Result<(UnboundedSender<u64>, Receiver<u64>), Reason> {
    match place {
        Place::Heap => Ok(unbounded()),
        Place::Static => Err(GROWS),
    }
}

/// A row for a call that receives.
macro_rules! receives {
    ($call:literal, |$receiver:ident| $body:expr) => {
        Row::new("receiver, unbounded", $call, |place| {
            let (sender, mut $receiver) = channel(place)?;
            tasks!(
                async move {
                    for n in 0..MESSAGES {
                        sender.send(n).unwrap();
                        yield_now().await;
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
    let (sender, mut receiver) = channel(place)?;
    tasks!(async move { sender.closed().await }, async move { receiver.close() })
}

pub(crate) const ROWS: &[Row] = &[
    Row::new("unbounded sender", "closed", closed),
    receives!("recv", |receiver| expect_all!(receiver.recv().await)),
    receives!("poll_recv", |receiver| expect_all!(poll_fn(|context| receiver.poll_recv(context)).await)),
    receives!("recv_many", |receiver| {
        let mut all = vec![];
        while receiver.recv_many(&mut all, 7).await > 0 {}
        assert!(all.into_iter().eq(0..MESSAGES));
    }),
];
