//! Channels as streams and sinks, in chains of combinators, on every runtime, on the heap and static, pinned and not.
#![cfg(not(sakia_loom))]

mod futures_support;

use core::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_support::{AnySink, all_ends, ends, expect, later, send_each, sinks};
use futures_util::{
    FutureExt as _, Sink, SinkExt as _, Stream, StreamExt as _, future, select_biased,
    stream::{self, FusedStream as _},
};
use sakia::mpsc::{Receiver, channel};
use sakia_futures::{ReceiverExt as _, ReceiverStream, SenderExt as _, SinkError};
use sakia_tests::{Runtime, Task, for_each_runtime, task, yield_now};

const MANY: u32 = if cfg!(miri) { 50 } else { 2_000 };

/// Runs a body for each kind of channel and sink, with messages 0, 1, .. coming in.
fn over_each<R: Runtime>(receive: impl Fn(Receiver<u32>) -> Task) {
    for (sink, receiver) in all_ends::<u32, 3>() {
        R::run_all([send_each(sink, 0..MANY), receive(receiver)]);
    }
}

fn alone<R: Runtime>() {
    over_each::<R>(|receiver| expect(receiver.into_stream(), 0..MANY, R::NAME));
}

fn borrowed<R: Runtime>() {
    over_each::<R>(|mut receiver| {
        task(async move {
            assert_eq!(receiver.stream().take(2).collect::<Vec<_>>().await, [0, 1]);
            assert_eq!(receiver.recv().await, Some(2));
            let mut rest = receiver.stream();
            for n in 3..MANY {
                assert_eq!(rest.next().await, Some(n));
            }
            assert_eq!((rest.next().await, rest.is_terminated()), (None, true));
            assert_eq!(receiver.recv().await, None);
        })
    });
}

fn map_and_filter<R: Runtime>() {
    over_each::<R>(|receiver| {
        let chain = receiver.into_stream().map(|n| n * 3).filter(|n| later(n % 2 == 0));
        expect(chain, (0..MANY).map(|n| n * 3).filter(|n| n % 2 == 0), R::NAME)
    });
}

fn buffer_unordered<R: Runtime>() {
    over_each::<R>(|receiver| {
        task(async move {
            let mut numbers = receiver.into_stream().map(later).buffer_unordered(8).collect::<Vec<_>>().await;
            numbers.sort();
            assert_eq!(numbers, (0..MANY).collect::<Vec<_>>(), "on {}", R::NAME);
        })
    });
}

fn chunks<R: Runtime>() {
    over_each::<R>(|receiver| {
        let expected = (0..MANY).collect::<Vec<_>>();
        expect(receiver.into_stream().chunks(7), expected.chunks(7).map(<[_]>::to_vec), R::NAME)
    });
}

/// Batches of what is there: all in order, none empty, none too large.
async fn check_batches(batches: impl Stream<Item = Vec<u32>>, limit: usize) {
    let all = batches.collect::<Vec<_>>().await;
    assert!(all.iter().all(|batch| (1..=limit).contains(&batch.len())));
    assert_eq!(all.concat(), (0..MANY).collect::<Vec<_>>());
}

fn ready_chunks<R: Runtime>() {
    over_each::<R>(|receiver| task(check_batches(receiver.into_stream().ready_chunks(2), 2)));
}

fn batches<R: Runtime>() {
    for limit in [1, 2, 100] {
        over_each::<R>(|receiver| task(check_batches(receiver.into_batches(limit), limit)));
    }
    over_each::<R>(|mut receiver| {
        task(async move {
            check_batches(receiver.batches(2), 2).await;
            assert!(receiver.is_closed());
        })
    });
}

fn zip<R: Runtime>() {
    for ((left_sink, left), (right_sink, right)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<u32, 2>()) {
        let zipped = left.into_stream().zip(right.into_stream());
        R::run_all([
            send_each(left_sink, 0..MANY),
            send_each(right_sink, (0..MANY).map(|n| n + 1)),
            expect(zipped, (0..MANY).map(|n| (n, n + 1)), R::NAME),
        ]);
    }
}

