//! A channel in a `static` as a sink and a stream, in a chain of combinators, without an allocator: as it is done in
//! firmware.

use core::{future::ready, pin::pin};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use sakia::mpsc::{StaticChannel, StaticReceiver, StaticSender};
use sakia_examples::allocations::{CountingAllocator, count, total};
use sakia_futures::{ReceiverExt as _, SenderExt as _};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

static SAMPLES: StaticChannel<i32, 4> = StaticChannel::new();

/// Sends a triangle wave. The sink waits for room with a place in the queue that is inside it, so it is pinned.
async fn sample(sender: StaticSender<i32>) {
    let mut sink = pin!(sender.into_pinned_sink());
    let mut wave = stream::iter((0..1_000).map(|n: i32| Ok((n % 100 - 50).abs())));
    sink.send_all(&mut wave).await.expect("the receiver is there until the end");
    sink.close().await.expect("closing does not fail");
}

/// How often the samples rise above a threshold.
async fn count_peaks(receiver: StaticReceiver<i32>) -> usize {
    let above = receiver.into_stream().map(|sample| sample > 40);
    let rises = above.scan(true, |before, now| ready(Some(!core::mem::replace(before, now) && now)));
    rises.filter(|rise| ready(*rise)).count().await
}

fn run() -> usize {
    let (sender, receiver) = SAMPLES.split();
    let mut peaks = 0;
    {
        let mut sampling = pin!(sample(sender));
        let mut counting = pin!(async { peaks = count_peaks(receiver).await });
        let mut executor = sakia_executor::executor!(2);
        executor.spawn(sampling.as_mut()).expect("there is a place for two tasks");
        executor.spawn(counting.as_mut()).expect("there is a place for two tasks");
        executor.run(std::thread::yield_now);
    }
    peaks
}

fn main() {
    let peaks = count(run);
    println!("peaks {peaks}, allocations {}", total());
}
