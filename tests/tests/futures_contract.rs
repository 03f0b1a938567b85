//! What streams and sinks promise: wakes, polls, turns that are passed on, and ends in every order.
#![cfg(not(sakia_loom))]

mod behaviour;
mod futures_support;

use core::{
    pin::Pin,
    sync::atomic::Ordering::SeqCst,
    task::{Context, Poll},
};
use std::sync::Arc;

use behaviour::{Drops, Message, now, panic_of, parked, strict};
use futures_support::{AnySink, all_ends, ends, sinks};
use futures_util::{
    FutureExt as _, SinkExt as _, Stream as _, StreamExt as _,
    future::ready,
    select_biased,
    stream::{self, FusedStream as _},
};
use sakia::mpsc::{PollReceive, Receiver, Sender, channel, errors::SendError};
use sakia_futures::{Borrowed, ReadyBatches, ReceiverExt as _, ReceiverStream, SenderExt as _, SinkError};
use sakia_tests::{FlagWaker, Runtime, count_polls, for_each_runtime, task, yield_now};

fn poll_ready<T>(sink: &mut AnySink<T>, flag: &Arc<FlagWaker>) -> Poll<Result<(), SinkError<T>>> {
    sink.as_mut().poll_ready(&mut Context::from_waker(&flag.waker()))
}

fn poll_next<R: PollReceive>(stream: &mut ReceiverStream<R>, flag: &Arc<FlagWaker>) -> Poll<Option<R::Item>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(&flag.waker()))
}

#[test]
fn ready_means_that_the_next_message_can_be_sent() {
    for (mut sink, mut receiver) in all_ends::<u32, 1>() {
        let flag = FlagWaker::new();
        for n in 0..100 {
            // Ready stays ready, without reserving more.
            (0..3).for_each(|_| assert_eq!(poll_ready(&mut sink, &flag), Poll::Ready(Ok(()))));
            assert_eq!(receiver.capacity(), 0);
            assert_eq!(sink.start_send_unpin(n), Ok(()));
            assert!(poll_ready(&mut sink, &flag).is_pending());
            let panic = panic_of(|| sink.start_send_unpin(n)).expect("nothing is reserved");
            assert!(panic.message.contains("`start_send` without `poll_ready`"), "{}", panic.message);
            assert_eq!(now(sink.flush()), Ok(()), "flushed is not received");
            assert_eq!((receiver.len(), receiver.try_recv()), (1, Ok(n)));
            assert_eq!(flag.take(), 1);
        }
    }
}

#[test]
fn one_change_of_state_wakes_once() {
    for (sender, receiver) in ends::<u32, 1>() {
        let mut stream = receiver.into_stream();
        for mut sink in sinks(&sender) {
            let (receives, sends) = (FlagWaker::new(), FlagWaker::new());
            for n in 0..100 {
                (0..3).for_each(|_| assert!(poll_next(&mut stream, &receives).is_pending()));
                sender.try_send(n).unwrap();
                assert_eq!((receives.take(), sends.take()), (1, 0));
                (0..3).for_each(|_| assert!(poll_ready(&mut sink, &sends).is_pending()));
                assert_eq!(poll_next(&mut stream, &receives), Poll::Ready(Some(n)));
                assert_eq!((receives.take(), sends.take()), (0, 1));
                assert_eq!(poll_ready(&mut sink, &sends), Poll::Ready(Ok(())));
                assert!(poll_next(&mut stream, &receives).is_pending());
                assert_eq!((receives.take(), sends.take()), (0, 0));
                assert_eq!(sink.start_send_unpin(n), Ok(()));
                assert_eq!((receives.take(), sends.take()), (1, 0));
                assert_eq!(poll_next(&mut stream, &receives), Poll::Ready(Some(n)));
                assert_eq!((receives.take(), sends.take()), (0, 0));
            }
        }
    }
}