fn select<R: Runtime>() {
    for ((even_sink, even), (odd_sink, odd)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<u32, 2>()) {
        let merged = stream::select(even.into_stream(), odd.into_stream());
        let receiving = task(async move {
            let (even, odd): (Vec<_>, Vec<_>) = merged.collect::<Vec<_>>().await.into_iter().partition(|n| n % 2 == 0);
            assert!(even.into_iter().eq((0..MANY).step_by(2)), "on {}", R::NAME);
            assert!(odd.into_iter().eq((1..MANY).step_by(2)), "on {}", R::NAME);
        });
        R::run_all([send_each(even_sink, (0..MANY).step_by(2)), send_each(odd_sink, (1..MANY).step_by(2)), receiving]);
    }
}

fn select_macro<R: Runtime>() {
    for ((sink, receiver), (mut other_sink, other)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<u32, 1>()) {
        let selecting = task(async move {
            let (mut left, mut right) = (receiver.into_stream(), other.into_stream());
            let mut sums = [0; 2];
            loop {
                select_biased! {
                    n = left.select_next_some() => sums[0] += n,
                    n = right.select_next_some() => sums[1] += n,
                    complete => break,
                }
            }
            assert_eq!(sums, [(0..MANY).sum(), MANY], "on {}", R::NAME);
        });
        let ones = task(async move {
            for _ in 0..MANY {
                // A send that was cancelled has not sent.
                while other_sink.send(1).now_or_never().is_none() {
                    yield_now().await;
                }
            }
        });
        R::run_all([send_each(sink, 0..MANY), ones, selecting]);
    }
}

fn forward<R: Runtime>() {
    for ((sink, receiver), (next_sink, next)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<u32, 2>()) {
        let forwarding = task(async move {
            receiver.into_stream().map(|n| Ok(n + 1)).forward(next_sink).await.unwrap();
        });
        R::run_all([send_each(sink, 0..MANY), forwarding, expect(next.into_stream(), 1..=MANY, R::NAME)]);
    }
}

fn send_all_of_ten_thousand_over_one_slot_to_a_slow_receiver<R: Runtime>() {
    const MESSAGES: u32 = if cfg!(miri) { 50 } else { 10_000 };
    for (mut sink, receiver) in all_ends::<u32, 1>() {
        let sending = task(async move {
            sink.send_all(&mut stream::iter(0..MESSAGES).map(Ok)).await.unwrap();
            sink.close().await.unwrap();
        });
        let receiving = task(async move {
            let mut expected = 0..MESSAGES;
            let mut stream = receiver.into_stream();
            while let Some(n) = stream.next().await {
                assert!(stream.get_ref().len() <= 1);
                assert_eq!(Some(n), expected.next(), "on {}", R::NAME);
                if n % 8 == 0 {
                    later(()).await;
                    later(()).await;
                }
            }
            assert_eq!(expected.next(), None, "on {}", R::NAME);
        });
        R::run_all([sending, receiving]);
    }
}

fn fanout<R: Runtime>() {
    for ((left_sink, left), (right_sink, right)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<u32, 5>()) {
        let mut sink = left_sink.fanout(right_sink);
        let sending = task(async move {
            sink.send_all(&mut stream::iter(0..MANY).map(Ok)).await.unwrap();
            sink.close().await.unwrap();
        });
        let left = expect(left.into_stream(), 0..MANY, R::NAME);
        R::run_all([sending, left, expect(right.into_stream(), 0..MANY, R::NAME)]);
    }
}

fn with_and_flat_map_and_buffer<R: Runtime>() {
    for (sink, receiver) in all_ends::<u32, 1>() {
        let doubled = sink.with(|n: u32| future::ok::<_, SinkError<u32>>(2 * n));
        let twice = doubled.with_flat_map(|n: u32| stream::iter([n, n]).map(Ok));
        let mut sink = twice.buffer(4);
        let sending = task(async move {
            for n in 0..MANY {
                sink.feed(n).await.unwrap();
            }
            sink.close().await.unwrap();
        });
        let expected = (0..MANY).flat_map(|n| [2 * n, 2 * n]);
        R::run_all([sending, expect(receiver.into_stream(), expected, R::NAME)]);
    }
}

