//! The writing end of a pipe that has an allocator.

use crate::{
    error::BrokenPipe,
    filler::Filler,
    gather::Gather,
    numbers::{Number, Numbers, Slots},
};
use core::{
    fmt,
    task::{Context, Poll, ready},
};
use sakia::mpsc::recycled::BoxedPollSender;

/// The writing end of a pipe. Cloned, it makes one more writer of the same pipe, for one allocation.
///
/// It writes through the traits of its features, or blocking, through `blocking::PipeWriter`. What was written can be read at once,
/// without being flushed. When the last writer is dropped or shut down, the reader comes to the end of the file.
///
/// A write of up to one slot lands whole: in one piece among those of other writers. A longer one may be a short write, as
/// any is with these traits: `write_all` goes on. What one writer writes, and what several write one after another, is read
/// in that order.
///
/// # Waiting writers
/// Writers wait for room in a queue. A write that was dropped while it waited has written nothing, and its writer keeps its place there and
/// the slot that it is given, until it writes again, is [aborted](Self::abort), shut down or dropped: the traits don't tell a writer of
/// the end of a write. It matters to a writer that is kept, after a write was cancelled, beside others that write.
pub struct PipeWriter {
    filler: Filler,
    /// None when shut down.
    ends: Option<Ends>,
}

/// The channel's end, twice.
#[derive(Clone)]
struct Ends {
    /// Waits for a slot.
    waiting: BoxedPollSender<Number, Numbers>,
    /// Takes further slots, while the first is in hand.
    slots: Slots,
}

impl PipeWriter {
    /// Without the channel's end, it is shut down.
    pub(crate) fn new(filler: Filler, slots: Option<Slots>) -> Self {
        Self { filler, ends: slots.map(|slots| Ends { waiting: BoxedPollSender::new(slots.clone()), slots }) }
    }

    /// How many bytes a slot has: a write of up to so many lands whole.
    #[must_use]
    pub fn slot_size(&self) -> usize {
        self.filler.slot_size()
    }

    /// True if what is written would never be read: the reader is gone, or this writer was shut down.
    ///
    /// ```
    /// let (writer, reader) = sakia_io::pipe(sakia_io::Config::new());
    /// assert!(!writer.is_closed());
    /// drop(reader);
    /// assert!(writer.is_closed());
    /// ```
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.ends.as_ref().is_none_or(|ends| ends.slots.is_closed())
    }

    /// Writes some of these bytes, waiting for room in the manner of a poll. Gives how many: all, if they fit into a slot.
    ///
    /// This is what the traits of all features are made of. Writing no bytes does nothing.
    ///
    /// # Errors
    /// If the reader is gone, or this writer was shut down.
    pub fn poll_write_bytes(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, BrokenPipe>> {
        self.poll_gather(context, &mut { bytes })
    }

    pub(crate) fn poll_gather(
        &mut self,
        context: &mut Context<'_>,
        input: &mut impl Gather,
    ) -> Poll<Result<usize, BrokenPipe>> {
        if input.remaining() == 0 {
            return Poll::Ready(Ok(0));
        }
        if self.is_closed() {
            return Poll::Ready(Err(BrokenPipe(())));
        }
        let written = self.filler.append(input);
        // Nothing was written by a write that waits, and one that has written something does not: a wait is a place in
        // the queue, which would outlast the write.
        match &mut self.ends {
            Some(ends) if written == 0 => {
                let fresh = ready!(ends.waiting.poll_reserve_ref(context)).map_err(|_| BrokenPipe(()))?;
                let further = || ends.slots.try_reserve_ref().ok();
                Poll::Ready(Ok(self.filler.fill(fresh, further, input)))
            }
            _ => Poll::Ready(Ok(written)),
        }
    }

    /// Gives up the place in the queue that a cancelled write has left. True if there was one.
    ///
    /// ```
    /// # use core::{future::poll_fn, task::{Context, Poll, Waker}};
    /// let (mut writer, _reader) = sakia_io::pipe(sakia_io::Config::new().slots(1).slot_size(4));
    /// let mut context = Context::from_waker(Waker::noop());
    /// assert_eq!(writer.poll_write_bytes(&mut context, b"full"), Poll::Ready(Ok(4)));
    /// assert!(writer.poll_write_bytes(&mut context, b"more").is_pending());
    /// assert!(writer.abort());
    /// assert!(!writer.abort());
    /// ```
    pub fn abort(&mut self) -> bool {
        self.ends.as_mut().is_some_and(|ends| ends.waiting.abort())
    }

    /// Ends this writer: what it has written can still be read. If it was the last, the reader comes to the end of the file then.
    pub fn shut_down(&mut self) {
        self.ends = None;
    }
}

impl Clone for PipeWriter {
    /// The clone of a writer that was shut down is shut down.
    fn clone(&self) -> Self {
        Self { filler: self.filler.clone(), ends: self.ends.clone() }
    }
}

impl fmt::Debug for PipeWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeWriter")
            .field("slot_size", &self.slot_size())
            .field("is_closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}