#[test]
fn errors_tell_that_it_is_closed_and_give_the_message_back() {
    for (sender, receiver) in ends::<u32, 1>() {
        for mut sink in sinks(&sender) {
            let flag = FlagWaker::new();
            assert_eq!(poll_ready(&mut sink, &flag), Poll::Ready(Ok(())));
            assert_eq!(now(sink.close()), Ok(()));
            assert_eq!(sink.start_send_unpin(7).unwrap_err().into_inner(), Some(7), "closed here");
            let Poll::Ready(Err(error)) = poll_ready(&mut sink, &flag) else { panic!("the sink is closed") };
            assert_eq!((error.to_string(), error.into_inner()), ("the channel is closed".into(), None));
            assert_eq!(now(sink.close()), Ok(()), "again");
        }
        let [mut first, mut second] = sinks(&sender);
        let flag = FlagWaker::new();
        assert_eq!(poll_ready(&mut first, &flag), Poll::Ready(Ok(())));
        assert!(poll_ready(&mut second, &flag).is_pending());
        drop(receiver);
        assert_eq!(flag.take(), 1);
        assert_eq!(first.start_send_unpin(8).unwrap_err().into_inner(), Some(8), "the receiver is gone");
        assert!(matches!(poll_ready(&mut second, &flag), Poll::Ready(Err(_))));
    }
    let error = SinkError::from(SendError(String::new()));
    assert_eq!((format!("{error:?}"), SendError::from(error)), ("SinkError(Some(..))".into(), SendError(())));
}

#[test]
fn the_channel_is_closed_with_the_last_sink() {
    for (mut sink, receiver) in all_ends::<u32, 2>() {
        let mut stream = receiver.into_stream();
        now(sink.send(1)).unwrap();
        now(sink.close()).unwrap();
        assert_eq!(now(stream.next()), Some(1));
        assert_eq!((now(stream.next()), stream.is_terminated()), (None, true));
    }
    let (sender, mut receiver) = channel::<u32>(2);
    let mut sink = sender.into_sink();
    let mut clone = sink.clone();
    now(sink.close()).unwrap();
    now(clone.send(1)).unwrap();
    assert_eq!((receiver.try_recv(), receiver.is_closed()), (Ok(1), false));
    assert!(sink.clone().get_ref().sender().is_none(), "the clone of a closed one is closed");
    now(clone.close()).unwrap();
    assert!(receiver.is_closed());
}

#[test]
fn clones_wait_for_nothing_and_have_nothing_reserved() {
    let (sender, receiver) = strict::<u32>(1);
    let mut sink = sender.clone().into_sink();
    now(sink.feed(0)).unwrap();
    assert!(sink.feed(1).now_or_never().is_none());
    let mut clone = sink.clone();
    drop(sink);
    assert!(panic_of(|| clone.start_send_unpin(2)).is_some());
    let pinned = sender.into_pinned_sink();
    drop((pinned.clone(), pinned));
    assert_eq!(receiver.sender_strong_count(), 1);
}

#[test]
fn a_sink_that_ends_waiting_or_reserved_passes_its_turn_on() {
    type End = fn(AnySink<u32>);
    let ends: [(&str, End); 2] = [
        ("dropped", |sink| drop(sink)),
        ("closed", |mut sink| {
            now(sink.close()).unwrap();
            core::mem::forget(sink);
        }),
    ];
    for (name, end) in ends {
        for reserved in [false, true] {
            let (sender, mut receiver) = strict(1);
            for mut sink in sinks(&sender) {
                let flag = FlagWaker::new();
                sender.try_send(1).unwrap();
                assert!(poll_ready(&mut sink, &flag).is_pending());
                let mut behind = parked(sender.send(2));
                assert_eq!(receiver.try_recv(), Ok(1));
                assert_eq!((flag.take(), behind.wakes()), (1, 0));
                if reserved {
                    assert_eq!(poll_ready(&mut sink, &flag), Poll::Ready(Ok(())));
                }
                end(sink);
                assert_eq!((flag.take(), behind.wakes()), (0, 1), "{name}, {reserved}");
                assert_eq!((behind.ready(), receiver.try_recv()), (Ok(()), Ok(2)));
            }
        }
    }
}

