//! Pipes in a `static`, without an allocator.

use crate::{
    error::BrokenPipe,
    filler::Filler,
    numbers::{Number, Numbers, Slots},
    reader::PipeReader,
    store::{Common, Store, Word},
    sync::const_unless_loom,
};
use core::{cell::UnsafeCell, fmt, ptr::NonNull};
use sakia::mpsc::recycled::StaticChannel;

/// A pipe of `SLOTS` slots of `SIZE` bytes, to be put into a `static` and split into its ends there.
///
/// ```
/// use sakia_io::StaticPipe;
///
/// static PIPE: StaticPipe<4, 64> = StaticPipe::new();
///
/// # futures_executor::block_on(async {
/// let (mut writer, mut reader) = PIPE.split();
/// writer.write(b"hello").await?;
/// assert_eq!(core::future::poll_fn(|context| reader.poll_bytes(context).map(<[u8]>::len)).await, 5);
/// # Ok::<(), sakia_io::BrokenPipe>(())
/// # }).unwrap();
/// ```
///
/// A capacity of 0 does not compile:
///
/// ```compile_fail
/// use sakia_io::StaticPipe;
/// static PIPE: StaticPipe<4, 0> = StaticPipe::new();
/// ```
pub struct StaticPipe<const SLOTS: usize, const SIZE: usize> {
    channel: StaticChannel<Number, SLOTS, Numbers>,
    common: Common,
    words: [Word; SLOTS],
    bytes: UnsafeCell<[[u8; SIZE]; SLOTS]>,
}

// SAFETY: the bytes are plain memory, which is reached through a `Store` alone, as that says.
unsafe impl<const SLOTS: usize, const SIZE: usize> Sync for StaticPipe<SLOTS, SIZE> {}

impl<const SLOTS: usize, const SIZE: usize> Default for StaticPipe<SLOTS, SIZE> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const SLOTS: usize, const SIZE: usize> StaticPipe<SLOTS, SIZE> {
    const_unless_loom! {
        /// Makes a pipe.
        #[must_use]
        pub fn new() -> Self {
            const { assert!(SLOTS > 0 && SIZE > 0, "sakia: a pipe holds at least 1 byte") };
            const { assert!(SIZE <= crate::store::MAX_SLOT_SIZE, "sakia: the pipe doesn't fit into the address space") };
            Self {
                channel: StaticChannel::with_recycle(Numbers::new(SLOTS)),
                common: Common::new(),
                #[cfg(not(sakia_loom))]
                words: [const { Word::new() }; SLOTS],
                #[cfg(sakia_loom)]
                words: core::array::from_fn(|_| Word::new()),
                bytes: UnsafeCell::new([[0; SIZE]; SLOTS]),
            }
        }
    }

    /// Splits the pipe into its ends.
    ///
    /// # Panics
    /// If it was split before and not every end is gone since.
    #[track_caller]
    #[must_use]
    pub fn split(&'static self) -> (StaticPipeWriter, PipeReader) {
        self.try_split().expect("sakia: the static pipe is split already")
    }

    /// Splits the pipe into its ends, unless it was split before and an end is left.
    #[must_use]
    pub fn try_split(&'static self) -> Option<(StaticPipeWriter, PipeReader)> {
        let (slots, filled) = self.channel.try_split()?;
        self.words.iter().for_each(Word::reset);
        let words = NonNull::from(&self.words).cast();
        let bytes = NonNull::new(self.bytes.get()).expect("a static has an address").cast();
        // SAFETY: the static lives for ever, and has `SLOTS` words and slots of `SIZE` bytes. The channel's last handles are gone;
        // a store that is left in a writer that was shut down is not used any more.
        let store = unsafe { Store::new(NonNull::from(&self.common), words, bytes, SIZE) };
        let writer = StaticPipeWriter { filler: Filler::new(store.clone()), slots: Some(slots) };
        Some((writer, PipeReader::new(filled, store)))
    }
}

impl<const SLOTS: usize, const SIZE: usize> fmt::Debug for StaticPipe<SLOTS, SIZE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticPipe").field("slots", &SLOTS).field("slot_size", &SIZE).finish_non_exhaustive()
    }
}

/// The writing end of a pipe that has no allocator. Cloned, it makes one more writer of the same pipe.
///
/// It is as `PipeWriter`, but a write that waits keeps its place in the queue in its future: dropped, the write gives it up. With an
/// allocator, it converts into a `PipeWriter`, which has all traits.
pub struct StaticPipeWriter {
    filler: Filler,
    /// None when shut down.
    slots: Option<Slots>,
}

impl StaticPipeWriter {
    /// How many bytes a slot has: a write of up to so many lands whole.
    #[must_use]
    pub fn slot_size(&self) -> usize {
        self.filler.slot_size()
    }

    /// True if what is written would never be read: the reader is gone, or this writer was shut down.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.slots.as_ref().is_none_or(Slots::is_closed)
    }

    /// Writes some of these bytes, waiting for room. Gives how many: all, if they fit into a slot.
    ///
    /// # Errors
    /// If the reader is gone, or this writer was shut down.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, nothing was written.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<usize, BrokenPipe> {
        let mut input = bytes;
        if bytes.is_empty() {
            return Ok(0);
        }
        let slots = self.slots.as_ref().filter(|slots| !slots.is_closed()).ok_or(BrokenPipe(()))?;
        let written = self.filler.append(&mut input);
        if written > 0 {
            return Ok(written);
        }
        let fresh = slots.reserve_ref().await.map_err(|_| BrokenPipe(()))?;
        Ok(self.filler.fill(fresh, || slots.try_reserve_ref().ok(), &mut input))
    }

    /// Ends this writer. As `PipeWriter::shut_down`.
    pub fn shut_down(&mut self) {
        self.slots = None;
    }
}

#[cfg(feature = "alloc")]
impl From<StaticPipeWriter> for crate::PipeWriter {
    /// One allocation.
    fn from(writer: StaticPipeWriter) -> Self {
        Self::new(writer.filler, writer.slots)
    }
}

impl Clone for StaticPipeWriter {
    fn clone(&self) -> Self {
        Self { filler: self.filler.clone(), slots: self.slots.clone() }
    }
}

impl fmt::Debug for StaticPipeWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticPipeWriter")
            .field("slot_size", &self.slot_size())
            .field("is_closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}
