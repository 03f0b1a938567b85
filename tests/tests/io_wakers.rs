//! Wakers that panic or use the pipe, on both ends of a byte pipe: no byte is lost or read out of turn, no room either, and nobody
//! else is left asleep. What the panic takes is the answer to the call that it comes through.
#![cfg(not(sakia_loom))]

mod behaviour;

use behaviour::wakers::{acting, not_to_be_cloned, panicking, panics};
use core::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
};
use sakia_io::{Config, PipeReader, PipeWriter};
use sakia_tests::FlagWaker;
use std::sync::{Arc, Mutex};

const SLOTS: usize = 2;
const SIZE: usize = 4;

fn pipe() -> (PipeWriter, PipeReader) {
    sakia_io::pipe(Config::new().slots(SLOTS).slot_size(SIZE))
}

fn write_with(writer: &mut PipeWriter, bytes: &[u8], waker: &Waker) -> Poll<Result<usize, sakia_io::BrokenPipe>> {
    writer.poll_write_bytes(&mut Context::from_waker(waker), bytes)
}

/// Writes at once: how many.
#[track_caller]
fn write(writer: &mut PipeWriter, bytes: &[u8]) -> usize {
    match write_with(writer, bytes, Waker::noop()) {
        Poll::Ready(written) => written.expect("the reader is there"),
        Poll::Pending => panic!("the pipe is full"),
    }
}

fn waits_to_read(reader: &mut PipeReader, waker: &Waker) -> bool {
    reader.poll_bytes(&mut Context::from_waker(waker)).is_pending()
}

/// All that is there, and whether it is all there will be.
fn read(reader: &mut PipeReader) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    loop {
        let Poll::Ready(bytes) = reader.poll_bytes(&mut Context::from_waker(Waker::noop())) else {
            return (all, false);
        };
        let len = bytes.len();
        all.extend_from_slice(bytes);
        match len {
            0 => return (all, true),
            _ => reader.consume_bytes(len),
        }
    }
}

/// The pipe is empty, and all its slots can be written, read, waited for and woken for.
#[track_caller]
fn assert_whole(writer: &mut PipeWriter, reader: &mut PipeReader) {
    let (full, flag) = ([7; SLOTS * SIZE], FlagWaker::new());
    for _ in 0..3 {
        assert!(waits_to_read(reader, &flag.waker()));
        assert_eq!(write(writer, &full), full.len());
        assert_eq!(flag.take(), 1, "the reader is woken");
        assert!(write_with(writer, &[8], &flag.waker()).is_pending());
        assert_eq!(read(reader), (full.to_vec(), false));
        assert_eq!(flag.take(), 1, "the writer is woken");
        assert_eq!(write(writer, &[8]), 1);
        assert_eq!(read(reader), (vec![8], false));
    }
}

#[test]
fn a_reader_that_panics_when_woken_misses_no_byte() {
    let written: [&[u8]; 4] = [b"1", b"1234", b"12345", b"12345678"];
    for bytes in written {
        let (mut writer, mut reader) = pipe();
        assert!(waits_to_read(&mut reader, &panicking()));
        panics(|| write(&mut writer, bytes));
        assert_eq!(read(&mut reader), (bytes.to_vec(), false));
        assert_whole(&mut writer, &mut reader);
    }
}

#[test]
fn a_reader_that_panics_when_woken_comes_to_the_end() {
    let ends: [fn(PipeWriter); 2] = [drop, |mut writer| writer.shut_down()];
    for end in ends {
        let (mut writer, mut reader) = pipe();
        assert_eq!(write(&mut writer, b"last"), 4);
        assert_eq!(read(&mut reader).0, b"last");
        assert!(waits_to_read(&mut reader, &panicking()));
        panics(|| end(writer));
        assert_eq!(read(&mut reader), (vec![], true));
    }
}

#[test]
fn a_write_after_one_that_panicked_is_read_after_it() {
    let (mut writer, mut reader) = pipe();
    let mut other = writer.clone();
    assert_eq!(write(&mut other, b"a"), 1);
    assert_eq!(read(&mut reader).0, b"a");
    assert!(waits_to_read(&mut reader, &panicking()));
    panics(|| write(&mut writer, b"b"));
    // Neither fills a slot further that was published before what the other wrote.
    assert_eq!(write(&mut other, b"c"), 1);
    assert!(write_with(&mut writer, b"d", Waker::noop()).is_pending());
    assert_eq!(read(&mut reader).0, b"bc");
    assert_eq!(write(&mut writer, b"d"), 1);
    assert_eq!(read(&mut reader).0, b"d");
    assert_whole(&mut writer, &mut reader);
}