#[test]
fn a_sink_dropped_with_a_slot_that_it_never_waited_for_gives_it_back() {
    for (sender, receiver) in ends::<u32, 1>() {
        for mut sink in sinks(&sender) {
            assert_eq!(poll_ready(&mut sink, &FlagWaker::new()), Poll::Ready(Ok(())));
            assert_eq!(receiver.capacity(), 0);
            drop(sink);
            assert_eq!(receiver.capacity(), 1);
        }
    }
}

#[test]
fn a_cancelled_send_has_not_sent_keeps_its_turn_and_gives_it_up_when_asked() {
    let (sender, mut receiver) = strict::<u32>(1);
    let mut sink = sender.clone().into_sink();
    let mut pinned = Box::pin(sender.clone().into_pinned_sink());
    for round in 0..2 {
        sender.try_send(0).unwrap();
        if round == 0 {
            assert!(sink.send(1).now_or_never().is_none());
        } else {
            assert!(pinned.send(1).now_or_never().is_none());
        }
        let mut behind = parked(sender.send(2));
        assert_eq!((receiver.try_recv(), behind.wakes()), (Ok(0), 0));
        let given_up = if round == 0 { sink.get_mut().abort() } else { pinned.as_mut().get_pin_mut().abort() };
        assert!(given_up);
        assert_eq!((behind.wakes(), behind.ready()), (1, Ok(())));
        assert_eq!(receiver.try_recv(), Ok(2));
    }
    // Kept, it is the next message's.
    sender.try_send(0).unwrap();
    assert!(sink.send(1).now_or_never().is_none());
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!(now(sink.send(3)), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(3));
}

#[test]
fn a_cancelled_next_has_taken_nothing() {
    for (sender, receiver) in ends::<u32, 4>() {
        let mut stream = receiver.into_stream();
        for n in 0..1_000 {
            let waiting = parked(stream.next());
            sender.try_send(n).unwrap();
            assert_eq!(waiting.wakes(), 1);
            drop(waiting);
            assert_eq!(now(stream.next()), Some(n));
        }
        let mut batches = stream.into_inner().into_batches(4);
        for n in 0..1_000 {
            let waiting = parked(batches.next());
            sender.try_send(n).unwrap();
            drop(waiting);
            assert_eq!(now(batches.next()), Some(vec![n]));
        }
    }
}

#[test]
fn size_hints_are_exact_where_they_can_be() {
    for (sender, receiver) in ends::<u32, 5>() {
        let mut stream = receiver.into_stream();
        assert_eq!(stream.size_hint(), (0, None));
        (0..3).for_each(|n| sender.try_send(n).unwrap());
        let permit = sender.try_reserve().unwrap();
        assert_eq!(stream.size_hint(), (3, None));
        stream.close();
        assert_eq!(stream.size_hint(), (3, Some(4)), "one permit is out");
        let batches = ReadyBatches::<_, Vec<u32>>::new(Borrowed(stream.get_mut()), 2);
        assert_eq!((batches.size_hint(), batches.limit()), ((2, Some(4)), 2));
        permit.send(3);
        assert_eq!(stream.size_hint(), (4, Some(4)));
        assert_eq!(now(stream.by_ref().collect::<Vec<_>>()), [0, 1, 2, 3]);
        assert_eq!((stream.size_hint(), stream.is_terminated()), ((0, Some(0)), true));
        assert_eq!(now(stream.next()), None);
    }
    let (sender, receiver) = channel::<u32>(1);
    let mut batches = receiver.into_batches(3);
    drop(sender);
    assert!(!batches.is_terminated());
    assert_eq!((now(batches.next()), batches.is_terminated(), batches.size_hint()), (None, true, (0, Some(0))));
}

