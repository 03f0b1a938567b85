//! What each call of the core and of the adapters costs where nobody waits: a message sent and received on one thread.

use core::hint::black_box;
use core::time::Duration;

use criterion::{Criterion, Throughput};
use futures_util::{SinkExt as _, StreamExt as _};
use sakia::mpsc::{self, recycled};
use sakia_benches::block_on::block_on;
use sakia_futures::{ReceiverExt as _, SenderExt as _};

const CAPACITY: usize = 128;
const BATCH: u64 = 32;

fn main() {
    let criterion = Criterion::default().warm_up_time(Duration::from_millis(300)).sample_size(20);
    let mut criterion = criterion.measurement_time(Duration::from_secs(1)).without_plots().configure_from_args();
    by_value(&mut criterion);
    in_batches(&mut criterion);
    in_place(&mut criterion);
    unbounded(&mut criterion);
    adapters(&mut criterion);
    drop_in(&mut criterion);
    criterion.final_summary();
}

fn by_value(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mpsc");
    let (sender, mut receiver) = mpsc::channel(CAPACITY);
    group.bench_function("try_send, try_recv", |bencher| {
        bencher.iter(|| {
            sender.try_send(black_box(1_u64)).unwrap();
            receiver.try_recv().unwrap()
        });
    });
    group.bench_function("send, recv", |bencher| {
        bencher.iter(|| {
            block_on(async {
                sender.send(black_box(1)).await.unwrap();
                receiver.recv().await.unwrap()
            })
        });
    });
    group.bench_function("try_reserve, Permit::send, try_recv", |bencher| {
        bencher.iter(|| {
            sender.try_reserve().unwrap().send(black_box(1));
            receiver.try_recv().unwrap()
        });
    });
    group.bench_function("blocking_send, blocking_recv", |bencher| {
        bencher.iter(|| {
            sender.blocking_send(black_box(1)).unwrap();
            receiver.blocking_recv().unwrap()
        });
    });
    group.bench_function("channel, drop", |bencher| bencher.iter(|| mpsc::channel::<u64>(black_box(32))));
}

fn in_batches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mpsc, batches of 32");
    group.throughput(Throughput::Elements(BATCH));
    let (sender, mut receiver) = mpsc::channel(CAPACITY);
    let mut buffer = Vec::with_capacity(BATCH as usize);
    group.bench_function("send_iter, recv_many", |bencher| {
        bencher.iter(|| {
            block_on(async {
                sender.send_iter(&mut black_box(0..BATCH)).await.unwrap();
                receiver.recv_many(&mut buffer, BATCH as usize).await;
            });
            black_box(&mut buffer).clear();
        });
    });
    group.bench_function("reserve_many, recv_many", |bencher| {
        bencher.iter(|| {
            block_on(async {
                let permits = sender.reserve_many(BATCH as usize).await.unwrap();
                permits.zip(black_box(0..BATCH)).for_each(|(permit, message)| permit.send(message));
                receiver.recv_many(&mut buffer, BATCH as usize).await;
            });
            black_box(&mut buffer).clear();
        });
    });
}

fn in_place(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mpsc::recycled");
    let (sender, mut receiver) = recycled::channel(CAPACITY);
    group.bench_function("try_send_ref, try_recv_ref", |bencher| {
        bencher.iter(|| {
            *sender.try_send_ref().unwrap() = black_box(1_u64);
            *receiver.try_recv_ref().unwrap()
        });
    });
    group.bench_function("send_ref, recv_ref", |bencher| {
        bencher.iter(|| {
            block_on(async {
                *sender.send_ref().await.unwrap() = black_box(1);
                *receiver.recv_ref().await.unwrap()
            })
        });
    });
}

fn unbounded(criterion: &mut Criterion) {
    let (sender, mut receiver) = mpsc::unbounded();
    criterion.bench_function("mpsc::unbounded/send, try_recv", |bencher| {
        bencher.iter(|| {
            sender.send(black_box(1_u64)).unwrap();
            receiver.try_recv().unwrap()
        });
    });
}

fn adapters(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sakia-futures");
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let (mut sink, mut stream) = (sender.into_sink(), receiver.into_stream());
    group.bench_function("SinkExt::send, StreamExt::next", |bencher| {
        bencher.iter(|| {
            block_on(async {
                sink.send(black_box(1_u64)).await.unwrap();
                stream.next().await.unwrap()
            })
        });
    });
    group.bench_function("SinkExt::feed, StreamExt::next", |bencher| {
        bencher.iter(|| {
            block_on(async {
                sink.feed(black_box(1_u64)).await.unwrap();
                stream.next().await.unwrap()
            })
        });
    });
}

fn drop_in(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sakia-tokio");
    let (sender, mut receiver) = sakia_tokio::mpsc::channel(CAPACITY);
    group.bench_function("try_send, try_recv", |bencher| {
        bencher.iter(|| {
            sender.try_send(black_box(1_u64)).unwrap();
            receiver.try_recv().unwrap()
        });
    });
    group.bench_function("send, recv", |bencher| {
        bencher.iter(|| {
            block_on(async {
                sender.send(black_box(1)).await.unwrap();
                receiver.recv().await.unwrap()
            })
        });
    });
}
