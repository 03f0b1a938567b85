//! Random programs of writes, reads and cancellations through pipes of random sizes, compared byte by byte with what a pipe is:
//! a queue of bytes.
#![cfg(not(sakia_loom))]

use core::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll, Waker},
};
use proptest::prelude::*;
use sakia_io::{Config, PipeReader, PipeWriter, pipe};
use sakia_tests::{Runtime, check, task, yield_now};
use std::collections::VecDeque;

/// One step of a program that polls by hand.
#[derive(Clone, Debug)]
enum Step {
    /// Of so many bytes; by one of two writers. Pending, it is cancelled: the next write of the writer is another.
    Write(bool, usize),
    Abort(bool),
    Read(usize),
    /// Looks, and consumes some of it.
    Consume(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<bool>(), 0..20_usize).prop_map(|(other, len)| Step::Write(other, len)),
        1 => any::<bool>().prop_map(Step::Abort),
        3 => (0..20_usize).prop_map(Step::Read),
        2 => (0..20_usize).prop_map(Step::Consume),
    ]
}

/// A pipe, and the bytes that are in it.
struct World {
    writers: [PipeWriter; 2],
    reader: PipeReader,
    bytes: VecDeque<u8>,
    next: u8,
    slot_size: usize,
}

impl World {
    fn new(slots: usize, slot_size: usize) -> Self {
        let (writer, reader) = pipe(Config::new().slots(slots).slot_size(slot_size));
        Self { writers: [writer.clone(), writer], reader, bytes: VecDeque::new(), next: 0, slot_size }
    }

    fn step(&mut self, step: &Step) {
        let mut context = Context::from_waker(Waker::noop());
        match *step {
            Step::Write(other, len) => {
                let bytes: Vec<_> = (0..len).map(|n| self.next.wrapping_add(n as u8)).collect();
                match self.writers[usize::from(other)].poll_write_bytes(&mut context, &bytes) {
                    Poll::Ready(Ok(written)) => {
                        assert!(written > 0 || len == 0);
                        assert!(written == len || len > self.slot_size, "it lands whole");
                        self.bytes.extend(&bytes[..written]);
                        self.next = self.next.wrapping_add(written as u8);
                    }
                    Poll::Ready(Err(error)) => panic!("{error}"),
                    // It waits only beside bytes that are there, or a slot that the other has been given and not used.
                    Poll::Pending => {
                        assert!(len > 0 && (!self.bytes.is_empty() || self.writers[usize::from(!other)].abort()))
                    }
                }
            }
            Step::Abort(other) => drop(self.writers[usize::from(other)].abort()),
            Step::Read(len) => {
                let mut into = vec![0; len];
                match self.reader.poll_read_bytes(&mut context, &mut into) {
                    Poll::Ready(read) => {
                        assert_eq!(read, len.min(self.bytes.len()), "all that is there is read");
                        assert!(self.bytes.drain(..read).eq(into[..read].iter().copied()));
                    }
                    Poll::Pending => assert!(self.bytes.is_empty() && len > 0),
                }
            }
            Step::Consume(len) => {
                let Poll::Ready(there) = self.reader.poll_bytes(&mut context) else {
                    return assert!(self.bytes.is_empty());
                };
                let len = there.len().min(len);
                assert!(!there.is_empty() && self.bytes.iter().take(there.len()).eq(there));
                self.reader.consume_bytes(len);
                drop(self.bytes.drain(..len));
            }
        }
    }

    /// The writers go, and the rest is read.
    fn end(mut self) {
        drop(self.writers);
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(there @ [_, ..]) = self.reader.poll_bytes(&mut context) {
            let len = there.len();
            assert!(self.bytes.drain(..len).eq(there.iter().copied()));
            self.reader.consume_bytes(len);
        }
        assert!(self.bytes.is_empty());
        assert_eq!(self.reader.poll_bytes(&mut context), Poll::Ready(&[][..]));
    }
}

