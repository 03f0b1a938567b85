//! What a [`ReadStream`](super::ReadStream) reads from.

use core::{
    pin::Pin,
    task::{Context, Poll},
};
use std::io;

/// Reads in the manner of a poll: what the `AsyncRead` of each family is.
pub trait Source {
    /// Reads bytes, and gives how many; 0 at the end of the file.
    ///
    /// # Errors
    /// As the reader inside.
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>>;
}

#[cfg(feature = "futures-io")]
pin_project_lite::pin_project! {
    /// A reader of futures-io. Made by [`ReadStream::from_futures`](super::ReadStream::from_futures).
    #[derive(Debug)]
    pub struct FuturesSource<R> {
        #[pin]
        pub(super) reader: R,
    }
}

#[cfg(feature = "futures-io")]
impl<R: futures_io::AsyncRead> Source for FuturesSource<R> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        self.project().reader.poll_read(context, into)
    }
}

#[cfg(feature = "tokio")]
pin_project_lite::pin_project! {
    /// A reader of tokio. Made by [`ReadStream::from_tokio`](super::ReadStream::from_tokio).
    #[derive(Debug)]
    pub struct TokioSource<R> {
        #[pin]
        pub(super) reader: R,
    }
}

#[cfg(feature = "tokio")]
impl<R: tokio::io::AsyncRead> Source for TokioSource<R> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut into = tokio::io::ReadBuf::new(into);
        core::task::ready!(self.project().reader.poll_read(context, &mut into))?;
        Poll::Ready(Ok(into.filled().len()))
    }
}
