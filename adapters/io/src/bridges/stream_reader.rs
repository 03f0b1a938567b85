//! A stream of buffers as a reader.

use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use futures_core::TryStream;
use std::io;

pin_project_lite::pin_project! {
    /// A stream of buffers as a reader, of each family: what the buffers hold, one after another, without copying through
    /// `AsyncBufRead`.
    ///
    /// A stream that can't fail is one that can by `map(Ok::<_, std::io::Error>)`. Empty buffers are skipped. After an error, it goes on
    /// with what the stream has next; after the end, the stream is not polled any more.
    ///
    /// ```
    /// # #[cfg(feature = "futures-io")]
    /// # futures_executor::block_on(async {
    /// use futures_util::{AsyncReadExt, StreamExt, stream};
    ///
    /// let buffers = stream::iter(["filled", "", " and emptied"]).map(Ok::<_, std::io::Error>);
    /// let mut text = String::new();
    /// sakia_io::bridges::StreamReader::new(buffers).read_to_string(&mut text).await?;
    /// assert_eq!(text, "filled and emptied");
    /// # Ok::<(), std::io::Error>(())
    /// # }).unwrap();
    /// ```
    #[derive(Debug)]
    pub struct StreamReader<S, B> {
        #[pin]
        stream: S,
        // None before the first and after the last.
        buffer: Option<B>,
        read: usize,
        ended: bool,
    }
}

impl<S> StreamReader<S, S::Ok>
where
    S: TryStream,
    S::Ok: AsRef<[u8]>,
    S::Error: Into<io::Error>,
{
    /// Reads from this stream.
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: None, read: 0, ended: false }
    }

    /// Waits for bytes, in the manner of a poll, and gives those that are there in one piece; none at the end of the stream.
    ///
    /// # Errors
    /// As the stream.
    pub fn poll_bytes(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let mut this = self.project();
        while this.buffer.as_ref().is_none_or(|buffer| buffer.as_ref().len() <= *this.read) {
            // At once: a recycled buffer is given back while the next is waited for.
            *this.buffer = None;
            if *this.ended {
                return Poll::Ready(Ok(&[]));
            }
            match ready!(this.stream.as_mut().try_poll_next(context)) {
                Some(Ok(buffer)) => (*this.buffer, *this.read) = (Some(buffer), 0),
                Some(Err(error)) => return Poll::Ready(Err(error.into())),
                None => *this.ended = true,
            }
        }
        let there = this.buffer.as_ref().map_or(&[][..], |buffer| buffer.as_ref());
        Poll::Ready(Ok(there.get(*this.read..).unwrap_or_default()))
    }

    /// Marks the first `amount` of the bytes that [`poll_bytes`](Self::poll_bytes) gave as read.
    ///
    /// # Panics
    /// If it gave less.
    #[track_caller]
    pub fn consume_bytes(self: Pin<&mut Self>, amount: usize) {
        let this = self.project();
        let len = this.buffer.as_ref().map_or(0, |buffer| buffer.as_ref().len());
        assert!(amount <= len.saturating_sub(*this.read), "sakia: more bytes are consumed than there are");
        *this.read += amount;
        if *this.read == len {
            *this.buffer = None;
        }
    }

    /// Reads bytes, waiting for the first in the manner of a poll. Gives how many; 0 at the end of the stream, or if there
    /// is room for none.
    ///
    /// # Errors
    /// As the stream.
    pub fn poll_read_bytes(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if into.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let there = ready!(self.as_mut().poll_bytes(context))?;
        let len = there.len().min(into.len());
        into[..len].copy_from_slice(&there[..len]);
        self.consume_bytes(len);
        Poll::Ready(Ok(len))
    }
}

#[cfg(feature = "futures-io")]
mod futures {
    use super::{Context, Pin, Poll, StreamReader, TryStream, io};
    use futures_io::{AsyncBufRead, AsyncRead};

    impl<S> AsyncRead for StreamReader<S, S::Ok>
    where
        S: TryStream,
        S::Ok: AsRef<[u8]>,
        S::Error: Into<io::Error>,
    {
        fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
            self.poll_read_bytes(context, into)
        }
    }

    impl<S> AsyncBufRead for StreamReader<S, S::Ok>
    where
        S: TryStream,
        S::Ok: AsRef<[u8]>,
        S::Error: Into<io::Error>,
    {
        fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
            self.poll_bytes(context)
        }

        fn consume(self: Pin<&mut Self>, amount: usize) {
            self.consume_bytes(amount);
        }
    }
}

#[cfg(feature = "tokio")]
mod tokio {
    use super::{Context, Pin, Poll, StreamReader, TryStream, io, ready};
    use ::tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

    impl<S> AsyncRead for StreamReader<S, S::Ok>
    where
        S: TryStream,
        S::Ok: AsRef<[u8]>,
        S::Error: Into<io::Error>,
    {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            into: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if into.remaining() > 0 {
                let there = ready!(self.as_mut().poll_bytes(context))?;
                let len = there.len().min(into.remaining());
                into.put_slice(&there[..len]);
                self.consume_bytes(len);
            }
            Poll::Ready(Ok(()))
        }
    }

    impl<S> AsyncBufRead for StreamReader<S, S::Ok>
    where
        S: TryStream,
        S::Ok: AsRef<[u8]>,
        S::Error: Into<io::Error>,
    {
        fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
            self.poll_bytes(context)
        }

        fn consume(self: Pin<&mut Self>, amount: usize) {
            self.consume_bytes(amount);
        }
    }
}
