//! What a pipe promises, call by call; among it what went wrong in other pipes, each test named after its thread.
#![cfg(not(sakia_loom))]

use core::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use futures_util::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use sakia_io::{BrokenPipe, Config, PipeReader, PipeWriter, duplex, pipe};
use sakia_tests::{FlagWaker, Runtime, count_polls, for_each_runtime, poll_once, task, yield_now};
use std::io::{ErrorKind, IoSlice};

fn small(slots: usize, size: usize) -> (PipeWriter, PipeReader) {
    pipe(Config::new().slots(slots).slot_size(size))
}

fn write(writer: &mut PipeWriter, bytes: &[u8]) -> Poll<Result<usize, BrokenPipe>> {
    writer.poll_write_bytes(&mut Context::from_waker(Waker::noop()), bytes)
}

/// All that can be read now; the end of the file is None.
fn read(reader: &mut PipeReader) -> Option<Vec<u8>> {
    let mut into = [0; 1_000];
    match reader.poll_read_bytes(&mut Context::from_waker(Waker::noop()), &mut into) {
        Poll::Pending => Some(vec![]),
        Poll::Ready(0) => None,
        Poll::Ready(read) => Some(into[..read].to_vec()),
    }
}

#[test]
fn a_byte_written_is_a_byte_readable() {
    let (mut writer, mut reader) = small(2, 8);
    for byte in 0..100 {
        assert_eq!(write(&mut writer, &[byte]), Poll::Ready(Ok(1)));
        assert_eq!(read(&mut reader), Some(vec![byte]));
        assert_eq!(read(&mut reader), Some(vec![]));
    }
}

