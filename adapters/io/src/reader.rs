//! The reading end.

use crate::{
    gather::copy,
    numbers::{Filled, Reading},
    store::{Found, Store},
};
use core::{
    fmt,
    task::{Context, Poll, ready},
};

/// How many slots a read gives back together.
const AT_ONCE: usize = 8;

/// The reading end of a pipe.
///
/// It reads through the traits of its features ([`AsyncRead`], [`AsyncBufRead`] and so on), or blocking, through
/// `blocking::PipeReader`. When the last writer is gone, it reads what is left and then nothing: the end of the file. Dropped, it makes all
/// writes fail.
///
/// `AsyncBufRead` hands out the bytes where they are, up to a slot at once, without copying them. Bytes that were read make room
/// when their slot is read to its end, or as far as it is filled.
///
/// # Cancel safety
/// A read that was dropped while it waited has read nothing.
///
/// [`AsyncRead`]: https://docs.rs/futures-io/latest/futures_io/trait.AsyncRead.html
/// [`AsyncBufRead`]: https://docs.rs/futures-io/latest/futures_io/trait.AsyncBufRead.html
pub struct PipeReader {
    /// Dropped before the slot that is being read: closed, the channel gives that to nobody.
    filled: Filled,
    current: Option<Current>,
    store: Store,
}

/// The slot that is being read.
#[derive(Debug)]
struct Current {
    reading: Reading,
    /// It was read up to here.
    read: usize,
    /// It was found filled up to here.
    filled: usize,
}

impl PipeReader {
    pub(crate) fn new(filled: Filled, store: Store) -> Self {
        Self { filled, current: None, store }
    }

    /// How many bytes a slot has: no more can be had at once through `AsyncBufRead`.
    ///
    /// ```
    /// let (_writer, reader) = sakia_io::pipe(sakia_io::Config::new().slots(2).slot_size(512));
    /// assert_eq!(reader.slot_size(), 512);
    /// ```
    #[must_use]
    pub fn slot_size(&self) -> usize {
        self.store.size()
    }

