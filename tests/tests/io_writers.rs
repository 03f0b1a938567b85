//! Several writers of one pipe: what each writes lands whole, and in the order of all that wait for one another.
#![cfg(not(sakia_loom))]

use core::task::{Context, Waker};
use futures_util::{AsyncReadExt as _, AsyncWriteExt as _};
use sakia_io::{Config, blocking, pipe};
use sakia_tests::{Runtime, for_each_runtime, task};
use std::{
    io::{Read as _, Write as _},
    sync::Mutex,
    thread,
};

const RECORD: usize = 8;
const RECORDS: u32 = if cfg!(miri) { 20 } else { 2_000 };

/// A record tells who wrote it, which one it is, and that it is whole.
fn record(writer: u8, number: u32) -> [u8; RECORD] {
    let [a, b, c, d] = number.to_le_bytes();
    [writer, a, b, c, d, !writer, !a, !b]
}

/// Checks records of several writers: each whole, and those of one writer in order.
fn check_records(bytes: &[u8], writers: usize) {
    let mut next = vec![0; writers];
    for found in bytes.chunks(RECORD) {
        let writer = found[0];
        let number = &mut next[usize::from(writer)];
        assert_eq!(found, record(writer, *number));
        *number += 1;
    }
    assert!(next.iter().all(|&number| number == RECORDS), "{next:?}");
}

fn records_land_whole<R: Runtime>() {
    for (slots, size) in [(1, RECORD), (2, RECORD + 3), (4, 64)] {
        let (writer, mut reader) = pipe(Config::new().slots(slots).slot_size(size));
        let writing = (0..3).map(|n| {
            let mut writer = writer.clone();
            task(async move {
                for number in 0..RECORDS {
                    assert_eq!(writer.write(&record(n, number)).await.unwrap(), RECORD, "it lands whole");
                }
            })
        });
        let writing: Vec<_> = writing.collect();
        drop(writer);
        let reading = task(async move {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).await.unwrap();
            check_records(&bytes, 3);
        });
        R::run_all(writing.into_iter().chain([reading]));
    }
}

for_each_runtime!(records_land_whole);

#[test]
fn records_of_threads_land_whole() {
    let (writer, mut reader) = blocking::pipe(Config::new().slots(3).slot_size(3 * RECORD));
    let threads: Vec<_> = (0..3)
        .map(|n| {
            let mut writer = writer.clone();
            thread::spawn(move || (0..RECORDS).for_each(|number| writer.write_all(&record(n, number)).unwrap()))
        })
        .collect();
    drop(writer);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    check_records(&bytes, 3);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// Numbers are taken and written under one lock, by three threads: a write that began after another has returned is read after it,
/// whoever's it is.
#[test]
fn writes_one_after_another_are_read_in_that_order() {
    let (writer, mut reader) = blocking::pipe(Config::new().slots(8).slot_size(64));
    let next = Mutex::new(0_u32);
    thread::scope(|scope| {
        for _ in 0..3 {
            let (mut writer, next) = (writer.clone(), &next);
            scope.spawn(move || {
                loop {
                    let mut next = next.lock().unwrap();
                    if *next == 3 * RECORDS {
                        return;
                    }
                    writer.write_all(&next.to_le_bytes()).unwrap();
                    *next += 1;
                }
            });
        }
        drop(writer);
        for expected in 0..3 * RECORDS {
            let mut number = [0; 4];
            reader.read_exact(&mut number).unwrap();
            assert_eq!(u32::from_le_bytes(number), expected);
        }
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    });
}

/// On one thread, so that each order is tried for sure: turns by turns, into slots that have room.
#[test]
fn writers_that_take_turns_keep_the_order() {
    let (writer, mut reader) = pipe(Config::new().slots(8).slot_size(64));
    let mut context = Context::from_waker(Waker::noop());
    let mut writers = [writer.clone(), writer.clone(), writer];
    for (n, who) in [0, 0, 1, 0, 2, 2, 1, 1, 0].into_iter().enumerate() {
        assert!(writers[who].poll_write_bytes(&mut context, &[n as u8]).is_ready());
    }
    let mut bytes = [0; 20];
    assert_eq!(reader.poll_read_bytes(&mut context, &mut bytes), core::task::Poll::Ready(9));
    assert_eq!(bytes[..9], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}