proptest! {
    #[test]
    fn a_pipe_is_a_queue_of_bytes(slots in 1..5_usize, size in 1..9_usize, steps in prop::collection::vec(step(), 0..200)) {
        let mut world = World::new(slots, size);
        steps.iter().for_each(|step| world.step(step));
        world.end();
    }
}

/// What two tasks do: how much each write and each read asks for, and whether it is cancelled after its first poll.
#[derive(Clone, Debug)]
struct Exchange {
    slots: usize,
    size: usize,
    writes: Vec<(usize, bool)>,
    reads: Vec<(usize, bool)>,
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let sizes = || prop::collection::vec((0..40_usize, any::<bool>()), 1..60);
    (1..5_usize, 1..17_usize, sizes(), sizes()).prop_map(|(slots, size, writes, reads)| Exchange {
        slots,
        size,
        writes,
        reads,
    })
}

/// The bytes of all exchanges: byte n of it.
fn byte(n: usize) -> u8 {
    (n % 251) as u8
}

async fn write_all_of(mut writer: PipeWriter, writes: Vec<(usize, bool)>) {
    let mut written = 0;
    for (len, cancel) in writes {
        let end = written + len;
        while written < end {
            let bytes: Vec<_> = (written..end).map(byte).collect();
            if cancel {
                // Once: dropped if it has to wait, and then nothing of it was written.
                let once = sakia_tests::poll_once(
                    pin!(poll_fn(|context| writer.poll_write_bytes(context, &bytes))),
                    Waker::noop(),
                );
                if let Poll::Ready(now) = once {
                    written += now.unwrap();
                    continue;
                }
                yield_now().await;
            }
            written += poll_fn(|context| writer.poll_write_bytes(context, &bytes)).await.unwrap();
        }
    }
}

async fn read_all_of(mut reader: PipeReader, reads: Vec<(usize, bool)>) -> usize {
    let mut total = 0;
    for (len, cancel) in reads.iter().cycle() {
        let mut into = vec![0; len + 1];
        if *cancel {
            let once = pin!(poll_fn(|context| reader.poll_read_bytes(context, &mut into)));
            let Poll::Ready(read) = sakia_tests::poll_once(once, Waker::noop()) else {
                yield_now().await;
                continue;
            };
            into.truncate(read);
        } else {
            let read = poll_fn(|context| reader.poll_read_bytes(context, &mut into)).await;
            into.truncate(read);
        }
        if into.is_empty() {
            return total;
        }
        assert!(into.iter().copied().eq((total..total + into.len()).map(byte)), "byte-exact");
        total += into.len();
    }
    unreachable!("there is always a next read")
}

fn exchanged<R: Runtime>(exchange: &Exchange) {
    let (writer, reader) = pipe(Config::new().slots(exchange.slots).slot_size(exchange.size));
    let expected = exchange.writes.iter().map(|(len, _)| len).sum();
    let (writes, reads) = (exchange.writes.clone(), exchange.reads.clone());
    let reading = async move { assert_eq!(read_all_of(reader, reads).await, expected) };
    R::run_all([task(write_all_of(writer, writes)), task(reading)]);
}

/// Random exchanges on one runtime, with shrinking.
fn exchanges<R: Runtime>() {
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&exchange(), |exchange| {
        exchanged::<R>(&exchange);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{}: {failure}", R::NAME));
}

#[test]
fn exchanges_are_exact_on_tokio_current_thread() {
    check("tokio_current_thread", exchanges::<sakia_tests::TokioCurrentThread>);
}

#[test]
fn exchanges_are_exact_on_tokio_multi_thread() {
    check("tokio_multi_thread", exchanges::<sakia_tests::TokioMultiThread>);
}

#[test]
fn exchanges_are_exact_on_async_std() {
    check("async_std", exchanges::<sakia_tests::AsyncStd>);
}

#[test]
fn exchanges_are_exact_on_smol() {
    check("smol", exchanges::<sakia_tests::Smol>);
}

#[test]
fn exchanges_are_exact_on_the_minimal_executor() {
    check("minimal", exchanges::<sakia_tests::Minimal>);
}
