//! One stream of measurements into two channels at once: one task keeps the sum, another, slower one, the extremes. The
//! slower one sets the pace, and neither channel ever holds more than its capacity.

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc;
use sakia_futures::{ReceiverExt as _, SenderExt as _};

#[tokio::main]
async fn main() {
    let (to_sum, summed) = mpsc::channel(8);
    let (to_extremes, compared) = mpsc::channel(1);

    let sending = tokio::spawn(async move {
        let mut measurements = stream::iter(1..=1_000).map(|n| Ok(n * 7_919 % 1_009));
        let mut both = to_sum.into_sink().fanout(to_extremes.into_sink());
        both.send_all(&mut measurements).await?;
        both.close().await
    });
    let sum = tokio::spawn(summed.into_stream().fold(0, async |sum, n| sum + n));
    let extremes = tokio::spawn(compared.into_stream().fold((i32::MAX, i32::MIN), async |(least, most), n| {
        tokio::task::yield_now().await;
        (n.min(least), n.max(most))
    }));

    sending.await.expect("the task does not panic").expect("the receivers were there until the end");
    println!("sum {}", sum.await.expect("the task does not panic"));
    println!("extremes {:?}", extremes.await.expect("the task does not panic"));
}