#[test]
fn ends_come_out_of_their_adapters() {
    let (sender, receiver) = channel::<u32>(3);
    let mut sink = sender.into_sink();
    assert!(sink.get_mut().sender().is_some());
    now(sink.send_all(&mut stream::iter(0..3).map(Ok))).unwrap();
    let sender = sink.into_inner().sender().cloned().unwrap();
    let mut stream = receiver.into_stream();
    assert_eq!((stream.get_ref().len(), stream.get_mut().try_recv()), (3, Ok(0)));
    let mut batches = stream.into_inner().into_batches(1);
    assert_eq!((batches.get_ref().len(), batches.get_mut().try_recv()), (2, Ok(1)));
    batches.close();
    assert!(sender.is_closed());
    assert_eq!(now(batches.next()), Some(vec![2]));
    assert_eq!(batches.into_inner().len(), 0);
}

#[test]
fn a_batch_of_nothing_is_refused() {
    let (_sender, mut receiver) = channel::<u32>(1);
    let panic = panic_of(|| drop(receiver.batches(0))).unwrap();
    assert!(panic.message.contains("one message at least"));
    assert!(panic.file.ends_with("futures_contract.rs"), "{}", panic.file);
}

#[test]
fn messages_of_a_batch_that_panics_while_it_is_filled_come_with_the_next() {
    #[derive(Debug, Default)]
    struct Moody(Vec<u32>);

    impl Extend<u32> for Moody {
        fn extend<I: IntoIterator<Item = u32>>(&mut self, messages: I) {
            for message in messages {
                self.0.push(message);
                assert_ne!(message, 1, "moody");
            }
        }
    }

    let (sender, receiver) = channel(4);
    (0..4).for_each(|n| sender.try_send(n).unwrap());
    let mut batches = ReadyBatches::<_, Moody>::new(receiver, 3);
    assert!(panic_of(|| now(batches.next())).is_some());
    assert_eq!(now(batches.next()).unwrap().0, [0, 1, 2, 3]);
}

fn an_idle_stream_and_an_idle_sink_are_not_polled<R: Runtime>() {
    for ((mut sink, mut full), (mut other, empty)) in all_ends::<u32, 1>().into_iter().zip(all_ends::<u32, 1>()) {
        let mut idle = empty.into_stream();
        now(sink.send(0)).unwrap();
        let (receiving, receives) = count_polls(async move { assert_eq!(idle.next().await, Some(1)) });
        let (sending, sends) = count_polls(async move { sink.send(2).await.unwrap() });
        let counts = [receives.clone(), sends.clone()];
        let changing = task(async move {
            // Both have parked now; a thousand turns poll nobody.
            while counts.iter().any(|count| count.load(SeqCst) == 0) {
                yield_now().await;
            }
            for _ in 0..1_000 {
                yield_now().await;
            }
            assert_eq!(counts.each_ref().map(|count| count.load(SeqCst)), [1, 1], "on {}", R::NAME);
            other.send(1).await.unwrap();
            assert_eq!(full.recv().await, Some(0));
            assert_eq!(full.recv().await, Some(2));
        });
        R::run_all([task(receiving), task(sending), changing]);
        assert_eq!([receives, sends].map(|count| count.load(SeqCst)), [2, 2], "on {}", R::NAME);
    }
}

for_each_runtime!(an_idle_stream_and_an_idle_sink_are_not_polled);

/// All orders of `n` steps.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![vec![]];
    for step in 0..n {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, step);
                    order
                })
            })
            .collect();
    }
    orders
}

/// A channel for one message with that in it, a sink that waits, one behind it that does too, and a stream.
struct Scene {
    sinks: [Option<AnySink<Message>>; 2],
    stream: Option<ReceiverStream<Receiver<Message>>>,
    flags: [Arc<FlagWaker>; 3],
}

