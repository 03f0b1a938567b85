//! A reader as a stream of buffers, which are recycled.

#[cfg(feature = "futures-io")]
use super::FuturesSource;
use super::Source;
#[cfg(feature = "tokio")]
use super::TokioSource;
use core::{
    fmt,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll, ready},
};
use futures_core::Stream;
use sakia::{
    mpsc::recycled::{BoxedPollSender, OwnedRecvRef, Receiver},
    recycling::Recycle,
};
use std::{io, vec, vec::Vec};

/// A buffer, as large as it will ever be, and how much of it is filled.
#[derive(Debug)]
struct Block {
    bytes: Vec<u8>,
    filled: usize,
}

/// Makes blocks of this size.
#[derive(Debug)]
struct Blocks(usize);

impl Recycle<Block> for Blocks {
    fn new_element(&self) -> Block {
        Block { bytes: vec![0; self.0], filled: 0 }
    }

    fn recycle(&self, block: &mut Block) {
        block.filled = 0;
    }
}

pin_project_lite::pin_project! {
    /// What a reader reads, as a stream of recycled buffers: each is read into where it is, without copying.
    ///
    /// It ends at the end of the file, and after an error. When all buffers are in use, it waits until one is dropped.
    ///
    /// ```
    /// # #[cfg(feature = "futures-io")]
    /// # futures_executor::block_on(async {
    /// use futures_util::{StreamExt, io::Cursor};
    /// use sakia_io::bridges::ReadStream;
    ///
    /// let mut stream = ReadStream::from_futures(Cursor::new(b"filled and emptied"), 2, 6);
    /// let first = stream.next().await.unwrap()?;
    /// let second = stream.next().await.unwrap()?;
    /// assert_eq!((&*first, &*second), (&b"filled"[..], &b" and e"[..]));
    /// drop(first); // its buffer is the next one
    /// assert_eq!(&*stream.next().await.unwrap()?, b"mptied");
    /// assert!(stream.next().await.is_none());
    /// # Ok::<(), std::io::Error>(())
    /// # }).unwrap();
    /// ```
    pub struct ReadStream<R> {
        #[pin]
        source: R,
        sender: BoxedPollSender<Block, Blocks>,
        receiver: Receiver<Block, Blocks>,
        ended: bool,
    }
}

#[cfg(feature = "futures-io")]
impl<R: futures_io::AsyncRead> ReadStream<FuturesSource<R>> {
    /// Reads from a reader of futures-io into `buffers` buffers of `size` bytes each.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn from_futures(reader: R, buffers: usize, size: usize) -> Self {
        Self::new(FuturesSource { reader }, buffers, size)
    }
}

#[cfg(feature = "tokio")]
impl<R: tokio::io::AsyncRead> ReadStream<TokioSource<R>> {
    /// Reads from a reader of tokio into `buffers` buffers of `size` bytes each.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn from_tokio(reader: R, buffers: usize, size: usize) -> Self {
        Self::new(TokioSource { reader }, buffers, size)
    }
}

impl<R: Source> ReadStream<R> {
    /// Reads from any source into `buffers` buffers of `size` bytes each, which are allocated when they are first used.
    ///
    /// # Panics
    /// If there are no buffers, or buffers of no bytes, or more than
    /// [`MAX_CAPACITY`](sakia::mpsc::recycled::MAX_CAPACITY) buffers.
    #[track_caller]
    pub fn new(source: R, buffers: usize, size: usize) -> Self {
        assert!(size > 0, "sakia: a buffer has at least 1 byte");
        let (sender, receiver) = sakia::mpsc::with_recycle(buffers, Blocks(size));
        Self { source, sender: BoxedPollSender::new(sender), receiver, ended: false }
    }
}

impl<R: Source> Stream for ReadStream<R> {
    type Item = io::Result<Buffer>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let reserved = ready!(this.sender.poll_reserve_ref(context));
        let mut block = reserved.expect("the receiver is here");
        // Dropped by `ready!`, it gives the buffer back.
        let read = ready!(this.source.poll_read(context, &mut block.bytes));
        match read {
            Ok(0) => *this.ended = true,
            Ok(read) => {
                assert!(read <= block.bytes.len(), "sakia: the source says it has read more than there was room for");
                block.filled = read;
                block.send();
                return Poll::Ready(this.receiver.try_recv_ref_owned().ok().map(|block| Ok(Buffer(block))));
            }
            Err(error) => {
                *this.ended = true;
                return Poll::Ready(Some(Err(error)));
            }
        }
        Poll::Ready(None)
    }
}

impl<R: fmt::Debug> fmt::Debug for ReadStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadStream").field("source", &self.source).field("ended", &self.ended).finish_non_exhaustive()
    }
}

/// Bytes that were read, in a buffer that goes back when this is dropped. An item of [`ReadStream`].
pub struct Buffer(OwnedRecvRef<Block, Blocks>);

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes[..self.0.filled]
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
