//! What pipes allocate: something when they are made, and nothing afterwards, however much goes through.
#![cfg(not(sakia_loom))]

use core::task::{Context, Poll, Waker};
use sakia_io::{Config, PipeReader, PipeWriter, StaticPipe, blocking, pipe};
use sakia_tests::{CountingAllocator, FlagWaker, allocations_during, bytes_kept_by};
use std::{
    io::{Read as _, Write as _},
    thread,
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// In debug builds, less than in release builds, and more if `PIPE_VOLUME` says so: `ci/stress.sh` asks for 1 GiB.
fn volume() -> usize {
    std::env::var("PIPE_VOLUME").map_or(64 << 20, |bytes| bytes.parse().expect("PIPE_VOLUME is a number of bytes"))
}

/// Writes as much as fits and reads all of it, until `total` bytes have gone through.
fn pump(writer: &mut PipeWriter, reader: &mut PipeReader, size: usize, total: usize) {
    let (from, mut into) = (vec![7; size], vec![0; 10_000]);
    let waker = FlagWaker::new().waker();
    let mut context = Context::from_waker(&waker);
    let ((), allocations) = allocations_during(|| {
        let mut done = 0;
        while done < total {
            while writer.poll_write_bytes(&mut context, &from).is_ready() {}
            while let Poll::Ready(read) = reader.poll_read_bytes(&mut context, &mut into) {
                done += read;
            }
        }
    });
    assert_eq!(allocations, 0);
}

#[test]
fn nothing_is_allocated_after_creation() {
    for config in [Config::new(), Config::new().slots(1).slot_size(100), Config::new().slots(100).slot_size(1_000)] {
        for size in [1, 64, 1_024, 64 * 1_024] {
            let (mut writer, mut reader) = pipe(config);
            pump(&mut writer, &mut reader, size, (200 * size).max(1_000_000.min(1_000 * size)));
        }
    }
}

#[test]
fn creation_is_a_few_allocations_and_a_clone_is_one() {
    let ((writer, _reader), allocations) = allocations_during(|| pipe(Config::new()));
    assert_eq!(allocations, 5, "bytes, words, what is there once, channel, writer");
    let (_clone, allocations) = allocations_during(|| writer.clone());
    assert_eq!(allocations, 1);
}

#[test]
fn all_memory_comes_back() {
    let ((), kept) = bytes_kept_by(|| {
        let (mut writer, mut reader) = pipe(Config::new());
        pump(&mut writer, &mut reader, 1_000, 1_000_000);
        drop(writer.clone());
    });
    assert_eq!(kept, 0);
}

#[test]
fn a_static_pipe_allocates_nothing() {
    static PIPE: StaticPipe<3, 50> = StaticPipe::new();

    let ((), allocations) = allocations_during(|| {
        for _ in 0..10 {
            let (mut writer, mut reader) = PIPE.split();
            let mut context = Context::from_waker(Waker::noop());
            for n in 0..1_000_u16 {
                let bytes = n.to_le_bytes();
                let write = core::pin::pin!(writer.write(&bytes));
                assert_eq!(write.poll(&mut context), Poll::Ready(Ok(2)));
                let mut into = [0; 3];
                assert_eq!(reader.poll_read_bytes(&mut context, &mut into), Poll::Ready(2));
                assert_eq!(into[..2], bytes);
            }
        }
    });
    assert_eq!(allocations, 0);
}

/// A lot goes through, from thread to thread; neither of them allocates anything on the way.
#[test]
fn memory_is_steady_however_much_goes_through() {
    let total = volume();
    let (mut writer, mut reader) = blocking::pipe(Config::new());
    let writing = thread::spawn(move || {
        let bytes: Vec<_> = (0..=255).cycle().take(64 * 1_024).collect();
        writer.write_all(&bytes).unwrap();
        let ((), allocations) = allocations_during(|| {
            for _ in 1..total / bytes.len() {
                writer.write_all(&bytes).unwrap();
            }
        });
        assert!(allocations <= 1, "{allocations}: the thread's parker, if it had not to wait before");
    });
    let mut bytes = vec![0; 50_000];
    let mut read = reader.read(&mut bytes).unwrap();
    let ((), allocations) = allocations_during(|| {
        loop {
            let more = reader.read(&mut bytes).unwrap();
            if more == 0 {
                break;
            }
            assert_eq!(bytes[0], (read % 256) as u8);
            read += more;
        }
    });
    assert!(allocations <= 1, "{allocations}");
    assert_eq!(read, total / (64 * 1_024) * (64 * 1_024));
    writing.join().unwrap();
}
