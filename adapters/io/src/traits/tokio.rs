//! Tokio's traits, with its cooperative budget: a call that is not Pending spends a unit of it, as tokio's own pipes do.

use crate::{
    Duplex, PipeReader, PipeWriter,
    gather::{AT_ONCE, Vectored},
};
use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use std::io::{self, IoSlice};
use tokio::{
    io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf},
    task::coop::poll_proceed,
};

/// As `put_slice`, in pieces that are quick to copy.
#[inline]
fn put(bytes: &[u8], into: &mut ReadBuf<'_>) {
    bytes.chunks(AT_ONCE).for_each(|piece| into.put_slice(piece));
}

impl AsyncRead for PipeReader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let unit = ready!(poll_proceed(context));
        ready!(self.get_mut().poll_take(context, into.remaining(), |piece| put(piece, into)));
        unit.made_progress();
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for PipeReader {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let unit = ready!(poll_proceed(context));
        let bytes = ready!(self.get_mut().poll_bytes(context));
        unit.made_progress();
        Poll::Ready(Ok(bytes))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        self.get_mut().consume_bytes(amount);
    }
}

impl AsyncWrite for PipeWriter {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let unit = ready!(poll_proceed(context));
        let written = ready!(self.get_mut().poll_write_bytes(context, bytes));
        unit.made_progress();
        Poll::Ready(Ok(written?))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        runs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let unit = ready!(poll_proceed(context));
        let written = ready!(self.get_mut().poll_gather(context, &mut Vectored::new(runs)));
        unit.made_progress();
        Poll::Ready(Ok(written?))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Does nothing: what is written can be read.
    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Ends this writer.
    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().shut_down();
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Duplex {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.get_mut().reader()).poll_read(context, into)
    }
}

impl AsyncBufRead for Duplex {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Pin::new(self.get_mut().reader()).poll_fill_buf(context)
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        self.get_mut().reader().consume_bytes(amount);
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(self.get_mut().writer()).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        runs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.get_mut().writer()).poll_write_vectored(context, runs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.get_mut().writer()).poll_flush(context)
    }

    /// Ends writing; the other direction stays.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.get_mut().writer()).poll_shutdown(context)
    }
}