    /// True if the last writer is gone or shut down. There may be bytes left to read.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.filled.is_closed()
    }

    /// Waits for bytes, in the manner of a poll, and gives those that are there in one piece; none at the end of the file.
    ///
    /// This is what the traits of all features are made of. Only the task of the last call is woken.
    ///
    /// ```
    /// # use core::{future::poll_fn, task::Poll};
    /// # futures_executor::block_on(async {
    /// let (mut writer, mut reader) = sakia_io::pipe(sakia_io::Config::new());
    /// poll_fn(|context| writer.poll_write_bytes(context, b"hello")).await?;
    /// poll_fn(|context| reader.poll_bytes(context).map(|bytes| assert_eq!(bytes, b"hello"))).await;
    /// reader.consume_bytes(5);
    /// drop(writer);
    /// poll_fn(|context| reader.poll_bytes(context).map(|bytes| assert_eq!(bytes, b""))).await;
    /// # Ok::<(), sakia_io::BrokenPipe>(())
    /// # }).unwrap();
    /// ```
    pub fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<&[u8]> {
        ready!(self.poll_more(context));
        Poll::Ready(self.there())
    }

    /// Marks the first `amount` of the bytes that [`poll_bytes`](Self::poll_bytes) gave as read.
    ///
    /// # Panics
    /// If it gave less.
    #[track_caller]
    pub fn consume_bytes(&mut self, amount: usize) {
        assert!(amount <= self.there().len(), "sakia: more bytes are consumed than there are");
        if amount > 0 {
            drop(self.advance(amount));
        }
    }

    /// Reads bytes, waiting for the first in the manner of a poll. Gives how many; 0 at the end of the file, or if there is room for
    /// none.
    pub fn poll_read_bytes(&mut self, context: &mut Context<'_>, into: &mut [u8]) -> Poll<usize> {
        let mut rest = &mut into[..];
        self.poll_take(context, rest.len(), |piece| {
            let (first, left) = core::mem::take(&mut rest).split_at_mut(piece.len());
            copy(piece, first);
            rest = left;
        })
    }

    /// Waits for bytes and gives them to `take`, piece by piece, `wanted` in all at most. Ready(0) is the end of the file, unless 0
    /// are wanted.
    pub(crate) fn poll_take(
        &mut self,
        context: &mut Context<'_>,
        wanted: usize,
        mut take: impl FnMut(&[u8]),
    ) -> Poll<usize> {
        let mut taken = 0;
        // Given back when all is taken: a writer that is woken by the first would begin on another core meanwhile.
        let mut done = [const { None::<Reading> }; AT_ONCE];
        let mut kept = done.iter_mut();
        while taken < wanted {
            if self.there().is_empty() {
                // To look for more and not find it would ask for a wake that nobody waits for.
                if taken > 0 && !self.has_more() {
                    break;
                }
                match self.poll_further(context) {
                    Poll::Ready(true) => {}
                    Poll::Pending if taken == 0 => return Poll::Pending,
                    _ => break,
                }
            }
            let there = self.there();
            let piece = &there[..there.len().min(wanted - taken)];
            let len = piece.len();
            take(piece);
            taken += len;
            let over = self.advance(len);
            if over.is_some() {
                match kept.next() {
                    Some(place) => *place = over,
                    None => break,
                }
            }
        }
        Poll::Ready(taken)
    }

    /// Waits until [`there`](Self::there) is not empty. Ready(false): the end of the file.
    #[inline]
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        if self.there().is_empty() { self.poll_further(context) } else { Poll::Ready(true) }
    }

    fn poll_further(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        loop {
            match self.look(&mut None) {
                Found::Filled(_) => return Poll::Ready(true),
                Found::Busy => {
                    if self.park(context) {
                        return Poll::Pending;
                    }
                }
                Found::Sealed => match ready!(self.filled.poll_recv_ref_owned(context)) {
                    Some(reading) => self.current = Some(Current { reading, read: 0, filled: 0 }),
                    None => return Poll::Ready(false),
                },
            }
        }
    }

    /// Bytes that are there and were looked at.
    #[inline]
    pub(crate) fn there(&self) -> &[u8] {
        match &self.current {
            // SAFETY: the slot is ours, and was found filled that far.
            Some(current) => unsafe { self.store.bytes(current.reading.get(), current.read, current.filled) },
            None => &[],
        }
    }

    /// True if a further slot is there, or just being published.
    fn has_more(&self) -> bool {
        self.current.is_none() && !self.filled.is_empty()
    }

    /// Marks bytes that are there as read. Gives the slot, to be given back, if that was its end.
    #[inline]
    fn advance(&mut self, amount: usize) -> Option<Reading> {
        let current = self.current.as_mut()?;
        current.read += amount;
        if current.read < current.filled {
            return None;
        }
        let slot = current.reading.get();
        // At once, and not with the next read: it may be long until then, and the slot makes room for who waits to write. A claim
        // may have come too late to add anything, which is over soon; if its writer is suspended in it, the next read sees to the slot.
        let mut over = None;
        if self.look(&mut over) == Found::Busy && self.store.is_soon_free(slot) {
            self.look(&mut over);
        }
        over
    }

    /// Looks how far the current slot is filled, and moves it into `over` if it is sealed.
    fn look(&mut self, over: &mut Option<Reading>) -> Found {
        let Some(current) = &mut self.current else { return Found::Sealed };
        // SAFETY: the slot is ours.
        let found = unsafe { self.store.look(current.reading.get(), current.read) };
        match found {
            Found::Filled(filled) => current.filled = filled,
            Found::Sealed => *over = self.current.take().map(|current| current.reading),
            Found::Busy => {}
        }
        found
    }

    /// Waits for the end of the claim on the current slot. False: it has ended.
    fn park(&self, context: &Context<'_>) -> bool {
        let Some(current) = &self.current else { return false };
        // SAFETY: the slot is ours.
        unsafe { self.store.park(current.reading.get(), current.read, context.waker()) }
    }
}

impl Drop for PipeReader {
    /// The waker of a reader that sleeps would keep its task alive.
    fn drop(&mut self) {
        if let Some(current) = &self.current {
            // SAFETY: the slot is ours.
            drop(unsafe { self.store.unpark(current.reading.get(), current.read) });
        }
    }
}

impl fmt::Debug for PipeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeReader").field("slot_size", &self.slot_size()).finish_non_exhaustive()
    }
}
