//! Log records encoded straight into slots that are recycled, and read there: after the first few, nothing is allocated.

use core::fmt::Write as _;

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc::recycled;
use sakia_futures::{ReceiverExt as _, SenderExt as _};

#[derive(Clone, Copy)]
struct Record {
    worker: u32,
    micros: u64,
}

fn encode(record: Record, line: &mut String) -> core::fmt::Result {
    write!(line, "worker {} took {} us", record.worker, record.micros)
}

#[tokio::main]
async fn main() {
    let (sender, receiver) = recycled::channel::<String>(4);

    let sending = tokio::spawn(async move {
        let mut records = stream::iter(0..1_000).map(|n| Ok(Record { worker: n % 4, micros: u64::from(n) * 7 }));
        let mut sink = sender.into_encoder_sink(encode);
        sink.send_all(&mut records).await?;
        sink.close().await
    });
    let (lines, bytes) =
        receiver.into_stream().fold((0, 0), async |(lines, bytes), line| (lines + 1, bytes + line.len())).await;

    sending.await.expect("the task does not panic").expect("the receiver was there until the end");
    println!("lines {lines}, bytes {bytes}");
}