/// A connection: requests go out as replies come in.
struct Connection {
    requests: AnySink<u32>,
    replies: ReceiverStream<Receiver<String>>,
}

impl Stream for Connection {
    type Item = String;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<String>> {
        self.replies.poll_next_unpin(context)
    }
}

impl Sink<u32> for Connection {
    type Error = SinkError<u32>;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.requests.poll_ready_unpin(context)
    }

    fn start_send(mut self: Pin<&mut Self>, request: u32) -> Result<(), Self::Error> {
        self.requests.start_send_unpin(request)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.requests.poll_flush_unpin(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.requests.poll_close_unpin(context)
    }
}

fn split_into_requests_and_replies<R: Runtime>() {
    for ((requests, requested), (replier, replied)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<String, 1>()) {
        let connection = Connection { requests, replies: replied.into_stream() };
        let (mut out, replies) = connection.split();
        let server = task(async move {
            requested.into_stream().map(|n| Ok(format!("reply {n}"))).forward(replier).await.unwrap();
        });
        let client = task(async move {
            for n in 0..MANY {
                out.send(n).await.unwrap();
            }
            out.close().await.unwrap();
        });
        R::run_all([server, client, expect(replies, (0..MANY).map(|n| format!("reply {n}")), R::NAME)]);
    }
}

fn a_hundred_sinks_never_exceed_the_capacity<R: Runtime>() {
    const CAPACITY: usize = 3;
    for (sender, receiver) in ends::<u32, CAPACITY>() {
        let all: Vec<_> = (0..50).flat_map(|_| sinks(&sender)).collect();
        drop(sender);
        // The minimal executor runs 32 tasks at most.
        let mut all = all.into_iter();
        let groups = core::iter::from_fn(|| Some(all.by_ref().take(5).collect::<Vec<_>>()).filter(|g| !g.is_empty()));
        let sending = groups.map(|mut group| {
            task(async move {
                let sends = group.iter_mut().map(|sink| async move {
                    for n in 0..5 {
                        sink.feed(n).await.unwrap();
                        yield_now().await;
                    }
                    sink.close().await.unwrap();
                });
                future::join_all(sends).await;
            })
        });
        let mut tasks: Vec<_> = sending.collect();
        tasks.push(task(async move {
            let mut stream = receiver.into_stream();
            let mut received = 0;
            while stream.next().await.is_some() {
                received += 1;
                let receiver = stream.get_ref();
                assert!(receiver.len() <= CAPACITY && receiver.capacity() <= CAPACITY);
            }
            assert_eq!(received, 500, "on {}", R::NAME);
        }));
        R::run_all(tasks);
    }
}

fn a_pipeline_of_channels<R: Runtime>() {
    let (first, mut stream) = channel::<u32>(1);
    let mut tasks = vec![send_each(Box::pin(first.into_sink()), 0..MANY)];
    for _ in 0..10 {
        let (sender, receiver) = channel(1);
        let chain = stream.into_stream().map(|n| Ok(n + 1));
        tasks.push(task(async move { chain.forward(sender.into_sink()).await.unwrap() }));
        stream = receiver;
    }
    tasks.push(expect(stream.into_stream(), (0..MANY).map(|n| n + 10), R::NAME));
    R::run_all(tasks);
}

for_each_runtime!(
    alone,
    borrowed,
    map_and_filter,
    buffer_unordered,
    chunks,
    ready_chunks,
    batches,
    zip,
    select,
    select_macro,
    forward,
    send_all_of_ten_thousand_over_one_slot_to_a_slow_receiver,
    fanout,
    with_and_flat_map_and_buffer,
    split_into_requests_and_replies,
    a_hundred_sinks_never_exceed_the_capacity,
    a_pipeline_of_channels,
);