#[test]
fn a_writer_that_panics_when_woken_has_its_slot() {
    fn read_up_to<const LEN: usize>(reader: &mut PipeReader) {
        assert!(reader.poll_read_bytes(&mut Context::from_waker(Waker::noop()), &mut [0; LEN]).is_ready());
    }
    let reads: [fn(&mut PipeReader); 3] =
        [|reader| reader.consume_bytes(SIZE), read_up_to::<SIZE>, read_up_to::<{ SLOTS * SIZE }>];
    for read_some in reads {
        let (mut writer, mut reader) = pipe();
        let mut second = writer.clone();
        assert_eq!(write(&mut writer, b"12345678"), 8);
        let flag = FlagWaker::new();
        assert!(write_with(&mut writer, b"9", &panicking()).is_pending());
        assert!(write_with(&mut second, b"x", &flag.waker()).is_pending());
        // `consume_bytes` takes of what was looked at.
        assert!(!waits_to_read(&mut reader, Waker::noop()));
        panics(|| read_some(&mut reader));
        assert_eq!(write(&mut writer, b"9"), 1);
        let (rest, _) = read(&mut reader);
        assert!(rest.ends_with(b"9"), "{rest:?}");
        assert_eq!(flag.take(), 1, "the second is not left asleep");
        assert_eq!(write(&mut second, b"x"), 1);
        assert_eq!(read(&mut reader).0, b"x");
        drop(second);
        assert_whole(&mut writer, &mut reader);
    }
}

#[test]
fn a_place_that_is_given_up_wakes_one_that_panics() {
    let gives_up: [fn(PipeWriter); 3] = [drop, |mut writer| assert!(writer.abort()), |mut writer| writer.shut_down()];
    for give_up in gives_up {
        let (mut writer, mut reader) = pipe();
        let (mut first, mut second) = (writer.clone(), writer.clone());
        assert_eq!(write(&mut writer, b"12345678"), 8);
        assert!(write_with(&mut first, b"9", Waker::noop()).is_pending());
        assert_eq!(read(&mut reader).0.len(), 8);
        assert_eq!(write(&mut writer, b"abcd"), 4);
        // The first was given a slot and has not taken it; the second waits for that.
        assert!(write_with(&mut second, b"x", &panicking()).is_pending());
        panics(|| give_up(first));
        assert_eq!(write(&mut second, b"x"), 1);
        assert_eq!(read(&mut reader).0, b"abcdx");
        drop(second);
        assert_whole(&mut writer, &mut reader);
    }
}

#[test]
fn all_writers_are_told_of_the_end_of_the_reader_if_one_panics() {
    let (mut writer, reader) = pipe();
    let mut others = [writer.clone(), writer.clone(), writer.clone()];
    assert_eq!(write(&mut writer, b"12345678"), 8);
    let flag = FlagWaker::new();
    for (n, other) in others.iter_mut().enumerate() {
        let waker = if n == 0 { panicking() } else { flag.waker() };
        assert!(write_with(other, b"9", &waker).is_pending());
    }
    panics(|| drop(reader));
    assert_eq!(flag.take(), 2);
    for other in &mut others {
        assert!(matches!(write_with(other, b"9", Waker::noop()), Poll::Ready(Err(_))));
    }
}

#[test]
fn a_waker_that_panics_when_cloned_changes_nothing() {
    let (mut writer, mut reader) = pipe();
    panics(|| waits_to_read(&mut reader, &not_to_be_cloned()));
    assert_whole(&mut writer, &mut reader);
    assert_eq!(write(&mut writer, b"12345678"), 8);
    panics(|| write_with(&mut writer, b"9", &not_to_be_cloned()));
    let flag = FlagWaker::new();
    assert!(write_with(&mut writer, b"9", &flag.waker()).is_pending());
    assert_eq!(read(&mut reader).0, b"12345678");
    assert_eq!((flag.take(), write(&mut writer, b"9")), (1, 1));
    assert_eq!(read(&mut reader).0, b"9");
    assert_whole(&mut writer, &mut reader);
}

#[test]
fn a_readers_waker_may_write() {
    let (mut writer, mut reader) = pipe();
    let other = Mutex::new(Some(writer.clone()));
    let waker = acting(move || {
        let mut other = other.lock().unwrap().take().expect("it is woken once");
        assert_eq!(write(&mut other, b"second"), 4, "there is one slot left");
        assert!(write_with(&mut other, b"third", Waker::noop()).is_pending());
    });
    assert!(waits_to_read(&mut reader, &waker));
    drop(waker);
    assert_eq!(write(&mut writer, b"1st"), 3);
    assert_eq!(read(&mut reader).0, b"1stseco");
    assert_whole(&mut writer, &mut reader);
}

#[test]
fn a_writers_waker_may_write_and_go() {
    let (mut writer, mut reader) = pipe();
    let (mut waiting, woken) = (writer.clone(), Arc::new(AtomicUsize::new(0)));
    let waker = {
        let (other, woken) = (Mutex::new(Some(writer.clone())), woken.clone());
        acting(move || {
            let mut other = other.lock().unwrap().take().expect("it is woken once");
            // The slot that came back is for who waited.
            assert!(write_with(&mut other, b"no", Waker::noop()).is_pending());
            woken.fetch_add(1, SeqCst);
        })
    };
    assert_eq!(write(&mut writer, b"12345678"), 8);
    assert!(write_with(&mut waiting, b"yes", &waker).is_pending());
    drop(waker);
    let mut four = [0; SIZE];
    assert!(reader.poll_read_bytes(&mut Context::from_waker(Waker::noop()), &mut four).is_ready());
    assert_eq!((woken.load(SeqCst), write(&mut waiting, b"yes")), (1, 3));
    assert_eq!(read(&mut reader).0, b"5678yes");
    drop(waiting);
    assert_whole(&mut writer, &mut reader);
}
