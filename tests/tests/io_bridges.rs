//! Between pipes, streams and channels: byte-exact, in both families, and without allocating where buffers are recycled.
#![cfg(not(sakia_loom))]

use bytes::Bytes;
use core::{
    pin::Pin,
    task::{Context, Poll, Waker},
};
use futures_util::{AsyncBufReadExt as _, AsyncWriteExt as _, FutureExt as _, StreamExt as _, stream};
use sakia::mpsc::{BoxedPollSender, channel};
use sakia_futures::ReceiverExt as _;
use sakia_io::{
    Config,
    bridges::{BytesWriter, ReadStream, StreamReader},
    pipe,
};
use sakia_tests::{CountingAllocator, FlagWaker, Runtime, allocations_during, for_each_runtime, task};
use std::io::{self, ErrorKind};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn text() -> Vec<u8> {
    (0..2_000_u32).flat_map(|n| format!("line {n}\n").into_bytes()).collect()
}

/// Written into a channel of `Bytes`, read from its stream.
fn a_channel_of_bytes_is_a_pipe<R: Runtime>() {
    let (sender, receiver) = channel::<Bytes>(3);
    let mut writer = BytesWriter::new(BoxedPollSender::new(sender), 100);
    let mut reader = StreamReader::new(receiver.into_stream().map(Ok::<_, io::Error>));
    let writing = async move {
        for part in text().chunks(333) {
            futures_util::AsyncWriteExt::write_all(&mut writer, part).await.unwrap();
        }
        futures_util::AsyncWriteExt::close(&mut writer).await.unwrap();
    };
    let reading = async move {
        let mut read = Vec::new();
        futures_util::AsyncReadExt::read_to_end(&mut reader, &mut read).await.unwrap();
        assert_eq!(read, text());
    };
    R::run_all([task(writing), task(reading)]);
}

/// Read from a pipe into recycled buffers, whose stream is a reader again.
fn buffers_of_a_stream_are_a_reader<R: Runtime>() {
    let (mut writer, reader) = pipe(Config::new().slots(2).slot_size(50));
    let mut reader = StreamReader::new(ReadStream::from_tokio(reader, 2, 30));
    let writing = async move { writer.write_all(&text()).await.unwrap() };
    let reading = async move {
        let mut read = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut read).await.unwrap();
        assert_eq!(read, text());
    };
    R::run_all([task(writing), task(reading)]);
}

for_each_runtime!(a_channel_of_bytes_is_a_pipe, buffers_of_a_stream_are_a_reader);

#[test]
fn empty_buffers_are_skipped_and_errors_passed_on() {
    let parts = [Ok(&b""[..]), Ok(b"one\n"), Err(io::Error::from(ErrorKind::TimedOut)), Ok(b"two"), Ok(b"")];
    let mut reader = StreamReader::new(stream::iter(parts));
    let mut line = String::new();
    assert_eq!(reader.read_line(&mut line).now_or_never().unwrap().unwrap(), 4);
    assert_eq!(reader.read_line(&mut line).now_or_never().unwrap().unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(reader.read_line(&mut line).now_or_never().unwrap().unwrap(), 3);
    assert_eq!(reader.read_line(&mut line).now_or_never().unwrap().unwrap(), 0);
    assert_eq!(
        reader.read_line(&mut line).now_or_never().unwrap().unwrap(),
        0,
        "ended, the stream is not polled again"
    );
    assert_eq!(line, "one\ntwo");
}

#[test]
fn a_stream_of_buffers_waits_for_one_that_is_free() {
    let text = text();
    let mut stream = ReadStream::from_futures(&text[..], 2, 10);
    let first = stream.next().now_or_never().unwrap().unwrap().unwrap();
    let second = stream.next().now_or_never().unwrap().unwrap().unwrap();
    let flag = FlagWaker::new();
    let waker = flag.waker();
    let mut context = Context::from_waker(&waker);
    assert!(stream.poll_next_unpin(&mut context).is_pending(), "both buffers are in use");
    assert_eq!((&*first, &*second), (&text[..10], &text[10..20]));
    drop(first);
    assert_eq!(flag.take(), 1);
    let third = stream.next().now_or_never().unwrap().unwrap().unwrap();
    assert_eq!(&*third, &text[20..30]);
    drop((second, third));
    let ((), allocations) = allocations_during(|| {
        let mut place = 30;
        while let Some(Ok(buffer)) = stream.next().now_or_never().unwrap() {
            assert_eq!(&*buffer, &text[place..place + buffer.len()]);
            place += buffer.len();
        }
        assert_eq!(place, text.len());
    });
    assert_eq!(allocations, 0, "the buffers are recycled");
    assert!(stream.next().now_or_never().unwrap().is_none());
}

/// A reader that waits: the buffer it was offered is free meanwhile, and nothing is lost.
#[test]
fn a_stream_of_buffers_that_waits_has_none() {
    let (mut writer, reader) = pipe(Config::new());
    let mut stream = ReadStream::from_futures(reader, 1, 10);
    for n in 0..10 {
        assert!(stream.next().now_or_never().is_none());
        assert!(writer.write_all(&[n]).now_or_never().is_some());
        assert_eq!(&*stream.next().now_or_never().unwrap().unwrap().unwrap(), [n]);
    }
}

#[test]
fn a_failing_reader_ends_its_stream() {
    struct Failing;
    impl futures_util::AsyncRead for Failing {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(ErrorKind::TimedOut.into()))
        }
    }
    let mut stream = ReadStream::from_futures(Failing, 1, 10);
    assert_eq!(stream.next().now_or_never().unwrap().unwrap().unwrap_err().kind(), ErrorKind::TimedOut);
    assert!(stream.next().now_or_never().unwrap().is_none());
}

#[test]
fn a_closed_channel_is_a_broken_pipe() {
    let (sender, receiver) = channel::<Bytes>(3);
    let mut writer = BytesWriter::new(BoxedPollSender::new(sender), 100);
    assert_eq!(writer.write(b"").now_or_never().unwrap().unwrap(), 0);
    drop(receiver);
    assert_eq!(writer.write(b"a").now_or_never().unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);
    let mut context = Context::from_waker(Waker::noop());
    assert!(tokio::io::AsyncWrite::poll_shutdown(Pin::new(&mut writer), &mut context).is_ready());
}

#[test]
fn sizes_of_nothing_are_refused() {
    let none = std::panic::catch_unwind(|| ReadStream::from_futures(&b""[..], 1, 0));
    assert!(none.is_err());
    let none = std::panic::catch_unwind(|| ReadStream::from_futures(&b""[..], 0, 1));
    assert!(none.is_err());
    let none = std::panic::catch_unwind(|| BytesWriter::new(BoxedPollSender::new(channel::<Bytes>(1).0), 0));
    assert!(none.is_err());
    let mut nothing = ReadStream::from_futures(&b""[..], 1, 1);
    assert!(nothing.next().now_or_never().unwrap().is_none());
}
