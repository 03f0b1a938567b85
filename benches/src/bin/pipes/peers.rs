//! The pipes, and how bytes go through them.

use core::hint::black_box;
use futures_util::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use sakia_benches::runtimes::Runtime;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

/// The bytes that each pipe holds, as far as it can be told how many.
pub(crate) const CAPACITY: usize = 64 * 1_024;

/// The bytes that a reader asks for at once.
const READ: usize = 64 * 1_024;

/// Writes `total` bytes in writes of `size` through a pipe of its own, with a task at either end. Gives how many were read.
pub(crate) type Run = fn(size: usize, total: usize) -> usize;

/// A pipe on some runtime.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// It is not one of those to compare with.
    pub(crate) own: bool,
    pub(crate) run: Run,
}

/// All pipes on one runtime.
pub(crate) fn all<R: Runtime>() -> Vec<Peer> {
    vec![
        own("sakia-io", sakia::<R>),
        own("sakia-io, AsyncBufRead", sakia_buffered::<R>),
        own("sakia-io, futures-io", sakia_futures::<R>),
        other("tokio duplex", tokio_duplex::<R>),
        other("tokio simplex", tokio_simplex::<R>),
        other("piper", piper::<R>),
        other("sluice", sluice::<R>),
        other("sluice, AsyncBufRead", sluice_buffered::<R>),
    ]
}

fn own(name: &'static str, run: Run) -> Peer {
    Peer { name, own: true, run }
}

fn other(name: &'static str, run: Run) -> Peer {
    Peer { name, own: false, run }
}

fn sakia<R: Runtime>(size: usize, total: usize) -> usize {
    let (writer, reader) = sakia_io::pipe(sakia_io::Config::with_capacity(CAPACITY));
    both::<R>(write_tokio(writer, size, total), read_tokio(reader))
}

fn sakia_buffered<R: Runtime>(size: usize, total: usize) -> usize {
    let (writer, reader) = sakia_io::pipe(sakia_io::Config::with_capacity(CAPACITY));
    both::<R>(write_tokio(writer, size, total), read_in_place_tokio(reader))
}

fn sakia_futures<R: Runtime>(size: usize, total: usize) -> usize {
    let (writer, reader) = sakia_io::pipe(sakia_io::Config::with_capacity(CAPACITY));
    both::<R>(write_futures(writer, size, total), read_futures(reader))
}

fn tokio_duplex<R: Runtime>(size: usize, total: usize) -> usize {
    let (writer, reader) = tokio::io::duplex(CAPACITY);
    both::<R>(write_tokio(writer, size, total), read_tokio(reader))
}

fn tokio_simplex<R: Runtime>(size: usize, total: usize) -> usize {
    let (reader, writer) = tokio::io::simplex(CAPACITY);
    both::<R>(write_tokio(writer, size, total), read_tokio(reader))
}

fn piper<R: Runtime>(size: usize, total: usize) -> usize {
    let (reader, writer) = piper::pipe(CAPACITY);
    both::<R>(write_futures(writer, size, total), read_futures(reader))
}

fn sluice<R: Runtime>(size: usize, total: usize) -> usize {
    let (reader, writer) = sluice::pipe::pipe();
    both::<R>(write_futures(writer, size, total), read_futures(reader))
}

fn sluice_buffered<R: Runtime>(size: usize, total: usize) -> usize {
    let (reader, writer) = sluice::pipe::pipe();
    both::<R>(write_futures(writer, size, total), read_in_place_futures(reader))
}

fn both<R: Runtime>(
    writing: impl Future<Output = ()> + Send + 'static,
    reading: impl Future<Output = usize> + Send + 'static,
) -> usize {
    R::run(async {
        let writing = R::spawn(writing);
        let read = R::spawn(reading).await;
        writing.await;
        read
    })
}

async fn write_tokio(mut writer: impl tokio::io::AsyncWrite + Unpin, size: usize, total: usize) {
    let bytes = vec![7; size];
    for _ in 0..total / size {
        writer.write_all(black_box(&bytes)).await.expect("the reader is there");
    }
    writer.shutdown().await.expect("the reader is there");
}

async fn write_futures(mut writer: impl futures_util::AsyncWrite + Unpin, size: usize, total: usize) {
    let bytes = vec![7; size];
    for _ in 0..total / size {
        writer.write_all(black_box(&bytes)).await.expect("the reader is there");
    }
    writer.close().await.expect("the reader is there");
}

async fn read_tokio(mut reader: impl tokio::io::AsyncRead + Unpin) -> usize {
    let mut bytes = vec![0; READ];
    let mut total = 0;
    loop {
        match reader.read(&mut bytes).await.expect("reading does not fail") {
            0 => return total,
            read => total += read,
        }
        black_box(&bytes);
    }
}

async fn read_futures(mut reader: impl futures_util::AsyncRead + Unpin) -> usize {
    let mut bytes = vec![0; READ];
    let mut total = 0;
    loop {
        match reader.read(&mut bytes).await.expect("reading does not fail") {
            0 => return total,
            read => total += read,
        }
        black_box(&bytes);
    }
}

async fn read_in_place_tokio(mut reader: impl tokio::io::AsyncBufRead + Unpin) -> usize {
    let mut total = 0;
    loop {
        let read = black_box(reader.fill_buf().await.expect("reading does not fail")).len();
        if read == 0 {
            return total;
        }
        reader.consume(read);
        total += read;
    }
}

async fn read_in_place_futures(mut reader: impl futures_util::AsyncBufRead + Unpin) -> usize {
    let mut total = 0;
    loop {
        let read = black_box(reader.fill_buf().await.expect("reading does not fail")).len();
        if read == 0 {
            return total;
        }
        reader.consume_unpin(read);
        total += read;
    }
}
