//! `std::io`'s traits for threads, and pipes that block at one end only.
#![cfg(not(sakia_loom))]

use futures_util::{AsyncReadExt as _, AsyncWriteExt as _};
use sakia_io::{Config, blocking, pipe};
use sakia_tests::{Runtime, for_each_runtime};
use std::{
    io::{BufRead as _, ErrorKind, IoSlice, Read as _, Write as _},
    thread,
};

/// Long against the pipe.
fn text() -> Vec<u8> {
    (0..10_000_u32).flat_map(|n| format!("line {n}\n").into_bytes()).collect()
}

fn config() -> Config {
    Config::new().slots(3).slot_size(100)
}

#[test]
fn both_ends_block() {
    let (mut writer, mut reader) = blocking::pipe(config());
    let thread = thread::spawn(move || writer.write_all(&text()));
    let mut read = Vec::new();
    reader.read_to_end(&mut read).unwrap();
    assert_eq!(read, text());
    thread.join().unwrap().unwrap();
}

#[test]
fn lines_are_read_and_runs_written() {
    let (mut writer, reader) = blocking::pipe(config());
    let thread = thread::spawn(move || {
        for n in 0..1_000 {
            let number = n.to_string();
            let runs = [IoSlice::new(b"line "), IoSlice::new(number.as_bytes()), IoSlice::new(b"\n")];
            assert_eq!(writer.write_vectored(&runs).unwrap(), 6 + number.len());
            writer.flush().unwrap();
        }
    });
    let lines: Vec<_> = reader.lines().map(Result::unwrap).collect();
    assert_eq!(lines, (0..1_000).map(|n| format!("line {n}")).collect::<Vec<_>>());
    thread.join().unwrap();
}

#[test]
fn a_dropped_reader_is_an_error() {
    let (mut writer, reader) = blocking::pipe(Config::new().slots(1).slot_size(1));
    let thread = thread::spawn(move || writer.write_all(b"more than fits").unwrap_err().kind());
    drop(reader);
    assert_eq!(thread.join().unwrap(), ErrorKind::BrokenPipe);
}

fn only_the_writer_blocks<R: Runtime>() {
    let (writer, mut reader) = pipe(config());
    let thread = thread::spawn(move || blocking::PipeWriter::from(writer).write_all(&text()));
    R::run(async move {
        let mut read = Vec::new();
        reader.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, text());
    });
    thread.join().unwrap().unwrap();
}

fn only_the_reader_blocks<R: Runtime>() {
    let (mut writer, reader) = pipe(config());
    let thread = thread::spawn(move || {
        let mut read = Vec::new();
        blocking::PipeReader::from(reader).read_to_end(&mut read).unwrap();
        read
    });
    R::run(async move {
        writer.write_all(&text()).await.unwrap();
        writer.close().await.unwrap();
    });
    assert_eq!(thread.join().unwrap(), text());
}

for_each_runtime!(only_the_writer_blocks, only_the_reader_blocks);
