//! Adapters: a pinned sink on one end of a static channel, a chain of stream combinators on the other.

use core::{future::ready, pin::pin};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc::{StaticChannel, recycled};
use sakia_executor::executor;
use sakia_futures::{ReceiverExt as _, SenderExt as _};

use crate::ticker::Ticker;

const SAMPLES: u32 = 1_000;

static CHANNEL: StaticChannel<u32, 4> = StaticChannel::new();
static LINES: recycled::StaticChannel<[u32; 4], 2> = recycled::StaticChannel::new();

/// The check.
pub fn check(ticker: &mut Ticker) {
    by_value(ticker);
    in_place(ticker);
}

fn by_value(ticker: &mut Ticker) {
    let (sender, receiver) = CHANNEL.split();
    let mut sum = 0;
    {
        let mut sending = pin!(async {
            let mut sink = pin!(sender.into_pinned_sink());
            sink.send_all(&mut stream::iter((0..SAMPLES).map(Ok))).await.expect("open");
            sink.close().await.expect("closing does not fail");
        });
        let mut receiving = pin!(async {
            let even = receiver.into_stream().enumerate().map(|(n, sample)| {
                assert_eq!(n as u32, sample, "out of order");
                sample
            });
            sum = even.filter(|sample| ready(sample % 2 == 0)).fold(0, |sum, sample| ready(sum + sample)).await;
        });
        let mut executor = executor!(2);
        executor.spawn(sending.as_mut()).expect("a place");
        executor.spawn(receiving.as_mut()).expect("a place");
        ticker.run(&mut executor, None);
        assert!(executor.polls() <= 2 * SAMPLES as usize + 4, "{} polls", executor.polls());
    }
    assert_eq!(sum, (0..SAMPLES).filter(|sample| sample % 2 == 0).sum::<u32>());
}

fn in_place(ticker: &mut Ticker) {
    let (sender, mut receiver) = LINES.split();
    let mut received = 0;
    {
        let fill = |n: u32, line: &mut [u32; 4]| line.fill(n);
        let mut sending = pin!(async {
            let mut sink = pin!(sender.into_pinned_encoder_sink(fill));
            sink.send_all(&mut stream::iter((1..=SAMPLES).map(Ok))).await.expect("open");
            sink.close().await.expect("closing does not fail");
        });
        let mut receiving = pin!(async {
            while let Some(line) = receiver.recv_ref().await {
                received += 1;
                assert_eq!(*line, [received; 4], "out of order");
            }
        });
        let mut executor = executor!(2);
        executor.spawn(sending.as_mut()).expect("a place");
        executor.spawn(receiving.as_mut()).expect("a place");
        ticker.run(&mut executor, None);
    }
    assert_eq!(received, SAMPLES);
}
