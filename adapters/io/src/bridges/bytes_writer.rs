//! A channel of `Bytes` as a writer.

use bytes::Bytes;
use core::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use sakia::mpsc::PollSend;
use std::io;

pin_project_lite::pin_project! {
    /// A channel of `Bytes` as a writer: each write is a message, of `limit` bytes at most.
    ///
    /// The channel is whatever implements [`PollSend`]: sakia's own by `PollSender` or `BoxedPollSender`. What was written can be
    /// received at once, without being flushed. Closing ends this sender of the channel.
    ///
    /// ```
    /// # #[cfg(feature = "futures-io")]
    /// # futures_executor::block_on(async {
    /// use futures_util::AsyncWriteExt;
    /// use sakia::mpsc::{BoxedPollSender, channel};
    /// use sakia_io::bridges::BytesWriter;
    ///
    /// let (sender, mut receiver) = channel::<bytes::Bytes>(4);
    /// let mut writer = BytesWriter::new(BoxedPollSender::new(sender), 8);
    /// writer.write_all(b"hello world").await?;
    /// writer.close().await?;
    /// assert_eq!(receiver.recv().await.as_deref(), Some(&b"hello wo"[..]));
    /// assert_eq!(receiver.recv().await.as_deref(), Some(&b"rld"[..]));
    /// assert_eq!(receiver.recv().await, None);
    /// # Ok::<(), std::io::Error>(())
    /// # }).unwrap();
    /// ```
    #[derive(Debug)]
    pub struct BytesWriter<S> {
        #[pin]
        sender: S,
        limit: usize,
    }
}

impl<S: PollSend<Bytes>> BytesWriter<S> {
    /// Writes into this channel, in messages of up to `limit` bytes.
    ///
    /// # Panics
    /// If the limit is 0.
    #[track_caller]
    pub fn new(sender: S, limit: usize) -> Self {
        assert!(limit > 0, "sakia: a message has at least 1 byte");
        Self { sender, limit }
    }

    /// The sender inside.
    pub fn into_inner(self) -> S {
        self.sender
    }

    /// Sends some of these bytes, waiting for room in the manner of a poll. Gives how many. Writing no bytes sends nothing.
    ///
    /// # Errors
    /// `BrokenPipe`, if the channel is closed.
    pub fn poll_write_bytes(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let mut this = self.project();
        ready!(this.sender.as_mut().poll_ready(context)).map_err(|_| broken())?;
        let message = Bytes::copy_from_slice(&bytes[..bytes.len().min(*this.limit)]);
        let len = message.len();
        this.sender.start_send(message).map_err(|_| broken())?;
        Poll::Ready(Ok(len))
    }

    /// Ends this sender of the channel.
    pub fn shut_down(self: Pin<&mut Self>) {
        self.project().sender.close();
    }
}

fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

#[cfg(feature = "futures-io")]
impl<S: PollSend<Bytes>> futures_io::AsyncWrite for BytesWriter<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_bytes(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut_down();
        Poll::Ready(Ok(()))
    }
}

#[cfg(feature = "tokio")]
impl<S: PollSend<Bytes>> tokio::io::AsyncWrite for BytesWriter<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_bytes(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut_down();
        Poll::Ready(Ok(()))
    }
}