impl Scene {
    fn new(ends: (Sender<Message>, Receiver<Message>), swapped: bool, drops: &Drops) -> Self {
        let (sender, receiver) = ends;
        let mut sinks = sinks(&sender);
        if swapped {
            sinks.reverse();
        }
        sender.try_send(drops.message(0)).ok().unwrap();
        let flags = [(); 3].map(|()| FlagWaker::new());
        for (sink, flag) in sinks.iter_mut().zip(&flags) {
            assert!(poll_ready(sink, flag).is_pending());
        }
        Self { sinks: sinks.map(Some), stream: Some(receiver.into_stream()), flags }
    }

    fn step(&mut self, step: usize) {
        match step {
            0 | 1 => drop(self.sinks[step].as_mut().map(|sink| now(sink.close()))),
            2 | 3 => drop(self.sinks[step - 2].take()),
            4 => drop(self.stream.as_mut().map(ReceiverStream::close)),
            5 => drop(self.stream.take()),
            6 => drop(self.stream.as_mut().map(|stream| poll_next(stream, &self.flags[2]))),
            _ => unreachable!(),
        }
    }

    /// Nobody waits who could go on: whoever was woken is polled, and whoever is closed knows.
    fn settle(&mut self, drops: &Drops, sent: &mut usize) {
        for (sink, flag) in self.sinks.iter_mut().zip(&self.flags) {
            let Some(sink) = sink else { continue };
            if flag.take() > 0 && matches!(poll_ready(sink, flag), Poll::Ready(Ok(()))) {
                let message = drops.message(1);
                *sent += 1;
                drop(sink.start_send_unpin(message));
            }
        }
    }
}

#[test]
fn sinks_and_streams_end_in_every_order() {
    for order in orders(7) {
        for swapped in [false, true] {
            let drops = Drops::new();
            let mut sent = 1;
            let mut scene = Scene::new(strict(1), swapped, &drops);
            for &step in &order {
                scene.step(step);
                if scene.stream.is_none() {
                    let waiting = scene.sinks.iter().zip(&scene.flags).filter(|(sink, _)| sink.is_some());
                    for (_, flag) in waiting {
                        assert_eq!(flag.wakers(), 0, "the channel keeps no waker: {order:?}, {step}");
                    }
                }
                scene.settle(&drops, &mut sent);
                if scene.sinks.iter().all(Option::is_none)
                    && let Some(stream) = &mut scene.stream
                {
                    while let Poll::Ready(message) = poll_next(stream, &scene.flags[2]) {
                        if message.is_none() {
                            break;
                        }
                    }
                    assert!(stream.is_terminated(), "{order:?}, {step}");
                }
            }
            assert_eq!(drops.count(), sent, "{order:?}");
            assert!(scene.flags.iter().all(|flag| flag.wakers() == 0), "{order:?}");
        }
    }
}

#[test]
fn a_select_of_pending_sends_and_nexts_keeps_one_waker_each() {
    let (sender, receiver) = strict::<u32>(1);
    sender.try_send(0).unwrap();
    let mut sink = sender.into_sink();
    let (_other, empty) = channel::<u32>(1);
    let mut stream = empty.into_stream();
    let flag = FlagWaker::new();
    let waker = flag.waker();
    for _ in 0..1_000 {
        let mut select = Box::pin(async {
            select_biased! {
                _ = stream.next() => panic!("nothing was sent"),
                _ = sink.send(1).fuse() => panic!("it is full"),
                () = ready(()) => {}
            }
        });
        assert!(select.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
        drop(select);
        assert_eq!(flag.wakers(), 3, "one for each that waits, and the one here");
    }
    assert_eq!(flag.take(), 0);
    drop(receiver);
    assert_eq!(flag.take(), 1);
}

#[test]
fn handles_go_to_other_threads_as_the_channels_do() {
    fn send<T: Send + Sync + Unpin>(_: &T) {}
    fn goes<T: Send + Sync>(_: &T) {}
    let (sender, receiver) = channel::<core::cell::Cell<u8>>(1);
    goes(&sender.clone().into_pinned_sink());
    send(&sender.into_sink());
    send(&receiver.into_stream());
}
