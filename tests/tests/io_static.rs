//! Pipes in a `static`, through embedded-io-async's traits, on all executors.
#![cfg(not(sakia_loom))]

use core::{
    pin::pin,
    task::{Poll, Waker},
};
use embedded_io_async::{BufRead, Error as _, ErrorKind, Read, Write};
use sakia_io::{BrokenPipe, Config, PipeWriter, StaticPipe, duplex};
use sakia_tests::{Runtime, for_each_runtime, poll_once, task};

/// Writes the numbers up to 2,000 and ends.
async fn write_numbers(mut writer: impl Write) {
    for number in 0..2_000_u32 {
        writer.write_all(&number.to_le_bytes()).await.unwrap_or_else(|error| panic!("{:?}", error.kind()));
    }
    writer.flush().await.unwrap_or_else(|error| panic!("{:?}", error.kind()));
}

async fn read_numbers(mut reader: impl Read) {
    for expected in 0..2_000_u32 {
        let mut number = [0; 4];
        assert!(reader.read_exact(&mut number).await.is_ok());
        assert_eq!(u32::from_le_bytes(number), expected);
    }
    let mut nothing = [0];
    assert!(matches!(reader.read(&mut nothing).await, Ok(0)));
}

fn numbers_go_through_a_static<R: Runtime>() {
    let pipe: &'static StaticPipe<3, 7> = Box::leak(Box::default());
    for _ in 0..3 {
        let (writer, reader) = pipe.split();
        assert!(pipe.try_split().is_none());
        R::run_all([task(write_numbers(writer)), task(read_numbers(reader))]);
    }
}

fn numbers_go_through_the_heap<R: Runtime>() {
    let (writer, reader) = sakia_io::pipe(Config::new().slots(2).slot_size(5));
    R::run_all([task(write_numbers(writer)), task(read_numbers(reader))]);
    let (left, right) = duplex(Config::new().slots(2).slot_size(5));
    R::run_all([task(write_numbers(left)), task(read_numbers(right))]);
}

for_each_runtime!(numbers_go_through_a_static, numbers_go_through_the_heap);

#[test]
fn a_dropped_write_gives_up_its_place() {
    static PIPE: StaticPipe<1, 1> = StaticPipe::new();

    let (mut writer, mut reader) = PIPE.split();
    let mut other = writer.clone();
    assert_eq!(poll_once(pin!(writer.write(&[1])), Waker::noop()), Poll::Ready(Ok(1)));
    assert!(poll_once(pin!(writer.write(&[2])), Waker::noop()).is_pending());
    let mut into = [0];
    assert_eq!(poll_once(pin!(reader.read(&mut into)), Waker::noop()), Poll::Ready(Ok(1)));
    assert_eq!(poll_once(pin!(other.write(&[3])), Waker::noop()), Poll::Ready(Ok(1)));
    assert_eq!(poll_once(pin!(reader.fill_buf()), Waker::noop()), Poll::Ready(Ok(&[3][..])));
    reader.consume(1);
}

/// As on the static one: these traits' writes are futures, whose end is told.
#[test]
fn a_dropped_write_on_the_heap_gives_up_its_place() {
    let (mut writer, mut reader) = sakia_io::pipe(Config::new().slots(1).slot_size(1));
    let mut other = writer.clone();
    assert_eq!(poll_once(pin!(Write::write(&mut writer, &[1])), Waker::noop()), Poll::Ready(Ok(1)));
    assert!(poll_once(pin!(Write::write(&mut writer, &[2])), Waker::noop()).is_pending());
    let mut into = [0];
    assert_eq!(poll_once(pin!(Read::read(&mut reader, &mut into)), Waker::noop()), Poll::Ready(Ok(1)));
    assert_eq!(poll_once(pin!(Write::write(&mut other, &[3])), Waker::noop()), Poll::Ready(Ok(1)));
}

#[test]
fn a_dropped_reader_breaks_a_static_pipe() {
    static PIPE: StaticPipe<1, 1> = StaticPipe::new();

    let (mut writer, reader) = PIPE.split();
    drop(reader);
    assert!(writer.is_closed());
    let written: Poll<Result<usize, BrokenPipe>> = poll_once(pin!(writer.write(&[1])), Waker::noop());
    assert!(matches!(written, Poll::Ready(Err(error)) if error.kind() == ErrorKind::BrokenPipe));
    drop(writer);
    let (mut writer, mut reader) = PIPE.split();
    writer.shut_down();
    assert!(writer.is_closed());
    assert_eq!(poll_once(pin!(reader.read(&mut [0])), Waker::noop()), Poll::Ready(Ok(0)));
}

#[test]
fn a_static_writer_becomes_one_with_all_traits() {
    static PIPE: StaticPipe<1, 4> = StaticPipe::new();

    let (writer, mut reader) = PIPE.split();
    let mut writer = PipeWriter::from(writer);
    let written = tokio::io::AsyncWriteExt::write_all(&mut writer, b"text");
    assert!(matches!(poll_once(pin!(written), Waker::noop()), Poll::Ready(Ok(()))));
    assert_eq!(poll_once(pin!(reader.fill_buf()), Waker::noop()), Poll::Ready(Ok(&b"text"[..])));
}
