//! Models of the byte pipe, checked by loom: writers that fill a slot further while the reader catches up with them, waits, is
//! dropped, or gives the slot to another writer. Loom looks at each byte for two that touch it at once.
//!
//! They run with `ci/loom.sh`, as those of the channels.
#![cfg(sakia_loom)]

#[path = "loom/alive.rs"]
#[allow(dead_code, reason = "the channels' models use the rest")]
mod alive;
#[path = "loom/model.rs"]
#[allow(dead_code, reason = "as above")]
mod model;
#[path = "loom/task.rs"]
#[allow(dead_code, reason = "as above")]
mod task;

use core::{future::poll_fn, pin::pin, task::Poll};
use loom::thread;
use model::model;
use sakia_io::{BrokenPipe, Config, PipeReader, PipeWriter, pipe};
use task::{Flag, block_on};

fn small(slots: usize, size: usize) -> (PipeWriter, PipeReader) {
    pipe(Config::new().slots(slots).slot_size(size))
}

fn write(writer: &mut PipeWriter, bytes: &[u8]) -> Result<usize, BrokenPipe> {
    block_on(poll_fn(|context| writer.poll_write_bytes(context, bytes)))
}

/// Writes these bytes, each by itself; or fewer, if the reader goes.
fn write_each(mut writer: PipeWriter, bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| write(&mut writer, &[**byte]).is_ok()).count()
}

/// Reads up to the end of the file.
fn read_all(reader: &mut PipeReader) -> Vec<u8> {
    let mut all = Vec::new();
    while let there @ 1.. = block_on(poll_fn(|context| {
        reader.poll_bytes(context).map(|bytes| {
            all.extend_from_slice(bytes);
            bytes.len()
        })
    })) {
        reader.consume_bytes(there);
    }
    all
}

/// One writer and the reader, with slots that are filled further and slots that are not.
fn in_order(slots: usize, size: usize, bytes: &'static [u8]) {
    model(2, move || {
        let (writer, mut reader) = small(slots, size);
        let writing = thread::spawn(move || write_each(writer, bytes));
        assert_eq!(read_all(&mut reader), bytes);
        assert_eq!(writing.join().unwrap(), bytes.len());
    });
}

#[test]
fn quick_two_bytes_into_one_slot() {
    in_order(1, 2, &[1, 2]);
}

#[test]
fn quick_two_bytes_into_two_slots() {
    in_order(2, 1, &[1, 2]);
}

#[test]
fn three_bytes_through_one_slot_of_one() {
    in_order(1, 1, &[1, 2, 3]);
}

#[test]
fn three_bytes_into_two_slots_that_have_room() {
    in_order(2, 3, &[1, 2, 3]);
}

/// The reader goes in the middle: the writer comes to an end.
#[test]
fn quick_the_reader_is_dropped() {
    model(3, || {
        let (writer, mut reader) = small(1, 2);
        let writing = thread::spawn(move || write_each(writer, &[1, 2, 3]));
        let flag = Flag::new();
        let _ = flag.poll(pin!(poll_fn(|context| reader.poll_bytes(context).map(<[u8]>::len))));
        drop(reader);
        assert!(writing.join().unwrap() <= 3);
    });
}

/// The reader has read nothing, or read and not yet given back, when it waits with another task.
#[test]
fn quick_the_reader_changes_its_task() {
    model(2, || {
        let (writer, mut reader) = small(1, 2);
        let writing = thread::spawn(move || write_each(writer, &[1, 2]));
        let flag = Flag::new();
        let first = flag.poll(pin!(poll_fn(|context| reader.poll_bytes(context).map(<[u8]>::len))));
        if let Poll::Ready(len) = first {
            reader.consume_bytes(len.min(1));
        }
        let rest = read_all(&mut reader);
        assert!(rest.ends_with(&[2]), "{first:?} {rest:?}");
        assert_eq!(writing.join().unwrap(), 2);
    });
}

/// Two writers: the bytes of each are in order. With one slot, it goes from one to the other, filled as far as before.
fn of_two(slots: usize, size: usize, first: &'static [u8], second: &'static [u8]) {
    model(1, move || {
        let (writer, mut reader) = small(slots, size);
        let other = writer.clone();
        let threads =
            [thread::spawn(move || write_each(writer, first)), thread::spawn(move || write_each(other, second))];
        let read = read_all(&mut reader);
        for bytes in [first, second] {
            assert!(read.iter().filter(|byte| bytes.contains(byte)).eq(bytes), "{read:?}");
        }
        assert_eq!(read.len(), first.len() + second.len());
        threads.into_iter().for_each(|thread| assert!(thread.join().is_ok()));
    });
}

#[test]
fn two_writers_with_two_slots() {
    of_two(2, 2, &[1, 2], &[11]);
}

#[test]
fn two_writers_with_one_slot() {
    of_two(1, 2, &[1, 2], &[11]);
}

/// What is written after both is read after both, by whomever.
#[test]
fn quick_what_is_later_is_read_later() {
    model(3, || {
        let (mut writer, mut reader) = small(3, 4);
        let mut other = writer.clone();
        let writing = thread::spawn(move || {
            write(&mut other, &[11]).unwrap();
            other
        });
        write(&mut writer, &[1]).unwrap();
        // Each write may take a slot of its own, and there are no more in a model.
        drop(writing.join().unwrap());
        write(&mut writer, &[2]).unwrap();
        drop(writer);
        let read = read_all(&mut reader);
        assert_eq!(read[2..], [2]);
        assert_eq!(u32::from(read[0]) + u32::from(read[1]), 12);
    });
}

/// A write that waits is dropped with its writer, while the slot comes free: who waits behind it gets that.
#[test]
fn quick_a_waiting_writer_is_dropped() {
    model(2, || {
        let (mut writer, mut reader) = small(1, 1);
        write(&mut writer, &[1]).unwrap();
        let mut cancelled = writer.clone();
        let flag = Flag::new();
        assert!(flag.poll(pin!(poll_fn(|context| cancelled.poll_write_bytes(context, &[2])))).is_pending());
        let writing = thread::spawn(move || write_each(writer, &[3]));
        drop(cancelled);
        assert_eq!(read_all(&mut reader), [1, 3]);
        assert_eq!(writing.join().unwrap(), 1);
    });
}