#[test]
fn small_writes_share_a_slot() {
    let (mut writer, mut reader) = small(1, 8);
    for byte in 0..8 {
        assert_eq!(write(&mut writer, &[byte]), Poll::Ready(Ok(1)));
    }
    assert_eq!(write(&mut writer, &[8]), Poll::Pending);
    assert_eq!(read(&mut reader).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_write_of_a_slot_lands_whole() {
    let (mut writer, mut reader) = small(2, 4);
    assert_eq!(write(&mut writer, b"abc"), Poll::Ready(Ok(3)));
    assert_eq!(write(&mut writer, b"defg"), Poll::Ready(Ok(4)), "not one byte of it beside the first");
    assert_eq!(write(&mut writer, b"hi"), Poll::Pending);
    assert_eq!(read(&mut reader).unwrap(), b"abcdefg");
}

#[test]
fn a_buffer_is_read_where_it_is() {
    let (mut writer, mut reader) = small(2, 4);
    assert_eq!(write(&mut writer, b"abcdef"), Poll::Ready(Ok(6)));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(reader.poll_bytes(&mut context), Poll::Ready(&b"abcd"[..]));
    reader.consume_bytes(1);
    assert_eq!(reader.poll_bytes(&mut context), Poll::Ready(&b"bcd"[..]));
    reader.consume_bytes(3);
    assert_eq!(reader.poll_bytes(&mut context), Poll::Ready(&b"ef"[..]));
    assert_eq!(write(&mut writer, b"g"), Poll::Ready(Ok(1)), "beside those that are lent");
    reader.consume_bytes(2);
    assert_eq!(reader.poll_bytes(&mut context), Poll::Ready(&b"g"[..]));
}

#[test]
#[should_panic(expected = "more bytes are consumed than there are")]
fn more_than_there_is_cannot_be_consumed() {
    let (mut writer, mut reader) = small(2, 4);
    assert_eq!(write(&mut writer, b"ab"), Poll::Ready(Ok(2)));
    assert!(reader.poll_bytes(&mut Context::from_waker(Waker::noop())).is_ready());
    reader.consume_bytes(3);
}

#[test]
fn a_dropped_reader_breaks_the_pipe() {
    let (mut writer, reader) = small(1, 4);
    assert_eq!(write(&mut writer, b"abcd"), Poll::Ready(Ok(4)));
    let flag = FlagWaker::new();
    let waker = flag.waker();
    assert!(writer.poll_write_bytes(&mut Context::from_waker(&waker), b"e").is_pending());
    drop(reader);
    assert_eq!(flag.take(), 1);
    assert_eq!(write(&mut writer, b"e").map(|result| result.is_err()), Poll::Ready(true));
    assert!(writer.is_closed());
    let error = std::io::Error::from(match write(&mut writer, b"e") {
        Poll::Ready(Err(error)) => error,
        other => panic!("{other:?}"),
    });
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn a_reader_that_is_dropped_in_the_middle_breaks_the_pipe() {
    let (mut writer, mut reader) = small(2, 8);
    assert_eq!(write(&mut writer, b"abcd"), Poll::Ready(Ok(4)));
    assert!(reader.poll_bytes(&mut Context::from_waker(Waker::noop())).is_ready());
    reader.consume_bytes(1);
    drop(reader);
    assert_eq!(write(&mut writer, b"e").map(|result| result.is_err()), Poll::Ready(true), "though its slot has room");
}

#[test]
fn a_writer_that_was_shut_down_writes_no_more_and_others_do() {
    let (mut writer, mut reader) = small(2, 8);
    let mut other = writer.clone();
    assert_eq!(write(&mut writer, b"a"), Poll::Ready(Ok(1)));
    writer.shut_down();
    assert!(write(&mut writer, b"b").map(|result| result.is_err()) == Poll::Ready(true));
    assert_eq!(write(&mut other, b"c"), Poll::Ready(Ok(1)));
    assert_eq!(read(&mut reader).unwrap(), b"ac");
    assert_eq!(read(&mut reader), Some(vec![]));
    other.shut_down();
    assert_eq!(read(&mut reader), None);
    assert_eq!(read(&mut reader), None);
}

#[test]
fn vectored_writes_are_one_write() {
    let (mut writer, mut reader) = small(2, 8);
    let mut context = Context::from_waker(Waker::noop());
    let runs = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cdef"), IoSlice::new(b"ghijklmnopqrst")];
    let written = futures_util::AsyncWrite::poll_write_vectored(Pin::new(&mut writer), &mut context, &runs);
    assert!(matches!(written, Poll::Ready(Ok(16))), "{written:?}");
    assert_eq!(read(&mut reader).unwrap(), b"abcdefghijklmnop");
    let nothing = [IoSlice::new(b""), IoSlice::new(b"")];
    let written = futures_util::AsyncWrite::poll_write_vectored(Pin::new(&mut writer), &mut context, &nothing);
    assert!(matches!(written, Poll::Ready(Ok(0))), "{written:?}");
    assert!(tokio::io::AsyncWrite::is_write_vectored(&writer));
    assert_eq!(read(&mut reader), Some(vec![]));
}

#[test]
fn an_aborted_write_gives_up_its_place() {
    let (mut writer, mut reader) = small(1, 2);
    let mut other = writer.clone();
    assert_eq!(write(&mut writer, b"ab"), Poll::Ready(Ok(2)));
    assert!(write(&mut writer, b"cd").is_pending());
    assert!(writer.abort());
    assert_eq!(read(&mut reader).unwrap(), b"ab");
    assert_eq!(write(&mut other, b"ef"), Poll::Ready(Ok(2)));
    assert_eq!(read(&mut reader).unwrap(), b"ef");
}

#[test]
fn a_cancelled_write_gives_its_slot_to_the_next_of_its_writer() {
    let (mut writer, mut reader) = small(1, 2);
    assert_eq!(write(&mut writer, b"ab"), Poll::Ready(Ok(2)));
    assert!(write(&mut writer, b"cd").is_pending());
    assert_eq!(read(&mut reader).unwrap(), b"ab");
    assert_eq!(write(&mut writer, b"ef"), Poll::Ready(Ok(2)));
    assert_eq!(read(&mut reader).unwrap(), b"ef");
}

// ===== what went wrong in others =====

#[test]
fn tokio_8394_8397_no_capacity_is_refused() {
    for config in [Config::new().slots(0), Config::new().slot_size(0), Config::with_capacity(0)] {
        assert!(std::panic::catch_unwind(|| pipe(config)).is_err(), "{config:?}");
        assert!(std::panic::catch_unwind(|| duplex(config)).is_err(), "{config:?}");
    }
    for config in [Config::new().slots(usize::MAX), Config::new().slot_size(usize::MAX)] {
        assert!(std::panic::catch_unwind(|| pipe(config)).is_err(), "{config:?}");
    }
}

#[test]
fn tokio_5313_bytes_before_the_shutdown_are_read() {
    let (mut left, mut right) = duplex(Config::with_capacity(64));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(poll_once(pin!(left.write_all(b"abc")), Waker::noop()), Poll::Ready(Ok(()))));
    assert!(matches!(poll_once(pin!(left.close()), Waker::noop()), Poll::Ready(Ok(()))));
    assert!(matches!(poll_once(pin!(left.close()), Waker::noop()), Poll::Ready(Ok(()))), "once more");
    let mut text = Vec::new();
    assert!(matches!(poll_once(pin!(right.read_to_end(&mut text)), Waker::noop()), Poll::Ready(Ok(3))));
    assert_eq!(text, b"abc");
    let back = tokio::io::AsyncWrite::poll_write(Pin::new(&mut right), &mut context, b"d");
    assert!(matches!(back, Poll::Ready(Ok(1))), "the other way stays");
}

/// Dropping the writer is the end of the file, and wakes the reader.
fn tokio_7496_6914_a_dropped_writer_is_the_end_of_the_file<R: Runtime>() {
    let (mut writer, mut reader) = small(2, 8);
    let reading = async move {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).await.unwrap();
        assert_eq!(text, b"the last bytes of it");
    };
    let writing = async move {
        yield_now().await;
        writer.write_all(b"the last bytes of it").await.unwrap();
        let other = writer.clone();
        drop(writer);
        yield_now().await;
        drop(other);
    };
    R::run_all([task(reading), task(writing)]);
}

/// A write that wraps round is short at most; `write_all` goes on.
fn embassy_1296_writes_wrap<R: Runtime>() {
    for (slots, size) in [(1, 1), (1, 3), (2, 3), (3, 5)] {
        let (mut writer, mut reader) = small(slots, size);
        let writing = async move {
            for round in 0..50_u8 {
                writer.write_all(&[round; 7]).await.unwrap();
            }
        };
        let reading = async move {
            for round in 0..50_u8 {
                let mut seven = [0; 7];
                reader.read_exact(&mut seven).await.unwrap();
                assert_eq!(seven, [round; 7]);
            }
            assert_eq!(reader.read(&mut [0]).await.unwrap(), 0);
        };
        R::run_all([task(writing), task(reading)]);
    }
}

/// Zero-length reads and writes do nothing and mean nothing, whatever state the pipe is in.
#[test]
fn wasmtime_13100_nothing_means_nothing() {
    let (mut writer, mut reader) = small(1, 2);
    let mut context = Context::from_waker(Waker::noop());
    let mut nothing = |reader: &mut PipeReader| reader.poll_read_bytes(&mut context, &mut []);
    assert_eq!(nothing(&mut reader), Poll::Ready(0), "empty: it does not wait");
    assert_eq!(write(&mut writer, b""), Poll::Ready(Ok(0)));
    assert_eq!(read(&mut reader), Some(vec![]), "and is not the end of the file");
    assert_eq!(write(&mut writer, b"ab"), Poll::Ready(Ok(2)));
    assert_eq!(write(&mut writer, b""), Poll::Ready(Ok(0)), "full: it does not wait");
    assert_eq!(nothing(&mut reader), Poll::Ready(0));
    assert_eq!(read(&mut reader).unwrap(), b"ab");
    writer.shut_down();
    assert_eq!(write(&mut writer, b""), Poll::Ready(Ok(0)));
    assert_eq!(read(&mut reader), None);
}

/// A request larger than the pipe makes progress in parts.
#[test]
fn bbqueue_132_a_request_beyond_the_capacity_is_served_in_parts() {
    let (mut writer, mut reader) = small(2, 3);
    assert_eq!(write(&mut writer, b"0123456789"), Poll::Ready(Ok(6)));
    assert!(write(&mut writer, b"6789").is_pending());
    assert_eq!(read(&mut reader).unwrap(), b"012345");
    assert_eq!(write(&mut writer, b"6789"), Poll::Ready(Ok(4)));
    assert_eq!(read(&mut reader).unwrap(), b"6789");
}

/// The wakers of reading and of writing are two, also where one task or one duplex has both.
#[test]
fn sunset_53_readers_and_writers_have_wakers_of_their_own() {
    let (mut left, mut right) = duplex(Config::new().slots(1).slot_size(1));
    let (reads, writes) = (FlagWaker::new(), FlagWaker::new());
    let (reading, writing) = (reads.waker(), writes.waker());
    assert!(matches!(poll_once(pin!(left.write(b"a")), &writing), Poll::Ready(Ok(1))));
    assert!(poll_once(pin!(left.write(b"b")), &writing).is_pending());
    assert!(poll_once(pin!(left.read(&mut [0])), &reading).is_pending());
    assert!(matches!(poll_once(pin!(right.write(b"c")), Waker::noop()), Poll::Ready(Ok(1))));
    assert_eq!((reads.take(), writes.take()), (1, 0));
    assert!(matches!(poll_once(pin!(right.read(&mut [0])), Waker::noop()), Poll::Ready(Ok(1))));
    assert_eq!((reads.take(), writes.take()), (0, 1));
}

/// An idle pipe is not polled: one poll to find it empty or full, and one when it is woken.
fn tokio_5436_russh_197_407_an_idle_pipe_is_not_polled<R: Runtime>() {
    let (mut writer, mut reader) = small(1, 1);
    let (reading, polls) = count_polls(async move {
        assert_eq!(poll_fn(|context| reader.poll_bytes(context).map(<[u8]>::len)).await, 1);
        reader
    });
    let reading = async move { drop(reading.await) };
    let writing = async move {
        for _ in 0..100 {
            yield_now().await;
        }
        let before = polls.load(core::sync::atomic::Ordering::SeqCst);
        assert!(before <= 1, "{before} polls of a read that waits");
        writer.write_all(b"a").await.unwrap();
        while !writer.is_closed() {
            yield_now().await;
        }
        let after = polls.load(core::sync::atomic::Ordering::SeqCst);
        assert!(after <= 2, "{after} polls");
    };
    R::run_all([task(reading), task(writing)]);
}

for_each_runtime!(
    tokio_7496_6914_a_dropped_writer_is_the_end_of_the_file,
    embassy_1296_writes_wrap,
    tokio_5436_russh_197_407_an_idle_pipe_is_not_polled,
);

#[test]
fn lines_are_read() {
    let (mut writer, mut reader) = small(2, 4);
    assert_eq!(write(&mut writer, b"one\ntw"), Poll::Ready(Ok(6)));
    let mut line = String::new();
    assert!(matches!(poll_once(pin!(reader.read_line(&mut line)), Waker::noop()), Poll::Ready(Ok(4))));
    assert_eq!(line, "one\n");
}

#[test]
fn ends_can_be_sent_and_shared() {
    fn both<T: Send + Sync + Unpin + 'static>() {}
    both::<PipeWriter>();
    both::<PipeReader>();
    both::<sakia_io::Duplex>();
    both::<sakia_io::StaticPipeWriter>();
}
